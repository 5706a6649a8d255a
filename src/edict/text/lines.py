"""Source text to printed lines: page furniture set aside, bullets dropped, faulty glyphs repaired.

Every line owns its characters up to the next printed line, so that the lines of a file tile it without a gap.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_PAGE_NUMBER = re.compile(r"^[-—–－\s]{1,4}\d{1,4}[-—–－\s]{1,4}$|^[-—–]*第?\s*\d{1,4}\s*页[-—–]*$")
_RUNNING_HEAD = re.compile(r"人民政府公报\s*[（(]\s*\d{4}\s*[.．]\s*\d+\s*[)）]")
_RULE = re.compile(r"^[-*_=]{3,}[-*_=|:\s]*$")
_BULLET = re.compile(r"^[-*•·]\s+(?=\S)")
_GLUED = re.compile(
    r"(?<=[\u4e00-\u9fff])\*\*(?=[（(][一二三四五六七八九十]{1,3}[）)])",
)  # a heading run into the next
_GLYPH_LEAD = 0x95
_SYMBOL_LEAD = 0xA1
_SYMBOLS = frozenset("∶±×≤≥÷≠∞√℃㎡‰°′″→←↑↓")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; ``text`` is stripped and repaired, ``[start, end)`` runs to the next line."""

    index: int
    number: int
    start: int
    end: int
    text: str
    raw: str
    columns: int

    @property
    def tabbed(self) -> bool:
        """Whether the line is a row of cells."""
        return "\t" in self.raw.strip(" \r\n")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is set: ``wrap`` is the width in columns at which it breaks lines, 0 when lines are paragraphs."""

    wrap: int


@lru_cache(maxsize=4096)
def _misread(char: str) -> str:
    """Return the symbol whose GBK lead byte 0xA1 was misread as 0x95, or ``''``."""
    try:
        code = char.encode("gbk")
        symbol = (
            bytes((_SYMBOL_LEAD, code[1])).decode("gbk") if code[0] == _GLYPH_LEAD and len(code) == 2 else ""
        )
    except (UnicodeError, IndexError):
        return ""
    return symbol if symbol in _SYMBOLS else ""


_SUSPECTS = re.compile(
    "[" + "".join(c for c in map(chr, range(0x4E00, 0x9FA6)) if _misread(c)) + "]",
)


def repair_glyphs(text: str) -> tuple[str, int]:
    """Return the text with misread symbols restored (same length) and how many there were.

    A font map that shifts the lead byte 0xA1 of a GB 2312 symbol to 0x95 prints 暶 for ∶, 暲 for ±, 暳 for ×
    and 曑 for ≤.

    >>> repair_glyphs("1.3暶39.7暶59")
    ('1.3∶39.7∶59', 2)
    """
    return _SUSPECTS.subn(lambda match: _misread(match[0]), text)


def columns(text: str) -> int:
    """Return the display width: 2 for a Chinese character, 1 for a Latin one.

    >>> columns("第1条")
    5
    """
    return sum(2 if ord(c) > 0x2000 and unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def is_furniture(text: str) -> bool:
    """Whether a line is a page number, a running head or a rule, none of which belongs to a document.

    >>> is_furniture("—82—"), is_furniture("第82条")
    (True, False)
    """
    return bool(_PAGE_NUMBER.match(text) or _RUNNING_HEAD.search(text) or _RULE.match(text))


def split_lines(source: str) -> list[Line]:
    """Return the printed (non-blank) lines of a file, furniture included."""
    starts: list[tuple[int, int, str]] = []
    offset = 0
    for number, raw in enumerate(source.split("\n"), 1):
        cut = 0
        for match in _GLUED.finditer(raw):
            starts.append((offset + cut, number, raw[cut : match.start()]))
            cut = match.start()
        if raw[cut:].strip():
            starts.append((offset + cut, number, raw[cut:]))
        offset += len(raw) + 1
    lines = []
    for index, (start, number, raw) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(source)
        text = _BULLET.sub("", repair_glyphs(raw.strip())[0]).replace("**", "")
        lines.append(Line(index, number, start, end, text, raw, columns(text)))
    return lines


def find_layout(lines: list[Line]) -> Layout:
    """Return whether a file breaks its lines at a fixed width, judged by the width that nine lines in ten keep to."""
    widths = sorted(line.columns for line in lines if not line.tabbed)
    if not widths:
        return Layout(0)
    ninth = widths[int(len(widths) * 0.9)]
    return Layout(ninth if ninth <= 80 and len(widths) > 40 else 0)
