from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sample_library import FILES, TEXTS, VOCABULARY, Faults, document, write_library

from edict.packs.check import check_pack
from edict.packs.check_names import check_vocabulary
from edict.packs.load import load_library

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT, FACTS, RULES, GROUPS, EXAMPLES, GAPS = (
    FILES[f"{name}.yml"] for name in ("document", "facts", "rules", "groups", "examples", "gaps")
)
PARAMETERS = "{门槛: 1000万元, 比例: 2%, 上限: 50万元}"


def rules(old: str, new: str) -> dict[str, str]:
    assert old in RULES
    return {"rules.yml": RULES.replace(old, new, 1)}


def facts(line: str) -> dict[str, str]:
    return {"facts.yml": f"{FACTS}  {line}\n"}


def examples(old: str, new: str) -> dict[str, str]:
    assert old in EXAMPLES
    return {"examples.yml": EXAMPLES.replace(old, new, 1)}


def bands(text: str) -> dict[str, str]:
    return rules("[{from: 500万元, below: 1000万元, value: 1%}, {from: 1000万元, value: 3%}]", text)


# code, what is changed, the file that must be named, words of the message or the mend
FAULTS: list[tuple[str, dict[str, str], str, str]] = [
    ("P110", rules("for:", "fro:"), "rules.yml", "for"),
    ("P111", {"document.yml": DOCUMENT.replace("number: 测政〔2022〕1号\n", "")}, "document.yml", "number"),
    ("P113", {"document.yml": DOCUMENT.replace("draft", "done")}, "document.yml", "checked"),
    ("P130", rules("clause: 一/（一）", "clause: 一/(一)"), "rules.yml", "是不是“一/（一）”？"),
    ("P130", {"gaps.yml": GAPS + "  九: {3年: 无}\n"}, "gaps.yml", "九"),
    ("P130", {"document.yml": DOCUMENT.replace("-01}", "-01, clause: 九}")}, "document.yml", "九"),
    ("P132", rules(PARAMETERS, "{门槛: 1000万, 比例: 2%, 上限: 50万元}"), "rules.yml", "1000万元"),
    ("P132", rules(PARAMETERS, "{门槛: 1000万元, 比例: 010, 上限: 50万元}"), "rules.yml", "零"),
    ("P132", rules(PARAMETERS, "{门槛: 1000万元, 比例: '22:30', 上限: 50万元}"), "rules.yml", "22:30"),
    ("P132", rules(PARAMETERS, "{门槛: 1000万元, 比例: １０%, 上限: 50万元}"), "rules.yml", "全角"),
    ("P132", bands("[{from: 2022-01-01, value: 1%}]"), "rules.yml", "日期"),
    ("P133", rules("上限: 50万元", "上限: 60万元"), "rules.yml", "全文没有这个数"),
    ("P133", rules("clause: 一/（一）", "clause: 一/（二）"), "rules.yml", "这个数印在 一/（一）"),
    ("P133", rules("省级: 10万元", "省级: 30元"), "rules.yml", "30万元、10万元"),
    (
        "P133",
        bands("[{from: 500万元, below: 1000万元, value: 2%}, {from: 1000万元, value: 3%}]"),
        "rules.yml",
        "2%",
    ),
    ("P133", rules("市: 60%, 区: 40%", "市: 70%, 区: 30%"), "rules.yml", "70%"),
    (
        "P133",
        rules("  amount: 标准\n", "  amount: 标准\n  valid: {to: 2022-09-30}\n"),
        "rules.yml",
        "2022-09-30",
    ),
    ("P133", {"groups.yml": GROUPS.replace("take: best", "take: cap, at: 80万元")}, "groups.yml", "80万元"),
    (
        "P133",
        {"document.yml": DOCUMENT.replace("-01}", "-01, to: 2025-12-31, clause: 二}")},
        "document.yml",
        "2025-12-31",
    ),
    (
        "P133",
        {"document.yml": DOCUMENT.replace("from: 2022-06-01", "from: 2022-07-01")},
        "document.yml",
        "写明 clause",
    ),
    ("P134", {"gaps.yml": GAPS.replace("3年", "4年")}, "gaps.yml", "3年"),
    ("P142", {"document.yml": DOCUMENT.replace("〔2022〕", "[2022]")}, "document.yml", "测政〔2022〕1号"),
    ("P142", {"document.yml": DOCUMENT.replace("1号", "2号")}, "document.yml", "锁定"),
    ("P144", {"document.yml": DOCUMENT.replace("-01}", "-01, to: 2022-05-01}")}, "document.yml", "早于"),
    (
        "P144",
        {"document.yml": DOCUMENT.replace("from: 2022-06-01", "from: 2022-01-01")},
        "document.yml",
        "clause",
    ),
    (
        "P144",
        rules("  amount: 标准\n", "  amount: 标准\n  valid: {from: 2022-09-30, to: 2022-09-01}\n"),
        "rules.yml",
        "valid",
    ),
    ("P144", rules("  amount: 标准\n", "  amount: 标准\n  valid: {}\n"), "rules.yml", "from"),
    ("P144", rules("  amount: 标准\n", "  amount: 标准\n  valid: {to: 2021-09-30}\n"), "rules.yml", "永远"),
    ("P150", rules("上限: 50万元}", "5年内: 50万元}"), "rules.yml", "5年内"),
    ("P150", rules("上限: 50万元}", "上_限: 50万元}"), "rules.yml", "上_限"),
    ("P150", rules("分档奖励:", "分档，奖励:"), "rules.yml", "标点"),
    ("P150", facts("Ａ: {of: 项目, type: bool, ask: ？}"), "facts.yml", "Ａ"),
    ("P150", facts("Select: {of: 项目, type: bool, ask: ？}"), "facts.yml", "保留字"),
    ("P150", facts("基准日: {of: 项目, type: date, ask: ？}"), "facts.yml", "保留字"),
    ("P151", rules("门槛: 1000万元", "件数: 1000万元"), "rules.yml", "参数“件数”与事实"),
    ("P151", rules("创新认定", "上限"), "rules.yml", "认定事项“上限”与参数"),
    ("P151", rules("分档奖励:", "已竣工:"), "rules.yml", "规则“已竣工”与事实"),
    ("P151", {"groups.yml": GROUPS.replace("择优", "投资奖励")}, "groups.yml", "同名"),
    ("P152", facts("甲: {of: 项目, type: money, unit: 元, ask: ？}"), "facts.yml", "单位"),
    ("P152", facts("甲: {of: 项目, type: count, ask: ？}"), "facts.yml", "单位"),
    ("P152", facts("甲: {of: 项目, type: count, unit: 斗, ask: ？}"), "facts.yml", "斗"),
    ("P152", facts("甲: {of: 项目, type: enum, values: [是], ask: ？}"), "facts.yml", "两个取值"),
    ("P152", facts("甲: {of: 项目, type: enum, values: [是, 是], ask: ？}"), "facts.yml", "重复"),
    ("P152", facts("甲: {of: 项目, type: enum, values: [是, 未知], ask: ？}"), "facts.yml", "未知"),
    ("P152", facts("甲: {of: 项目, type: bool, values: [是, 否], ask: ？}"), "facts.yml", "values"),
    ("P152", facts("甲: {of: 项目, type: date, signed: true, ask: ？}"), "facts.yml", "正负"),
    ("P153", facts("所在区县: {of: 企业, type: enum, values: [东区, 其他], ask: ？}"), "facts.yml", "values"),
    ("P153", facts("所在区县: {of: 项目, type: bool, ask: ？}"), "facts.yml", "of、type、values"),
    (
        "P154",
        facts("所在区县: {of: 企业, type: enum, values: [东区, 西区, 其他], ask: ？}"),
        "facts.yml",
        "vocabulary",
    ),
    ("P155", facts("甲: {of: 车辆, type: bool, ask: ？}"), "facts.yml", "车辆"),
    ("P155", {"facts.yml": FACTS.replace("belongs_to: 企业", "belongs_to: 集团")}, "facts.yml", "集团"),
    ("P155", {"facts.yml": FACTS.replace("belongs_to: 企业", "belongs_to: 项目")}, "facts.yml", "绕一圈"),
    ("P155", rules("for: 项目", "for: 项日"), "rules.yml", "是不是“项目”"),
    ("P156", rules("by: 级别", "by: 件数"), "rules.yml", "件数"),
    ("P157", rules("市财政局", "市财局"), "rules.yml", "是不是“市财政局”"),
    ("P157", rules("  amount: 标准\n", "  amount: 标准\n  office: 省财政厅\n"), "rules.yml", "省财政厅"),
    ("P157", rules("区: 40%", "县: 40%"), "rules.yml", "市、区"),
    ("P160", rules("区: 40%", "区: 30%"), "rules.yml", "合计 90%"),
    ("P160", rules("区: 40%", "区: 40万元"), "rules.yml", "40万元"),
    ("P160", rules("市: 60%, 区: 40%", "市: 160%, 区: -60%"), "rules.yml", "160%"),
    ("P161", rules("at: 上限", "at: 上线"), "rules.yml", "是不是“上限”"),
    ("P161", rules("at: 上限", "at: 比例"), "rules.yml", "金额"),
    ("P161", rules("  cap:", "  term: 比例\n  cap:"), "rules.yml", "年数"),
    ("P162", rules("省级: 10万元", "省里: 10万元"), "rules.yml", "是不是“省级”"),
    (
        "P162",
        bands("[{from: 500万元, to: 1000万元, value: 1%}, {from: 1000万元, value: 3%}]"),
        "rules.yml",
        "重叠",
    ),
    (
        "P162",
        bands("[{from: 1000万元, value: 3%}, {from: 500万元, below: 1000万元, value: 1%}]"),
        "rules.yml",
        "分界",
    ),
    ("P162", bands("[{from: 1000万元, below: 500万元, value: 3%}]"), "rules.yml", "不小于"),
    ("P162", bands("[{from: 500万元, below: 500万元, value: 1%}]"), "rules.yml", "不小于"),
    ("P162", bands("[{from: 500万元, below: 1000家, value: 3%}]"), "rules.yml", "单位"),
    (
        "P163",
        bands("[{from: 500万元, below: 1000万元, value: 1%}, {above: 1000万元, value: 3%}]"),
        "rules.yml",
        "空隙",
    ),
    ("P164", {"groups.yml": GROUPS.replace("级别奖励", "级別奖励")}, "groups.yml", "是不是“级别奖励”"),
    ("P164", {"groups.yml": GROUPS.replace("级别奖励", "doc-9#级别奖励")}, "groups.yml", "doc-9"),
    ("P165", rules("per: 企业", "per: 个人"), "rules.yml", "项目、企业"),
    (
        "P170",
        {"examples.yml": EXAMPLES.replace("投资奖励:", "投资奖:", 1)},
        "examples.yml",
        "是不是“投资奖励”",
    ),
    ("P170", examples("投资额: 2000万元", "投资: 2000万元"), "examples.yml", "是不是“投资额”"),
    ("P170", examples("rule: 投资奖励", "rule: 投资"), "examples.yml", "投资"),
    ("P170", examples("expect: 40万元", "expect: {九: 40万元}"), "examples.yml", "九"),
    ("P170", examples("创新认定: true", "车辆: [{件数: 1件}]"), "examples.yml", "车辆"),
    ("P170", examples("创新认定: true", "项目: [{件: 1件}]"), "examples.yml", "件"),
    ("P171", examples("2000万元", "2000万"), "examples.yml", "2000万元"),
    ("P171", examples("2000万元", "-5元"), "examples.yml", "负数"),
    ("P171", examples("2000万元", "3年"), "examples.yml", "金额"),
    ("P171", examples("创新认定: true", "创新认定: NO"), "examples.yml", "true 或 false"),
    ("P171", examples("创新认定: true", "已竣工: 是"), "examples.yml", "true 或 false"),
    ("P171", examples("创新认定: true", "级别: 市级"), "examples.yml", "国家级、省级、其他"),
    ("P171", examples("创新认定: true", "开工日期: 3年"), "examples.yml", "日期"),
    ("P171", examples("创新认定: true", "件数: 2022-01-01"), "examples.yml", "数量"),
    ("P171", examples("创新认定: true", "件数: 3家"), "examples.yml", "件"),
    ("P171", examples("date: 2022-07-01, ", ""), "examples.yml", "date"),
    ("P180", {"rule.yml": "a: 1\n"}, "rule.yml", "是不是“rules.yml”"),
    ("P180", {f"city/Doc_2/{name}": text for name, text in FILES.items()}, "Doc_2", "小写"),
    ("P143", {f"city/doc-2/{name}": text for name, text in FILES.items()}, "document.yml", "doc-1"),
]


