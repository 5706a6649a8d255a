"""Building rules: names, sugar that becomes conditions, decisions that use decisions, and every fault at once."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from edict.core.diagnostic import Diagnostic, EdictError
from edict.rules.build import build_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.rules.town import Town

HEAD = "{clause: 一, kind: grant, class: 奖补, for: 企业, "


def test_a_rule_becomes_conditions_limits_and_an_amount(town: Callable[..., Town]) -> None:
    rule = town("""\
奖励:
  clause: [一, 二/1]
  kind: grant
  class: 奖补
  for: 企业
  parameters: {比例: 2%, 上限: 50万元}
  when:
    - {expr: 产值 >= 上限, clause: 二/1, label: 达标}
    - {any: [已投产, {all: [高新企业, 行业 = '其他']}]}
  attest: [{创新: 市科技局}]
  amount: 产值 * 比例
  cap: {at: 上限}
  funding: {市: 50%, 区: 50%}
""").rule("奖励")
    assert [each.label for each in rule.conditions] == [
        "达标",
        "已投产 或 高新企业 且 行业 = '其他'",
        "文件施行期间",
    ]
    assert [each.clause for each in rule.conditions][:2] == ["二/1", "一"]
    assert [each.joined for each in rule.conditions[1].parts] == ["", "all"]
    assert rule.facts == ("产值", "已投产", "高新企业", "行业", "创新")
    assert [each.label for each in rule.limits] == ["上限"]
    assert rule.funding == (("市", Fraction(1, 2)), ("区", Fraction(1, 2)))
    assert rule.clause == "一、二/1"


@pytest.mark.parametrize(
    ("as_of", "amount"), [("2019-12-31", None), ("2020-01-01", 100), ("2021-12-31", 100), ("2022-01-01", 300)]
)
def test_dated_parameters_follow_the_as_of_date(
    town: Callable[..., Town], as_of: str, amount: int | None
) -> None:
    built = town(
        f"奖: {HEAD}parameters: {{额: {{dated: {{2020-01-01: 1元, 2022-01-01: 3元}}}}}}, amount: 额}}\n"
    )
    assert built.outcome("奖", as_of=as_of)[1] == amount


@pytest.mark.parametrize(
    ("as_of", "status"),
    [("2020-05-31", "不符合"), ("2020-06-01", "符合"), ("2021-06-30", "符合"), ("2021-07-01", "不符合")],
)
def test_both_ends_of_a_window_belong_to_it(town: Callable[..., Town], as_of: str, status: str) -> None:
    built = town(
        f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, valid: {{from: 2020-06-01, to: 2021-06-30}}}}\n"
    )
    assert built.outcome("奖", as_of=as_of)[0] == status


@pytest.mark.parametrize(
    ("as_of", "status"), [("2019-12-31", "不符合"), ("2029-12-31", "符合"), ("2030-01-01", "不符合")]
)
def test_a_document_rules_while_it_is_in_force(town: Callable[..., Town], as_of: str, status: str) -> None:
    built = town(f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额}}\n")
    assert built.outcome("奖", as_of=as_of)[0] == status


@pytest.mark.parametrize(
    ("frequency", "days", "status"),
    [
        ("一次性", [], "符合"),
        ("一次性", ["2020-03-01"], "不符合"),
        ("每年一次", ["2020-03-01"], "符合"),
        ("每年一次", ["2021-03-01"], "不符合"),
        ("每年一次", ["2021-09-01"], "符合"),
        ("每项一次", ["2021-03-01"], "符合"),
    ],
)
def test_a_frequency_reads_the_ledger(
    town: Callable[..., Town], frequency: str, days: list[str], status: str
) -> None:
    built = town(f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, frequency: {frequency}}}\n")
    ledger = [{"rule": "奖", "date": each, "amount": "1元"} for each in days]
    assert built.outcome("奖", ledger=ledger)[0] == status


def test_an_unknown_ledger_is_not_an_empty_one(town: Callable[..., Town]) -> None:
    built = town(f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, frequency: 一次性}}\n")
    assert built.outcome("奖", ledger=None)[0] == "待补充"


@pytest.mark.parametrize(("years", "status"), [(0, "符合"), (2, "符合"), (3, "不符合")])
def test_a_term_counts_the_years_before(town: Callable[..., Town], years: int, status: str) -> None:
    built = town(f"奖: {HEAD}parameters: {{额: 1元, 最长: 3年}}, amount: 额, term: 最长}}\n")
    ledger = [
        {"rule": "奖", "date": f"{2020 + year}-0{month}-01", "amount": "1元"}
        for year in range(years)
        for month in (2, 5)
    ]
    assert built.outcome("奖", as_of="2024-01-15", ledger=ledger)[0] == status


@pytest.mark.parametrize(("paid", "amount"), [("0元", 5000), ("20元", 3000), ("50元", 0), ("80元", 0)])
def test_a_top_up_pays_the_difference(town: Callable[..., Town], paid: str, amount: int) -> None:
    built = town(f"奖: {HEAD}parameters: {{额: 50元}}, amount: 额, top_up: true, frequency: 一次性}}\n")
    assert built.outcome("奖", ledger=[{"rule": "奖", "date": "2020-05-01", "amount": paid}]) == (
        "符合",
        amount,
    )


@pytest.mark.parametrize(
    ("output", "paid", "amount"),
    [
        ("50元", "0元", 5000),
        ("200元", "0元", 10000),
        ("200元", "70元", 3000),
        ("20元", "70元", 2000),
        ("200元", "100元", 0),
    ],
)
def test_a_yearly_cap_leaves_what_was_not_paid_yet(
    town: Callable[..., Town], output: str, paid: str, amount: int
) -> None:
    built = town(f"奖: {HEAD}parameters: {{上限: 100元}}, amount: 产值, cap: {{at: 上限, period: 年}}}}\n")
    ledger = [
        {"rule": "奖", "date": "2021-02-01", "amount": paid},
        {"rule": "奖", "date": "2020-02-01", "amount": "100元"},
    ]
    assert built.outcome("奖", {"产值": output}, ledger=ledger) == ("符合", amount)


def test_a_cap_may_be_a_table_or_a_fact(town: Callable[..., Town]) -> None:
    built = town(f"""\
