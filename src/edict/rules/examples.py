"""Runs a pack's worked examples and says which do not come out as written."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from edict.core.diagnostic import Diagnostic, EdictError
from edict.core.quantity import Quantity, QuantityError, format_money, format_quantity, parse_quantity
from edict.rules.facts import UNKNOWN_WORDS, Situation, read_situation
from edict.rules.plan import VALUE_PER
from edict.rules.status import BY_LABEL, Status
from edict.rules.tree import MONEY, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edict.packs.load import Pack
    from edict.packs.model import Case, Examples
    from edict.rules.evaluate import Engine, Result
    from edict.rules.plan import Plan, PlanRule


@dataclass(frozen=True, slots=True)
class Run:
    """One example that was run: where it stands, the situation, what came out, what is wrong with it."""

    owner: str
    case: Case
    situation: Situation
    results: Mapping[str, Result]
    faults: tuple[Diagnostic, ...]


def run_examples(engine: Engine, pack: Pack) -> Iterator[Run | Diagnostic]:
    """Yield each example of the pack as a run, or the diagnostic that kept it from running."""
    runner = Runner(engine, pack)
    for owner, examples in pack.examples.items():
        for number, case in enumerate(examples.cases):
            try:
                yield runner.run(owner, examples, number, case)
            except EdictError as fault:
                yield from fault.diagnostics


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs examples of one pack on one engine."""

    engine: Engine
    pack: Pack

    def run(self, owner: str, examples: Examples, number: int, case: Case) -> Run:
        """Return the run of one case.

        Raises:
            EdictError: the example names unknown rules or facts, or holds values that cannot be read.
        """
        place = self.pack.place("examples.yml", owner, "cases", number)
        expected = case.expect if isinstance(case.expect, dict) else {owner: case.expect}
        plan = self.engine.plan
        rules = {name: self._rule(name, place) for name in expected}
        facts = {**examples.given, **case.change}
        subject = self._subject(plan, next(iter(rules.values())), facts)
        as_of = case.as_of or examples.as_of or self.pack.document.in_force.since
        ledger = case.ledger if case.ledger is not None else examples.ledger
        known = self._known(plan, subject, facts)
        raw = {"subject": subject, "as_of": as_of, "facts": known, "ledger": self._paid(ledger)}
        situation = read_situation(plan, raw, place)
        late = [each.day for each in situation.ledger or () if each.day > situation.as_of]
        if late:
            raise EdictError(
                Diagnostic(
                    "R132",
                    f"例子“{case.name}”的已付记录（{late[0]}）晚于基准日（{situation.as_of}），不会计入。",
                    "把付款日期写在基准日之前，或给例子写更晚的 as_of。",
                    place,
                )
            )
        results = {each.rule.id: each for each in self.engine.evaluate(situation)}
        faults = tuple(
            fault
            for name, rule in rules.items()
            if (fault := self._compare(rule, results[rule.id], str(expected[name]), place, case.name))
        )
        return Run(owner, case, situation, results, faults)

    def _rule(self, name: str, place: Any) -> PlanRule:
        rule_id = name if "#" in name else f"{self.pack.id}#{name}"
        try:
            return self.engine.plan.rule(rule_id)
        except KeyError:
            raise EdictError(
                Diagnostic(
                    "R130", f"例子所说的规则“{name}”不存在或有错。", "检查规则名；有错的规则先改规则。", place
                )
            ) from None

    def _paid(self, ledger: object) -> object:
        """Return the ledger with this pack's rules by their ids: another pack may use the same name."""
        if not isinstance(ledger, tuple):
            return ledger or ()
        return tuple(
            {**row, "rule": f"{self.pack.id}#{row['rule']}"} if row.get("rule") in self.pack.rules else row
            for row in ledger
        )

    @staticmethod
    def _known(plan: Plan, subject: str, facts: Mapping[str, object]) -> dict[str, object]:
        """Drop what is 未知, and beside a list of items the flat facts of one item."""
        lists = {
            name
            for name, value in facts.items()
            if isinstance(value, tuple) and plan.subjects.get(name) == subject
        }
        return {
            name: value
            for name, value in facts.items()
            if not (isinstance(value, str) and value in UNKNOWN_WORDS) and plan.owners.get(name) not in lists
        }

    @staticmethod
    def _subject(plan: Plan, rule: PlanRule, facts: Mapping[str, object]) -> str:
        """An item rule is run on its parent when the facts list items, else on the one item."""
        return (
            plan.subjects.get(rule.subject, "")
            if isinstance(facts.get(rule.subject), tuple)
            else rule.subject
        )

    def _compare(
        self, rule: PlanRule, result: Result, expected: str, place: Any, name: str
    ) -> Diagnostic | None:
        got = outcome_text(result)
        if same_outcome(result, expected):
            return None
        detail = f"规则“{rule.name}”：例子“{name}”应为 {expected}，算出 {got}{'（' + result.note + '）' if result.note else ''}。"
        return Diagnostic(
            "R131", detail, self._why(result), place, clause=f"{self.pack.document.number} {rule.clause}"
        )

    @staticmethod
    def _why(result: Result) -> str:
        words = {False: "不成立", None: "未知"}
        verdicts = list(zip(result.rule.conditions, result.verdicts, strict=False))
        open_conditions = [
            f"{condition.label}：{words[verdict]}" for condition, verdict in verdicts if verdict is not True
        ]
        return "；".join(open_conditions) + "。" if open_conditions else "先对照条款检查例子，再检查规则。"


def outcome_text(result: Result) -> str:
    """Return the outcome in the words examples use: an amount, a value, or a status."""
    if result.status is not Status.YES or result.amount is None:
        return result.status.label
    if result.rule.kind == "money":
        return format_money(result.amount)
    if result.rule.kind == "number":
        return value_text(result.rule, result.amount)
    return str(result.amount)


def value_text(rule: PlanRule, amount: int) -> str:
    """Return a decided number with its unit."""
    assert rule.result is not None  # noqa: S101 -- kind number has a result
    kind = rule.result.type
    assert isinstance(kind, NumberType)  # noqa: S101 -- kind number
    return format_quantity(Quantity(Fraction(amount, VALUE_PER), kind.unit))


def same_outcome(result: Result, expected: str) -> bool:
    """Return whether a result is what an example's ``expect`` says; an amount means 符合."""
    if expected in BY_LABEL:
        return result.status is BY_LABEL[expected]
    if result.status is not Status.YES:
        return False
    if result.rule.kind == "category":
        return bool(result.amount == expected)
    try:
        quantity = parse_quantity(expected)
    except QuantityError:
        return False
    if result.rule.kind == "money":
        return quantity.unit == MONEY and quantity.value * 100 == result.amount
    kind = result.rule.result.type if result.rule.result is not None else None
    return (
        isinstance(kind, NumberType)
        and kind.unit == quantity.unit
        and quantity.value * VALUE_PER == result.amount
    )


def runs_by_rule(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Return the runs under every rule id they give a result for."""
    grouped: dict[str, list[Run]] = {}
    for run in runs:
        for rule_id in run.results:
            grouped.setdefault(rule_id, []).append(run)
    return grouped
