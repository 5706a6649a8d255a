"""Rows of cells: which one is the head of a table."""

from __future__ import annotations

import re

_HEAD = re.compile(r"序号|名称|指标|类别|分类|单位|项目|姓\s*名|行业|领域|事项|任务|地区|区域|备注|职务|专业|分担|河段|产业链|水源地")
_FIGURE = re.compile(r"^[-—\d.,%％/\s]+$")


def looks_like_header(row: str) -> bool:
    """Whether a row of tab-separated cells names columns rather than holding values.

    >>> looks_like_header("序号\\t名称\\t数值"), looks_like_header("甲公司\\t乙公司")
    (True, False)
    """
    cells = [cell.strip() for cell in row.split("\t") if cell.strip()]
    if not cells or any(_FIGURE.match(cell) for cell in cells):
        return False
    return bool(_HEAD.search(row)) and all(len(cell) <= 20 for cell in cells)
