"""Checked tree → integer form: exact fractions become integer numerators over positive integer denominators.

``x / y`` never happens on the way: ``a/b >= c/d`` becomes ``a*d >= c*b``, and only the final amount is divided, once,
half up. The same integers run in every back end, which is why their results cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING

from edict.rules import ir
from edict.rules.tree import (
    Choose,
    Compare,
    Const,
    DecisionRef,
    EnumType,
    FactRef,
    IsIn,
    Logic,
    Node,
    Not,
    Op,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edict.rules.scale import Scale

WIDEST = 2**126  # leaves a bit for sums of two in a 128-bit integer


class LoweringError(ValueError):
    """A tree that no exact integer form can serve; the message is a Chinese sentence with the mend."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number as numerator over denominator; a constant denominator is positive, another may be zero: then null."""

    over: ir.Number
    under: ir.Number


@dataclass(frozen=True, slots=True)
class Lowering:
    """Lowers trees whose facts are stored by ``scales``.

    ``decided`` maps the ids of decisions that were computed before to the columns that hold them; the others are
    written out wherever they are named.
    """

    scales: Mapping[str, Scale]
    decided: Mapping[str, str] = field(default_factory=dict)

    def condition(self, node: Node) -> ir.Node:
        """Return the integer form of a condition: true, false or null."""
        match node:
            case FactRef(name=name):
                return ir.Column(name, "bool")
            case Logic(op=op, args=args):
                return ir.Connect(op, tuple(self.condition(arg) for arg in args))
            case Not(arg=arg):
                return ir.Negate(self.condition(arg))
            case IsIn(arg=arg, values=values):
                return ir.Member(self.category(arg), values)
            case Compare(op=op, left=left, right=right):
                if isinstance(left.type, EnumType):
                    return ir.Test(op, self.category(left), self.category(right))
                return self._compare(op, self.number(left), self.number(right))
            case Choose():
                return self._choose_condition(node)
            case DecisionRef(node=inner, id=decision):
                column = self.decided.get(decision)
                return ir.Column(column, "bool") if column else self.condition(inner)
            case _:
                raise LoweringError("这里需要是非判断。")

    def _choose_condition(self, node: Choose) -> ir.Node:
        result: ir.Node = self.condition(node.otherwise) if node.otherwise is not None else ir.Null()
        for test, value in reversed(node.branches):
            result = ir.If(self.condition(test), self.condition(value), result)
        return result

    def category(self, node: Node) -> ir.Node:
        """Return the integer form of a category."""
        match node:
            case FactRef(name=name):
                return ir.Column(name, "str")
            case Const(value=value):
                return ir.Str(str(value))
            case Choose(branches=branches, otherwise=otherwise):
                result: ir.Node = self.category(otherwise) if otherwise is not None else ir.Null()
                for test, chosen in reversed(branches):
                    result = ir.If(self.condition(test), self.category(chosen), result)
                return result
            case DecisionRef(node=inner, id=decision):
                column = self.decided.get(decision)
                return ir.Column(column, "str") if column else self.category(inner)
            case _:
                raise LoweringError("这里需要类别。")

    def amount(self, node: Node, per: int) -> ir.Number:
        """Return a number as a non-negative integer of ``1/per`` base units, rounded half up."""
        ratio = self.number(node)
        over, under = ir.mul(ratio.over, ir.Int(per)), ratio.under
        if over.lo < 0:
            raise LoweringError("金额可能是负数；请写成 greatest(…, 0)。")
        if isinstance(under, ir.Int):
            common = gcd(under.value, _factor(over))
            over, under = _divide_factor(over, common), ir.Int(under.value // common)
            half = under.value // 2
            rounded = ir.floor_divide(_narrow(ir.add(over, ir.Int(half))), under) if under.value > 1 else over
        else:
            doubled = _narrow(ir.add(ir.mul(over, ir.Int(2)), under))
            rounded = ir.floor_divide(doubled, _narrow(ir.mul(under, ir.Int(2))))
        return _narrow(rounded)

    def number(self, node: Node) -> Ratio:
        """Return a number or date as a ratio of integers."""
        match node:
            case FactRef(name=name):
                scale = self.scales[name]
                return Ratio(ir.Column(name, "int", scale.lo, scale.hi), ir.Int(scale.per))
            case Const(value=value):
                exact = Fraction(value)
                return Ratio(ir.Int(exact.numerator), ir.Int(exact.denominator))
            case Op():
                return _checked(self._operate(node))
            case Choose():
                return _checked(self._choose_number(node))
            case DecisionRef(node=inner):
                return self.number(inner)
            case _:
                raise LoweringError("这里需要数量。")

    def _operate(self, node: Op) -> Ratio:
        args = [self.number(arg) for arg in node.args]
        match node.op:
            case "+" | "-":
                a, b, under = _common(args[0], args[1])
                return Ratio(ir.add(a, b) if node.op == "+" else ir.sub(a, b), under)
            case "*":
                return _reduced(ir.mul(args[0].over, args[1].over), ir.mul(args[0].under, args[1].under))
            case "/":
                return self._quotient(args[0], args[1])
            case "least" | "greatest":
                pick = ir.least if node.op == "least" else ir.greatest
                result = args[0]
                for other in args[1:]:
                    a, b, under = _common(result, other)
                    result = Ratio(pick(_narrow(a), _narrow(b)), under)
                return result
            case "floor":
                return Ratio(_floor(args[0]), ir.Int(1))
            case _:
                return Ratio(_calendar(node.op, [arg.over for arg in args]), ir.Int(1))

    def _quotient(self, a: Ratio, b: Ratio) -> Ratio:
        if b.over.lo < 0:
            raise LoweringError("除数可能是负数；请用不会为负的事实作除数，或写 greatest(…, 0)。")
        if b.over == ir.Int(0):
            raise LoweringError("除数总是 0；请检查除号右边的一项。")
        over, under = ir.mul(a.over, b.under), ir.mul(a.under, b.over)
        if not isinstance(b.under, ir.Int):
            # a / (b / c) is unknown where c is 0, so c must stay in the denominator.
            over, under = ir.mul(over, b.under), ir.mul(under, b.under)
        return _reduced(over, under)

    def _choose_number(self, node: Choose) -> Ratio:
        tests = [self.condition(test) for test, _ in node.branches]
        values = [self.number(value) for _, value in node.branches]
        otherwise = self.number(node.otherwise) if node.otherwise is not None else None
        given = [*values, otherwise] if otherwise is not None else values
        unders = [each.under.value for each in given if isinstance(each.under, ir.Int)]
        if len(unders) == len(given):
            under = lcm(*unders)
            chosen = _chosen(tests, [_scaled(each, under) for each in given])
            return Ratio(chosen, ir.Int(under))  # type: ignore[arg-type]
        overs, divided = [each.over for each in given], [each.under for each in given]
        return Ratio(_chosen(tests, overs), _chosen(tests, divided))  # type: ignore[arg-type]

    def _compare(self, op: str, a: Ratio, b: Ratio) -> ir.Node:
        left, right, _ = _common(a, b)
        test = ir.Test(op, left, right)  # type: ignore[arg-type]
        zero = [under for under in (a.under, b.under) if not isinstance(under, ir.Int)]
        for under in dict.fromkeys(zero):
            test = ir.If(ir.Test(">", under, ir.Int(0)), test, ir.Null())  # type: ignore[assignment]
        _within(left)
        _within(right)
        return test


def _chosen(tests: list[ir.Node], values: list[ir.Number]) -> ir.Node:
    """Return the value of the first test that holds; one value more than tests is the value otherwise."""
    result: ir.Node = values[len(tests)] if len(values) > len(tests) else ir.Null()
    for test, value in zip(reversed(tests), reversed(values[: len(tests)]), strict=True):
        result = ir.choose(test, value, result)
    return result


def _scaled(value: Ratio, under: int) -> ir.Number:
    assert isinstance(value.under, ir.Int)  # noqa: S101 -- checked by the caller
    return ir.mul(value.over, ir.Int(under // value.under.value))


def _common(a: Ratio, b: Ratio) -> tuple[ir.Number, ir.Number, ir.Number]:
    """Return both numerators over one denominator."""
    if isinstance(a.under, ir.Int) and isinstance(b.under, ir.Int):
        under = a.under.value * b.under.value // gcd(a.under.value, b.under.value)
        return _scaled(a, under), _scaled(b, under), ir.Int(under)
    if a.under == b.under:
        return a.over, b.over, a.under
    return ir.mul(a.over, b.under), ir.mul(b.over, a.under), ir.mul(a.under, b.under)


def _factor(node: ir.Number) -> int:
    """Return a constant that certainly divides the value of ``node``."""
    match node:
        case ir.Int(value=value):
            return abs(value) or 1
        case ir.Calc(op="*", a=a, b=b):
            return _factor(a) * _factor(b)  # type: ignore[arg-type]
        case ir.Calc(op="+" | "-" | "min" | "max", a=a, b=b):
            return gcd(_factor(a), _factor(b))  # type: ignore[arg-type]
        case _:
            return 1


def _divide_factor(node: ir.Number, factor: int) -> ir.Number:
    """Return ``node / factor`` where ``factor`` divides :func:`_factor` of it."""
    if factor == 1:
        return node
    match node:
        case ir.Int(value=value):
            return ir.Int(value // factor)
        case ir.Calc(op="*", a=a, b=b):
            first = gcd(factor, _factor(b))  # type: ignore[arg-type]
            return ir.mul(_divide_factor(a, factor // first), _divide_factor(b, first))  # type: ignore[arg-type]
        case ir.Calc(op=op, a=a, b=b):
            one, other = _divide_factor(a, factor), _divide_factor(b, factor)  # type: ignore[arg-type]
            return {"+": ir.add, "-": ir.sub, "min": ir.least, "max": ir.greatest}[op](one, other)
        case _:
            raise LoweringError("内部约分失败。")


def _reduced(over: ir.Number, under: ir.Number) -> Ratio:
    common = gcd(_factor(over), _factor(under))
    return Ratio(_divide_factor(over, common), _divide_factor(under, common))


def _floor(value: Ratio) -> ir.Number:
    if value.over.lo < 0:
        raise LoweringError("floor 里的数可能是负数；请写成 floor(greatest(…, 0))，并注意单位。")
    return _narrow(ir.floor_divide(value.over, value.under))


def _calendar(op: str, days: list[ir.Number]) -> ir.Number:
    """Dates are ``yyyymmdd``; months and years are full ones, a start after the end gives 0."""
    if op == "year_start":
        return ir.add(ir.mul(ir.floor_divide(days[0], ir.Int(10000)), ir.Int(10000)), ir.Int(101))
    start, end = days
    elapsed = ir.greatest(ir.sub(end, start), ir.Int(0))
    if op == "full_years":
        return ir.floor_divide(elapsed, ir.Int(10000))
    months = ir.sub(_months(end), _months(start))
    short = ir.choose(ir.Test("<", _day(end), _day(start)), ir.Int(1), ir.Int(0))
    return ir.greatest(ir.sub(months, short), ir.Int(0))


def _months(day: ir.Number) -> ir.Number:
    month = ir.floor_divide(day, ir.Int(100))
    year = ir.floor_divide(day, ir.Int(10000))
    return ir.sub(month, ir.mul(year, ir.Int(88)))  # yyyymm - 88*yyyy = 12*yyyy + mm


def _day(day: ir.Number) -> ir.Number:
    return ir.sub(day, ir.mul(ir.floor_divide(day, ir.Int(100)), ir.Int(100)))


def _narrow(node: ir.Number) -> ir.Number:
    _within(node)
    return node


def _checked(value: Ratio) -> Ratio:
    _within(value.over)
    _within(value.under)
    return value


def _within(node: ir.Node) -> None:
    if isinstance(node, ir.Calc | ir.If | ir.Int) and max(abs(node.lo), abs(node.hi)) >= WIDEST:
        raise LoweringError("这个表达式可能超出可以精确计算的范围；请减少相乘的事实，或先用 least 封顶。")
