"""Caps, floors and marginal bands of one fact as a ladder of straight lines.

``least(fact × 3, cap)`` or a sum over bands is piecewise linear. Written as "from this value on, slope × fact + level" it
costs a column store one multiplication per row however many bands there are, and its numbers stay small.
"""

from __future__ import annotations

from dataclasses import dataclass

from edict.rules import ir
from edict.rules.strictness import walk


@dataclass(frozen=True, slots=True)
class Piece:
    """``slope * fact + level`` from ``start`` (inclusive) to the next piece."""

    start: int
    slope: int
    level: int


def straightened(node: ir.Node) -> ir.Node:
    """Return the same number as a ladder of lines where it is piecewise linear in one fact, else the node itself.

    >>> x = ir.Column("x", "int", 0, 1000)
    >>> straightened(ir.least(ir.mul(x, ir.Int(3)), ir.Int(300))).test
    Test(op='>=', a=Column(name='x', kind='int', lo=0, hi=1000), b=Int(value=101))
    """
    over, under = (node.a, node.b) if isinstance(node, ir.Calc) and node.op == "//" else (node, ir.Int(1))
    facts = {each for each in walk(over) if isinstance(each, ir.Column)}
    bends = any(isinstance(each, ir.Calc) and each.op in {"min", "max"} for each in walk(over))
    if len(facts) != 1 or not bends or not isinstance(under, ir.Int):
        return node
    fact = facts.pop()
    pieces = _pieces(over, fact)
    return _ladder(pieces, fact, under) if pieces else node


def _pieces(node: ir.Node, fact: ir.Column) -> list[Piece]:
    """Return the pieces of a node in ascending order, none when it is not piecewise linear."""
    match node:
        case ir.Column():
            return [Piece(fact.lo, 1, 0)]
        case ir.Int(value=value):
            return [Piece(fact.lo, 0, value)]
        case ir.Calc(op="*", a=a, b=ir.Int(value=factor)) | ir.Calc(op="*", a=ir.Int(value=factor), b=a):
            return _scaled(_pieces(a, fact), factor)
        case ir.Calc(op=op, a=a, b=b) if op in {"+", "-", "min", "max"}:
            one, other = _pieces(a, fact), _pieces(b, fact)
            if not one or not other:
                return []
            if op == "max":
                return _scaled(_lower(_scaled(one, -1), _scaled(other, -1), fact.hi), -1)
            if op == "min":
                return _lower(one, other, fact.hi)
            sign = 1 if op == "+" else -1
            return _merged(
                [
                    Piece(s, f.slope + sign * g.slope, f.level + sign * g.level)
                    for s, f, g in _common(one, other)
                ]
            )
        case _:
            return []


def _scaled(pieces: list[Piece], factor: int) -> list[Piece]:
    return [Piece(each.start, each.slope * factor, each.level * factor) for each in pieces]


def _common(one: list[Piece], other: list[Piece]) -> list[tuple[int, Piece, Piece]]:
    """Return (start, piece of one, piece of other) wherever either of them changes."""
    starts = sorted({each.start for each in (*one, *other)})
    return [(start, _at(one, start), _at(other, start)) for start in starts]


def _at(pieces: list[Piece], value: int) -> Piece:
    return next(each for each in reversed(pieces) if each.start <= value)


def _lower(one: list[Piece], other: list[Piece], last: int) -> list[Piece]:
    """Return the lower of two functions, split where their lines cross."""
    found = []
    shared = _common(one, other)
    ends = [start - 1 for start, _, _ in shared[1:]] + [last]
    for (start, f, g), end in zip(shared, ends, strict=True):
        at_start = (f.slope - g.slope) * start + f.level - g.level
        first, second = (f, g) if (at_start, f.slope - g.slope) <= (0, 0) else (g, f)
        found.append(Piece(start, first.slope, first.level))
        closing = first.slope - second.slope
        if closing > 0:
            last_below = (second.level - first.level) // closing
            if last_below < end:
                found.append(Piece(last_below + 1, second.slope, second.level))
    return _merged(found)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces without those that go on as the one before."""
    return [
        each
        for n, each in enumerate(pieces)
        if not n or (each.slope, each.level) != (pieces[n - 1].slope, pieces[n - 1].level)
    ]


def _ladder(pieces: list[Piece], fact: ir.Column, under: ir.Int) -> ir.Node:
    ends = [each.start - 1 for each in pieces[1:]] + [fact.hi]
    result: ir.Number | None = None
    for piece, end in zip(pieces, ends, strict=True):
        inside = ir.Column(fact.name, "int", piece.start, end)
        line = (
            ir.add(ir.mul(inside, ir.Int(piece.slope)), ir.Int(piece.level))
            if piece.slope
            else ir.Int(piece.level)
        )
        value = ir.floor_divide(line, under)
        result = (
            value if result is None else ir.choose(ir.Test(">=", fact, ir.Int(piece.start)), value, result)
        )
    assert result is not None  # noqa: S101 -- there is at least one piece
    return result
