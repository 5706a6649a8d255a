"""Builds the plan of a library: resolves names, checks every expression, and turns the sugar of a rule into trees.

One :class:`RuleBuilder` per rule; all faults of all rules are collected before anything is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.quantities import parameter_value
from edict.rules.functions import MONTHS
from edict.rules.grammar import Scope, Source, parse, parse_condition
from edict.rules.lower import Lowering, LoweringError
from edict.rules.plan import (
    AS_OF,
    AS_OF_REF,
    ATTEST_SCALE,
    Attestation,
    Condition,
    LedgerFact,
    LedgerKind,
    Limit,
    ParentCap,
    Plan,
    PlanGroup,
    PlanRule,
    ResultKind,
    as_of_scale,
)
from edict.rules.scale import Scale, scale_of
from edict.rules.tables import Tables
from edict.rules.tree import (
    BOOL,
    DATE,
    MONEY,
    NO_UNIT,
    ZERO_MONEY,
    BoolType,
    Choose,
    Compare,
    Const,
    DecisionRef,
    EnumType,
    FactRef,
    Logic,
    Node,
    NumberType,
    Op,
    Type,
    money,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from edict.core.quantity import Quantity
    from edict.packs.load import Library, Pack
    from edict.packs.model import Condition as ConditionEntry
    from edict.packs.model import Group, Parameter, Rule

NO_OUTCOME = ""
VALUE_PER = 10**6  # a decided number is kept in millionths of its base unit


def build_plan(library: Library, report: list[Diagnostic] | None = None) -> Plan:
    """Return the plan of every rule in the library.

    Args:
        library: the loaded packs.
        report: when given, faulty rules are left out and their diagnostics appended; otherwise they are raised.

    Raises:
        EdictError: with the diagnostics of all rules, when ``report`` is None.
    """
    return Builder(library, report).build()


def day_number(day: date) -> int:
    """Return a date as the integer ``yyyymmdd``.

    >>> from datetime import date
    >>> day_number(date(2024, 2, 29))
    20240229
    """
    return day.year * 10000 + day.month * 100 + day.day


class Builder:
    """Holds what all rules share: facts, ledger facts, subjects."""

    def __init__(self, library: Library, report: list[Diagnostic] | None = None) -> None:
        self.library = library
        self.report = report
        self.faults: list[Diagnostic] = []
        self.subjects = {name: each.belongs_to for name, each in library.subjects.items()}
        self.scales: dict[str, Scale] = {AS_OF: as_of_scale()}
        self.owners: dict[str, str] = {}
        for name, fact in library.facts.items():
            self.scales[name] = scale_of(fact)
            self.owners[name] = fact.of
        self.ledger: dict[str, LedgerFact] = {}

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
        return Plan(tuple(rules), tuple(groups), self.scales, self.ledger, self.subjects, self.owners)

    def _rules(self, pack: Pack) -> Iterable[PlanRule]:
        decisions = Decisions(self, pack)
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
                yield self._group(pack, name, group, present, known)

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
                self._bar_paid(name, group, sides, known)
            return PlanGroup(f"{pack.id}#{name}", name, subjects[0], False, ids, clause)
        at = parameter_value(group.at)
        fen = _fen(Const(at.value, NumberType(at.unit)))  # type: ignore[union-attr]
        ledger = ""
        if group.period:
            ledger = self.ledger_fact(name, _PERIOD[group.period], ids[0], subjects[0]).name
        return PlanGroup(f"{pack.id}#{name}", name, subjects[0], True, ids, clause, fen, ledger)

    def _bar_paid(
        self, name: str, group: Group, sides: list[list[PlanRule]], known: dict[str, PlanRule]
    ) -> None:
        """Add to each member the condition that no excluding member was paid within the period."""
        kind = _PERIOD[group.period]
        for number, side in enumerate(sides):
            others = tuple(
                each.id
                for n, other in enumerate(sides)
                if n != number or group.take == "best"
                for each in other
            )
            owner = f"{name}{number + 1}·" if group.take == "side" else name
            fact = self.ledger_fact(owner, kind, others, side[0].subject)
            tree = Compare("=", FactRef(fact.name, fact.scale.type), ZERO_MONEY)
            for rule in side:
                barred = Condition(f"未按“{name}”享受过同类扶持", group.clause[0], tree, demanded=False)
                known[rule.id] = replace(known[rule.id], conditions=(*known[rule.id].conditions, barred))

    def ledger_fact(self, owner: str, kind: LedgerKind, rules: tuple[str, ...], subject: str) -> LedgerFact:
        """Declare (once) and return the ledger fact ``<owner><kind>``."""
        fact = LedgerFact(f"{owner}{kind}", kind, rules, subject)
        self.ledger[fact.name] = fact
        self.scales[fact.name] = fact.scale
        self.owners[fact.name] = subject
        return fact

    def lineage(self, subject: str) -> tuple[str, ...]:
        """Return the subject and the parents above it."""
        chain = [subject]
        while parent := self.subjects.get(chain[-1], ""):
            chain.append(parent)
        return tuple(chain)


def _full_ids(pack: Pack, names: Iterable[str]) -> list[str]:
    return [each if "#" in each else f"{pack.id}#{each}" for each in names]


_PERIOD: dict[str, LedgerKind] = {"年": "本年已付", "终身": "累计已付"}


class Decisions:
    """The rules of one pack, built on demand so that a rule may name a decision written below it."""

    def __init__(self, builder: Builder, pack: Pack) -> None:
        self.builder = builder
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
                self.done[name] = RuleBuilder(self, name, self.pack.rules[name]).build()
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
            return DecisionRef(name, holds, BOOL)
        kind = built.result.type
        if not isinstance(kind, EnumType):
            return DecisionRef(name, Choose(((holds, built.result),), None, kind), kind)
        # All facts known and no outcome holds: the decision equals none of its values, which is not the same as unknown.
        none = Const(NO_OUTCOME, kind)
        value = (
            replace(built.result, otherwise=none)
            if isinstance(built.result, Choose) and built.rule.outcomes
            else built.result
        )
        return DecisionRef(name, Choose(((holds, value),), none, kind), kind)


@dataclass
class RuleBuilder:
    """Builds one rule."""

    decisions: Decisions
    name: str
    rule: Rule

    def __post_init__(self) -> None:
        self.pack = self.decisions.pack
        self.builder = self.decisions.builder
        self.id = f"{self.pack.id}#{self.name}"
        self.parameters: dict[str, Node] = {}
        self.tables: dict[str, Tables] = {}

    def build(self) -> PlanRule:
        """Return the rule as trees; every fault of the rule is raised at once."""
        faults: list[Diagnostic] = []
        for name, parameter in self.rule.parameters.items():
            self._collect(
                faults, lambda n=name, p=parameter: self.parameters.__setitem__(n, self._parameter(n, p))
            )
        for name in self.rule.tables:
            self._collect(faults, lambda n=name: self.tables.__setitem__(n, self._table(n)))
        conditions: list[Condition] = []
        self._collect(faults, lambda: conditions.extend(self._conditions(faults)))
        result: list[tuple[Node | None, tuple[Limit, ...], Node | None, ResultKind]] = []
        self._collect(faults, lambda: result.append(self._result()))
        if not faults:
            conditions += self._implied(result[0][2])
            self._collect(faults, lambda: self._prove(conditions, result[0]))
        if faults:
            raise EdictError(*faults)
        base, limits, final, kind = result[0]
        return PlanRule(
            self.id, self.pack.id, self.name, self.rule.subject, self.rule, tuple(conditions), self._attestations(),
            base, limits, final, kind, self._parent_caps(), self._funding(),
        )  # fmt: skip

    @staticmethod
    def _collect(faults: list[Diagnostic], step: object) -> None:
        try:
            step()  # type: ignore[operator]
        except EdictError as fault:
            faults.extend(fault.diagnostics)

    # -- names -----------------------------------------------------------------------------------------------------

    def scope(self) -> Scope:
        """Return what names mean in this rule: parameters and tables, then decisions of the pack, then facts."""
        names: dict[str, Node] = {AS_OF: AS_OF_REF}
        lineage = self.builder.lineage(self.rule.subject)
        for fact, owner in self.builder.owners.items():
            if owner in lineage:
                names[fact] = FactRef(fact, self.builder.scales[fact].type)
        names.update(self.parameters)
        names.update({name: table.value for name, table in self.tables.items()})
        return _LazyScope(names, self)

    def place(self, *path: str | int) -> Place:
        """Return where an entry of this rule stands."""
        return self.pack.place("rules.yml", self.name, *path)

    def source(self, text: str, *path: str | int, clause: str = "") -> Source:
        """Return an expression of this rule with its place."""
        return Source(
            text, self.place(*path), f"{self.pack.document.number} {clause or '、'.join(self.rule.clause)}"
        )

    def _parameter(self, name: str, parameter: Parameter) -> Node:
        place = self.place("parameters", name)
        if parameter.value:
            return self._figure(parameter.value, place, name)
        dated = sorted(parameter.dated.items(), reverse=True)
        values = [(since, self._figure(text, place, name)) for since, text in dated]
        branches = tuple((_since(since), value) for since, value in values)
        return Choose(branches, None, values[0][1].type)

    def figure(self, text: str, name: str, *path: str | int) -> Const:
        """Return a figure of this rule as a constant that keeps its name.

        Raises:
            EdictError: the text is not a quantity.
        """
        return self._figure(text, self.place(*path), name)

    def _figure(self, text: str, place: Place, name: str = "") -> Const:
        try:
            value = parameter_value(text)
        except ValueError as fault:
            raise EdictError(
                Diagnostic(
                    "R121",
                    f"参数“{name}”的值“{text}”不能读成数量：{fault}",
                    "照文件所印的写，如 2%、1亿元、600元/㎡。",
                    place,
                )
            ) from fault
        return _constant(value, name)

    def _table(self, name: str) -> Tables:
        return Tables.build(name, self.rule.tables[name], self)

    # -- conditions ------------------------------------------------------------------------------------------------

    def _conditions(self, faults: list[Diagnostic]) -> list[Condition]:
        built: list[Condition] = []
        scope = self.scope()
        for number, entry in enumerate(self.rule.when):
            self._collect(faults, lambda e=entry, n=number: built.append(self.condition(e, scope, "when", n)))
        built += [each.exists for each in self.tables.values() if each.exists]
        return built

    def condition(self, entry: ConditionEntry, scope: Scope, *path: str | int) -> Condition:
        """Return one condition with those inside it."""
        clause = entry.clause or self.rule.clause[0]
        for joined, parts in (("any", entry.any), ("all", entry.all)):
            if parts:
                inner = tuple(self.condition(each, scope, *path, joined, n) for n, each in enumerate(parts))
                tree = Logic("or" if joined == "any" else "and", tuple(each.tree for each in inner))
                words = (" 或 " if joined == "any" else " 且 ").join(each.label for each in inner)
                return Condition(entry.label or words, clause, tree, inner, joined)  # type: ignore[arg-type]
        where = self.pack.place("rules.yml", self.name, *path)
        source = Source(entry.expr, where, f"{self.pack.document.number} {clause}")
        return Condition(entry.label or entry.expr, clause, parse_condition(source, scope))

    def _implied(self, result: Node | None) -> list[Condition]:
        """Return the conditions that windows, frequency, term and outcomes stand for."""
        implied = [*self._windows(), *self._frequency()]
        if self.rule.outcomes and isinstance(result, Choose):
            any_holds = Logic("or", tuple(test for test, _ in result.branches))
            implied.append(Condition("有一项结论成立", self.rule.clause[0], any_holds, demanded=False))
        return implied

    def _windows(self) -> list[Condition]:
        force = self.pack.document.in_force
        spans: list[tuple[str, date | None, date | None, str]] = [
            ("文件施行期间", force.since, force.until, force.clause)
        ]
        if self.rule.valid:
            spans.append(
                ("规则有效期间", self.rule.valid.since, self.rule.valid.until, self.rule.valid.clause)
            )
        return [
            Condition(label, clause, _window(since, until), demanded=number > 0)
            for number, (label, since, until, clause) in enumerate(spans)
            if since or until
        ]

    def _frequency(self) -> list[Condition]:
        built = []
        clause = self.rule.clause[0]
        kind: LedgerKind | None = {"一次性": "累计已付", "每年一次": "本年已付"}.get(self.rule.frequency)  # type: ignore[assignment]
        if kind and self.rule.top_up == "false":
            paid = self._ledger(kind)
            label = "从未享受过本项" if kind == "累计已付" else "本年未享受过本项"
            built.append(Condition(label, clause, Compare("=", paid, ZERO_MONEY)))
        if self.rule.term:
            years = self._ledger("已享年数")
            spent = Op("*", (years, Const(Fraction(12), NumberType(MONTHS))), NumberType(MONTHS))
            built.append(
                Condition(
                    "未超过最长年限",
                    clause,
                    Compare("<", spent, self._named(self.rule.term, NumberType(MONTHS))),
                )
            )
        return built

    def _ledger(self, kind: LedgerKind) -> FactRef:
        """Return what was paid under this rule to the subject (or the one item) itself."""
        fact = self.builder.ledger_fact(self.name, kind, (self.id,), self.rule.subject)
        return FactRef(fact.name, fact.scale.type)

    def _named(self, name: str, kind: Type) -> Node:
        node = self.parameters.get(name)
        if node is None or node.type != kind:
            raise EdictError(
                Diagnostic(
                    "R122",
                    f"“{name}”应当是 parameters 中的{kind}。",
                    "先在 parameters 中写明，再按名引用。",
                    self.place(),
                )
            )
        return node

    # -- result ----------------------------------------------------------------------------------------------------

    def _result(self) -> tuple[Node | None, tuple[Limit, ...], Node | None, ResultKind]:
        if self.rule.amount:
            base = parse(self.source(self.rule.amount, "amount"), self.scope())
            if base.type != NumberType(MONEY):
                raise EdictError(
                    Diagnostic(
                        "R113",
                        f"金额必须以元计，这里得到{base.type}。",
                        "检查各参数和事实的单位；例如 件数（件）要乘以 元/件。",
                        self.place("amount"),
                    )
                )
            limits = self._limits()
            final: Node = base
            if self.rule.top_up == "true":
                paid = self._ledger("累计已付")
                final = Op("greatest", (Op("-", (base, paid), base.type), ZERO_MONEY), base.type)
            if limits:
                final = Op("least", (final, *(each.tree for each in limits)), base.type)
            return base, limits, final, "money"
        if self.rule.value:
            value = parse(self.source(self.rule.value, "value"), self.scope())
            kind: ResultKind = "category" if isinstance(value.type, EnumType) else "number"
            if isinstance(value.type, BoolType) or value.type == DATE:
                raise EdictError(
                    Diagnostic(
                        "R113",
                        f"value 必须是数量或类别，这里是{value.type}。",
                        "是非判定只写 when。",
                        self.place("value"),
                    )
                )
            return value, (), value, kind
        if self.rule.outcomes:
            chosen = self._outcomes()
            return chosen, (), chosen, "category"
        return None, (), None, "none"

    def _outcomes(self) -> Choose:
        scope = self.scope()
        kind = EnumType(tuple(each.value for each in self.rule.outcomes))
        branches: list[tuple[Node, Node]] = []
        for number, outcome in enumerate(self.rule.outcomes):
            tests = tuple(
                self.condition(each, scope, "outcomes", number, "when", n).tree
                for n, each in enumerate(outcome.when)
            )
            branches.append(
                (tests[0] if len(tests) == 1 else Logic("and", tests), Const(outcome.value, kind))
            )
        return Choose(tuple(branches), None, kind)

    def _limits(self) -> tuple[Limit, ...]:
        limits = []
        for cap in self.rule.caps:
            if cap.per and cap.per != self.rule.subject:
                continue
            at = self._limit(cap.at)
            tree: Node = at
            if cap.period:
                left = Op("-", (at, self._ledger(_PERIOD[cap.period])), at.type)
                tree = Op("greatest", (left, ZERO_MONEY), at.type)
            limits.append(Limit(cap.at, tree))
        return tuple(limits)

    def _limit(self, name: str) -> Node:
        """Return what a cap names: a parameter, a table, or a money fact."""
        node = self.scope().resolve(name, self.source(name, "cap"), 0)
        if node.type != NumberType(MONEY):
            raise EdictError(
                Diagnostic(
                    "R122",
                    f"上限“{name}”应当以元计，这里是{node.type}。",
                    "引用金额参数、表或金额事实。",
                    self.place("cap"),
                )
            )
        return node

    def _parent_caps(self) -> tuple[ParentCap, ...]:
        caps = []
        for cap in self.rule.caps:
            if cap.per and cap.per != self.rule.subject:
                fen = _fen(self._named(cap.at, NumberType(MONEY)))
                ledger = ""
                if cap.period:
                    ledger = self.builder.ledger_fact(
                        f"{self.name}各项", _PERIOD[cap.period], (self.id,), cap.per
                    ).name
                caps.append(ParentCap(cap.at, fen, ledger))
        return tuple(caps)

    def _attestations(self) -> tuple[Attestation, ...]:
        built = [Attestation(name, office) for each in self.rule.attest for name, office in each.items()]
        for each in built:
            self.builder.scales[each.name] = ATTEST_SCALE
            self.builder.owners[each.name] = self.rule.subject
        return tuple(built)

    def _funding(self) -> tuple[tuple[str, Fraction], ...]:
        return tuple((level, parameter_value(share).value) for level, share in self.rule.funding.items())  # type: ignore[union-attr]

    def _prove(
        self,
        conditions: list[Condition],
        result: tuple[Node | None, tuple[Limit, ...], Node | None, ResultKind],
    ) -> None:
        """Lower everything once, so that what cannot be exact is refused when the pack is loaded."""
        lowering = Lowering(self.builder.scales)
        try:
            for each in conditions:
                lowering.condition(each.tree)
            if result[2] is not None and result[3] != "category":
                lowering.amount(result[2], 100 if result[3] == "money" else VALUE_PER)
        except LoweringError as fault:
            raise EdictError(
                Diagnostic("R114", str(fault), "", self.place(), clause="、".join(self.rule.clause))
            ) from fault


class _LazyScope(Scope):
    """A scope that builds a decision of the same pack when its name is first used."""

    def __init__(self, names: dict[str, Node], owner: RuleBuilder) -> None:
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "_owner", owner)

    def resolve(self, name: str, source: Source, at: int) -> Node:
        owner: RuleBuilder = self._owner  # type: ignore[attr-defined]
        entry = owner.pack.rules.get(name)
        if name not in self.names and entry is not None and entry.kind == "decision" and name != owner.name:
            if entry.subject not in owner.builder.lineage(owner.rule.subject):
                raise source.fault(
                    "R115",
                    f"判定“{name}”的对象是{entry.subject}，不能用于{owner.rule.subject}。",
                    "检查 for。",
                    at,
                )
            return owner.decisions.node(name)
        fact = owner.builder.library.facts.get(name)
        if name not in self.names and fact is not None:
            raise source.fault(
                "R115",
                f"事实“{name}”属于{fact.of}，这条规则的对象是{owner.rule.subject}。",
                "检查事实的 of 与规则的 for。",
                at,
            )
        return super().resolve(name, source, at)


def _constant(value: Quantity | date, name: str = "") -> Const:
    from datetime import date as day

    if isinstance(value, day):
        return Const(day_number(value), DATE, name)
    return Const(value.value, NumberType(value.unit), name)


def _since(start: date) -> Node:
    return Compare(">=", AS_OF_REF, Const(day_number(start), DATE))


def _window(since: date | None, until: date | None) -> Node:
    tests: list[Node] = []
    if since:
        tests.append(_since(since))
    if until:
        tests.append(Compare("<=", AS_OF_REF, Const(day_number(until), DATE)))
    return tests[0] if len(tests) == 1 else Logic("and", tuple(tests))


def _fen(node: Node) -> int:
    if not isinstance(node, Const) or not isinstance(node.value, Fraction):
        raise EdictError(
            Diagnostic("R122", "合计的上限必须是一个固定的金额。", "按日期变化的上限请分成两条规则。")
        )
    return int(node.value * 100)


__all__ = ["NO_UNIT", "VALUE_PER", "Builder", "RuleBuilder", "build_plan", "day_number", "money"]
