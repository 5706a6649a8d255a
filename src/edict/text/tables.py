"""Rows of cells: which one is the head of a table."""

from __future__ import annotations

import re

_HEAD = re.compile(
    r"序号|名称|指标|类别|分类|单位|项目|姓\s*名|行业|领域|事项|任务|地区|区域|备注|职务|专业|分担|河段|产业链|水源地",
)
_FIGURE = re.compile(r"^[-—\d.,%％/\s]+$")


def looks_like_header(row: str) -> bool:
    r"""Whether a row of tab-separated cells names columns rather than holding values.

    >>> looks_like_header("序号\t名称\t数值"), looks_like_header("甲公司\t乙公司")
    (True, False)
    """
    cells = [cell.strip() for cell in row.split("\t") if cell.strip()]
    if not cells or any(_FIGURE.match(cell) for cell in cells):
        return False
    return bool(_HEAD.search(row)) and all(len(cell) <= 20 for cell in cells)


_VALUE = re.compile(
    r"^[\[<>≤≥]*[-—–]*\d[\d.,]*[%‰]?\]?(?:左右|以上|以下)?$|^[-—–]{2,}$|^预期性$|^约束性$|^完成\S*目标$",
)
_OF_WHICH = re.compile(r"^其\s*中\s*[:：]\s*")
_PROSE = re.compile(r"[，。；、：;:]|,\s")


def is_value(token: str) -> bool:
    """Whether a token stands in a value column of a table.

    >>> is_value("7.0左右"), is_value("———"), is_value("亿元")
    (True, True, False)
    """
    return bool(_VALUE.match(token))


def is_value_row(text: str) -> bool:
    """Whether a line is a table row whose cells are parted by spaces.

    >>> is_value_row("甲区 2300 300 100"), is_value_row("奖励 300 元, 100 元 的")
    (True, False)
    """
    text = _OF_WHICH.sub("", text)
    tokens = text.split()
    values = sum(map(is_value, tokens))
    return values >= 2 and len(tokens) >= 3 and is_value(tokens[-1]) and not _PROSE.search(text)
