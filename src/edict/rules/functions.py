"""The functions an expression may call: name, usage, and the check of their argument types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edict.core.quantity import Unit
from edict.rules.tree import DATE, DateType, NumberOp, NumberType, Type

if TYPE_CHECKING:
    from collections.abc import Callable

AGE = Unit((("岁", 1),))
MONTHS = Unit((("月", 1),))


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the closed grammar; ``check`` returns the result type, or a sentence saying what is wrong."""

    name: NumberOp
    usage: str
    meaning: str
    check: Callable[[tuple[Type, ...]], Type | str]


def _same_numbers(types: tuple[Type, ...]) -> Type | str:
    if len(types) < 2 or not all(isinstance(each, NumberType) for each in types):
        return "需要两个以上的数量。"
    return types[0] if all(each == types[0] for each in types) else "各项的单位必须相同。"


def _one_number(types: tuple[Type, ...]) -> Type | str:
    if len(types) != 1 or not isinstance(types[0], NumberType):
        return "需要一个数量。"
    return types[0]


def _two_dates(unit: Unit) -> Callable[[tuple[Type, ...]], Type | str]:
    def check(types: tuple[Type, ...]) -> Type | str:
        return NumberType(unit) if types == (DATE, DATE) else "需要两个日期：从哪天、到哪天。"

    return check


def _one_date(types: tuple[Type, ...]) -> Type | str:
    return DATE if len(types) == 1 and isinstance(types[0], DateType) else "需要一个日期。"


TABLE: dict[str, Function] = {
    each.name: each
    for each in (
        Function("least", "least(甲, 乙, …)", "最小的一项；任何一项未知，结果就未知", _same_numbers),
        Function("greatest", "greatest(甲, 乙, …)", "最大的一项；任何一项未知，结果就未知", _same_numbers),
        Function("floor", "floor(增量 / 每满)", "去掉小数部分，用于“每满……”", _one_number),
        Function("full_years", "full_years(出生日期, 基准日)", "两个日期之间的周岁数", _two_dates(AGE)),
        Function("full_months", "full_months(成立日期, 基准日)", "两个日期之间的整月数", _two_dates(MONTHS)),
        Function("year_start", "year_start(基准日)", "当年的1月1日", _one_date),
    )
}
