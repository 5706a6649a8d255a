"""Every rule of the real packs: interpreter, Python function and DuckDB give the same status and amount on edge facts.

The packs' own examples are the starting points, since random facts seldom meet all conditions of a rule; from each, facts
are moved to the edges at which the rule could tip: unknown, 0, its figures and one step beside them, 2^31, 6e13 元,
29 February, the ends of what can be stored.
"""

from __future__ import annotations

import csv
import random
from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from edict.core.quantity import Quantity, format_quantity, parse_quantity
from edict.packs.load import load_library, pack_root
from edict.rules.boundaries import exact_facts
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine
from edict.rules.examples import Run, run_examples
from edict.rules.interpret import interpret, round_money
from edict.rules.plan import AS_OF, VALUE_PER, Plan, PlanRule
from edict.rules.python_backend import compile_subject
from edict.rules.rows import FACTS, KEY, PARENT, RowWriter, RuleSql
from edict.rules.simulate import _Run
from edict.rules.sql import quote_double
from edict.rules.status import Status
from edict.rules.tree import BoolType, Compare, Const, DateType, EnumType, NumberType, walk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edict.packs.load import Library

Facts = dict[str, Any]
AS_OF_DAYS = [20190401, 20220101, 20220630, 20220801, 20240229, 20301231]
VARIANTS = 12  # situations made of each example for its own rule
PARENTS = 200


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(pack_root())


@pytest.fixture(scope="module")
def plan(library: Library) -> Plan:
    return build_plan(library)


@pytest.fixture(scope="module")
def engine(plan: Plan) -> Engine:
    return Engine(plan)


@pytest.fixture(scope="module")
def edges(plan: Plan) -> dict[str, dict[str, list[Any]]]:
    """Per rule and fact the values at which the rule could tip."""
    return {rule.id: _edges(plan, rule) for rule in plan.rules}


def _edges(plan: Plan, rule: PlanRule) -> dict[str, list[Any]]:
    trees = [*(each.tree for each in rule.conditions), *([rule.result] if rule.result else [])]
    figures = {
        Fraction(node.value)
        for tree in trees
        for node in walk(tree)
        if isinstance(node, Const) and isinstance(node.value, Fraction)
    }
    found: dict[str, list[Any]] = {AS_OF: AS_OF_DAYS}
    for name in rule.facts:
        scale = plan.scales[name]
        match scale.type:
            case BoolType():
                found[name] = [None, True, False]
            case EnumType(values=known):
                found[name] = [None, *known]
            case DateType():
                found[name] = [None, 20000229, 20070228, 20070301, 20200229, 20211231, 20220101]
            case NumberType():
                near = {int(figure * scale.per) + step for figure in figures for step in (-1, 0, 1)}
                wide = {0, 1, 2**31, 2**31 + 1, 6 * 10**15, scale.hi, scale.lo}
                found[name] = [None, *sorted(each for each in near | wide if scale.lo <= each <= scale.hi)]
    return found


@pytest.fixture(scope="module")
def situations(library: Library, engine: Engine) -> list[tuple[str, PlanRule, Facts]]:
    """Subject, rule and stored facts of every example, each item of a list by itself."""
    found: list[tuple[str, PlanRule, Facts]] = []
    for pack in library.packs:
        for run in run_examples(engine, pack):
            assert isinstance(run, Run), run
            name = run.owner if run.owner in pack.rules else pack.groups[run.owner].members[0][0]
            rule = engine.plan.rule(name if "#" in name else f"{pack.id}#{name}")
            subject = run.situation.subject
            for item, rows in run.situation.items.items():
                if rows and rule.subject == item:
                    found += [(item, rule, row) for row in engine.item_facts(run.situation, item)]
            if rule.subject == subject:
                found.append((subject, rule, engine.stored_facts(run.situation)))
    return found


def _moved(dice: random.Random, facts: Facts, edges: dict[str, list[Any]]) -> Facts:
    """Return the facts with one to three of them at an edge."""
    names = dice.sample(sorted(edges), min(dice.choice([1, 1, 2, 3]), len(edges)))
    return {**facts, **{name: dice.choice(edges[name]) for name in names}}


@pytest.fixture(scope="module")
def variants(
    situations: list[tuple[str, PlanRule, Facts]], edges: dict[str, dict[str, list[Any]]]
) -> list[tuple[str, PlanRule, Facts]]:
    dice = random.Random(20220629)  # noqa: S311 -- test data
    return [
        (subject, rule, each)
        for subject, rule, facts in situations
        for each in (facts, *(_moved(dice, facts, edges[rule.id]) for _ in range(VARIANTS)))
    ]


