"""Full-text search by clause: every word must occur, width and spaces do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError
from edict.text.normalise import fold
from edict.text.paragraphs import merge_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edict.text.model import Clause, Document, Gazette, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that holds every word; ``spans`` are ranges in ``printed(clause)``."""

    document: Document
    clause: Clause
    spans: tuple[Span, ...]
    score: int


def printed(clause: Clause) -> str:
    """Return heading and text as one string, the one that figures and search spans refer to."""
    return (
        f"{clause.heading}\n{clause.text}"
        if clause.heading and clause.text
        else clause.heading or clause.text
    )


def search(gazette: Gazette, words: Sequence[str], *, limit: int = 50) -> list[Hit]:
    """Return the clauses that hold all words, best first: words in headings and dense clauses weigh more.

    Raises:
        EdictError: T204 when no word is left after folding.
    """
    wanted = [folded for word in words if (folded := fold(word)[0])]
    if not wanted:
        raise EdictError(Diagnostic("T204", "没有给出要找的词。", "例如：edict search 补贴 企业。"))
    hits = [hit for document in gazette.documents for hit in _in_document(document, wanted)]
    hits.sort(key=lambda hit: -hit.score)
    return hits[:limit]


def _in_document(document: Document, words: Sequence[str]) -> Iterator[Hit]:
    for clause in document.walk():
        text = printed(clause)
        folded, positions = fold(text)
        spans = [span for word in words if (span := _find(folded, positions, word))]
        if len(spans) == len(words):
            heading = len(fold(clause.heading)[0])
            score = sum(len(each) for each in spans) + sum(8 for word in words if word in folded[:heading])
            yield Hit(document, clause, merge_spans([each for group in spans for each in group]), score)


def _find(folded: str, positions: Sequence[int], word: str) -> list[Span]:
    found: list[Span] = []
    start = folded.find(word)
    while start >= 0:
        found.append((positions[start], positions[start + len(word) - 1] + 1))
        start = folded.find(word, start + len(word))
    return found
