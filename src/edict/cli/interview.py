"""The interview behind ``edict ask``: one question at a time, the dearest missing fact first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from edict.core.diagnostic import Diagnostic, EdictError
from edict.core.quantity import format_money
from edict.rules.facts import FactError, Situation, store
from edict.rules.stakes import LEDGER, Stake, missing_facts
from edict.rules.status import Status
from edict.rules.tree import MONEY, BoolType, EnumType, NumberType

if TYPE_CHECKING:
    from datetime import date

    from edict.packs.load import Library
    from edict.rules.evaluate import Engine

UNKNOWN, BACK, STOP = {"？", "?"}, {"<", "《"}, {"q", "Q"}


class Interview:
    """Collects answers; every answer can be unknown, and taken back."""

    def __init__(self, engine: Engine, library: Library, subject: str, as_of: date) -> None:
        roots = [
            name
            for name, parent in engine.plan.subjects.items()
            if not parent and (engine.plan.of(name) or engine.plan.items(name))
        ]
        if subject not in roots:
            raise EdictError(
                Diagnostic("F102", f"没有关于“{subject}”的规则。", f"可以问：{'、'.join(roots)}。")
            )
        self.engine = engine
        self.library = library
        self.subject = subject
        self.as_of = as_of
        self.answers: dict[str, str] = {}  # in the order given; '' is unknown

    def situation(self) -> Situation:
        """Return what the answers say so far."""
        plan = self.engine.plan
        facts: dict[str, Any] = {}
        items: dict[str, list[dict[str, Any]]] = {}
        ledger = None
        for name, answer in self.answers.items():
            if name == LEDGER:
                ledger = () if answer == "否" else None
            elif plan.subjects.get(name) == self.subject:
                if answer == "否":
                    items[name] = []
            elif answer:
                facts[name] = store(name, answer, plan.scales[name])
        return Situation(self.subject, self.as_of, facts, items, ledger)

    def next_question(self) -> Stake | None:
        """Return the dearest fact that was not asked yet, None when nothing is left."""
        situation = self.situation()
        stakes = missing_facts(self.engine, situation, self.engine.evaluate(situation))
        attested = {each.name for rule in self.engine.plan.rules for each in rule.attestations}
        return next(
            (each for each in stakes if each.fact not in self.answers and each.fact not in attested), None
        )

    def run(self) -> None:
        """Ask until nothing is left, or the person stops."""
        while (stake := self.next_question()) is not None:
            click.echo(f"\n{self._standing()}")
            if not self._ask(stake):
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

    def _ask(self, stake: Stake) -> bool:
        """Ask one question until the answer fits; return False when the person stops."""
        choices = self.choices(stake.fact)
        click.echo(
            f"{self.words(stake.fact)}（关系 {len(stake.rules)} 项，最高 {format_money(stake.fen)}{'，有的不封顶' if stake.unlimited else ''}）"
        )
        for number, choice in enumerate(choices, 1):
            click.echo(f"  {number}. {choice}")
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
                self.answers[stake.fact] = ""
                return True
            if self._accept(stake.fact, answer, choices):
                return True

    def _accept(self, fact: str, answer: str, choices: tuple[str, ...]) -> bool:
        if answer.isdigit() and choices and 1 <= int(answer) <= len(choices):
            answer = choices[int(answer) - 1]
        if not self._is_fact(fact):
            if answer not in choices:
                click.echo(f"请答 1 到 {len(choices)}。")
                return False
        else:
            try:
                store(fact, answer, self.engine.plan.scales[fact])
            except FactError as fault:
                click.echo(f"{fault}{fault.mend}")
                return False
        self.answers[fact] = answer
        return True

    def _is_fact(self, name: str) -> bool:
        return name in self.engine.plan.scales and name != LEDGER

    def words(self, name: str) -> str:
        """Return the question for a fact, a kind of item, or the ledger."""
        if name == LEDGER:
            return "以前领取过这里列出的奖补吗？"
        if not self._is_fact(name):
            return f"有没有{name}？（有的话，逐项写进事实文件再用 edict match）"
        fact = self.library.facts.get(name)
        return fact.ask if fact else f"{name}？"

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the answers to choose from, empty when the answer is a quantity or date."""
        if not self._is_fact(name):
            return ("是", "否")
        kind = self.engine.plan.scales[name].type
        if isinstance(kind, EnumType):
            return kind.values
        if isinstance(kind, BoolType):
            return ("是", "否")
        if isinstance(kind, NumberType):
            click.echo(f"  （写数字加单位，如 12{'万元' if kind.unit == MONEY else kind.unit or '%'}）")
        return ()

    def as_yaml(self) -> str:
        """Return the answers as a facts file."""
        lines = [f"subject: {self.subject}", f"as_of: {self.as_of}"]
        facts = [name for name, answer in self.answers.items() if answer and self._is_fact(name)]
        lines.append("facts:" if facts else "facts: {}")
        lines += [f"  {name}: {self.answers[name]}" for name in facts]
        if self.answers.get(LEDGER) == "否":
            lines.append("ledger: []")
        return "\n".join(lines) + "\n"
