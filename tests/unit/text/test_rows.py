from __future__ import annotations

from edict.text.lines import Layout, split_lines
from edict.text.paragraphs import Joiner
from edict.text.rows import rebuild_rows


def rows(*lines: str) -> list[str]:
    paragraphs = Joiner(Layout(40), dotted=False, titles={}).join(
        split_lines("\n".join(["专栏1：甲", *lines])),
    )
    return [each.text for each in rebuild_rows(paragraphs) if each.kind == "row"]


def test_spaced_rows_become_cells() -> None:
    assert rows("甲区 5 6 7", "乙区 8 9 10") == ["甲区\t5\t6\t7", "乙区\t8\t9\t10"]


def test_the_fragments_before_the_first_row_are_its_head() -> None:
    assert rows("指标", "名称", "甲区 5 6 7", "乙区 8 9 10")[0] == "指标\t名称"


def test_a_name_over_two_lines_joins_its_row() -> None:
    assert (
        rows("甲区 5 6 7", "某某高新技术产业开发", "试验区", "2500 100 30")[1]
        == "某某高新技术产业开发试验区\t2500\t100\t30"
    )


def test_a_group_printed_one_character_per_line_is_the_first_cell() -> None:
    assert rows("甲区 5 6 7", "创", "新", "12", "投入 % 1.6 2 2")[1] == "创新\t12\t投入\t%\t1.6\t2\t2"


def test_a_single_character_completes_a_name() -> None:
    assert rows("指标", "合", "计 5 6 7", "乙区 8 9 10")[1] == "合计\t5\t6\t7"


def test_values_left_over_stay_with_their_row() -> None:
    assert rows("甲 38.3 40 41", "45", "———", "6", "乙 8 9 10") == [
        "甲\t38.3\t40\t41\t45\t———",
        "6\t乙\t8\t9\t10",
    ]


def test_a_single_row_among_prose_is_left_alone() -> None:
    assert rows("甲区 5 6 7", "这是一段说明文字。") == ["甲区 5 6 7"]
