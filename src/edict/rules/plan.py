"""Packs → plan: every rule as checked trees with its conditions, limits and ledger facts, ready for any back end.

The as-of date (``基准日``) is a fact like any other, so that one plan serves every date: windows of validity become
conditions, dated parameters become choices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from edict.rules.scale import FIRST_DAY, LAST_DAY, Scale
from edict.rules.tree import BOOL, DATE, MONEY, NO_UNIT, FactRef, Logic, Node, NumberType, fact_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from edict.packs.model import Rule

AS_OF = "基准日"
NO_OUTCOME = ""  # the known answer of a decision none of whose outcomes holds
VALUE_PER = 10**6  # a decided number is kept in millionths of its base unit
AS_OF_REF = FactRef(AS_OF, DATE)

# What a ledger fact counts: payments of a rule so far, within the year of the as-of date, years with a payment before it.
LedgerKind = Literal["累计已付", "本年已付", "已享年数"]
PERIOD: dict[str, LedgerKind] = {"年": "本年已付", "终身": "累计已付"}


@dataclass(frozen=True, slots=True)
class LedgerFact:
    """A fact that the ledger of payments answers: ``<owner><kind>``; ``rules`` are the rule ids whose payments count."""

    name: str
    kind: LedgerKind
    rules: tuple[str, ...]
    subject: str

    @property
    def scale(self) -> Scale:
        """Return how the fact is stored: money in 分, years as a plain count."""
        if self.kind == "已享年数":
            return Scale(NumberType(NO_UNIT), 1, 0, 1000)
        return Scale(NumberType(MONEY), 100, 0, 10**16)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its words, its clause, its tree; ``parts`` are the conditions inside an any/all.

    ``demanded`` says whether the examples of the rule must exercise it (those that every rule shares need not).
    """

    label: str
    clause: str
    tree: Node
    parts: tuple[Condition, ...] = ()
    joined: Literal["", "any", "all"] = ""
    demanded: bool = True


@dataclass(frozen=True, slots=True)
class Attestation:
    """A judgement that a named office must make; a bool fact that only the office can answer."""

    name: str
    office: str


@dataclass(frozen=True, slots=True)
class Limit:
    """An upper limit of one grant, as a tree; the smallest limit below the base amount is the one that bit."""

    label: str
    tree: Node


@dataclass(frozen=True, slots=True)
class ParentCap:
    """An upper limit of a rule's sum over the items of a parent; ``ledger`` holds what was already paid."""

    label: str
    fen: int
    ledger: str


ResultKind = Literal["money", "number", "category", "none"]


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule ready to run. ``result`` is the amount after limits, the decided value, or None."""

    id: str
    pack: str
    name: str
    subject: str
    rule: Rule
    conditions: tuple[Condition, ...]
    attestations: tuple[Attestation, ...]
    base: Node | None
    limits: tuple[Limit, ...]
    result: Node | None
    kind: ResultKind
    parent_caps: tuple[ParentCap, ...] = ()
    funding: tuple[tuple[str, Fraction], ...] = ()

    @property
    def clause(self) -> str:
        """Return the cited clauses as one string."""
        return "、".join(self.rule.clause)

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts this rule reads, the as-of date excepted, attestations included."""
        trees = (*(each.tree for each in self.conditions), self.result)
        names = (*fact_names(*trees), *(each.name for each in self.attestations))
        return tuple(dict.fromkeys(name for name in names if name != AS_OF))

    @property
    def holds(self) -> Node:
        """Return the conditions joined by Kleene ``and``."""
        return Logic("and", tuple(each.tree for each in self.conditions))


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """Rules of one subject that compete or share a limit.

    ``sides`` hold rule ids; the order settles ties. Without a limit the side with the larger sum is paid and the
    others are not; with one (``capped``) the single side is paid up to ``fen`` less what ``ledger`` says.
    """

    id: str
    name: str
    subject: str
    capped: bool
    sides: tuple[tuple[str, ...], ...]
    clause: str
    fen: int = 0
    ledger: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """Return all members."""
        return tuple(rule for side in self.sides for rule in side)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a back end needs: rules in order, groups, how each fact is stored, who belongs to whom."""

    rules: tuple[PlanRule, ...]
    groups: tuple[PlanGroup, ...]
    scales: Mapping[str, Scale]
    ledger: Mapping[str, LedgerFact]
    subjects: Mapping[str, str]  # subject -> its parent, '' for a root
    owners: Mapping[str, str]  # fact -> the subject it is about
    _by_id: dict[str, PlanRule] = field(default_factory=dict, repr=False, compare=False)
    _of: dict[str, tuple[PlanRule, ...]] = field(default_factory=dict, repr=False, compare=False)
    _ledger_of: dict[str, tuple[LedgerFact, ...]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index rules and ledger facts once; a plan is asked for them at every evaluation."""
        for each in self.rules:
            self._by_id[each.id] = each
            self._of[each.subject] = (*self._of.get(each.subject, ()), each)
        for fact in self.ledger.values():
            self._ledger_of[fact.subject] = (*self._ledger_of.get(fact.subject, ()), fact)

    def rule(self, rule_id: str) -> PlanRule:
        """Return the rule ``pack#name``; KeyError when there is none."""
        return self._by_id[rule_id]

    def of(self, subject: str) -> tuple[PlanRule, ...]:
        """Return the rules about one subject, items excluded."""
        return self._of.get(subject, ())

    def ledger_of(self, subject: str) -> tuple[LedgerFact, ...]:
        """Return the ledger facts about one subject."""
        return self._ledger_of.get(subject, ())

    def items(self, subject: str) -> tuple[str, ...]:
        """Return the item subjects that belong to ``subject`` and have rules."""
        return tuple(name for name, parent in self.subjects.items() if parent == subject and name in self._of)


def as_of_scale() -> Scale:
    """Return how the as-of date is stored."""
    return Scale(DATE, 1, FIRST_DAY, LAST_DAY)


ATTEST_SCALE = Scale(BOOL)
