"""Which examples a rule still lacks: derived from its trees, so that every comparison, cap, band and list is exercised.

A demand is met by an example in whose situation it can be seen: a condition that alone decides, a comparison exactly at
its figure, a cap that bites and one that does not. Together the demands are what lets a pack's examples catch a flipped
sign, a dropped condition or a changed figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from edict.rules.interpret import Value, interpret
from edict.rules.plan import AS_OF
from edict.rules.status import Status
from edict.rules.tree import (
    Choose,
    Compare,
    Const,
    DecisionRef,
    FactRef,
    IsIn,
    Logic,
    Node,
    Not,
    NumberType,
    Op,
    children,
    fact_names,
)
from edict.rules.words import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edict.rules.evaluate import Engine, Result
    from edict.rules.examples import Run
    from edict.rules.plan import Plan, PlanGroup, PlanRule


@dataclass(frozen=True, slots=True)
class Seen:
    """One subject or item of an example as the trees see it: exact facts, and the result the rule gave."""

    facts: Mapping[str, Value]
    status: Status
    names: Mapping[
        int, str
    ]  # of each atom by identity: equal atoms share a name, and hashing whole trees is slow
    truths: Mapping[str, Value]

    def holds(self, node: Node, flipped: Node | None = None) -> Value:
        """Return the value of a condition, with one atom flipped to its opposite."""
        match node:
            case Logic(op=op, args=args):
                values = [self.holds(arg, flipped) for arg in args]
                decisive = op == "or"
                return decisive if decisive in values else None if None in values else not decisive
            case Not(arg=arg):
                value = self.holds(arg, flipped)
                return None if value is None else not value
            case _:
                name = self.names[id(node)]
                value = self.truths[name]
                same = flipped is not None and name == self.names[id(flipped)]
                return (not value) if same and value is not None else value

    def truth(self, atom: Node) -> Value:
        """Return the value of one atom."""
        return self.truths[self.names[id(atom)]]


def atoms(node: Node) -> Iterator[Node]:
    """Yield the yes/no questions a condition is made of: comparisons, memberships, bool facts, decisions."""
    match node:
        case Logic(args=args):
            for arg in args:
                yield from atoms(arg)
        case Not(arg=arg):
            yield from atoms(arg)
        case _:
            yield node


def missing_examples(engine: Engine, rule: PlanRule, runs: Sequence[Run]) -> list[str]:
    """Return, as Chinese phrases, the examples that the rule still lacks."""
    whole = _demanded(rule)
    names = {id(atom): describe(atom) for tree in (whole, *_outcome_tests(rule)) for atom in atoms(tree)}
    read = {*rule.facts, AS_OF}
    seen = [each for run in runs for each in _views(engine, rule, run, names, read)]
    wants = [
        *_outcomes(rule, seen),
        *_deciding(whole, seen),
        *_boundaries(rule, whole, seen),
        *_outcome_examples(rule, seen),
        *_choices(rule, seen),
        *_attestations(rule, seen),
        *_caps(rule, runs),
    ]
    return list(dict.fromkeys(wants))


def _demanded(rule: PlanRule) -> Node:
    trees = tuple(each.tree for each in rule.conditions if each.demanded)
    return trees[0] if len(trees) == 1 else Logic("and", trees)


def exact_facts(plan: Plan, facts: Mapping[str, Any]) -> dict[str, Value]:
    """Return stored facts as the exact values that trees are about."""
    exact: dict[str, Value] = {}
    for name, value in facts.items():
        scale = plan.scales.get(name)
        numeric = scale is not None and isinstance(scale.type, NumberType) and value is not None
        exact[name] = Fraction(value, scale.per) if numeric and scale is not None else value
    return exact


def _views(
    engine: Engine, rule: PlanRule, run: Run, names: Mapping[int, str], read: set[str]
) -> Iterator[Seen]:
    result = run.results.get(rule.id)
    if result is None:
        return
    stored = engine.stored_facts(run.situation)
    listed = run.situation.subject != rule.subject and rule.subject in run.situation.items
    pairs = [(stored, result)]
    if listed:
        pairs = list(zip(engine.item_facts(run.situation, rule.subject), result.items, strict=False))
    for facts, outcome in pairs:
        exact = exact_facts(engine.plan, {name: value for name, value in facts.items() if name in read})
        trees = (_demanded(rule), *_outcome_tests(rule))
        truths = {names[id(atom)]: interpret(atom, exact) for tree in trees for atom in atoms(tree)}
        yield Seen(exact, outcome.status, names, truths)


def _outcome_tests(rule: PlanRule) -> tuple[Node, ...]:
    """Return the condition of each outcome of a decision."""
    if rule.rule.outcomes and isinstance(rule.result, Choose):
        return tuple(test for test, _ in rule.result.branches)
    return ()


def _outcomes(rule: PlanRule, seen: Sequence[Seen]) -> Iterator[str]:
    statuses = {each.status for each in seen}
    hit = Status.NO_BASIS if rule.rule.no_basis else Status.YES
    if hit not in statuses:
        yield f"一个{hit.label}的例子"
    if Status.UNKNOWN not in statuses and set(rule.facts) - {each.name for each in rule.attestations}:
        yield "一个待补充的例子"
    if Status.NO not in statuses and any(each.demanded for each in rule.conditions):
        yield "一个不符合的例子"


def _deciding(whole: Node, seen: Sequence[Seen]) -> Iterator[str]:
    for atom in atoms(whole):
        for wanted in (True, False):
            if not any(_decides(each, whole, atom, wanted) for each in seen):
                state = "成立" if wanted else "不成立"
                yield f"由“{describe(atom)}”单独决定、且它{state}的例子"


def _decides(view: Seen, whole: Node, atom: Node, wanted: bool) -> bool:
    return view.truth(atom) is wanted and {view.holds(whole), view.holds(whole, atom)} == {True, False}


def _outcome_examples(rule: PlanRule, seen: Sequence[Seen]) -> Iterator[str]:
    """Each question of a decision must, in some example, alone decide which outcome is chosen."""
    tests = _outcome_tests(rule)
    edges: set[tuple[Node, Node]] = set()
    for atom in (each for test in tests for each in atoms(test)):
        telling = [
            each
            for each in seen
            if each.truth(atom) is not None and _chosen(each, tests) != _chosen(each, tests, atom)
        ]
        if not telling:
            yield f"结论由“{describe(atom)}”单独决定的例子"
        # The opposite comparison in a later outcome shares this edge: the first one decides there.
        if isinstance(atom, Compare) and _has_edge(atom) and (atom.left, atom.right) not in edges:
            edges.add((atom.left, atom.right))
            if not any(_at_edge(each, atom) for each in telling):
                yield f"“{describe(atom)}”两边恰好相等、且由它决定结论的例子"


def _chosen(view: Seen, tests: Sequence[Node], flipped: Node | None = None) -> int:
    """Return the number of the outcome chosen, -1 for none, -2 when unknown."""
    for number, test in enumerate(tests):
        holds = view.holds(test, flipped)
        if holds is not False:
            return number if holds else -2
    return -1


def _boundaries(rule: PlanRule, whole: Node, seen: Sequence[Seen]) -> Iterator[str]:
    inside = [each for each in atoms(whole) if isinstance(each, Compare) and _has_edge(each)]
    for atom in inside:
        if not any(
            _at_edge(each, atom) and {each.holds(whole), each.holds(whole, atom)} == {True, False}
            for each in seen
        ):
            yield f"“{describe(atom)}”两边恰好相等、且由它决定的例子"
    if rule.rule.outcomes:
        return
    tests = (
        each
        for node in _result_nodes(rule)
        if isinstance(node, Choose)
        for test, _ in node.branches
        for each in _own(test)
    )
    for test in tests:
        if isinstance(test, Compare) and _has_edge(test) and not any(_at_edge(each, test) for each in seen):
            yield f"“{describe(test)}”两边恰好相等的例子"


def _has_edge(atom: Compare) -> bool:
    return (
        isinstance(atom.left.type, NumberType)
        and atom.op not in {"=", "<>"}
        and AS_OF not in fact_names(atom)
    ) or _is_window(atom)


def _is_window(atom: Compare) -> bool:
    return isinstance(atom.left, FactRef) and atom.left.name == AS_OF and atom.op in {">=", "<="}


def _at_edge(view: Seen, atom: Compare) -> bool:
    left = interpret(atom.left, view.facts)
    return left is not None and left == interpret(atom.right, view.facts)


def _result_nodes(rule: PlanRule) -> Iterator[Node]:
    """Yield the nodes of the result; what lies inside another decision is that decision's own matter."""
    if rule.result is not None:
        yield from _own(rule.result)


