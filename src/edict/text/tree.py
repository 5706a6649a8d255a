"""Paragraphs to a tree of clauses with positional ids."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edict.text.labels import RANKS
from edict.text.model import Clause, ClauseKind, Span
from edict.text.normalise import normalise
from edict.text.paragraphs import (
    Paragraph,
    annex_number,
    box_number,
    class_lead,
    is_lead,
    is_unit_line,
    merge_spans,
)
from edict.text.tables import looks_like_header

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edict.text.figures import Figure
    from edict.text.labels import Label

_CLOSING = re.compile(
    r"^(?:本(?:实施)?(?:意见|方案|办法|措施|政策|规定|预案|通知|细则|规划|若干措施|若干政策)(?!所称|涉及的)|附\s*件\s*[:：]|附件\s*\d"
    r"|各级[、，]?各(?:部门|单位)(?:要|应)|各(?:县|区县|开发区)[^。]{0,20}(?:政府|管委会)要制定|以上(?:意见|措施|政策))",
)
_SHORT_FIELD = re.compile(r"^[^，。；]{2,12}[:：]")
_SIGNATURE = re.compile(
    r"^[\u4e00-\u9fff　\s]{4,20}人民政府(?:办公厅)?$|^\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日$",
)
_OUTER = -1
_BOX_RANK = 49
_TABLE_RANK = 95
_ANCHORS = ("notice", "annex", "body")  # clauses that numbering starts anew in


@dataclass(slots=True)
class _Node:
    """A clause under construction; ``rank`` orders printed numbers, ``base`` prefixes the ids of children."""

    id: str
    kind: ClauseKind
    rank: int
    base: str
    label: str = ""
    heading: str = ""
    texts: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    last_ordinal: dict[str, int] = field(default_factory=dict)

    def own(self, paragraph: Paragraph, text: str) -> None:
        if text:
            self.texts.append(text)
        self.spans.extend(paragraph.spans)


def _class_leads(paragraphs: Sequence[Paragraph]) -> dict[int, tuple[str, str]]:
    """Return name and text of paragraphs that open with a class, when at least one of them opens a list of its own."""
    found: dict[int, tuple[str, str]] = {}
    lists = False
    for index, paragraph in enumerate(paragraphs):
        lead = class_lead(paragraph.text) if paragraph.kind == "text" and paragraph.label is None else None
        if lead:
            found[index] = lead
            following = paragraphs[index + 1].label if index + 1 < len(paragraphs) else None
            lists = lists or (following is not None and following.ordinal == 1)
    return found if lists else {}


class TreeBuilder:
    """Places paragraphs one after another; a stack holds the clauses that are open."""

    def __init__(self, paragraphs: Sequence[Paragraph], *, cover: bool) -> None:
        """Take the paragraphs of one document; ``cover`` says that a notice stands before the text itself."""
        self.paragraphs = paragraphs
        self.root = _Node("", "root", _OUTER - 2, "")
        self.stack = [self.root]
        self.used: Counter[str] = Counter()
        self.tables: Counter[str] = Counter()
        self.cover = cover
        self.titles = 0
        self.caption: Paragraph | None = None
        labels = [each.label for each in paragraphs if each.label and each.label.style == "chapter"]
        ordinals = [each.ordinal for each in labels]
        self.chapters_run_through = len(set(ordinals)) == len(ordinals)
        self.classes = _class_leads(paragraphs)
        annex = next((i for i, each in enumerate(paragraphs) if each.kind == "annex"), len(paragraphs))
        self.last_label = max((i for i in range(annex) if paragraphs[i].label), default=-1)

    def build(self) -> _Node:
        """Return the root of the finished tree."""
        if self.cover:
            self._open(_Node("通知", "notice", _OUTER - 1, "通知"))
        for index, paragraph in enumerate(self.paragraphs):
            self._place(index, paragraph)
        return self.root

    def _place(self, index: int, paragraph: Paragraph) -> None:
        if paragraph.kind == "title":
            self._title(paragraph)
        elif paragraph.kind == "annex":
            self._annex(paragraph)
        elif paragraph.kind == "box":
            self._box(paragraph)
        elif paragraph.kind == "row":
            self._row(paragraph)
        elif paragraph.kind == "caption" and self._captions(index):
            self.caption = paragraph
        elif paragraph.label is not None and not self._closed():
            self._item(paragraph, paragraph.label)
        else:
            self._plain(index, paragraph)

    def _captions(self, index: int) -> bool:
        following = self.paragraphs[index + 1 : index + 2]
        return bool(following) and following[0].kind == "row" and self.stack[-1].kind != "table"

    def _closed(self) -> bool:
        return self.stack[-1].kind == "closing"

    def _title(self, paragraph: Paragraph) -> None:
        """The title printed over the attached text ends the covering notice; another one opens a further text."""
        self.stack = [self.root]
        self.titles += 1
        if self.titles == 1:
            self.root.own(paragraph, paragraph.text)
            return
        identity = f"正文{self.titles}"
        node = _Node(identity, "body", _OUTER - 1, identity, heading=paragraph.text)
        node.spans.extend(paragraph.spans)
        self._open(node)

    def _annex(self, paragraph: Paragraph) -> None:
        number = annex_number(paragraph.text) or ""
        self.stack = [self.root]
        identity = self._unique(f"附件{number}")
        node = _Node(identity, "annex", _OUTER, identity, label=paragraph.text)
        node.spans.extend(paragraph.spans)
        self._open(node)

    def _box(self, paragraph: Paragraph) -> None:
        number, title = box_number(paragraph.text)
        box = next((i for i, each in enumerate(self.stack) if each.kind == "box"), len(self.stack))
        del self.stack[box:]
        while self.stack[-1].kind in ("table", "preamble", "closing"):
            self.stack.pop()
        annex = next((each for each in self.stack if each.kind in _ANCHORS), None)
        identity = self._unique(f"{annex.id}/专栏{number}" if annex else f"专栏{number}")
        node = _Node(
            identity,
            "box",
            _BOX_RANK,
            identity,
            label=f"专栏{number}",
            heading=title.replace("\t", " ").strip(),
        )
        node.spans.extend(paragraph.spans)
        self._open(node)

    def _row(self, paragraph: Paragraph) -> None:
        table = self.stack[-1]
        if table.kind != "table":
            table = self._table()
            if paragraph.header or looks_like_header(paragraph.text):
                table.own(paragraph, paragraph.text)
                return
        elif table.texts and normalise(paragraph.text) == normalise(table.texts[0]):
            table.own(paragraph, "")
            return
        row = f"行{len(table.children) + 1}"
        node = _Node(f"{table.id}/{row}", "row", _TABLE_RANK + 1, f"{table.id}/{row}", label=row)
        node.own(paragraph, paragraph.text)
        table.children.append(node)

    def _table(self) -> _Node:
        """Open the table that a row begins; a caption printed just above becomes its heading."""
        owner = next(each for each in reversed(self.stack) if each.kind in ("box", "root", *_ANCHORS))
        base = owner.id if owner.kind != "root" else ""
        self.tables[base] += 1
        name = f"表{self.tables[base]}"
        identity = self._unique(f"{base}/{name}" if base else name)
        table = _Node(identity, "table", _TABLE_RANK, identity, label=name)
        if self.caption is not None:
            table.heading = self.caption.text
            table.spans.extend(self.caption.spans)
            self.caption = None
        return self._open(table)

    def _item(self, paragraph: Paragraph, label: Label) -> None:
        self._pop_for(label)
        parent = self.stack[-1]
        base = self._base_for(parent, label)
        identity = self._unique(f"{base}/{label.segment}" if base else label.segment)
        node = _Node(identity, label.kind, label.rank, identity, label=label.printed)
        parent.last_ordinal[label.style] = label.ordinal
        if paragraph.heading:
            node.heading = label.rest
            node.own(paragraph, "")
        else:
            node.own(paragraph, label.rest)
        self._open(node)

    def _pop_for(self, label: Label) -> None:
        """Close what the number ends: deeper or equal numbers, tables, and unnumbered headings whose list is over."""
        while len(self.stack) > 1:
            top = self.stack[-1]
            if top.kind in _ANCHORS:
                return
            if top.kind == "box":
                if self._inside_box(top, label):
                    return
            elif top.kind == "heading":
                follows = label.ordinal == top.last_ordinal.get(label.style, 0) + 1
                if label.rank > top.rank and (follows or not top.children):
                    return
            elif top.kind not in ("table", "preamble", "closing") and top.rank < label.rank:
                return
            self.stack.pop()

    def _inside_box(self, box: _Node, label: Label) -> bool:
        """Whether a number belongs to the list of a box; if not, it goes on with the numbers around the box."""
        if label.ordinal != box.last_ordinal.get(label.style, 0) + 1 or label.style in ("paren", "article"):
            return False
        below = self.stack[: self.stack.index(box)]
        if label.rank <= RANKS["paren"]:
            return label.style == "han" and all(each.rank <= RANKS["section"] for each in below)
        expected = any(each.last_ordinal.get(label.style) == label.ordinal - 1 for each in below)
        return not expected or label.ordinal > 1

    def _base_for(self, parent: _Node, label: Label) -> str:
        anchor = next((each for each in reversed(self.stack) if each.kind in _ANCHORS), None)
        outer = anchor.base if anchor else ""
        if label.style == "article":
            return outer
        if label.style == "chapter" and self.chapters_run_through:
            return outer
        return parent.base

    def _plain(self, index: int, paragraph: Paragraph) -> None:
        if self.stack[-1].kind == "table":
            self.stack.pop()
        top = self.stack[-1]
        if self._closes(index, paragraph, top):
            self.stack = [self.root]
            top = self._open(_Node(self._unique("尾"), "closing", _OUTER, "尾"))
        elif top is self.root:
            top = self._open(_Node(self._unique("序"), "preamble", _OUTER, "序"))
        elif index in self.classes:
            self._lead(index, paragraph, *self.classes[index])
            return
        elif self._is_lead(index, paragraph):
            self._lead(index, paragraph, re.sub(r"[：:\s]+$", "", paragraph.text), "")
            return
        if top.kind == "annex" and not top.heading and not top.children and not paragraph.ended:
            top.heading = paragraph.text
            top.spans.extend(paragraph.spans)
            return
        top.own(paragraph, paragraph.text)

    def _closes(self, index: int, paragraph: Paragraph, top: _Node) -> bool:
        """Whether an unnumbered paragraph after the last number begins the closing text."""
        if (
            index <= self.last_label
            or self.last_label < 0
            or top.kind in ("box", "closing", "table", *_ANCHORS)
        ):
            return False
        if any(each.kind in _ANCHORS for each in self.stack):
            return False
        if _CLOSING.match(paragraph.text) or _SIGNATURE.match(paragraph.text):
            return bool(top.texts) or not top.heading
        after_units = bool(top.texts) and is_unit_line(top.texts[-1])
        return after_units and paragraph.ended and not _SHORT_FIELD.match(paragraph.text)

    def _is_lead(self, index: int, paragraph: Paragraph) -> bool:
        following = self.paragraphs[index + 1] if index + 1 < len(self.paragraphs) else None
        if not is_lead(paragraph.text):
            return False
        if following is None:
            return False
        lists = following.label is not None and following.label.ordinal == 1 and following.label.rank >= 60
        siblings = any(each.kind == "heading" for each in self.stack)
        return lists or (siblings and following.label is None)

    def _lead(self, index: int, paragraph: Paragraph, name: str, text: str) -> None:
        """Open an unnumbered heading; it stands beside an earlier one and inside the numbered clause above."""
        following = self.paragraphs[index + 1 : index + 2]
        label = following[0].label if following else None
        open_heading = next((each for each in self.stack if each.kind == "heading"), None)
        if open_heading:
            del self.stack[self.stack.index(open_heading) :]
        elif label:
            while len(self.stack) > 1 and self.stack[-1].rank >= label.rank:
                self.stack.pop()
        parent = self.stack[-1]
        name = re.sub(r"\s+", "", name).replace("/", "／").replace("(", "（").replace(")", "）")
        identity = self._unique(f"{parent.base}/{name}" if parent.base else name)
        heading = paragraph.text[: len(paragraph.text) - len(text)].strip()
        node = _Node(identity, "heading", parent.rank + 1, identity, heading=heading)
        node.own(paragraph, text)
        self._open(node)

    def _open(self, node: _Node) -> _Node:
        self.stack[-1].children.append(node)
        self.stack.append(node)
        return node

    def _unique(self, identity: str) -> str:
        self.used[identity] += 1
        count = self.used[identity]
        return identity if count == 1 else f"{identity}~{count}"


def freeze(node: _Node, figures: Callable[[str], tuple[Figure, ...]]) -> Clause:
    r"""Return the finished clause with its figures.

    Shapes: the figures of a clause are those of ``heading + '\\n' + text``, or of the one that is not empty.
    """
    text = "\n".join(node.texts)
    both = f"{node.heading}\n{text}" if node.heading and text else node.heading or text
    return Clause(
        node.id,
        node.kind,
        node.label,
        node.heading,
        text,
        merge_spans(node.spans),
        figures(both),
        tuple(freeze(child, figures) for child in node.children),
    )
