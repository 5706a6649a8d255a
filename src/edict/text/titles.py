"""Finding, inside a document, the title printed over the text that the notice covers."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.text.labels import find_label
from edict.text.normalise import normalise, tidy
from edict.text.paragraphs import annex_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edict.text.lines import Line

_ISSUED = re.compile(r"(?:印发|转发|公布|发布|修订|明确|做好|下达)(.+?)的(?:通知|通报|公告|决定)$")
_QUOTED = re.compile(r"<([^<>]+)>")
_PUNCTUATION = re.compile(r"[\s,.:;\"'()<>\[\]、。-]")
_PROSE = re.compile(r"[。；：:]$")
_ALIKE = 0.9
_WIDEST = 110
_MOST_LINES = 4
_SHORTEST = 8  # characters of a title named beside another in the title of a notice


@dataclass(frozen=True, slots=True)
class Title:
    """A title line: ``position`` and ``size`` in lines, ``separate`` when the notice names several texts."""

    position: int
    size: int
    title: str
    separate: bool


def _key(text: str) -> str:
    return _PUNCTUATION.sub("", normalise(text))


def _candidates(title: str) -> tuple[list[str], bool]:
    quoted = _QUOTED.findall(normalise(title))
    issued = _ISSUED.search(normalise(title))
    if len(quoted) > 1:
        return [_key(each) for each in quoted], True
    names = [_key(each) for each in quoted]
    if issued:
        names.append(_key(issued[1]))
        names.extend(_key(each) for each in re.split(r"和|及|与", issued[1]) if len(each) >= _SHORTEST)
    names.append(_key(title))
    return names, False


def find_titles(title: str, body: Sequence[Line]) -> list[Title]:
    """Return the lines that repeat what the title of a notice issues, each name at most once.

    The whole title itself counts too: an order prints the title of its text again under the covering formula.
    """
    names, separate = _candidates(title)
    found: list[Title] = []
    taken: set[str] = set()
    for position, line in enumerate(body):
        if not found and annex_number(line.text) is not None:
            break
        if line.columns > _WIDEST or line.tabbed or (found and names[0] in taken and not separate):
            continue
        for name in names:
            size = 0 if name in taken else _match(body, position, name)
            if size:
                taken.add(name)
                printed = tidy("　".join(each.text for each in body[position : position + size]))
                found.append(Title(position, size, printed, separate))
                break
    return found


def _match(body: Sequence[Line], position: int, name: str) -> int:
    """Return how many lines from ``position`` make up the title, 0 when they do not."""
    joined = ""
    for size, line in enumerate(body[position : position + _MOST_LINES], 1):
        if _PROSE.search(line.text) or find_label(line.text):
            return 0
        joined += _key(line.text)
        if joined == name:
            return size
        if len(joined) > len(name) + 4:
            return 0
        if abs(len(joined) - len(name)) <= 3 and joined[:3] == name[:3] and joined[-2:] == name[-2:]:
            alike = difflib.SequenceMatcher(None, joined, name).ratio()
            if alike >= _ALIKE:
                return size
    return 0
