"""Chinese numerals, everyday and financial, as exact numbers."""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = {
    c: n
    for n, group in enumerate(
        ("〇零○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for c in group
}
LONGEST = 40

_FOLD = str.maketrans("拾佰仟萬億〇○廿卅", "十百千万亿零零廿卅")
_D = "[一壹二贰两三叁四肆五伍六陆七柒八捌九玖]"
_SECTION = re.compile(
    rf"(?:(?P<thousands>{_D})千)?(?P<gap1>零)?(?:(?P<hundreds>{_D})百)?(?P<gap2>零)?(?:(?P<tens>{_D})?(?P<ten>十))?(?P<ones>零?{_D})?"
)
_PARTS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}


def parse_numeral(text: str) -> Fraction:
    """Return the exact value of a Chinese numeral: whole, 半, decimal (三点五) or fraction (三分之一, 百分之五).

    Digits without 十百千 are read by position (二〇二二 is 2022). A colloquial ending that drops its unit
    (一百二) is refused, because readers disagree on it.

    Raises:
        ValueError: the text is not a numeral, or is longer than 40 characters.

    >>> parse_numeral("一百二十"), parse_numeral("三分之一")
    (Fraction(120, 1), Fraction(1, 3))
    """
    if not text or len(text) > LONGEST:
        raise ValueError(f"“{text[:LONGEST]}”不是中文数字。")
    folded = text.translate(_FOLD).replace("廿", "二十").replace("卅", "三十")
    if folded == "半":
        return Fraction(1, 2)
    below, slash, above = folded.partition("分之")
    if slash:
        denominator = Fraction(_PARTS[below]) if below in _PARTS else _decimal(below, text)
        if not denominator:
            raise ValueError(f"“{text}”的分母是零。")
        return _decimal(above, text) / denominator
    return _decimal(folded, text)


def _decimal(folded: str, printed: str) -> Fraction:
    whole, point, places = folded.partition("点")
    if not point:
        return Fraction(_whole(folded, printed))
    if not places or any(c not in DIGITS for c in places):
        raise ValueError(f"“{printed}”的小数部分不是中文数字。")
    return _whole(whole, printed) + Fraction(int("".join(str(DIGITS[c]) for c in places)), 10 ** len(places))


def _whole(folded: str, printed: str) -> int:
    if folded and all(c in DIGITS for c in folded):
        return int("".join(str(DIGITS[c]) for c in folded))
    above, hundred_million, below = folded.rpartition("亿")
    if hundred_million:
        return _myriads(above, printed) * 10**8 + (_myriads(below, printed) if below else 0)
    return _myriads(folded, printed)


def _myriads(folded: str, printed: str) -> int:
    above, myriad, below = folded.rpartition("万")
    if not myriad:
        return _section(folded, printed)
    return _section(above, printed) * 10**4 + (_section(below, printed) if below else 0)


def _section(folded: str, printed: str) -> int:
    """Return the value of up to four places."""
    found = _SECTION.fullmatch(folded)
    if not found or not folded.strip("零"):
        if folded == "零":
            return 0
        raise ValueError(f"“{printed}”不是中文数字。")
    ones = found["ones"] or ""
    if (
        (
            len(ones) == 1
            and not found["ten"]
            and not found["gap2"]
            and (found["hundreds"] or (found["thousands"] and not found["gap1"]))
        )
        or folded.endswith("零")
        or "零零" in folded
    ):
        raise ValueError(f"“{printed}”省略了末位的单位，请写全，如“一百二十”或“一百零二”。")
    tens = DIGITS[found["tens"]] if found["tens"] else bool(found["ten"])
    return (
        _digit(found["thousands"]) * 1000
        + _digit(found["hundreds"]) * 100
        + int(tens) * 10
        + _digit(ones.removeprefix("零"))
    )


def _digit(character: str | None) -> int:
    return DIGITS[character] if character else 0
