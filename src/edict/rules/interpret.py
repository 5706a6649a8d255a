"""The reference meaning of a tree: evaluates it directly with exact fractions, None for unknown.

Slow and plain on purpose. Explanations use it, the linter uses it to find which boundary an example touches, and the
conformance suite holds the compiled back ends against it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from edict.rules.tree import Choose, Compare, Const, DecisionRef, FactRef, IsIn, Logic, Node, Not, Op

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = Fraction | str | int | bool | None

_COMPARE = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def interpret(node: Node, facts: Mapping[str, Value]) -> Value:
    """Return the value of a tree: Fraction in base units, bool, category, ``yyyymmdd``, or None for unknown.

    >>> from edict.rules.tree import NO_UNIT, NumberType
    >>> one = Const(Fraction(1), NumberType(NO_UNIT))
    >>> interpret(Op("/", (one, FactRef("甲", one.type)), one.type), {"甲": Fraction(0)}) is None
    True
    """
    match node:
        case Const(value=value):
            return value
        case FactRef(name=name):
            return facts.get(name)
        case Op():
            return _arithmetic(node, facts)
        case Compare(op=op, left=left, right=right):
            one, other = interpret(left, facts), interpret(right, facts)
            return None if one is None or other is None else _COMPARE[op](one, other)
        case Logic():
            return _logic(node, facts)
        case Not(arg=arg):
            truth = interpret(arg, facts)
            return None if truth is None else not truth
        case IsIn(arg=arg, values=values):
            category = interpret(arg, facts)
            return None if category is None else category in values
        case Choose():
            return _choose(node, facts)
        case DecisionRef(node=inner):
            return interpret(inner, facts)


def _logic(node: Logic, facts: Mapping[str, Value]) -> Value:
    decisive = node.op == "or"
    values = [interpret(arg, facts) for arg in node.args]
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _choose(node: Choose, facts: Mapping[str, Value]) -> Value:
    for condition, value in node.branches:
        holds = interpret(condition, facts)
        if holds is None:
            return None
        if holds:
            return interpret(value, facts)
    return None if node.otherwise is None else interpret(node.otherwise, facts)


def _arithmetic(node: Op, facts: Mapping[str, Value]) -> Value:
    args = [interpret(arg, facts) for arg in node.args]
    if None in args:
        return None
    if node.op in _DATES:
        return _DATES[node.op](*(int(arg) for arg in args if arg is not None))
    numbers = [Fraction(arg) for arg in args if arg is not None]
    match node.op:
        case "+":
            return numbers[0] + numbers[1]
        case "-":
            return numbers[0] - numbers[1]
        case "*":
            return numbers[0] * numbers[1]
        case "/":
            return numbers[0] / numbers[1] if numbers[1] else None
        case "least":
            return min(numbers)
        case "greatest":
            return max(numbers)
        case _:
            return Fraction(numbers[0].__floor__())


def _split(day: int) -> tuple[int, int, int]:
    return day // 10000, day // 100 % 100, day % 100


def _full_months(start: int, end: int) -> Fraction:
    (year, month, day), (to_year, to_month, to_day) = _split(start), _split(end)
    months = (to_year - year) * 12 + to_month - month - (to_day < day)
    return Fraction(max(months, 0))


_DATES: dict[str, Callable[..., Fraction | int]] = {
    "full_months": _full_months,
    "full_years": lambda start, end: Fraction(_full_months(start, end) // 12),
    "year_start": lambda day: day // 10000 * 10000 + 101,
}


def round_money(value: Fraction) -> int:
    """Return an amount of 元 as 分, half up.

    >>> round_money(Fraction("1.005")), round_money(Fraction("1.0049"))
    (101, 100)
    """
    return (value * 100 + Fraction(1, 2)).__floor__()
