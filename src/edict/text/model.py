"""What a gazette holds after reading: documents, each a tree of clauses with positions in the source file.

Clause ids are positional and stable: printed numbers in canonical form joined by ``/``
(``二/（二）/5/（5）``, ``第十二条/（三）``, ``专栏2``, ``附件1/表1/行3``). Text before the first number is ``序``,
text after the last one ``尾``, the covering notice of an attached text ``通知``, a further text under the same notice ``正文2``; a label repeated under one
parent gets ``~2``, ``~3`` …
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.text.normalise import canonical_clause_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from edict.text.figures import Figure

Span = tuple[int, int]

ClauseKind = Literal[
    "root",  # the document itself: title, number, date, addressees
    "notice",  # the covering notice in front of an attached text
    "preamble",  # text before the first number
    "part",  # 篇
    "chapter",  # 章
    "section",  # 节
    "article",  # 条
    "item",  # 一、 （一） 1. （1） ① 1.1
    "heading",  # an unnumbered heading that opens a list of its own
    "box",  # 专栏
    "annex",  # 附件
    "table",
    "row",
    "body",  # a further text under the same notice
    "closing",  # text after the last number
]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause; ``spans`` are the characters of the source file that it owns, children excluded."""

    id: str
    kind: ClauseKind
    label: str
    heading: str
    text: str
    spans: tuple[Span, ...]
    figures: tuple[Figure, ...]
    children: tuple[Clause, ...]

    def walk(self) -> Iterator[Clause]:
        """Yield the clause and everything below it in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class DatedClause:
    """A clause that says when the document begins or ceases to apply, with the words printed there."""

    clause: str
    printed: str


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex as the document lists it; ``omitted`` when it is printed as （略）."""

    label: str
    title: str
    omitted: bool


@dataclass(frozen=True, slots=True)
class Document:
    """One document; ``part`` counts from 1 when one number covers several texts and is 0 otherwise."""

    number: str
    numbered: bool
    part: int
    title: str
    issuer: str
    addressees: str
    issued: date | None
    effective: tuple[DatedClause, ...]
    expiry: tuple[DatedClause, ...]
    repeals: tuple[str, ...]
    amends: tuple[str, ...]
    based_on: tuple[str, ...]
    annexes: tuple[Annex, ...]
    source: str
    span: Span
    lines: tuple[int, int]
    root: Clause

    @property
    def key(self) -> str:
        """Name that tells the texts of one number apart."""
        return f"{self.number}#{self.part}" if self.part else self.number

    @property
    def place(self) -> Place:
        """Where the document begins."""
        return Place(self.source, self.lines[0])

    def walk(self) -> Iterator[Clause]:
        """Yield every clause in printed order, the root first."""
        return self.root.walk()

    def clause(self, clause_id: str) -> Clause:
        """Return the clause with this id, typed in half or full width.

        Raises:
            EdictError: T201 when there is none; the hint names the nearest ids.
        """
        wanted = canonical_clause_id(clause_id)
        for each in self.walk():
            if each.id == wanted:
                return each
        ids = [each.id for each in self.walk() if each.id]
        near = difflib.get_close_matches(wanted, ids, n=3, cutoff=0.3)
        hint = f"相近的条款：{'，'.join(near)}。" if near else f"用 edict clauses {self.key} 查看全部条款。"
        raise EdictError(Diagnostic("T201", f"{self.key} 没有条款“{clause_id}”。", hint, self.place))


RemainderKind = Literal["blank", "page", "outside"]


@dataclass(frozen=True, slots=True)
class Remainder:
    """Characters that belong to no document: blank lead-in, page furniture, or text outside every document."""

    source: str
    span: Span
    kind: RemainderKind
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Something the reader repaired or could not recover, for a person to look at."""

    code: str
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Gazette:
    """Everything read from a set of files."""

    documents: tuple[Document, ...]
    remainders: tuple[Remainder, ...]
    reports: tuple[Report, ...]

    @property
    def count(self) -> int:
        """Number of documents; texts under one number count once."""
        return sum(each.part <= 1 for each in self.documents)
