"""Builds the plan of a library: resolves names, checks every expression, and turns the sugar of a rule into trees.

One :class:`RuleBuilder` per rule; all faults of all rules are collected before anything is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError
from edict.packs.quantities import parameter_value
from edict.rules.constants import constant, fen
from edict.rules.declarations import Declarations
from edict.rules.plan import (
    NO_OUTCOME,
    PERIOD,
    Condition,
    Plan,
    PlanGroup,
    PlanRule,
)
from edict.rules.rule_builder import RuleBuilder
from edict.rules.tree import (
    BOOL,
    ZERO_MONEY,
    Choose,
    Compare,
    Const,
    DecisionRef,
    EnumType,
    FactRef,
    Logic,
    Node,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edict.packs.load import Library, Pack
    from edict.packs.model import Group


def build_plan(library: Library, report: list[Diagnostic] | None = None) -> Plan:
    """Return the plan of every rule in the library.

    Args:
        library: the loaded packs.
        report: when given, faulty rules are left out and their diagnostics appended; otherwise they are raised.

    Raises:
        EdictError: with the diagnostics of all rules, when ``report`` is None.
    """
    return Builder(library, report).build()


class Builder:
    """Builds the rules of every pack, then the groups that join them."""

    def __init__(self, library: Library, report: list[Diagnostic] | None = None) -> None:
        self.library = library
        self.report = report
        self.faults: list[Diagnostic] = []
        self.shared = Declarations(library)

    def build(self) -> Plan:
        """Return the plan; see :func:`build_plan`."""
        rules: list[PlanRule] = []
        groups: list[PlanGroup] = []
        for pack in self.library.packs:
            rules += self._rules(pack)
        known = {each.id: each for each in rules}
        for pack in self.library.packs:
            groups += self._groups(pack, known)
        rules = list(known.values())
        if self.faults and self.report is None:
            raise EdictError(*self.faults)
        if self.report is not None:
            self.report.extend(self.faults)
        shared = self.shared
        return Plan(tuple(rules), tuple(groups), shared.scales, shared.ledger, shared.subjects, shared.owners)

    def _rules(self, pack: Pack) -> Iterable[PlanRule]:
        decisions = Decisions(self.shared, pack)
        for name in pack.rules:
            try:
                yield decisions.rule(name)
            except EdictError as fault:
                self.faults.extend(each for each in fault.diagnostics if each not in self.faults)

    def _groups(self, pack: Pack, known: dict[str, PlanRule]) -> Iterable[PlanGroup]:
        for name, group in pack.groups.items():
            sides = [
                [known[each] for each in _full_ids(pack, side) if each in known] for side in group.members
            ]
            present = [side for side in sides if side]
            if sum(map(len, present)) > 1 and (group.take == "cap" or len(present) > 1):
                try:
                    yield self._group(pack, name, group, present, known)
                except EdictError as fault:
                    self.faults.extend(fault.diagnostics)

    def _group(
        self, pack: Pack, name: str, group: Group, sides: list[list[PlanRule]], known: dict[str, PlanRule]
    ) -> PlanGroup:
        members = [rule for side in sides for rule in side]
        subjects = sorted({each.subject for each in members})
        if len(subjects) > 1 or any(each.kind != "money" for each in members):
            place = pack.place("groups.yml", name)
            self.faults.append(
                Diagnostic(
                    "R117",
                    f"组“{name}”里的规则必须都是同一对象的金额规则（现有对象：{'、'.join(subjects)}）。",
                    "把它们分成几组。",
                    place,
                )
            )
        clause = "、".join(group.clause)
        ids = tuple(tuple(each.id for each in side) for side in sides)
        if group.take != "cap":
            if group.period:
                self._bar_paid(pack, name, group, sides, known)
            return PlanGroup(f"{pack.id}#{name}", name, subjects[0], False, ids, clause)
        at = parameter_value(group.at)
        limit = fen(constant(at), pack.place("groups.yml", name, "at"))
        ledger = ""
        if group.period:
            ledger = self.shared.ledger_fact(
                self.shared.payer(pack.id, name), PERIOD[group.period], ids[0], subjects[0]
            ).name
        return PlanGroup(f"{pack.id}#{name}", name, subjects[0], True, ids, clause, limit, ledger)

    def _bar_paid(
        self, pack: Pack, name: str, group: Group, sides: list[list[PlanRule]], known: dict[str, PlanRule]
    ) -> None:
        """Add to each member the condition that no excluding member was paid within the period."""
        kind = PERIOD[group.period]
        for number, side in enumerate(sides):
            others = tuple(
                each.id
                for n, other in enumerate(sides)
                if n != number or group.take == "best"
                for each in other
            )
            payer = self.shared.payer(pack.id, name)
            owner = f"{payer}{number + 1}·" if group.take == "side" else payer
            fact = self.shared.ledger_fact(owner, kind, others, side[0].subject)
            tree = Compare("=", FactRef(fact.name, fact.scale.type), ZERO_MONEY)
            for rule in side:
                barred = Condition(f"未按“{name}”享受过同类扶持", group.clause[0], tree, demanded=False)
                known[rule.id] = replace(known[rule.id], conditions=(*known[rule.id].conditions, barred))


def _full_ids(pack: Pack, names: Iterable[str]) -> list[str]:
    return [each if "#" in each else f"{pack.id}#{each}" for each in names]


class Decisions:
    """The rules of one pack, built on demand so that a rule may name a decision written below it."""

    def __init__(self, shared: Declarations, pack: Pack) -> None:
        self.shared = shared
        self.pack = pack
        self.done: dict[str, PlanRule] = {}
        self.under_way: list[str] = []

    def rule(self, name: str) -> PlanRule:
        """Return the built rule.

        Raises:
            EdictError: the rule is faulty, or its decisions depend on each other in a circle.
        """
        if name not in self.done:
            if name in self.under_way:
                circle = " → ".join([*self.under_way[self.under_way.index(name) :], name])
                raise EdictError(
                    Diagnostic(
                        "R120",
                        f"判定互相依赖：{circle}。",
                        "断开其中一环。",
                        self.pack.place("rules.yml", name),
                    )
                )
            self.under_way.append(name)
            try:
                self.done[name] = RuleBuilder(
                    self.shared, self.pack, name, self.pack.rules[name], self.node
                ).build()
            finally:
                self.under_way.pop()
        return self.done[name]

    def node(self, name: str) -> Node:
        """Return what the name of a decision means in another rule's expression."""
        built = self.rule(name)
        parts = [each.tree for each in built.conditions] + [
            FactRef(each.name, BOOL) for each in built.attestations
        ]
        holds: Node = parts[0] if len(parts) == 1 else Logic("and", tuple(parts))
        if built.result is None:
            return DecisionRef(name, holds, BOOL, built.id)
        kind = built.result.type
        if not isinstance(kind, EnumType):
            return DecisionRef(name, Choose(((holds, built.result),), None, kind), kind, built.id)
        # All facts known and no outcome holds: the decision equals none of its values, which is not the same as unknown.
        none = Const(NO_OUTCOME, kind)
        value = (
            replace(built.result, otherwise=none)
            if isinstance(built.result, Choose) and built.rule.outcomes
            else built.result
        )
        return DecisionRef(name, Choose(((holds, value),), none, kind), kind, built.id)
