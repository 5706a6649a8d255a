"""Plan → SQL over a population: per rule the expressions for yes, no, to-be-attested and the amount.

A :class:`RuleSql` is what aggregates and row listings are written from. Rules in groups and rules over items need their
neighbours first; they come from a subquery that computes them, all others are written in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edict.rules import ir
from edict.rules.certain import PairWriter, conjuncts, layout, settled
from edict.rules.lower import Lowering
from edict.rules.piecewise import straightened
from edict.rules.plan import AS_OF, NO_OUTCOME, VALUE_PER
from edict.rules.scale import Scale
from edict.rules.sql import DUCKDB, Dialect, SqlWriter
from edict.rules.strictness import columns, divisors, strict
from edict.rules.tree import BOOL, BoolType, DecisionRef, EnumType, Node, NumberType, children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edict.rules.certain import Verdict
    from edict.rules.plan import Plan, PlanGroup, PlanRule

FACTS = "facts"  # the view of a subject's stored facts
KEY, PARENT, AREA = "__key", "__parent", "__area"


@dataclass(frozen=True, slots=True)
class RuleSql:
    """SQL of one rule: booleans ``yes``/``no``/``attest`` and the amount (meaningful where ``yes`` or ``attest``) or None."""

    rule: PlanRule
    yes: str
    no: str
    attest: str
    amount: str | None
    conditions: tuple[Verdict, ...] = ()

    @property
    def status(self) -> str:
        """Return an integer expression in the numbering of :class:`~edict.rules.status.Status`."""
        done = 3 if self.rule.rule.no_basis else 4
        attest = f" WHEN {self.attest} THEN 2" if self.attest else ""
        return f"CASE WHEN {self.no} THEN 0 WHEN {self.yes} THEN {done}{attest} ELSE 1 END"

    @property
    def fixed(self) -> int | None:
        """Return the amount when it is the same wherever the rule says yes."""
        digits = (self.amount or "").strip("()")
        return int(digits) if digits.isdecimal() else None

    @property
    def payable(self) -> str:
        """Return the amount where the rule says yes, else 0."""
        return f"CASE WHEN {self.yes} THEN {self.amount} ELSE 0 END" if self.amount else "0"


class RowWriter:
    """Writes the rules of one subject for one dialect."""

    def __init__(self, plan: Plan, dialect: Dialect = DUCKDB) -> None:
        self.plan = plan
        self.dialect = dialect
        self.scales = dict(plan.scales)
        self.decided: dict[str, str] = {}
        self.writer = PairWriter(dialect, self.scales)
        self.lowering = Lowering(self.scales, self.decided)
        self._sources: dict[str, str] = {}

    def plain(self, rule: PlanRule) -> RuleSql:
        """Return the rule's SQL over :meth:`source`, before groups and items."""
        nodes = tuple(self.lowering.condition(each.tree) for each in rule.conditions)
        conditions = tuple(self.writer.verdict(node) for node in nodes)
        attests = tuple(self.writer.verdict(ir.Column(each.name, "bool")) for each in rule.attestations)
        amount, known = self._amount(rule, frozenset(part for node in nodes for part in conjuncts(node)))
        met = [*(each.certain for each in conditions), *known]
        yes = _all([*met, *(each.certain for each in attests)])
        no = f"(NOT {_all([each.possible for each in (*conditions, *attests)])})"
        attest = ""
        if attests:
            unsigned = f"NOT {_all([each.certain for each in attests])}"
            attest = _all([*met, *(each.possible for each in attests), unsigned])
        return RuleSql(rule, yes, no, attest, amount, conditions)

    def _amount(self, rule: PlanRule, given: frozenset[ir.Node]) -> tuple[str | None, list[str]]:
        """Return the amount, right where the rule says yes, and the tests beside its conditions that it is known."""
        if rule.result is None:
            return None, []
        if rule.kind == "category":
            node: ir.Node = self.lowering.category(rule.result)
        else:
            node = self.lowering.amount(rule.result, 100 if rule.kind == "money" else VALUE_PER)
        node = settled(node, given)
        guaranteed = {name for each in given for name in _required(each)} | {AS_OF}
        loose = [name for name in columns(node) if name not in guaranteed]
        # The ladder of a fact that cannot change the amount (least(x, 0)) no longer names it; it must be known all the same.
        ladder = straightened(node)
        if self.writer.can_write(ladder) and (not loose or strict(node)):
            known = [self.writer.known(name) for name in loose]
            known += [f"({self.writer.write(each)} <> 0)" for each in dict.fromkeys(divisors(node))]
            return f"({self.writer.write(ladder)})", known
        amount = f"({SqlWriter(self.dialect).write(node)})"
        return amount, [f"{amount} IS NOT NULL"]

    def grouped(self, subject: str) -> tuple[str, list[RuleSql]]:
        """Return a source and the rules of a subject with its groups applied.

        Without groups the source is the facts view and every rule is in place; with groups it is a subquery that keeps
        the facts and adds ``y<n>``, ``a<n>`` for the members, whose amounts are then net.
        """
        self.source(subject)  # the decisions of the subject become columns that its rules read
        rules = [self.plain(rule) for rule in self.plan.of(subject)]
        groups = [each for each in self.plan.groups if each.subject == subject]
        if not groups:
            return self.source(subject), rules
        number = {each.rule.id: n for n, each in enumerate(rules)}
        members = sorted({number[rule] for group in groups for rule in group.rules})
        columns = ", ".join(f"{rules[n].yes} AS y{n}, {rules[n].amount} AS a{n}" for n in members)
        source = f"(SELECT *, {columns} FROM {self.source(subject)})"
        for n in members:
            rules[n] = replace(rules[n], yes=f"y{n}", amount=f"a{n}")
        for group in groups:
            names = {n: f"n{n}" for n in (number[rule] for rule in group.rules)}
            nets = self._nets(
                group, number, {n: rules[n].payable for n in names}, {n: str(rules[n].amount) for n in names}
            )
            unknown = f"{self.dialect.quote(group.ledger)} IS NULL" if group.ledger else ""
            # A rule in two groups passes through both: the later one sees the net amount of the earlier.
            again = [n for n in names if rules[n].amount == f"n{n}"]
            kept = "*" if not again else f"* REPLACE ({', '.join(f'{nets[n]} AS n{n}' for n in again)})"
            added = "".join(f", {nets[n]} AS n{n}" for n in names if n not in again)
            source = f"(SELECT {kept}{added} FROM {source})"
            for n in names:
                yes = f"({rules[n].yes} AND NOT {unknown})" if unknown else rules[n].yes
                rules[n] = replace(rules[n], yes=yes, amount=f"n{n}")
        return source, rules

    def _nets(
        self, group: PlanGroup, number: dict[str, int], payable: dict[int, str], amount: dict[int, str]
    ) -> dict[int, str]:
        sides = [[number[rule] for rule in side] for side in group.sides]
        if group.capped:
            return self._capped(group, sides[0], payable, amount)
        sums = ["(" + " + ".join(payable[n] for n in side) + ")" for side in sides]
        nets = {}
        for mine, side in enumerate(sides):
            beaten = [
                f"{other} {'>=' if n < mine else '>'} {sums[mine]}"
                for n, other in enumerate(sums)
                if n != mine
            ]
            for n in side:
                nets[n] = (
                    f"CASE WHEN {payable[n]} > 0 AND ({' OR '.join(beaten)}) THEN 0 ELSE {amount[n]} END"
                )
        return nets

    def _capped(
        self, group: PlanGroup, members: Sequence[int], payable: dict[int, str], amount: dict[int, str]
    ) -> dict[int, str]:
        left = str(group.fen)
        if group.ledger:
            left = f"GREATEST({group.fen} - COALESCE({self.dialect.quote(group.ledger)}, 0), 0)"
        nets = {}
        for n in members:
            nets[n] = f"CASE WHEN {payable[n]} > {left} THEN {left} ELSE {amount[n]} END"
            left = f"GREATEST({left} - {payable[n]}, 0)"
        return nets

    def source(self, subject: str) -> str:
        """Return a subject's facts view with its facts and decisions laid out without nulls beside them.

        A decision that others name is computed once, in a layer of its own: written out wherever it is named, decisions
        upon decisions would grow past all bounds.
        """
        if subject not in self._sources:
            facts = dict.fromkeys(name for rule in self.plan.of(subject) for name in rule.facts)
            extra = [column for name in facts for column in layout(name, self.scales[name], self.dialect)]
            source = f"(SELECT {', '.join(['*', *extra])} FROM {self.dialect.quote(f'{FACTS}·{subject}')})"
            for each in _decisions(self.plan.of(subject)):
                source = self._with_decision(source, each)
            self._sources[subject] = source
        return self._sources[subject]

    def _with_decision(self, source: str, decision: DecisionRef) -> str:
        name = f"·{decision.id}"  # no fact's name may hold a ·
        is_bool = isinstance(decision.type, BoolType)
        node = self.lowering.condition(decision.node) if is_bool else self.lowering.category(decision.node)
        self.decided[decision.id] = name
        values = () if is_bool else (*decision.type.values, NO_OUTCOME)  # type: ignore[union-attr]
        self.scales[name] = Scale(BOOL) if is_bool else Scale(EnumType(values))
        if is_bool:
            pair = self.writer.verdict(node)
            value = f"CASE WHEN {pair.certain} THEN TRUE WHEN NOT {pair.possible} THEN FALSE END"
        else:
            value = SqlWriter(self.dialect).write(node)
        decided = f"(SELECT *, {value} AS {self.dialect.quote(name)} FROM {source})"
        return f"(SELECT *, {', '.join(layout(name, self.scales[name], self.dialect))} FROM {decided})"

    def folded(self, item: str) -> tuple[str, list[RuleSql]]:
        """Return the rules of an item subject summed to the parent: one row per parent key."""
        source, rules = self.grouped(item)
        parts = [f"{PARENT} AS {KEY}", "COUNT(*) AS items"]
        for n, each in enumerate(rules):
            parts.append(f"MIN({_fold_rank(each)}) AS r{n}")
            if each.rule.kind == "money":
                due = f"CASE WHEN {each.yes}{' OR ' + each.attest if each.attest else ''} THEN {each.amount} END"
                parts.append(f"SUM({due}) AS g{n}")
        folded = f"(SELECT {', '.join(parts)} FROM {source} GROUP BY {PARENT})"
        return folded, [self._fold(n, each) for n, each in enumerate(rules)]

    def _fold(self, n: int, each: RuleSql) -> RuleSql:
        amount = f"g{n}" if each.rule.kind == "money" else None
        unknown = f"r{n} = 0"
        for cap in each.rule.parent_caps:
            paid = self.dialect.quote(cap.ledger) if cap.ledger else "0"
            amount = (
                f"LEAST({amount}, GREATEST({cap.fen} - {paid}, 0))"
                if cap.ledger
                else f"LEAST({amount}, {cap.fen})"
            )
            if cap.ledger:
                unknown = f"({unknown} OR {paid} IS NULL)"
        done = 3 if each.rule.rule.no_basis else 2
        return RuleSql(
            each.rule,
            f"(r{n} = {done} AND NOT {unknown})",
            f"COALESCE(r{n} = 4, TRUE)",
            f"(r{n} = 1 AND NOT {unknown})",
            amount,
        )


