"""What a missing fact is worth: the most that rules waiting for it could still give, so that the dearest is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.rules.boundaries import exact_facts
from edict.rules.interpret import interpret, round_money
from edict.rules.plan import AS_OF
from edict.rules.status import Status
from edict.rules.tree import Choose, Const, DecisionRef, FactRef, Node, Op, fact_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edict.rules.evaluate import Engine, Result
    from edict.rules.facts import Situation
    from edict.rules.interpret import Value
    from edict.rules.plan import Plan, PlanRule

LEDGER = "已付记录"  # the one question that answers every ledger fact


@dataclass(frozen=True, slots=True)
class Stake:
    """A missing fact: which rules wait for it, the most they could give together in 分, how many have no upper limit.

    ``weight`` orders the facts: a rule's possible amount is shared by the facts it still waits for, and a rule without
    limit counts as the dearest limited one.
    """

    fact: str
    rules: tuple[str, ...]
    fen: int
    unlimited: int
    weight: int


def missing_facts(engine: Engine, situation: Situation, results: Sequence[Result]) -> list[Stake]:
    """Return the missing facts, the one with the most money at stake first.

    A rule's possible amount is shared evenly by the facts that keep its conditions open, so that a fact which alone
    completes a rule outranks one among many; what only the amount needs is asked once the conditions hold, for until
    then the answer may be of no use. The ledger counts as one fact, a list of items as one.
    """
    exact = exact_facts(engine.plan, engine.stored_facts(situation))
    waiting = [
        _waiting(engine.plan, situation, each, exact) for each in results if each.status is Status.UNKNOWN
    ]
    dearest = max((each.most for each in waiting if each.most is not None), default=1)
    by_fact: dict[str, list[tuple[Waiting, int]]] = {}
    for each in waiting:
        share = (dearest if each.most is None else each.most) // max(len(each.first), 1)
        for name in each.names:
            by_fact.setdefault(name, []).append((each, share if name in each.first else 0))
    stakes = [_stake(name, parts) for name, parts in by_fact.items()]
    return sorted(stakes, key=lambda each: (each.weight, len(each.rules)), reverse=True)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An undecided rule: all it waits for, what should be known first, the most it can give in 分 (None: no limit)."""

    rule: str
    names: tuple[str, ...]
    first: tuple[str, ...]
    most: int | None


def _waiting(plan: Plan, situation: Situation, result: Result, exact: Mapping[str, Value]) -> Waiting:
    names = missing_of(plan, situation, result)
    open_trees = [
        each.tree
        for each, verdict in zip(result.rule.conditions, result.verdicts, strict=False)
        if verdict is None
    ]
    in_conditions = {LEDGER if name in plan.ledger else name for name in fact_names(*open_trees)}
    first = tuple(name for name in names if name in in_conditions) or names
    return Waiting(result.rule.id, names, first, possible(result.rule, exact))


def _stake(name: str, parts: Sequence[tuple[Waiting, int]]) -> Stake:
    limited = [each.most for each, _ in parts if each.most is not None]
    return Stake(
        name,
        tuple(each.rule for each, _ in parts),
        sum(limited),
        len(parts) - len(limited),
        sum(share for _, share in parts),
    )


def missing_of(plan: Plan, situation: Situation, result: Result) -> tuple[str, ...]:
    """Return what one undecided rule waits for: facts, the name of an unlisted kind of item, or the ledger."""
    rule = result.rule
    if (
        rule.subject != situation.subject
        and situation.items.get(rule.subject) is None
        and plan.subjects.get(rule.subject) == situation.subject
    ):
        return (rule.subject,)
    if result.items:
        parts = [
            name
            for each in result.items
            if each.status is Status.UNKNOWN
            for name in _open_facts(plan, each, None)
        ]
        return tuple(dict.fromkeys([*parts, *_ledger_of_caps(situation, rule)]))
    return _open_facts(plan, result, situation.facts) or _ledger_of_caps(situation, rule)


