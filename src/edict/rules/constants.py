"""Figures and dates as constant nodes, and the conditions that a period of days stands for."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError
from edict.rules.plan import AS_OF_REF
from edict.rules.tree import DATE, MONEY, Compare, Const, Logic, Node, NumberType

if TYPE_CHECKING:
    from edict.core.diagnostic import Place
    from edict.core.quantity import Quantity


def day_number(day: date) -> int:
    """Return a date as the integer ``yyyymmdd``.

    >>> from datetime import date
    >>> day_number(date(2024, 2, 29))
    20240229
    """
    return day.year * 10000 + day.month * 100 + day.day


def constant(value: Quantity | date, name: str = "") -> Const:
    """Return a parsed figure as a constant that keeps the name it has in the pack."""
    if isinstance(value, date):
        return Const(day_number(value), DATE, name)
    return Const(value.value, NumberType(value.unit), name)


def since(start: date) -> Node:
    """Return the condition that the as-of date is not before ``start``."""
    return Compare(">=", AS_OF_REF, Const(day_number(start), DATE))


def window(first: date | None, last: date | None) -> Node:
    """Return the condition that the as-of date lies within the days, both included; one end may be open."""
    tests: list[Node] = []
    if first:
        tests.append(since(first))
    if last:
        tests.append(Compare("<=", AS_OF_REF, Const(day_number(last), DATE)))
    return tests[0] if len(tests) == 1 else Logic("and", tuple(tests))


def fen(node: Node, place: Place | None = None) -> int:
    """Return a constant amount in 分; ``place`` is where a fault is shown.

    Raises:
        EdictError: the node is no fixed amount of money.
    """
    if not isinstance(node, Const) or not isinstance(node.value, Fraction) or node.type != NumberType(MONEY):
        hint = "写成 300万元 的样子；按日期变化的上限请分成两条规则。"
        raise EdictError(Diagnostic("R122", "合计的上限必须是一个固定的金额。", hint, place))
    return int(node.value * 100)
