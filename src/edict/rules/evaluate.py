"""One applicant over all rules: statuses, amounts, every condition's verdict, sums over items, groups and shared caps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edict.rules.facts import ITEM_KEY, Payment, Situation, ledger_value, payments_for_item
from edict.rules.plan import AS_OF, Plan, PlanGroup, PlanRule
from edict.rules.python_backend import compile_subject
from edict.rules.status import STATUSES, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from edict.rules.python_backend import Raw


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule says about one subject.

    ``amount`` is in 分 for money, millionths of the base unit for a number, or the category; ``gross`` is the amount
    before groups and caps over items; ``note`` says which of them changed it. ``items`` holds the results of the items
    that were summed.
    """

    rule: PlanRule
    status: Status
    amount: Any
    verdicts: tuple[bool | None, ...] = ()
    gross: Any = None
    note: str = ""
    items: tuple[Result, ...] = ()


class Engine:
    """A plan with its compiled functions; one engine serves any number of situations."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._compiled: dict[str, Callable[[Mapping[str, Any]], list[Raw]]] = {}

    def function(self, subject: str) -> Callable[[Mapping[str, Any]], list[Raw]]:
        """Return the compiled function of a subject."""
        if subject not in self._compiled:
            self._compiled[subject] = compile_subject(self.plan, subject)
        return self._compiled[subject]

    @cached_property
    def _groups(self) -> dict[str, tuple[PlanGroup, ...]]:
        subjects = {group.subject for group in self.plan.groups}
        return {
            subject: tuple(each for each in self.plan.groups if each.subject == subject)
            for subject in subjects
        }

    def stored_facts(self, situation: Situation) -> dict[str, Any]:
        """Return the situation's facts with the as-of date and what its ledger answers."""
        day = situation.as_of
        facts = {**situation.facts, AS_OF: day.year * 10000 + day.month * 100 + day.day}
        if situation.ledger is not None:
            item = str(situation.facts.get(ITEM_KEY, ""))
            self._add_ledger(
                facts,
                payments_for_item(situation.ledger, item, alone=True),
                day,
                self._lineage(situation.subject),
            )
        return facts

    def item_facts(self, situation: Situation, item: str) -> list[dict[str, Any]]:
        """Return the facts of each item of one kind: the parent's, its own, and what the ledger says of it."""
        parent = self.stored_facts(situation)
        rows = situation.items.get(item, ())
        return [self._item(situation, parent, item, row, alone=len(rows) == 1) for row in rows]

    def _item(
        self,
        situation: Situation,
        parent: Mapping[str, Any],
        item: str,
        row: Mapping[str, Any],
        *,
        alone: bool,
    ) -> dict[str, Any]:
        facts = {**parent, **row}
        if situation.ledger is not None:
            wanted = {rule for fact in self.plan.ledger_of(item) for rule in fact.rules}
            concerned = [each for each in situation.ledger if each.rule in wanted]
            self._add_ledger(
                facts,
                payments_for_item(concerned, str(row.get(ITEM_KEY, "")), alone=alone),
                situation.as_of,
                (item,),
            )
        return facts

    def _add_ledger(
        self, facts: dict[str, Any], payments: Sequence[Payment] | None, day: date, subjects: Sequence[str]
    ) -> None:
        if payments is None:
            return
        for fact in (fact for subject in subjects for fact in self.plan.ledger_of(subject)):
            if facts.get(fact.name) is None:
                facts[fact.name] = ledger_value(fact, payments, day) if payments else 0

    def _lineage(self, subject: str) -> tuple[str, ...]:
        parent = self.plan.subjects.get(subject, "")
        return (subject, parent) if parent else (subject,)

    def evaluate(self, situation: Situation) -> tuple[Result, ...]:
        """Return the result of every rule about the subject and its items, in plan order."""
        facts = self.stored_facts(situation)
        results = self._one(situation.subject, facts)
        if self.plan.subjects.get(
            situation.subject
        ):  # one item on its own: its parent's caps see only this one
            results = [
                _cap_sum(each.rule, each, facts) if each.amount is not None else each for each in results
            ]
        for item in self.plan.items(situation.subject):
            results += self._over_items(
                item, facts, None if item not in situation.items else self.item_facts(situation, item)
            )
        return tuple(results)

    def _one(self, subject: str, facts: Mapping[str, Any]) -> list[Result]:
        raw = self.function(subject)(facts)
        results = [
            Result(rule, STATUSES[status], amount, verdicts, amount)
            for rule, (status, amount, verdicts) in zip(self.plan.of(subject), raw, strict=True)
        ]
        groups = self._groups.get(subject)
        return _apply_groups(groups, results, facts) if groups else results

    def _over_items(
        self, item: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] | None
    ) -> list[Result]:
        rules = self.plan.of(item)
        if rows is None:
            return [Result(rule, Status.UNKNOWN, None, note=f"没有列出{item}") for rule in rules]
        per_item = [self._one(item, row) for row in rows]
        return [fold_items(rule, [each[n] for each in per_item], facts) for n, rule in enumerate(rules)]


