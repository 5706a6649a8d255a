"""A pack's examples: what comes out otherwise is told, and what they leave untried is demanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edict.core.diagnostic import Diagnostic
from edict.rules.boundaries import missing_examples
from edict.rules.check import check_library
from edict.rules.examples import Run, outcome_text, run_examples, runs_by_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.rules.town import Town

GRANT = "{clause: 一, kind: grant, class: 奖补, for: 企业, "
RULES = f"""\
奖: {GRANT}parameters: {{线: 100元, 率: 10%}}, when: [产值 >= 线], amount: 产值 * 率}}
级: {{clause: 一, kind: decision, for: 企业, parameters: {{线: 100元}}, outcomes: [{{value: 大, when: [产值 >= 线]}}]}}
均: {{clause: 一, kind: decision, for: 企业, value: 产值 / 员工数}}
权: {{clause: 一, kind: grant, class: 权益, for: 企业, when: [已投产], benefit: 绿色通道}}
项: {{clause: 一, kind: grant, class: 奖补, for: 项目, amount: 投资额}}
"""


def complaints(town: Town) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for each in run_examples(town.engine, town.pack):
        found += [each] if isinstance(each, Diagnostic) else each.faults
    return found


@pytest.mark.parametrize(
    ("owner", "given", "expect"),
    [
        ("奖", "{产值: 100元}", "10元"),
        ("奖", "{产值: 100.05元}", "10.01元"),
        ("奖", "{产值: 100元}", "符合"),
        ("奖", "{产值: 99.99元}", "不符合"),
        ("奖", "{产值: 未知}", "待补充"),
        ("级", "{产值: 100元}", "大"),
        ("级", "{产值: 1元}", "不符合"),
        ("均", "{产值: 10元, 员工数: 4人}", "2.5元/人"),
        ("权", "{已投产: true}", "符合"),
        ("项", "{投资额: 7元}", "7元"),
        ("项", "{投资额: 7元, 项目: [{投资额: 1元}, {投资额: 2元}]}", "3元"),
        ("项", "{项目: []}", "不符合"),
    ],
)
def test_an_example_that_comes_out_as_written_is_quiet(
    town: Callable[..., Town], owner: str, given: str, expect: str
) -> None:
    built = town(RULES, examples=f"{owner}: {{given: {given}, cases: [{{name: 例, expect: {expect}}}]}}\n")
    assert complaints(built) == []


@pytest.mark.parametrize(
    ("owner", "given", "expect", "got"),
    [
        ("奖", "{产值: 100元}", "10.01元", "10元"),
        ("奖", "{产值: 100元}", "10", "10元"),
        ("奖", "{产值: 100元}", "10人", "10元"),
        ("奖", "{产值: 100元}", "十元", "10元"),
        ("奖", "{产值: 100元}", "不符合", "10元"),
        ("奖", "{产值: 1元}", "10元", "不符合"),
        ("级", "{产值: 100元}", "小", "大"),
        ("均", "{产值: 10元, 员工数: 4人}", "2.5元", "2.5元/人"),
        ("均", "{产值: 10元, 员工数: 0人}", "0元/人", "待补充"),
    ],
)
def test_an_example_that_comes_out_otherwise_is_told_with_both_outcomes(
    town: Callable[..., Town], owner: str, given: str, expect: str, got: str
) -> None:
    built = town(
        RULES, examples=f"{owner}:\n  given: {given}\n  cases:\n    - {{name: 例, expect: {expect}}}\n"
    )
    (fault,) = complaints(built)
    assert fault.code == "R131"
    assert f"应为 {expect}，算出 {got}" in fault.message
    assert fault.place is not None
    assert (fault.place.path.endswith("examples.yml"), fault.place.line) == (True, 4)


def test_a_failing_condition_is_named(town: Callable[..., Town]) -> None:
    built = town(RULES, examples="奖: {given: {产值: 1元}, cases: [{name: 例, expect: 10元}]}\n")
    assert complaints(built)[0].hint == "产值 >= 线：不成立。"


@pytest.mark.parametrize(
    ("examples", "code"),
    [
        ("无: {given: {}, cases: [{name: 例, expect: 1元}]}", "R130"),
        ("奖: {given: {产值: 1}, cases: [{name: 例, expect: 1元}]}", "F104"),
        ("奖: {given: {产量: 1元}, cases: [{name: 例, expect: 1元}]}", "F103"),
        (
            "奖: {given: {产值: 1元}, cases: [{name: 例, expect: 1元, ledger: [{rule: 奖, date: 2020-01-02, amount: 1元}]}]}",
            "R132",
        ),
        (
            "奖: {given: {产值: 1元}, cases: [{name: 例, expect: 1元, ledger: [{rule: 无, date: 2019-01-02, amount: 1元}]}]}",
            "F106",
        ),
    ],
)
def test_an_example_that_cannot_run_is_told(town: Callable[..., Town], examples: str, code: str) -> None:
    assert [each.code for each in complaints(town(RULES, examples=examples + "\n"))] == [code]


def test_the_day_and_the_ledger_of_a_case_come_before_those_of_its_rule(town: Callable[..., Town]) -> None:
    built = town(
        f"奖: {GRANT}amount: 产值, frequency: 一次性}}\n",
        examples="""\
