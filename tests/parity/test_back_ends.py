"""Every pack rule on the reference interpreter, the compiled Python function and DuckDB: same status, same amount."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edict.core.quantity import format_quantity
from edict.packs.load import load_library, pack_root
from edict.rules.boundaries import exact_facts
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine
from edict.rules.facts import Situation
from edict.rules.interpret import interpret, round_money
from edict.rules.plan import AS_OF, VALUE_PER, Plan, PlanRule
from edict.rules.population import open_population
from edict.rules.rows import KEY, RowWriter
from edict.rules.status import Status
from edict.rules.tree import BoolType, Compare, Const, DateType, EnumType, FactRef, NumberType, walk

if TYPE_CHECKING:
    from pathlib import Path

AS_OF_DAYS = [20190401, 20220101, 20220630, 20220801, 20240229, 20301231]


@pytest.fixture(scope="session")
def plan() -> Plan:
    return build_plan(load_library(pack_root()))


@pytest.fixture(scope="session")
def engine(plan: Plan) -> Engine:
    return Engine(plan)


def edges(plan: Plan, rule: PlanRule) -> dict[str, list[Any]]:
    """Values at which a fact of the rule could tip: unknown, 0, the extremes, 2^31, 6e13 元, every figure it meets and one beside it."""
    values: dict[str, set[Any]] = {name: {None} for name in rule.facts}
    trees = [*(each.tree for each in rule.conditions), *([rule.result] if rule.result else [])]
    figures = {
        Fraction(node.value)
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Const) and isinstance(node.value, Fraction)
    }
    for name in values:
        scale = plan.scales[name]
        match scale.type:
            case BoolType():
                values[name] |= {True, False}
            case EnumType(values=known):
                values[name] |= set(known)
            case DateType():
                values[name] |= {20000229, 20070228, 20070301, 20211231, 20220101}
            case NumberType():
                near = {int(figure * scale.per) + step for figure in figures for step in (-1, 0, 1)}
                wide = {0, 1, 2**31, 2**31 + 1, 6 * 10**15, scale.hi, scale.lo}
                values[name] |= {each for each in near | wide if scale.lo <= each <= scale.hi}
    return {name: sorted(each, key=repr) for name, each in values.items()}


@st.composite
def situations(draw: st.DrawFn, plan: Plan, rule: PlanRule) -> dict[str, Any]:
    facts = {name: draw(st.sampled_from(values)) for name, values in edges(plan, rule).items()}
    return {**facts, AS_OF: draw(st.sampled_from(AS_OF_DAYS))}


def reference(plan: Plan, rule: PlanRule, facts: dict[str, Any]) -> tuple[Status, Any]:
    """The rule's meaning by the interpreter alone: exact fractions, no code shared with the back ends' lowering."""
    exact = exact_facts(plan, facts)
    conditions = [interpret(each.tree, exact) for each in rule.conditions]
    attested = [exact.get(each.name) for each in rule.attestations]
    value = None if rule.result is None else interpret(rule.result, exact)
    if False in conditions or False in attested:
        return Status.NO, None
    if None in conditions or (rule.result is not None and value is None):
        return Status.UNKNOWN, None
    status = Status.ATTEST if None in attested else Status.NO_BASIS if rule.rule.no_basis else Status.YES
    if value is None or isinstance(value, str):
        return status, value
    return status, round_money(value) if rule.kind == "money" else (
        Fraction(value) * VALUE_PER + Fraction(1, 2)
    ).__floor__()


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_compiled_function_equals_the_interpreter(plan: Plan, engine: Engine, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(plan.rules), label="rule")
    facts = data.draw(situations(plan, rule))
    position = plan.of(rule.subject).index(rule)
    status, amount, verdicts = engine.function(rule.subject)(facts)[position]
    assert (Status(status), amount) == reference(plan, rule, facts), rule.id
    assert list(verdicts) == [interpret(each.tree, exact_facts(plan, facts)) for each in rule.conditions]


def _rows(plan: Plan, subject: str, count: int) -> list[dict[str, Any]]:
    """Rows that walk every rule of a subject over its edges, each rule with the others' facts left as they fall."""
    import random

    random.seed(20220629)
    rules = plan.of(subject)
    pools = {name: values for rule in rules for name, values in edges(plan, rule).items()}
    for rule in rules:
        for name, values in edges(plan, rule).items():
            pools[name] = sorted({*pools[name], *values}, key=repr)
    return [{name: random.choice(values) for name, values in pools.items()} for _ in range(count)]  # noqa: S311 -- test data