def _own(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, DecisionRef):
        return
    for child in children(node):
        yield from _own(child)


def _choices(rule: PlanRule, seen: Sequence[Seen]) -> Iterator[str]:
    hits = [each for each in seen if each.status in {Status.YES, Status.ATTEST, Status.NO_BASIS}]
    for atom in (each for condition in rule.conditions for each in atoms(condition.tree)):
        if isinstance(atom, IsIn):
            yield from (
                f"“{describe(atom.arg)}”为“{value}”且符合的例子"
                for value in atom.values
                if not any(interpret(atom.arg, each.facts) == value for each in hits)
            )
    for node in _result_nodes(rule):
        if isinstance(node, Op) and node.op in {"least", "greatest"}:
            yield from _extremes(node, hits)
        elif isinstance(node, Op) and node.op == "floor":
            if not any(
                (value := interpret(node.args[0], each.facts)) is not None and Fraction(value).denominator > 1
                for each in hits
            ):
                yield f"“{describe(node.args[0])}”不是整数、须去尾的例子"
        elif isinstance(node, Choose):
            yield from _branches(node, hits)


def _extremes(node: Op, hits: Sequence[Seen]) -> Iterator[str]:
    """Each argument of least/greatest must win once; a figure must win clearly, so that a changed figure shows."""
    sign = 1 if node.op == "least" else -1
    word = "最小" if node.op == "least" else "最大"
    for number, arg in enumerate(node.args):
        if node.op == "greatest" and isinstance(arg, Const) and arg.value == 0:
            continue  # a guard against negative amounts, not a figure of the text
        rivals = [other for n, other in enumerate(node.args) if n != number]
        if not any(_wins(each, arg, rivals, sign) for each in hits):
            yield f"“{describe(arg)}”是其中{word}一项的例子"


