"""Receipts: everything needed to recompute a decision, and the recomputation."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.rules.facts import Payment, Situation
from edict.rules.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edict.packs.load import Library
    from edict.rules.evaluate import Engine, Result

FORMAT = "edict-receipt-1"


@dataclass(frozen=True, slots=True)
class Replay:
    """What a recomputation found: packs that changed since, results that differ (rule, then, now)."""

    changed_packs: tuple[str, ...]
    differences: tuple[tuple[str, str, str], ...]
    results: int
    engine_then: str
    engine_now: str

    @property
    def same(self) -> bool:
        """Return whether every result came out as before."""
        return not self.differences


def make_receipt(
    library: Library, situation: Situation, results: Sequence[Result], source: str
) -> dict[str, Any]:
    """Return the receipt of an evaluation: versions, hashes, facts as stored with their source, verdicts, amounts."""
    body = {
        "format": FORMAT,
        "engine": version("edict"),
        "packs": {
            pack.id: {"content": pack.hash, "lock": _lock_hash(library, pack.id)} for pack in library.packs
        },
        "subject": situation.subject,
        "as_of": situation.as_of.isoformat(),
        "facts": {name: {"value": value, "source": source} for name, value in situation.facts.items()},
        "items": {name: [dict(row) for row in rows] for name, rows in situation.items.items()},
        "ledger": None
        if situation.ledger is None
        else [[each.rule, each.day.isoformat(), each.fen, each.item] for each in situation.ledger],
        "results": {each.rule.id: _outcome(each) for each in results},
    }
    return {**body, "sha256": _digest(body)}


def _lock_hash(library: Library, pack: str) -> str:
    lock = library.pack(pack).lock
    return lock.text if lock else ""


def _outcome(result: Result) -> dict[str, Any]:
    return {"status": result.status.label, "amount": result.amount, "verdicts": list(result.verdicts)}


def _digest(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_receipt(path: Path) -> dict[str, Any]:
    """Return a receipt that is whole.

    Raises:
        EdictError: the file is no receipt, or was changed after it was written.
    """
    place = Place(str(path))
    try:
        receipt = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise EdictError(
            Diagnostic("F120", "读不了这份凭证。", "给出 edict match --receipt 写下的文件。", place)
        ) from fault
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise EdictError(
            Diagnostic("F120", "这不是一份凭证。", "给出 edict match --receipt 写下的文件。", place)
        )
    body = {key: value for key, value in receipt.items() if key != "sha256"}
    if receipt.get("sha256") != _digest(body):
        raise EdictError(Diagnostic("F121", "这份凭证写成之后被改动过。", "找回原件。", place))
    return receipt


def replay(engine: Engine, library: Library, receipt: dict[str, Any]) -> Replay:
    """Return what comes out when a receipt's facts are evaluated again with the packs at hand."""
    situation = Situation(
        receipt["subject"],
        date.fromisoformat(receipt["as_of"]),
        {name: each["value"] for name, each in receipt["facts"].items()},
        receipt["items"],
        None
        if receipt["ledger"] is None
        else tuple(
            Payment(rule, date.fromisoformat(day), fen, item) for rule, day, fen, item in receipt["ledger"]
        ),
    )
    now = {each.rule.id: _outcome(each) for each in engine.evaluate(situation)}
    then = receipt["results"]
    hashes = {pack.id: pack.hash for pack in library.packs}
    changed = tuple(name for name, each in receipt["packs"].items() if hashes.get(name) != each["content"])
    differences = tuple(
        (rule, _short(then.get(rule)), _short(now.get(rule)))
        for rule in sorted(then.keys() | now.keys())
        if then.get(rule) != now.get(rule)
    )
    return Replay(changed, differences, len(now), receipt["engine"], version("edict"))


def _short(outcome: dict[str, Any] | None) -> str:
    if outcome is None:
        return "没有这条规则"
    amount = outcome["amount"]
    return str(outcome["status"]) if amount is None else f"{outcome['status']} {amount}"


__all__ = ["Replay", "Status", "make_receipt", "read_receipt", "replay"]
