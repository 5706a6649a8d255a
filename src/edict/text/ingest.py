"""Gazette files to documents: the one entry that the other layers use."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.text import citations
from edict.text.headings import Heading, find_headings
from edict.text.labels import uses_dotted
from edict.text.lines import Layout, Line, find_layout, is_furniture, repair_glyphs, split_lines
from edict.text.model import Document, Gazette, Remainder, Report
from edict.text.normalise import normalise
from edict.text.paragraphs import Joiner, merge_spans, repair_doubling
from edict.text.source import read_source
from edict.text.titles import find_titles
from edict.text.tree import TreeBuilder, freeze

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edict.text.figures import Figure

_SUFFIXES = (".txt", ".docx", ".pdf")


def gazette_paths() -> list[Path]:
    """Return the gazette files of ``EDICT_GAZETTES`` (a file or a folder) or ``../shared/seeds``; [] when absent."""
    named = os.environ.get("EDICT_GAZETTES")
    bases = [Path(named)] if named else [Path.cwd().parent, *(each.parent for each in Path(__file__).parents)]
    for base in bases:
        folder = base if named else base / "shared" / "seeds"
        if folder.is_file():
            return [folder]
        if folder.is_dir():
            return sorted(each for each in folder.iterdir() if each.suffix.lower() in _SUFFIXES)
    return []


def ingest(paths: Sequence[Path], progress: Callable[[Path], None] | None = None) -> Gazette:
    """Return the documents of the files; ``progress`` is told each file before it is read.

    Raises:
        EdictError: a file cannot be read (T101–T108); the faults of all files are reported at once.
    """
    documents: list[Document] = []
    remainders: list[Remainder] = []
    reports: list[Report] = []
    faults: list[Diagnostic] = []
    for path in paths:
        if progress:
            progress(path)
        try:
            source = read_source(path)
        except EdictError as fault:
            faults.extend(fault.diagnostics)
            continue
        part = read_text(source, path.name)
        documents.extend(part.documents)
        remainders.extend(part.remainders)
        reports.extend(part.reports)
    if faults:
        raise EdictError(*faults)
    return Gazette(tuple(documents), tuple(remainders), tuple(reports))


def read_text(source: str, name: str) -> Gazette:
    """Return the documents of one text; ``name`` stands in places and sources.

    >>> read_text("只有一行", "甲.txt").remainders[0].kind
    'outside'
    """
    every = split_lines(source)
    pages = [line for line in every if is_furniture(line.text)]
    lines = [line for line in every if not is_furniture(line.text)]
    layout = find_layout(lines)
    headings = find_headings(lines)
    remainders = _remainders(source, name, every, pages, lines[: headings[0].first] if headings else lines)
    reports = _glyph_reports(source, name)
    documents: list[Document] = []
    for position, heading in enumerate(headings):
        stop = headings[position + 1].first if position + 1 < len(headings) else len(lines)
        documents.extend(_documents(name, lines, heading, stop, layout, reports))
    if not headings:
        place = Place(name)
        reports.append(Report("T301", place, "没有找到任何文件的文号或标题，全文列为剩余部分。"))
    return Gazette(tuple(documents), tuple(remainders), tuple(reports))


def _remainders(
    source: str, name: str, every: list[Line], pages: list[Line], outside: list[Line]
) -> list[Remainder]:
    first = every[0].start if every else len(source)
    found = [Remainder(name, (0, first), "blank", source[:first])] if first else []
    found.extend(Remainder(name, (each.start, each.end), "page", each.raw) for each in pages)
    found.extend(
        Remainder(name, span, "outside", source[slice(*span)])
        for span in merge_spans([(each.start, each.end) for each in outside])
    )
    return found


def _glyph_reports(source: str, name: str) -> list[Report]:
    reports = []
    for number, line in enumerate(source.split("\n"), 1):
        repaired, count = repair_glyphs(line)
        if count:
            chars = "".join(sorted({f"{a}→{b}" for a, b in zip(line, repaired, strict=True) if a != b}))
            reports.append(Report("T302", Place(name, number), f"修复误码字形 {count} 处：{chars}。"))
    return reports


def _documents(
    name: str, lines: list[Line], heading: Heading, stop: int, layout: Layout, reports: list[Report]
) -> list[Document]:
    """Return the document under a heading, or its texts when the notice covers several."""
    body = lines[heading.body : stop]
    titles = find_titles(heading.title, body)
    cuts = [each for each in titles if each.separate]
    if len(cuts) < 2:
        return [_document(name, lines, heading, (heading.first, heading.body, stop), layout, reports, 0, heading.title)]
    found = []
    for part, cut in enumerate(cuts, 1):
        first = heading.first if part == 1 else heading.body + cut.position
        start = heading.body if part == 1 else first
        end = heading.body + cuts[part].position if part < len(cuts) else stop
        found.append(_document(name, lines, heading, (first, start, end), layout, reports, part, cut.title))
    return found


def _document(  # noqa: PLR0913  one document needs its whole surroundings
    name: str,
    lines: list[Line],
    heading: Heading,
    extent: tuple[int, int, int],
    layout: Layout,
    reports: list[Report],
    part: int,
    title: str,
) -> Document:
    first, start, stop = extent
    head, body = lines[first:start], lines[start:stop]
    titles = find_titles(title if part else heading.title, body)
    sizes = {body[each.position].index: each.size for each in titles}
    dotted = uses_dotted([line.text for line in body])
    paragraphs = Joiner(layout, dotted=dotted, titles=sizes).join(body)
    reports.extend(_doubling_reports(name, repair_doubling(paragraphs)))
    cover = bool(titles) and titles[0].position > 0
    node = TreeBuilder(paragraphs, cover=cover).build()
    node.heading = title
    node.texts.insert(0, "\n".join(line.text for line in head))
    node.spans.extend((line.start, line.end) for line in head)
    root = freeze(node, _figures())
    everything = head + body
    return Document(
        heading.number, heading.numbered, part, title, heading.issuer, heading.addressees, heading.issued,
        citations.find_dated(root), citations.find_dated(root, expiry=True), citations.find_repeals(root),
        citations.find_amends(root), citations.find_basis(root), citations.find_annexes(root), name,
        (everything[0].start, everything[-1].end), (everything[0].number, everything[-1].number), root,
    )


def _doubling_reports(name: str, found: list[tuple[object, str, bool]]) -> list[Report]:
    reports = []
    for paragraph, printed, dropped in found:
        number = paragraph.lines[0].number  # type: ignore[attr-defined]
        verdict = "已删去重复的一字" if dropped else "两字都保留"
        reports.append(Report("T303", Place(name, number), f"断页处前后两字相同“{printed}”，{verdict}。"))
    return reports


def _figures() -> Callable[[str], tuple[Figure, ...]]:
    try:
        from edict.text.figures import find_figures
    except ImportError:
        return lambda _text: ()
    return find_figures


_ = normalise, re
