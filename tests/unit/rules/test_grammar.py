"""The closed grammar: what it reads, and that everything else is refused with a place and a mend."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.diagnostic import EdictError, Place
from edict.core.quantity import parse_unit
from edict.rules.grammar import DEEPEST_TREE, Scope, parse, parse_condition
from edict.rules.source import Source
from edict.rules.tree import (
    BOOL,
    DATE,
    MONEY,
    NO_UNIT,
    Choose,
    Compare,
    Const,
    EnumType,
    FactRef,
    IsIn,
    Logic,
    Not,
    NumberType,
    Op,
)
from edict.rules.words import describe

if TYPE_CHECKING:
    from edict.core.diagnostic import Diagnostic
    from edict.rules.tree import Node

LEVELS = EnumType(("国家级", "省级"))
SCOPE = Scope(
    {
        **{name: FactRef(name, NumberType(MONEY)) for name in ("产值", "利润")},
        "件数": FactRef("件数", NumberType(parse_unit("件"))),
        "比例": Const(Fraction(1, 50), NumberType(NO_UNIT), "比例"),
        "零值": Const(Fraction(0), NumberType(NO_UNIT), "零值"),
        "级别": FactRef("级别", LEVELS),
        "投产": FactRef("投产", BOOL),
        "开工": FactRef("开工", DATE),
        "基准日": FactRef("基准日", DATE),
    }
)


def read(text: str) -> Node:
    return parse(Source(text), SCOPE)


def refused(text: str) -> Diagnostic:
    with pytest.raises(EdictError) as caught:
        parse(Source(text, Place("rules.yml", 7, 11), "甲政〔2020〕1号 一"), SCOPE)
    (fault,) = caught.value.diagnostics
    assert fault.message.endswith("。")
    assert fault.hint.endswith(("。", "？"))
    assert fault.place is not None
    assert fault.place.line == 7
    assert fault.clause == "甲政〔2020〕1号 一"
    return fault


@pytest.mark.parametrize(
    ("text", "kind", "printed"),
    [
        ("产值 >= 利润", Compare, "产值 >= 利润"),
        ("产值 > 0", Compare, "产值 > 0元"),
        ("0 < 产值", Compare, "0元 < 产值"),
        ("产值 <> 利润", Compare, "产值 <> 利润"),
        ("级别 = '国家级'", Compare, "级别 = '国家级'"),
        ("级别 in ('国家级', '省级')", IsIn, "级别 in ('国家级', '省级')"),
        ("级别 not in ('省级')", Not, "not 级别 in ('省级')"),
        ("产值 between 0 and 利润", Logic, "产值 >= 0元 and 产值 <= 利润"),
        ("投产 and not (产值 > 0 or 投产)", Logic, "投产 and not (产值 > 0元 or 投产)"),
        ("LEAST(产值, 利润, 0)", Op, "least(产值, 利润, 0元)"),
        ("greatest(产值 - 利润, 0) * 比例", Op, "greatest(产值 - 利润, 0元) * 比例"),
        ("- 产值", Op, "0元 - 产值"),
        ("(产值 - 利润) / 利润", Op, "(产值 - 利润) / 利润"),
        ("产值 / (利润 / 件数)", Op, "产值 / (利润 / 件数)"),
        ("floor(产值 / 利润)", Op, "floor(产值 / 利润)"),
        ("full_years(开工, 基准日)", Op, "full_years(开工, 基准日)"),
        ("year_start(基准日)", Op, "year_start(基准日)"),
        ("case when 投产 then 产值 else 0 end", Choose, "产值"),
    ],
)
def test_what_documents_need_is_read(text: str, kind: type, printed: str) -> None:
    node = read(text)
    assert isinstance(node, kind)
    assert describe(node) == printed


def test_units_multiply_and_divide() -> None:
    assert read("产值 / 件数").type == NumberType(parse_unit("元/件"))
    assert read("产值 / 利润 * 件数").type == NumberType(parse_unit("件"))


def test_chains_of_one_connective_are_one_node() -> None:
    node = read("投产 and 投产 and (投产 and 投产)")
    assert isinstance(node, Logic)
    assert len(node.args) == 4


def test_a_case_without_else_has_no_value_otherwise() -> None:
    node = read("case when 投产 then 产值 end")
    assert isinstance(node, Choose)
    assert node.otherwise is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("产值 >= 1000", "R107"),
        ("产值 >= 1000万", "R106"),
        ("1e5 > 比例", "R107"),
        ("产值≥利润", "R105"),
        ("产值 >= １０", "R105"),
        ("least(产值，利润)", "R105"),
        ("产值 ＞ 利润", "R105"),
        ("产　值", "R105"),
        ("产量 > 0", "R103"),
        ("未知事实", "R103"),
        ("reflect('java.lang.Runtime')", "R108"),
        ("read_text('/etc/passwd')", "R108"),
        ("getenv('HOME')", "R108"),
        ("repeat('甲', 1)", "R104"),
        ("产值 in (select 1)", "R110"),
        ("(select 1)", "R104"),
        ("exists (select 1)", "R104"),
        ("产值 from 企业", "R104"),
        ("产值, 利润", "R104"),
        ("产值 as 甲", "R104"),
        ("产值 甲", "R104"),
        ("*", "R104"),
        ("企业.产值", "R104"),
        ("产值; drop table 甲", "R104"),
        ("产值 -- 说明", "R104"),
        ("产值 /* 说明 */ > 0", "R104"),
        ('"产值" > 0', "R104"),
        ("产值::int", "R104"),
        ("cast(产值 as int)", "R104"),
        ("产值 is null", "R104"),
        ("coalesce(产值, 0)", "R104"),
        ("true", "R104"),
        ("null", "R104"),
        ("产值 % 利润", "R104"),
        ("产值 || 利润", "R104"),
        ("级别 like '国%'", "R104"),
        ("产值 is distinct from 利润", "R104"),
        ("date '2020-01-01'", "R104"),
        ("count(产值)", "R104"),
        ("case 产值 when 0 then 0 end", "R104"),
        ("floor(产值 / 利润, 1)", "R104"),
        ("产值 between symmetric 0 and 利润", "R104"),
        ("least(distinct 产值, 利润)", "R104"),
        ("产值 >", "R102"),
        ("产值 >= 利润)", "R102"),
        ("", "R104"),
        ("   ", "R104"),
        ("'", "R102"),
        ("产值 / 0", "R112"),
        ("1 / 零值", "R112"),
        ("产值 + 件数", "R110"),
        ("产值 > 件数", "R110"),
        ("产值 > 比例", "R110"),
        ("产值 + 1", "R110"),
        ("投产 + 投产", "R110"),
        ("投产 = 投产", "R110"),
        ("产值 and 投产", "R110"),
        ("not 产值", "R110"),
        ("- 投产", "R110"),
        ("产值 > '一亿'", "R110"),
        ("级别 > '省级'", "R110"),
        ("级别 = 级别", "R110"),
        ("'省级' = '省级'", "R110"),
        ("级别 = '市级'", "R111"),
        ("级别 in ('市级')", "R111"),
        ("级别 in (投产)", "R110"),
        ("产值 in ('省级')", "R110"),
        ("级别 in 投产", "R104"),
        ("case when 产值 then 0 end", "R110"),
        ("case when 投产 then 产值 else 件数 end", "R110"),
        ("least(产值)", "R109"),
        ("least(产值, 件数)", "R110"),
        ("least(投产, 投产)", "R109"),
        ("floor(投产)", "R109"),
        ("full_years(开工)", "R109"),
        ("full_months(产值, 开工)", "R109"),
        ("year_start(产值)", "R109"),
        ("fulyears(开工, 基准日)", "R108"),
        ("(" * 21 + "产值" + ")" * 21, "R101"),
        ("(" * 100_000, "R101"),
        ("1" + " + 1" * 400, "R101"),
        ("not " * 450 + "投产", "R101"),
        ("e\u0301", "R101"),
        ("产值 > " + "0" * 2000, "R101"),
    ],
)
def test_everything_else_is_refused(text: str, code: str) -> None:
    found = refused(text).code
    assert found == code or (code == "R101" and found == "R102")  # the parser may give up before we count


def test_a_fault_points_at_the_sign() -> None:
    place = refused("产值 >= 利润 and 产值≥利润").place
    assert place == Place("rules.yml", 7, 11 + 15)


def test_an_unknown_name_offers_the_nearest() -> None:
    assert "“产值”" in refused("产值额 > 0").hint


def test_a_condition_must_be_a_question() -> None:
    with pytest.raises(EdictError, match="R110"):
        parse_condition(Source("产值"), SCOPE)


def test_the_deepest_tree_is_still_read() -> None:
    assert read("1" + " + 1" * (DEEPEST_TREE - 2)).type == NumberType(NO_UNIT)


WORDS = st.sampled_from(
    ["产值", "利润", "级别", "投产", "'省级'", "0", "1", "2", "(", ")", ",", "+", "-", "*", "/", ">", ">=", "=", "and", "or",
     "not", "in", "between", "case", "when", "then", "else", "end", "least", "floor", "select", "from", "is", "null", ".", "'"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_never_a_crash(text: str) -> None:
    with suppress(EdictError):
        parse(Source(text), SCOPE)
