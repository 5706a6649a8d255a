"""Conditions that a rule does not spell out: the days it is in force, how often it is given, for how many years."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from edict.rules.constants import window
from edict.rules.functions import MONTHS
from edict.rules.plan import Condition, LedgerKind
from edict.rules.tree import ZERO_MONEY, Choose, Compare, Const, Logic, Node, NumberType, Op

if TYPE_CHECKING:
    from datetime import date

    from edict.rules.context import RuleContext

_PAID: dict[str, LedgerKind] = {"一次性": "累计已付", "每年一次": "本年已付"}
_NEVER = {"累计已付": "从未享受过本项", "本年已付": "本年未享受过本项"}


def implied_conditions(owner: RuleContext, result: Node | None) -> list[Condition]:
    """Return the conditions that windows, frequency, term and outcomes of a rule stand for."""
    return [*_windows(owner), *_frequency(owner), *_term(owner), *_some_outcome(owner, result)]


def _windows(owner: RuleContext) -> list[Condition]:
    force, own = owner.pack.document.in_force, owner.rule.valid
    spans: list[tuple[str, date | None, date | None, str]] = [
        ("文件施行期间", force.since, force.until, force.clause)
    ]
    if own:
        spans.append(("规则有效期间", own.since, own.until, own.clause))
    return [
        # Every rule of the document shares the first span; one test of the engine serves them all.
        Condition(label, clause, window(first, last), demanded=number > 0)
        for number, (label, first, last, clause) in enumerate(spans)
        if first or last
    ]


def _frequency(owner: RuleContext) -> list[Condition]:
    kind = _PAID.get(owner.rule.frequency)
    if kind is None or owner.rule.top_up == "true":
        return []
    return [Condition(_NEVER[kind], owner.rule.clause[0], Compare("=", owner.ledger(kind), ZERO_MONEY))]


def _term(owner: RuleContext) -> list[Condition]:
    if not owner.rule.term:
        return []
    year = Const(Fraction(12), NumberType(MONTHS))
    spent = Op("*", (owner.ledger("已享年数"), year), NumberType(MONTHS))
    longest = owner.named(owner.rule.term, NumberType(MONTHS))
    return [Condition("未超过最长年限", owner.rule.clause[0], Compare("<", spent, longest))]


def _some_outcome(owner: RuleContext, result: Node | None) -> list[Condition]:
    if not owner.rule.outcomes or not isinstance(result, Choose):
        return []
    some = Logic("or", tuple(test for test, _ in result.branches))
    return [Condition("有一项结论成立", owner.rule.clause[0], some, demanded=False)]
