"""Lines to paragraphs: sentences cut by page breaks or by line width are joined again.

A paragraph ends at a full stop, at a heading, at a printed number, before an annex, a box or a table row. In a file
set at a fixed width a line that does not reach the margin ends it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edict.text.labels import Label, find_label
from edict.text.normalise import tidy
from edict.text.tables import is_value_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edict.text.lines import Layout, Line
    from edict.text.model import Span

ParagraphKind = Literal["text", "row", "title", "box", "annex", "caption"]

_END = re.compile(r"[。！？；;:：]$|[。！？][”’）)]$|[（(]略[）)]$|\.{3}$|…$")
_OPEN_END = re.compile(r"[、，,（(“《]$")
_OPEN_START = re.compile(r"^[、，,。；;：:）)”》〕〔%‰∶]")
_ANNEX = re.compile(r"^附\s*件\s*(\d{0,2})\s*$")
_BOX = re.compile(r"^专\s*栏\s*(\d{1,2})\s*[:：]?\s*")
_CAPTION = re.compile(r"^(?:附\s*)?表\s*(\d{1,2})(?:[:：\s]|$)")
_UNITS = re.compile(
    r"^(?:责任|牵头|配合|指导|落实|协办|主办|参与)(?:单位|领导|部门|处室)[:：]|^完成时[间限][:：]",
)
_ANNEX_LIST = re.compile(r"^附\s*件?\s*[:：]")
_OPEN_LIST = re.compile(r"^附\s*件?\s*[:：]\s*(?:1\s*[.．、].*)?$", re.DOTALL)
_CUT_NAME = re.compile(r"[:：、]\s*[\u4e00-\u9fff]$")
_CUT_DATE = re.compile(r"\d$")
_COUNTED = re.compile(r"^[一二三四五六七八九十]是")
_LEAD = re.compile(r"^[^，。；：:、,;《（(]{2,14}(?:[（(]\s*[^，。；：:、,;）)]{1,8}[）)])?\s*[：:]$")
_CLASS = re.compile(r"^([^，。；：:、,;（(]{3,14}?)\s*[（(]\s*([A-ZＡ-Ｚ]\s*[类级])\s*[）)]\s*[:：]")
_HEADING_STYLES = frozenset(
    {"part", "chapter", "section", "han", "paren", "arabic", "dotted", "chapter-arabic"},
)
_CUT_STYLES = frozenset({"paren", "arabic", "paren-arabic"})
_LONGEST_HEADING = 34
_SHORTEST_LINE = (
    16  # characters that an unfinished line must have to be a cut sentence and no entry of a list
)
_SHORTEST_ITEM = 12
_RAGGED = 5  # columns that a full line may fall short of the margin
_LONG_TEXT = 40  # characters after which an unfinished paragraph outside lists goes on whatever its width
_BEGUN = 0.7  # share of the width that an unfinished line has when figures set it narrower
_TIGHT = 3  # columns that a line inside a paragraph is at most short of the margin
_INDENT = 4  # columns that the first line of a paragraph is set in, lost when the text was extracted
_LONGEST_ITEM_HEADING = 14


@dataclass(slots=True, eq=False)
class Paragraph:
    """Joined lines; ``spaced`` rows part their cells by spaces, a ``header`` row names the columns of its table."""

    kind: ParagraphKind
    lines: list[Line]
    text: str
    label: Label | None = None
    heading: bool = False
    doubled: str = ""
    header: bool = False
    spaced: bool = False

    @property
    def spans(self) -> tuple[Span, ...]:
        """Source ranges, neighbours merged."""
        return merge_spans([(line.start, line.end) for line in self.lines])

    @property
    def ended(self) -> bool:
        """Whether the text closes with an end mark."""
        return bool(_END.search(self.text))


def merge_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return ranges sorted, with neighbours merged.

    >>> merge_spans([(3, 5), (0, 3), (7, 9)])
    ((0, 5), (7, 9))
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def is_lead(text: str) -> bool:
    """Whether a paragraph is a short unnumbered heading that opens a list.

    >>> is_lead("响应条件："), is_lead("责任单位：")
    (True, False)
    """
    return bool(_LEAD.match(text)) and not _UNITS.match(text)


def class_lead(text: str) -> tuple[str, str] | None:
    """Return name and rest of a paragraph that opens with a named class, ``甲人才（A类）：…``.

    >>> class_lead("甲级人才 (B 类): 须有学位。")
    ('甲级人才（B类）', '须有学位。')
    """
    match = _CLASS.match(text)
    if not match:
        return None
    return f"{tidy(match[1])}（{tidy(match[2])}）", text[match.end() :].strip()


def is_unit_line(text: str) -> bool:
    """Whether a paragraph names the responsible units.

    >>> is_unit_line("牵头单位：甲局")
    True
    """
    return bool(_UNITS.match(text))


def gather_annex_lists(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs with each list of annexes (``附件：1. …`` and the numbers after it) made one paragraph."""
    gathered: list[Paragraph] = []
    expected = 0
    for each in paragraphs:
        if each.kind == "text" and _OPEN_LIST.match(each.text):
            expected = 2 if re.search(r"[:：]\s*1", each.text) else 1
            each.label, each.heading = None, False
        elif expected and each.label and each.label.style == "arabic" and each.label.ordinal == expected:
            gathered[-1].text = f"{gathered[-1].text}\n{each.text}"
            gathered[-1].lines.extend(each.lines)
            expected += 1
            continue
        elif expected and each.kind == "text" and each.label is None and not _END.search(gathered[-1].text):
            gathered[-1].text += each.text
            gathered[-1].lines.extend(each.lines)
            continue
        else:
            expected = 0
        gathered.append(each)
    return gathered


