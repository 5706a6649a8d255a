"""What a person should look at after ingest: repaired glyphs, doubled characters, repeated numbers, lost tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edict.core.diagnostic import Place
from edict.text.lines import repair_glyphs
from edict.text.model import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edict.text.lines import Line
    from edict.text.model import Clause, Document
    from edict.text.paragraphs import Paragraph

_STRAY_WORD = re.compile(r"(?<=[\u4e00-\u9fff”）])\s?(and|or)\s?(?=[\u4e00-\u9fff“（])")
_LONG_SENTENCE = 40
_FEWEST_FRAGMENTS = 12
_FRAGMENT = 18  # characters of a line that looks like one cell of a lost table


def glyph_reports(source: str, name: str) -> list[Report]:
    """Return T302 for each line with misread symbols.

    >>> [each.message for each in glyph_reports("甲1暶2", "甲.txt")]
    ['修复误码字形 1 处：暶→∶。']
    """
    if not repair_glyphs(source)[1]:
        return []
    reports = []
    for number, line in enumerate(source.split("\n"), 1):
        repaired, count = repair_glyphs(line)
        if count:
            pairs = sorted({f"{a}→{b}" for a, b in zip(line, repaired, strict=True) if a != b})
            reports.append(
                Report("T302", Place(name, number), f"修复误码字形 {count} 处：{'，'.join(pairs)}。"),
            )
    return reports


def stray_word_reports(lines: Sequence[Line], name: str) -> list[Report]:
    """Return T309 for each line where an English conjunction replaced a Chinese one; the text is left as printed."""
    return [
        Report(
            "T309", Place(name, line.number), f"中文里夹着英文“{match[1]}”，可能是“和”“或”之误，按原文保留。"
        )
        for line in lines
        for match in _STRAY_WORD.finditer(line.text)
    ]


def doubling_reports(name: str, found: Sequence[tuple[Paragraph, str, bool]]) -> list[Report]:
    """Return T303 for each break with the same character on both sides."""
    reports = []
    for paragraph, printed, dropped in found:
        verdict = "已删去重复的一字" if dropped else "两字都保留"
        place = Place(name, paragraph.lines[0].number)
        reports.append(Report("T303", place, f"断行处前后两字相同“{printed}”，{verdict}。"))
    return reports


def document_reports(document: Document, source: str) -> Iterator[Report]:
    """Yield T304 for tables kept as text, T305 for repeated numbers and T306 for a number that is missing."""
    for clause in document.walk():
        place = _place(document, clause, source)
        if _fragments(clause.text) >= _FEWEST_FRAGMENTS and clause.kind != "root":
            message = f"{document.key} {clause.id}：疑似表格或名单被拆成短行，结构无法恢复，按文字保留。"
            yield Report("T304", place, message)
        if "~" in clause.id.rsplit("/", 1)[-1]:
            yield Report("T305", place, f"{document.key} {clause.id}：同一层级下编号重复。")
        if _breaks_off(clause):
            message = (
                f"{document.key} {clause.id}：在句中结束（“{clause.text[-10:]}”），可能缺字，请核对原件。"
            )
            yield Report("T310", place, message)
        for missing in _missing(clause):
            yield Report(
                "T306",
                place,
                f"{document.key} {clause.id or '正文'}：下级编号不连续，缺少{missing}。",
            )


def repeated_numbers(documents: Sequence[Document]) -> Iterator[Report]:
    """Yield T307 for each document whose number an earlier one already has."""
    seen: dict[str, Document] = {}
    for document in documents:
        if document.part > 1:
            continue
        first = seen.setdefault(document.number, document)
        if first is not document:
            message = f"{document.number} 出现两次：{first.place} 和 {document.place}，查找时请写标题。"
            yield Report("T307", document.place, message)


def ending_report(name: str, lines: Sequence[Line]) -> Iterator[Report]:
    """Yield T308 when the last line of a file breaks off inside a sentence."""
    last = lines[-1] if lines else None
    if last and not last.tabbed and not re.search(r"[。；;！!？）)》”…]$", last.text):
        yield Report(
            "T308",
            Place(name, last.number),
            f"全文在句中结束（“{last.text[-10:]}”），文件可能不完整，请核对原件。",
        )


def _breaks_off(clause: Clause) -> bool:
    last = clause.text.rsplit("\n", 1)[-1]
    prose = (
        clause.kind not in ("row", "table", "root") and "\t" not in last and bool(re.search(r"[，。,]", last))
    )
    units = re.match(r"[^，。；]{2,8}[:：]", last)
    return (
        prose
        and not units
        and len(last) >= _LONG_SENTENCE
        and not re.search(r"[。；;！!？：:）)”》…]$", last)
    )


def _place(document: Document, clause: Clause, source: str) -> Place:
    start = clause.spans[0][0] if clause.spans else document.span[0]
    return Place(document.source, source.count("\n", 0, start) + 1)


def _fragments(text: str) -> int:
    r"""Return the length of the longest run of short lines without an end mark.

    >>> _fragments("甲\n乙\n丙。")
    2
    """
    longest = run = 0
    for line in text.split("\n"):
        run = run + 1 if len(line) <= _FRAGMENT and not re.search(r"[。；;：:]$", line) else 0
        longest = max(longest, run)
    return longest


def _missing(clause: Clause) -> list[str]:
    """Return the numbers that a list skips; only plain 1. 2. 3. and （1） lists are judged."""
    missing: list[str] = []
    previous: tuple[str, int] | None = None
    for child in clause.children:
        match = re.fullmatch(r"(（?)(\d{1,3})）?", child.id.rsplit("/", 1)[-1])
        if child.kind != "item" or match is None:
            previous = None
            continue
        style, value = match[1], int(match[2])
        if previous and previous[0] == style and value > previous[1] + 1:
            missing.extend(str(each) for each in range(previous[1] + 1, min(value, previous[1] + 4)))
        previous = (style, value)
    return missing
