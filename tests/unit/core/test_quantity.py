from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.quantity import (
    Quantity,
    QuantityError,
    Unit,
    format_money,
    format_quantity,
    parse_quantity,
    parse_unit,
    unit_scale,
)
from edict.core.units import UNITS

if TYPE_CHECKING:
    from decimal import Decimal

READ = {
    "2%": ("1/50", "", "ratio"), "3‰": ("3/1000", "", "ratio"), "150BP": ("3/200", "", "ratio"),
    "1.5个百分点": ("3/200", "", "ratio"), "20个基点": ("1/500", "", "ratio"), "1.2倍": ("6/5", "", "ratio"),
    "1/3": ("1/3", "", "ratio"), "50": ("50", "", "number"), "0": ("0", "", "number"), "-5%": ("-1/20", "", "ratio"),
    "1亿元": ("100000000", "元", "money"), "1000万元": ("10000000", "元", "money"), "12000元": ("12000", "元", "money"),
    "6千亿元": ("600000000000", "元", "money"), "1.5万亿元": ("1500000000000", "元", "money"), "3000万美元": ("30000000", "美元", "money"),
    "0.5万亩": ("5000", "亩", "area"), "15平方公里": ("15000000", "㎡", "area"), "2公顷": ("20000", "㎡", "area"),
    "100平米": ("100", "㎡", "area"), "1m²": ("1", "㎡", "area"),
    "600元/㎡": ("600", "元/㎡", "rate"), "600元/平方米": ("600", "元/㎡", "rate"), "1700元/件": ("1700", "元/件", "rate"),
    "1800元/人/年": ("150", "元/人/月", "rate"), "30元/㎡·月": ("30", "元/㎡/月", "rate"), "8张/千人": ("1/125", "张/人", "rate"),
    "15㎡/人": ("15", "㎡/人", "rate"), "2万吨/日": ("20000000", "千克/日", "rate"), "10.3立方米/万元": ("103/100000", "立方米/元", "rate"),
    "5个工作日": ("5", "工作日", "duration"), "3年": ("36", "月", "duration"), "18个月": ("18", "月", "duration"),
    "2个季度": ("6", "月", "duration"), "30日": ("30", "日", "duration"), "21天": ("21", "日", "duration"), "2周": ("14", "日", "duration"),
    "24小时": ("24", "小时", "duration"), "30分钟": ("1/2", "小时", "duration"),
    "20名": ("20", "人", "count"), "3位": ("3", "人", "count"), "10家": ("10", "家", "count"), "2次": ("2", "次", "count"),
    "35周岁": ("35", "岁", "age"), "90分": ("90", "分", "score"), "3公里": ("3000", "米", "length"), "20cm": ("1/5", "米", "length"),
    "40万吨": ("400000000", "千克", "mass"), "5万千瓦": ("50000", "千瓦", "power"), "10千伏": ("10000", "伏", "voltage"),
    "5000立方米": ("5000", "立方米", "volume"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_a_quantity_is_read_exactly(text: str, expected: tuple[str, str, str]) -> None:
    found = parse_quantity(text)
    assert (str(found.value), str(found.unit), found.kind) == expected


@pytest.mark.parametrize("text", READ)
def test_a_quantity_survives_printing(text: str) -> None:
    found = parse_quantity(text)
    again = parse_quantity(format_quantity(found))
    assert again == found
    assert again.kind == found.kind


REFUSED = {
    "": "为空", "1000万": "1000万元", "5亿": "没有单位", "010": "多余的零", "00": "多余的零", "22:30": "不是一个数量",
    "NaN": "不是一个数量", "inf": "不是一个数量", "1e5": "不认识", "２%": "全角", "2％": "全角", "30 万元": "空格", " 5元": "空格",
    "5元\n": "空格", "1,000元": "1000元", "9" * 41: "过长", "5甲": "不认识", "5%%": "不认识", "元": "不是一个数量",
    "--5": "不是一个数量", "+5": "不是一个数量", "5/0": "不", "5/": "不", "/": "不是一个数量", "5元/": "不", "5元元": "不认识",
    ".5": "不是一个数量", "5.": "不", "1:1": "不是一个数量", "５0元": "全角", "٣元": "不是一个数量", "5万万元": "不认识", "5万%": "不认识",
}  # fmt: skip


@pytest.mark.parametrize(("text", "word"), REFUSED.items())
def test_a_bad_quantity_is_refused_with_the_mend(text: str, word: str) -> None:
    with pytest.raises(QuantityError) as fault:
        parse_quantity(text)
    assert word in str(fault.value)
    assert str(fault.value).endswith("。")


@given(st.text(max_size=50))
def test_any_text_gives_a_quantity_or_a_quantity_error(text: str) -> None:
    try:
        found = parse_quantity(text)
    except QuantityError:
        return
    assert parse_quantity(format_quantity(found)) == found


NAMES = st.sampled_from(sorted(UNITS))


@given(
    st.decimals(min_value=0, max_value=10**9, places=4),
    st.sampled_from(["", "万", "亿"]),
    NAMES,
    st.lists(NAMES, max_size=2),
)
def test_every_quantity_of_known_units_survives_printing(
    number: Decimal, multiplier: str, above: str, below: list[str]
) -> None:
    multiplier = multiplier if UNITS[above][1] else ""
    try:
        found = parse_quantity(f"{number.normalize():f}" + multiplier + "/".join([above, *below]))
    except QuantityError as fault:
        pytest.fail(str(fault))
    again = parse_quantity(format_quantity(found))
    assert again == found


def test_units_that_only_look_alike_stay_apart() -> None:
    assert parse_unit("亩") != parse_unit("㎡")
    assert parse_unit("日") != parse_unit("工作日")
    assert parse_unit("年") == parse_unit("月")
    assert parse_unit("元") != parse_unit("美元")


def test_units_multiply_and_divide() -> None:
    rate = parse_unit("元/㎡")
    assert rate * parse_unit("㎡") == parse_unit("元")
    assert rate / rate == Unit()
    assert str(parse_unit("元") * parse_unit("元")) == "元·元"


def test_the_scale_of_a_unit_is_its_number_of_base_units() -> None:
    assert unit_scale("万元") == 10_000
    assert unit_scale("元/年") == Fraction(1, 12)
    assert unit_scale("") == 1


CUSTOMARY = {
    "10000万元": "1亿元", "1000万元": "1000万元", "0.5万亩": "5000亩", "15000亩": "15000亩", "30000亩": "3万亩", "17200元": "17200元",
    "125000元": "12.5万元", "24个月": "2年", "18个月": "18个月", "1500米": "1.5公里", "0.3公里": "300米", "10000人": "1万人",
    "100%": "100%", "50%": "50%", "1/3": "1/3", "5000元/人/年": "5000元/人/年", "2000千克": "2吨", "3日": "3日",
}  # fmt: skip


@pytest.mark.parametrize(("text", "printed"), CUSTOMARY.items())
def test_a_quantity_prints_the_customary_way(text: str, printed: str) -> None:
    assert format_quantity(parse_quantity(text)) == printed


MONEY = {
    0: "0元", 1: "0.01元", -1: "-0.01元", 123_456: "1234.56元", 100_000: "1000元", 1_000_000: "1万元", 1_720_000: "17200元",
    12_500_000: "12.5万元", 1_234_567_00: "123.4567万元", 1_234_567_01: "1234567.01元", 10**10: "1亿元", 12_005 * 10**8: "120.05亿元",
}  # fmt: skip


@pytest.mark.parametrize(("fen", "printed"), MONEY.items())
def test_money_prints_to_the_fen(fen: int, printed: str) -> None:
    assert format_money(fen) == printed


@given(st.integers(-(10**17), 10**17))
def test_printed_money_is_exact(fen: int) -> None:
    assert parse_quantity(format_money(fen)).value == Fraction(fen, 100)


def test_a_bare_number_prints_as_one_and_a_bare_share_as_percent() -> None:
    assert Quantity(Fraction(5, 2)).kind == "number"
    assert str(Quantity(Fraction(5, 2))) == "2.5"
    assert str(Quantity(Fraction(1, 50))) == "2%"
