from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.numerals import parse_numeral

CASES = {
    "零": 0, "一": 1, "两": 2, "十": 10, "十五": 15, "二十": 20, "二十三": 23, "廿三": 23, "卅": 30, "一百": 100,
    "一百零二": 102, "一百一十": 110, "一百二十": 120, "一千零五": 1005, "两千三百": 2300, "一万零五百": 10500,
    "三万五千": 35000, "十二万": 120_000, "一千万": 10_000_000, "一亿": 10**8, "一亿零三百": 10**8 + 300,
    "一万亿": 10**12, "二〇二二": 2022, "二○三五": 2035, "壹佰贰拾": 120, "叁万": 30000, "半": Fraction(1, 2),
    "三点五": Fraction(7, 2), "零点二五": Fraction(1, 4), "三分之一": Fraction(1, 3), "百分之五": Fraction(1, 20),
    "千分之三": Fraction(3, 1000), "万分之一": Fraction(1, 10_000), "百分之一百二十": Fraction(6, 5), "十分之三": Fraction(3, 10),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), CASES.items())
def test_a_numeral_has_its_exact_value(text: str, value: int | Fraction) -> None:
    assert parse_numeral(text) == value


HOSTILE = ["", " ", "一百二", "百", "千", "万", "亿", "一一十", "十十", "零分之一", "分之一", "三分之", "三分之一分之一",
           "点五", "三点", "三点十", "一亿亿", "百一", "12", "a", "一 百", "半半", "一百零", "零零百", "一" * 41, "一万万"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"。$"):
        parse_numeral(text)


def spell(n: int) -> str:
    digits = "零一二三四五六七八九"
    if n >= 10**8:
        high, low = divmod(n, 10**8)
        return spell(high) + "亿" + (("零" if low < 10**7 else "") + spell(low) if low else "")
    if n >= 10**4:
        high, low = divmod(n, 10**4)
        return spell(high) + "万" + (("零" if low < 1000 else "") + spell(low) if low else "")
    for size, name in ((1000, "千"), (100, "百"), (10, "十")):
        if n >= size:
            high, low = divmod(n, size)
            return digits[high] + name + (("零" if low < size // 10 else "") + spell(low) if low else "")
    return digits[n]


@given(st.integers(1, 10**12 - 1))
def test_every_spelled_number_is_read_back(n: int) -> None:
    assert parse_numeral(spell(n)) == n


@given(st.text(alphabet="一二两三十百千万亿零半点分之廿壹0 a", max_size=45))
def test_hostile_text_gives_a_number_or_a_value_error(text: str) -> None:
    try:
        assert parse_numeral(text) >= 0
    except ValueError as fault:
        assert str(fault).endswith("。")