def test_the_sample_pack_has_no_fault(faults: Faults) -> None:
    assert faults({}) == []


@pytest.mark.parametrize(
    ("code", "changes", "file", "words"),
    FAULTS,
    ids=[f"{n}-{fault[0]}" for n, fault in enumerate(FAULTS)],
)
def test_each_fault_is_named_with_place_and_mend(
    faults: Faults,
    code: str,
    changes: dict[str, str],
    file: str,
    words: str,
) -> None:
    found = [each for each in faults(changes) if each.code == code]
    assert found
    assert any(
        words in each.message + each.hint and each.place and each.place.path.endswith(file) for each in found
    )
    assert all(each.message.endswith("。") and each.hint.endswith(("。", "？")) for each in found)


@pytest.mark.parametrize(
    "changes",
    [
        rules("clause: 附件1/表1", "clause: [附件1/表1/行1, 附件1/表1/行2]"),
        rules("市: 60%, 区: 40%", "区: 100%"),
        rules("市: 60%, 区: 40%", "区: 40%, 市: 60%"),
        rules("省级: 10万元", "省级: 10万元, 其他: 0元"),
        rules("市财政局", "市科委"),
        rules("市财政局", "未载明"),
        rules("at: 上限", "at: 投资额"),
        examples("投资额: 2000万元", "投资额: 未知, 件数: 3件, 投资奖励本年已付: 0元"),
        examples("expect: 40万元", "expect: {投资奖励: 40万元}"),
        examples("expect: 40万元", "expect: {择优: 40万元}"),
        examples("创新认定: true", "项目: [{编号: 甲, 件数: 3, 级别: 省级}, {件数: 未知}]"),
        {"document.yml": DOCUMENT.replace("-01}", "-01, to: 2025-05-31, clause: 一}")},
    ],
)
def test_what_the_format_allows_is_silent(faults: Faults, changes: dict[str, str]) -> None:
    assert faults(changes) == []


