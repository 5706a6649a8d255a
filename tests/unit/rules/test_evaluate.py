"""One applicant: statuses, items summed to the parent, groups, shared caps, and that unknown never becomes an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edict.rules.status import Status
from tests.unit.rules.town import Town, build

if TYPE_CHECKING:
    from collections.abc import Callable

GRANT = "{clause: 一, kind: grant, class: 奖补, for: 企业, "
ITEM = "{clause: 一, kind: grant, class: 奖补, for: 项目, "


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"已投产": "true", "产值": "5元", "创新": "true"}, "符合"),
        ({"已投产": "true", "产值": "5元"}, "待认定"),
        ({"已投产": "true", "创新": "true"}, "待补充"),
        ({"产值": "5元", "创新": "true"}, "待补充"),
        ({"已投产": "false", "创新": "true"}, "不符合"),
        ({"创新": "false"}, "不符合"),
        ({}, "待补充"),
    ],
)
def test_refused_hides_unknown_hides_unattested(
    town: Callable[..., Town], facts: dict[str, str], status: str
) -> None:
    built = town(f"奖: {GRANT}when: [已投产], attest: [{{创新: 市科技局}}], amount: 产值}}\n")
    assert built.outcome("奖", facts)[0] == status


@pytest.mark.parametrize(
    ("facts", "status"), [({"已投产": "true"}, "无依据"), ({}, "待补充"), ({"已投产": "false"}, "不符合")]
)
def test_without_a_basis_there_is_no_amount(
    town: Callable[..., Town], facts: dict[str, str], status: str
) -> None:
    built = town(f"奖: {GRANT}when: [已投产], no_basis: 没有写标准}}\n")
    assert built.outcome("奖", facts) == (status, None)


def test_a_right_without_money_has_no_amount(town: Callable[..., Town]) -> None:
    built = town("权: {clause: 一, kind: grant, class: 权益, for: 企业, when: [已投产], benefit: 绿色通道}\n")
    assert built.outcome("权", {"已投产": "true"}) == ("符合", None)


ITEMS = f"奖: {ITEM}parameters: {{总上限: 100元}}, when: [已竣工], amount: 投资额, cap: {{at: 总上限, per: 企业, period: 年}}}}\n"


@pytest.mark.parametrize(
    ("items", "ledger", "outcome"),
    [
        ([], [], ("不符合", None)),
        ([("30元", "true"), ("20元", "true")], [], ("符合", 5000)),
        ([("80元", "true"), ("20元", "true")], [], ("符合", 10000)),
        ([("80元", "true"), ("20.01元", "true")], [], ("符合", 10000)),
        ([("80元", "true"), ("20元", "false")], [], ("符合", 8000)),
        ([("80元", "false"), ("20元", "false")], [], ("不符合", None)),
        ([("80元", "true"), ("20元", "未知")], [], ("待补充", None)),
        ([("80元", "true"), ("未知", "true")], [], ("待补充", None)),
        ([("80元", "true")], [("2021-01-01", "90元")], ("符合", 1000)),
        ([("80元", "true")], [("2020-01-01", "90元")], ("符合", 8000)),
        ([("80元", "true")], None, ("待补充", None)),
    ],
)
def test_items_are_summed_under_the_cap_of_their_parent(
    town: Callable[..., Town], items: list[tuple[str, str]], ledger: Any, outcome: tuple[str, Any]
) -> None:
    built = town(ITEMS)
    rows = [{"投资额": amount, "已竣工": done} for amount, done in items]
    paid = None if ledger is None else [{"rule": "奖", "date": day, "amount": fen} for day, fen in ledger]
    assert built.outcome("奖", {"项目": rows}, ledger=paid) == outcome


def test_items_that_nobody_listed_are_unknown(town: Callable[..., Town]) -> None:
    result = town(ITEMS).evaluate()["奖"]
    assert (result.status, result.note) == (Status.UNKNOWN, "没有列出项目")


def test_one_item_alone_is_capped_as_if_it_were_the_only_one(town: Callable[..., Town]) -> None:
    built = town(ITEMS)
    facts = {"投资额": "120元", "已竣工": "true"}
    assert built.outcome("奖", facts, subject="项目") == ("符合", 10000)
    assert built.outcome("奖", facts, subject="项目", ledger=None) == ("待补充", None)


def test_items_know_what_their_parent_knows(town: Callable[..., Town]) -> None:
    built = town(f"奖: {ITEM}when: [高新企业], amount: 投资额}}\n")
    assert built.outcome("奖", {"高新企业": "true", "项目": [{"投资额": "3元"}]}) == ("符合", 300)


ONCE = f"奖: {ITEM}amount: 投资额, frequency: 一次性}}\n"


@pytest.mark.parametrize(
    ("numbers", "paid", "status", "amount"),
    [
        (["甲", "乙"], ["甲"], "符合", 200),  # 甲 had it, 乙 did not
        (["甲", "乙"], ["丙"], "符合", 300),
        (["甲", "乙"], [""], "待补充", None),  # nobody knows which of the two
        (["", ""], ["甲"], "待补充", None),
        (["", ""], [], "符合", 300),
        ([""], ["甲"], "不符合", None),  # the only item there is
        (["甲"], [""], "不符合", None),
        (["甲"], ["乙"], "符合", 100),
    ],
)
def test_the_ledger_is_kept_per_item(
    town: Callable[..., Town], numbers: list[str], paid: list[str], status: str, amount: int | None
) -> None:
    rows = [
        {"投资额": f"{n}元"} | ({"编号": number} if number else {}) for n, number in enumerate(numbers, 1)
    ]
    ledger = [
        {"rule": "奖", "date": "2021-01-01", "amount": "1元"} | ({"item": item} if item else {})
        for item in paid
    ]
    assert town(ONCE).outcome("奖", {"项目": rows}, ledger=ledger) == (status, amount)


TWO = f"甲: {GRANT}amount: 产值}}\n乙: {GRANT}amount: 上年产值}}\n"


@pytest.mark.parametrize(
    ("one", "other", "paid"),
    [
        ("5元", "3元", (500, 0)),
        ("3元", "5元", (0, 500)),
        ("5元", "5元", (500, 0)),
        ("0元", "0元", (0, 0)),
        ("5元", "未知", (500, None)),
    ],
)
def test_the_best_of_a_group_is_paid(
    town: Callable[..., Town], one: str, other: str, paid: tuple[Any, Any]
) -> None:
    built = town(TWO, groups="择优: {clause: 一, take: best, rules: [甲, 乙]}\n")
    results = built.evaluate({"产值": one, "上年产值": other})
    assert (results["甲"].amount, results["乙"].amount) == paid
    losers = [each for each in results.values() if each.amount != each.gross]
    assert all("择优" in each.note and each.gross > each.amount for each in losers)


def test_only_the_larger_side_is_paid(town: Callable[..., Town]) -> None:
    rules = TWO + f"丙: {GRANT}amount: 产值}}\n"
    built = town(rules, groups="择边: {clause: 一, take: side, sides: {奖励: [甲, 丙], 补助: [乙]}}\n")
    results = built.evaluate({"产值": "3元", "上年产值": "5元"})
    assert [results[name].amount for name in "甲乙丙"] == [300, 0, 300]
    results = built.evaluate({"产值": "2元", "上年产值": "5元"})
    assert [results[name].amount for name in "甲乙丙"] == [0, 500, 0]


@pytest.mark.parametrize(
    ("ledger", "paid"),
    [
        ([], (600, 400)),
        ([("甲", "2021-03-01", "3元")], (600, 100)),
        ([("乙", "2021-03-01", "20元")], (0, 0)),
        ([("甲", "2020-03-01", "9元")], (600, 400)),
        (None, (None, None)),
    ],
)
def test_a_shared_cap_is_used_up_in_order(
    town: Callable[..., Town], ledger: Any, paid: tuple[Any, Any]
) -> None:
    built = town(TWO, groups="封顶: {clause: 一, take: cap, at: 10元, period: 年, rules: [甲, 乙]}\n")
    rows = None if ledger is None else [{"rule": r, "date": d, "amount": a} for r, d, a in ledger]
    results = built.evaluate({"产值": "6元", "上年产值": "8元"}, ledger=rows)
    assert (results["甲"].amount, results["乙"].amount) == paid


@pytest.mark.parametrize(
    ("take", "barred"), [("best", {"甲": "不符合", "乙": "不符合"}), ("side", {"甲": "符合", "乙": "不符合"})]
)
def test_a_group_period_bars_what_another_member_already_gave(
    town: Callable[..., Town], take: str, barred: dict[str, str]
) -> None:
    body = "rules: [甲, 乙]" if take == "best" else "sides: {左: [甲], 右: [乙]}"
    built = town(TWO, groups=f"组: {{clause: 一, take: {take}, period: 终身, {body}}}\n")
    ledger = [{"rule": "甲", "date": "2020-03-01", "amount": "1元"}]
    results = built.evaluate({"产值": "6元", "上年产值": "8元"}, ledger=ledger)
    assert {name: each.status.label for name, each in results.items()} == barred


def test_payments_after_the_as_of_date_do_not_count(town: Callable[..., Town]) -> None:
    built = town(f"奖: {GRANT}amount: 产值, frequency: 一次性}}\n")
    ledger = [{"rule": "奖", "date": "2021-07-01", "amount": "1元"}]
    assert built.outcome("奖", {"产值": "1元"}, as_of="2021-06-30", ledger=ledger)[0] == "符合"
    assert built.outcome("奖", {"产值": "1元"}, as_of="2021-07-01", ledger=ledger)[0] == "不符合"


MANY = f"""\
甲: {GRANT}parameters: {{线: 100元, 率: 50%, 顶: 200元}}, when: [产值 >= 线, {{any: [已投产, not 高新企业]}}], amount: "least(产值 * 率, 顶)"}}
乙: {GRANT}when: ["行业 in ('制造业', '服务业')"], attest: [{{创新: 市科技局}}], tables: {{表: {{by: 行业, values: {{制造业: 3元, 服务业: 5元}}}}}}, amount: 表}}
丙: {GRANT}parameters: {{月: 6个月}}, when: ["full_months(成立日期, 基准日) >= 月", 增速 > 0], amount: 产值, frequency: 一次性}}
丁: {{clause: 一, kind: decision, for: 企业, outcomes: [{{value: 快, when: [增速 > 占比]}}, {{value: 慢, when: [已投产]}}]}}
戊: {GRANT}parameters: {{额: 7元}}, when: ["丁 <> '快'", 产值 between 上年产值 and 利润], amount: 额}}
"""
POOLS: dict[str, list[Any]] = {
    "产值": [None, 0, 9999, 10000, 10001, 10**16],
    "上年产值": [None, 0, 10000],
    "利润": [None, -1, 10000],
    "行业": [None, "制造业", "服务业", "其他"],
    "增速": [None, -1, 0, 1],
    "占比": [None, 0, 1],
    "成立日期": [None, 20201230, 20201231, 20210101, 20200229],
    "已投产": [None, True, False],
    "高新企业": [None, True, False],
    "创新": [None, True, False],
    "丙累计已付": [None, 0, 1],
}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build(tmp_path_factory.mktemp("many"), MANY)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    facts=st.fixed_dictionaries({name: st.sampled_from(pool) for name, pool in POOLS.items()}),
    gone=st.sampled_from(list(POOLS)),
)
def test_forgetting_a_fact_leaves_an_answer_or_makes_it_open(
    many: Town, facts: dict[str, Any], gone: str
) -> None:
    """Unknown never becomes an amount or a refusal of its own: less knowledge gives the same answer or none."""
    evaluate = many.engine.function("企业")
    known = evaluate({**facts, "基准日": 20210630})
    forgetful = evaluate({**facts, "基准日": 20210630, gone: None})
    for rule, (status, amount, verdicts), (less_status, less_amount, less_verdicts) in zip(
        many.plan.of("企业"), known, forgetful, strict=True
    ):
        assert all(less in (None, verdict) for verdict, less in zip(verdicts, less_verdicts, strict=True)), (
            rule.id
        )
        if (less_status, less_amount) != (status, amount):
            open_attest = gone == "创新" and less_status == Status.ATTEST and less_amount == amount
            back_to_open = Status(less_status) is Status.UNKNOWN and less_amount is None
            unrefused = gone == "创新" and status == Status.NO and less_status == Status.ATTEST
            assert open_attest or back_to_open or unrefused, (rule.id, status, less_status)
