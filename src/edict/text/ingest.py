"""Gazette files to documents: the one entry that the other layers use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.text import citations
from edict.text.figures import find_figures
from edict.text.headings import Heading, find_headings
from edict.text.labels import uses_dotted
from edict.text.lines import Layout, Line, find_layout, is_furniture, split_lines
from edict.text.model import Document, Gazette, Remainder, Report
from edict.text.paragraphs import Joiner, merge_spans, repair_doubling
from edict.text.reports import (
    document_reports,
    doubling_reports,
    ending_report,
    glyph_reports,
    repeated_numbers,
    stray_word_reports,
)
from edict.text.rows import rebuild_rows
from edict.text.source import read_source
from edict.text.titles import find_titles
from edict.text.tree import TreeBuilder, freeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edict.text.model import Clause, Span

_SUFFIXES = (".txt", ".docx", ".pdf")


def gazette_paths() -> list[Path]:
    """Return the gazette files of ``EDICT_GAZETTES`` (a file or a folder) or ``../shared/seeds``; [] when absent."""
    named = os.environ.get("EDICT_GAZETTES")
    if named:
        return list_files(Path(named))
    bases = [Path.cwd().parent, *(each.parent for each in Path(__file__).parents)]
    return next((found for base in bases if (found := list_files(base / "shared" / "seeds"))), [])


def list_files(path: Path) -> list[Path]:
    """Return the gazette files that a path stands for: itself, or those of a folder in order of name."""
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix.lower() in _SUFFIXES)
    return [path] if path.is_file() else []


def ingest(paths: Sequence[Path], progress: Callable[[Path], None] | None = None) -> Gazette:
    """Return the documents of the files; ``progress`` is told each file before it is read.

    Raises:
        EdictError: a file cannot be read (T101–T108); the faults of all files are reported at once.
    """
    parts: list[Gazette] = []
    faults: list[Diagnostic] = []
    for path in paths:
        if progress:
            progress(path)
        try:
            parts.append(read_text(read_source(path), path.name))
        except EdictError as fault:
            faults.extend(fault.diagnostics)
    if faults:
        raise EdictError(*faults)
    documents = tuple(document for part in parts for document in part.documents)
    return Gazette(
        documents,
        tuple(remainder for part in parts for remainder in part.remainders),
        (*(report for part in parts for report in part.reports), *repeated_numbers(documents)),
    )


def read_text(source: str, name: str) -> Gazette:
    """Return the documents of one text; ``name`` stands in places and sources.

    >>> read_text("只有一行", "甲.txt").remainders[0].kind
    'outside'
    """
    return _Reader(source, name).read()


@dataclass(slots=True)
class _Reader:
    """The text under work: its lines without page furniture, how it is set, and what was noticed."""

    source: str
    name: str
    lines: list[Line] = field(default_factory=list)
    layout: Layout = field(default_factory=lambda: Layout(0))
    reports: list[Report] = field(default_factory=list)

    def read(self) -> Gazette:
        every = split_lines(self.source)
        furniture = [line for line in every if is_furniture(line.text)]
        self.lines = [line for line in every if not is_furniture(line.text)]
        self.layout = find_layout(self.lines)
        self.reports.extend(glyph_reports(self.source, self.name))
        self.reports.extend(stray_word_reports(self.lines, self.name))
        headings = find_headings(self.lines)
        documents = list(self._all(headings))
        outside = self.lines[: headings[0].first] if headings else self.lines
        if not headings:
            message = "没有找到任何文件的文号或标题，全文列为剩余部分。"
            self.reports.append(Report("T301", Place(self.name), message))
        self.reports.extend(ending_report(self.name, self.lines))
        first = every[0].start if every else len(self.source)
        remainders = self._remainders(first, furniture, outside)
        return Gazette(tuple(documents), tuple(remainders), tuple(self.reports))

    def _remainders(self, first: int, furniture: list[Line], outside: list[Line]) -> Iterator[Remainder]:
        if first:
            yield Remainder(self.name, (0, first), "blank", self.source[:first])
        for line in furniture:
            yield Remainder(self.name, (line.start, line.end), "page", self.source[line.start : line.end])
        for span in merge_spans([(line.start, line.end) for line in outside]):
            yield Remainder(self.name, span, "outside", self.source[slice(*span)])

    def _all(self, headings: Sequence[Heading]) -> Iterator[Document]:
        stops = [*(each.first for each in headings[1:]), len(self.lines)]
        for heading, stop in zip(headings, stops, strict=False):
            for document in self._texts(heading, stop):
                self.reports.extend(document_reports(document, self.source))
                yield document

    def _texts(self, heading: Heading, stop: int) -> Iterator[Document]:
        """Yield the document under a heading, or its texts when the notice names several in 《》."""
        body = self.lines[heading.body : stop]
        cuts = [each for each in find_titles(heading.title, body) if each.separate]
        if len(cuts) < 2:
            yield self._document(heading, heading.title, 0, (heading.first, heading.body, stop))
            return
        starts = [heading.first, *(heading.body + each.position for each in cuts[1:]), stop]
        for part, cut in enumerate(cuts, 1):
            head_end = heading.body if part == 1 else starts[part - 1]
            yield self._document(heading, cut.title, part, (starts[part - 1], head_end, starts[part]))

    def _document(self, heading: Heading, title: str, part: int, extent: tuple[int, int, int]) -> Document:
        """Return one document; ``extent`` are the lines where its head, its body and the next document begin."""
        first, start, stop = extent
        head, body = self.lines[first:start], self.lines[start:stop]
        root = self._tree(title if part else heading.title, head, body)
        span: Span = (self.lines[first].start, self.lines[stop - 1].end)
        return Document(
            number=heading.number,
            numbered=heading.numbered,
            part=part,
            title=title,
            issuer=heading.issuer,
            addressees=heading.addressees,
            issued=heading.issued,
            effective=citations.find_dated(root),
            expiry=citations.find_dated(root, expiry=True),
            repeals=citations.find_repeals(root),
            amends=citations.find_amends(root),
            based_on=citations.find_basis(root),
            annexes=citations.find_annexes(root),
            source=self.name,
            span=span,
            lines=(self.lines[first].number, self.lines[stop - 1].number),
            root=root,
        )

    def _tree(self, title: str, head: list[Line], body: list[Line]) -> Clause:
        titles = find_titles(title, body)
        sizes = {body[each.position].index: each.size for each in titles}
        dotted = uses_dotted([line.text for line in body])
        paragraphs = Joiner(self.layout, dotted=dotted, titles=sizes).join(body)
        if self.layout.wrap:
            paragraphs = rebuild_rows(paragraphs)
        self.reports.extend(doubling_reports(self.name, repair_doubling(paragraphs, self.source)))
        cover = bool(titles) and titles[0].position > 0
        node = TreeBuilder(paragraphs, cover=cover).build()
        node.heading = title
        node.texts.insert(0, "\n".join(line.text for line in head))
        node.spans.extend((line.start, line.end) for line in head)
        return freeze(node, lru_cache(maxsize=None)(find_figures))