def test_all_faults_of_a_pack_are_found_in_one_run(faults: Faults) -> None:
    changes = rules("上限: 50万元", "上限: 60万元") | {
        "gaps.yml": "a: [",
        "groups.yml": GROUPS.replace("级别奖励", "无"),
    }
    assert {"P102", "P164"} <= {each.code for each in faults(changes)}


def test_a_flood_of_faults_is_cut_and_says_so(faults: Faults) -> None:
    gaps = "clauses:\n" + "".join(f"  九/（{n}）: {{class: exhortation, why: 倡导}}\n" for n in range(5000))
    found = faults({"gaps.yml": gaps})
    assert len(found) < 250
    assert [each.code for each in found].count("P181") == 1


def test_without_text_and_lock_the_clauses_cannot_be_checked(tmp_path: Path) -> None:
    root = write_library(tmp_path)
    (root / "city/doc-1/lock.json").unlink()
    library = load_library(root)
    assert [d.code for d in check_pack(library, library.packs[0], None)] == ["P131"]
    assert [d.code for d in check_pack(library, library.packs[0], document())] == ["P131"]


def test_the_text_at_hand_is_compared_with_lock_and_document(tmp_path: Path) -> None:
    library = load_library(
        write_library(
            tmp_path,
            {"document.yml": DOCUMENT.replace("issued: 2022-06-01", "issued: 2022-05-31")},
        ),
    )
    changed = document({**TEXTS, "一/（二）": "国家级30万元，省级20万元。"})
    found = check_pack(library, library.packs[0], changed)
    assert {"P141", "P142", "P133"} <= {each.code for each in found}


def test_the_vocabulary_is_checked_like_a_pack(tmp_path: Path) -> None:
    bad = VOCABULARY + "  人数: {of: 单位, type: count, ask: ？}\n"
    library = load_library(write_library(tmp_path, {"city/vocabulary/shared.yml": bad}))
    assert [each.code for each in check_vocabulary(library)] == ["P155", "P152"]


def test_the_same_fact_in_two_packs_is_reported_once_for_the_later_one(tmp_path: Path) -> None:
    second = {f"city/doc-2/{name}": text.replace("1号", "2号") for name, text in FILES.items()}
    second["city/doc-2/facts.yml"] = FACTS.replace("unit: 件", "unit: 家")
    library = load_library(write_library(tmp_path, second))
    first, later = (check_pack(library, pack, None) for pack in library.packs)
    assert not [d for d in first if d.code in {"P153", "P154"}]
    assert [d.message for d in later if d.code == "P153"] == [
        "事实“件数”与政策包“doc-1”里的同名事实不同：unit。",
    ]
