"""Table files (parquet, csv, xlsx) as relations that DuckDB can scan."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import duckdb

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.rules.sql import text

if TYPE_CHECKING:
    from pathlib import Path

KEY_COLUMN, PARENT_COLUMN = "编号", "上级编号"
IDENTIFIERS = frozenset({KEY_COLUMN, PARENT_COLUMN, "统一社会信用代码", "身份证号"})
SAFE_DIGITS = 15  # what a binary float keeps of a whole number
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
    if source.suffix == ".csv":
        described = connection.execute(f"DESCRIBE SELECT * FROM {found}").fetchall()
        _check_header(source, [str(row[0]) for row in described], place)
    return found


def _check_header(path: Path, taken: list[str], place: Place) -> None:
    """Refuse a header that DuckDB would change unseen: it renames a double and skips a line of another length.

    Only a comma-separated header is held against it; other delimiters are DuckDB's to find.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        header = next(csv.reader(handle), [])
    if len(header) < 2:
        return
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise EdictError(Diagnostic("F113", f"有两列都叫“{twice[0]}”。", "只留一列。", place))
    if len(header) != len(taken):
        message = f"表头有 {len(header)} 列，有的行列数不同。"
        raise EdictError(Diagnostic("F111", message, "每行补齐相同的列数。", place))


def _as_csv(path: Path, scratch: Path) -> Path:
    """Copy the first sheet of a workbook to a csv; DuckDB reads it like any other."""
    from openpyxl import load_workbook

    try:
        target = scratch / f"{path.stem}.csv"
        with path.open("rb") as workbook, target.open("w", encoding="utf-8", newline="") as handle:
            book = load_workbook(workbook, read_only=True, data_only=True)
            rows = book.worksheets[0].iter_rows(values_only=True)
            writer = csv.writer(handle)
            header = [_cell(value).strip() for value in next(rows, ())]
            writer.writerow(header)
            for row in rows:
                _check_identifiers(header, row, path)
                writer.writerow([_cell(value) for value in row])
    except EdictError:
        raise
    except Exception as fault:
        # A damaged workbook fails in many ways inside zip and XML; to the user they are one.
        hint = "检查文件是否完整，或另存为 csv。"
        raise EdictError(Diagnostic("F111", "读不了这个 xlsx 文件。", hint, Place(str(path)))) from fault
    return target


def _check_identifiers(header: list[str], row: tuple[Any, ...], path: Path) -> None:
    """A spreadsheet keeps fifteen digits of a number: a longer id stored as one has lost its end."""
    for name, value in zip(header, row, strict=False):
        if name in IDENTIFIERS and isinstance(value, int | float) and abs(value) >= 10**SAFE_DIGITS:
            lost = f"“{name}”被存成了数字，长编号的末几位可能已经丢失。"
            raise EdictError(Diagnostic("F112", lost, "把这一列存为文本。", Place(str(path))))


def _cell(value: Any) -> str:
    """Return a cell as the text a csv would hold; binary fractions are printed to ten decimals, as people see them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return value.date().isoformat() if hasattr(value, "date") else str(value)
