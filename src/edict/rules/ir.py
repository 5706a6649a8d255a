"""The integer form of a tree, from which every back end emits its code.

Every number is an integer and every node knows the range its value can take, so that a back end chooses a wide
enough machine integer and nothing can overflow unseen. All nodes are strict (null in, null out) except ``All``,
``Any`` (Kleene logic) and ``If`` (null when its condition is). Division is only by non-negative integers, null on
zero, and only of non-negative ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A fact as stored: ``int`` (scaled), ``bool`` or ``str``; ``lo``/``hi`` bound integers."""

    name: str
    kind: Literal["int", "bool", "str"]
    lo: int = 0
    hi: int = 0


@dataclass(frozen=True, slots=True)
class Int:
    """A constant integer."""

    value: int

    @property
    def lo(self) -> int:
        """Return the value: a constant ranges over itself."""
        return self.value

    @property
    def hi(self) -> int:
        """Return the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Str:
    """A constant category."""

    value: str


@dataclass(frozen=True, slots=True)
class Null:
    """No value."""

    lo: int = 0
    hi: int = 0


@dataclass(frozen=True, slots=True)
class Calc:
    """``a op b`` on integers; ``//`` is the floor of non-negative by positive, null on zero."""

    op: Literal["+", "-", "*", "//", "min", "max"]
    a: Node
    b: Node
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of integers or categories."""

    op: Literal["=", "<>", "<", "<=", ">", ">="]
    a: Node
    b: Node


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a category is one of ``values``."""

    a: Node
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connect:
    """Kleene ``and`` / ``or``."""

    op: Literal["and", "or"]
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negate:
    """Kleene ``not``."""

    a: Node


@dataclass(frozen=True, slots=True)
class If:
    """``a`` when the condition is true, ``b`` when it is false, null when it is unknown."""

    test: Node
    a: Node
    b: Node
    lo: int = 0
    hi: int = 0


Node = Column | Int | Str | Null | Calc | Test | Member | Connect | Negate | If
Number = Column | Int | Null | Calc | If


def add(a: Number, b: Number) -> Number:
    """Return a + b, folded when constant."""
    if isinstance(a, Int) and isinstance(b, Int):
        return Int(a.value + b.value)
    if a == Int(0):
        return b
    if b == Int(0):
        return a
    return Calc("+", a, b, a.lo + b.lo, a.hi + b.hi)


def sub(a: Number, b: Number) -> Number:
    """Return a - b, folded when constant."""
    if isinstance(a, Int) and isinstance(b, Int):
        return Int(a.value - b.value)
    if b == Int(0):
        return a
    return Calc("-", a, b, a.lo - b.hi, a.hi - b.lo)


def mul(a: Number, b: Number) -> Number:
    """Return a * b, folded when constant."""
    if isinstance(a, Int) and isinstance(b, Int):
        return Int(a.value * b.value)
    if a == Int(1):
        return b
    if b == Int(1):
        return a
    corners = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return Calc("*", a, b, min(corners), max(corners))


def floor_divide(a: Number, b: Number) -> Number:
    """Return the floor of a / b.

    Raises:
        ValueError: ``a`` or ``b`` can be negative.
    """
    if a.lo < 0 or b.lo < 0:
        raise ValueError("negative operand")
    if b == Int(1):
        return a
    if isinstance(a, Int) and isinstance(b, Int):
        return Int(a.value // b.value) if b.value else Null()
    return Calc("//", a, b, a.lo // max(b.hi, 1), a.hi // max(b.lo, 1))


def least(a: Number, b: Number) -> Number:
    """Return the smaller of the two; one that can never win is dropped when it is constant."""
    if isinstance(a, Int) and isinstance(b, Int):
        return Int(min(a.value, b.value))
    return Calc("min", a, b, min(a.lo, b.lo), min(a.hi, b.hi))


def greatest(a: Number, b: Number) -> Number:
    """Return the greater of the two; ``max(x, 0)`` of a non-negative x is x."""
    if isinstance(a, Int) and isinstance(b, Int):
        return Int(max(a.value, b.value))
    if isinstance(b, Int) and a.lo >= b.value:
        return a
    return Calc("max", a, b, max(a.lo, b.lo), max(a.hi, b.hi))


def choose(test: Node, a: Node, b: Node) -> If:
    """Return ``a if test else b`` with the joint range."""
    ends = [(each.lo, each.hi) for each in (a, b) if isinstance(each, Column | Int | Calc | If)]
    return If(test, a, b, min((lo for lo, _ in ends), default=0), max((hi for _, hi in ends), default=0))


def parts(node: Node) -> tuple[Node, ...]:
    """Return the direct arguments."""
    match node:
        case Calc(a=a, b=b) | Test(a=a, b=b):
            return (a, b)
        case Member(a=a) | Negate(a=a):
            return (a,)
        case Connect(args=args):
            return args
        case If(test=test, a=a, b=b):
            return (test, a, b)
        case _:
            return ()