def fold_items(rule: PlanRule, items: Sequence[Result], facts: Mapping[str, Any]) -> Result:
    """Return the result of a rule over the items of a parent: a sum with an unknown part is unknown."""
    statuses = {each.status for each in items}
    for status in (Status.UNKNOWN, Status.ATTEST, Status.YES, Status.NO_BASIS):
        if status in statuses:
            break
    else:
        return Result(rule, Status.NO, None, items=tuple(items), note="" if items else f"没有{rule.subject}")
    if status is Status.UNKNOWN or rule.kind != "money":
        return Result(rule, status, None, items=tuple(items))
    gross = sum(each.amount for each in items if each.amount is not None)
    return _cap_sum(rule, Result(rule, status, gross, gross=gross, items=tuple(items)), facts)


def _cap_sum(rule: PlanRule, result: Result, facts: Mapping[str, Any]) -> Result:
    for cap in rule.parent_caps:
        paid = facts.get(cap.ledger) if cap.ledger else 0
        if paid is None:
            return replace(result, status=Status.UNKNOWN, amount=None, note=f"不知道{cap.ledger}")
        left = max(cap.fen - paid, 0)
        if result.amount > left:
            result = replace(result, amount=left, note=f"合计按“{cap.label}”封顶")
    return result


def _apply_groups(
    groups: Sequence[PlanGroup], results: list[Result], facts: Mapping[str, Any]
) -> list[Result]:
    by_id = {each.rule.id: each for each in results}
    for group in groups:
        changed = _cap_group(group, by_id, facts) if group.capped else _best_side(group, by_id)
        by_id.update(changed)
    return [by_id[each.rule.id] for each in results]


def _payable(result: Result) -> int:
    return int(result.amount) if result.status is Status.YES and result.amount is not None else 0


def _best_side(group: PlanGroup, by_id: Mapping[str, Result]) -> dict[str, Result]:
    sums = [sum(_payable(by_id[rule]) for rule in side) for side in group.sides]
    best = sums.index(max(sums))
    if not sums[best]:
        return {}
    winner = "、".join(by_id[rule].rule.name for rule in group.sides[best] if _payable(by_id[rule]))
    losers = [
        rule for n, side in enumerate(group.sides) if n != best for rule in side if _payable(by_id[rule])
    ]
    return {
        rule: replace(by_id[rule], amount=0, note=f"“{group.name}”就高不重复，已按“{winner}”给予")
        for rule in losers
    }


def _cap_group(group: PlanGroup, by_id: Mapping[str, Result], facts: Mapping[str, Any]) -> dict[str, Result]:
    paid = facts.get(group.ledger) if group.ledger else 0
    members = [by_id[rule] for rule in group.rules]
    if paid is None:
        return {
            each.rule.id: replace(each, status=Status.UNKNOWN, amount=None, note=f"不知道{group.ledger}")
            for each in members
            if each.status is Status.YES
        }
    left = max(group.fen - paid, 0)
    changed: dict[str, Result] = {}
    for each in members:
        due = _payable(each)
        if due > left:
            changed[each.rule.id] = replace(each, amount=left, note=f"“{group.name}”合计封顶")
        left -= min(due, left)
    return changed
