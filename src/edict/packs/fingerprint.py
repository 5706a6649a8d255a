"""The shape of ``lock.json``: what is kept of a document's text so that a pack is checked without it."""

from __future__ import annotations

from edict.packs.model import Entry


class LockClause(Entry):
    """What the lock keeps of one clause: a hash of its text, its figures, whether it has text of its own."""

    hash: str
    figures: tuple[tuple[str, ...], ...] = ()
    heading_only: bool = False


class Lock(Entry):
    """``lock.json``: the fingerprint of the document's text, so that packs are checked without the text."""

    number: str
    text: str
    clauses: dict[str, LockClause]
