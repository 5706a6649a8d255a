"""Broken rules must be noticed: the packs' own examples and the figure check catch nearly every mutant."""

from __future__ import annotations

import pytest

from edict.packs.load import load_library, pack_root
from tests.contracts.mutation import KINDS, PAGE, Court, Mutant, Verdict, judge_all, mutants, page

LEAST_CAUGHT = 0.95


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return judge_all()


def test_nineteen_of_twenty_mutants_are_caught(verdicts: list[Verdict]) -> None:
    caught = sum(bool(each.by) for each in verdicts)
    assert caught >= LEAST_CAUGHT * len(verdicts), page(verdicts)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_mutant_occurs_and_is_caught_as_a_rule(verdicts: list[Verdict], kind: str) -> None:
    own = [each for each in verdicts if each.mutant.kind == kind]
    assert own
    assert sum(bool(each.by) for each in own) >= LEAST_CAUGHT * len(own), page(own)


def test_a_figure_no_clause_prints_is_always_caught(verdicts: list[Verdict]) -> None:
    own = [each for each in verdicts if each.mutant.kind == "other figure"]
    assert not [each.mutant for each in own if not each.by]


def test_the_list_of_survivors_is_current(verdicts: list[Verdict]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(verdicts), (
        "run: python -m tests.contracts.mutation --write"
    )


def test_an_unbroken_rule_is_not_accused() -> None:
    library = load_library(pack_root())
    pack = library.packs[0]
    court = Court(library, pack)
    name, rule = next(iter(pack.rules.items()))
    assert court.judge(Mutant(pack.id, name, "condition", "nothing", rule)).by == ""


def test_mutants_differ_from_the_rule_they_come_from() -> None:
    for pack in load_library(pack_root()).packs:
        assert pack.lock is not None
        for each in mutants(pack, pack.lock):
            assert each.entry != {**pack.rules, **pack.groups}[each.name], each