def mend_first_items(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs with a cut first item made whole: taken for a heading, though its next sibling is a sentence."""
    mended: list[Paragraph] = []
    for position, each in enumerate(paragraphs):
        before = mended[-1] if mended else None
        if before and _is_cut_item(before, each, paragraphs[position + 1 : position + 2]):
            before.text += each.text
            before.lines.extend(each.lines)
            before.heading = False
            before.label = find_label(before.text) or before.label
        else:
            mended.append(each)
    return mended


def _is_cut_item(item: Paragraph, rest: Paragraph, following: Sequence[Paragraph]) -> bool:
    if (
        item.label is None
        or not item.heading
        or rest.label is not None
        or rest.kind != "text"
        or not rest.ended
    ):
        return False
    sibling = following[0].label if following else None
    if sibling is None or following[0].heading or not following[0].ended:
        return False
    goes_on = sibling.style == item.label.style and sibling.ordinal == item.label.ordinal + 1
    return goes_on and item.label.style in _CUT_STYLES and len(item.label.rest) >= _SHORTEST_ITEM


class Joiner:
    """Builds the paragraphs of one document from its lines."""

    def __init__(self, layout: Layout, *, dotted: bool, titles: dict[int, int]) -> None:
        """Take how the file is set; ``titles`` maps the first line of each title to its number of lines."""
        self.layout = layout
        self.dotted = dotted
        self.titles = titles
        self.paragraphs: list[Paragraph] = []
        self._listing = False  # inside a box or an annex, where tables are printed
        self._last: dict[str, tuple[int, bool]] = {}

    def join(self, lines: Sequence[Line]) -> list[Paragraph]:
        """Return the paragraphs; ``titles`` (first line index -> number of lines) stay whole."""
        position = 0
        while position < len(lines):
            line = lines[position]
            size = self.titles.get(line.index, 0)
            if size:
                block = list(lines[position : position + size])
                self.paragraphs.append(Paragraph("title", block, "".join(each.text for each in block)))
                position += size
                continue
            self._take(line)
            position += 1
        return gather_annex_lists(mend_first_items(self.paragraphs))

    def _take(self, line: Line) -> None:
        previous = self.paragraphs[-1] if self.paragraphs else None
        kind = _line_kind(line)
        self._listing = kind in ("box", "annex") or (self._listing and kind != "title")
        spaced = kind == "text" and bool(self.layout.wrap) and self._listing and is_value_row(line.text)
        if spaced:
            self.paragraphs.append(Paragraph("row", [line], line.text, spaced=True))
            return
        label = find_label(line.text, dotted=self.dotted) if kind == "text" else None
        if previous and kind == "text" and self._continues(previous, line, label):
            self._append(previous, line)
            return
        paragraph = Paragraph(kind, [line], line.text, label)
        self.paragraphs.append(paragraph)
        self._classify(paragraph)

    def _classify(self, paragraph: Paragraph) -> None:
        """Set whether a numbered paragraph is a heading, as far as its first line shows."""
        label = paragraph.label
        if label is None:
            return
        paragraph.heading = _looks_like_heading(label, self._last.get(label.style))
        self._last[label.style] = (label.ordinal, paragraph.heading)

    def _append(self, previous: Paragraph, line: Line) -> None:
        text, head = previous.text, line.text
        if text and head and text[-1] == head[0] and "\u4e00" <= head[0] <= "\u9fff":
            previous.doubled = f"{text[-3:]}|{head[:3]}"
        space = (
            " "
            if text[-1:].isascii() and text[-1:].isalnum() and head[:1].isascii() and head[:1].isalpha()
            else ""
        )
        previous.text = f"{text}{space}{head}"
        previous.lines.append(line)
        if previous.label:
            previous.label = find_label(previous.text, dotted=self.dotted) or previous.label
            previous.heading = previous.heading and not previous.ended
            self._last[previous.label.style] = (previous.label.ordinal, previous.heading)

    def _continues(self, previous: Paragraph, line: Line, label: Label | None) -> bool:
        if previous.kind in ("row", "title", "annex"):
            return False
        if is_unit_line(line.text) or _ANNEX_LIST.match(line.text):
            return False
        bare = previous.label is not None and not previous.label.rest
        last = previous.lines[-1]
        indent = _INDENT if len(previous.lines) == 1 else 0
        full = bool(self.layout.wrap) and last.columns >= self.layout.wrap - _RAGGED - indent
        if label is not None:
            stray = label.style in ("arabic", "article", "half-arabic") and full and not previous.ended
            return stray and not self._expected(label)
        unnumbered = previous.label is None and previous.kind == "text"
        if bare or (unnumbered and _is_cut(previous.text, line.text)):
            return True
        if _OPEN_START.match(line.text) or (_OPEN_END.search(previous.text) and previous.kind == "text"):
            return True
        if self.layout.wrap:
            return self._wraps(previous, line, full=full)
        if previous.ended:
            return False
        return self._flows(previous, line)

    def _wraps(self, previous: Paragraph, line: Line, *, full: bool) -> bool:
        """Whether a line goes on with the one before in a file set at a fixed width.

        A line that reaches the margin may still end its paragraph; then the next one is short of the margin by the
        indent that the extraction lost.
        """
        reaches = line.columns >= self.layout.wrap - _TIGHT
        if previous.ended:
            return full and (previous.text[-1] in "；;" or reaches)
        if previous.heading and full:
            short = line.columns < self.layout.wrap - _RAGGED - _INDENT
            return (reaches or short) and not _COUNTED.match(line.text)
        several = len(previous.lines) > 1
        begun = several and previous.lines[-1].columns >= self.layout.wrap * _BEGUN
        begun = begun or (several and not self._listing and len(previous.text) >= _LONG_TEXT)
        return full or begun or _unclosed(previous.text)

    def _flows(self, previous: Paragraph, line: Line) -> bool:
        """Whether a line goes on with an unfinished one in a file whose lines are paragraphs."""
        if previous.kind in ("box", "caption"):
            return False
        if previous.heading:
            return len(previous.text) >= 10 and len(line.text) <= 12 and not _END.search(line.text)
        return len(previous.lines[-1].text) >= (_SHORTEST_LINE if previous.label is None else _SHORTEST_ITEM)

    def _expected(self, label: Label) -> bool:
        last = self._last.get(label.style, (0, False))[0]
        return label.ordinal in (1, last + 1)


def _is_cut(before: str, after: str) -> bool:
    """Whether a break runs through a name after a colon or a comma (``甲领导: 王|某``), or through a date or share."""
    if _CUT_NAME.search(before):
        return len(after) <= _LONGEST_HEADING and "\u4e00" <= after[:1] <= "\u9fff"
    return bool(_CUT_DATE.search(before)) and after[:1] in ("年", "月", "日", "%")


def _unclosed(text: str) -> bool:
    """Whether a bracket or a title mark opened in the text is still open at its end."""
    return any(text.rfind(opening) > text.rfind(closing) for opening, closing in ("《》", "〔〕")) or (
        max(text.rfind("（"), text.rfind("(")) > max(text.rfind("）"), text.rfind(")")) >= 0
    )


def _line_kind(line: Line) -> ParagraphKind:
    if line.tabbed and not _BOX.match(line.text):
        return "row"
    if _ANNEX.match(line.text):
        return "annex"
    if _BOX.match(line.text):
        return "box"
    if _CAPTION.match(line.text):
        return "caption"
    return "text"


def _looks_like_heading(label: Label, sibling: tuple[int, bool] | None) -> bool:
    rest = label.rest
    if not rest or _END.search(rest) or _OPEN_END.search(rest) or "。" in rest:
        return False
    follows_text = sibling is not None and label.ordinal == sibling[0] + 1 and not sibling[1]
    if label.style in _HEADING_STYLES:
        return len(rest) <= (_LONGEST_ITEM_HEADING if follows_text else _LONGEST_HEADING)
    if label.style == "article":
        return False
    return len(rest) <= _LONGEST_ITEM_HEADING and not follows_text


def annex_number(text: str) -> str | None:
    """Return the number printed on an annex line (``''`` when none), or None for any other line.

    >>> annex_number("附 件 2"), annex_number("附件：甲表")
    ('2', None)
    """
    match = _ANNEX.match(text)
    return match[1] if match else None


def box_number(text: str) -> tuple[str, str]:
    """Return number and title of a box line.

    >>> box_number("专栏 3：甲工程")
    ('3', '甲工程')
    """
    match = _BOX.match(text)
    return (match[1], text[match.end() :].strip()) if match else ("", text)


def repair_doubling(paragraphs: Sequence[Paragraph], source: str) -> list[tuple[Paragraph, str, bool]]:
    """Remove a character that a page break printed twice; return every candidate with whether it was removed.

    The same character on both sides of a break may be right (制品|品牌). It is dropped only if the document
    never prints the words before the break elsewhere but does print those after it, and the doubled form
    stands nowhere else in the ``source``.
    """
    candidates = [each for each in paragraphs if each.doubled]
    text = "\n".join(each.text for each in paragraphs) if candidates else ""
    everything = re.sub(r"\s", "", source) if candidates else ""
    found = []
    for each in candidates:
        tail, head = each.doubled.split("|")
        elsewhere = len(
            re.findall(f"{re.escape(tail[-2:])}(?!{re.escape(head[:2])}|{re.escape(head[1:2])})", text),
        )
        unique = everything.count(tail[-2:] + head[:2]) <= 1
        drop = unique and elsewhere <= 1 and text.count(head[:2]) > 2
        if drop:
            each.text = each.text.replace(tail + head, tail + head[1:], 1)
            each.label = find_label(each.text, dotted=True) if each.label else None
        found.append((each, each.doubled, drop))
    return found
