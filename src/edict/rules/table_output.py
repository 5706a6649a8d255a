"""Results of a simulation as a table file: csv, parquet or xlsx; money in 元 with two decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.rules.sql import text

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def write_table(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    """Write a query to .csv, .parquet or .xlsx.

    Raises:
        EdictError: another suffix, or a folder that does not exist.
    """
    money = f'SELECT 编号, 规则, 状态, CAST(分 / 100 AS DECIMAL(38, 2)) AS "金额(元)" FROM ({query})'
    if not out.parent.is_dir():
        raise EdictError(
            Diagnostic("F116", f"文件夹 {out.parent} 不存在。", "先建好文件夹。", Place(str(out)))
        )
    formats = {".csv": "(HEADER, DELIMITER ',')", ".parquet": "(FORMAT parquet)"}
    if out.suffix in formats:
        connection.execute(f"COPY ({money}) TO {text(str(out))} {formats[out.suffix]}")
    elif out.suffix == ".xlsx":
        _write_workbook(connection, money, out)
    else:
        raise EdictError(
            Diagnostic("F116", f"不能写“{out.suffix}”格式。", "用 .csv、.parquet 或 .xlsx。", Place(str(out)))
        )


def _write_workbook(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("结果")
    result = connection.execute(query)
    sheet.append([column[0] for column in result.description or []])
    while rows := result.fetchmany(10_000):
        for row in rows:
            sheet.append([neutral(value) for value in row])
    book.save(out)


def neutral(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula.

    >>> neutral("=1+1")
    "'=1+1"
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value
