from __future__ import annotations

import pytest

from edict.text.tables import is_value_row, looks_like_header


@pytest.mark.parametrize("row", ["序号\t名称", "姓 名\t单位\t类别", "类别\t指标\t指标值"])
def test_a_row_of_column_names_is_a_head(row: str) -> None:
    assert looks_like_header(row)


@pytest.mark.parametrize("row", ["1\t甲项目\t30", "甲公司\t乙公司", "\t\t", "单位\t5"])
def test_a_row_of_values_is_no_head(row: str) -> None:
    assert not looks_like_header(row)


@pytest.mark.parametrize(
    "line",
    [
        "甲区 2300 300 100",
        "1 产值 亿元 7311.5 ——— 6.8",
        "其中:甲 亿元 ——— 6.4",
        "7 比重 % 48.6 50以上 58.9",
        "2 甲 (%) 2 [提高3] 2.6 预期性",
    ],
)
def test_a_line_of_cells_parted_by_spaces_is_a_row(line: str) -> None:
    assert is_value_row(line)


@pytest.mark.parametrize(
    "line",
    ["甲奖励 300 万元、 100 万元", "分别给予 10 元, 20 元", "2022 年 3 月 1 日", "甲 乙 丙", "", "5 6"],
)
def test_prose_with_figures_is_no_row(line: str) -> None:
    assert not is_value_row(line)
