"""How a fact is stored as an integer: how many of it make one base unit, and which values it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.core.quantity import Unit, parse_unit
from edict.rules.tree import BOOL, DATE, MONEY, NO_UNIT, EnumType, NumberType, Type

if TYPE_CHECKING:
    from fractions import Fraction

    from edict.packs.model import Fact

# The widest value of each kind. 10^14 元 exceeds a hundred times the city's yearly product; a wider value is a mistake
# of unit, and the bound lets the back ends prove that no product overflows.
LARGEST_MONEY_FEN = 10**16
LARGEST_COUNT = 10**12
LARGEST_RATIO = 10**12  # in millionths: 10^6, that is 100,000,000 %
LARGEST_NUMBER = 10**14
FIRST_DAY, LAST_DAY = 18000101, 99991231


@dataclass(frozen=True, slots=True)
class Scale:
    """``stored = value * per``: 100 per 元, 1,000,000 per unit of ratio, 1 per item; ``lo``/``hi`` bound ``stored``."""

    type: Type
    per: int = 1
    lo: int = 0
    hi: int = 0


def scale_of(fact: Fact) -> Scale:
    """Return how a declared fact is stored."""
    match fact.type:
        case "bool":
            return Scale(BOOL)
        case "enum":
            return Scale(EnumType(fact.values))
        case "date":
            return Scale(DATE, 1, FIRST_DAY, LAST_DAY)
        case "money":
            return _number(MONEY, 100, LARGEST_MONEY_FEN, fact)
        case "ratio":
            return _number(NO_UNIT, 10**6, LARGEST_RATIO, fact)
        case "count":
            return _unit_number(fact, 1, LARGEST_COUNT)
        case _:
            return _unit_number(fact, 10 ** int(fact.decimals), LARGEST_NUMBER)


def _unit_number(fact: Fact, per: int, largest: int) -> Scale:
    """A unit such as 万亩 is stored in its base unit; the declared decimals count in the base unit too."""
    return _number(parse_unit(fact.unit) if fact.unit else NO_UNIT, per, largest, fact)


def _number(unit: Unit, per: int, largest: int, fact: Fact) -> Scale:
    return Scale(NumberType(unit), per, -largest if fact.signed == "true" else 0, largest)


def stored(value: Fraction, scale: Scale) -> int | None:
    """Return the integer that stores ``value``, or None when it is finer than the scale."""
    scaled = value * scale.per
    return int(scaled) if scaled.denominator == 1 else None
