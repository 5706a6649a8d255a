"""The fixed set of 300 rules as data: six shapes that packs use, 50 of each, with seeded figures.

Every condition is written so that OpenFisca's default for a fact it was not told (0, False, the last category) refuses
the grant, as an unknown fact does here: both sides then mean the same on every row.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

SEED = 20220629
PER_SHAPE = 50
WAN = 1_000_000  # 分 in 万元

MONEY = ("实收资本", "年产值", "研发投入", "地方贡献")
COUNTS = {"职工人数": "人", "专利件数": "件"}
FLAGS = ("新设立", "高新企业")
ENUMS = {
    "行业": ("制造业", "软件业", "金融业", "物流业", "建筑业", "商贸业", "文化业", "其他"),
    "级别": ("国家级", "省级", "市级", "其他"),
    "机构类别": ("总部", "地区总部", "分公司", "研究院", "孵化器", "其他"),
}
FACTS = (*MONEY, *COUNTS, *FLAGS, *ENUMS)


@dataclass(frozen=True, slots=True)
class Conditions:
    """All must hold: figures reached, flags set, one flag of ``any_of`` set, categories among the listed."""

    at_least: tuple[tuple[str, int], ...] = ()  # money in 分, counts as they are
    flags: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """``base × basis_points / 10000``, at most ``cap``."""

    base: str
    basis_points: int
    cap: int


@dataclass(frozen=True, slots=True)
class Flat:
    """A fixed sum."""

    fen: int


@dataclass(frozen=True, slots=True)
class Steps:
    """The fixed sum of the band that holds the base; below the first band nothing."""

    base: str
    bands: tuple[tuple[int, int], ...]  # (from, 分)


@dataclass(frozen=True, slots=True)
class Tiers:
    """Marginal rates over bands that begin at 0, at most ``cap``."""

    base: str
    bands: tuple[tuple[int, int], ...]  # (from, basis points)
    cap: int


@dataclass(frozen=True, slots=True)
class PerUnit:
    """``fen`` per whole ``each`` of the base, at most ``cap``."""

    base: str
    each: int
    fen: int
    cap: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A sum chosen by a category; the categories that are not listed get nothing."""

    by: str
    fen: tuple[tuple[str, int], ...]


Amount = Rate | Flat | Steps | Tiers | PerUnit | Membership


@dataclass(frozen=True, slots=True)
class Rule:
    """One grant of the set."""

    name: str
    when: Conditions
    amount: Amount


def build_rules() -> tuple[Rule, ...]:
    """Return the 300 rules; the same ones every time."""
    dice = random.Random(SEED)  # noqa: S311 -- figures of a benchmark
    makers = {
        "比例": _rate,
        "定额": _flat,
        "分档": _steps,
        "累进": _tiers,
        "计件": _per_unit,
        "名录": _membership,
    }
    return tuple(
        Rule(f"{shape}奖励{n}", *make(dice)) for shape, make in makers.items() for n in range(PER_SHAPE)
    )


def _rate(dice: random.Random) -> tuple[Conditions, Amount]:
    base = dice.choice(MONEY)
    when = Conditions(((base, dice.randrange(50, 5000) * WAN),), among=(_some(dice, "行业", 1, 3),))
    return when, Rate(base, dice.randrange(25, 1200, 5), dice.randrange(50, 3000, 10) * WAN)


def _flat(dice: random.Random) -> tuple[Conditions, Amount]:
    count = dice.choice(tuple(COUNTS))
    when = Conditions(((count, dice.randrange(5, 120)),), any_of=FLAGS, among=(_some(dice, "级别", 1, 2),))
    return when, Flat(dice.randrange(1, 500) * WAN)


def _steps(dice: random.Random) -> tuple[Conditions, Amount]:
    first, width, sum_ = dice.randrange(100, 2000), dice.randrange(500, 5000), dice.randrange(5, 100)
    bands = tuple(((first + n * n * width) * WAN, sum_ * (n + 1) * WAN) for n in range(4))
    when = Conditions(flags=(dice.choice(FLAGS),), among=(_some(dice, "机构类别", 1, 3),))
    return when, Steps(dice.choice(MONEY), bands)


def _tiers(dice: random.Random) -> tuple[Conditions, Amount]:
    base, width, rate = dice.choice(MONEY), dice.randrange(100, 3000), dice.randrange(50, 400, 5)
    bands = tuple((n * (n + 1) // 2 * width * WAN, rate * (n + 1)) for n in range(4))
    when = Conditions(
        ((base, dice.randrange(10, 100) * WAN),), any_of=FLAGS, among=(_some(dice, "行业", 2, 4),)
    )
    return when, Tiers(base, bands, dice.randrange(500, 9000, 100) * WAN)


def _per_unit(dice: random.Random) -> tuple[Conditions, Amount]:
    if dice.random() < 0.5:
        base, each, least = dice.choice(tuple(COUNTS)), 1, dice.randrange(1, 30)
        when = Conditions(((base, least),), flags=(dice.choice(FLAGS),), among=(_some(dice, "级别", 1, 3),))
        return when, PerUnit(base, each, dice.randrange(500, 20000, 100) * 100, dice.randrange(20, 400) * WAN)
    base, each = dice.choice(MONEY), dice.randrange(50, 1000, 50) * WAN
    when = Conditions(((base, each),), among=(_some(dice, "级别", 1, 3), _some(dice, "机构类别", 2, 4)))
    return when, PerUnit(base, each, dice.randrange(1, 20) * WAN, dice.randrange(50, 900) * WAN)


def _membership(dice: random.Random) -> tuple[Conditions, Amount]:
    levels = ENUMS["级别"][:3]
    sums = tuple((level, dice.randrange(10, 900) * WAN) for level in levels)
    when = Conditions(
        flags=(dice.choice(FLAGS),), among=(_some(dice, "行业", 1, 5), _some(dice, "机构类别", 1, 4))
    )
    return when, Membership("级别", sums)


def _some(dice: random.Random, fact: str, low: int, high: int) -> tuple[str, tuple[str, ...]]:
    """Return some categories of a fact, never its last one (其他), which stands for a fact that OpenFisca was not told."""
    chosen = set(dice.sample(ENUMS[fact][:-1], dice.randint(low, high)))
    return fact, tuple(each for each in ENUMS[fact] if each in chosen)
