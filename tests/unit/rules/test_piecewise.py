from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.rules import ir
from edict.rules.piecewise import straightened
from edict.rules.strictness import walk

if TYPE_CHECKING:
    from collections.abc import Callable

FACT = ir.Column("x", "int", 0, 200)
MEANING: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "min": min,
    "max": max,
}


def value(node: ir.Node, x: int) -> int:
    match node:
        case ir.Column():
            return x
        case ir.Int(value=constant):
            return constant
        case ir.Calc(op=op, a=a, b=b):
            return MEANING[op](value(a, x), value(b, x))
        case ir.If(test=ir.Test(op=">=", a=a, b=b), a=yes, b=no):
            return value(yes, x) if value(a, x) >= value(b, x) else value(no, x)
        case _:
            raise TypeError(node)


def _grown(smaller: st.SearchStrategy[ir.Node]) -> st.SearchStrategy[ir.Node]:
    two = st.tuples(smaller, smaller)
    makers = [ir.add, ir.sub, ir.least, ir.greatest]
    joined = [two.map(lambda pair, make=make: make(*pair)) for make in makers]
    scaled = st.tuples(smaller, st.integers(-4, 5)).map(lambda pair: ir.mul(pair[0], ir.Int(pair[1])))
    return st.one_of(*joined, scaled)


numbers = st.recursive(st.one_of(st.just(FACT), st.integers(-50, 200).map(ir.Int)), _grown, max_leaves=12)


@given(numbers, st.integers(1, 9), st.integers(0, 200))
def test_the_ladder_has_the_same_value_everywhere(number: ir.Number, under: int, x: int) -> None:
    node = ir.floor_divide(ir.add(ir.greatest(number, ir.Int(0)), ir.Int(under // 2)), ir.Int(under))
    straight = straightened(node)
    near = [each.value + step for each in walk(straight) if isinstance(each, ir.Int) for step in (-1, 0, 1)]
    for each in {x, 0, 200, *(point for point in near if 0 <= point <= 200)}:
        assert value(straight, each) == value(node, each)


def test_a_cap_bites_right_above_the_value_that_reaches_it() -> None:
    capped = straightened(ir.least(ir.mul(FACT, ir.Int(3)), ir.Int(300)))
    assert [value(capped, x) for x in (0, 99, 100, 101, 200)] == [0, 297, 300, 300, 300]
    assert not [each for each in walk(capped) if isinstance(each, ir.Calc) and each.op == "min"]


@pytest.mark.parametrize(
    "node",
    [
        ir.mul(FACT, ir.Int(3)),
        ir.least(ir.mul(FACT, FACT), ir.Int(9)),
        ir.least(FACT, ir.Column("y", "int", 0, 9)),
        ir.floor_divide(ir.least(FACT, ir.Int(9)), FACT),
        ir.least(ir.floor_divide(FACT, ir.Int(7)), ir.Int(9)),
        ir.Int(7),
    ],
)
def test_what_is_not_piecewise_linear_in_one_fact_stays_as_it_is(node: ir.Node) -> None:
    assert straightened(node) is node
