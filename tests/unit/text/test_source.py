from __future__ import annotations

import io
import random
import zipfile
from typing import TYPE_CHECKING

import docx
import pypdf
import pytest

from edict.core.diagnostic import EdictError
from edict.text.ingest import ingest
from edict.text.source import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from edict.core.diagnostic import Diagnostic

TEXT = "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n"


def fault(path: Path) -> Diagnostic:
    with pytest.raises(EdictError) as caught:
        read_source(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.hint.endswith("。") or "iconv" in diagnostic.hint
    assert diagnostic.message.endswith("。")
    return diagnostic


def write(folder: Path, data: bytes, name: str = "甲.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_line_ends_and_the_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert read_source(path) == TEXT


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert fault(tmp_path / "无.txt").code == "T101"
    assert "文件夹" in fault(tmp_path).message


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(tmp_path: Path, data: bytes) -> None:
    assert fault(write(tmp_path, data)).code == "T102"


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x00\x00" * 9,
        b"\x01\x02\x03\x04abc" * 50,
        zipfile.ZipFile.__name__.encode() + b"\x00",
    ],
)
def test_binary_content_is_told(tmp_path: Path, data: bytes) -> None:
    assert fault(write(tmp_path, data)).code == "T103"


def test_a_gbk_file_is_told_with_its_place_and_the_command_that_mends_it(tmp_path: Path) -> None:
    found = fault(write(tmp_path, ("abc\n" + TEXT).encode("gbk")))
    assert (found.code, found.place and found.place.line) == ("T104", 2)
    assert "iconv" in found.hint


def test_bytes_of_no_known_encoding_are_told(tmp_path: Path) -> None:
    assert fault(write(tmp_path, TEXT.encode() + b"\xff\xff\xff end of the line")).code == "T104"


@pytest.mark.parametrize("cut", [1, 2])
def test_a_file_cut_inside_a_character_is_told_with_its_line(tmp_path: Path, cut: int) -> None:
    found = fault(write(tmp_path, (TEXT + "甲").encode()[:-cut]))
    assert (found.code, found.place and found.place.line) == ("T105", 4)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as stream:
        stream.truncate(9_000_000)
    assert fault(path).code == "T106"


def test_a_docx_gives_its_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("甲")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "乙", "丙"
    document.add_paragraph("丁")
    document.save(str(tmp_path / "甲.docx"))
    assert read_source(tmp_path / "甲.docx") == "甲\n\n乙\t丙\n\n丁"


def test_a_damaged_docx_or_pdf_is_told(tmp_path: Path) -> None:
    assert fault(write(tmp_path, b"PK\x03\x04 broken", "甲.docx")).code == "T107"
    assert fault(write(tmp_path, b"%PDF-1.4 broken", "甲.pdf")).code == "T107"


def test_a_docx_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "甲.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 100_000_001)
    assert fault(path).code == "T107"


def test_a_pdf_without_a_text_layer_is_told(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(str(tmp_path / "甲.pdf"))
    assert fault(tmp_path / "甲.pdf").code == "T108"


def test_a_pdf_gives_its_text_layer(tmp_path: Path) -> None:
    path = write(tmp_path, _pdf(b"BT /F1 12 Tf 10 50 Td (Number 5) Tj ET"), "a.pdf")
    assert read_source(path).strip() == "Number 5"


def _pdf(content: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 100)
    font = pypdf.generic.DictionaryObject()
    for key, value in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Helvetica")):
        font[pypdf.generic.NameObject(key)] = pypdf.generic.NameObject(value)
    fonts = pypdf.generic.DictionaryObject({pypdf.generic.NameObject("/F1"): font})
    page[pypdf.generic.NameObject("/Resources")] = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject("/Font"): fonts},
    )
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(content)
    page[pypdf.generic.NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    paths = [write(tmp_path, b"", "a.txt"), write(tmp_path, TEXT.encode("gbk"), "b.txt")]
    with pytest.raises(EdictError) as caught:
        ingest(paths)
    assert [each.code for each in caught.value.diagnostics] == ["T102", "T104"]


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_never_cause_anything_but_a_diagnostic(tmp_path: Path, seed: int) -> None:
    data = random.Random(seed).randbytes(400)  # noqa: S311  no secret
    for name in ("甲.txt", "甲.docx", "甲.pdf"):
        assert fault(write(tmp_path, data, name)).code in {"T103", "T104", "T105", "T107", "T108"}