def _cell(plan: Plan, name: str, value: Any) -> str:
    if value is None:
        return ""
    match plan.scales[name].type:
        case DateType():
            return f"{value // 10000:04d}-{value // 100 % 100:02d}-{value % 100:02d}"
        case NumberType():
            exact = Fraction(value, plan.scales[name].per)
            return f"{exact.numerator / exact.denominator:.0f}" if exact.denominator == 1 else _decimal(exact)
        case _:
            return str(value).lower() if isinstance(value, bool) else str(value)


def _decimal(exact: Fraction) -> str:
    digits = exact * 10**6
    assert digits.denominator == 1
    sign = "-" if digits < 0 else ""
    return f"{sign}{abs(digits.numerator) // 10**6}.{abs(digits.numerator) % 10**6:06d}"


def _header(plan: Plan, name: str) -> str:
    kind = plan.scales[name].type
    return f"{name}({kind.unit})" if isinstance(kind, NumberType) and kind.unit.dims else name


@pytest.mark.parametrize("as_of", [date(2022, 2, 1), date(2022, 8, 1)])
def test_duckdb_equals_the_compiled_function_with_groups(
    plan: Plan, engine: Engine, tmp_path: Path, as_of: date
) -> None:
    roots = [name for name, parent in plan.subjects.items() if not parent and plan.of(name)]
    assert roots
    for subject in roots:
        rows = _rows(plan, subject, 1500)
        names = list(rows[0])
        path = tmp_path / f"{subject}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["编号", *(_header(plan, name) for name in names)])
            writer.writerows(
                [str(n), *(_cell(plan, name, row[name]) for name in names)] for n, row in enumerate(rows)
            )
        population = open_population(plan, subject, {subject: path}, as_of)
        assert population.reports[subject].bad_rows == 0, population.reports[subject].bad[:3]
        source, rules = RowWriter(plan).grouped(subject)
        columns = ", ".join(
            f"{each.status}, {'CASE WHEN ' + each.yes + ' THEN ' + each.amount + ' END' if each.amount else 'NULL'}"
            for each in rules
        )
        found = population.connection.execute(
            f"SELECT {KEY}, {columns} FROM {source} ORDER BY CAST({KEY} AS INT)"
        ).fetchall()
        population.close()
        for row, (_, *values) in zip(rows, found, strict=True):
            results = engine.evaluate(Situation(subject, as_of, row))
            got = list(zip(values[::2], values[1::2], strict=True))
            want = [
                (int(each.status), each.amount if each.status is Status.YES else None)
                for each in results[: len(rules)]
            ]
            assert got == want, [
                (rule.rule.id, g, w) for rule, g, w in zip(rules, got, want, strict=True) if g != w
            ]


def test_quantities_print_as_they_are_read(plan: Plan) -> None:
    from edict.core.quantity import Quantity, parse_quantity

    for rule in plan.rules:
        for tree in [each.tree for each in rule.conditions]:
            for node in walk(tree):
                if (
                    isinstance(node, Compare)
                    and isinstance(node.right, Const)
                    and isinstance(node.right.type, NumberType)
                ):
                    quantity = Quantity(Fraction(node.right.value), node.right.type.unit)
                    assert parse_quantity(format_quantity(quantity)) == quantity
                assert not isinstance(node, FactRef) or node.name in plan.scales
