from __future__ import annotations

import itertools

import duckdb
import pytest

from edict.rules import ir
from edict.rules.certain import PairWriter, conjuncts, layout, settled
from edict.rules.scale import Scale
from edict.rules.sql import DUCKDB, SqlWriter, quote_double
from edict.rules.tree import BOOL, MONEY, EnumType, NumberType

SCALES = {
    "额": Scale(NumberType(MONEY), 100, 0, 1000),
    "差": Scale(NumberType(MONEY), 100, -1000, 1000),
    "类": Scale(EnumType(("甲", "乙", "丙"))),
    "是": Scale(BOOL),
    "否": Scale(BOOL),
}
VALUES = {
    "额": ("BIGINT", (None, 0, 9, 10, 11)),
    "差": ("BIGINT", (None, -5, 0, 5)),
    "类": ("VARCHAR", (None, "甲", "乙", "丙")),
    "是": ("BOOLEAN", (None, True, False)),
    "否": ("BOOLEAN", (None, True, False)),
}
MONEY_FACT = ir.Column("额", "int", 0, 1000)
SIGNED = ir.Column("差", "int", -1000, 1000)
KIND = ir.Column("类", "str")
YES, NO = ir.Column("是", "bool"), ir.Column("否", "bool")
REACHED = ir.Test(">=", MONEY_FACT, ir.Int(10))
FIRST, SECOND = ir.Test("=", KIND, ir.Str("甲")), ir.Test("<>", KIND, ir.Str("乙"))
RATIO = ir.Test(">", ir.floor_divide(MONEY_FACT, MONEY_FACT), ir.Int(0))


@pytest.fixture(scope="module")
def facts() -> duckdb.DuckDBPyConnection:
    """Every combination of known and unknown values, with the columns without nulls beside them."""
    connection = duckdb.connect()
    connection.execute("SET ieee_floating_point_ops=false")
    columns = ", ".join(f"{quote_double(name)} {kind}" for name, (kind, _) in VALUES.items())
    connection.execute(f"CREATE TABLE plain ({columns})")
    rows = list(itertools.product(*(values for _, values in VALUES.values())))
    connection.executemany(f"INSERT INTO plain VALUES ({', '.join('?' * len(VALUES))})", rows)
    extra = ", ".join(column for name, scale in SCALES.items() for column in layout(name, scale, DUCKDB))
    connection.execute(f"CREATE VIEW facts AS SELECT *, {extra} FROM plain")
    return connection


@pytest.mark.parametrize(
    "node",
    [
        YES,
        REACHED,
        ir.Test("<", MONEY_FACT, ir.Int(10)),
        ir.Test("<=", SIGNED, ir.Int(-1)),
        ir.Test("<>", SIGNED, MONEY_FACT),
        FIRST,
        SECOND,
        ir.Member(KIND, ("甲", "丙")),
        ir.Negate(ir.Member(KIND, ("甲", "丙"))),
        ir.Connect("and", (YES, REACHED, FIRST)),
        ir.Connect("or", (YES, ir.Negate(NO), SECOND)),
        ir.Negate(ir.Connect("or", (YES, REACHED))),
        ir.If(YES, FIRST, REACHED),
        ir.If(REACHED, SECOND, ir.Null()),
        ir.Test(">=", ir.choose(FIRST, MONEY_FACT, ir.Int(0)), ir.Int(10)),
        ir.Test(">=", ir.choose(FIRST, ir.Int(1), ir.choose(YES, ir.Int(3), ir.Int(0))), ir.Int(2)),
        RATIO,
        ir.Connect("or", (NO, RATIO)),
    ],
    ids=str,
)
def test_the_pair_says_what_three_valued_logic_says(facts: duckdb.DuckDBPyConnection, node: ir.Node) -> None:
    pair = PairWriter(DUCKDB, SCALES).verdict(node)
    kleene = SqlWriter(DUCKDB).write(node)
    rows = facts.execute(f"SELECT {kleene}, {pair.certain}, {pair.possible} FROM facts").fetchall()
    assert {row[0] for row in rows} >= {True, None}
    assert [(certain, possible) for _, certain, possible in rows] == [
        (truth is True, truth is not False) for truth, *_ in rows
    ]


def test_a_category_beyond_its_values_is_unknown(facts: duckdb.DuckDBPyConnection) -> None:
    pair = PairWriter(DUCKDB, SCALES).verdict(FIRST)
    extra = ", ".join(layout("类", SCALES["类"], DUCKDB))
    query = f"SELECT {pair.certain}, {pair.possible} FROM (SELECT *, {extra} FROM (SELECT '丁' AS 类))"
    assert facts.execute(query).fetchall() == [(False, True)]


def test_a_ladder_loses_the_end_that_its_own_condition_rules_out() -> None:
    band = ir.If(ir.Test(">=", MONEY_FACT, ir.Int(20)), ir.Int(2), ir.If(REACHED, ir.Int(1), ir.Null()))
    assert settled(band, frozenset({REACHED})) == ir.If(band.test, ir.Int(2), ir.Int(1))
    assert settled(band, frozenset({YES})) == band


def test_a_table_by_category_loses_the_end_when_every_listed_category_is_covered() -> None:
    second = ir.Test("=", KIND, ir.Str("乙"))
    table = ir.If(FIRST, ir.Int(1), ir.If(second, ir.Int(2), ir.Null()))
    assert settled(table, frozenset({ir.Member(KIND, ("甲", "乙"))})) == ir.If(FIRST, ir.Int(1), ir.Int(2))
    assert settled(table, frozenset({ir.Member(KIND, ("甲", "乙", "丙"))})) == table


def test_only_an_and_is_taken_apart() -> None:
    both = ir.Connect("and", (YES, ir.Connect("and", (NO, REACHED))))
    either = ir.Connect("or", (YES, NO))
    assert list(conjuncts(both)) == [YES, NO, REACHED]
    assert list(conjuncts(either)) == [either]
