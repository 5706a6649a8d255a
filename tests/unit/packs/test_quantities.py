from __future__ import annotations

from datetime import date

import pytest

from edict.core.quantity import QuantityError
from edict.packs.quantities import parameter_value, quantity


def test_a_figure_is_read_as_printed() -> None:
    assert parameter_value("1000万元") == quantity("10000000元")


def test_a_date_is_read() -> None:
    assert parameter_value("2022-12-31") == date(2022, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-02-30",
        "2022-13-01",
        "２０２２-01-01",
        "22:30",
        "010",
        "1000万",
        "10 %",
        "１０",
        "nan",
        "1e9元",
    ],
)
def test_what_is_neither_is_refused_in_a_chinese_sentence(text: str) -> None:
    with pytest.raises(QuantityError, match=r"。$"):
        parameter_value(text)


def test_a_date_is_no_quantity() -> None:
    with pytest.raises(QuantityError, match="日期"):
        quantity("2022-12-31")
