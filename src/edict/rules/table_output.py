"""Results of a simulation as a table file: csv, parquet or xlsx; money in 元 with two decimals, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.rules.rows import KEY
from edict.rules.sql import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from edict.rules.rows import RuleSql

_FORMATS = {".csv": "(HEADER, DELIMITER ',')", ".parquet": "(FORMAT parquet)"}
# 分 → 元 by an exact product: DuckDB divides decimals in binary floating point.
_YUAN = "CAST(分 AS DECIMAL(35, 0)) * CAST(0.01 AS DECIMAL(3, 2))"
# A spreadsheet takes text that begins like this for a formula.
_NEUTRAL_KEY = "CASE WHEN REGEXP_MATCHES(编号, '^[=+@-]') THEN CHR(39) || 编号 ELSE 编号 END"


def check_target(out: Path) -> None:
    """Refuse a target that cannot be written, before anything is computed.

    Raises:
        EdictError: another suffix, or a folder that does not exist.
    """
    if not out.parent.is_dir():
        raise EdictError(
            Diagnostic("F116", f"文件夹 {out.parent} 不存在。", "先建好文件夹。", Place(str(out)))
        )
    if out.suffix not in {*_FORMATS, ".xlsx"}:
        raise EdictError(
            Diagnostic("F116", f"不能写“{out.suffix}”格式。", "用 .csv、.parquet 或 .xlsx。", Place(str(out)))
        )


class ResultTable:
    """Collects who gets what, one row per subject and rule, then writes it.

    Each batch of rules is computed once into a narrow table; the rows of each rule are then picked from that.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE results (编号 VARCHAR, 方案 VARCHAR, 规则 VARCHAR, 状态 VARCHAR, 分 HUGEINT)"
        )

    def add(self, plan: str, source: str, rules: Sequence[RuleSql]) -> None:
        """Add the rows of a batch of rules under the name of their plan."""
        columns = [KEY]
        for n, each in enumerate(rules):
            unsettled = f"({each.attest})" if each.attest else "FALSE"
            fen = "NULL"
            if each.rule.kind == "money":
                fen = f"CASE WHEN ({each.yes}) OR {unsettled} THEN {each.amount} END"
            columns += [f"({each.yes}) AS y{n}", f"{unsettled} AS t{n}", f"CAST({fen} AS HUGEINT) AS a{n}"]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE batch AS SELECT {', '.join(columns)} FROM {source}"
        )
        for n, each in enumerate(rules):
            done = "无依据" if each.rule.rule.no_basis else "符合"
            self.connection.execute(
                f"INSERT INTO results SELECT {KEY}, {text(plan)}, {text(each.rule.id)}, "
                f"CASE WHEN y{n} THEN '{done}' ELSE '待认定' END, a{n} FROM batch WHERE y{n} OR t{n}"
            )

    def write(self, out: Path) -> None:
        """Write the rows to .csv, .parquet or .xlsx."""
        query = f'SELECT {_NEUTRAL_KEY} AS 编号, 方案, 规则, 状态, {_YUAN} AS "金额(元)" FROM results'
        if out.suffix == ".xlsx":
            _write_workbook(self.connection, query, out)
        else:
            self.connection.execute(f"COPY ({query}) TO {text(str(out))} {_FORMATS[out.suffix]}")


def _write_workbook(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("结果")
    result = connection.execute(query)
    sheet.append([column[0] for column in result.description or []])
    while rows := result.fetchmany(10_000):
        for row in rows:
            sheet.append(row)
    book.save(out)
