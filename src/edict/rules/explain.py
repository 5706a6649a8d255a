"""Why: per condition the verdict, the values it saw, the clause and how far off; which cap, band or group decided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.rules.boundaries import atoms, exact_facts
from edict.rules.interpret import Value, interpret
from edict.rules.status import Status
from edict.rules.tree import (
    Compare,
    Const,
    DateType,
    FactRef,
    IsIn,
    Node,
    NumberType,
    Op,
    walk,
)
from edict.rules.words import describe, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edict.rules.evaluate import Engine, Result
    from edict.rules.facts import Situation
    from edict.rules.plan import Condition, PlanRule


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One condition for one subject: its words, clause, verdict, the values seen, and for a failed one how far off."""

    label: str
    clause: str
    verdict: bool | None
    values: tuple[str, ...]
    gap: str = ""
    parts: tuple[ConditionView, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule gave what it gave to one subject or item."""

    conditions: tuple[ConditionView, ...]
    limits: tuple[str, ...]
    note: str = ""


def explain(
    engine: Engine, situation: Situation, result: Result, item: Mapping[str, Value] | None = None
) -> Explanation:
    """Return the explanation of a result; ``item`` holds the stored facts of the item it is about."""
    facts = exact_facts(engine.plan, {**engine.stored_facts(situation), **(item or {})})
    views = tuple(view_condition(each, facts) for each in result.rule.conditions)
    limits = tuple(_limits(result.rule, facts)) if result.status in {Status.YES, Status.ATTEST} else ()
    return Explanation(views, limits, result.note)


def view_condition(condition: Condition, facts: Mapping[str, Value]) -> ConditionView:
    """Return one condition with the values it read and the distance to holding."""
    verdict = interpret(condition.tree, facts)
    parts = tuple(view_condition(each, facts) for each in condition.parts)
    read = [each for each in dict.fromkeys(walk(condition.tree)) if isinstance(each, FactRef)]
    values = tuple(f"{each.name} = {show(facts.get(each.name), each.type)}" for each in read)
    gap = "；".join(dict.fromkeys(_gaps(condition.tree, facts))) if verdict is False and not parts else ""
    return ConditionView(condition.label, condition.clause, verdict, values, gap, parts)  # type: ignore[arg-type]


def _gaps(node: Node, facts: Mapping[str, Value]) -> Iterator[str]:
    for atom in atoms(node):
        if interpret(atom, facts) is not False:
            continue
        if isinstance(atom, Compare) and isinstance(atom.left.type, NumberType):
            yield _number_gap(atom, facts)
        elif isinstance(atom, Compare) and isinstance(atom.left.type, DateType):
            right = show(interpret(atom.right, facts), atom.right.type)
            yield f"{describe(atom.left)} 须 {atom.op} {right}"
        elif isinstance(atom, IsIn):
            yield f"{describe(atom.arg)} 须为 {'、'.join(atom.values)} 之一"
        elif isinstance(atom, Compare) and isinstance(atom.right, Const):
            word = "须为" if atom.op == "=" else "不得为"
            yield f"{describe(atom.left)} {word} {atom.right.value}"
        else:
            yield f"须{describe(atom)}"


def _number_gap(atom: Compare, facts: Mapping[str, Value]) -> str:
    left, right = interpret(atom.left, facts), interpret(atom.right, facts)
    assert isinstance(left, Fraction | int), left  # noqa: S101 -- a false comparison has two known sides
    assert isinstance(right, Fraction | int), right  # noqa: S101 -- as above
    distance = show(abs(Fraction(right) - Fraction(left)), atom.left.type)
    target = show(Fraction(right), atom.right.type)
    now = show(Fraction(left), atom.left.type)
    return f"{describe(atom.left)} 为 {now}，须 {atom.op} {target}，差 {distance}"


def _limits(rule: PlanRule, facts: Mapping[str, Value]) -> Iterator[str]:
    """Yield which caps bit: limits of the rule, and figures that won inside least/greatest."""
    if rule.base is not None:
        base = interpret(rule.base, facts)
        for limit in rule.limits:
            at = interpret(limit.tree, facts)
            if base is not None and at is not None and Fraction(base) > Fraction(at):
                yield f"按“{limit.label}”（{show(at, limit.tree.type)}）封顶，未封顶为 {show(base, limit.tree.type)}"
    for node in walk(rule.base) if rule.base is not None else ():
        if isinstance(node, Op) and node.op in {"least", "greatest"}:
            chosen = interpret(node, facts)
            for arg in node.args:
                if (
                    isinstance(arg, Const)
                    and arg.name
                    and arg.value == chosen
                    and len({interpret(each, facts) for each in node.args}) > 1
                ):
                    yield f"按“{arg.name}”（{show(chosen, arg.type)}）{'封顶' if node.op == 'least' else '保底'}"
