"""Reading facts: what people write becomes exact values, and what is doubtful is refused with its mend."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.diagnostic import EdictError, Place
from edict.core.quantity import parse_unit
from edict.rules.facts import FactError, Payment, ledger_value, payments_for_item, read_situation, store
from edict.rules.plan import LedgerFact, LedgerKind
from edict.rules.scale import Scale
from edict.rules.tree import BOOL, DATE, MONEY, NO_UNIT, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Callable

    from edict.core.diagnostic import Diagnostic
    from tests.unit.rules.town import Town

YUAN = Scale(NumberType(MONEY), 100, 0, 10**16)
SIGNED = Scale(NumberType(MONEY), 100, -(10**16), 10**16)
RATIO = Scale(NumberType(NO_UNIT), 10**6, 0, 10**12)
COUNT = Scale(NumberType(parse_unit("人")), 1, 0, 10**12)
AREA = Scale(NumberType(parse_unit("㎡")), 10, 0, 10**14)
LEVEL = Scale(EnumType(("国家级", "省级")))
DAY = Scale(DATE, 1, 18000101, 99991231)
YES = Scale(BOOL)


@pytest.mark.parametrize(
    ("value", "scale", "stored"),
    [
        ("60亿元", YUAN, 600_000_000_000), ("0元", YUAN, 0), ("0.01元", YUAN, 1), (" 5元 ", YUAN, 500), ("-5元", SIGNED, -500),
        ("100万亿元", YUAN, 10**16), ("2.5%", RATIO, 25000), ("0.0001%", RATIO, 1), ("12人", COUNT, 12), ("12", COUNT, 12), (12, COUNT, 12),
        ("300平方米", AREA, 3000), ("1公顷", AREA, 100_000), ("国家级", LEVEL, "国家级"), ("2020-02-29", DAY, 20200229),
        (date(2020, 2, 29), DAY, 20200229), ("true", YES, True), ("有", YES, True), ("否", YES, False), (True, YES, True),
        (None, YUAN, None), ("", YUAN, None), ("未知", LEVEL, None), ("不知道", DAY, None),
    ],
)  # fmt: skip
def test_values_are_stored_exactly(value: object, scale: Scale, stored: Any) -> None:
    got = store("甲", value, scale)
    assert got == stored
    assert type(got) is type(stored)


@pytest.mark.parametrize(
    ("value", "scale", "word"),
    [
        ("6000000000", YUAN, "没有单位"), (6000000000, YUAN, "没有单位"), (1.5, YUAN, "小数"), (True, YUAN, "bool"), ([1], YUAN, "list"),
        ("60亿", YUAN, "单位"), ("６０元", YUAN, "全角"), ("1,000元", YUAN, "千位分隔"), ("-5元", YUAN, "不能是负数"), ("0.001元", YUAN, "更细"),
        ("1亿亿元", YUAN, "单位"), ("101万亿元", YUAN, "大得不合理"), ("300㎡", YUAN, "应当以元计"), ("1e9元", YUAN, "数量"),
        ("0.00001%", RATIO, "更细"), ("12.5人", COUNT, "更细"), ("12件", COUNT, "应当以人计"), ("-1人", COUNT, "负数"), ("110105199001011234", COUNT, "大得不合理"),
        ("3", AREA, "没有单位"), ("0.05㎡", AREA, "更细"), ("3亩", AREA, "应当以㎡计"),
        ("国家", LEVEL, "没有“国家”"), ("市级", LEVEL, "没有“市级”"), (1, LEVEL, "没有“1”"),
        ("2021-02-29", DAY, "不是一个存在的日期"), ("2021-2-9", DAY, "不是"), ("20210229", DAY, "不是"), ("2021-W01-1", DAY, "不是"), (20210229, DAY, "不是"),
        ("1799-12-31", DAY, "太早"), ("2021/02/01", DAY, "不是"),
        ("yes", YES, "不是"), ("1", YES, "不是"), (1, YES, "不是"), ("真", YES, "不是"),
        ("九" * 101, LEVEL, "101 个字符"),
    ],
)  # fmt: skip
def test_doubtful_values_are_refused_with_a_mend(value: object, scale: Scale, word: str) -> None:
    with pytest.raises(FactError, match=word) as caught:
        store("甲", value, scale)
    assert str(caught.value).endswith("。")
    assert caught.value.mend.endswith("。")


@given(
    st.text(max_size=30) | st.integers() | st.floats() | st.booleans() | st.none(),
    st.sampled_from([YUAN, RATIO, COUNT, LEVEL, DAY, YES]),
)
def test_any_value_is_stored_or_refused(value: object, scale: Scale) -> None:
    try:
        got = store("甲", value, scale)
    except FactError:
        return
    assert got is None or isinstance(got, int | str)
    assert not isinstance(scale.type, NumberType) or got is None or scale.lo <= got <= scale.hi


RULES = """\
奖: {clause: 一, kind: grant, class: 奖补, for: 企业, amount: 产值, frequency: 一次性}
件奖: {clause: 一, kind: grant, class: 奖补, for: 项目, attest: [{认可: 市科技局}], amount: 投资额}
"""


def faults_of(town: Town, **raw: object) -> list[Diagnostic]:
    with pytest.raises(EdictError) as caught:
        read_situation(town.plan, {"subject": "企业", "as_of": "2021-01-01", **raw}, Place("a.yml"))
    assert all(each.place == Place("a.yml") and each.hint for each in caught.value.diagnostics)
    return list(caught.value.diagnostics)


@pytest.mark.parametrize(
    ("raw", "code", "word"),
    [
        ({"extra": "1"}, "F101", "extra"),
        ({"subject": "公司"}, "F102", "公司"),
        ({"as_of": "2021-02-30"}, "F105", "2021-02-30"),
        ({"as_of": None}, "F105", "None"),
        ({"facts": "产值"}, "F101", "事实: 值"),
        ({"facts": {"产量": "1元"}}, "F103", "产量"),
        ({"facts": {"投资额": "1元"}}, "F103", "属于项目"),
        ({"facts": {"产值": "1"}}, "F104", "没有单位"),
        ({"facts": {"个人": [{}]}}, "F103", "不是企业的下级对象"),
        ({"facts": {"项目": ["甲"]}}, "F103", "第 1 项"),
        ({"facts": {"项目": [{"产值": "1元"}]}}, "F103", "属于企业"),
        ({"ledger": "没有"}, "F106", "列表"),
        ({"ledger": ["甲"]}, "F106", "第 1 条"),
        ({"ledger": [{"rule": "奖", "date": "2021-01-01"}]}, "F106", "第 1 条"),
        ({"ledger": [{"rule": "奖", "date": "2021-01-01", "amount": "1元", "memo": ""}]}, "F106", "第 1 条"),
        ({"ledger": [{"rule": "无", "date": "2021-01-01", "amount": "1元"}]}, "F106", "“无”不存在"),
        ({"ledger": [{"rule": "奖", "date": "2021-13-01", "amount": "1元"}]}, "F106", "日期"),
        ({"ledger": [{"rule": "奖", "date": "2021-01-01", "amount": "-1元"}]}, "F106", "负数"),
        ({"ledger": [{"rule": "奖", "date": "2021-01-01", "amount": "100"}]}, "F106", "单位"),
    ],
)
def test_a_faulty_file_is_refused(
    town: Callable[..., Town], raw: dict[str, object], code: str, word: str
) -> None:
    (fault,) = faults_of(town(RULES), **raw)
    assert (fault.code, word in fault.message) == (code, True), fault


def test_all_faults_of_a_file_are_told_at_once(town: Callable[..., Town]) -> None:
    found = faults_of(town(RULES), facts={"产值": "1", "面积": "x", "没有": "1"}, ledger="x")
    assert [each.code for each in found] == ["F104", "F104", "F103", "F106"]


def test_a_near_name_is_offered(town: Callable[..., Town]) -> None:
    (fault,) = faults_of(town(RULES), facts={"产 值": "1元"})
    assert "“产值”" in fault.hint


def test_a_rule_name_that_two_packs_share_must_say_which(town: Callable[..., Town]) -> None:
    built = town(RULES, more={"rules.yml": RULES.splitlines()[0] + "\n"})
    (fault,) = faults_of(built, ledger=[{"rule": "奖", "date": "2021-01-01", "amount": "1元"}])
    assert (fault.code, "doc-2#奖" in fault.hint) == ("F106", True)
    situation = built.situation(
        {"产值": "1元"}, ledger=[{"rule": "doc-2#奖", "date": "2021-01-01", "amount": "1元"}]
    )
    assert [each.status.label for each in built.engine.evaluate(situation) if each.rule.name == "奖"] == [
        "符合",
        "不符合",
    ]


def test_without_a_day_the_default_counts(town: Callable[..., Town]) -> None:
    situation = read_situation(town(RULES).plan, {"subject": "企业"}, None, date(2022, 5, 1))
    assert (situation.as_of, situation.ledger, dict(situation.facts)) == (date(2022, 5, 1), None, {})


def test_item_numbers_and_attestations_are_read(town: Callable[..., Town]) -> None:
    rows = [{"编号": "甲1", "投资额": "5元", "认可": "true"}]
    situation = town(RULES).situation({"项目": rows})
    assert situation.items == {"项目": [{"编号": "甲1", "投资额": 500, "认可": True}]}


PAID = [Payment("包#奖", date(2019, 5, 1), 100), Payment("包#奖", date(2021, 1, 1), 20, "甲"), Payment("包#奖", date(2021, 6, 30), 3, "乙"),
        Payment("别#奖", date(2021, 1, 1), 1000)]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "as_of", "value"),
    [
        ("累计已付", date(2021, 6, 30), 123), ("累计已付", date(2021, 6, 29), 120), ("累计已付", date(2018, 1, 1), 0),
        ("本年已付", date(2021, 12, 31), 23), ("本年已付", date(2022, 1, 1), 0), ("已享年数", date(2021, 6, 30), 1), ("已享年数", date(2022, 1, 1), 2),
    ],
)  # fmt: skip
def test_the_ledger_answers_on_its_day(kind: LedgerKind, as_of: date, value: int) -> None:
    assert ledger_value(LedgerFact("x", kind, ("包#奖",), "企业"), PAID, as_of) == value


def test_payments_are_told_apart_by_item() -> None:
    assert payments_for_item(PAID[1:3], "甲", alone=False) == [PAID[1]]
    assert payments_for_item(PAID[:2], "甲", alone=False) is None
    assert payments_for_item([], "", alone=False) == []
    assert payments_for_item(PAID[:3], "甲", alone=True) == [PAID[0], PAID[1]]
