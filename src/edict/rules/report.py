"""The outcome for one subject as plain data: what ``match --json`` prints, receipts hold, and pages will show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edict.core.quantity import format_money
from edict.rules.examples import outcome_text, value_text
from edict.rules.explain import ConditionView, explain
from edict.rules.simulate import split
from edict.rules.stakes import Stake, missing_facts, missing_of
from edict.rules.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edict.packs.load import Library
    from edict.rules.evaluate import Engine, Result
    from edict.rules.facts import Situation

GROUPS = ("可享", "待认定", "无依据", "差一点", "待补充", "不可享")


def group_of(result: Result) -> str:
    """Return under which heading a result is shown; 差一点 fails exactly one condition and knows all others."""
    match result.status:
        case Status.YES:
            return "可享"
        case Status.ATTEST:
            return "待认定"
        case Status.NO_BASIS:
            return "无依据"
        case Status.UNKNOWN:
            return "待补充"
        case _:
            near = (
                list(result.verdicts).count(False) == 1
                and None not in result.verdicts
                and len(result.verdicts) > 1
            )
            return "差一点" if near else "不可享"


def report(
    engine: Engine, library: Library, situation: Situation, results: Sequence[Result], *, full: bool = False
) -> dict[str, Any]:
    """Return the whole outcome: money in 分 as integers and as text, verdicts per condition when ``full``."""
    stakes = missing_facts(engine, situation, results)
    granted = [each for each in results if each.status is Status.YES and each.rule.kind == "money"]
    fen = sum(each.amount for each in granted if each.amount is not None)
    return {
        "subject": situation.subject,
        "as_of": situation.as_of.isoformat(),
        "total": format_money(fen),
        "total_fen": fen,
        "results": [result_data(engine, library, situation, each, full=full) for each in results],
        "missing": [stake_data(each) for each in stakes],
    }


def stake_data(stake: Stake) -> dict[str, Any]:
    """Return a missing fact with what it is worth."""
    return {
        "fact": stake.fact,
        "rules": list(stake.rules),
        "up_to_fen": stake.fen,
        "up_to": format_money(stake.fen),
        "unlimited_rules": stake.unlimited,
    }


def result_data(
    engine: Engine, library: Library, situation: Situation, result: Result, *, full: bool
) -> dict[str, Any]:
    """Return one result as plain data."""
    rule = result.rule
    document = library.pack(rule.pack).document
    data: dict[str, Any] = {
        "rule": rule.id,
        "name": rule.name,
        "document": document.number,
        "clause": list(rule.rule.clause),
        "class": rule.rule.grant_class or "判定",
        "group": group_of(result),
        "status": result.status.label,
        "outcome": outcome_text(result),
    }
    if rule.kind == "money" and result.amount is not None:
        data["fen"] = result.amount
        data["amount"] = format_money(result.amount)
        if rule.funding:
            data["funding"] = {
                level: format_money(part) for level, part in split(result.amount, rule.funding).items()
            }
    elif rule.kind == "number" and result.amount is not None:
        data["value"] = value_text(rule, result.amount)
    elif result.amount is not None:
        data["value"] = result.amount
    if rule.rule.benefit:
        data["benefit"] = rule.rule.benefit
    if rule.rule.no_basis:
        data["no_basis"] = rule.rule.no_basis
    if result.status is Status.UNKNOWN:
        data["missing"] = list(missing_of(engine.plan, situation, result))
    if result.status is Status.ATTEST:
        data["attest"] = [{"matter": each.name, "office": each.office} for each in rule.attestations]
    if rule.rule.office:
        data["office"] = rule.rule.office
    if rule.rule.questions:
        data["questions"] = [each.model_dump() for each in rule.rule.questions]
    if result.note:
        data["note"] = result.note
    if full:
        data.update(_explained(engine, situation, result))
    return data


def _explained(engine: Engine, situation: Situation, result: Result) -> dict[str, Any]:
    if result.items:
        rows = situation.items.get(result.rule.subject, ())
        return {
            "items": [
                {
                    "status": each.status.label,
                    "outcome": outcome_text(each),
                    **_views(engine, situation, each, row),
                }
                for each, row in zip(result.items, rows, strict=True)
            ]
        }
    return _views(engine, situation, result, None) if result.verdicts else {}


def _views(engine: Engine, situation: Situation, result: Result, item: Any) -> dict[str, Any]:
    explanation = explain(engine, situation, result, item)
    return {
        "conditions": [condition_data(each) for each in explanation.conditions],
        "limits": list(explanation.limits),
    }


def condition_data(view: ConditionView) -> dict[str, Any]:
    """Return one condition as plain data; ``verdict`` is true, false or null."""
    data: dict[str, Any] = {
        "label": view.label,
        "clause": view.clause,
        "verdict": view.verdict,
        "values": list(view.values),
    }
    if view.gap:
        data["gap"] = view.gap
    if view.parts:
        data["parts"] = [condition_data(each) for each in view.parts]
    return data