def reference(plan: Plan, rule: PlanRule, facts: Facts) -> tuple[Status, Any, list[Any]]:
    """The rule's meaning by the interpreter alone: exact fractions, no code shared with the back ends' lowering."""
    exact = exact_facts(plan, facts)
    conditions = [interpret(each.tree, exact) for each in rule.conditions]
    attested = [exact.get(each.name) for each in rule.attestations]
    value = None if rule.result is None else interpret(rule.result, exact)
    if False in conditions or False in attested:
        return Status.NO, None, conditions
    if None in conditions or (rule.result is not None and value is None):
        return Status.UNKNOWN, None, conditions
    status = Status.ATTEST if None in attested else Status.NO_BASIS if rule.rule.no_basis else Status.YES
    if value is None or isinstance(value, str):
        return status, value, conditions
    rounded = (
        round_money(Fraction(value))
        if rule.kind == "money"
        else (Fraction(value) * VALUE_PER + Fraction(1, 2)).__floor__()
    )
    return status, rounded, conditions


def test_compiled_function_equals_the_interpreter(
    plan: Plan, variants: list[tuple[str, PlanRule, Facts]]
) -> None:
    statuses: dict[Status, int] = dict.fromkeys(Status, 0)
    compiled: dict[str, Any] = {}
    for _, rule, facts in variants:
        if rule.id not in compiled:
            alone = Plan((rule,), (), plan.scales, plan.ledger, plan.subjects, plan.owners)
            compiled[rule.id] = compile_subject(alone, rule.subject)
        ((status, amount, verdicts),) = compiled[rule.id](facts)
        assert (Status(status), amount, list(verdicts)) == reference(plan, rule, facts), (rule.id, facts)
        statuses[Status(status)] += 1
    assert set(compiled) == {rule.id for rule in plan.rules}
    assert min(statuses.values()) >= 100, statuses


def _wide_edges(plan: Plan, subject: str, edges: dict[str, dict[str, list[Any]]]) -> dict[str, list[Any]]:
    pools: dict[str, set[Any]] = {}
    for rule in plan.of(subject):
        for name, values in edges[rule.id].items():
            pools.setdefault(name, set()).update(values)
    return {name: sorted(values, key=repr) for name, values in pools.items()}


# -- population ----------------------------------------------------------------------------------------------------


def _sql_type(plan: Plan, name: str) -> str:
    return {BoolType: "BOOLEAN", EnumType: "VARCHAR"}.get(type(plan.scales[name].type), "BIGINT")


def _view(
    connection: duckdb.DuckDBPyConnection, plan: Plan, subject: str, rows: Iterable[Facts], path: Path
) -> None:
    """Lay rows of stored facts (with key, and parent for items) under a subject's facts view."""
    names = [
        AS_OF,
        *(name for name, owner in plan.owners.items() if owner in {subject, plan.subjects[subject]}),
    ]
    keys = [KEY, PARENT]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(keys + names)
        writer.writerows(
            ["" if row.get(name) is None else row[name] for name in keys + names] for row in rows
        )
    typed = ", ".join(
        [f"CAST({key} AS INTEGER) AS {key}" for key in keys]
        + [f"CAST({quote_double(name)} AS {_sql_type(plan, name)}) AS {quote_double(name)}" for name in names]
    )
    view = quote_double(f"{FACTS}·{subject}")
    connection.execute(
        f"CREATE TABLE {view} AS SELECT {typed} FROM read_csv('{path}', all_varchar = true, header = true)"
    )


def _connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("SET ieee_floating_point_ops=false")
    return made


def _asked(
    connection: duckdb.DuckDBPyConnection, source: str, rules: list[RuleSql]
) -> dict[int, list[tuple[int, Any]]]:
    """Return status and amount of every rule by key; the source becomes a table so that it is planned once."""
    columns = ", ".join(_answer(each) for each in rules)
    connection.execute(f"CREATE TEMP TABLE found AS SELECT * FROM {source}")
    rows = connection.execute(f"SELECT {KEY}, {columns} FROM found").fetchall()
    return {key: list(zip(values[::2], values[1::2], strict=True)) for key, *values in rows}


