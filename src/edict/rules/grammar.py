"""Expression text → checked tree. The grammar is closed: what is not named here is refused when a pack is loaded.

sqlglot parses; this module admits only the listed nodes, resolves every name in a :class:`Scope`, and checks types
and units. SQL is never built from the author's text, only from the tree that comes out here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import sqlglot
from sqlglot import exp

from edict.rules import functions
from edict.rules.source import Source, check_characters
from edict.rules.tree import (
    BOOL,
    NO_UNIT,
    Choose,
    Compare,
    CompareOp,
    Const,
    EnumType,
    IsIn,
    Logic,
    Node,
    Not,
    NumberType,
    Op,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edict.core.diagnostic import EdictError


COMPARISONS: dict[type[exp.Expression], CompareOp] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}

# What the parser knows about an admitted node and we do not: ``floor(x, 2)``, ``between symmetric``, ``x in y``.
_OPTIONS = ("decimals", "to", "symmetric", "field", "unnest")
DEEPEST_TREE = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one rule: each name maps to its node (a fact, a parameter, a table, a decision)."""

    names: Mapping[str, Node]

    def resolve(self, name: str, source: Source, at: int) -> Node:
        """Return the node that ``name`` stands for; an unknown name is an error with the nearest known ones."""
        node = self.names.get(name)
        if node is None:
            near = get_close_matches(name, self.names, n=3, cutoff=0.5)
            hint = (
                f"是不是“{'”“'.join(near)}”？" if near else "请在 facts.yml、词汇表或 parameters 中声明它。"
            )
            raise source.fault("R103", f"没有声明“{name}”。", hint, at)
        return node


