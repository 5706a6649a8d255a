"""Three-valued conditions as pairs of plain booleans: is it certainly true, can it still be true.

Kleene logic over nullable columns is what a column store is slowest at. So each fact is first laid out without nulls
(:func:`layout`), and a condition becomes two ordinary expressions over those columns; no null is left in either. The
few forms that have no such pair are computed with nulls as before and then closed with COALESCE.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from edict.rules import ir
from edict.rules.plan import AS_OF
from edict.rules.sql import SqlWriter
from edict.rules.strictness import columns, divisors, strict, walk
from edict.rules.tree import BoolType, EnumType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edict.rules.scale import Scale
    from edict.rules.sql import Dialect

VALUE, ABSENT, TRUE, OPEN, BIT = "·值", "·缺", "·真", "·可", "·位"  # no fact's name may hold a ·
_MOST_BITS = 62
_OPERATORS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two SQL booleans that are never null: ``certain`` (the condition is true) and ``possible`` (it is not false)."""

    certain: str
    possible: str


def layout(name: str, scale: Scale, dialect: Dialect) -> Iterator[str]:
    """Yield the columns without nulls that stand for a fact in :class:`PairWriter` expressions.

    A number has its value (a stand-in where unknown), a bool its certain and its possible truth, a category one bit of
    an integer, the bit after the last one where unknown; ``·缺`` says where the fact is unknown.
    """
    source = dialect.quote(name)

    def column(expression: str, suffix: str) -> str:
        return f"{expression} AS {dialect.quote(name + suffix)}"

    yield column(f"({source} IS NULL)", ABSENT)
    match scale.type:
        case BoolType():
            yield column(f"COALESCE({source}, FALSE)", TRUE)
            yield column(f"COALESCE({source}, TRUE)", OPEN)
        case EnumType(values=values):
            if len(values) < _MOST_BITS:
                bits = dialect.lookup(source, {value: 1 << n for n, value in enumerate(values)})
                yield column(f"COALESCE({bits}, {1 << len(values)})", BIT)
        case _:
            yield column(f"COALESCE({source}, {_stand_in(scale)})", VALUE)


def _stand_in(scale: Scale) -> int:
    return max(scale.lo, 0)


