"""Quantities with units, read exactly as a document prints them: ``2%``, ``1亿元``, ``600元/㎡``, ``5个工作日``.

Values are exact fractions in base units; units that no law of nature joins (亩 and ㎡, 日 and 工作日, 月 and 日)
stay apart, so that adding them is an error instead of a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from edict.core.units import KINDS, MULTIPLIERS, SHARES, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 40

_NUMBER = re.compile(r"(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?)(?:/(?P<below>[1-9]\d*))?(?P<unit>.*)", re.ASCII)
_WIDE = re.compile(r"[！-～￥　]")
# What a reader expects to see for a base unit, largest first; every other unit prints as itself.
_DISPLAY = {
    "月": ("年", "个月"),
    "千克": ("吨", "千克"),
    "米": ("公里", "米"),
    "小时": ("小时", "分钟"),
    "工作日": ("个工作日",),
}
_SHORT = {"月": (1,)}  # 18个月, not 1.5年
_GROUPED = frozenset({"元", "亩", "㎡", "人", "户", "美元", "立方米", "吨"})


class QuantityError(ValueError):
    """A quantity that cannot be read; the message is a Chinese sentence with the mend."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of base units; ``()`` is dimensionless.

    >>> str(Unit((("元", 1),)) / Unit((("㎡", 1),)))
    '元/㎡'
    """

    dims: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        return _unit((*self.dims, *other.dims))

    def __truediv__(self, other: Unit) -> Unit:
        return _unit((*self.dims, *((base, -power) for base, power in other.dims)))

    def __str__(self) -> str:
        return _spell(self, {})


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact value in base units; ``ratio`` marks one written as a share (``50%``), and is no part of equality."""

    value: Fraction
    unit: Unit = field(default_factory=Unit)
    ratio: bool = field(default=False, compare=False)

    @property
    def kind(self) -> str:
        """Return money, area, length, duration, volume, mass, power, ratio, number, rate (compound) or count.

        >>> parse_quantity("600元/㎡").kind, parse_quantity("3年").kind
        ('rate', 'duration')
        """
        if not self.unit.dims:
            return "ratio" if self.ratio else "number"
        return unit_kind(self.unit)

    def __str__(self) -> str:
        return format_quantity(self)


def unit_kind(unit: Unit) -> str:
    """Return the kind of a unit with dimensions: see :attr:`Quantity.kind`."""
    if not unit.dims:
        return "number"
    if len(unit.dims) == 1 and unit.dims[0][1] == 1:
        return KINDS.get(unit.dims[0][0], "count")
    return "rate"


def parse_quantity(text: str) -> Quantity:
    """Read one quantity strictly: half-width, no spaces, no thousands separators, a unit after 万 or 亿.

    Raises:
        QuantityError: the text is not one quantity; the message says how to write it.

    >>> parse_quantity("1000万元")
    Quantity(value=Fraction(10000000, 1), unit=Unit(dims=(('元', 1),)), ratio=False)
    >>> parse_quantity("1/3").value
    Fraction(1, 3)
    """
    if not text:
        raise QuantityError("数量为空，请写成“50万元”这样的数字加单位。")
    if len(text) > LONGEST:
        raise QuantityError(f"数量“{text[:LONGEST]}…”过长，请只写一个数量。")
    found = _NUMBER.fullmatch(text)
    if not found or re.match(r"[\d.,:]", found["unit"]):
        raise QuantityError(_fault(text))
    value = Fraction(found["number"]) / int(found["below"] or 1)
    if not found["unit"]:
        return Quantity(value, ratio=bool(found["below"]))
    scale, unit = _scaled(found["unit"], text)
    return Quantity(value * scale, unit, ratio=not unit.dims)


def parse_unit(text: str) -> Unit:
    """Return the base dimensions of a unit as printed (``万元`` and ``元`` are one unit; see :func:`unit_scale`).

    Raises:
        QuantityError: the unit is not known.

    >>> parse_unit("元/平方米") == parse_unit("万元/㎡")
    True
    """
    return _scaled(text, text)[1] if text else Unit()


def unit_scale(text: str) -> Fraction:
    """Return how many base units one printed unit is.

    Raises:
        QuantityError: the unit is not known.

    >>> unit_scale("万元"), unit_scale("年")
    (Fraction(10000, 1), Fraction(12, 1))
    """
    return _scaled(text, text)[0] if text else Fraction(1)


def format_quantity(quantity: Quantity) -> str:
    """Print a quantity the customary way, exactly: parsing the result gives the quantity back.

    >>> [format_quantity(parse_quantity(t)) for t in ("100000000元", "0.02", "36个月", "17200元")]
    ['1亿元', '2%', '3年', '17200元']
    """
    value, unit = quantity.value, quantity.unit
    if not unit.dims:
        return _format_number(value, share=quantity.ratio)
    names = _display_names(value, unit)
    for base, name in names.items():
        scale = UNITS[name][0]
        value = value * scale if dict(unit.dims)[base] < 0 else value / scale
    first = next((base for base, power in unit.dims if power == 1), "")
    number = _group(value) if names.get(first, first) in _GROUPED else plain_number(value)
    return number + _spell(unit, names)


