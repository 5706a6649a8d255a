"""Lowering: exact integers, ranges that hold, and refusal of what cannot be exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.rules import ir
from edict.rules.grammar import Scope, parse
from edict.rules.interpret import interpret, round_money
from edict.rules.lower import WIDEST, Lowering, LoweringError
from edict.rules.scale import Scale
from edict.rules.source import Source
from edict.rules.strictness import walk
from edict.rules.tree import BOOL, MONEY, NO_UNIT, Const, EnumType, FactRef, Node, NumberType

YUAN, PLAIN = NumberType(MONEY), NumberType(NO_UNIT)
SCALES = {
    "产值": Scale(YUAN, 100, 0, 10**16),
    "利润": Scale(YUAN, 100, -(10**16), 10**16),
    "率": Scale(PLAIN, 10**6, 0, 10**12),
    "个": Scale(PLAIN, 1, 0, 1000),
    "位": Scale(PLAIN, 1, 0, 1000),
}
SCOPE = Scope(
    {
        **{name: FactRef(name, scale.type) for name, scale in SCALES.items()},
        "真": FactRef("真", BOOL),
        "级": FactRef("级", EnumType(("甲", "乙"))),
        "比例": Const(Fraction(1, 3), PLAIN, "比例"),
        "上限": Const(Fraction(100), YUAN, "上限"),
        "天文": Const(Fraction(10**38), PLAIN, "天文"),
    }
)


def amount(text: str) -> ir.Number:
    return Lowering(SCALES).amount(parse(Source(text), SCOPE), 100)


def value(node: ir.Node, facts: dict[str, Any]) -> Any:
    """Evaluate the integer form directly, without either back end."""
    match node:
        case ir.Column(name=name):
            return facts[name]
        case ir.Int(value=number):
            return number
        case ir.Null():
            return None
        case ir.Calc(op=op, a=a, b=b):
            one, other = value(a, facts), value(b, facts)
            if one is None or other is None or (op == "//" and other == 0):
                return None
            return {
                "+": one + other,
                "-": one - other,
                "*": one * other,
                "min": min(one, other),
                "max": max(one, other),
            }.get(op, one // other if op == "//" else 0)
        case ir.Test(op=op, a=a, b=b):
            one, other = value(a, facts), value(b, facts)
            return {
                "<": one < other,
                "<=": one <= other,
                ">": one > other,
                ">=": one >= other,
                "=": one == other,
            }[op]
        case ir.If(test=test, a=a, b=b):
            return value(a if value(test, facts) else b, facts)
        case _:
            raise TypeError(node)


def test_an_amount_is_rounded_once_half_up() -> None:
    node = amount("产值 * 比例")
    assert [value(node, {"产值": fen}) for fen in (1, 2, 4, 5)] == [0, 1, 1, 2]


def test_a_fixed_amount_is_a_constant() -> None:
    assert amount("上限 * 比例") == ir.Int(3333)


def test_common_factors_are_taken_out_before_the_division() -> None:
    node = amount("产值 * (比例 / 比例)")
    assert node == ir.Column("产值", "int", 0, 10**16)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("利润", "负数"),
        ("产值 - 上限", "负数"),
        ("产值 / (利润 / 上限)", "除数可能是负数"),
        ("上限 / (1 - 1)", "除数总是 0"),
        ("上限 / (个 - 个)", "除数可能是负数"),
        ("上限 * floor(利润 / 上限)", "floor"),
        ("产值 * 产值 / 上限 * 产值 / 上限", "超出"),
        ("least(产值 * 天文, 上限)", "超出"),
        ("least(产值 / 天文 * 天文 * 天文, 上限)", "超出"),
    ],
)
def test_what_cannot_be_exact_is_refused(text: str, word: str) -> None:
    with pytest.raises(LoweringError, match=word) as caught:
        amount(text)
    assert str(caught.value).endswith("。")


def test_a_quotient_of_a_quotient_is_unknown_where_the_inner_divisor_is_zero() -> None:
    node = amount("产值 / (个 / 位)")
    assert value(node, {"产值": 500, "个": 2, "位": 0}) is None
    assert value(node, {"产值": 500, "个": 0, "位": 1}) is None
    assert value(node, {"产值": 500, "个": 2, "位": 1}) == 250


def test_conditions_numbers_and_categories_are_not_mixed_up() -> None:
    lowering = Lowering(SCALES)
    question, number = parse(Source("真 and 真"), SCOPE), parse(Source("产值 + 产值"), SCOPE)
    with pytest.raises(LoweringError, match="是非"):
        lowering.condition(number)
    with pytest.raises(LoweringError, match="数量"):
        lowering.number(question)
    with pytest.raises(LoweringError, match="类别"):
        lowering.category(number)


SHAPES = [
    "产值 * 率",
    "least(产值 * 比例, 上限)",
    "greatest(产值 - 上限, 0) * 比例 + 上限",
    "floor(产值 / 上限) * 上限",
    "产值 / 个",
    "case when 产值 > 上限 then 产值 * 比例 else 上限 end",
    "greatest(利润, 0)",
]


@given(
    st.sampled_from(SHAPES),
    st.integers(0, 10**16),
    st.integers(-(10**16), 10**16),
    st.integers(0, 10**12),
    st.integers(0, 1000),
)
def test_the_integer_form_is_the_exact_meaning_and_stays_in_its_range(
    text: str, output: int, profit: int, rate: int, count: int
) -> None:
    tree: Node = parse(Source(text), SCOPE)
    node = Lowering(SCALES).amount(tree, 100)
    stored = {"产值": output, "利润": profit, "率": rate, "个": count}
    exact = interpret(tree, {name: Fraction(number, SCALES[name].per) for name, number in stored.items()})
    got = value(node, stored)
    assert got == (None if exact is None else round_money(Fraction(exact)))
    assert got is None or node.lo <= got <= node.hi
    for each in walk(node):
        if isinstance(each, ir.Calc):
            assert max(abs(each.lo), abs(each.hi)) < WIDEST
            inside = value(each, stored)
            assert inside is None or each.lo <= inside <= each.hi
