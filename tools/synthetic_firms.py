"""Writes a table of invented firms for the demonstration: ``python tools/synthetic_firms.py 2000 build/demo/firms.csv``.

No row is a real firm. The dice are seeded, so the table is the same on every machine; a twentieth of the cells is left
empty, because a real register has holes. Column heads are fact names, with the unit of their numbers in brackets.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from random import Random

from edict.packs.load import load_library

SEED = 20220801
HOLES = 0.05
SIZES = ("大型", "中型", "小型", "微型", "个体工商户")
TRADES = ("工业", "建筑业", "零售业", "餐饮业", "金融业", "其他服务业")
SHOPS = ("汽车零售", "商超", "电器零售", "药品零售", "电商")
HEADQUARTERS = ("总部金融机构", "金融机构地区总部", "一级分支机构", "其他金融机构")


def firm(dice: Random, number: int, areas: tuple[str, ...]) -> dict[str, object]:
    """Return one invented firm: head → cell; amounts in 万元."""
    trade = dice.choices(TRADES, (30, 15, 20, 15, 5, 15))[0]
    finance = trade == "金融业"
    before = round(dice.lognormvariate(8, 1.4))
    now = round(before * dice.uniform(0.7, 1.5))
    return {
        "编号": f"合成{number:05d}",
        "所在区县": dice.choice(areas),
        "企业规模": dice.choices(SIZES, (5, 15, 40, 30, 10))[0],
        "行业": trade,
        "规模以上工业企业": yes(trade == "工业" and before > 2000),
        "工业战略性新兴产业企业": yes(trade == "工业" and dice.random() < 0.3),
        "高耗能产业": yes(trade == "工业" and dice.random() < 0.2),
        "建筑企业": yes(trade == "建筑业"),
        "上年一季度产值(万元)": before,
        "一季度产值(万元)": now,
        "一季度营业收入增速(%)": round(dice.gauss(6, 8), 1),
        "一季度电费(万元)": round(now * dice.uniform(0.001, 0.01), 2),
        "一季度气费(万元)": round(now * dice.uniform(0, 0.003), 2),
        "零售餐饮业态": {"零售业": dice.choice(SHOPS), "餐饮业": "餐饮"}.get(trade, "其他"),
        "限额以上": yes(trade in {"零售业", "餐饮业"} and before > 1000),
        "上年一季度零售额(万元)": before,
        "一季度零售额(万元)": now,
        "全省社零平均增速(%)": 5,
        "同业态排名(名)": dice.randint(1, 120),
        "金融机构类别": dice.choice(HEADQUARTERS) if finance else "不是金融机构",
        "期货机构类别": "其他",
        "落户情况": dice.choices(("新设立", "新迁入", "其他"), (25, 20, 55) if finance else (5, 3, 92))[0],
        "实收资本(万元)": round(dice.lognormvariate(11 if finance else 6, 1)),
        "营运资金(万元)": round(dice.lognormvariate(9, 1)) if finance else 0,
        "银行机构": yes(finance and dice.random() < 0.3),
        "科技贷款新增额(万元)": round(dice.gauss(60000, 80000)) if finance else 0,
        "制造业贷款新增额(万元)": round(dice.gauss(30000, 50000)) if finance else 0,
    }


def yes(holds: bool) -> str:
    """Return the word for a yes-or-no cell."""
    return "是" if holds else "否"


def with_holes(dice: Random, row: dict[str, object]) -> dict[str, object]:
    """Return the row with some cells emptied; the key and the area stay."""
    kept = {"编号", "所在区县"}
    return {head: "" if head not in kept and dice.random() < HOLES else cell for head, cell in row.items()}


def main(count: int, path: Path) -> None:
    """Write ``count`` firms to ``path``."""
    dice = Random(SEED)
    areas = tuple(each for each in load_library().facts["所在区县"].values if each != "其他")
    rows = [with_holes(dice, firm(dice, number, areas)) for number in range(1, count + 1)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    print(f"合成数据：{count} 家虚构企业已写到 {path}（种子 {SEED}）。")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
