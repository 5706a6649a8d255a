"""How far an amount can still go: no completion of the missing facts leaves the range."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.quantity import parse_unit
from edict.rules.functions import MONTHS
from edict.rules.grammar import Scope, parse
from edict.rules.interpret import interpret
from edict.rules.source import Source
from edict.rules.stakes import possible, reach
from edict.rules.tree import BOOL, DATE, MONEY, NO_UNIT, Const, EnumType, FactRef, NumberType

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.rules.town import Town

YUAN = NumberType(MONEY)
SCOPE = Scope(
    {
        **{name: FactRef(name, YUAN) for name in "甲乙丙"},
        "真": FactRef("真", BOOL),
        "级": FactRef("级", EnumType(("高", "低"))),
        "日": FactRef("日", DATE),
        "月": Const(Fraction(1), NumberType(MONTHS), "月"),
        "半": Const(Fraction(1, 2), NumberType(NO_UNIT), "半"),
        "百": Const(Fraction(100), YUAN, "百"),
        "每户": Const(Fraction(3), NumberType(parse_unit("元/户")), "每户"),
    }
)
SHAPES = [
    "least(甲 * 半, 百)",
    "greatest(甲 - 乙, 0)",
    "甲 + 乙 - 丙",
    "甲 / 乙 * 百",
    "百 / 乙 * 甲",
    "floor(甲 / 百) * 百",
    "case when 真 then 甲 when 级 = '高' then 百 else 乙 end",
    "case when 级 = '高' then 百 when 级 = '低' then 甲 end",
    "greatest(least(甲, 百), 乙)",
    "甲 * 乙 / 百",
    "full_months(日, 日) / 月 * 百 + 甲",
    "百",
]
NUMBERS = st.fractions(0, 1000, max_denominator=100)
WHOLE = st.fixed_dictionaries(
    {
        **dict.fromkeys("甲乙丙", NUMBERS),
        "真": st.booleans(),
        "级": st.sampled_from(["高", "低"]),
        "日": st.sampled_from([20200101, 20200229]),
    }
)


@given(st.sampled_from(SHAPES), WHOLE, st.sets(st.sampled_from(["甲", "乙", "丙", "真", "级", "日"])))
def test_no_completion_leaves_the_range(text: str, whole: dict[str, object], known: set[str]) -> None:
    tree = parse(Source(text), SCOPE)
    low, high = reach(tree, {name: whole[name] for name in known})  # type: ignore[misc]
    value = interpret(tree, whole)  # type: ignore[arg-type]
    if value is not None:
        assert low is None or low <= Fraction(value)
        assert high is None or Fraction(value) <= high


@pytest.mark.parametrize(
    ("text", "known", "span"),
    [
        ("least(甲 * 半, 百)", {}, (0, 100)),
        ("least(甲 * 半, 百)", {"甲": 50}, (25, 25)),
        ("greatest(百 - 乙, 0)", {}, (0, 100)),
        ("case when 真 then 甲 else 百 end", {"真": False}, (100, 100)),
        ("case when 真 then 甲 else 百 end", {}, (0, None)),
        ("甲", {}, (0, None)),
    ],
)
def test_what_is_known_narrows_the_range(
    text: str, known: dict[str, int], span: tuple[int, int | None]
) -> None:
    facts = {name: Fraction(value) if not isinstance(value, bool) else value for name, value in known.items()}
    assert reach(parse(Source(text), SCOPE), facts) == span


def test_the_most_a_rule_can_give_counts_the_cap_of_the_parent(town: Callable[..., Town]) -> None:
    head = "{clause: 一, kind: grant, class: 奖补, for: 项目, "
    built = town(
        f"封顶: {head}parameters: {{顶: 5元}}, amount: 投资额, cap: {{at: 顶, per: 企业}}}}\n"
        f"不封顶: {head}amount: 投资额}}\n"
        "权: {clause: 一, kind: grant, class: 权益, for: 项目, when: [已竣工], benefit: 优先}\n"
    )
    assert [possible(built.rule(name), {}) for name in ("封顶", "不封顶", "权")] == [500, None, 0]
    assert possible(built.rule("不封顶"), {"投资额": Fraction(7)}) == 700
