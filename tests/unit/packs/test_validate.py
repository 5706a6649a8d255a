from __future__ import annotations

import pytest

from edict.core.diagnostic import Diagnostic, EdictError
from edict.packs.model import DocumentFile, FactsFile, Name, Rule
from edict.packs.validate import Source, read_model

DOCUMENT = "schema: 1\nnumber: 甲〔2022〕1号\ntitle: 乙\nissuer: 丙\nissued: 2022-06-01\nin_force: {from: 2022-06-01}\nstatus: draft\n"
RULE = "奖励:\n  clause: 一\n  kind: grant\n  class: 奖补\n  for: 企业\n  amount: 投资\n"


def faults(text: str, kind: type[object]) -> list[Diagnostic]:
    with pytest.raises(EdictError) as caught:
        read_model(Source("a.yml", text), kind)
    return list(caught.value.diagnostics)


def rule_faults(text: str) -> list[Diagnostic]:
    return faults(text, dict[Name, Rule])


def test_a_file_becomes_its_model() -> None:
    document = read_model(Source("a.yml", DOCUMENT), DocumentFile)
    assert document.in_force.since == document.issued


def test_one_clause_and_one_cap_need_no_list() -> None:
    rule = read_model(
        Source("a.yml", RULE + "  parameters: {上限: 5万元}\n  cap: {at: 上限}\n"),
        dict[Name, Rule],
    )["奖励"]
    assert rule.clause == ("一",)
    assert [cap.at for cap in rule.caps] == ["上限"]
    assert rule.parameters["上限"].value == "5万元"


def test_an_unknown_key_is_named_with_the_nearest_one() -> None:
    (fault,) = rule_faults(RULE + "  paramters: {比例: 2%}\n")
    assert (fault.code, str(fault.place), fault.hint) == ("P110", "a.yml:7:3", "是不是“parameters”？")


def test_an_unknown_key_inside_a_nested_entry_is_compared_with_the_keys_of_that_entry() -> None:
    (fault,) = rule_faults(RULE + "  cap: {att: 上限, at: 上限}\n")
    assert (fault.code, fault.hint) == ("P110", "是不是“at”？")


def test_a_missing_key_is_reported_at_its_entry() -> None:
    (fault,) = faults(DOCUMENT.replace("title: 乙\n", ""), DocumentFile)
    assert (fault.code, fault.message) == ("P111", "“文件”缺少“title”。")
    (fault,) = rule_faults(RULE.replace("  kind: grant\n", ""))
    assert str(fault.place) == "a.yml:1:1"


@pytest.mark.parametrize("flag", ["NO", "yes", "on", "True", "1", "≥"])
def test_a_flag_is_true_or_false_and_nothing_else(flag: str) -> None:
    (fault,) = rule_faults(RULE + f"  top_up: {flag}\n")
    assert (fault.code, fault.hint) == ("P113", "请写下列之一：true、false。")


@pytest.mark.parametrize(
    "day",
    [
        "20220601",
        "2022-6-1",
        "2022/06/01",
        "1655000000",
        "2022-02-30",
        "2022-06-01T00:00:00",
        "２０２２-06-01",
    ],
)
def test_a_date_is_iso_or_refused(day: str) -> None:
    (fault,) = faults(DOCUMENT.replace("issued: 2022-06-01", f"issued: {day}"), DocumentFile)
    assert fault.code == "P115"
    assert str(fault.place) == "a.yml:5:9"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RULE + "  when:\n", "P112"),
        (RULE.replace("amount: 投资", "amount: [投资]"), "P112"),
        (RULE.replace("amount: 投资", "amount: {投资: 1}"), "P112"),
        (RULE + "  when: 投资 > 0\n", "P112"),
        (RULE + "  parameters: [2%]\n", "P112"),
        (RULE + "  parameters: {'': 2%}\n", "P104"),
        (RULE.replace("clause: 一", "clause: []"), "P112"),
        ("- 一\n- 二\n", "P112"),
        ("奖励: 好\n", "P112"),
        ("奖励\n", "P112"),
        (RULE.replace("grant", "gift"), "P113"),
        (RULE + "  value: 投资\n", "P115"),
        (RULE + "  when: [{any: [甲], expr: 乙}]\n", "P115"),
        (RULE + "  tables: {标准: {by: 级别}}\n", "P115"),
        (RULE + "  tables: {标准: {tiers: 额, bands: [{from: 1元, above: 1元, value: 2%}]}}\n", "P115"),
        (RULE.replace("奖励", "奖" * 61), "P112"),
    ],
)
def test_a_wrong_shape_is_a_chinese_sentence_with_a_mend(text: str, code: str) -> None:
    found = rule_faults(text)
    assert {each.code for each in found} == {code}
    assert all(
        each.message.endswith("。") and each.hint.endswith(("。", "？")) and each.place for each in found
    )


def test_a_pattern_that_does_not_match_is_named() -> None:
    (fault,) = faults("facts: {甲: {of: 企业, type: number, decimals: 9, ask: 多少？}}", FactsFile)
    assert fault.code == "P113"


def test_the_faults_of_all_entries_come_together() -> None:
    second = RULE.replace("奖励", "补贴").replace("grant", "gift")
    assert len(rule_faults(RULE + "  extra: 1\n" + second)) == 2


def test_the_place_of_an_unknown_path_is_its_nearest_part() -> None:
    source = Source("a.yml", "甲:\n  乙: 1\n")
    assert str(source.place("甲", "丙", 3)) == "a.yml:2:3"
    assert str(source.place("丁")) == "a.yml"