def format_money(fen: int) -> str:
    """Print an amount of 分 exactly, in 亿元 or 万元 only where at most four decimals are needed.

    >>> [format_money(n) for n in (10_000_000_000, 12_500_000, 123_456, 5)]
    ['1亿元', '12.5万元', '1234.56元', '0.05元']
    """
    return _group(Fraction(fen, 100)) + "元"


def _unit(parts: Iterable[tuple[str, int]]) -> Unit:
    powers: dict[str, int] = {}
    for base, power in parts:
        powers[base] = powers.get(base, 0) + power
    return Unit(tuple(sorted((base, power) for base, power in powers.items() if power)))


@lru_cache(maxsize=4096)
def _scaled(printed: str, whole: str) -> tuple[Fraction, Unit]:
    """Return the scale and the base unit of ``元/㎡``, ``万元/人/年``, ``元/㎡·月`` (all after the first / divide)."""
    above, *below = printed.split("/")
    scale, unit = Fraction(1), Unit()
    for name in above.split("·") if above or not below else ():
        factor, base = _single(name, whole)
        scale, unit = scale * factor, unit * base
    for name in (name for part in below for name in part.split("·")):
        factor, base = _single(name, whole)
        scale, unit = scale / factor, unit / base
    return scale, unit


def _single(name: str, whole: str) -> tuple[Fraction, Unit]:
    known = UNITS.get(name)
    if known:
        return known[0], Unit(((known[1], 1),)) if known[1] else Unit()
    for prefix, factor in MULTIPLIERS:
        rest = UNITS.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if rest and rest[1]:
            return rest[0] * factor, Unit(((rest[1], 1),))
    raise QuantityError(_unit_fault(name, whole))


def _unit_fault(name: str, whole: str) -> str:
    if name in dict(MULTIPLIERS):
        return f"“{whole}”没有单位，请写明单位，如“{whole}元”。"
    if _WIDE.search(whole) or any(c.isspace() for c in whole):
        return _fault(whole)
    return f"“{whole}”中的单位“{name}”不认识，请改用已知单位，如 元、万元、㎡、亩、年、个月、个工作日、%、人、家。"


def _fault(text: str) -> str:
    if _WIDE.search(text):
        return f"“{text}”含有全角字符，请改用半角，如“2%”“1.5万元”。"
    if any(c.isspace() for c in text):
        return f"“{text}”含有空格，请去掉空格，如“30万元”。"
    if "," in text:
        return f"“{text}”含有千位分隔符，请写成“{text.replace(',', '')}”。"
    if re.match(r"-?0\d", text):
        return f"“{text}”以多余的零开头，请去掉，如“10万元”。"
    return f"“{text}”不是一个数量，请写成数字加单位，如“50万元”“2%”“5个工作日”。"


def _format_number(value: Fraction, *, share: bool) -> str:
    if not share and (not 0 < abs(value) < 1 or _decimals(value) is None):
        return plain_number(value)
    places = _decimals(value * 100)
    return plain_number(value) if places is None else plain_number(value * 100) + SHARES[0]


def _display_names(value: Fraction, unit: Unit) -> dict[str, str]:
    """Choose the printed name of each base unit so that the number stays short: 36月 as 3年, 1250/3元/月 as 5000元/年."""
    names: dict[str, str] = {}
    for base, power in unit.dims:
        choices = _DISPLAY.get(base, ())
        if not choices or abs(power) != 1:
            continue
        if power > 0:
            fits = [
                n
                for n in choices
                if abs(value) >= UNITS[n][0]
                and (value / UNITS[n][0]).denominator in _SHORT.get(base, (1, 2, 5, 10))
            ]
            names[base] = fits[0] if fits else choices[-1]
        elif _decimals(value) is None or base != "月":
            fits = [n for n in reversed(choices) if _decimals(value * UNITS[n][0]) is not None]
            names[base] = (fits or [base])[0]
    return {base: name for base, name in names.items() if name in UNITS}


def _spell(unit: Unit, names: dict[str, str]) -> str:
    above = "·".join(names.get(base, base) for base, power in unit.dims for _ in range(power))
    return above + "".join("/" + names.get(base, base) for base, power in unit.dims for _ in range(-power))


def _group(value: Fraction) -> str:
    """Print with 亿 or 万 where that is exact and shorter: 12.5万, 1000万, but 17200."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        places = _decimals(value / size)
        if abs(value) >= size and places is not None and places <= (4 if abs(value) >= 10 * 10**4 else 0):
            return plain_number(value / size) + name
    return plain_number(value)


def _decimals(value: Fraction) -> int | None:
    """Return how many decimals print the value exactly, None if no number does."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def plain_number(value: Fraction) -> str:
    """Print an exact number: a decimal where one is exact, else a fraction.

    >>> plain_number(Fraction(1, 8)), plain_number(Fraction(1, 3))
    ('0.125', '1/3')
    """
    places = _decimals(value)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
