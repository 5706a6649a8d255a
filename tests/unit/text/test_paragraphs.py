from __future__ import annotations

from edict.text.lines import Layout, split_lines
from edict.text.paragraphs import Joiner, Paragraph, gather_annex_lists, merge_spans, repair_doubling

FLOWING, WRAPPED = Layout(0), Layout(40)
FULL = "甲" * 20  # as wide as the wrapped layout


def join(source: str, layout: Layout = FLOWING, *, dotted: bool = False) -> list[Paragraph]:
    return Joiner(layout, dotted=dotted, titles={}).join(split_lines(source))


def texts(source: str, layout: Layout = FLOWING) -> list[str]:
    return [each.text for each in join(source, layout)]


def test_a_sentence_cut_by_a_page_break_is_joined() -> None:
    assert texts("全市各项事业的规模持续扩大并且达\n\n到八万亿。\n\n下一段。") == [
        "全市各项事业的规模持续扩大并且达到八万亿。",
        "下一段。",
    ]


def test_a_line_that_ends_with_a_comma_goes_on_however_short() -> None:
    assert texts("1. 甲为主,\n\n乙为辅。") == ["1. 甲为主,乙为辅。"]


def test_a_heading_is_not_glued_to_its_text() -> None:
    heading, text = join("（一）甲乙工程\n\n对新设立的机构给予奖励。")
    assert heading.heading
    assert text.text == "对新设立的机构给予奖励。"


def test_a_heading_over_two_lines_is_one() -> None:
    assert texts("1. 全面部署甲网络，推进乙网络\n\n全覆盖\n\n加快建设。") == [
        "1. 全面部署甲网络，推进乙网络全覆盖",
        "加快建设。",
    ]


def test_an_item_among_sentences_is_no_heading() -> None:
    first, second = join("（1）承担甲的日常管理工作。\n\n（2）负责制定工作方案，提出应\n\n急处置措施。")
    assert not second.heading
    assert second.text == "（2）负责制定工作方案，提出应急处置措施。"
    assert first.text == "（1）承担甲的日常管理工作。"


def test_the_line_of_responsible_units_stands_alone() -> None:
    assert (
        texts("支持企业发展壮大并给予各类奖励补贴\n责任单位：市甲局、\n市乙局")[1]
        == "责任单位：市甲局、市乙局"
    )


def test_lines_of_full_width_are_joined_and_a_short_one_ends_the_paragraph() -> None:
    assert texts(f"{FULL}\n\n{FULL}\n\n乙。\n\n丙。", WRAPPED) == [f"{FULL}{FULL}乙。", "丙。"]


def test_a_full_line_that_ends_a_sentence_goes_on_when_the_next_reaches_the_margin() -> None:
    ended = "甲" * 19 + "。"
    assert texts(f"{ended}\n\n{FULL}\n\n乙。", WRAPPED) == [f"{ended}{FULL}乙。"]
    assert texts(f"{ended}\n\n{'甲' * 18}\n\n乙。", WRAPPED) == [ended, f"{'甲' * 18}乙。"]


def test_an_open_bracket_goes_on_to_the_next_line() -> None:
    assert texts("原《甲方案》 (甲残联\n〔2015〕 33 号) 废止。", WRAPPED) == [
        "原《甲方案》 (甲残联〔2015〕 33 号) 废止。",
    ]


def test_a_figure_at_the_start_of_a_cut_line_is_no_number() -> None:
    assert texts(f"{'甲' * 18}PM\n3. 污染\n乙。", WRAPPED)[0].endswith("PM3. 污染")


def test_a_name_cut_after_its_first_character_is_joined() -> None:
    assert texts("分管领导: 王\n\n某\n\n责任单位: 市甲局", WRAPPED) == ["分管领导: 王某", "责任单位: 市甲局"]


def test_a_number_alone_on_its_line_takes_the_next_one() -> None:
    assert texts("19.\n\n甲乙丙。", WRAPPED) == ["19.甲乙丙。"]


def test_latin_words_keep_a_space_at_the_break() -> None:
    assert texts("建设甲乙丙丁戊己庚辛壬癸 Big\nData 平台。") == ["建设甲乙丙丁戊己庚辛壬癸 Big Data 平台。"]


def test_a_list_of_annexes_is_one_paragraph() -> None:
    (listed,) = join("附件：1. 甲表（略）\n2. 乙表\n3. 丙表")
    assert listed.text == "附件：1. 甲表（略）\n2. 乙表\n3. 丙表"
    assert listed.label is None


def test_numbers_after_the_list_of_annexes_are_not_swallowed() -> None:
    assert [each.text for each in join("附件：1. 甲表\n1. 另起的条目。")] == [
        "附件：1. 甲表",
        "1. 另起的条目。",
    ]


def test_rows_stay_apart() -> None:
    assert [each.kind for each in join("甲\t1\n乙\t2")] == ["row", "row"]


def test_gathering_leaves_ordinary_lists_alone() -> None:
    paragraphs = join("1. 甲。\n2. 乙。")
    assert gather_annex_lists(paragraphs) == paragraphs


def test_spans_cover_every_line() -> None:
    source = "全市各项事业的规模持续扩大并且达\n\n到八万亿。\n\n一、甲\n\n乙。"
    spans = [span for each in join(source) for span in each.spans]
    assert merge_spans(spans) == ((0, len(source)),)


def test_a_doubled_character_is_dropped_when_only_the_single_form_makes_sense() -> None:
    source = "区块链甲，区块链乙，区块链丙。支持各类机构与企业合作建设区\n\n区块链中心。"
    paragraphs = join(source)
    ((_, _, dropped),) = repair_doubling(paragraphs, source)
    assert dropped
    assert "建设区块链中心" in paragraphs[-1].text


def test_a_character_that_belongs_twice_stays() -> None:
    source = "铝制品甲，铝制品乙，品牌丙，品牌丁，品牌戊。支持各类机构与企业打造终端制品\n\n品牌。"
    paragraphs = join(source)
    ((_, _, dropped),) = repair_doubling(paragraphs, source)
    assert not dropped
    assert "制品品牌" in paragraphs[-1].text


def test_a_cut_first_item_is_made_whole_when_its_sibling_is_a_sentence() -> None:
    first, second = join(
        "（一）负责辖区内各类甲乙丙丁设施建\n\n设的管理工作；\n\n（二）负责监督管理。", WRAPPED
    )
    assert first.text == "（一）负责辖区内各类甲乙丙丁设施建设的管理工作；"
    assert not first.heading
    assert second.text == "（二）负责监督管理。"
