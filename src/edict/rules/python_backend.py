"""Plan → one compiled Python function per subject: facts in, status, amount and every condition's verdict out.

The function is straight-line code over plain integers. Strict parts (arithmetic, comparisons) test their facts for
None once and then run bare; only ``and``/``or`` need Kleene code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edict.rules import ir
from edict.rules.lower import Lowering
from edict.rules.plan import VALUE_PER
from edict.rules.status import Status
from edict.rules.strictness import divisors, nullable, strict, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edict.rules.plan import Plan, PlanRule

# (status, amount in 分 or value in millionths or category or None, verdict per condition)
Raw = tuple[int, Any, tuple[bool | None, ...]]
Compiled = "Callable[[Mapping[str, Any]], list[Raw]]"


def compile_subject(plan: Plan, subject: str) -> Callable[[Mapping[str, Any]], list[Raw]]:
    """Return a function from stored facts of one subject to the raw result of each of its rules, in plan order."""
    writer = Writer(plan)
    for rule in plan.of(subject):
        writer.rule(rule)
    source = writer.source()
    scope: dict[str, Any] = {}
    exec(compile(source, f"<rules of {subject}>", "exec"), scope)  # noqa: S102 -- source is generated from the checked tree only
    return scope["evaluate"]  # type: ignore[no-any-return]


class Writer:
    """Writes the body of the function."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lowering = Lowering(plan.scales)
        self.names: dict[str, str] = {}
        self.lines: list[str] = []
        self.shared: dict[ir.Node, str] = {}

    def source(self) -> str:
        """Return the whole function."""
        loads = [f"    {local} = get({fact!r})" for fact, local in self.names.items()]
        body = [
            "def evaluate(facts):",
            "    get = facts.get",
            "    out = []",
            "    add = out.append",
            *loads,
            *self.lines,
            "    return out",
            "",
        ]
        return "\n".join(body)

    def rule(self, rule: PlanRule) -> None:
        """Write one rule: its conditions, then status and amount."""
        verdicts = [self.verdict(self.lowering.condition(each.tree)) for each in rule.conditions]
        attests = [self.verdict(ir.Column(each.name, "bool")) for each in rule.attestations]
        verdict_tuple = "(" + "".join(f"{each}, " for each in verdicts) + ")"
        refused = _any_is("False", [*verdicts, *attests])
        unknown = _any_is("None", verdicts)
        open_attest = _any_is("None", attests)
        amount = self._amount(rule)
        lines = []
        if refused:
            lines += [f"    if {refused}:", f"        add(({int(Status.NO)}, None, {verdict_tuple}))"]
        if unknown:
            lines += [
                f"    {'elif' if lines else 'if'} {unknown}:",
                f"        add(({int(Status.UNKNOWN)}, None, {verdict_tuple}))",
            ]
        indent = "        " if lines else "    "
        if lines:
            lines.append("    else:")
        lines += [indent + line for line in self._finish(rule, amount, open_attest, verdict_tuple)]
        self.lines += lines

    def _amount(self, rule: PlanRule) -> ir.Node | None:
        if rule.result is None:
            return None
        if rule.kind == "category":
            return self.lowering.category(rule.result)
        return self.lowering.amount(rule.result, 100 if rule.kind == "money" else VALUE_PER)

    def _finish(self, rule: PlanRule, amount: ir.Node | None, open_attest: str, verdicts: str) -> list[str]:
        done = int(Status.NO_BASIS if rule.rule.no_basis else Status.YES)
        status = f"{int(Status.ATTEST)} if {open_attest} else {done}" if open_attest else str(done)
        if amount is None:
            return [f"add(({status}, None, {verdicts}))"]
        lines = [f"a = {self.expression(amount)}"]
        if nullable(amount):
            return [
                *lines,
                f"add(({int(Status.UNKNOWN)}, None, {verdicts}) if a is None else ({status}, a, {verdicts}))",
            ]
        return [*lines, f"add(({status}, a, {verdicts}))"]

    def verdict(self, node: ir.Node) -> str:
        """Return the local variable that holds a condition, written once however often it is used."""
        if isinstance(node, ir.Column):
            return self.column(node)
        known = self.shared.get(node)
        if known is None:
            code = self.expression(node)
            known = self.shared[node] = f"c{len(self.shared)}"
            self.lines.append(f"    {known} = {code}")
        return known

    def column(self, node: ir.Column) -> str:
        """Return the local variable that holds a fact."""
        return self.names.setdefault(node.name, f"f{len(self.names)}")

    def expression(self, node: ir.Node) -> str:
        """Return code whose value is the node's, None for null."""
        if strict(node):
            guard = self._guard(node)
            return f"None if {guard} else {self.bare(node)}" if guard else self.bare(node)
        match node:
            case ir.Connect(op=op, args=args):
                return self._connect(op, args)
            case ir.Negate(a=a):
                name = self._temporary(a)
                return f"None if {name} is None else not {name}"
            case ir.If(test=test, a=a, b=b):
                name = self._temporary(test)
                return f"None if {name} is None else (({self.expression(a)}) if {name} else ({self.expression(b)}))"
            case ir.Null():
                return "None"
            case ir.Calc(op=op, a=a, b=b):
                return self._guarded(a, b, lambda x, y: _calc(op, x, y, nonzero=False))
            case ir.Test(op=op, a=a, b=b):
                return self._guarded(a, b, lambda x, y: f"({x} {_PYTHON[op]} {y})")
            case ir.Member(a=a, values=values):
                name = self._temporary(a)
                return f"None if {name} is None else {name} in {values!r}"
            case _:
                raise TypeError(node)

    def _guarded(self, a: ir.Node, b: ir.Node, combine: Callable[[str, str], str]) -> str:
        x, y = self._temporary(a), self._temporary(b)
        open_ends = [name for node, name in ((a, x), (b, y)) if not isinstance(node, ir.Int | ir.Str)]
        return f"None if {_any_is('None', open_ends)} else {combine(x, y)}"

    def _connect(self, op: str, args: tuple[ir.Node, ...]) -> str:
        names = [self._temporary(arg) for arg in args]
        decisive = "False" if op == "and" else "True"
        return f"{decisive} if {_any_is(decisive, names)} else None if {_any_is('None', names)} else {_negated(decisive)}"

    def _temporary(self, node: ir.Node) -> str:
        """Return a name (or literal) for the node's value, computed before the current statement."""
        return repr(node.value) if isinstance(node, ir.Int | ir.Str) else self.verdict(node)

    def _guard(self, node: ir.Node) -> str:
        columns = dict.fromkeys(each for each in walk(node) if isinstance(each, ir.Column))
        tests = [f"{self.column(each)} is None" for each in columns]
        # Inner divisors come first: the outer ones divide by them.
        tests += [f"{self.bare(each)} == 0" for each in dict.fromkeys(reversed(divisors(node)))]
        return " or ".join(tests)

    def bare(self, node: ir.Node) -> str:
        """Return code for a strict node whose facts are known to be present."""
        match node:
            case ir.Column():
                return self.column(node)
            case ir.Int(value=value) | ir.Str(value=value):
                return repr(value)
            case ir.Calc(op=op, a=a, b=b):
                return _calc(op, self.bare(a), self.bare(b), nonzero=True)
            case ir.Test(op=op, a=a, b=b):
                return f"({self.bare(a)} {_PYTHON[op]} {self.bare(b)})"
            case ir.Member(a=a, values=values):
                return f"({self.bare(a)} in {values!r})"
            case ir.If(test=test, a=a, b=b):
                return f"({self.bare(a)} if {self.bare(test)} else {self.bare(b)})"
            case ir.Connect(op=op, args=args):
                return "(" + f" {op} ".join(self.bare(arg) for arg in args) + ")"
            case ir.Negate(a=a):
                return f"(not {self.bare(a)})"
            case _:
                raise TypeError(node)


_PYTHON = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _calc(op: str, x: str, y: str, *, nonzero: bool) -> str:
    if op in {"min", "max"}:
        sign = "<" if op == "min" else ">"
        return f"({x} if {x} {sign} {y} else {y})" if x.isidentifier() or x.isdigit() else f"{op}({x}, {y})"
    if op == "//" and not nonzero and not y.isdigit():
        return f"({x} // {y} if {y} else None)"
    return f"({x} {op} {y})"


def _any_is(value: str, names: list[str]) -> str:
    return " or ".join(f"{name} is {value}" for name in dict.fromkeys(names))


def _negated(value: str) -> str:
    return "True" if value == "False" else "False"
