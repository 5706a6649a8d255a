"""Trees and values in the words people read: expressions as their author wrote them, quantities with their units."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.quantity import Quantity, format_quantity
from edict.rules.tree import (
    BoolType,
    Choose,
    Compare,
    Const,
    DateType,
    DecisionRef,
    EnumType,
    FactRef,
    IsIn,
    Logic,
    Node,
    Not,
    NumberType,
    Op,
    Type,
)

if TYPE_CHECKING:
    from edict.rules.interpret import Value

_WORDS = {"+": "+", "-": "-", "*": "*", "/": "/"}


def describe(node: Node) -> str:
    """Return an expression as its author would write it.

    >>> from edict.rules.tree import MONEY, ZERO_MONEY
    >>> describe(Compare(">", FactRef("合理支出", NumberType(MONEY)), ZERO_MONEY))
    '合理支出 > 0元'
    """
    match node:
        case FactRef(name=name) | DecisionRef(name=name):
            return name
        case Const(name=name, value=value):
            return name or (f"'{value}'" if isinstance(value, str) else show(value, node.type))
        case Compare(op=op, left=left, right=right):
            return f"{describe(left)} {op} {describe(right)}"
        case Op(op="/", args=(above, below)):
            words = describe(below)
            return f"{_bracketed(above)} / {f'({words})' if _is_joined(below) else words}"
        case Op(op=op, args=args) if op in _WORDS:
            return f" {op} ".join(_bracketed(arg) for arg in args)
        case Op(op=op, args=args):
            return f"{op}({', '.join(map(describe, args))})"
        case Logic(op=op, args=args):
            return f" {op} ".join(
                f"({describe(arg)})" if isinstance(arg, Logic) else describe(arg) for arg in args
            )
        case Not(arg=arg):
            return f"not ({describe(arg)})" if isinstance(arg, Logic) else f"not {describe(arg)}"
        case IsIn(arg=arg, values=values):
            return f"{describe(arg)} in ({', '.join(repr(each) for each in values)})"
        case Choose(branches=branches):
            return " / ".join(describe(value) for _, value in branches)


def _is_joined(node: Node) -> bool:
    return isinstance(node, Op) and node.op in _WORDS


def _bracketed(node: Node) -> str:
    words = describe(node)
    return f"({words})" if isinstance(node, Op) and node.op in {"+", "-"} else words


def show(value: Value, kind: Type) -> str:
    """Return a value in the words people use: 1亿元, 2022-06-29, 是, 未知.

    >>> show(None, DateType()), show(True, BoolType()), show(20220629, DateType())
    ('未知', '是', '2022-06-29')
    """
    if value is None:
        return "未知"
    match kind:
        case BoolType():
            return "是" if value else "否"
        case NumberType(unit=unit):
            exact = Fraction(value)
            if not unit.dims and abs(exact) < 1 and exact.denominator > 1:
                return format_quantity(Quantity(exact, unit, ratio=True))
            return readable(exact, kind)
        case DateType():
            day = int(value)
            return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
        case EnumType():
            return str(value)


def readable(exact: Fraction, kind: NumberType) -> str:
    """Return a number with its unit; one that has no finite decimal is cut to six places and marked with 约."""
    denominator = exact.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator == 1:
        return format_quantity(Quantity(exact, kind.unit))
    rounded = Fraction(round(exact * 10**6), 10**6)
    return f"约{format_quantity(Quantity(rounded, kind.unit))}"