def parse(source: Source, scope: Scope) -> Node:
    """Return the checked tree of an expression.

    Raises:
        EdictError: the text leaves the closed grammar, names something unknown, or mixes types or units.
    """
    check_characters(source)
    try:
        statement = sqlglot.parse_one(f"SELECT {source.text}", read="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as fault:
        raise source.fault(
            "R102",
            "表达式不完整或写法不对。",
            "只能用比较、四则运算、and、or、not、in、between、case 和登记的函数。",
            _error_offset(fault),
        ) from fault
    if not isinstance(statement, exp.Select) or len(statement.expressions) != 1 or _has_more(statement):
        raise source.fault("R104", "一行只能写一个表达式，不能写查询。", "删去 select、from、where、逗号等。")
    expression = statement.expressions[0]
    if _is_deeper(expression, DEEPEST_TREE):
        raise source.fault("R101", f"表达式连着运算超过 {DEEPEST_TREE} 层。", "拆成几个条件。")
    return _Reader(source, scope).read(expression)


def parse_condition(source: Source, scope: Scope) -> Node:
    """Return the tree of an expression that must be true, false or unknown."""
    node = parse(source, scope)
    if node.type != BOOL:
        raise source.fault(
            "R110", f"条件必须是是非判断，这里得到{node.type}。", "写成比较，例如 年产值 >= 门槛。"
        )
    return node


def _is_deeper(node: exp.Expression, most: int) -> bool:
    """Return whether the tree has more than ``most`` levels; what reads it level by level must not run out of stack."""
    level = [node]
    for _ in range(most):
        level = [child for each in level for child in each.iter_expressions()]
        if not level:
            return False
    return True


def _error_offset(fault: Exception) -> int:
    details = getattr(fault, "errors", None)
    column = details[0].get("col") if details else None
    return max(int(column) - len("SELECT ") - 1, 0) if column else -1


def _has_more(statement: exp.Select) -> bool:
    return any(
        value
        for key, value in statement.args.items()
        if key not in {"expressions", "kind", "hint", "operation_modifiers"}
    )


def _offset(node: exp.Expression) -> int:
    for each in node.walk():
        start = each.meta.get("start")
        if start is not None:
            return int(start) - len("SELECT ")
    return -1


class _Reader:
    """Walks the parsed expression and builds the checked tree."""

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source = source
        self.scope = scope

    def read(self, node: exp.Expression) -> Node:
        reader = self._readers().get(type(node))
        if reader is None or any(node.args.get(option) for option in _OPTIONS):
            what = node.sql()[:40]
            raise self.source.fault(
                "R104",
                f"“{what}”不在允许的写法之内。",
                "只能用比较、四则运算、and、or、not、in、between、case 和登记的函数。",
                _offset(node),
            )
        return reader(node)

    def _readers(self) -> dict[type[exp.Expression], Callable[[exp.Expression], Node]]:
        return {
            exp.Paren: lambda node: self.read(node.this),
            exp.Column: self._name,
            exp.Literal: self._literal,
            exp.Neg: self._negative,
            exp.Not: self._not,
            exp.And: self._logic,
            exp.Or: self._logic,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Case: self._case,
            exp.Least: self._call,
            exp.Greatest: self._call,
            exp.Floor: self._call,
            exp.Anonymous: self._call,
            **dict.fromkeys(COMPARISONS, self._compare),
            **dict.fromkeys(ARITHMETIC, self._arithmetic),
        }

    def fault(self, code: str, message: str, hint: str, node: exp.Expression) -> EdictError:
        return self.source.fault(code, message, hint, _offset(node))

    def _name(self, node: exp.Expression) -> Node:
        if node.args.get("table") or not isinstance(node.this, exp.Identifier):
            raise self.fault("R104", f"名称“{node.sql()}”不能带点号。", "直接写事实名。", node)
        found = self.scope.resolve(node.this.name, self.source, _offset(node))
        at = _offset(node)
        return _at(found, at)

    def _literal(self, node: exp.Expression) -> Node:
        if node.is_string:
            return Const(node.name, EnumType((node.name,)), at=_offset(node))
        if node.name not in {"0", "1"}:
            raise self.fault(
                "R107",
                f"表达式里不能直接写数“{node.name}”。",
                "把它写进 parameters，带上单位，再按名使用；表达式里只许 0 和 1。",
                node,
            )
        return Const(Fraction(int(node.name)), NumberType(NO_UNIT), at=_offset(node))

    def _negative(self, node: exp.Expression) -> Node:
        value = self.read(node.this)
        if not isinstance(value.type, NumberType):
            raise self.fault("R110", f"负号后面必须是数量，这里是{value.type}。", "检查这一项的类型。", node)
        zero = Const(Fraction(0), value.type)
        return Op("-", (zero, value), value.type, _offset(node))

    def _bool(self, node: exp.Expression) -> Node:
        value = self.read(node)
        if value.type != BOOL:
            raise self.fault(
                "R110",
                f"and、or、not 和 case when 只能连接是非判断，这里是{value.type}。",
                "写成比较，例如 年产值 >= 门槛。",
                node,
            )
        return value

    def _not(self, node: exp.Expression) -> Node:
        return Not(self._bool(node.this), _offset(node))

    def _logic(self, node: exp.Expression) -> Node:
        op = "and" if isinstance(node, exp.And) else "or"
        parts: list[Node] = []
        for side in (node.this, node.expression):
            part = self._bool(side)
            parts.extend(part.args if isinstance(part, Logic) and part.op == op else (part,))
        return Logic(op, tuple(parts), _offset(node))  # type: ignore[arg-type]

    def _compare(self, node: exp.Expression) -> Node:
        return self._comparison(COMPARISONS[type(node)], node.this, node.expression, node)

    def _comparison(
        self, op: CompareOp, one: exp.Expression, other: exp.Expression, whole: exp.Expression
    ) -> Compare:
        left, right = self.read(one), self.read(other)
        left, right = _zero_like(left, right), _zero_like(right, left)
        if isinstance(left.type, EnumType) and isinstance(right.type, EnumType):
            self._check_category(op, left, right, whole)
        elif left.type != right.type or left.type == BOOL:
            raise self.fault(
                "R110",
                f"不能比较{left.type}与{right.type}。",
                "两边的类型和单位必须相同；是非事实直接写名称，不写 = true。",
                whole,
            )
        return Compare(op, left, right, _offset(whole))

    def _check_category(self, op: str, left: Node, right: Node, whole: exp.Expression) -> None:
        if op not in {"=", "<>"}:
            raise self.fault(
                "R110", "类别只能用 =、<> 或 in 比较。", "写成 级别 in ('国家级', '省级')。", whole
            )
        declared, literal = (left, right) if isinstance(right, Const) else (right, left)
        if not isinstance(literal, Const) or isinstance(declared, Const):
            raise self.fault("R110", "类别只能与单引号中的取值比较。", "写成 级别 = '国家级'。", whole)
        self._check_values(declared, (str(literal.value),), whole)

    def _check_values(self, declared: Node, values: tuple[str, ...], whole: exp.Expression) -> None:
        known = cast("EnumType", declared.type).values
        for value in values:
            if value not in known:
                raise self.fault(
                    "R111", f"“{value}”不是这个类别的取值。", f"可用的取值：{'、'.join(known)}。", whole
                )

    def _in(self, node: exp.Expression) -> Node:
        arg = self.read(node.this)
        listed = node.expressions
        if (
            node.args.get("query")
            or not listed
            or not isinstance(arg.type, EnumType)
            or not all(each.is_string for each in listed)
        ):
            raise self.fault(
                "R110",
                "in 的左边必须是类别，右边必须是单引号取值的列表。",
                "写成 级别 in ('国家级', '省级')。",
                node,
            )
        values = tuple(each.name for each in listed)
        self._check_values(arg, values, node)
        return IsIn(arg, values, _offset(node))

    def _between(self, node: exp.Expression) -> Node:
        low = self._comparison(">=", node.this, node.args["low"], node)
        high = self._comparison("<=", node.this, node.args["high"], node)
        return Logic("and", (low, high), _offset(node))

    def _case(self, node: exp.Expression) -> Node:
        if node.this is not None:
            raise self.fault(
                "R104", "case 后面要直接写 when。", "写成 case when 条件 then 值 else 值 end。", node
            )
        branches = tuple((self._bool(each.this), self.read(each.args["true"])) for each in node.args["ifs"])
        default = node.args.get("default")
        otherwise = self.read(default) if default is not None else None
        values = [value for _, value in branches] + ([otherwise] if otherwise is not None else [])
        kind = self._common_type(values, node)
        fixed = tuple((condition, _typed_zero(value, kind)) for condition, value in branches)
        return Choose(
            fixed, _typed_zero(otherwise, kind) if otherwise is not None else None, kind, _offset(node)
        )

    def _common_type(self, values: list[Node], whole: exp.Expression) -> Type:
        kinds = [value.type for value in values if not _is_zero(value)] or [values[0].type]
        if any(kind != kinds[0] for kind in kinds):
            raise self.fault(
                "R110",
                f"几个值的类型或单位不同：{'、'.join(dict.fromkeys(map(str, kinds)))}。",
                "统一它们的类型和单位。",
                whole,
            )
        return kinds[0]

    def _arithmetic(self, node: exp.Expression) -> Node:
        op = ARITHMETIC[type(node)]
        left, right = self.read(node.this), self.read(node.expression)
        if not isinstance(left.type, NumberType) or not isinstance(right.type, NumberType):
            raise self.fault(
                "R110", f"“{op}”的两边必须是数量，这里是{left.type}与{right.type}。", "检查两边的类型。", node
            )
        if op in "+-":
            left, right = _zero_like(left, right), _zero_like(right, left)
            kind = self._common_type([left, right], node)
        else:
            joined = left.type.unit * right.type.unit if op == "*" else left.type.unit / right.type.unit  # type: ignore[union-attr]
            kind = NumberType(joined)
        if op == "/" and isinstance(right, Const) and right.value == 0:
            raise self.fault("R112", "除数是 0。", "检查除号右边的一项。", node)
        return Op(op, (left, right), kind, _offset(node))  # type: ignore[arg-type]

    def _call(self, node: exp.Expression) -> Node:
        name = (node.name if isinstance(node, exp.Anonymous) else cast("exp.Func", node).sql_name()).lower()
        parts = node.expressions if isinstance(node, exp.Anonymous) else [node.this, *node.expressions]
        function = functions.TABLE.get(name)
        if function is None:
            near = get_close_matches(name, functions.TABLE, n=1, cutoff=0.7)
            known = "、".join(functions.TABLE)
            hint = f"是不是 {near[0]}？可用的函数：{known}。" if near else f"可用的函数：{known}。"
            raise self.fault("R108", f"没有函数“{name}”。", hint, node)
        args = tuple(self.read(part) for part in parts)
        if name in {"least", "greatest"}:
            kind = self._common_type(list(args), node)
            args = tuple(_typed_zero(arg, kind) for arg in args)
        outcome = function.check(tuple(arg.type for arg in args))
        if isinstance(outcome, str):
            raise self.fault("R109", f"函数 {name}：{outcome}", f"用法：{function.usage}。", node)
        return Op(function.name, args, outcome, _offset(node))


def _is_zero(node: Node) -> bool:
    return isinstance(node, Const) and node.value == 0 and not node.name and isinstance(node.type, NumberType)


def _typed_zero(node: Node, kind: Type) -> Node:
    return Const(Fraction(0), kind, at=node.at) if _is_zero(node) and isinstance(kind, NumberType) else node


def _zero_like(node: Node, other: Node) -> Node:
    """A literal 0 takes the unit of what it is compared with or added to."""
    return _typed_zero(node, other.type)


def _at(node: Node, at: int) -> Node:
    """Return the resolved node with the place where it was named (facts and parameters only)."""
    return replace(node, at=at) if not isinstance(node, Choose) else node
