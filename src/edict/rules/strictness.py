"""Which nodes are null exactly when one of their facts is null: both back ends write those without Kleene code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edict.rules import ir

if TYPE_CHECKING:
    from collections.abc import Iterator


def walk(node: ir.Node) -> Iterator[ir.Node]:
    """Yield the node and all below it."""
    yield node
    for part in ir.parts(node):
        yield from walk(part)


def columns(node: ir.Node) -> tuple[str, ...]:
    """Return the names of the facts that the node reads, each once."""
    return tuple(dict.fromkeys(each.name for each in walk(node) if isinstance(each, ir.Column)))


def divisors(node: ir.Node) -> tuple[ir.Node, ...]:
    """Return the non-constant divisors below the node: it is null where one of them is zero."""
    return tuple(
        each.b
        for each in walk(node)
        if isinstance(each, ir.Calc) and each.op == "//" and not isinstance(each.b, ir.Int)
    )


def strict(node: ir.Node) -> bool:
    """Return whether the node is null exactly when one of its facts is null or one of its divisors zero."""
    match node:
        case ir.Column() | ir.Int() | ir.Str():
            return True
        case ir.Calc() | ir.Test() | ir.Member() | ir.Negate():
            return all(strict(part) for part in ir.parts(node))
        case ir.Connect(args=args):
            # Kleene logic is strict when all its arguments read the same facts: they are null together.
            return (
                all(strict(arg) for arg in args)
                and len({frozenset(columns(arg)) for arg in args}) == 1
                and not divisors(node)
            )
        case ir.If(test=test, a=a, b=b):
            inside = set(columns(test))
            return (
                all(strict(part) for part in (test, a, b))
                and set(columns(a)) | set(columns(b)) <= inside
                and not divisors(node)
            )
        case _:
            return False


def nullable(node: ir.Node) -> bool:
    """Return whether the node can be null at all."""
    return any(isinstance(each, ir.Column | ir.Null) for each in walk(node))
