"""The lock: a fingerprint of a document's text, so that a pack is checked without the text and a change is seen."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, Place
from edict.packs.fingerprint import Lock, LockClause
from edict.packs.load import LOCK
from edict.text.figures import figure_keys
from edict.text.normalise import normalise

if TYPE_CHECKING:
    from edict.packs.load import Pack
    from edict.text.model import Clause, Document

_UNCOUNTED = frozenset({"name"})  # “500强” names a list, nobody computes with it
_SHOWN = 5


def make_lock(document: Document) -> Lock:
    """Return the fingerprint of a document: per clause a hash of its text, its figures, whether it is a heading only."""
    clauses = {clause.id: lock_clause(clause) for clause in document.walk() if clause.id}
    whole = "".join(each.hash for each in clauses.values())
    return Lock(number=document.number, text=_digest(whole), clauses=clauses)


def lock_clause(clause: Clause) -> LockClause:
    """Return the fingerprint of one clause; names with digits (such as a top-500 list) are no figures."""
    return LockClause(
        hash=_digest(normalise(f"{clause.heading}\n{clause.text}")),
        figures=tuple(figure_keys(figure) for figure in clause.figures if figure.kind not in _UNCOUNTED),
        heading_only=not clause.text.strip(),
    )


def render_lock(lock: Lock) -> str:
    """Return the file: stable, in the order of the document, one line per clause so that differences read well.

    >>> print(
    ...     render_lock(
    ...         Lock(number="甲", text="0", clauses={"一": LockClause(hash="1", figures=(("0.02",),))})
    ...     ),
    ...     end="",
    ... )
    {
    "number": "甲",
    "text": "0",
    "clauses": {
    "一": {"hash": "1", "figures": [["0.02"]]}
    }}
    """
    lines = [
        f"{_json(name)}: {_json(clause.model_dump(exclude_defaults=True))}"
        for name, clause in lock.clauses.items()
    ]
    body = ",\n".join(lines)
    return f'{{\n"number": {_json(lock.number)},\n"text": {_json(lock.text)},\n"clauses": {{\n{body}\n}}}}\n'


def write_lock(pack: Pack, lock: Lock) -> bool:
    """Write the pack's lock; return whether it changed."""
    path, text = pack.path / LOCK, render_lock(lock)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def compare(shown: str, old: Lock, new: Lock) -> tuple[Diagnostic, ...]:
    """Return how a lock differs from the text at hand; ``shown`` names the lock file."""
    changed = [i for i, clause in new.clauses.items() if i in old.clauses and old.clauses[i] != clause]
    added = [i for i in new.clauses if i not in old.clauses]
    removed = [i for i in old.clauses if i not in new.clauses]
    parts = (("改动", changed), ("新增", added), ("删去", removed))
    found = [
        Diagnostic("P141", f"公报文本与锁定的不同：{word}了{_some(ids)}。", _MEND, Place(shown))
        for word, ids in parts
        if ids
    ]
    if old.number != new.number:
        found.append(
            Diagnostic("P141", f"锁定的是“{old.number}”，公报文本是“{new.number}”。", _MEND, Place(shown)),
        )
    return tuple(found)


_MEND = "请先核对这些条款的规则，再用 edict lock 重新锁定。"


def _some(ids: list[str]) -> str:
    return "、".join(ids[:_SHOWN]) + (f"等 {len(ids)} 条" if len(ids) > _SHOWN else "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