def _ledger_of_caps(situation: Situation, rule: PlanRule) -> tuple[str, ...]:
    return (LEDGER,) if situation.ledger is None and any(each.ledger for each in rule.parent_caps) else ()


def _open_facts(plan: Plan, result: Result, facts: Mapping[str, object] | None) -> tuple[str, ...]:
    rule = result.rule
    trees = [
        each.tree for each, verdict in zip(rule.conditions, result.verdicts, strict=False) if verdict is None
    ]
    if rule.result is not None:
        trees.append(rule.result)
    names = [LEDGER if name in plan.ledger else name for name in fact_names(*trees) if name != AS_OF]
    known = set() if facts is None else {name for name, value in facts.items() if value is not None}
    return tuple(dict.fromkeys(name for name in names if name not in known))


def possible(rule: PlanRule, facts: Mapping[str, Value]) -> int | None:
    """Return the most the rule could give in 分, None when nothing limits it, 0 when it gives no money."""
    if rule.kind != "money" or rule.result is None:
        return 0
    _, high = reach(rule.result, facts)
    caps = [Fraction(each.fen, 100) for each in rule.parent_caps]
    ends = [each for each in (high, *caps) if each is not None]
    if not ends or (high is None and not caps):
        return None
    return round_money(max(min(ends), Fraction(0)))


Range = tuple[Fraction | None, Fraction | None]  # None: no limit on that side


def reach(node: Node, facts: Mapping[str, Value]) -> Range:
    """Return the least and the greatest value a number can still take; known facts are fixed, others range freely from 0.

    >>> from edict.rules.tree import NO_UNIT, NumberType
    >>> reach(FactRef("甲", NumberType(NO_UNIT)), {})
    (Fraction(0, 1), None)
    """
    known = interpret(node, facts)
    if known is not None and not isinstance(known, str):
        return Fraction(known), Fraction(known)
    match node:
        case FactRef():
            return Fraction(0), None
        case Const(value=value):
            return Fraction(value), Fraction(value)
        case DecisionRef(node=inner):
            return reach(inner, facts)
        case Choose(branches=branches, otherwise=otherwise):
            open_values = [value for test, value in branches if interpret(test, facts) is not False]
            spans = [
                reach(value, facts)
                for value in (*open_values, *([otherwise] if otherwise is not None else []))
            ]
            return _least([low for low, _ in spans]), _greatest([high for _, high in spans])
        case Op(op=op, args=args):
            return _operate(op, [reach(arg, facts) for arg in args])
        case _:
            return Fraction(0), None


def _least(ends: list[Fraction | None]) -> Fraction | None:
    return None if None in ends or not ends else min(each for each in ends if each is not None)


def _greatest(ends: list[Fraction | None]) -> Fraction | None:
    return None if None in ends or not ends else max(each for each in ends if each is not None)


def _operate(op: str, spans: list[Range]) -> Range:
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    match op:
        case "+":
            return _sum(lows), _sum(highs)
        case "-":
            low = None if lows[0] is None or highs[1] is None else lows[0] - highs[1]
            return low, None if highs[0] is None or lows[1] is None else highs[0] - lows[1]
        case "*":
            return Fraction(0), None if None in highs else highs[0] * highs[1]  # type: ignore[operator]
        case "/":
            return Fraction(0), None if highs[0] is None or not lows[1] else highs[0] / lows[1]
        case "least":
            known = [each for each in highs if each is not None]
            return _least(lows), min(known) if known else None
        case "greatest":
            return max((each for each in lows if each is not None), default=None), _greatest(highs)
        case "floor":
            return Fraction(0), None if highs[0] is None else Fraction(highs[0].__floor__())
        case _:
            return Fraction(0), None


def _sum(ends: list[Fraction | None]) -> Fraction | None:
    return None if None in ends else sum((each for each in ends if each is not None), Fraction(0))
