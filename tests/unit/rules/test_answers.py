"""One applicant: what is written is read exactly or refused, and every answer can be explained, kept and recomputed."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.diagnostic import EdictError
from edict.core.quantity import format_money
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine, fold_items
from edict.rules.explain import explain
from edict.rules.facts import FactError, Payment, ledger_value, read_situation, store
from edict.rules.plan import LedgerFact
from edict.rules.receipt import make_receipt, read_receipt, replay
from edict.rules.reform import reformed
from edict.rules.report import group_of, report
from edict.rules.scale import Scale
from edict.rules.stakes import LEDGER, missing_facts
from edict.rules.tree import MONEY, NumberType
from tests.unit.rules.town import DOCUMENT, Town, build

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.rules.conftest import MakeTown

WAN = 1_000_000  # 分 in 万元
HEAD = "clause: 一, kind: grant, class: 奖补"
OUTPUT = f"""\
甲奖:
  {{{HEAD}, for: 企业, parameters: {{比例: 10%, 上限: 50万元, 门槛: 100万元}}, when: [产值 >= 门槛, 行业 = '制造业'],
   amount: 产值 * 比例, cap: {{at: 上限}}, funding: {{市: 50%, 区: 50%}}}}
"""
ITEMS = f"""\
项奖: {{{HEAD}, for: 项目, parameters: {{比例: 20%}}, when: [已竣工], amount: 投资额 * 比例}}
"""
ONCE = f"""\
项次奖: {{{HEAD}, for: 项目, parameters: {{每项: 5万元}}, when: [已竣工], amount: 每项, frequency: 一次性}}
"""
CAPPED = f"""\
项奖:
  {{{HEAD}, for: 项目, parameters: {{比例: 20%, 单家: 30万元}}, when: [已竣工], amount: 投资额 * 比例,
   cap: {{at: 单家, per: 企业, period: 年}}}}