@dataclass(frozen=True, slots=True)
class PairWriter(SqlWriter):
    """Writes nodes over the columns of :func:`layout`; :meth:`write` is right only where all facts read are known."""

    scales: Mapping[str, Scale] = field(default_factory=dict)

    def verdict(self, node: ir.Node) -> Verdict:
        """Return the pair of a condition."""
        match node:
            case ir.Column(name=name):
                return Verdict(self._fact(name, TRUE), self._fact(name, OPEN))
            case ir.Connect(op=op, args=args):
                pairs = [self.verdict(arg) for arg in args]
                return Verdict(
                    _joined(op, [each.certain for each in pairs]),
                    _joined(op, [each.possible for each in pairs]),
                )
            case ir.Negate(a=a):
                inner = self.verdict(a)
                return Verdict(f"(NOT {inner.possible})", f"(NOT {inner.certain})")
            case ir.Null():
                return Verdict("FALSE", "TRUE")
            case ir.If(test=test, a=a, b=b):
                return self._chosen(self.verdict(test), self.verdict(a), self.verdict(b))
            case ir.Test() | ir.Member() if (mask := self._mask(node)) is not None:
                return self._masked(*mask)
            case ir.Test() | ir.Member() if strict(node) and not divisors(node) and self._has_bits(node):
                return self._strict(node)
            case _:
                plain = SqlWriter(self.dialect).write(node)
                return Verdict(f"COALESCE({plain}, FALSE)", f"COALESCE({plain}, TRUE)")

    def known(self, name: str) -> str:
        """Return the test that a fact is known."""
        return f"NOT {self._fact(name, ABSENT)}"

    def can_write(self, node: ir.Node) -> bool:
        """Return whether :meth:`write` serves the node: known facts and divisors other than 0 leave no null in it."""
        return (
            _divided_always(node)
            and self._has_bits(node)
            and not any(isinstance(each, ir.Null) for each in walk(node))
        )

    def write(self, node: ir.Node) -> str:
        """Return the SQL of a node whose facts are all known."""
        match node:
            case ir.Column(name=name, kind=kind):
                return self._fact(name, {"bool": TRUE, "int": VALUE, "str": ""}[kind])
            case ir.Test() | ir.Member() if (mask := self._mask(node)) is not None:
                return self._masked(*mask).certain
            case ir.Calc(op="min" | "max", a=a, b=b):
                return self._pick("<" if node.op == "min" else ">", a, b)
            case ir.If():
                return self._ladder(node)
            case _:
                return SqlWriter.write(self, node)

    def _fact(self, name: str, suffix: str) -> str:
        return self.dialect.quote(name if name == AS_OF else name + suffix)

    def _pick(self, sign: str, a: ir.Node, b: ir.Node) -> str:
        """A CASE is the faster one, but doubles the text of its operands."""
        one, other = self.write(a), self.write(b)
        if isinstance(a, ir.Column) and isinstance(b, ir.Int):
            return f"CASE WHEN {one} {sign} {other} THEN {one} ELSE {other} END"
        return f"{'LEAST' if sign == '<' else 'GREATEST'}({one}, {other})"

    def _ladder(self, node: ir.If) -> str:
        whens, rest = [], node
        while isinstance(rest, ir.If):
            whens.append(f"WHEN {self.write(rest.test)} THEN {self.write(rest.a)}")
            rest = rest.b  # type: ignore[assignment]
        return f"CASE {' '.join(whens)} ELSE {self.write(rest)} END"

    def _mask(self, node: ir.Test | ir.Member) -> tuple[str, int] | None:
        """Return (fact, bits of the values that pass) of a test of one category against constants."""
        match node:
            case ir.Test(op="=" | "<>" as op, a=ir.Column(name=name, kind="str"), b=ir.Str(value=value)):
                passing = {value}
            case ir.Member(a=ir.Column(name=name), values=values):
                op, passing = "=", set(values)
            case _:
                return None
        kind = self.scales[name].type
        if not isinstance(kind, EnumType) or len(kind.values) >= _MOST_BITS:
            return None
        return name, sum(1 << n for n, value in enumerate(kind.values) if (value in passing) == (op == "="))

    def _masked(self, name: str, mask: int) -> Verdict:
        kind = self.scales[name].type
        assert isinstance(kind, EnumType)  # noqa: S101 -- checked by _mask
        bit = self._fact(name, BIT)
        certain = f"({bit} = {mask})" if mask.bit_count() == 1 else f"(({bit} & {mask}) <> 0)"
        return Verdict(certain, f"(({bit} & {mask | 1 << len(kind.values)}) <> 0)")

    def _strict(self, node: ir.Test | ir.Member) -> Verdict:
        """Null exactly where a fact is unknown; one side is free when the stand-in already decides it that way."""
        holds = self.write(node)
        facts = [name for name in columns(node) if name != AS_OF]
        absent = [self._fact(name, ABSENT) for name in facts]
        certain = " AND ".join([holds, *(f"NOT {each}" for each in absent)])
        possible = " OR ".join([holds, *absent])
        if (
            isinstance(node, ir.Test)
            and isinstance(node.a, ir.Column)
            and isinstance(node.b, ir.Int)
            and facts
        ):
            stand_in_passes = _OPERATORS[node.op](_stand_in(self.scales[node.a.name]), node.b.value)
            certain, possible = (certain, holds) if stand_in_passes else (holds, possible)
        return Verdict(f"({certain})", f"({possible})")

    def _has_bits(self, node: ir.Node) -> bool:
        """Return whether every category read is compared with constants only, which its bits can answer."""
        inside = [
            each
            for each in walk(node)
            if isinstance(each, ir.Test | ir.Member) and self._mask(each) is not None
        ]
        return sum(isinstance(each, ir.Column) and each.kind == "str" for each in walk(node)) == len(inside)

    @staticmethod
    def _chosen(test: Verdict, a: Verdict, b: Verdict) -> Verdict:
        return Verdict(
            f"(({test.certain} AND {a.certain}) OR (NOT {test.possible} AND {b.certain}))",
            f"((NOT {test.certain} OR {a.possible}) AND ({test.possible} OR {b.possible}))",
        )


def _divided_always(node: ir.Node) -> bool:
    """Return whether no division hides in a branch, where a divisor of 0 would count only if the branch is taken."""
    if isinstance(node, ir.Calc):
        return all(_divided_always(part) for part in ir.parts(node))
    return not divisors(node)


def _joined(op: str, parts: list[str]) -> str:
    return f"({f' {op.upper()} '.join(parts)})"


def conjuncts(node: ir.Node) -> Iterator[ir.Node]:
    """Yield the conditions that hold wherever the node does."""
    if isinstance(node, ir.Connect) and node.op == "and":
        for arg in node.args:
            yield from conjuncts(arg)
    else:
        yield node


def settled(node: ir.Node, given: frozenset[ir.Node]) -> ir.Node:
    """Return the node as it is where the ``given`` conditions hold: ladders lose a null end that cannot be reached."""
    match node:
        case ir.Calc(a=a, b=b):
            return replace(node, a=settled(a, given), b=settled(b, given))
        case ir.If(b=ir.Null()) if node.test in given:
            return settled(node.a, given)
        case ir.If(test=ir.Test(op="=", a=key, b=ir.Str(value=value)), a=a, b=b):
            left = frozenset(_without(each, key, value) for each in given)
            if isinstance(b, ir.Null) and any(
                isinstance(each, ir.Member) and each.a == key and not each.values for each in left
            ):
                return settled(a, given)
            return replace(node, a=settled(a, given), b=settled(b, left))
        case ir.If(a=a, b=b):
            return replace(node, a=settled(a, given), b=settled(b, given))
        case _:
            return node


def _without(given: ir.Node, key: ir.Node, value: str) -> ir.Node:
    """Return a given membership after one of its values was ruled out."""
    if isinstance(given, ir.Member) and given.a == key:
        return ir.Member(key, tuple(each for each in given.values if each != value))
    return given
