"""Rebuilding tables that a fixed-width file prints with spaces: names and numbers cut over lines join their row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edict.text.normalise import tidy
from edict.text.paragraphs import Paragraph
from edict.text.tables import is_value

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_FRAGMENT = 16
_FEWEST_ROWS = 2
_LONG_NAME = 8
_SERIAL = re.compile(r"^\d{1,2}$")
_UNIT = re.compile(r"^[%‰]|^[（(]|^.{1,2}$|/|^万|^亿|^立方米$|^微克")


def rebuild_rows(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs with fragments before a spaced row folded into it, in runs of at least two rows.

    The fragments before the first row become the head of the table.
    """
    rebuilt: list[Paragraph] = []
    position = 0
    while position < len(paragraphs):
        run = _run(paragraphs, position)
        if run:
            rebuilt.extend(_fold(paragraphs[position:run]))
            position = run
        else:
            rebuilt.append(paragraphs[position])
            position += 1
    return rebuilt


def _run(paragraphs: Sequence[Paragraph], start: int) -> int:
    """Return the end of the run of spaced rows and fragments that begins at ``start``, 0 when there is none."""
    stop, rows, last = start, 0, start
    while stop < len(paragraphs) and (paragraphs[stop].spaced or _is_fragment(paragraphs[stop])):
        rows += paragraphs[stop].spaced
        stop += 1
        last = stop if paragraphs[stop - 1].spaced else last
    return last if rows >= _FEWEST_ROWS else 0


def _is_fragment(paragraph: Paragraph) -> bool:
    return (
        paragraph.kind == "text"
        and paragraph.label is None
        and len(tidy(paragraph.text)) <= _LONGEST_FRAGMENT
    )


def _fold(run: Sequence[Paragraph]) -> list[Paragraph]:
    table: list[Paragraph] = []
    pending: list[Paragraph] = []
    for each in run:
        if not each.spaced:
            pending.append(each)
            continue
        cut = _tail_start([part.text for part in pending], first=not table)
        before, lead = pending[:cut], pending[cut:]
        if before and table:
            _extend(table[-1], before)
        elif before:
            table.append(_head(before))
        table.append(_row(lead, each))
        pending = []
    return table


def _tail_start(texts: Sequence[str], *, first: bool) -> int:
    """Return where the fragments that belong to the next row begin: after the last value, and after the head."""
    cut = next(
        (i + 1 for i in range(len(texts) - 1, -1, -1) if is_value(texts[i]) and not _serial_at(texts, i)),
        0,
    )
    if not first:
        return cut
    start = len(texts)
    if start and _SERIAL.match(texts[start - 1]):
        start -= 1
    while start > cut and len(texts[start - 1]) == 1 and not texts[start - 1].isascii():
        start -= 1
    return start


def _serial_at(texts: Sequence[str], index: int) -> bool:
    """Whether a bare number is a serial: only names follow it."""
    return bool(_SERIAL.match(texts[index])) and not any(is_value(each) for each in texts[index + 1 :])


def _head(fragments: Sequence[Paragraph]) -> Paragraph:
    lines = [line for part in fragments for line in part.lines]
    return Paragraph("row", lines, "\t".join(part.text for part in fragments), header=True)


def _extend(row: Paragraph, fragments: Sequence[Paragraph]) -> None:
    row.lines.extend(line for part in fragments for line in part.lines)
    row.text = "\t".join([row.text, *(part.text for part in fragments)])


def _row(lead: Sequence[Paragraph], row: Paragraph) -> Paragraph:
    """Return a row with its cells: group, serial, name, then what its line prints."""
    texts = [part.text for part in lead]
    tokens = row.text.split()
    singles = "".join(text for text in texts if len(text) == 1 and not text.isascii())
    serials = [text for text in texts if _SERIAL.match(text)]
    names = [text for text in texts if text not in serials and (len(text) > 1 or text.isascii())]
    if singles and len(tokens[0]) == 1 and not tokens[0].isascii():
        tokens[0], singles = singles + tokens[0], ""
    name = "".join(names)
    if name and (len(names[-1]) >= _LONG_NAME and not is_value(tokens[0])) and not _UNIT.match(tokens[0]):
        tokens[0], name = name + tokens[0], ""
    cells = [*([singles] if singles else []), *serials, *([name] if name else []), *tokens]
    lines = [line for part in [*lead, row] for line in part.lines]
    return Paragraph("row", lines, "\t".join(cells))
