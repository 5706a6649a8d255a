"""Table files (parquet, csv, xlsx) as relations that DuckDB can scan."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import duckdb

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.rules.sql import text

if TYPE_CHECKING:
    from pathlib import Path

_SCANS = {
    ".parquet": "read_parquet({}, file_row_number = true)",
    ".csv": "read_csv({}, all_varchar = true, header = true)",
}


def relation(connection: duckdb.DuckDBPyConnection, path: Path, scratch: Path) -> str:
    """Return the SQL that scans a table file.

    Args:
        connection: where it will be scanned.
        path: the file; its suffix decides the format.
        scratch: a folder for the copy that a workbook needs.

    Raises:
        EdictError: no such file, another format, or a file that is not whole.
    """
    place = Place(str(path))
    if not path.is_file():
        raise EdictError(Diagnostic("F111", f"找不到文件 {path}。", "检查路径。", place))
    source = _as_csv(path, scratch) if path.suffix == ".xlsx" else path
    scan = _SCANS.get(source.suffix)
    if scan is None:
        raise EdictError(
            Diagnostic("F111", f"不认识的表格格式“{path.suffix}”。", "用 .parquet、.csv 或 .xlsx。", place)
        )
    found = scan.format(text(str(source)))
    try:
        connection.execute(f"SELECT * FROM {found} LIMIT 0")
    except duckdb.Error as fault:
        reason = str(fault).splitlines()[0][:200]
        hint = "检查文件是否完整，csv 须为 UTF-8 并有表头。"
        raise EdictError(Diagnostic("F111", f"读不了表格：{reason}", hint, place)) from None
    return found


def _as_csv(path: Path, scratch: Path) -> Path:
    """Copy the first sheet of a workbook to a csv; DuckDB reads it like any other."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        target = scratch / f"{path.stem}.csv"
        with target.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([_cell(value) for value in row] for row in rows)
    except Exception as fault:
        # A damaged workbook fails in many ways inside zip and XML; to the user they are one.
        hint = "检查文件是否完整，或另存为 csv。"
        raise EdictError(Diagnostic("F111", "读不了这个 xlsx 文件。", hint, Place(str(path)))) from fault
    return target


def _cell(value: Any) -> str:
    """Return a cell as the text a csv would hold; binary fractions are printed to ten decimals, as people see them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return value.date().isoformat() if hasattr(value, "date") else str(value)
