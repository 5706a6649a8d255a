"""The figures that a pack writes: quantities with units, and dates."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from edict.core.quantity import Quantity, QuantityError, parse_quantity

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@lru_cache(maxsize=8192)
def parameter_value(text: str) -> Quantity | date:
    """Return the value of a figure as the document prints it, or of a date written ``2022-12-31``.

    Raises:
        QuantityError: the text is neither; the message is a Chinese sentence with the mend.

    >>> str(parameter_value("600元/平方米")), parameter_value("2022-12-31")
    ('600元/㎡', datetime.date(2022, 12, 31))
    """
    if not _DATE.fullmatch(text):
        return parse_quantity(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuantityError(f"没有“{text}”这一天，请改正日期。") from None


def quantity(text: str) -> Quantity:
    """Return a quantity; unlike :func:`parameter_value` a date is refused.

    Raises:
        QuantityError: the text is not a quantity.

    >>> quantity("2%").value
    Fraction(1, 50)
    """
    value = parameter_value(text)
    if isinstance(value, date):
        raise QuantityError(f"“{text}”是日期，这里应当是数量，请写成“50万元”这样的数字加单位。")
    return value