奖: {HEAD}tables: {{标准: {{by: 行业, values: {{制造业: 10元, 服务业: 20元}}}}}}, amount: 产值, cap: [{{at: 标准}}, {{at: 上年产值}}]}}
""")
    facts = {"产值": "100元", "行业": "服务业", "上年产值": "15元"}
    assert built.outcome("奖", facts) == ("符合", 1500)
    assert built.outcome("奖", {**facts, "行业": "制造业"}) == ("符合", 1000)
    assert built.outcome("奖", {**facts, "上年产值": "未知"}) == ("待补充", None)


DECISIONS = """\
规模: {clause: 一, kind: decision, for: 企业, parameters: {大: 100元, 中: 10元}, outcomes: [{value: 大型, when: [产值 >= 大]}, {value: 中型, when: [产值 >= 中]}]}
成长: {clause: 一, kind: decision, for: 企业, when: [产值 > 上年产值]}
人均: {clause: 一, kind: decision, for: 企业, value: 产值 / 员工数}
奖: {clause: 一, kind: grant, class: 奖补, for: 企业, parameters: {额: 1元, 线: 5元/人}, when: [规模 <> '大型', 成长, 人均 >= 线], amount: 额}
"""


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"产值": "50元", "上年产值": "40元", "员工数": "10人"}, "符合"),
        ({"产值": "50元", "上年产值": "50元", "员工数": "10人"}, "不符合"),
        ({"产值": "50元", "上年产值": "40元", "员工数": "11人"}, "不符合"),
        ({"产值": "50元", "上年产值": "40元", "员工数": "0人"}, "待补充"),
        ({"产值": "200元", "上年产值": "40元", "员工数": "10人"}, "不符合"),
        ({"产值": "5元", "上年产值": "4元", "员工数": "1人"}, "符合"),  # no outcome at all differs from 大型
        ({"上年产值": "40元", "员工数": "10人"}, "待补充"),
    ],
)
def test_rules_use_decisions_by_name(town: Callable[..., Town], facts: dict[str, str], status: str) -> None:
    assert town(DECISIONS).outcome("奖", facts)[0] == status


def test_a_decision_gives_its_value(town: Callable[..., Town]) -> None:
    built = town(DECISIONS)
    assert built.outcome("规模", {"产值": "10元"}) == ("符合", "中型")
    assert built.outcome("规模", {"产值": "9.99元"}) == ("不符合", None)
    assert built.outcome("人均", {"产值": "1元", "员工数": "3人"}) == ("符合", 333_333)


@pytest.mark.parametrize(
    ("rules", "code", "word"),
    [
        (f"奖: {HEAD}amount: 产值 * 产值}}", "R113", "以元计"),
        (f"奖: {HEAD}amount: 员工数}}", "R113", "以元计"),
        (f"奖: {HEAD}amount: 利润}}", "R114", "负数"),
        (f"奖: {HEAD}amount: 产值 / (1 - 1)}}", "R114", "除数总是 0"),
        (f"奖: {HEAD}parameters: {{额: 一万}}, amount: 额}}", "R121", "“一万”"),
        (f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, when: [额]}}", "R110", "是非"),
        (f"奖: {HEAD}parameters: {{额: 1元, 率: 1%}}, amount: 额, cap: {{at: 率}}}}", "R122", "上限"),
        (f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, cap: {{at: 没有}}}}", "R103", "没有"),
        (f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, term: 额}}", "R122", "“额”"),
        (f"奖: {HEAD}parameters: {{额: 1元}}, amount: 额, when: [投资额 > 0]}}", "R115", "投资额"),
        ("定: {clause: 一, kind: decision, for: 企业, value: 已投产}", "R113", "value"),
        ("定: {clause: 一, kind: decision, for: 企业, value: 成立日期}", "R113", "value"),
        ("甲: {clause: 一, kind: decision, for: 企业, when: [乙]}\n乙: {clause: 一, kind: decision, for: 企业, when: [甲]}", "R120", "→"),
        (f"甲: {{clause: 一, kind: decision, for: 个人, when: ['full_years(出生日期, 基准日) >= full_years(出生日期, 出生日期)']}}\n奖: {HEAD}when: [甲], no_basis: 没写}}", "R115", "个人"),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_refused_with_its_place(
    faults: Callable[..., list[Diagnostic]], rules: str, code: str, word: str
) -> None:
    found = faults(rules + "\n")
    assert code in {each.code for each in found}, found
    (fault, *_) = (each for each in found if each.code == code)
    assert word in fault.message
    assert fault.message.endswith("。")
    assert fault.place is not None
    assert fault.place.line


def test_all_faults_of_all_rules_are_told_at_once(faults: Callable[..., list[Diagnostic]]) -> None:
    found = faults(
        f"甲: {HEAD}when: [没有一 > 0, 没有二 > 0], amount: 没有三}}\n乙: {HEAD}amount: 没有四}}\n"
    )
    assert [each.message for each in found] == [f"没有声明“没有{n}”。" for n in "一二三四"]


def test_with_a_report_faulty_rules_are_left_out(town: Callable[..., Town]) -> None:
    built = town(f"甲: {HEAD}amount: 没有}}\n乙: {HEAD}amount: 产值}}\n")
    report: list[Diagnostic] = []
    assert [each.name for each in build_plan(built.library, report).rules] == ["乙"]
    assert [each.code for each in report] == ["R103"]
    with pytest.raises(EdictError):
        _ = built.plan


GROUPED = f"""\
甲: {HEAD}amount: 产值}}
乙: {HEAD}amount: 上年产值}}
丙: {{clause: 一, kind: grant, class: 奖补, for: 项目, amount: 投资额}}
判: {{clause: 一, kind: decision, for: 企业, when: [已投产]}}
"""


@pytest.mark.parametrize("members", ["[甲, 丙]", "[甲, 判]"])
def test_a_group_holds_money_rules_of_one_subject(
    faults: Callable[..., list[Diagnostic]], members: str
) -> None:
    found = faults(GROUPED, groups=f"组: {{clause: 一, take: best, rules: {members}}}\n")
    assert [each.code for each in found] == ["R117"]


def test_a_group_of_one_is_no_group(town: Callable[..., Town]) -> None:
    built = town(GROUPED, groups="组: {clause: 一, take: best, rules: [甲, 没有]}\n")
    assert built.plan.groups == ()


@pytest.mark.parametrize("at", ["5%", "3人", "2020-01-01"])
def test_a_group_limit_must_be_money(faults: Callable[..., list[Diagnostic]], at: str) -> None:
    (fault,) = faults(GROUPED, groups=f"组:\n  {{clause: 一, take: cap, at: {at}, rules: [甲, 乙]}}\n")
    assert (fault.code, fault.place and fault.place.line) == ("R122", 2)


def test_items_of_a_subject_are_those_with_rules(town: Callable[..., Town]) -> None:
    built = town(GROUPED)
    assert built.plan.items("企业") == ("项目",)
    assert built.plan.items("个人") == ()
    assert [each.name for each in built.plan.of("项目")] == ["丙"]
    with pytest.raises(KeyError):
        built.plan.rule("doc-1#没有")