"""
THREE = "".join(
    f"{name}奖: {{{HEAD}, for: 企业, parameters: {{比例: {share}}}, amount: {fact} * 比例}}\n"
    for name, share, fact in (("甲", "10%", "产值"), ("乙", "10%", "上年产值"), ("丙", "5%", "产值"))
)


def codes(raised: pytest.ExceptionInfo[EdictError]) -> list[str]:
    return [each.code for each in raised.value.diagnostics]


def done(*amounts: str, **more: str) -> dict[str, Any]:
    return {"项目": [{"投资额": each, "已竣工": True, **more} for each in amounts]}


def paid(rule: str, amount: str, day: str = "2021-03-01", **more: str) -> dict[str, str]:
    return {"rule": rule, "date": day, "amount": amount, **more}


# -- facts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "written", "stored"),
    [
        ("产值", "60亿元", 60 * 10**10),
        ("产值", " 0.01元 ", 1),
        ("产值", "0元", 0),
        ("产值", "1000000亿元", 10**16),
        ("利润", "-1.5万元", -1_500_000),
        ("员工数", 7, 7),
        ("员工数", "7", 7),
        ("员工数", "7人", 7),
        ("面积", "12.5㎡", 125),
        ("增速", "-3%", -30_000),
        ("增速", "0.03", 30_000),
        ("占比", "0.0001%", 1),
        ("成立日期", "2020-02-29", 20200229),
        ("成立日期", date(1800, 1, 1), 18000101),
        ("成立日期", datetime(2020, 2, 29, 23, 59), 20200229),  # noqa: DTZ001 -- YAML dates have no zone
        ("行业", "制造业", "制造业"),
        ("已投产", True, True),
        ("已投产", False, False),
        ("已投产", "是", True),
        ("已投产", "有", True),
        ("已投产", "没有", False),
        ("已投产", "无", False),
        ("产值", None, None),
        ("产值", "未知", None),
        ("行业", " 不知道 ", None),
        ("已投产", "", None),
    ],
)
def test_what_people_write_is_stored_exactly(
    town: MakeTown, fact: str, written: object, stored: object
) -> None:
    kept = town().situation({fact: written}).facts[fact]
    assert kept == stored
    assert type(kept) is type(stored)


@pytest.mark.parametrize(
    ("fact", "written", "word"),
    [
        ("产值", "60", "没有单位"),
        ("产值", 60, "没有单位"),
        ("产值", 60.5, "小数"),
        ("产值", True, "bool"),
        ("产值", {"元": 1}, "dict"),
        ("产值", "-1元", "不能是负数"),
        ("产值", "5人", "应当以元计"),
        ("产值", "5㎡", "应当以元计"),
        ("产值", "50%", "没有单位"),
        ("产值", "0.001元", "比分更细"),
        ("产值", "1/3元", "比分更细"),
        ("产值", "1000000.0001亿元", "大得不合理"),
        ("产值", "很多", "不能读成数量"),
        ("产值", "1e9元", "不能读成数量"),
        ("产值", "1,000元", "不能读成数量"),
        ("产值", "１万元", "不能读成数量"),
        ("产值", "nan", "不能读成数量"),
        ("产值", "9" * 101, "101 个字符"),
        ("利润", "-1000001亿元", "不能是负数"),
        ("员工数", "2.5人", "更细"),
        ("员工数", "5件", "应当以人计"),
        ("员工数", -1, "不能是负数"),
        ("面积", "12.55㎡", "更细"),
        ("面积", 12, "没有单位"),
        ("增速", "3人", "应当以%计"),
        ("增速", 0.03, "小数"),
        ("增速", "0.00001%", "更细"),
        ("占比", "-1%", "不能是负数"),
        ("成立日期", "2021-02-29", "不是一个存在的日期"),
        ("成立日期", "20210228", "不是一个存在的日期"),
        ("成立日期", "2021-2-8", "不是一个存在的日期"),
        ("成立日期", "1799-12-31", "太早"),
        ("行业", "制造", "没有“制造”"),
        ("行业", True, "没有“True”"),
        ("已投产", "也许", "不是“是”或“否”"),
        ("已投产", 1, "不是“是”或“否”"),
    ],
)
def test_a_value_of_the_wrong_type_unit_or_range_is_refused_with_its_mend(
    town: MakeTown, fact: str, written: object, word: str
) -> None:
    with pytest.raises(EdictError) as raised:
        town().situation({fact: written})
    (fault,) = raised.value.diagnostics
    assert fault.code == "F104"
    assert fact in fault.message
    assert word in fault.message
    assert fault.hint.endswith("。")


def test_a_misspelt_category_is_guessed(town: MakeTown) -> None:
    with pytest.raises(EdictError, match="是不是“服务业”") as raised:
        town().situation({"行业": "服务行业"})
    assert "制造业、服务业、其他" in raised.value.diagnostics[0].hint


@given(st.integers(0, 10**16))
def test_every_amount_is_read_back_as_it_is_printed(fen: int) -> None:
    assert store("产值", format_money(fen), Scale(NumberType(MONEY), 100, 0, 10**16)) == fen


@given(st.one_of(st.text(max_size=30), st.floats(), st.binary(max_size=5), st.booleans()))
def test_whatever_is_written_for_money_is_stored_or_refused_never_a_crash(value: object) -> None:
    try:
        kept = store("产值", value, Scale(NumberType(MONEY), 100, 0, 10**16))
    except FactError as fault:
        assert fault.mend
    else:
        assert kept is None or (type(kept) is int and 0 <= kept <= 10**16)


def test_all_faults_of_a_facts_file_are_told_at_once(town: MakeTown) -> None:
    raw = {
        "subject": "飞船",
        "as_of": "2021-02-30",
        "facts": {"产直": "1元"},
        "ledger": "从未",
        "备注": "x",
    }
    with pytest.raises(EdictError) as raised:
        read_situation(town().plan, raw)
    assert sorted(codes(raised)) == ["F101", "F102", "F103", "F105", "F106"]
    text = "".join(each.message + each.hint for each in raised.value.diagnostics)
    for word in ("备注", "飞船", "2021-02-30", "是不是“产值", "从未领取写 ledger: []"):
        assert word in text


@pytest.mark.parametrize(
    ("subject", "facts", "word"),
    [
        ("企业", {"投资额": "1元"}, "属于项目，不属于企业"),
        ("个人", {"产值": "1元"}, "属于企业，不属于个人"),
        ("企业", {"个人": [{}]}, "不是企业的下级对象"),
        ("企业", {"项目": ["投资额"]}, "第 1 项必须是"),
        ("企业", {"项目": [{}, {"产值": "1元"}]}, "属于企业，不属于项目"),
    ],
)
def test_a_fact_in_the_wrong_place_is_refused(
    town: MakeTown, subject: str, facts: dict[str, object], word: str
) -> None:
    with pytest.raises(EdictError, match=word) as raised:
        town(ITEMS).situation(facts, subject=subject)
    assert codes(raised) == ["F103"]


def test_facts_must_be_a_mapping(town: MakeTown) -> None:
    with pytest.raises(EdictError) as raised:
        read_situation(town().plan, {"subject": "企业", "as_of": "2021-01-01", "facts": ["产值"]})
    assert codes(raised) == ["F101"]


def test_the_default_day_is_used_only_when_the_file_gives_none(town: MakeTown) -> None:
    plan = town().plan
    assert read_situation(plan, {"subject": "企业"}, default_day=date(2022, 2, 2)).as_of == date(2022, 2, 2)
    given_day = read_situation(plan, {"subject": "企业", "as_of": "2021-01-01"}, default_day=date(2022, 2, 2))
    assert given_day.as_of == date(2021, 1, 1)
    assert given_day.ledger is None
    with pytest.raises(EdictError) as raised:
        read_situation(plan, {"subject": "企业"})
    assert codes(raised) == ["F105"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("甲奖 1万元", "必须有 rule、date、amount"),
        ({"rule": "甲奖", "date": "2021-01-01"}, "必须有 rule、date、amount"),
        ({**paid("甲奖", "1元"), "谁": "x"}, "必须有 rule、date、amount"),
        (paid("无此奖", "1元"), "“无此奖”不存在"),
        (paid("甲奖", "1"), "没有单位"),
        (paid("甲奖", "-1元"), "不能是负数"),
        (paid("甲奖", "1元", "2021-02-29"), "不是一个存在的日期"),
    ],
)
def test_a_faulty_payment_is_refused_by_its_number(town: MakeTown, row: Any, word: str) -> None:
    with pytest.raises(EdictError, match=word) as raised:
        town(OUTPUT).situation({}, ledger=[paid("doc-1#甲奖", "1元"), row])
    assert codes(raised) == ["F106"]
    assert "第 2 条" in raised.value.diagnostics[0].message


@pytest.mark.parametrize(("kind", "value"), [("累计已付", 111), ("本年已付", 11), ("已享年数", 1)])
def test_the_ledger_counts_its_rules_up_to_the_day(kind: Any, value: int) -> None:
    fact = LedgerFact("甲", kind, ("p#甲",), "企业")
    payments = [
        Payment("p#甲", date(2020, 12, 31), 100),
        Payment("p#甲", date(2021, 1, 1), 10),
        Payment("p#甲", date(2021, 6, 30), 1),
        Payment("p#甲", date(2021, 7, 1), 1000),
        Payment("q#甲", date(2021, 1, 1), 5000),
    ]
    assert ledger_value(fact, payments, date(2021, 6, 30)) == value


# -- evaluation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"产值": "100万元", "行业": "制造业"}, ("符合", 10 * WAN)),
        ({"产值": "500万元", "行业": "制造业"}, ("符合", 50 * WAN)),
        ({"产值": "500.01万元", "行业": "制造业"}, ("符合", 50 * WAN)),
        ({"产值": "99.999999万元", "行业": "制造业"}, ("不符合", None)),
        ({"产值": "100万元", "行业": "其他"}, ("不符合", None)),
        ({"产值": "100万元"}, ("待补充", None)),
        ({"产值": "1元"}, ("不符合", None)),
    ],
)
def test_a_rule_gives_its_amount_no_or_asks(town: MakeTown, facts: dict[str, str], outcome: Any) -> None:
    assert town(OUTPUT).outcome("甲奖", facts) == outcome


@pytest.mark.parametrize("day", ["2019-12-31", "2030-01-01"])
def test_outside_the_time_in_force_nothing_is_given(town: MakeTown, day: str) -> None:
    assert town(OUTPUT).outcome("甲奖", {"产值": "100万元", "行业": "制造业"}, as_of=day) == ("不符合", None)


def test_items_are_summed_and_those_that_fail_add_nothing(town: MakeTown) -> None:
    facts = {"项目": [*done("100万元", "50万元")["项目"], {"已竣工": False}]}
    result = town(ITEMS).evaluate(facts)["项奖"]
    assert (result.status.label, result.amount) == ("符合", 30 * WAN)
    assert [each.amount for each in result.items] == [20 * WAN, 10 * WAN, None]


def test_one_unknown_item_makes_the_sum_unknown(town: MakeTown) -> None:
    facts = {"项目": [*done("100万元")["项目"], {"已竣工": True}]}
    assert town(ITEMS).outcome("项奖", facts) == ("待补充", None)


def test_no_items_is_no_and_items_not_listed_is_unknown(town: MakeTown) -> None:
    made = town(ITEMS)
    none, unlisted = made.evaluate({"项目": []})["项奖"], made.evaluate({})["项奖"]
    assert (none.status.label, none.note) == ("不符合", "没有项目")
    assert (unlisted.status.label, unlisted.note) == ("待补充", "没有列出项目")


def test_an_item_that_waits_for_an_office_keeps_the_sum_waiting(town: MakeTown) -> None:
    made = town(ITEMS.replace("amount", "attest: [{先进: 市科技局}], amount"))
    yes, no, open_ = (
        {"投资额": "10万元", "已竣工": True, **each} for each in ({"先进": True}, {"先进": False}, {})
    )
    assert made.outcome("项奖", {"项目": [yes, no]}) == ("符合", 2 * WAN)
    assert made.outcome("项奖", {"项目": [yes, open_]})[0] == "待认定"
    assert made.outcome("项奖", {"项目": [no, no]})[0] == "不符合"


@pytest.mark.parametrize(
    ("ledger", "amount"),
    [
        ([], 30 * WAN),
        ([paid("项奖", "10万元")], 20 * WAN),
        ([paid("项奖", "10万元", "2020-12-31")], 30 * WAN),
        ([paid("项奖", "10万元", "2021-07-01")], 30 * WAN),
        ([paid("项奖", "10万元", item="甲"), paid("项奖", "15万元")], 5 * WAN),
        ([paid("项奖", "40万元")], 0),
    ],
)
def test_the_cap_per_parent_counts_what_was_paid_this_year(
    town: MakeTown, ledger: list[dict[str, str]], amount: int
) -> None:
    result = town(CAPPED).evaluate(done("100万元", "80万元"), ledger=ledger)["项奖"]
    assert (result.status.label, result.amount, result.gross) == ("符合", amount, 36 * WAN)
    assert result.note == "合计按“单家”封顶"


def test_a_sum_exactly_at_the_cap_is_not_noted(town: MakeTown) -> None:
    result = town(CAPPED).evaluate(done("100万元", "50万元"))["项奖"]
    assert (result.amount, result.note) == (30 * WAN, "")


def test_a_cap_over_a_ledger_nobody_knows_is_unknown(town: MakeTown) -> None:
    result = town(CAPPED).evaluate(done("1万元"), ledger=None)["项奖"]
    assert (result.status.label, result.amount) == ("待补充", None)
    assert "各项本年已付" in result.note


def test_an_item_alone_is_capped_like_its_parent(town: MakeTown) -> None:
    facts = {"投资额": "1000万元", "已竣工": True}
    assert town(CAPPED).outcome("项奖", facts, subject="项目") == ("符合", 30 * WAN)


@pytest.mark.parametrize(
    ("keys", "ledger", "outcome"),
    [
        (("甲", "乙"), [], ("符合", 10 * WAN)),
        (("甲", "乙"), [paid("项次奖", "5万元", item="甲")], ("符合", 5 * WAN)),
        (
            ("甲", "乙"),
            [paid("项次奖", "5万元", item="甲"), paid("项次奖", "5万元", item="乙")],
            ("不符合", None),
        ),
        (("甲", "乙"), [paid("项次奖", "5万元", item="丙")], ("符合", 10 * WAN)),
        (("甲", "乙"), [paid("项次奖", "5万元")], ("待补充", None)),
        (("甲", "乙"), [paid("项奖", "5万元")], ("符合", 10 * WAN)),
        ((None, None), [], ("符合", 10 * WAN)),
        ((None, None), [paid("项次奖", "5万元", item="甲")], ("待补充", None)),
        ((None,), [paid("项次奖", "5万元", item="甲")], ("不符合", None)),
        ((None,), [paid("项次奖", "5万元")], ("不符合", None)),
        (("甲",), [paid("项次奖", "5万元")], ("不符合", None)),
        (("甲",), [paid("项次奖", "5万元", item="乙")], ("符合", 5 * WAN)),
        (("甲",), None, ("待补充", None)),
    ],
)
def test_what_was_paid_for_one_item_bars_that_item_only(
    town: MakeTown, keys: tuple[str | None, ...], ledger: Any, outcome: Any
) -> None:
    items = [{"已竣工": True, **({"编号": key} if key else {})} for key in keys]
    assert town(ONCE + ITEMS).outcome("项次奖", {"项目": items}, ledger=ledger) == outcome


def test_of_rules_that_exclude_each_other_the_dearest_is_paid(town: MakeTown) -> None:
    made = town(THREE, groups="择优: {clause: 一, take: best, rules: [甲奖, 乙奖]}\n")
    results = made.evaluate({"产值": "100万元", "上年产值": "200万元"})
    assert [results[name].amount for name in ("甲奖", "乙奖", "丙奖")] == [0, 20 * WAN, 5 * WAN]
    assert results["甲奖"].gross == 10 * WAN
    assert results["甲奖"].note == "“择优”就高不重复，已按“乙奖”给予"
    assert results["乙奖"].note == ""


def test_a_tie_is_settled_by_the_order_of_the_group(town: MakeTown) -> None:
    made = town(THREE, groups="择优: {clause: 一, take: best, rules: [乙奖, 甲奖]}\n")
    results = made.evaluate({"产值": "100万元", "上年产值": "100万元"})
    assert (results["甲奖"].amount, results["乙奖"].amount) == (0, 10 * WAN)


def test_an_undecided_rule_does_not_compete(town: MakeTown) -> None:
    made = town(THREE, groups="择优: {clause: 一, take: best, rules: [甲奖, 乙奖]}\n")
    results = made.evaluate({"产值": "100万元"})
    assert (results["甲奖"].amount, results["乙奖"].status.label) == (10 * WAN, "待补充")


def test_sides_compete_by_their_sums(town: MakeTown) -> None:
    made = town(THREE, groups="择边: {clause: 一, take: side, sides: {一类: [乙奖], 二类: [甲奖, 丙奖]}}\n")
    results = made.evaluate({"产值": "100万元", "上年产值": "140万元"})
    assert [results[name].amount for name in ("甲奖", "乙奖", "丙奖")] == [10 * WAN, 0, 5 * WAN]
    assert "甲奖、丙奖" in results["乙奖"].note
    results = made.evaluate({"产值": "100万元", "上年产值": "160万元"})
    assert [results[name].amount for name in ("甲奖", "乙奖", "丙奖")] == [0, 16 * WAN, 0]


def test_a_shared_cap_is_used_up_in_order(town: MakeTown) -> None:
    made = town(THREE, groups="封顶: {clause: 一, take: cap, at: 12万元, rules: [丙奖, 甲奖, 乙奖]}\n")
    results = made.evaluate({"产值": "100万元", "上年产值": "100万元"})
    assert [results[name].amount for name in ("丙奖", "甲奖", "乙奖")] == [5 * WAN, 7 * WAN, 0]
    assert [results[name].note for name in ("丙奖", "甲奖", "乙奖")] == ["", *["“封顶”合计封顶"] * 2]


@pytest.mark.parametrize(
    ("ledger", "outcome"),
    [
        ([paid("乙奖", "3万元")], [("符合", 9 * WAN), ("符合", 0)]),
        ([paid("丙奖", "3万元")], [("符合", 10 * WAN), ("符合", 2 * WAN)]),
        ([paid("甲奖", "3万元", "2020-12-31")], [("符合", 10 * WAN), ("符合", 2 * WAN)]),
        ([paid("甲奖", "13万元")], [("符合", 0), ("符合", 0)]),
        (None, [("待补充", None), ("待补充", None)]),
    ],
)
def test_a_shared_cap_counts_what_its_members_were_paid_this_year(
    town: MakeTown, ledger: Any, outcome: list[Any]
) -> None:
    made = town(THREE, groups="封顶: {clause: 一, take: cap, at: 12万元, period: 年, rules: [甲奖, 乙奖]}\n")
    results = made.evaluate({"产值": "100万元", "上年产值": "100万元"}, ledger=ledger)
    assert [(results[name].status.label, results[name].amount) for name in ("甲奖", "乙奖")] == outcome
    assert results["丙奖"].amount == 5 * WAN


def test_who_was_paid_one_of_the_exclusive_rules_gets_no_other(town: MakeTown) -> None:
    made = town(THREE, groups="择优: {clause: 一, take: best, period: 终身, rules: [甲奖, 乙奖]}\n")
    facts = {"产值": "100万元", "上年产值": "200万元"}
    assert made.outcome("乙奖", facts) == ("符合", 20 * WAN)
    assert made.outcome("乙奖", facts, ledger=[paid("甲奖", "1元", "2020-03-01")])[0] == "不符合"
    assert made.outcome("乙奖", facts, ledger=[paid("丙奖", "1元")]) == ("符合", 20 * WAN)


def test_nothing_folds_to_no(town: MakeTown) -> None:
    made = town(ITEMS)
    assert fold_items(made.rule("项奖"), [], {}).status.label == "不符合"


# -- explanation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "facts", "gap"),
    [
        ("产值 >= 门槛", {"产值": "40万元"}, "产值 为 40万元，须 >= 门槛|差 60万元"),
        ("员工数 > 人数", {"员工数": 5}, "员工数 为 5人|须 > 5人"),
        ("行业 = '制造业'", {"行业": "其他"}, "行业 须为 制造业"),
        ("行业 <> '其他'", {"行业": "其他"}, "行业 不得为 其他"),
        ("行业 in ('制造业', '服务业')", {"行业": "其他"}, "行业 须为 制造业、服务业 之一"),
        ("成立日期 >= 起日", {"成立日期": "2019-12-31"}, "成立日期 须 >= 2020-01-01"),
        ("已投产", {"已投产": False}, "须已投产"),
    ],
)
def test_a_failed_condition_says_how_far_off_it_is(
    town: MakeTown, when: str, facts: dict[str, object], gap: str
) -> None:
    figures = "门槛: 100万元, 人数: 5人, 起日: 2020-01-01, 每家: 1万元"
    made = town(f'甲奖: {{{HEAD}, for: 企业, parameters: {{{figures}}}, when: ["{when}"], amount: 每家}}\n')
    situation = made.situation(facts)
    (result,) = made.engine.evaluate(situation)
    view = explain(made.engine, situation, result).conditions[0]
    assert view.verdict is False
    for part in gap.replace("门槛", "100万元").split("|"):
        assert part in view.gap
    ((name, _),) = facts.items()
    assert view.values[0].startswith(f"{name} = ")


def test_of_an_any_every_part_is_explained_on_its_own(town: MakeTown) -> None:
    rule = f"甲奖: {{{HEAD}, for: 企业, parameters: {{每家: 1万元}}, when: [{{any: [已投产, 高新企业]}}], amount: 每家}}\n"
    made = town(rule)
    situation = made.situation({"已投产": False})
    (result,) = made.engine.evaluate(situation)
    view = explain(made.engine, situation, result).conditions[0]
    assert (view.verdict, view.gap) == (None, "")
    assert [(each.verdict, each.gap) for each in view.parts] == [(False, "须已投产"), (None, "")]
    assert view.parts[1].values == ("高新企业 = 未知",)


@pytest.mark.parametrize(
    ("output", "limits"),
    [("1000万元", ("按“上限”（50万元）封顶，未封顶为 100万元",)), ("500万元", ()), ("200万元", ())],
)
def test_a_limit_is_named_only_when_it_bit(town: MakeTown, output: str, limits: tuple[str, ...]) -> None:
    made = town(OUTPUT)
    situation = made.situation({"产值": output, "行业": "制造业"})
    (result,) = made.engine.evaluate(situation)
    assert explain(made.engine, situation, result).limits == limits


def test_a_figure_that_won_inside_an_amount_is_named(town: MakeTown) -> None:
    figures = "比例: 10%, 保底: 5万元, 上限: 50万元"
    amount = "least(greatest(产值 * 比例, 保底), 上限)"
    made = town(f'甲奖: {{{HEAD}, for: 企业, parameters: {{{figures}}}, amount: "{amount}"}}\n')
    found = {}
    for output in ("10万元", "100万元", "9000万元"):
        situation = made.situation({"产值": output})
        found[output] = explain(made.engine, situation, made.engine.evaluate(situation)[0]).limits
    assert found == {
        "10万元": ("按“保底”（5万元）保底",),
        "100万元": (),
        "9000万元": ("按“上限”（50万元）封顶",),
    }


# -- stakes and report ---------------------------------------------------------------------------------------------

STAKES = f"""\
大奖: {{{HEAD}, for: 企业, parameters: {{每家: 100万元}}, when: [已投产], amount: 每家}}
中奖: {{{HEAD}, for: 企业, parameters: {{每家: 60万元}}, when: [高新企业, 行业 = '制造业'], amount: 每家}}
小奖: {{{HEAD}, for: 企业, parameters: {{每家: 40万元}}, when: [高新企业], amount: 每家}}
"""


def stakes_of(made: Town, facts: dict[str, object] | None = None, **more: Any) -> dict[str, tuple[int, int]]:
    situation = made.situation(facts, **more)
    found = missing_facts(made.engine, situation, made.engine.evaluate(situation))
    return {each.fact: (each.fen, each.unlimited) for each in found}


def test_the_fact_with_the_most_money_at_stake_is_asked_first(town: MakeTown) -> None:
    assert list(stakes_of(town(STAKES)).items()) == [
        ("已投产", (100 * WAN, 0)),
        ("高新企业", (100 * WAN, 0)),
        ("行业", (60 * WAN, 0)),
    ]


def test_a_rule_already_decided_puts_nothing_at_stake(town: MakeTown) -> None:
    assert stakes_of(town(STAKES), {"已投产": False, "高新企业": True}) == {"行业": (60 * WAN, 0)}
    assert stakes_of(town(STAKES), {"已投产": True, "高新企业": False}) == {}


def test_what_only_the_amount_needs_is_asked_after_the_conditions(town: MakeTown) -> None:
    rule = f"甲奖: {{{HEAD}, for: 企业, parameters: {{比例: 1%}}, when: [已投产], amount: 产值 * 比例}}\n"
    assert list(stakes_of(town(rule)).items()) == [("已投产", (0, 1)), ("产值", (0, 1))]


def test_items_and_the_ledger_are_one_question_each(town: MakeTown) -> None:
    made = town(CAPPED + ONCE)
    assert list(stakes_of(made, {})) == ["项目"]
    known = {"项目": [{"编号": "甲", "已竣工": True, "投资额": "1万元"}]}
    assert list(stakes_of(made, known, ledger=None)) == [LEDGER]
    assert stakes_of(made, known) == {}


def test_a_report_sums_only_what_is_granted(town: MakeTown) -> None:
    rules = OUTPUT + STAKES.replace("when: [高新企业], amount: 每家", "when: [高新企业], no_basis: 没有标准")
    made = town(rules)
    situation = made.situation({"产值": "100万元", "行业": "制造业", "高新企业": True, "已投产": False})
    data = report(made.engine, made.library, situation, made.engine.evaluate(situation))
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data
    assert (data["total_fen"], data["total"]) == (70 * WAN, "70万元")
    assert [(each["name"], each["group"]) for each in data["results"]] == [
        ("甲奖", "可享"),
        ("大奖", "差一点"),
        ("中奖", "可享"),
        ("小奖", "无依据"),
    ]
    first = data["results"][0]
    assert first["funding"] == {"市": "5万元", "区": "5万元"}
    assert (first["fen"], first["document"], first["clause"]) == (10 * WAN, "甲政〔2020〕1号", ["一"])
    assert "conditions" not in first
    assert data["results"][3]["no_basis"] == "没有标准"


def test_near_is_one_failed_condition_with_all_others_known(town: MakeTown) -> None:
    made = town(OUTPUT)
    cases = [
        ({"产值": "1万元", "行业": "制造业"}, "差一点"),
        ({"产值": "1万元", "行业": "其他"}, "不可享"),
        ({"产值": "1万元"}, "不可享"),
        ({"行业": "制造业"}, "待补充"),
    ]
    assert [group_of(made.evaluate(facts)["甲奖"]) for facts, _ in cases] == [group for _, group in cases]


def test_a_full_report_explains_every_item(town: MakeTown) -> None:
    made = town(
        ITEMS
        + "先进奖: {clause: 二, kind: grant, class: 权益, for: 企业, benefit: 免费用房, attest: [{先进: 市科委}]}\n"
    )
    situation = made.situation({"项目": [{"投资额": "10万元", "已竣工": True}, {"已竣工": False}]})
    data = report(made.engine, made.library, situation, made.engine.evaluate(situation), full=True)
    by_name = {each["name"]: each for each in data["results"]}
    items = by_name["项奖"]["items"]
    assert [each["outcome"] for each in items] == ["2万元", "不符合"]
    assert items[1]["conditions"][0]["gap"] == "须已竣工"
    assert by_name["先进奖"]["attest"][0]["matter"] == "先进"
    assert (by_name["先进奖"]["group"], by_name["先进奖"]["benefit"]) == ("待认定", "免费用房")


def test_a_report_names_what_each_open_rule_waits_for(town: MakeTown) -> None:
    made = town(OUTPUT)
    situation = made.situation({"产值": "100万元"})
    data = report(made.engine, made.library, situation, made.engine.evaluate(situation))
    assert data["results"][0]["missing"] == ["行业"]
    assert data["missing"] == [
        {
            "fact": "行业",
            "rules": ["doc-1#甲奖"],
            "up_to_fen": 10 * WAN,
            "up_to": "10万元",
            "unlimited_rules": 0,
        }
    ]


# -- receipts ------------------------------------------------------------------------------------------------------

FACTS = {"产值": "1000万元", "行业": "制造业", "项目": [{"编号": "甲", "投资额": "10万元", "已竣工": True}]}
LEDGER_ROWS = [paid("项次奖", "5万元", item="甲"), paid("项奖", "1万元")]


@pytest.fixture
def receipt(town: MakeTown, tmp_path: Path) -> tuple[Town, Path]:
    made = town(OUTPUT + CAPPED + ONCE)
    situation = made.situation(FACTS, ledger=LEDGER_ROWS)
    body = make_receipt(made.library, situation, made.engine.evaluate(situation), "facts.yml")
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(body, ensure_ascii=False, indent=2), encoding="utf-8")
    return made, path


def test_a_receipt_recomputes_to_the_same(receipt: tuple[Town, Path]) -> None:
    made, path = receipt
    again = replay(made.engine, made.library, read_receipt(path))
    assert (again.same, again.changed_packs, again.results) == (True, (), 3)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["facts"]["产值"] == {"value": 1000 * WAN, "source": "facts.yml"}
    assert kept["results"]["doc-1#项次奖"]["status"] == "不符合"
    assert kept["results"]["doc-1#项奖"]["amount"] == 2 * WAN


@pytest.mark.parametrize(
    ("old", "new"),
    [('"status": "符合"', '"status": "待补充"'), ("1000000000", "1000000001"), ("2021-06-30", "2021-06-29")],
)
def test_a_receipt_that_was_touched_is_refused(receipt: tuple[Town, Path], old: str, new: str) -> None:
    _, path = receipt
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(EdictError) as raised:
        read_receipt(path)
    assert codes(raised) == ["F121"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"{}", b'{"format": "edict-receipt-0"}', b"\xff\xfe", b"x" * 1000]
)
def test_what_is_no_receipt_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(EdictError) as raised:
        read_receipt(path)
    assert codes(raised) == ["F120"]


def test_a_receipt_without_its_seal_is_refused(receipt: tuple[Town, Path]) -> None:
    _, path = receipt
    body = json.loads(path.read_text(encoding="utf-8"))
    del body["sha256"]
    path.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(EdictError) as raised:
        read_receipt(path)
    assert codes(raised) == ["F121"]


def test_no_receipt_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EdictError) as raised:
        read_receipt(tmp_path / "none.json")
    assert codes(raised) == ["F120"]


def test_a_changed_pack_shows_as_changed_with_what_comes_out_differently(
    receipt: tuple[Town, Path], tmp_path: Path
) -> None:
    _, path = receipt
    other = build(tmp_path / "later", OUTPUT.replace("50万元", "80万元") + CAPPED)
    found = replay(other.engine, other.library, read_receipt(path))
    assert found.changed_packs == ("doc-1",)
    assert not found.same
    assert found.differences == (
        ("doc-1#甲奖", f"符合 {50 * WAN}", f"符合 {80 * WAN}"),
        ("doc-1#项次奖", "不符合", "没有这条规则"),
    )


# -- reforms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("甲奖.比例", "不是 规则.参数=值 的形式"),
        ("比例=20%", "不是 规则.参数=值 的形式"),
        ("假奖.比例=20%", "没有规则“假奖”"),
        ("doc-9#甲奖.比例=20%", "没有规则“doc-9#甲奖”"),
        ("甲奖.比列=20%", "没有参数“比列”"),
        ("甲奖.比例=20元", "单位不同"),
        ("甲奖.上限=20%", "单位不同"),
        ("甲奖.上限=60", "单位不同"),
        ("甲奖.比例=", "不能读成数量"),
        ("甲奖.比例=很多", "不能读成数量"),
    ],
)
def test_a_reform_that_does_not_fit_is_refused(town: MakeTown, change: str, word: str) -> None:
    with pytest.raises(EdictError, match=word) as raised:
        reformed(town(OUTPUT).library, [change])
    assert codes(raised) == ["F132"]
    assert raised.value.diagnostics[0].hint


def test_a_misspelt_parameter_is_guessed(town: MakeTown) -> None:
    with pytest.raises(EdictError) as raised:
        reformed(town(OUTPUT).library, ["甲奖.上线=60万元"])
    assert "是不是“上限”" in raised.value.diagnostics[0].hint


def test_a_reform_changes_the_amount_and_leaves_the_library_as_it_is(town: MakeTown) -> None:
    made = town(OUTPUT)
    changed = reformed(made.library, [" 甲奖.比例 = 20% ", "doc-1#甲奖.上限=80万元"])
    facts = {"产值": "300万元", "行业": "制造业"}

    def amount(library: Any) -> Any:
        plan = build_plan(library)
        return Engine(plan).evaluate(made.situation(facts))[0].amount

    assert amount(changed) == 60 * WAN
    assert amount(made.library) == 30 * WAN


def test_a_name_that_two_packs_share_must_say_which(town: MakeTown) -> None:
    made = town(OUTPUT, more={"rules.yml": OUTPUT})
    with pytest.raises(EdictError, match="有几条规则叫“甲奖”") as raised:
        reformed(made.library, ["甲奖.比例=20%"])
    assert "doc-1#甲奖、doc-2#甲奖" in raised.value.diagnostics[0].hint
    changed = reformed(made.library, ["doc-2#甲奖.比例=20%"])
    assert [pack.rules["甲奖"].parameters["比例"].value for pack in changed.packs] == ["10%", "20%"]


@pytest.mark.parametrize(("number", "packs"), [("甲政〔2020〕1号", 1), ("甲政〔2029〕9号", 2)])
def test_a_draft_replaces_its_own_document_or_is_added(
    town: MakeTown, tmp_path: Path, number: str, packs: int
) -> None:
    library = town(OUTPUT).library
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / "document.yml").write_text(DOCUMENT.format(number=number), encoding="utf-8")
    (draft / "rules.yml").write_text(THREE, encoding="utf-8")
    changed = reformed(library, [], draft)
    assert len(changed.packs) == packs
    assert "丙奖" in changed.packs[-1].rules
    assert [list(pack.rules) for pack in library.packs] == [["甲奖"]]


def test_a_draft_with_a_fault_is_refused(town: MakeTown, tmp_path: Path) -> None:
    made = town(OUTPUT)
    with pytest.raises(EdictError) as raised:
        reformed(made.library, [], tmp_path / "nowhere")
    assert "document.yml" in str(raised.value)
