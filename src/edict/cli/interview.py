"""The interview behind ``edict ask``: one question at a time, the dearest missing fact first.

Items (projects, patents, cases) are entered one after another: their own facts first, then whether there is another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from edict.cli.rule_printing import worth
from edict.core.diagnostic import Diagnostic, EdictError
from edict.core.quantity import format_money
from edict.rules.facts import FactError, Situation, store
from edict.rules.report import stake_data
from edict.rules.stakes import LEDGER, Stake, missing_facts
from edict.rules.status import Status
from edict.rules.tree import MONEY, BoolType, EnumType, NumberType

if TYPE_CHECKING:
    from datetime import date

    from edict.packs.load import Library
    from edict.rules.evaluate import Engine

UNKNOWN, BACK, STOP = {"？", "?"}, {"<", "《"}, {"q", "Q"}
YES, NO = "是", "否"
MORE = "还有"  # the question after an item, whether another follows


@dataclass(frozen=True, slots=True)
class Key:
    """What a question is about: a fact (or the ledger, or a kind of item) of the subject, or of one item."""

    name: str
    item: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what it is worth."""

    key: Key
    words: str
    choices: tuple[str, ...]
    hint: str = ""


class Interview:
    """Collects answers; every answer can be unknown, and taken back."""

    def __init__(self, engine: Engine, library: Library, subject: str, as_of: date) -> None:
        plan = engine.plan
        roots = [
            name
            for name, parent in plan.subjects.items()
            if not parent and (plan.of(name) or plan.items(name))
        ]
        if subject not in roots:
            raise EdictError(
                Diagnostic("F102", f"没有关于“{subject}”的规则。", f"可以问：{'、'.join(roots)}。")
            )
        self.engine = engine
        self.library = library
        self.subject = subject
        self.as_of = as_of
        self.answers: dict[Key, str] = {}  # in the order given; '' is unknown
        self._attested = {each.name for rule in plan.rules for each in rule.attestations}

    # -- what the answers say ----------------------------------------------------------------------------------------

    def _facts(self, item: str = "", number: int = 0) -> dict[str, Any]:
        scales = self.engine.plan.scales
        return {
            key.name: store(key.name, answer, scales[key.name])
            for key, answer in self.answers.items()
            if answer and (key.item, key.number) == (item, number) and self._is_fact(key.name)
        }

    def _count(self, item: str) -> int:
        """Return how many items of a kind were begun."""
        if self.answers.get(Key(item)) != YES:
            return 0
        return 1 + sum(
            key.name == MORE and key.item == item and answer == YES for key, answer in self.answers.items()
        )

    def situation(self) -> Situation:
        """Return what the answers say so far."""
        ledger = () if self.answers.get(Key(LEDGER)) == NO else None
        items = {
            item: [self._facts(item, number) for number in range(1, self._count(item) + 1)]
            for item in self.engine.plan.items(self.subject)
            if self.answers.get(Key(item))
        }
        return Situation(self.subject, self.as_of, self._facts(), items, ledger)

    # -- what to ask next --------------------------------------------------------------------------------------------

    def next_question(self) -> Question | None:
        """Return the dearest question not asked yet; an item begun is finished first. None when nothing is left."""
        for item in self.engine.plan.items(self.subject):
            number = self._count(item)
            if number and (question := self._about_item(item, number)):
                return question
        situation = self.situation()
        stakes = missing_facts(self.engine, situation, self.engine.evaluate(situation))
        best = next(
            (
                each
                for each in stakes
                if Key(each.fact) not in self.answers and each.fact not in self._attested
            ),
            None,
        )
        return None if best is None else self._question(Key(best.fact), best)

    def _about_item(self, item: str, number: int) -> Question | None:
        whole = self.situation()
        alone = Situation(item, self.as_of, {**whole.facts, **self._facts(item, number)}, {}, whole.ledger)
        for stake in missing_facts(self.engine, alone, self.engine.evaluate(alone)):
            key = Key(stake.fact, item, number)
            own = self.engine.plan.owners.get(stake.fact) == item
            if own and stake.fact not in self._attested and key not in self.answers:
                return self._question(key, stake)
        more = Key(MORE, item, number)
        return None if more in self.answers else Question(more, f"还有别的{item}吗？", (YES, NO))

    def _question(self, key: Key, stake: Stake) -> Question:
        where = f"（第 {key.number} 项{key.item}）" if key.item else ""
        value = worth(stake_data(stake))
        return Question(
            key,
            f"{self._words(key.name)}{where}（关系 {len(stake.rules)} 项，{value}）",
            self._choices(key.name),
            self._hint(key.name),
        )

    def _is_fact(self, name: str) -> bool:
        return name in self.engine.plan.scales

    def _words(self, name: str) -> str:
        if name == LEDGER:
            return "以前领取过这里列出的奖补吗？"
        if not self._is_fact(name):
            return f"有没有{name}？"
        fact = self.library.facts.get(name)
        return fact.ask if fact else f"{name}？"

    def _choices(self, name: str) -> tuple[str, ...]:
        kind = self.engine.plan.scales[name].type if self._is_fact(name) else BoolType()
        if isinstance(kind, EnumType):
            return kind.values
        return (YES, NO) if isinstance(kind, BoolType) else ()

    def _hint(self, name: str) -> str:
        kind = self.engine.plan.scales[name].type if self._is_fact(name) else None
        if isinstance(kind, NumberType):
            return f"写数字加单位，如 12{'万元' if kind.unit == MONEY else kind.unit or '%'}"
        return ""

    # -- the talk ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Ask until nothing is left, or the person stops."""
        while (question := self.next_question()) is not None:
            click.echo(f"\n{self._standing()}")
            if not self._ask(question):
                return

    def _standing(self) -> str:
        results = self.engine.evaluate(self.situation())
        fen = sum(
            each.amount
            for each in results
            if each.status is Status.YES and each.rule.kind == "money" and each.amount
        )
        waiting = sum(each.status is Status.UNKNOWN for each in results)
        return f"已答 {len(self.answers)} 题，可享 {format_money(fen)}，还有 {waiting} 项待定。"

    def _ask(self, question: Question) -> bool:
        """Ask one question until the answer fits; return False when the person stops."""
        click.echo(question.words)
        for number, choice in enumerate(question.choices, 1):
            click.echo(f"  {number}. {choice}")
        if question.hint:
            click.echo(f"  （{question.hint}）")
        while True:
            answer = str(
                click.prompt("答（？不知道，< 上一题，q 看结果）", default="？", show_default=False)
            ).strip()
            if answer in STOP:
                return False
            if answer in BACK:
                if self.answers:
                    self.answers.popitem()
                return True
            if answer in UNKNOWN:
                self.answers[question.key] = ""
                return True
            if self.accept(question, answer):
                return True

    def accept(self, question: Question, answer: str) -> bool:
        """Keep the answer and return True, or say what is wrong with it."""
        if answer.isdigit() and 1 <= int(answer) <= len(question.choices):
            answer = question.choices[int(answer) - 1]
        name = question.key.name
        if not self._is_fact(name):
            if answer not in question.choices:
                click.echo(f"请答 1 到 {len(question.choices)}。")
                return False
        else:
            try:
                store(name, answer, self.engine.plan.scales[name])
            except FactError as fault:
                click.echo(f"{fault}{fault.mend}")
                return False
        self.answers[question.key] = answer
        return True

    def as_yaml(self) -> str:
        """Return the answers as a facts file."""
        lines = [f"subject: {self.subject}", f"as_of: {self.as_of}"]
        own = [
            f"  {key.name}: {answer}"
            for key, answer in self.answers.items()
            if answer and not key.item and self._is_fact(key.name)
        ]
        for item in self.engine.plan.items(self.subject):
            if self.answers.get(Key(item)):
                own += self._item_lines(item)
        lines += ["facts:", *own] if own else ["facts: {}"]
        if self.answers.get(Key(LEDGER)) == NO:
            lines.append("ledger: []")
        return "\n".join(lines) + "\n"

    def _item_lines(self, item: str) -> list[str]:
        rows = []
        for number in range(1, self._count(item) + 1):
            facts = (
                f"{key.name}: {answer}"
                for key, answer in self.answers.items()
                if answer and (key.item, key.number) == (item, number) and key.name != MORE
            )
            rows.append(f"    - {{{', '.join(facts)}}}")
        return [f"  {item}:", *rows] if rows else [f"  {item}: []"]
