"""Integer form → SQL expressions. What differs between engines is a :class:`Dialect`; DuckDB's is here, Spark's comes beside it.

The text is written from the checked tree only. Widths follow from the ranges: a node that may leave 64 bits is
computed in 128. ``min``/``max`` and ``CASE`` are spelled so that null in is null out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.rules import ir
from edict.rules.strictness import columns, divisors, strict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST_64 = 2**63 - 1


def quote_double(name: str) -> str:
    """Return an identifier in double quotes.

    >>> quote_double("年产值")
    '"年产值"'
    """
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine spells identifiers, wide integers, integer division and category → integer (null for others)."""

    name: str
    quote: Callable[[str], str]
    wide: str
    narrow: str
    divide: Callable[[str, str], str]
    lookup: Callable[[str, Mapping[str, int]], str]


def _duckdb_lookup(source: str, values: Mapping[str, int]) -> str:
    """A function of one column: DuckDB computes it once per entry of a dictionary instead of once per row."""
    keys = ", ".join(text(each) for each in values)
    return f"[{', '.join(map(str, values.values()))}][LIST_POSITION([{keys}], {source})]"


DUCKDB = Dialect("duckdb", quote_double, "HUGEINT", "BIGINT", lambda a, b: f"({a} // {b})", _duckdb_lookup)


@dataclass(frozen=True, slots=True)
class SqlWriter:
    """Writes nodes for one dialect."""

    dialect: Dialect = DUCKDB

    def write(self, node: ir.Node) -> str:
        """Return the SQL of a node."""
        match node:
            case ir.Column(name=name):
                return self.dialect.quote(name)
            case ir.Int(value=value):
                return str(value)
            case ir.Str(value=value):
                return text(value)
            case ir.Null():
                return "NULL"
            case ir.Calc():
                return self._calc(node)
            case ir.Test(op=op, a=a, b=b):
                return f"({self.write(a)} {op} {self.write(b)})"
            case ir.Member(a=a, values=values):
                return f"({self.write(a)} IN ({', '.join(text(each) for each in values)}))"
            case ir.Connect(op=op, args=args):
                return "(" + f" {op.upper()} ".join(self.write(arg) for arg in args) + ")"
            case ir.Negate(a=a):
                return f"(NOT {self.write(a)})"
            case ir.If():
                return self._if(node)

    def _calc(self, node: ir.Calc) -> str:
        a, b = self.write(node.a), self.write(node.b)
        if node.op in {"min", "max"}:
            return _pick("<" if node.op == "min" else ">", node, a, b)
        if node.op == "//":
            divided = self.dialect.divide(a, b if isinstance(node.b, ir.Int) else f"NULLIF({b}, 0)")
            return (
                f"CAST({divided} AS {self.dialect.narrow})"
                if _is_wide(node.a) and not _is_wide(node)
                else divided
            )
        if _is_wide(node) and not _is_wide(node.a) and not _is_wide(node.b):
            a = f"CAST({a} AS {self.dialect.wide})"
        elif not _is_wide(node) and _is_literal(node.a) and _is_literal(node.b):
            a = f"CAST({a} AS {self.dialect.narrow})"
        return f"({a} {node.op} {b})"

    def _if(self, node: ir.If) -> str:
        if isinstance(node.b, ir.Null):
            return f"CASE WHEN {self.write(node.test)} THEN {self.write(node.a)} END"
        chain = _flat_chain(node)
        if chain is not None:
            keys, branches, last = chain
            guard = " OR ".join(f"{self.dialect.quote(key)} IS NULL" for key in keys)
            whens = " ".join(f"WHEN {self.write(test)} THEN {self.write(value)}" for test, value in branches)
            otherwise = "" if isinstance(last, ir.Null) else f" ELSE {self.write(last)}"
            return f"CASE WHEN {guard} THEN NULL {whens}{otherwise} END"
        test = self.write(node.test)
        return f"CASE WHEN {test} THEN {self.write(node.a)} WHEN NOT {test} THEN {self.write(node.b)} END"


def _flat_chain(node: ir.If) -> tuple[list[str], list[tuple[ir.Node, ir.Node]], ir.Node] | None:
    """Return a ladder of ``If`` whose tests are all null together as one CASE: its facts, branches and last value."""
    keys = sorted(set(columns(node.test)))
    branches: list[tuple[ir.Node, ir.Node]] = []
    rest: ir.Node = node
    while isinstance(rest, ir.If):
        if not strict(rest.test) or divisors(rest.test) or sorted(set(columns(rest.test))) != keys:
            return None
        branches.append((rest.test, rest.a))
        rest = rest.b
    return (keys, branches, rest) if keys else None


def _pick(sign: str, node: ir.Calc, a: str, b: str) -> str:
    if isinstance(node.b, ir.Int):
        return f"CASE WHEN {a} {'>' if sign == '<' else '<'} {b} THEN {b} ELSE {a} END"
    return f"CASE WHEN {a} {sign} {b} THEN {a} WHEN {a} IS NULL THEN NULL ELSE {b} END"


def _is_wide(node: ir.Node) -> bool:
    if isinstance(node, ir.Calc):
        return max(abs(node.lo), abs(node.hi)) > LARGEST_64 or (
            node.op != "//" and (_is_wide(node.a) or _is_wide(node.b))
        )
    if isinstance(node, ir.If):
        return _is_wide(node.a) or _is_wide(node.b)
    return isinstance(node, ir.Int) and abs(node.value) > LARGEST_64


def _is_literal(node: ir.Node) -> bool:
    """Return whether only literals give the value: engines take those for 32 bits, whatever the range says."""
    match node:
        case ir.Int() | ir.Null():
            return True
        case ir.Calc(a=a, b=b) | ir.If(a=a, b=b):
            return _is_literal(a) and _is_literal(b)
        case _:
            return False


def text(value: str) -> str:
    """Return a string literal.

    >>> text("甲'乙")
    "'甲''乙'"
    """
    return "'" + value.replace("'", "''") + "'"
