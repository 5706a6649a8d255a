"""The table was written by hand from a reading of the five gazettes: short snippets, reworded around the figure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.quantity import parse_quantity
from edict.text.figures import excluded_digits, figure_keys, find_figures, quantity_key, unexplained_digits

if TYPE_CHECKING:
    from pathlib import Path

# snippet → the figures in order, each as its first keys joined by "~" for a range, with the bound before it
TABLE = {
    # money
    "奖励50万元": "500000元", "给予 30 万元补助": "300000元", "最高不超过500万元": "<=5000000元", "规模5亿元以上": ">=500000000元",
    "不低于1000 万元": ">=10000000元", "达到 1300 亿元": ">=130000000000元", "上限 17200 元": "17200元", "不超\n\n过 200\n\n万元": "<=2000000元",
    "投入5.8亿元": "580000000元", "产值1.5万亿元": "1500000000000元", "突破6千亿元": ">600000000000元", "折合15亿美元": "1500000000美元",
    "新设3000万(含)美元以上": ">=30000000美元", "奖励500万、100万": "5000000元 1000000元", "补贴500万元、300万、100万": "5000000元 3000000元 1000000元",
    "超过1亿元、3亿元、5亿元": ">100000000元 300000000元 500000000元", "分1、3、5亿元三档": "100000000元 300000000元 500000000元",
    "补助5—10万元": "50000元~100000元", "资助10万-20万元": "100000元~200000元", "罚款1万元至3万元": "10000元~30000元",
    "实缴3000万元至1亿元（不含）": "30000000元~100000000元", "5000万元（含）至2亿元": "50000000元~200000000元",
    "30万元（含）以上且不满500万元": ">=300000元 <5000000元", "1000万元以下": "<=10000000元", "满3万元": ">=30000元", "不足2亿元": "<200000000元",
    "低于800元": "<800元", "高于2000元": ">2000元", "１００万元": "1000000元", "12,000元": "12000元", "1,234,567.8元": "1234567.8元",
    "超过千亿元": ">100000000000元", "两万元": "20000元", "五十元": "50元", "500多万元": ">=5000000元", "1亿余元": ">=100000000元",
    # rates
    "600元/平方米": "600元/㎡", "按 10 元 / ㎡": "10元/㎡", "资助1700元/件": "1700元/件", "1800 元 / 人 / 年": "150元/人/月", "50 元/ 条": "50元/条",
    "每人每年5000元": "1250/3元/人/月", "每人每月发放 30 元": "30元/人/月", "每平方米1000元": "1000元/㎡", "每家 5 万元": "50000元/家",
    "每头不高于800元": "<=800元/头", "处理30万吨/日": "300000000千克/日", "2万立方米/日": "20000立方米/日", "1.0mg/L": "0.000001千克/升",
    "10.3立方米/万元": "0.00103立方米/元", "演练1 次/ 年": "1/12次/月", "每户企业每年不超过300万元": "<=250000元/户/月", "人均15平方米": "15㎡",
    # ratios
    "按2%给予": "0.02", "按 37. 5% 计": "0.375", "到 0. 4%以下": "<=0.004", "占3‰": "0.003", "不低于15％": ">=0.15", "超过 5 %": ">0.05",
    "10%—20%": "0.1~0.2", "5—10%": "0.05~0.1", "30%至50%": "0.3~0.5", "50%、30%": "0.5 0.3", "最高达20%": "<=0.2", "100%": "1",
    "提高3个百分点": "0.03", "三分之二以上": ">=2/3", "百分之五十": "0.5", "万分之三": "0.0003", "全省的1/3": "1/3", "的四分之一": "0.25",
    "1.5倍": "1.5", "翻 2 倍": "2", "加150BP": "0.015", "按1:1配套": "1:1", "按 4 : 6 分担": "4:6", "两级1∶1": "1:1", "两级1：1": "1:1",
    "按 1\n\n∶ 1": "1:1", "比重1.3暶39.7暶59": "1.3:39.7:59", "按8:1:1": "8:1:1", "降到曑4%": "<=0.04",
    # area, length, mass …
    "1—2万亩": "10000亩~20000亩", "0.5万亩以上": ">=5000亩", "1000\n\n万平方米": "10000000㎡", "不超过100 平米": "<=100㎡", "约1.6km²": "1600000㎡",
    "130平方公里": "130000000㎡", "大于8万㎡": ">80000㎡", "高 1. 2 米": "1.2米", "外 200m": "200米", "不高于27米": "<=27米", "206.3公里": "206300米",
    "五十米内": "50米", "各1千米": "1000米", "土层20cm以下": "<=0.2米", "40 万吨": "400000000千克", "20 吨": "20000千克", "500千伏": "500000伏",
    "10 万 m³（含）": "100000立方米", "30.7\n\n亿立方米": "3070000000立方米", "30万千瓦": "300000千瓦", "35度以上": ">=35度",
    # durations
    "5个工作日内": "<=5工作日", "不超过 3 个工作日": "<=3工作日", "15日内": "<=15日", "15日前公告": ">=15日", "提前 30 日": ">=30日", "不少于21天": ">=21日",
    "有效期3年": "36月", "连续5年": "60月", "3\n\n个月以上": ">=3月", "24小时内": "<=24小时", "半年内": "<=6月", "每半年": "6月", "不满三年": "<36月",
    "五年之内": "<=60月", "两年半": "30月", "一个月内": "<=1月", "一年内": "<=12月", "十个工作日": "10工作日", "近 2 年": "24月", "3—5年": "36月~60月",
    "三十日": "30日", "30分钟": "0.5小时", "近五年": "60月", "6个月（含）以上": ">=6月", "超过5年": ">60月",
    # dates
    "2022年3月2日": "2022-03-02", "2019 年 3 月 18 日": "2019-03-18", "到2025年": "2025", "2022年9月底前": "<=2022-09", "2022年底前": "<=2022",
    "2021—2025年": "2021~2025", "2022年—2023年": "2022~2023", "（2020-2035）": "2020~2035", "2021、2022年": "2021 2022", "7 月 15 日前": "<=--07-15",
    "每月5日前": "<=---05", "次月 3 日前": "<=---03", "6月1日至15日": "--06-01~--06-15", "2022年3月—6月": "2022-03~2022-06", "二〇三五年": "2035",
    "二〇二二年三月二日": "2022-03-02", "1—9月": "--01~--09", "建于1970.10": "1970-10",
    # counts
    "100余家": ">=100家", "20名以内": "<=20人", "前20名": "<=20人", "排名前 50 名": "<=50人", "3—5个": "3个~5个", "2—3名": "2人~3人", "1 万人": "10000人",
    "0. 54 万人": "5400人", "300人次": "300人次", "8个、9个": "8个 9个", "两次": "2次", "三项": "3项", "至少一次": ">=1次", "每季度一次": "1次",
    "得4分": "4分", "扣 0.5 分": "0.5分", "80（含）—90分": "80分~90分", "未满 15 周岁": "<15岁", "0—14 岁": "0岁~14岁", "16 至 24 岁": "16岁~24岁",
    "300台（套）": "300台", "12口井": "12口", "10个以上": ">=10个", "十条措施": "10条", "世界500强": "500", "共50-70万人才": "500000~700000",
}  # fmt: skip


def shown(snippet: str) -> str:
    found = []
    for figure in find_figures(snippet):
        keys = figure_keys(figure)
        found.append(figure.bound + ("~".join(keys[:2]) if figure.high is not None else keys[0]))
    return " ".join(found)


@pytest.mark.parametrize(("snippet", "expected"), TABLE.items())
def test_the_figures_of_a_snippet_are_found_with_value_unit_and_bound(snippet: str, expected: str) -> None:
    assert shown(snippet) == expected


@pytest.mark.parametrize("snippet", TABLE)
def test_a_snippet_leaves_no_digit_unexplained(snippet: str) -> None:
    assert not unexplained_digits(snippet)


@pytest.mark.parametrize("snippet", TABLE)
def test_the_printed_text_of_a_figure_is_its_span(snippet: str) -> None:
    for figure in find_figures(snippet):
        assert snippet[slice(*figure.span)] == figure.text


PLAIN = [
    s for s, keys in TABLE.items() if not re.search("[每次前、万]|二〇|月 3|暶|曑|\n", s) and " " not in keys
]


@pytest.mark.parametrize("snippet", PLAIN)
def test_the_printed_text_of_a_figure_reads_the_same_alone(snippet: str) -> None:
    (figure,) = find_figures(snippet)
    (again,) = find_figures(figure.text)
    assert (again.value, again.high, again.unit, again.kind) == (
        figure.value,
        figure.high,
        figure.unit,
        figure.kind,
    )


@pytest.mark.parametrize("snippet", TABLE)
def test_text_before_a_snippet_moves_its_figures_and_changes_nothing_else(snippet: str) -> None:
    before = "具体标准如下，其中，"
    assert [(f.value, f.high, f.unit, f.bound, f.text) for f in find_figures(before + snippet)] == [
        (f.value, f.high, f.unit, f.bound, f.text) for f in find_figures(snippet)
    ]


NO_FIGURE = {
    "国发〔2018〕20号": "document_number", "令第246号": "ordinal", "令〔2022〕 第 5 号": "document_number", "第3条": "ordinal", "从第3年起": "ordinal",
    "\n1. 总体要求": "label", "\n（2）申报": "label", "\n3、流程": "label", "\n5.2.1 分级": "label", "\n4 监测": "label", "5G网络": "technical_name",
    "3A级景区": "technical_name", "“1+6”集群": "technical_name", "全天7×24": "technical_name", "沿S312两侧": "code", "IPv6改造": "code",
    "GB 3838—2002": "code", "PM2.5浓度": "code", "G107东移": "code", "电话：0371-12345678": "telephone", "拨打12345热线": "telephone",
    "\n—81—\n": "page_number", "公报(2019. 3)": "page_header", "22:00关闭": "clock", "17 时 00 分前": "clock", "专栏 5 要点": "thing_number",
    "附件2": "thing_number", "国道 310": "thing_number", "3号线": "thing_number", "“982”工程": "quoted_name", "9" * 20: "serial", "13月5日": "impossible_date",
}  # fmt: skip


@pytest.mark.parametrize(("snippet", "rule"), NO_FIGURE.items())
def test_numbers_of_things_are_no_figures_by_a_named_rule(snippet: str, rule: str) -> None:
    assert not find_figures(snippet)
    assert rule in {name for name, _ in excluded_digits(snippet)}
    assert not unexplained_digits(snippet)


PROSE = ["一家企业", "一名负责人", "一次性奖励", "一方面", "一是", "一个平台", "第一时间", "第十二条", "“十四五”期间", "三年行动计划", "五年规划",
         "二期工程", "二次创业", "上半年", "同一年度", "一圈", "三级联动", "两侧", "百年", "千家万户", "万元", "“三个一批”", "三农", "十四届", "百分制",
         "千人计划", "一百二条", "三次产业", "半数", "一线"]  # fmt: skip


@pytest.mark.parametrize("snippet", PROSE)
def test_chinese_numerals_in_prose_are_no_figures(snippet: str) -> None:
    assert not find_figures(snippet)


@pytest.mark.parametrize(
    ("snippet", "kind"),
    [("5万元", "money"), ("5%", "ratio"), ("5亩", "area"), ("5米", "length"), ("5日", "duration"), ("5月", "date"), ("5家", "count"),
     ("1:1", "pair"), ("5元/件", "rate"), ("共5", "number"), ("500强", "name"), ("5分", "score"), ("5倍", "ratio"), ("5岁", "age")],
)  # fmt: skip
def test_every_figure_has_a_kind(snippet: str, kind: str) -> None:
    assert [figure.kind for figure in find_figures(snippet)] == [kind]


def test_an_inclusive_or_exclusive_note_decides_the_bound() -> None:
    assert shown("500万元（不含）以上") == ">5000000元"
    assert shown("500万元以上（含）") == ">=5000000元"
    assert shown("60分以下（不含）") == "<60分"


def test_a_pair_has_the_share_of_each_part_as_keys() -> None:
    (pair,) = find_figures("按4∶6分担")
    assert figure_keys(pair) == ("4:6", "0.4", "0.6")


def test_a_rate_has_the_plain_amount_as_a_key() -> None:
    (rate,) = find_figures("每人每年5000元")
    assert quantity_key(parse_quantity("5000元")) in figure_keys(rate)
    assert quantity_key(parse_quantity("5000元/人/年")) in figure_keys(rate)


def test_the_plain_amounts_of_a_rate_cover_ranges_and_elided_units() -> None:
    (span,) = find_figures("每家补贴5—10万元")
    assert {"50000元", "100000元"} <= set(figure_keys(span))
    (elided,) = find_figures("每户企业补贴500万")
    assert "5000000元" in figure_keys(elided)


@pytest.mark.parametrize(
    "written",
    [
        "1亿元",
        "2%",
        "3年",
        "600元/㎡",
        "5个工作日",
        "20名",
        "0.5万亩",
        "1.2倍",
        "1800元/人/年",
        "90分",
        "1/3",
    ],
)
def test_a_quantity_in_a_pack_has_the_key_of_the_figure_in_the_clause(written: str) -> None:
    (figure,) = find_figures("标准为" + written)
    assert quantity_key(parse_quantity(written)) in figure_keys(figure)


def test_a_bare_number_in_prose_is_reported_as_unexplained() -> None:
    text = "乙方甲7乙"
    assert [text[slice(*span)] for span in unexplained_digits(text)] == ["7"]


def test_numbers_in_table_cells_are_explained() -> None:
    assert not unexplained_digits("指标\t单位\t2020年\n产量\t\t35.6\t40\n甲区 100 200 300\n")


SNIPPETS = st.sampled_from([*TABLE, *NO_FIGURE, *PROSE])
NOISE = st.text(
    alphabet="0123456789一二两三十百千万亿半元年月日个%.:—-至、，（含）不超过第每/ \n\t“”第〔〕号AGm",
    max_size=40,
)


@given(st.lists(st.one_of(SNIPPETS, NOISE), max_size=8))
def test_figures_never_overlap_and_lie_in_order_in_any_text(parts: list[str]) -> None:
    text = "".join(parts)
    figures = find_figures(text)
    assert all(left.span[1] <= right.span[0] for left, right in pairwise(figures))
    assert all(text[slice(*f.span)] == f.text and f.text.strip() == f.text and f.text for f in figures)
    assert all(f.high is None or f.high > f.value for f in figures)
    assert all(figure_keys(f) for f in figures)


@given(st.lists(st.one_of(SNIPPETS, NOISE), max_size=8))
def test_every_arabic_digit_is_in_a_figure_or_excluded(parts: list[str]) -> None:
    text = "".join(parts)
    spans = [f.span for f in find_figures(text)] + [span for _, span in excluded_digits(text)]
    loose = [m.start() for m in re.finditer(r"\d", text) if not any(a <= m.start() < b for a, b in spans)]
    assert not loose


@pytest.mark.parametrize(
    "hostile",
    [
        "1" * 5000,
        "1." * 3000,
        "第" * 5000,
        "一" * 5000,
        "1、" * 3000,
        "1—" * 3000,
        "（含）" * 2000,
        "〔2018〕" * 2000,
        " " * 9000 + "1",
        "每" * 5000,
    ],
)
def test_hostile_text_is_read_to_its_end(hostile: str) -> None:
    assert isinstance(find_figures(hostile), tuple)


def test_the_gazettes_leave_almost_no_digit_unexplained(gazettes: list[Path]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in gazettes]
    left = [text[max(0, a - 8) : b + 4] for text in texts for a, b in unexplained_digits(text)]
    assert len(left) <= 5, left
    assert sum(len(find_figures(text)) for text in texts) > 3000
