from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.text.lines import columns, find_layout, is_furniture, repair_glyphs, split_lines


@pytest.mark.parametrize(("misread", "symbol"), [("暶", "∶"), ("暲", "±"), ("暳", "×"), ("曑", "≤")])
def test_a_symbol_with_a_shifted_lead_byte_is_restored(misread: str, symbol: str) -> None:
    assert repair_glyphs(f"甲{misread}乙") == (f"甲{symbol}乙", 1)


def test_ordinary_characters_are_left_alone() -> None:
    assert repair_glyphs("曾曹暖暗会议曙光") == ("曾曹暖暗会议曙光", 0)


@pytest.mark.parametrize(
    "text",
    [
        "—75—",
        "- 8 -",
        "— 12 —",
        "甲市人民政府公报(2019. 3)　 　 文件汇编",
        "---",
        "-----\t---\t----",
        "第3页",
    ],
)
def test_page_furniture_is_recognised(text: str) -> None:
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    ["75", "甲市人民政府公报管理办法", "—是甲", "- （一）甲", "第三条 甲", "———", "1-2"],
)
def test_text_that_only_resembles_furniture_stays(text: str) -> None:
    assert not is_furniture(text)


def test_a_bullet_before_a_number_is_dropped_from_the_text_but_owned() -> None:
    line = split_lines("- （一）甲；\n")[0]
    assert line.text == "（一）甲；"
    assert (line.start, line.end) == (0, 8)


def test_two_headings_run_together_become_two_lines() -> None:
    lines = split_lines("六、甲事**（二十一）乙事**\n\n丙。")
    assert [line.text for line in lines] == ["六、甲事", "（二十一）乙事", "丙。"]
    assert [line.number for line in lines] == [1, 1, 3]


def test_a_row_of_cells_is_known_by_its_tab() -> None:
    first, second = split_lines("甲\t乙\n\t丙")
    assert first.tabbed
    assert second.tabbed


@given(st.text(alphabet="甲乙丙\n \t*（一）-—1。", max_size=80))
def test_lines_tile_the_text_from_the_first_printed_character(text: str) -> None:
    lines = split_lines(text)
    if not lines:
        assert not text.strip()
        return
    assert not text[: lines[0].start].strip()
    assert lines[-1].end == len(text)
    assert all(one.end == two.start for one, two in pairwise(lines))


def test_width_counts_chinese_twice() -> None:
    assert columns("甲a，1") == 6


def test_a_file_of_short_lines_is_set_at_their_width() -> None:
    assert find_layout(split_lines("\n".join(["甲" * 20] * 60))).wrap == 40


def test_a_file_of_long_lines_is_set_in_paragraphs() -> None:
    assert find_layout(split_lines("\n".join(["甲" * 90] * 60))).wrap == 0


def test_an_empty_text_has_no_lines() -> None:
    assert split_lines(" \n\t\n") == []
    assert find_layout([]).wrap == 0