def _decisions(rules: Sequence[PlanRule]) -> Iterator[DecisionRef]:
    """Yield the decisions that rules name (numbers excepted: those stay exact in place), inner ones first, each once."""
    seen: set[str] = set()

    def visit(node: Node) -> Iterator[DecisionRef]:
        if isinstance(node, DecisionRef) and node.id in seen:
            return
        for child in children(node):
            yield from visit(child)
        if isinstance(node, DecisionRef) and node.id and not isinstance(node.type, NumberType):
            seen.add(node.id)
            yield node

    for rule in rules:
        for tree in (
            *(each.tree for each in rule.conditions),
            *([rule.result] if rule.result is not None else []),
        ):
            yield from visit(tree)


def _fold_rank(each: RuleSql) -> str:
    """The item's status in the order in which one decides the sum: unknown, attest, yes, no basis, no."""
    done = 3 if each.rule.rule.no_basis else 2
    attest = f" WHEN {each.attest} THEN 1" if each.attest else ""
    return f"CASE WHEN {each.no} THEN 4 WHEN {each.yes} THEN {done}{attest} ELSE 0 END"


def _required(node: ir.Node) -> Iterator[str]:
    """Yield the facts that are certainly known where the condition is true."""
    if isinstance(node, ir.Connect):
        if node.op == "and":
            for arg in node.args:
                yield from _required(arg)
    elif isinstance(node, ir.Column):
        yield node.name
    elif isinstance(node, ir.Test | ir.Member):
        from edict.rules.strictness import columns, strict

        if strict(node):
            yield from columns(node)


def _all(tests: Sequence[str]) -> str:
    return f"({' AND '.join(tests)})" if tests else "TRUE"