def _answer(each: RuleSql) -> str:
    due = " OR ".join(filter(None, (each.yes, each.attest)))
    return f"{each.status}, " + (f"CASE WHEN {due} THEN {each.amount} END" if each.amount else "NULL")


def test_the_population_equals_the_compiled_function_with_groups(
    plan: Plan,
    engine: Engine,
    variants: list[tuple[str, PlanRule, Facts]],
    edges: dict[str, dict[str, list[Any]]],
    tmp_path: Path,
) -> None:
    dice = random.Random(20220801)  # noqa: S311 -- test data
    roots = [name for name, parent in plan.subjects.items() if not parent and plan.of(name)]
    assert roots
    granted = changed = 0
    for subject in roots:
        pools = _wide_edges(plan, subject, edges)
        rows = [dict(facts) for each, _, facts in variants if each == subject]
        rows = dice.sample(rows, min(len(rows), 900))
        rows += [{name: dice.choice(pool) for name, pool in pools.items()} for _ in range(300)]
        connection = _connection()
        _view(
            connection,
            plan,
            subject,
            ({**row, KEY: n} for n, row in enumerate(rows)),
            tmp_path / f"{subject}.csv",
        )
        source, rules = RowWriter(plan).grouped(subject)
        found = _asked(connection, source, rules)
        for key, row in enumerate(rows):
            results = engine._one(subject, row)
            want = [(int(each.status), each.amount) for each in results]
            assert found[key] == want, _differences(rules, found[key], want)
            granted += sum(each.status is Status.YES for each in results)
            changed += sum(bool(each.note) for each in results)
    assert granted > 1000
    assert changed > 20  # by groups


def test_items_summed_in_the_population_equal_those_summed_one_by_one(
    plan: Plan,
    engine: Engine,
    variants: list[tuple[str, PlanRule, Facts]],
    edges: dict[str, dict[str, list[Any]]],
    tmp_path: Path,
) -> None:
    """Lists of none to four items, with attestations, groups, caps per parent and ledger columns of both."""
    dice = random.Random(20220202)  # noqa: S311 -- test data
    kinds = [
        (parent, item) for parent in plan.subjects if not plan.subjects[parent] for item in plan.items(parent)
    ]
    assert kinds
    for parent, item in kinds:
        pools = _wide_edges(plan, item, edges)
        own = {name for name in pools if plan.owners.get(name) == item}
        seeds = [facts for each, _, facts in variants if each == item]
        parents, items = [], []
        for key in range(PARENTS):
            seed = dice.choice(seeds)
            caps = [cap.ledger for rule in plan.of(item) for cap in rule.parent_caps if cap.ledger]
            above = {name: seed.get(name) for name in pools if name not in own}
            above = {
                **above,
                AS_OF: seed[AS_OF],
                **{cap: dice.choice([None, 0, 0, 1, 10**7, 10**10]) for cap in caps},
                KEY: key,
            }
            parents.append(above)
            for _ in range(dice.choice([0, 1, 1, 2, 4])):
                facts = _moved(dice, dice.choice(seeds), {name: pools[name] for name in own})
                items.append({**above, **{name: facts.get(name) for name in own}, PARENT: key})
        connection = _connection()
        _view(connection, plan, parent, parents, tmp_path / f"{item}-parents.csv")
        _view(connection, plan, item, items, tmp_path / f"{item}.csv")
        run: Any = SimpleNamespace(population=SimpleNamespace(subject=parent))
        source, rules = _Run._joined(run, RowWriter(plan), item)
        found = _asked(connection, source, rules)
        for above in parents:
            mine = [each for each in items if each[PARENT] == above[KEY]]
            want = [(int(each.status), each.amount) for each in engine._over_items(item, above, mine)]
            assert found[above[KEY]] == want, (item, _differences(rules, found[above[KEY]], want))


def _differences(rules: list[RuleSql], got: list[Any], want: list[Any]) -> list[Any]:
    return [
        (each.rule.id, one, other) for each, one, other in zip(rules, got, want, strict=True) if one != other
    ]


def test_figures_print_as_they_are_read(plan: Plan) -> None:
    figures = {
        Quantity(Fraction(node.right.value), node.right.type.unit)
        for rule in plan.rules
        for each in rule.conditions
        for node in walk(each.tree)
        if isinstance(node, Compare)
        and isinstance(node.right, Const)
        and isinstance(node.right.type, NumberType)
    }
    assert len(figures) > 50
    assert all(parse_quantity(format_quantity(each)) == each for each in figures)
