"""Builds one rule: its names, conditions, amount and limits as checked trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.quantities import parameter_value
from edict.rules.constants import constant, fen, since
from edict.rules.grammar import Scope, parse, parse_condition
from edict.rules.implied import implied_conditions
from edict.rules.lower import Lowering, LoweringError
from edict.rules.plan import (
    PERIOD,
    VALUE_PER,
    Attestation,
    Condition,
    LedgerKind,
    Limit,
    ParentCap,
    PlanRule,
    ResultKind,
)
from edict.rules.source import Source
from edict.rules.tables import Tables
from edict.rules.tree import (
    DATE,
    MONEY,
    ZERO_MONEY,
    BoolType,
    Choose,
    Const,
    EnumType,
    FactRef,
    Logic,
    Node,
    NumberType,
    Op,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from edict.packs.load import Pack
    from edict.packs.model import Condition as ConditionEntry
    from edict.packs.model import Parameter, Rule
    from edict.rules.declarations import Declarations


@dataclass
class RuleBuilder:
    """Builds one rule."""

    shared: Declarations
    pack: Pack
    name: str
    rule: Rule
    decision: Callable[[str], Node]  # what the name of another decision of the pack means

    def __post_init__(self) -> None:
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
            conditions += implied_conditions(self, result[0][2])
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
        names = dict(self.shared.names(self.rule.subject))
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
        values = [(start, self._figure(text, place, name)) for start, text in dated]
        branches = tuple((since(start), value) for start, value in values)
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
        return constant(value, name)

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

    def ledger(self, kind: LedgerKind) -> FactRef:
        """Return what was paid under this rule to the subject (or the one item) itself."""
        fact = self.shared.ledger_fact(
            self.shared.payer(self.pack.id, self.name), kind, (self.id,), self.rule.subject
        )
        return FactRef(fact.name, fact.scale.type)

    def named(self, name: str, kind: Type) -> Node:
        """Return a parameter of this rule that must be of a certain kind.

        Raises:
            EdictError: there is no such parameter, or it is of another kind.
        """
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
                paid = self.ledger("累计已付")
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
                left = Op("-", (at, self.ledger(PERIOD[cap.period])), at.type)
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
                at = fen(self.named(cap.at, NumberType(MONEY)))
                ledger = ""
                if cap.period:
                    ledger = self.shared.ledger_fact(
                        f"{self.shared.payer(self.pack.id, self.name)}各项",
                        PERIOD[cap.period],
                        (self.id,),
                        cap.per,
                    ).name
                caps.append(ParentCap(cap.at, at, ledger))
        return tuple(caps)

    def _attestations(self) -> tuple[Attestation, ...]:
        built = [Attestation(name, office) for each in self.rule.attest for name, office in each.items()]
        for each in built:
            self.shared.attestation(each.name, self.rule.subject)
        return tuple(built)

    def _funding(self) -> tuple[tuple[str, Fraction], ...]:
        return tuple((level, parameter_value(share).value) for level, share in self.rule.funding.items())  # type: ignore[union-attr]

    def _prove(
        self,
        conditions: list[Condition],
        result: tuple[Node | None, tuple[Limit, ...], Node | None, ResultKind],
    ) -> None:
        """Lower everything once, so that what cannot be exact is refused when the pack is loaded."""
        lowering = Lowering(self.shared.scales)
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
            if entry.subject not in owner.shared.lineage(owner.rule.subject):
                raise source.fault(
                    "R115",
                    f"判定“{name}”的对象是{entry.subject}，不能用于{owner.rule.subject}。",
                    "检查 for。",
                    at,
                )
            return owner.decision(name)
        fact = owner.shared.library.facts.get(name)
        if name not in self.names and fact is not None:
            raise source.fault(
                "R115",
                f"事实“{name}”属于{fact.of}，这条规则的对象是{owner.rule.subject}。",
                "检查事实的 of 与规则的 for。",
                at,
            )
        return super().resolve(name, source, at)
