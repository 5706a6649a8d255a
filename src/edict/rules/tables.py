"""Tables of a rule as trees: a figure by category, by band, or summed over bands (marginal).

A table also yields the condition that the key stands in it, so that a subject outside the table fails with its own
verdict and distance instead of getting nothing without a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from edict.core.diagnostic import Diagnostic, EdictError
from edict.rules.grammar import parse
from edict.rules.plan import Condition
from edict.rules.tree import Choose, Compare, Const, EnumType, IsIn, Logic, Node, NumberType, Op, Type

if TYPE_CHECKING:
    from edict.packs.model import Band, Table
    from edict.rules.context import RuleContext


@dataclass(frozen=True, slots=True)
class Tables:
    """One table: what its name stands for in an expression, and the condition that an entry exists."""

    value: Node
    exists: Condition | None

    @classmethod
    def build(cls, name: str, table: Table, owner: RuleContext) -> Tables:
        """Return the table's trees.

        Raises:
            EdictError: the key is not an enum or a number, an entry is no quantity, or units differ.
        """
        clause = table.clause or owner.rule.clause[0]
        if table.by:
            return _by_category(name, table, owner, clause)
        return _by_band(name, table, owner, clause)


_Sign = Literal["<", "<=", ">", ">="]
_End = tuple[_Sign, Const] | None


def _fault(owner: RuleContext, name: str, message: str, hint: str) -> EdictError:
    return EdictError(Diagnostic("R116", f"表“{name}”：{message}", hint, owner.place("tables", name)))


def _by_category(name: str, table: Table, owner: RuleContext, clause: str) -> Tables:
    key = parse(owner.source(table.by, "tables", name, "by"), owner.scope())
    if not isinstance(key.type, EnumType):
        raise _fault(
            owner, name, f"by 必须是类别，“{table.by}”是{key.type}。", "按数量分档用 tiers 与 bands。"
        )
    strange = [value for value in table.values if value not in key.type.values]
    if strange:
        raise _fault(
            owner,
            name,
            f"“{'”“'.join(strange)}”不是“{table.by}”的取值。",
            f"可用的取值：{'、'.join(key.type.values)}。",
        )
    figures = {
        value: owner.figure(text, name, "tables", name, "values", value)
        for value, text in table.values.items()
    }
    kind = _one_unit(owner, name, list(figures.values()))
    branches = tuple((Compare("=", key, Const(value, key.type)), figure) for value, figure in figures.items())
    exists = None
    if set(table.values) != set(key.type.values):
        exists = Condition(f"{name}有对应档", clause, IsIn(key, tuple(table.values)))
    return Tables(Choose(branches, None, kind), exists)


def _by_band(name: str, table: Table, owner: RuleContext, clause: str) -> Tables:
    key = parse(owner.source(table.tiers, "tables", name, "tiers"), owner.scope())
    if not isinstance(key.type, NumberType):
        raise _fault(
            owner, name, f"tiers 必须是数量，“{table.tiers}”是{key.type}。", "按类别选取用 by 与 values。"
        )
    figures = [
        owner.figure(band.value, name, "tables", name, "bands", n) for n, band in enumerate(table.bands)
    ]
    ends = [_ends(owner, name, n, band, key.type) for n, band in enumerate(table.bands)]
    kind = _one_unit(owner, name, list(figures))
    reach = _reach(key, ends)
    if table.mode == "marginal":
        lowest = ends[0][0]
        exists = Condition(f"{name}达到起点", clause, Compare(lowest[0], key, lowest[1])) if lowest else None
        return Tables(_marginal(key, ends, figures), exists)
    # From the highest band down, so that a lower end alone decides where bands touch.
    tests = [_test(key, low, high if _gap_above(ends, n) else None) for n, (low, high) in enumerate(ends)]
    branches = tuple((test or _always(key), figure) for test, figure in zip(tests, figures, strict=True))
    exists = Condition(f"{name}有对应档", clause, reach) if reach is not None else None
    return Tables(Choose(tuple(reversed(branches)), None, kind), exists)


def _gap_above(ends: list[tuple[_End, _End]], number: int) -> bool:
    """Return whether values just above the band fall into no band."""
    high = ends[number][1]
    if high is None:
        return False
    following = ends[number + 1][0] if number + 1 < len(ends) else None
    return following is None or following[1].value > high[1].value or {high[0], following[0]} == {"<", ">"}  # type: ignore[operator]


def _reach(key: Node, ends: list[tuple[_End, _End]]) -> Node | None:
    """Return the condition that some band holds the key; None when every value has one."""
    stretches: list[Node] = []
    low = ends[0][0]
    for number, (_, high) in enumerate(ends):
        if _gap_above(ends, number):
            stretch = _test(key, low, high)
            if stretch is not None:
                stretches.append(stretch)
            low = ends[number + 1][0] if number + 1 < len(ends) else None
        elif number == len(ends) - 1:
            if low is None:
                return None
            stretches.append(Compare(low[0], key, low[1]))
    return stretches[0] if len(stretches) == 1 else Logic("or", tuple(stretches))


def _ends(owner: RuleContext, name: str, number: int, band: Band, kind: Type) -> tuple[_End, _End]:
    def end(pairs: tuple[tuple[_Sign, str, str], ...]) -> _End:
        for op, key, text in pairs:
            if text:
                figure = owner.figure(text, "", "tables", name, "bands", number, key)
                if figure.type != kind:
                    raise _fault(owner, name, f"档的界限“{text}”与分档的数量单位不同。", f"应当是{kind}。")
                return op, figure
        return None

    low = end(((">=", "from", band.since), (">", "above", band.above)))
    high = end((("<=", "to", band.to), ("<", "below", band.below)))
    return low, high


def _test(key: Node, low: _End, high: _End) -> Node | None:
    tests = tuple(Compare(end[0], key, end[1]) for end in (low, high) if end)
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else Logic("and", tests)


def _always(key: Node) -> Node:
    """True whenever the key is known."""
    return Compare("=", key, key)


def _marginal(key: Node, ends: list[tuple[_End, _End]], figures: list[Const]) -> Node:
    """Sum over the bands of (the part of the key inside the band) × (the band's figure)."""
    total: Node | None = None
    zero = Const(Fraction(0), key.type)
    for number, ((low, high), figure) in enumerate(zip(ends, figures, strict=True)):
        top: Node = Op("least", (key, high[1]), key.type) if high else key
        part: Node = top
        # The first band pays from zero: its lower end only says who enters.
        if low and number:
            part = Op("greatest", (Op("-", (top, low[1]), key.type), zero), key.type)
        share = Op("*", (part, figure), NumberType(key.type.unit * figure.type.unit))  # type: ignore[union-attr]
        total = share if total is None else Op("+", (total, share), share.type)
    assert total is not None  # noqa: S101 -- the model asks for at least one band
    return total


def _one_unit(owner: RuleContext, name: str, figures: list[Const]) -> Type:
    kinds = {each.type for each in figures}
    if len(kinds) != 1:
        raise _fault(
            owner, name, f"各项的单位不同：{'、'.join(sorted(map(str, kinds)))}。", "同一张表只放一种单位。"
        )
    return figures[0].type
