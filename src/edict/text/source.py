"""Reading a gazette file: UTF-8 text, .docx, or .pdf with a text layer; every fault names the place and the mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = {".docx": 50_000_000, ".pdf": 50_000_000}
_LARGEST_TEXT = 8_000_000
_LARGEST_UNPACKED = 100_000_000
_SAMPLE = 200_000
_CONTROL_SHARE = 0.01


def read_source(path: Path) -> str:
    r"""Return the text of a gazette file with line ends as ``\\n``.

    Raises:
        EdictError: T101 missing, T102 empty, T103 binary, T104 other encoding, T105 truncated, T106 too large,
            T107 unreadable docx or pdf, T108 pdf without a text layer.
    """
    place = Place(str(path))
    if not path.is_file():
        message = f"“{path}”是文件夹。" if path.is_dir() else f"没有文件“{path}”。"
        raise EdictError(Diagnostic("T101", message, "请给出公报文本文件的路径。", place))
    size, most = path.stat().st_size, _LARGEST.get(path.suffix.lower(), _LARGEST_TEXT)
    if size > most:
        raise EdictError(
            Diagnostic("T106", f"文件有 {size} 字节，超过上限 {most} 字节。", "请按期拆分后再读。", place),
        )
    if path.suffix.lower() in _LARGEST:
        text = _read_document(path, place)
    else:
        text = _decode(path.read_bytes(), place)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise EdictError(Diagnostic("T102", "文件是空的。", "请重新导出公报文本。", place))
    return text


def _decode(data: bytes, place: Place) -> str:
    if b"\x00" in data[:_SAMPLE]:
        raise EdictError(
            Diagnostic(
                "T103",
                "文件是二进制内容，不是文本。",
                "请给出 UTF-8 文本、docx 或带文字层的 pdf。",
                place,
            ),
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise EdictError(_encoding_fault(data, fault, place)) from None
    sample = text[:_SAMPLE]
    control = sum(c < " " and c not in "\t\n\r\f" for c in sample)
    if control > len(sample) * _CONTROL_SHARE:
        raise EdictError(
            Diagnostic(
                "T103",
                "文件含大量控制字符，不是文本。",
                "请给出 UTF-8 文本、docx 或带文字层的 pdf。",
                place,
            ),
        )
    return text


def _encoding_fault(data: bytes, fault: UnicodeDecodeError, place: Place) -> Diagnostic:
    line = data.count(b"\n", 0, fault.start) + 1
    start = data.rfind(b"\n", 0, fault.start) + 1
    column = len(data[start : fault.start].decode("utf-8", "replace")) + 1
    at = Place(place.path, line, column)
    if fault.start >= len(data) - 3 and fault.reason == "unexpected end of data":
        return Diagnostic("T105", "文件在一个汉字中间截断，末尾不完整。", "请重新传输或导出完整的文件。", at)
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return Diagnostic(
            "T104",
            f"第 {fault.start + 1} 个字节不是 UTF-8 编码。",
            "请用 UTF-8 编码重新保存。",
            at,
        )
    hint = "请转成 UTF-8，例如：iconv -f GB18030 -t UTF-8 原文件 > 新文件。"
    return Diagnostic("T104", "文件是 GBK（GB18030）编码，不是 UTF-8。", hint, at)


def _read_document(path: Path, place: Place) -> str:
    reader = _docx_text if path.suffix.lower() == ".docx" else _pdf_text
    try:
        text = reader(path)
    except Exception as fault:  # noqa: BLE001  the libraries raise many kinds for a damaged file
        hint = "请确认文件没有损坏，或另存为 UTF-8 文本。"
        message = f"无法打开这个文件（{type(fault).__name__}）。"
        raise EdictError(Diagnostic("T107", message, hint, place)) from None
    if path.suffix.lower() == ".pdf" and not text.strip():
        raise EdictError(
            Diagnostic("T108", "这个 pdf 没有文字层。", "请先做文字识别，或给出文本文件。", place),
        )
    return text


def _docx_text(path: Path) -> str:
    import zipfile

    import docx
    from docx.table import Table

    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > _LARGEST_UNPACKED:
            raise ValueError("unpacks to too much")
    pieces: list[str] = []
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            pieces.extend("\t".join(cell.text.replace("\n", "") for cell in row.cells) for row in block.rows)
        else:
            pieces.append(block.text)
    return "\n\n".join(pieces)


def _pdf_text(path: Path) -> str:
    import pypdf

    with path.open("rb") as stream:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(stream).pages)
