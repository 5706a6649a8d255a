"""The checked tree of an expression: every node has a type and, when it came from text, an offset into it.

Numbers are exact (:class:`fractions.Fraction`) in base units; money is counted in 元. Dates are the integer
``yyyymmdd`` so that every back end compares and subtracts them alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from edict.core.quantity import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_UNIT = Unit(())
MONEY = Unit((("元", 1),))


@dataclass(frozen=True, slots=True)
class BoolType:
    """True, false or unknown."""

    def __str__(self) -> str:
        return "是非"


@dataclass(frozen=True, slots=True)
class EnumType:
    """One of ``values``."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return "类别"


@dataclass(frozen=True, slots=True)
class NumberType:
    """An exact number of ``unit``."""

    unit: Unit

    def __str__(self) -> str:
        return f"数量（{self.unit}）" if self.unit.dims else "数量（无单位）"


@dataclass(frozen=True, slots=True)
class DateType:
    """A calendar day, held as ``yyyymmdd``."""

    def __str__(self) -> str:
        return "日期"


Type = BoolType | EnumType | NumberType | DateType
BOOL, DATE = BoolType(), DateType()


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of a fact; unknown when nobody has given it."""

    name: str
    type: Type
    at: int = -1


@dataclass(frozen=True, slots=True)
class Const:
    """A parameter (``name`` set) or a literal: Fraction, enum value or ``yyyymmdd``."""

    value: Fraction | str | int
    type: Type
    name: str = ""
    at: int = -1


NumberOp = Literal[
    "+", "-", "*", "/", "least", "greatest", "floor", "full_years", "full_months", "year_start"
]


@dataclass(frozen=True, slots=True)
class Op:
    """Arithmetic: unknown when any argument is; ``/`` is unknown when the divisor is zero."""

    op: NumberOp
    args: tuple[Node, ...]
    type: Type
    at: int = -1


CompareOp = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two numbers, dates or categories."""

    op: CompareOp
    left: Node
    right: Node
    at: int = -1
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Logic:
    """Kleene ``and`` / ``or``: a false (true) argument decides even when others are unknown."""

    op: Literal["and", "or"]
    args: tuple[Node, ...]
    at: int = -1
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene ``not``."""

    arg: Node
    at: int = -1
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class IsIn:
    """Whether a category is one of ``values``."""

    arg: Node
    values: tuple[str, ...]
    at: int = -1
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Choose:
    """The value of the first branch whose condition is true; unknown when a condition met before it is unknown.

    ``otherwise`` None means that no value exists when every condition is false.
    """

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None
    type: Type
    at: int = -1


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """The outcome of another decision of the same pack; it means what ``node`` means. ``id`` is ``pack#name``."""

    name: str
    node: Node
    type: Type
    id: str = ""
    at: int = -1


Node = FactRef | Const | Op | Compare | Logic | Not | IsIn | Choose | DecisionRef


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct arguments of a node, in reading order."""
    match node:
        case Op(args=args) | Logic(args=args):
            return args
        case Compare(left=left, right=right):
            return (left, right)
        case Not(arg=arg) | IsIn(arg=arg):
            return (arg,)
        case Choose(branches=branches, otherwise=otherwise):
            flat = tuple(part for branch in branches for part in branch)
            return (*flat, otherwise) if otherwise is not None else flat
        case DecisionRef(node=inner):
            return (inner,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def fact_names(*nodes: Node | None) -> tuple[str, ...]:
    """Return the facts that the nodes read, each once, in order of first use."""
    names = (
        each.name for node in nodes if node is not None for each in walk(node) if isinstance(each, FactRef)
    )
    return tuple(dict.fromkeys(names))


def money(fen: int) -> Const:
    """Return an amount of money given in 分 as a constant in 元."""
    return Const(Fraction(fen, 100), NumberType(MONEY))


ZERO_MONEY = money(0)