def _wins(view: Seen, arg: Node, rivals: Sequence[Node], sign: int) -> bool:
    mine = interpret(arg, view.facts)
    others = [interpret(each, view.facts) for each in rivals]
    if mine is None or None in others:
        return False
    gap = min(sign * (Fraction(other) - Fraction(mine)) for other in others if other is not None)
    return gap > 0 or (gap == 0 and not isinstance(arg, Const))


def _branches(node: Choose, hits: Sequence[Seen]) -> Iterator[str]:
    for number, (test, _) in enumerate(node.branches):
        before = [other for other, _ in node.branches[:number]]
        if not any(
            interpret(test, each.facts) is True
            and all(interpret(other, each.facts) is False for other in before)
            for each in hits
        ):
            yield f"落在“{describe(test)}”这一档的例子"


def _attestations(rule: PlanRule, seen: Sequence[Seen]) -> Iterator[str]:
    for each in rule.attestations:
        if not any(view.status is Status.ATTEST and view.facts.get(each.name) is None for view in seen):
            yield f"“{each.name}”尚未认定、结果为待认定的例子"
        if not any(view.status is Status.NO and view.facts.get(each.name) is False for view in seen):
            yield f"“{each.name}”认定为否、结果为不符合的例子"


def _caps(rule: PlanRule, runs: Sequence[Run]) -> Iterator[str]:
    results: list[Result] = [run.results[rule.id] for run in runs if rule.id in run.results]
    for cap in rule.parent_caps:
        if not any(cap.label in each.note for each in results):
            yield f"各项合计超过“{cap.label}”的例子"
        if not any(len(each.items) > 1 and not each.note and each.status is Status.YES for each in results):
            yield f"两项以上、合计没有超过“{cap.label}”的例子"


def missing_group_examples(group: PlanGroup, runs: Sequence[Run]) -> list[str]:
    """Return what the examples of a group lack: one in which the group changes an amount."""
    notes = [each.note for run in runs for result in run.results.values() for each in (result, *result.items)]
    return [] if any(f"“{group.name}”" in note for note in notes) else [f"组“{group.name}”改变金额的例子"]