奖:
  given: {产值: 1元}
  as_of: 2021-06-01
  ledger: [{rule: 奖, date: 2021-05-01, amount: 1元}]
  cases:
    - {name: 领过, expect: 不符合}
    - {name: 没领过, ledger: [], expect: 1元}
    - {name: 不知道, ledger: unknown, expect: 待补充}
    - {name: 过期, as_of: 2031-01-01, ledger: [], expect: 不符合}
    - {name: 几条规则, ledger: [], expect: {奖: 1元}}
""",
    )
    assert complaints(built) == []
    runs = [each for each in run_examples(built.engine, built.pack) if isinstance(each, Run)]
    assert {rule: len(found) for rule, found in runs_by_rule(runs).items()} == {"doc-1#奖": 5}
    assert [outcome_text(each.results["doc-1#奖"]) for each in runs] == [
        "不符合",
        "1元",
        "待补充",
        "不符合",
        "1元",
    ]


# -- what is still missing -----------------------------------------------------------------------------------------


def missing(town: Town, name: str) -> list[str]:
    runs = [each for each in run_examples(town.engine, town.pack) if isinstance(each, Run)]
    return missing_examples(town.engine, town.rule(name), runs)


def cases(name: str, given: str, *rows: str) -> str:
    listed = "".join(f"    - {{name: 例{n}, {row}}}\n" for n, row in enumerate(rows))
    return f"{name}:\n  given: {given}\n  cases:\n{listed}"


CAPPED = (
    f"奖: {GRANT}parameters: {{线: 100元, 率: 10%, 顶: 20元}}, when: [产值 >= 线, \"行业 in ('制造业', '服务业')\"], "
    "attest: [{创新: 市科技局}], amount: 产值 * 率, cap: {at: 顶}}\n"
)
FULL = [
    "expect: 15元",
    "with: {产值: 100元}, expect: 10元",
    "with: {产值: 99元}, expect: 不符合",
    "with: {产值: 300元}, expect: 20元",
    "with: {行业: 服务业}, expect: 15元",
    "with: {行业: 其他}, expect: 不符合",
    "with: {产值: 未知}, expect: 待补充",
    "with: {创新: 未知}, expect: 待认定",
    "with: {创新: false}, expect: 不符合",
]


def test_a_full_set_of_examples_lacks_nothing(town: Callable[..., Town]) -> None:
    built = town(CAPPED, examples=cases("奖", "{产值: 150元, 行业: 制造业, 创新: true}", *FULL))
    assert missing(built, "奖") == []
    assert check_library(built.library) == ()


@pytest.mark.parametrize(
    ("left_out", "demand"),
    [
        (1, "“产值 >= 线”两边恰好相等、且由它决定的例子"),
        (2, "由“产值 >= 线”单独决定、且它不成立的例子"),
        (3, "“顶”是其中最小一项的例子"),
        (4, "“行业”为“服务业”且符合的例子"),
        (5, "由“行业 in ('制造业', '服务业')”单独决定、且它不成立的例子"),
        (6, "一个待补充的例子"),
        (7, "“创新”尚未认定、结果为待认定的例子"),
        (8, "“创新”认定为否、结果为不符合的例子"),
    ],
)
def test_an_example_left_out_is_demanded(town: Callable[..., Town], left_out: int, demand: str) -> None:
    rows = [row for n, row in enumerate(FULL) if n != left_out]
    built = town(CAPPED, examples=cases("奖", "{产值: 150元, 行业: 制造业, 创新: true}", *rows))
    assert demand in missing(built, "奖")


@pytest.mark.parametrize(
    ("rules", "given", "rows", "demand"),
    [
        (f"奖: {GRANT}parameters: {{步: 10元}}, when: [已投产], amount: floor(产值 / 步) * 步}}", "{产值: 20元, 已投产: true}", ["expect: 20元", "with: {已投产: false}, expect: 不符合", "with: {产值: 未知}, expect: 待补充"], "“产值 / 步”不是整数、须去尾的例子"),
        (f"奖: {GRANT}tables: {{表: {{by: 行业, values: {{制造业: 1元, 服务业: 2元}}}}}}, amount: 表}}", "{行业: 制造业}", ["expect: 1元", "with: {行业: 其他}, expect: 不符合", "with: {行业: 未知}, expect: 待补充"], "落在“行业 = '服务业'”这一档的例子"),
        (f"奖: {GRANT}tables: {{表: {{tiers: 产值, bands: [{{to: 5元, value: 1元}}, {{above: 5元, value: 2元}}]}}}}, amount: 表}}", "{产值: 4元}", ["expect: 1元", "with: {产值: 6元}, expect: 2元", "with: {产值: 未知}, expect: 待补充"], "“产值 > 5元”两边恰好相等的例子"),
        (f"奖: {GRANT}parameters: {{底: 5元}}, amount: 'greatest(产值, 底)'}}", "{产值: 9元}", ["expect: 9元", "with: {产值: 未知}, expect: 待补充"], "“底”是其中最大一项的例子"),
        ("级: {clause: 一, kind: decision, for: 企业, parameters: {线: 5元}, outcomes: [{value: 大, when: [产值 > 线]}, {value: 小, when: [已投产]}]}", "{产值: 9元, 已投产: true}", ["expect: 大", "with: {产值: 1元}, expect: 小", "with: {产值: 未知}, expect: 待补充"], "“产值 > 线”两边恰好相等、且由它决定结论的例子"),
        (f"奖: {GRANT}when: [{{any: [已投产, 高新企业]}}], amount: 产值}}", "{产值: 1元, 已投产: true, 高新企业: true}", ["expect: 1元", "with: {已投产: false, 高新企业: false}, expect: 不符合", "with: {产值: 未知}, expect: 待补充"], "由“已投产”单独决定、且它成立的例子"),
        (f"奖: {GRANT}when: [已投产], no_basis: 没写}}", "{已投产: false}", ["expect: 不符合", "with: {已投产: 未知}, expect: 待补充"], "一个无依据的例子"),
        (f"奖: {GRANT}amount: 产值, valid: {{from: 2021-01-01}}}}", "{产值: 1元}", ["expect: 不符合", "as_of: 2022-01-01, expect: 1元", "as_of: 2022-01-01, with: {产值: 未知}, expect: 待补充"], "“基准日 >= 2021-01-01”两边恰好相等、且由它决定的例子"),
        ("项: {clause: 一, kind: grant, class: 奖补, for: 项目, parameters: {顶: 5元}, amount: 投资额, cap: {at: 顶, per: 企业}}", "{投资额: 4元}", ["expect: 4元", "with: {投资额: 9元}, expect: 5元", "with: {投资额: 未知}, expect: 待补充"], "两项以上、合计没有超过“顶”的例子"),
    ],
)  # fmt: skip
def test_each_shape_of_rule_has_its_own_demands(
    town: Callable[..., Town], rules: str, given: str, rows: list[str], demand: str
) -> None:
    name = rules.partition(":")[0]
    built = town(rules + "\n", examples=cases(name, given, *rows))
    assert complaints(built) == []
    assert demand in missing(built, name)


def test_a_group_must_change_an_amount_in_some_example(town: Callable[..., Town]) -> None:
    rules = f"甲: {GRANT}amount: 产值}}\n乙: {GRANT}amount: 上年产值}}\n"
    groups = "择优: {clause: 一, take: best, rules: [甲, 乙]}\n"
    lone = cases("甲", "{产值: 1元}", "expect: 1元", "with: {产值: 未知}, expect: 待补充") + cases(
        "乙", "{上年产值: 1元}", "expect: 1元", "with: {上年产值: 未知}, expect: 待补充"
    )
    both = cases("择优", "{产值: 1元, 上年产值: 2元}", "expect: {甲: 0元, 乙: 2元}")
    built = town(rules, groups=groups, examples=lone)
    assert [each.message for each in check_library(built.library)] == ["缺少组“择优”改变金额的例子。"]
    (built.root / "town/doc-1/examples.yml").write_text(lone + both, encoding="utf-8")
    assert check_library(type(built)(built.root).library) == ()


def test_what_is_missing_is_told_at_the_rule(town: Callable[..., Town]) -> None:
    built = town(RULES, examples="奖: {given: {产值: 150元}, cases: [{name: 例, expect: 15元}]}\n")
    found = check_library(built.library)
    assert {each.code for each in found} == {"R140"}
    (first, *_) = found
    assert first.place is not None
    assert first.place.path.endswith("rules.yml")
    assert first.clause == "甲政〔2020〕1号 一"


def test_only_the_packs_asked_for_are_checked(town: Callable[..., Town]) -> None:
    built = town(f"甲: {GRANT}amount: 没有}}\n", more={"rules.yml": f"乙: {GRANT}amount: 没有}}\n"})
    assert [
        each.place and each.place.path.split("/")[-2] for each in check_library(built.library, [built.pack])
    ] == ["doc-1"]
    assert len(check_library(built.library)) == 2
