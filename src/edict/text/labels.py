"""Recognising printed numbers: 第一章, 第十二条, 一、, （一）, 1., （1）, ①, 1.2.3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.core.numerals import parse_numeral

if TYPE_CHECKING:
    from edict.text.model import ClauseKind

_CHINESE = "[一二三四五六七八九十百零〇]{1,5}"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第\s*({_CHINESE})\s*[篇编](?=[\s　])")),
    ("chapter", re.compile(rf"第\s*({_CHINESE})\s*章(?=[\s　]|$)")),
    ("section", re.compile(rf"第\s*({_CHINESE})\s*节(?=[\s　]|$)")),
    ("article", re.compile(rf"第\s*({_CHINESE})\s*条(?=[\s　])")),
    ("han", re.compile(rf"({_CHINESE})\s*、")),
    ("paren", re.compile(rf"[（(]\s*({_CHINESE})\s*[）)]")),
    ("dotted", re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.．、]?(?=[\s　]|[\u4e00-\u9fff“《])")),
    ("arabic", re.compile(r"(\d{1,3})\s*[.．、](?!\s*\d)")),
    ("paren-arabic", re.compile(r"[（(]\s*(\d{1,2})\s*[）)]")),
    ("half-arabic", re.compile(r"(\d{1,2})[）)]")),
    ("circled", re.compile(r"([①-⑳])")),
    ("chapter-arabic", re.compile(r"(\d{1,2})[\s　]+(?=[\u4e00-\u9fff]{2,20}$)")),
)
RANKS = {
    "part": 0,
    "chapter": 10,
    "section": 20,
    "article": 30,
    "han": 40,
    "chapter-arabic": 40,
    "dotted": 40,  # plus its depth
    "paren": 50,
    "arabic": 60,
    "paren-arabic": 70,
    "half-arabic": 75,
    "circled": 80,
}
_KINDS: dict[str, ClauseKind] = {
    "part": "part",
    "chapter": "chapter",
    "section": "section",
    "article": "article",
}


@dataclass(frozen=True, slots=True)
class Label:
    """A printed number at the start of a paragraph.

    ``segment`` is its canonical form in a clause id, ``rest`` the text after it, ``ordinal`` its value (for
    dotted numbers the last part).
    """

    style: str
    printed: str
    segment: str
    ordinal: int
    rank: int
    rest: str

    @property
    def kind(self) -> ClauseKind:
        """Clause kind that such a number opens."""
        return _KINDS.get(self.style, "item")


def _segment(style: str, body: str) -> str:
    shapes = {"part": "第{}篇", "chapter": "第{}章", "section": "第{}节", "article": "第{}条"}
    if style in shapes:
        return shapes[style].format(body)
    if style in ("paren", "paren-arabic"):
        return f"（{body}）"
    return f"{body}）" if style == "half-arabic" else body


def _ordinal(body: str) -> int:
    if body[0] in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳":
        return ord(body[0]) - ord("①") + 1
    if body[-1].isascii():
        return int(body.rsplit(".", 1)[-1])
    try:
        return int(parse_numeral(body))
    except ValueError:
        return 0


def find_label(text: str, *, dotted: bool = False) -> Label | None:
    """Return the number that opens the text, or None.

    ``dotted`` allows bare decimals (``1 总则``, ``1.1 目的``), which elsewhere would be taken for figures.

    >>> find_label("（二）甲工程").segment
    '（二）'
    >>> find_label("2. 5 万元") is None
    True
    >>> find_label("5.2.1 一级", dotted=True).rank
    43
    """
    for style, pattern in _PATTERNS:
        if style in ("dotted", "chapter-arabic") and not dotted:
            continue
        if match := pattern.match(text):
            body = re.sub(r"\s", "", match[1])
            ordinal = _ordinal(body)
            if not ordinal:
                continue
            depth = body.count(".") if style == "dotted" else 0
            rank = RANKS[style] + (depth + 1 if depth else 0)
            printed = match[0].strip()
            return Label(style, printed, _segment(style, body), ordinal, rank, text[match.end() :].strip())
    return None


def uses_dotted(texts: list[str]) -> bool:
    """Whether the lines of a document number their headings ``1 总则``, ``1.1 …``.

    >>> uses_dotted(["1 总则", "1.1 目的", "1.2 依据", "2 机构", "2.1 机关"])
    True
    """
    chapters = sum(bool(re.match(r"\d{1,2}[\s　]+[\u4e00-\u9fff]{2,12}$", text)) for text in texts)
    sections = sum(bool(re.match(r"\d{1,2}\.\d{1,2}[\s　]*[\u4e00-\u9fff]{2,20}$", text)) for text in texts)
    return chapters >= 2 and sections >= 3
