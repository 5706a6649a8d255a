"""One meaning, three executions: random well-typed expressions through the interpreter, Python and DuckDB.

The expressions are drawn as text over the closed grammar, so that parsing, lowering and both back ends are on the way.
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from edict.core.diagnostic import EdictError
from edict.packs.load import load_library
from edict.packs.model import Rule
from edict.packs.quantities import parameter_value
from edict.rules.boundaries import exact_facts
from edict.rules.build import build_plan
from edict.rules.constants import constant
from edict.rules.evaluate import Engine
from edict.rules.grammar import Scope, parse
from edict.rules.interpret import interpret, round_money
from edict.rules.lower import Lowering, LoweringError
from edict.rules.plan import AS_OF, AS_OF_REF, ATTEST_SCALE, Attestation, Condition, Plan, PlanGroup, PlanRule
from edict.rules.python_backend import Writer
from edict.rules.rows import RowWriter
from edict.rules.scale import Scale
from edict.rules.source import Source
from edict.rules.sql import SqlWriter, quote_double
from edict.rules.status import Status
from edict.rules.tree import BOOL, FactRef, Node, NumberType
from edict.rules.tree import MONEY as YUAN
from tests.unit.rules.town import build

if TYPE_CHECKING:
    from edict.rules import ir
    from edict.rules.evaluate import Result

ROWS = 80
FIGURES = {
    "门槛": "1000万元", "上限": "50万元", "半": "50%", "三分之一": "1/3", "倍": "3", "零": "0元", "单价": "1.5元/人",
    "租": "12.5元/㎡", "满": "18岁", "期": "6个月", "起": "2020-02-29", "人": "7人", "坪": "3㎡",
}  # fmt: skip
MONEY = [None, 0, 1, 2**31, 6 * 10**15, 10**16, 10**9 - 1, 10**9, 10**9 + 1, 4999999, 5 * 10**7, 33]
POOLS: dict[str, list[Any]] = {
    "产值": MONEY,
    "上年产值": MONEY,
    "利润": [*MONEY, -1, -(10**9), -(10**16)],
    "行业": [None, "制造业", "服务业", "其他"],
    "员工数": [None, 0, 1, 6, 7, 8, 2**31, 10**12],
    "面积": [None, 0, 1, 29, 30, 31, 10**14],
    "增速": [None, 0, 1, -1, 499999, 500000, 500001, -(10**12), 10**12],
    "占比": [None, 0, 1, 333333, 333334, 10**6, 10**12],
    "成立日期": [None, 20000229, 20020228, 20020301, 20200228, 20200229, 20200301, 18000101, 99991231],
    "迁入日期": [None, 20000229, 20201231, 20210101, 20200831, 20200229],
    "已投产": [None, True, False],
    "高新企业": [None, True, False],
    "认定甲": [None, True, False],
    "认定乙": [None, True, True],
    "组已付": [None, 0, 10**6, 10**9],
    AS_OF: [20190228, 20200229, 20210630, 20211231],
}
EXTRA_SCALES = {
    "认定甲": ATTEST_SCALE,
    "认定乙": ATTEST_SCALE,
    "组已付": Scale(NumberType(YUAN), 100, 0, 10**16),
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return build_plan(load_library(build(tmp_path_factory.mktemp("town")).root))


@pytest.fixture(scope="module")
def scope(plan: Plan) -> Scope:
    facts: dict[str, Node] = {
        name: FactRef(name, plan.scales[name].type) for name in POOLS if name in plan.owners
    }
    figures: dict[str, Node] = {name: constant(parameter_value(text), name) for name, text in FIGURES.items()}
    return Scope({AS_OF: AS_OF_REF, **facts, **figures})


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    dice = random.Random(20200229)  # noqa: S311 -- test data
    return [{name: dice.choice(pool) for name, pool in POOLS.items()} for _ in range(ROWS)]


@pytest.fixture(scope="module")
def connection(rows: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("SET ieee_floating_point_ops=false")
    kinds = {"行业": "VARCHAR", **dict.fromkeys(["已投产", "高新企业", "认定甲", "认定乙"], "BOOLEAN")}
    columns = ", ".join(f"{quote_double(name)} {kinds.get(name, 'BIGINT')}" for name in POOLS)
    made.execute(f'CREATE TABLE "facts·企业" (__key INTEGER, {columns})')
    marks = ", ".join("?" for _ in range(len(POOLS) + 1))
    made.executemany(
        f'INSERT INTO "facts·企业" VALUES ({marks})', [[n, *row.values()] for n, row in enumerate(rows)]
    )
    return made


# -- expressions ---------------------------------------------------------------------------------------------------


def _grow(leaves: list[str], *shapes: Any) -> Any:
    """Return a strategy of one kind by depth: at depth 0 a leaf, above a leaf or one of the shapes."""

    @cache
    def at(depth: int) -> st.SearchStrategy[str]:
        basic = st.sampled_from(leaves)
        return basic if depth == 0 else st.one_of(basic, *(shape(depth - 1) for shape in shapes))

    return at


def _both(pattern: str, one: Any, other: Any) -> Any:
    return lambda depth: st.builds(pattern.format, one(depth), other(depth))


def _same(kind: str) -> list[Any]:
    """Shapes that every number has: picks, choices, sums."""
    return [
        lambda depth: st.builds("least({}, {})".format, KINDS[kind](depth), KINDS[kind](depth)),
        lambda depth: st.builds("greatest({}, {})".format, KINDS[kind](depth), KINDS[kind](depth)),
        lambda depth: st.builds("greatest({} - {}, 0)".format, KINDS[kind](depth), KINDS[kind](depth)),
        lambda depth: st.builds("({} + {})".format, KINDS[kind](depth), KINDS[kind](depth)),
        lambda depth: st.builds("({} - {})".format, KINDS[kind](depth), KINDS[kind](depth)),
        lambda depth: st.builds(
            "case when {} then {} when {} then {} else {} end".format,
            BOOLS(depth), KINDS[kind](depth), BOOLS(depth), KINDS[kind](depth), KINDS[kind](depth),
        ),
        lambda depth: st.builds("case when {} then {} end".format, BOOLS(depth), KINDS[kind](depth)),
        lambda depth: st.builds("({} * {})".format, KINDS[kind](depth), KINDS["ratio"](depth)),
        lambda depth: st.builds("({} / {})".format, KINDS[kind](depth), KINDS["ratio"](depth)),
    ]  # fmt: skip


KINDS: dict[str, Any] = {}
KINDS["money"] = _grow(
    ["产值", "上年产值", "利润", "门槛", "上限", "零"],
    *_same("money"),
    lambda depth: KINDS["people"](depth).map("({} * 单价)".format),
    lambda depth: KINDS["area"](depth).map("({} * 租)".format),
)
KINDS["people"] = _grow(["员工数", "人"], *_same("people"))
KINDS["area"] = _grow(["面积", "坪"], *_same("area"))
KINDS["ratio"] = _grow(
    ["增速", "占比", "半", "三分之一", "倍", "1"],
    *(
        _both(pattern, (lambda d, k=kind: KINDS[k](d)), (lambda d, k=kind: KINDS[k](d)))
        for kind in ("money", "people", "area", "ratio")
        for pattern in ("({} / {})", "floor({} / {})", "floor(greatest({} - {}, 0) / {{}})")[:2]
    ),
    lambda depth: st.builds("(- {})".format, KINDS["ratio"](depth)),
)
DATES = _grow(
    ["成立日期", "迁入日期", AS_OF, "起"], lambda depth: st.builds("year_start({})".format, DATES(depth))
)
SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _compared(kind: Any) -> Any:
    return lambda depth: st.builds("{} {} {}".format, kind(depth), SIGNS, kind(depth))


LISTS = st.lists(st.sampled_from(["制造业", "服务业", "其他"]), min_size=1, max_size=3, unique=True)
BOOLS = _grow(
    ["已投产", "高新企业", "行业 = '制造业'", "行业 <> '其他'", "行业 in ('制造业', '服务业')"],
    *(_compared(lambda d, k=kind: KINDS[k](d)) for kind in ("money", "people", "area", "ratio")),
    _compared(DATES),
    lambda depth: st.builds("full_years({}, {}) {} 满".format, DATES(depth), DATES(depth), SIGNS),
    lambda depth: st.builds("full_months({}, {}) {} 期".format, DATES(depth), DATES(depth), SIGNS),
    lambda depth: st.builds(
        "{} between {} and {}".format, KINDS["money"](depth), KINDS["money"](depth), KINDS["money"](depth)
    ),
    lambda _: st.builds(lambda values: f"行业 in ({', '.join(map(repr, values))})", LISTS),
    lambda depth: st.builds("({} and {})".format, BOOLS(depth), BOOLS(depth)),
    lambda depth: st.builds("({} or {})".format, BOOLS(depth), BOOLS(depth)),
    lambda depth: st.builds("not ({})".format, BOOLS(depth)),
    lambda depth: st.builds(
        "case when {} then {} else {} end".format, BOOLS(depth), BOOLS(depth), BOOLS(depth)
    ),
)


# -- comparison ----------------------------------------------------------------------------------------------------


def _compiled(plan: Plan, node: ir.Node, rows: list[dict[str, Any]]) -> list[Any]:
    writer = Writer(plan)
    writer.lines.append(f"    add({writer.verdict(node)})")
    scope: dict[str, Any] = {}
    exec(writer.source(), scope)  # noqa: S102 -- what the back end wrote
    return [scope["evaluate"](row)[0] for row in rows]


def _asked(connection: duckdb.DuckDBPyConnection, node: ir.Node) -> list[Any]:
    query = f'SELECT {SqlWriter().write(node)} FROM "facts·企业" ORDER BY __key'
    return [row[0] for row in connection.execute(query).fetchall()]


def _agree(got: list[Any], want: list[Any]) -> bool:
    return got == want and all(type(one) is type(other) for one, other in zip(got, want, strict=True))


PROPERTY = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@PROPERTY
@given(data=st.data())
def test_conditions_mean_the_same_everywhere(
    plan: Plan,
    scope: Scope,
    rows: list[dict[str, Any]],
    connection: duckdb.DuckDBPyConnection,
    data: st.DataObject,
) -> None:
    text = data.draw(BOOLS(3))
    tree = _parsed(text, scope)
    assert tree.type == BOOL
    node = _lowered(lambda: Lowering(plan.scales).condition(tree))
    want = [interpret(tree, exact_facts(plan, row)) for row in rows]
    assert _agree(_compiled(plan, node, rows), want), text
    assert _agree(_asked(connection, node), want), text


@PROPERTY
@given(data=st.data())
def test_amounts_mean_the_same_everywhere(
    plan: Plan,
    scope: Scope,
    rows: list[dict[str, Any]],
    connection: duckdb.DuckDBPyConnection,
    data: st.DataObject,
) -> None:
    text = data.draw(KINDS["money"](3))
    tree = _parsed(f"greatest({text}, 0)", scope)
    node = _lowered(lambda: Lowering(plan.scales).amount(tree, 100))
    exact = [interpret(tree, exact_facts(plan, row)) for row in rows]
    want = [None if value is None else round_money(value) for value in exact]  # type: ignore[arg-type]
    assert _agree(_compiled(plan, node, rows), want), text
    assert _agree(_asked(connection, node), want), text


# What amounts look like in documents: caps, floors, steps, bands, categories; the SQL back end treats them specially.
SHAPES = st.sampled_from(
    [
        "least(产值 * 半, 上限)",
        "least(greatest(产值 - 门槛, 0) * 三分之一, 上限)",
        "greatest(least(产值 * 半, 门槛), 上限)",
        "floor(greatest(产值 - 上年产值, 0) / 门槛) * 上限",
        "floor(产值 / 门槛) * 上限",
        "least(产值, 上限) * 半 + greatest(least(产值, 门槛) - 上限, 0) * 三分之一 + greatest(产值 - 门槛, 0)",
        "case when 行业 = '制造业' then 上限 when 行业 = '服务业' then 门槛 end",
        "case when 行业 = '制造业' then 上限 when 行业 = '其他' then 产值 * 半 else 零 end",
        "case when 产值 >= 门槛 then 产值 * 半 when 产值 >= 上限 then 上限 end",
        "case when 产值 >= 门槛 and 产值 < 上年产值 then 上限 else 零 end",
        "员工数 * 单价",
        "least(面积, 坪) * 租",
        "上限",
        "产值 * 产值 / 门槛",
        "least(产值 / 占比, 门槛)",
    ]
)
CONDITIONS = st.one_of(
    st.sampled_from(
        ["产值 >= 门槛", "行业 in ('制造业', '服务业')", "已投产", "not 高新企业", "产值 > 0", "占比 <= 半"]
    ),
    BOOLS(2),
)
RULE = Rule.model_validate({"clause": "一", "kind": "grant", "class": "奖补", "for": "企业", "amount": "甲"})
GROUPS: dict[str, list[PlanGroup]] = {
    "none": [],
    "best": [PlanGroup("g", "择优", "企业", False, (("r0",), ("r1",), ("r2",)), "一")],
    "side": [PlanGroup("g", "择边", "企业", False, (("r0", "r2"), ("r1",)), "一")],
    "cap": [PlanGroup("g", "封顶", "企业", True, (("r2", "r0", "r1"),), "一", 6 * 10**7)],
    "cap with ledger": [PlanGroup("g", "封顶", "企业", True, (("r0", "r1"),), "一", 6 * 10**7, "组已付")],
    "best, then cap": [
        PlanGroup("g", "择优", "企业", False, (("r0",), ("r1",)), "一"),
        PlanGroup("h", "封顶", "企业", True, (("r1", "r2"),), "一", 10**7, "组已付"),
    ],
    "cap with ledger, then best": [
        PlanGroup("g", "封顶", "企业", True, (("r0", "r1"),), "一", 6 * 10**7, "组已付"),
        PlanGroup("h", "择优", "企业", False, (("r1",), ("r2",)), "一"),
    ],
}


AMOUNTS = st.one_of(SHAPES, KINDS["money"](1).map("greatest({}, 0)".format))
ATTESTED = st.sampled_from([(), ("认定甲",), ("认定甲", "认定乙")])


def _rule(name: str, texts: list[str], attested: tuple[str, ...], amount: str, scope: Scope) -> PlanRule:
    conditions = tuple(Condition(text, "一", _parsed(text, scope)) for text in texts)
    attests = tuple(Attestation(each, "局") for each in attested)
    tree = _parsed(amount, scope)
    return PlanRule(name, "doc", name, "企业", RULE, conditions, attests, tree, (), tree, "money")


@PROPERTY
@given(data=st.data())
def test_whole_rules_with_groups_mean_the_same_in_python_and_in_the_population(
    plan: Plan,
    scope: Scope,
    rows: list[dict[str, Any]],
    connection: duckdb.DuckDBPyConnection,
    data: st.DataObject,
) -> None:
    rules = [
        _rule(
            f"r{n}",
            data.draw(st.lists(CONDITIONS, max_size=3)),
            data.draw(ATTESTED),
            data.draw(AMOUNTS),
            scope,
        )
        for n in range(3)
    ]
    groups = tuple(GROUPS[data.draw(st.sampled_from(list(GROUPS)))])
    scales = {**plan.scales, **EXTRA_SCALES}
    whole = Plan(
        tuple(rules),
        groups,
        scales,
        {},
        plan.subjects,
        {**plan.owners, **dict.fromkeys(EXTRA_SCALES, "企业")},
    )
    _lowered(lambda: [Lowering(scales).condition(each.tree) for rule in rules for each in rule.conditions])
    _lowered(lambda: [Lowering(scales).amount(rule.base, 100) for rule in rules])
    source, written = RowWriter(whole).grouped("企业")
    told = " OR ".join
    columns = ", ".join(
        f"{each.status}, CASE WHEN {told(filter(None, (each.yes, each.attest)))} THEN {each.amount} END"
        for each in written
    )
    found = connection.execute(f"SELECT {columns} FROM {source} ORDER BY __key").fetchall()
    engine = Engine(whole)
    for row, got in zip(rows, found, strict=True):
        results = engine._one("企业", row)
        want = [(int(each.status), each.amount) for each in results]
        if list(zip(got[::2], got[1::2], strict=True)) != want:
            pytest.fail(
                f"{row}\n population: {list(zip(got[::2], got[1::2], strict=True))}\n python: {want}",
                pytrace=False,
            )
        _stays_modest(rules, groups, row, results)


def _stays_modest(
    rules: list[PlanRule], groups: tuple[PlanGroup, ...], row: dict[str, Any], results: list[Result]
) -> None:
    """Groups only ever take away, and a shared cap is never exceeded."""
    assert all(each.amount <= each.gross for each in results if each.amount is not None)
    for group in groups:
        if group.capped:
            paid = sum(
                each.amount for each in results if each.rule.id in group.rules and each.status is Status.YES
            )
            assert paid <= group.fen


def _parsed(text: str, scope: Scope) -> Node:
    try:
        return parse(Source(text), scope)
    except EdictError as fault:
        if any(
            each.code not in {"R101", "R112"} for each in fault.diagnostics
        ):  # too deep, a constant zero divisor
            raise
        assume(False)
        raise


def _lowered(make: Any) -> ir.Node:
    """Skip what no exact integer can serve: possibly negative divisors and floors, products too wide."""
    try:
        return make()  # type: ignore[no-any-return]
    except LoweringError:
        assume(False)
        raise
