"""A table of subjects (parquet, csv, xlsx) → a view of stored facts in DuckDB; bad rows are listed, the others computed.

A column is named after its fact, with the unit of its numbers in brackets: ``实收资本(万元)``. Money without a unit is
refused. ``编号`` is the key; item tables carry the parent's key in ``上级编号``.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.rules.columns import Column
from edict.rules.plan import AS_OF, Plan
from edict.rules.rows import AREA, FACTS, KEY, PARENT
from edict.rules.sql import quote_double, text
from edict.rules.table_files import IDENTIFIERS, KEY_COLUMN, PARENT_COLUMN, SAFE_DIGITS, relation
from edict.rules.tree import MONEY, BoolType, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

LISTED_BAD_ROWS = 100
_ROW = "file_row_number"
_HEADER = re.compile(r"(?P<name>[^()（）]+?)\s*(?:[(（](?P<unit>[^()（）]+)[)）])?")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: its number in the file (from 1), the column, the value, and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableReport:
    """What reading one table found: counts, the first bad rows, columns not used, facts without a column."""

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
    scratch: tempfile.TemporaryDirectory[str]
    reports: dict[str, TableReport] = field(default_factory=dict)

    def close(self) -> None:
        """Free the connection and the copies of workbooks."""
        self.connection.close()
        self.scratch.cleanup()


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
    _check_subjects(plan, subject, tables)
    connection = duckdb.connect()
    connection.execute("SET ieee_floating_point_ops=false")
    population = Population(connection, subject, tempfile.TemporaryDirectory(prefix="edict-"))
    connection.execute(
        f"SET temp_directory = {text(population.scratch.name)}"
    )  # else it spills where the user stands
    day = as_of.year * 10000 + as_of.month * 100 + as_of.day
    try:
        for name in dict.fromkeys([subject, *tables]):
            path = tables[name]
            found = relation(connection, path, Path(population.scratch.name))
            reader = TableReader(
                plan,
                connection,
                name,
                subject,
                path,
                found,
                day,
                assume_unpaid,
                by if name == subject else "",
            )
            population.reports[name] = reader.read()
    except BaseException:
        population.close()
        raise
    return population


def _check_subjects(plan: Plan, subject: str, tables: Mapping[str, Path]) -> None:
    strange = [name for name in tables if name != subject and plan.subjects.get(name) != subject]
    if subject not in plan.subjects or subject not in tables or strange:
        known = "、".join([subject, *plan.items(subject)])
        raise EdictError(
            Diagnostic(
                "F111",
                f"不认识对象“{'、'.join(strange) or subject}”的表。",
                f"可以给：{known}，写成 对象=文件。",
            )
        )


@dataclass
class TableReader:
    """Reads one table into its facts view."""

    plan: Plan
    connection: duckdb.DuckDBPyConnection
    name: str
    root: str
    path: Path
    relation: str
    day: int
    assume_unpaid: bool
    by: str

    def read(self) -> TableReport:
        """Create the view and return what was found."""
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {self.relation}").fetchall()
        kinds = {str(row[0]): str(row[1]) for row in described}
        matched, unused = self._match(kinds)
        self._check_identifiers(kinds)
        stored = {each.fact: each.sql() for each in matched}
        bad_tests = {fact: test for fact, (_, test) in stored.items() if test}
        rows, bad_rows = self._count(bad_tests)
        bad = self._list_bad(bad_tests, {each.fact: each.name for each in matched}) if bad_rows else ()
        parse_once = _ROW not in kinds or not all(each.is_cheap for each in matched)
        relation = self._parsed(
            {fact: sql for fact, (sql, _) in stored.items()},
            bad_tests if bad_rows else {},
            set(kinds),
            "TEMP TABLE" if parse_once else "VIEW",
        )
        self._view(relation, set(stored))
        if self.name != self.root:
            self._refuse_double_parents()
            orphans, listed_orphans = self._orphans(relation)
            bad_rows += orphans
            bad = (*bad, *listed_orphans)[:LISTED_BAD_ROWS]
        own = (
            name
            for name, owner in self.plan.owners.items()
            if owner == self.name and name not in self.plan.ledger
        )
        absent = tuple(name for name in own if name not in stored)
        return TableReport(str(self.path), rows, bad_rows, bad, tuple(unused), absent)

    def _match(self, kinds: Mapping[str, str]) -> tuple[list[Column], list[str]]:
        """Return the columns that hold facts, and the names of those that nothing uses."""
        matched: dict[str, Column] = {}
        unused: list[str] = []
        faults = self._missing_columns(kinds)
        if not any(
            self._heading(header)[0] in {*self.plan.owners, KEY_COLUMN, PARENT_COLUMN} for header in kinds
        ):
            mend = "第一行写列名：编号和各项事实，如 实收资本(万元)；用 edict facts 查看全部事实。"
            faults.append(Diagnostic("F115", "表里没有一列是编号或事实。", mend, self._place))
        for header, kind in kinds.items():
            name, unit = self._heading(header)
            if self.plan.owners.get(name) != self.name:
                if name not in {KEY_COLUMN, PARENT_COLUMN, self.by, _ROW}:
                    unused.append(header)
                continue
            if name in matched:
                two = f"“{name}”有两列：“{matched[name].name}”与“{header}”。"
                faults.append(Diagnostic("F113", two, "只留一列。", self._place))
            if self.plan.scales[name].type == NumberType(MONEY) and not unit:
                mend = f"把表头写成 {name}(元)、{name}(万元) 或 {name}(分)。"
                faults.append(Diagnostic("F114", f"金额列“{header}”没有写单位。", mend, self._place))
            matched[name] = Column(name, header, kind, unit, self.plan.scales[name], self._place)
        if faults:
            raise EdictError(*faults)
        return list(matched.values()), unused

    @staticmethod
    def _heading(header: str) -> tuple[str, str]:
        """Return name and unit of a column: ``实收资本(万元)``."""
        found = _HEADER.fullmatch(header.strip())
        return (found["name"].strip(), (found["unit"] or "").strip()) if found else (header, "")

    @property
    def _place(self) -> Place:
        return Place(str(self.path))

    def _missing_columns(self, kinds: Mapping[str, str]) -> list[Diagnostic]:
        faults = []
        if self.by and self.by not in kinds:
            known = "、".join(name for name in kinds if name != _ROW)
            faults.append(
                Diagnostic(
                    "F115", f"表里没有“{self.by}”这一列，不能按它分组。", f"可用的列：{known}。", self._place
                )
            )
        if self.name != self.root and PARENT_COLUMN not in kinds:
            need = f"{self.name}的表要有“{PARENT_COLUMN}”一列，写所属{self.root}的{KEY_COLUMN}。"
            faults.append(Diagnostic("F115", need, "补上这一列。", self._place))
        return faults

    def _check_identifiers(self, kinds: Mapping[str, str]) -> None:
        for column in sorted(IDENTIFIERS & set(kinds)):
            kind = kinds[column]
            if kind in {"DOUBLE", "FLOAT"} or (kind != "VARCHAR" and self._longest(column) > SAFE_DIGITS):
                lost = f"“{column}”被存成了数字，长编号的末几位可能已经丢失。"
                raise EdictError(Diagnostic("F112", lost, "把这一列存为文本。", self._place))

    def _longest(self, column: str) -> int:
        query = f"SELECT MAX(LENGTH(CAST({quote_double(column)} AS VARCHAR))) FROM {self.relation}"
        return int((self._execute(query).fetchone() or [0])[0] or 0)

    def _execute(self, query: str) -> duckdb.DuckDBPyConnection:
        try:
            return self.connection.execute(query)
        except duckdb.Error as fault:
            reason = str(fault).splitlines()[0][:200]
            raise EdictError(
                Diagnostic(
                    "F111", f"读不了表格：{reason}", "检查文件是否完整，每行的列数是否相同。", self._place
                )
            ) from None

    def _count(self, bad_tests: Mapping[str, str]) -> tuple[int, int]:
        any_bad = " OR ".join(f"COALESCE({test}, FALSE)" for test in bad_tests.values()) or "FALSE"
        row = self._execute(
            f"SELECT COUNT(*), COUNT(CASE WHEN {any_bad} THEN 1 END) FROM {self.relation}"
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _list_bad(self, bad_tests: Mapping[str, str], names: Mapping[str, str]) -> tuple[BadRow, ...]:
        found: list[BadRow] = []
        for fact, test in bad_tests.items():
            query = (
                f"SELECT n, CAST({quote_double(names[fact])} AS VARCHAR) "
                f"FROM (SELECT ROW_NUMBER() OVER () AS n, * FROM {self.relation}) WHERE {test} ORDER BY n LIMIT {LISTED_BAD_ROWS}"
            )
            reason = f"不能读作{self.plan.scales[fact].type}，或超出范围、比精度更细"
            found += [
                BadRow(int(n), names[fact], str(value)[:60], reason)
                for n, value in self._execute(query).fetchall()
            ]
        return tuple(sorted(found, key=lambda each: each.row)[:LISTED_BAD_ROWS])

    def _parsed(
        self, stored: Mapping[str, str], bad_tests: Mapping[str, str], columns: set[str], kind: str
    ) -> str:
        """Return the name of the good rows as stored facts.

        Text is parsed once, into a table; typed columns cost little to convert and are read from the file each time, so
        that memory does not grow with the rows.
        """
        name = quote_double(f"rows·{self.name}")
        key = f"CAST({quote_double(PARENT_COLUMN)} AS VARCHAR) AS {PARENT}"
        keys = self._keys(columns) if self.name == self.root else [key]
        selected = [*(f"{value} AS {quote_double(fact)}" for fact, value in stored.items()), *keys]
        where = " AND ".join(f"NOT COALESCE({test}, FALSE)" for test in bad_tests.values()) or "TRUE"
        self.connection.execute(
            f"CREATE OR REPLACE {kind} {name} AS SELECT {', '.join(selected)} FROM {self.relation} WHERE {where}"
        )
        return name

    def _view(self, relation: str, stored: set[str]) -> None:
        """Lay the facts view over the parsed rows: facts without a column are null."""
        own = [name for name, owner in self.plan.owners.items() if owner == self.name]
        selected = [
            quote_double(name) if name in stored else f"{self._absent(name)} AS {quote_double(name)}"
            for name in own
        ]
        view = quote_double(f"{FACTS}·{self.name}")
        if self.name == self.root:
            selected += [f"CAST({self.day} AS BIGINT) AS {quote_double(AS_OF)}", KEY, AREA]
            self.connection.execute(
                f"CREATE OR REPLACE VIEW {view} AS SELECT {', '.join(selected)} FROM {relation}"
            )
            return
        parent = quote_double(f"{FACTS}·{self.root}")
        items = f"SELECT {', '.join([*selected, PARENT])} FROM {relation}"
        self.connection.execute(
            f"CREATE OR REPLACE VIEW {view} AS SELECT i.*, p.* EXCLUDE ({KEY}) "
            f"FROM ({items}) i JOIN {parent} p ON p.{KEY} = i.{PARENT}"
        )

    def _refuse_double_parents(self) -> None:
        """Items of a key that stands twice would be paid twice."""
        parent = quote_double(f"{FACTS}·{self.root}")
        query = f"SELECT {KEY} FROM {parent} GROUP BY {KEY} HAVING COUNT(*) > 1 ORDER BY {KEY} LIMIT 3"
        if twice := [str(row[0]) for row in self._execute(query).fetchall()]:
            message = (
                f"{self.root}的表里“{KEY_COLUMN}”有重复：{'、'.join(twice)}，{self.name}不知道归哪一行。"
            )
            raise EdictError(Diagnostic("F117", message, f"每个{KEY_COLUMN}只留一行。", self._place))

    def _orphans(self, relation: str) -> tuple[int, tuple[BadRow, ...]]:
        """Return how many items have no parent among the rows that could be read, and the first of them."""
        parents = f"(SELECT {KEY} FROM {quote_double(f'{FACTS}·{self.root}')})"
        missing = f"COALESCE({PARENT} NOT IN {parents}, TRUE)"
        (count,) = self._execute(f"SELECT COUNT(*) FROM {relation} WHERE {missing}").fetchone() or (0,)
        if not count:
            return 0, ()
        column = f"CAST({quote_double(PARENT_COLUMN)} AS VARCHAR)"
        query = (
            f"SELECT n, {PARENT} FROM (SELECT ROW_NUMBER() OVER () AS n, {column} AS {PARENT} FROM {self.relation}) "
            f"WHERE {missing} ORDER BY n LIMIT {LISTED_BAD_ROWS}"
        )
        reason = f"{self.root}的表里没有这个{KEY_COLUMN}，或它所在的行读不了"
        rows = self._execute(query).fetchall()
        return int(count), tuple(
            BadRow(int(n), PARENT_COLUMN, str(key or "")[:60], reason) for n, key in rows
        )

    def _keys(self, columns: set[str]) -> list[str]:
        """The key is 编号, else the row number."""
        number = f"{_ROW} + 1" if _ROW in columns else "ROW_NUMBER() OVER ()"
        key = quote_double(KEY_COLUMN) if KEY_COLUMN in columns else number
        area = f"CAST({quote_double(self.by)} AS VARCHAR)" if self.by else "''"
        return [f"CAST({key} AS VARCHAR) AS {KEY}", f"{area} AS {AREA}"]

    def _absent(self, name: str) -> str:
        if name in self.plan.ledger and self.assume_unpaid:
            return "CAST(0 AS BIGINT)"
        kind = {BoolType: "BOOLEAN", EnumType: "VARCHAR"}.get(type(self.plan.scales[name].type), "BIGINT")
        return f"CAST(NULL AS {kind})"


def listed(rows: Sequence[BadRow]) -> list[dict[str, object]]:
    """Return bad rows as plain data for JSON."""
    return [
        {"row": each.row, "column": each.column, "value": each.value, "reason": each.reason} for each in rows
    ]
