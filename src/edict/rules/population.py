"""A table of subjects (parquet, csv, xlsx) → a view of stored facts in DuckDB; bad rows are listed, the others computed.

A column is named after its fact, with the unit of its numbers in brackets: ``实收资本(万元)``. Money without a unit is
refused. ``编号`` is the key; item tables carry the parent's key in ``上级编号``.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.core.quantity import QuantityError, parse_quantity
from edict.rules.facts import FALSE_WORDS, TRUE_WORDS
from edict.rules.plan import AS_OF, Plan
from edict.rules.rows import FACTS, KEY, PARENT
from edict.rules.sql import quote_double, text
from edict.rules.tree import MONEY, BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from edict.rules.scale import Scale

KEY_COLUMN, PARENT_COLUMN = "编号", "上级编号"
LISTED_BAD_ROWS = 100
_HEADER = re.compile(r"(?P<name>[^()（）]+?)\s*(?:[(（](?P<unit>[^()（）]+)[)）])?")
_IDENTIFIERS = {KEY_COLUMN, PARENT_COLUMN, "统一社会信用代码", "身份证号"}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: its number in the file (from 1), the column, the value, and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableReport:
    """What reading one table found."""

    path: str
    rows: int
    bad_rows: int
    bad: tuple[BadRow, ...]
    unused: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass
class Population:
    """An open connection with one facts view per subject."""

    connection: duckdb.DuckDBPyConnection
    subject: str
    reports: dict[str, TableReport] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def close(self) -> None:
        """Free the connection."""
        self.connection.close()


def open_population(
    plan: Plan,
    subject: str,
    tables: Mapping[str, Path],
    as_of: date,
    *,
    assume_unpaid: bool = False,
    by: str = "",
) -> Population:
    """Return the population whose ``tables`` (subject or item subject → file) are read.

    Args:
        plan: declares the facts.
        subject: the root subject; its table must be among ``tables``.
        tables: one file per subject.
        as_of: the as-of date of every row.
        assume_unpaid: take the ledger as empty where the table has no ledger column; otherwise unknown.
        by: a column of the root table to group by, kept beside the facts.

    Raises:
        EdictError: a file that cannot be read, columns without unit, unknown subjects.
    """
    connection = duckdb.connect()
    connection.execute("SET ieee_floating_point_ops=false")
    population = Population(connection, subject)
    day = as_of.year * 10000 + as_of.month * 100 + as_of.day
    for name in dict.fromkeys([subject, *tables]):
        reader = TableReader(
            plan,
            connection,
            name,
            subject,
            tables.get(name),
            day,
            assume_unpaid,
            by if name == subject else "",
        )
        population.reports[name] = reader.read()
        population.columns[name] = tuple(reader.relation_columns)
    return population


@dataclass
class TableReader:
    """Reads one table into its facts view."""

    plan: Plan
    connection: duckdb.DuckDBPyConnection
    name: str
    root: str
    path: Path | None
    day: int
    assume_unpaid: bool
    by: str
    relation_columns: list[str] = field(default_factory=list)

    def read(self) -> TableReport:
        """Create the view and return what was found."""
        if self.path is None:
            raise EdictError(Diagnostic("F111", f"没有给出{self.name}的表。", f"用 {self.name}=文件 指明。"))
        self.place = Place(str(self.path))
        relation = self._relation()
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        kinds = {str(row[0]): str(row[1]) for row in described}
        self.relation_columns = list(kinds)
        matched, unused = self._match(kinds)
        self._check_identifiers(kinds, relation)
        stored = {
            fact: self._stored(fact, column, kinds[column], unit) for fact, (column, unit) in matched.items()
        }
        bad_tests = {fact: test for fact, (_, test) in stored.items() if test}
        rows, bad_rows = self._count(relation, bad_tests)
        bad = self._list_bad(relation, bad_tests, matched) if bad_rows else ()
        self._view(relation, {fact: sql for fact, (sql, _) in stored.items()}, bad_tests if bad_rows else {})
        absent = tuple(
            name
            for name, owner in self.plan.owners.items()
            if owner == self.name and name not in stored and name not in self.plan.ledger
        )
        return TableReport(str(self.path), rows, bad_rows, bad, tuple(unused), absent)

    def _relation(self) -> str:
        assert self.path is not None  # noqa: S101 -- checked by read
        path = self.path
        if not path.is_file():
            raise EdictError(Diagnostic("F111", f"找不到文件 {path}。", "检查路径。", Place(str(path))))
        if path.suffix == ".xlsx":
            path = _as_csv(path)
        function = {
            ".parquet": "read_parquet({}, file_row_number = true)",
            ".csv": "read_csv({}, all_varchar = true, header = true)",
        }.get(path.suffix)
        if function is None:
            raise EdictError(
                Diagnostic(
                    "F111",
                    f"不认识的表格格式“{path.suffix}”。",
                    "用 .parquet、.csv 或 .xlsx。",
                    Place(str(path)),
                )
            )
        relation = function.format(text(str(path)))
        try:
            self.connection.execute(f"SELECT * FROM {relation} LIMIT 0")
        except duckdb.Error as fault:
            reason = str(fault).splitlines()[0][:200]
            raise EdictError(
                Diagnostic(
                    "F111",
                    f"读不了表格：{reason}",
                    "检查文件是否完整，csv 须为 UTF-8 并有表头。",
                    Place(str(path)),
                )
            ) from None
        return relation

    def _match(self, kinds: Mapping[str, str]) -> tuple[dict[str, tuple[str, str]], list[str]]:
        matched: dict[str, tuple[str, str]] = {}
        unused, faults = [], []
        for column in kinds:
            found = _HEADER.fullmatch(column.strip())
            name = found["name"].strip() if found else column
            if (
                name not in self.plan.scales
                or self.plan.owners.get(name) not in {self.name, self.root}
                or name == AS_OF
            ):
                if name not in {KEY_COLUMN, PARENT_COLUMN, self.by, "file_row_number"}:
                    unused.append(column)
                continue
            if name in matched:
                faults.append(
                    Diagnostic(
                        "F113",
                        f"“{name}”有两列：“{matched[name][0]}”与“{column}”。",
                        "只留一列。",
                        self.place,
                    )
                )
            unit = (found["unit"] or "").strip() if found else ""
            if self.plan.scales[name].type == NumberType(MONEY) and not unit:
                faults.append(
                    Diagnostic(
                        "F114",
                        f"金额列“{column}”没有写单位。",
                        f"把表头写成 {name}(元)、{name}(万元) 或 {name}(分)。",
                        self.place,
                    )
                )
            matched[name] = (column, unit)
        if self.by and self.by not in kinds:
            faults.append(
                Diagnostic(
                    "F115",
                    f"表里没有“{self.by}”这一列，不能按它分组。",
                    f"可用的列：{'、'.join(kinds)}。",
                    self.place,
                )
            )
        if self.name != self.root and PARENT_COLUMN not in kinds:
            faults.append(
                Diagnostic(
                    "F115",
                    f"{self.name}的表要有“{PARENT_COLUMN}”一列，写所属{self.root}的{KEY_COLUMN}。",
                    "补上这一列。",
                    self.place,
                )
            )
        if faults:
            raise EdictError(*faults)
        return matched, unused

    def _check_identifiers(self, kinds: Mapping[str, str], relation: str) -> None:
        for column in _IDENTIFIERS & set(kinds):
            if kinds[column] in {"DOUBLE", "FLOAT"} or (
                kinds[column] != "VARCHAR" and self._longest(column, relation) > 15
            ):
                raise EdictError(
                    Diagnostic(
                        "F112",
                        f"“{column}”被存成了数字，长编号的末几位可能已经丢失。",
                        "把这一列存为文本。",
                        self.place,
                    )
                )

    def _longest(self, column: str, relation: str) -> int:
        query = f"SELECT MAX(LENGTH(CAST({quote_double(column)} AS VARCHAR))) FROM {relation}"
        return int((self.connection.execute(query).fetchone() or [0])[0] or 0)

    def _stored(self, fact: str, column: str, kind: str, unit: str) -> tuple[str, str]:
        """Return the SQL of the stored value and of the test that a value is there but cannot be stored."""
        scale = self.plan.scales[fact]
        source = quote_double(column)
        match scale.type:
            case BoolType():
                return _bool(source, kind)
            case EnumType(values=values):
                cleaned = f"TRIM({source})"
                allowed = ", ".join(text(each) for each in values)
                return f"NULLIF(NULLIF({cleaned}, ''), '未知')", f"({cleaned} NOT IN ({allowed}, '', '未知'))"
            case DateType():
                return _date(source, kind)
            case _:
                return self._number(fact, source, kind, unit, scale)

    def _number(self, fact: str, source: str, kind: str, unit: str, scale: Scale) -> tuple[str, str]:
        factor = self._factor(fact, unit, scale)
        whole = kind in {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "HUGEINT"}
        if whole and factor.denominator == 1:
            value = (
                source
                if factor == 1 and kind == "BIGINT"
                else f"TRY_CAST({source} AS HUGEINT) * {factor.numerator}"
            )
            in_range = f"{value} BETWEEN {scale.lo} AND {scale.hi}"
            return (value if value == source else f"TRY_CAST({value} AS BIGINT)"), f"(NOT ({in_range}))"
        cleaned = f"NULLIF(NULLIF(REPLACE(TRIM(CAST({source} AS VARCHAR)), ',', ''), ''), '未知')"
        exact = f"TRY_CAST({cleaned} AS DECIMAL(38, 10)) * {factor.numerator}"
        scaled = (
            f"(TRY_CAST({exact} AS DECIMAL(38, 10)))"
            if factor.denominator == 1
            else f"(TRY_CAST({exact} AS DECIMAL(38, 10)) / {factor.denominator})"
        )
        value = f"TRY_CAST({scaled} AS BIGINT)"
        good = f"COALESCE({value} BETWEEN {scale.lo} AND {scale.hi} AND {value} = {scaled}, FALSE)"
        return value, f"({cleaned} IS NOT NULL AND NOT {good})"

    def _factor(self, fact: str, unit: str, scale: Scale) -> Fraction:
        """Return stored integers per printed number: ``实收资本(万元)`` is 1,000,000 分."""
        kind = scale.type
        assert isinstance(kind, NumberType)  # noqa: S101 -- called for numbers only
        if not unit:
            return Fraction(scale.per)
        if unit == "分" and kind.unit == MONEY:
            return Fraction(1)
        try:
            quantity = parse_quantity("1" + unit)
        except QuantityError as fault:
            raise EdictError(
                Diagnostic(
                    "F114",
                    f"“{fact}”的单位“{unit}”不认识：{fault}",
                    "用文件里的单位，如 元、万元、㎡、%。",
                    self.place,
                )
            ) from None
        if quantity.unit != kind.unit:
            raise EdictError(
                Diagnostic(
                    "F114",
                    f"“{fact}”应当以{kind.unit}计，表头写的是“{unit}”。",
                    "换算后再导入，或改正表头。",
                    self.place,
                )
            )
        return quantity.value * scale.per

    def _count(self, relation: str, bad_tests: Mapping[str, str]) -> tuple[int, int]:
        any_bad = " OR ".join(f"COALESCE({test}, FALSE)" for test in bad_tests.values()) or "FALSE"
        query = f"SELECT COUNT(*), COUNT(CASE WHEN {any_bad} THEN 1 END) FROM {relation}"
        rows, bad = self.connection.execute(query).fetchone() or (0, 0)
        return int(rows), int(bad)

    def _list_bad(
        self, relation: str, bad_tests: Mapping[str, str], matched: Mapping[str, tuple[str, str]]
    ) -> tuple[BadRow, ...]:
        found: list[BadRow] = []
        for fact, test in bad_tests.items():
            column = matched[fact][0]
            query = (
                f"SELECT n, CAST({quote_double(column)} AS VARCHAR) FROM (SELECT ROW_NUMBER() OVER () AS n, * FROM {relation}) "
                f"WHERE {test} ORDER BY n LIMIT {LISTED_BAD_ROWS}"
            )
            reason = f"不能读作{self.plan.scales[fact].type}，或超出范围、比精度更细"
            found += [
                BadRow(int(n), column, str(value)[:60], reason)
                for n, value in self.connection.execute(query).fetchall()
            ]
        return tuple(sorted(found, key=lambda each: each.row)[:LISTED_BAD_ROWS])

    def _view(self, relation: str, stored: Mapping[str, str], bad_tests: Mapping[str, str]) -> None:
        own = [name for name, owner in self.plan.owners.items() if owner == self.name]
        columns = [
            f"{stored[name] if name in stored else self._missing(name)} AS {quote_double(name)}"
            for name in own
        ]
        columns.append(f"CAST({self.day} AS BIGINT) AS {quote_double(AS_OF)}")
        columns += self._keys()
        where = " AND ".join(f"NOT COALESCE({test}, FALSE)" for test in bad_tests.values())
        query = f"SELECT {', '.join(columns)} FROM {relation}{' WHERE ' + where if where else ''}"
        view = quote_double(f"{FACTS}·{self.name}")
        if self.name == self.root:
            self.connection.execute(f"CREATE OR REPLACE VIEW {view} AS {query}")
            return
        parent = quote_double(f"{FACTS}·{self.root}")
        self.connection.execute(
            f"CREATE OR REPLACE VIEW {view} AS SELECT i.* EXCLUDE ({quote_double(AS_OF)}), p.* EXCLUDE ({KEY}) "
            f"FROM ({query}) i JOIN {parent} p ON p.{KEY} = i.{PARENT}"
        )

    def _keys(self) -> list[str]:
        has = set(self.relation_columns)
        if self.name != self.root:
            return [f"CAST({quote_double(PARENT_COLUMN)} AS VARCHAR) AS {PARENT}"]
        if KEY_COLUMN in has:
            key = f"CAST({quote_double(KEY_COLUMN)} AS VARCHAR)"
        else:
            key = (
                "CAST(file_row_number + 1 AS VARCHAR)"
                if "file_row_number" in has
                else "CAST(ROW_NUMBER() OVER () AS VARCHAR)"
            )
        area = f"CAST({quote_double(self.by)} AS VARCHAR)" if self.by else "''"
        return [f"{key} AS {KEY}", f"{area} AS __area"]

    def _missing(self, name: str) -> str:
        scale = self.plan.scales[name]
        if name in self.plan.ledger and self.assume_unpaid:
            return "CAST(0 AS BIGINT)"
        kind = {BoolType: "BOOLEAN", EnumType: "VARCHAR"}.get(type(scale.type), "BIGINT")
        return f"CAST(NULL AS {kind})"


def _bool(source: str, kind: str) -> tuple[str, str]:
    if kind == "BOOLEAN":
        return source, ""
    cleaned = f"LOWER(TRIM(CAST({source} AS VARCHAR)))"
    yes, no = (
        ", ".join(text(each) for each in sorted(words)) for words in (TRUE_WORDS | {"1"}, FALSE_WORDS | {"0"})
    )
    return (
        f"CASE WHEN {cleaned} IN ({yes}) THEN TRUE WHEN {cleaned} IN ({no}) THEN FALSE END",
        f"({cleaned} NOT IN ({yes}, {no}, '', '未知'))",
    )


def _date(source: str, kind: str) -> tuple[str, str]:
    day = (
        source
        if kind == "DATE"
        else f"TRY_CAST(NULLIF(NULLIF(TRIM(CAST({source} AS VARCHAR)), ''), '未知') AS DATE)"
    )
    value = f"CAST(DATE_PART('year', {day}) * 10000 + DATE_PART('month', {day}) * 100 + DATE_PART('day', {day}) AS BIGINT)"
    if kind == "DATE":
        return value, ""
    cleaned = f"NULLIF(NULLIF(TRIM(CAST({source} AS VARCHAR)), ''), '未知')"
    return value, f"({cleaned} IS NOT NULL AND {day} IS NULL)"


def _as_csv(path: Path) -> Path:
    """Copy the first sheet of a workbook to a temporary csv; DuckDB reads it like any other."""
    import csv

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as fault:
        raise EdictError(
            Diagnostic("F111", "读不了这个 xlsx 文件。", "检查文件是否完整，或另存为 csv。", Place(str(path)))
        ) from fault
    folder = Path(tempfile.mkdtemp(prefix="edict-"))
    target = folder / "table.csv"
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        for row in book.worksheets[0].iter_rows(values_only=True):
            writer.writerow([_cell(value) for value in row])
    return target


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def listed(rows: Sequence[BadRow]) -> list[dict[str, object]]:
    """Return bad rows as plain data for JSON."""
    return [
        {"row": each.row, "column": each.column, "value": each.value, "reason": each.reason} for each in rows
    ]
