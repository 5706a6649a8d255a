"""One column of a table → SQL of the stored fact, and of the test that a value stands there that cannot be stored.

Text must be plain decimals without exponent; a factor (``万元`` → 分) is applied exactly and anything finer than the
fact's scale is bad, never rounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.core.quantity import QuantityError, parse_quantity
from edict.rules.facts import FALSE_WORDS, TRUE_WORDS
from edict.rules.sql import DUCKDB, quote_double, text
from edict.rules.tree import MONEY, BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from edict.rules.scale import Scale

_INTEGERS = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "HUGEINT"})
_DECIMAL = "DECIMAL(38, 10)"
_DECIMAL_TYPE = re.compile(r"DECIMAL\((?P<width>[0-9]+),(?P<scale>[0-9]+)\)")
_PLAIN_NUMBER = r"^[+-]?[0-9]{1,20}([.][0-9]{1,10})?$"
_PLAIN_DATE = r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}$"


@dataclass(frozen=True, slots=True)
class Column:
    """A matched column: its name and type in the file, the fact it holds and the unit of its numbers ('' = base unit)."""

    fact: str
    name: str
    kind: str
    unit: str
    scale: Scale
    place: Place

    @property
    def is_cheap(self) -> bool:
        """Return whether reading a cell costs about as much as the value already stored would."""
        if isinstance(self.scale.type, NumberType):
            factor = self._factor()
            return factor.denominator == 1 and self._stays_whole(factor.numerator)
        return self.kind in {"BOOLEAN", "DATE"} or isinstance(self.scale.type, EnumType)

    def sql(self) -> tuple[str, str]:
        """Return (stored value, test for a bad value); the test is '' when every value is good.

        Raises:
            EdictError: the unit of the header is unknown or measures something else.
        """
        match self.scale.type:
            case BoolType():
                return self._bool()
            case EnumType(values=values):
                allowed = DUCKDB.lookup(self._cleaned, dict.fromkeys(values, 1))
                return self._cleaned, f"({self._cleaned} IS NOT NULL AND {allowed} IS NULL)"
            case DateType():
                return self._date()
            case NumberType():
                return self._number()

    @property
    def _cleaned(self) -> str:
        """The cell as text; empty and 未知 are null."""
        return f"NULLIF(NULLIF(TRIM(CAST({quote_double(self.name)} AS VARCHAR)), ''), '未知')"

    def _bool(self) -> tuple[str, str]:
        if self.kind == "BOOLEAN":
            return quote_double(self.name), ""
        lowered = f"LOWER({self._cleaned})"
        yes, no = (
            ", ".join(text(each) for each in sorted(words))
            for words in (TRUE_WORDS | {"1"}, FALSE_WORDS | {"0"})
        )
        value = f"CASE WHEN {lowered} IN ({yes}) THEN TRUE WHEN {lowered} IN ({no}) THEN FALSE END"
        return value, f"({lowered} NOT IN ({yes}, {no}))"

    def _date(self) -> tuple[str, str]:
        if self.kind in {"DATE", "TIMESTAMP"}:
            day = f"CAST({quote_double(self.name)} AS DATE)"
        else:
            day = f"CASE WHEN REGEXP_MATCHES({self._cleaned}, '{_PLAIN_DATE}') THEN TRY_CAST({self._cleaned} AS DATE) END"
        parts = [f"DATE_PART('{part}', {day})" for part in ("year", "month", "day")]
        value = f"CAST({parts[0]} * 10000 + {parts[1]} * 100 + {parts[2]} AS BIGINT)"
        return value, self._bad(f"{value} BETWEEN {self.scale.lo} AND {self.scale.hi}")

    def _number(self) -> tuple[str, str]:
        factor = self._factor()
        source = quote_double(self.name)
        if factor.denominator == 1 and self._stays_whole(factor.numerator):
            return self._integer(factor.numerator)
        if self.kind in {"DOUBLE", "FLOAT"}:
            # Their shortest text is the decimal that was meant; cast directly, 1234567.89 has more digits than that.
            number = f"TRY_CAST(CAST({source} AS VARCHAR) AS {_DECIMAL})"
        elif self.kind.startswith("DECIMAL"):
            number = f"TRY_CAST({source} AS {_DECIMAL})"
        else:
            digits = f"REPLACE({self._cleaned}, ',', '')"
            number = f"CASE WHEN REGEXP_MATCHES({digits}, '{_PLAIN_NUMBER}') THEN TRY_CAST({digits} AS {_DECIMAL}) END"
        scaled = f"TRY(({number}) * {factor.numerator})"
        whole = f"TRY_CAST({scaled} AS HUGEINT)"
        if factor.denominator > 1:
            value = f"TRY_CAST({whole} // {factor.denominator} AS BIGINT)"
            exact = f"{value} * {factor.denominator} = {scaled}"
        else:
            value = f"TRY_CAST({whole} AS BIGINT)"
            exact = f"{value} = {scaled}"
        return value, self._bad(f"{value} BETWEEN {self.scale.lo} AND {self.scale.hi} AND {exact}")

    def _stays_whole(self, factor: int) -> bool:
        """Return whether every value of the column's type becomes a whole number when multiplied, within 38 digits."""
        decimal = _DECIMAL_TYPE.fullmatch(self.kind)
        if decimal is None:
            return self.kind in _INTEGERS
        return factor % 10 ** int(decimal["scale"]) == 0 and int(decimal["width"]) + len(str(factor)) <= 38

    def _integer(self, factor: int) -> tuple[str, str]:
        """Numbers are compared as they stand, before they are multiplied: nothing can overflow."""
        source = quote_double(self.name)
        wide = f"CAST({source} AS HUGEINT)" if self.kind in {"UBIGINT", "HUGEINT"} else source
        span = f"{-(-self.scale.lo // factor)} AND {self.scale.hi // factor}"
        bad = f"({wide} NOT BETWEEN {span})"
        if factor == 1 and self.kind == "BIGINT":
            return source, bad
        value = (
            f"CAST({source} AS BIGINT) * {factor}"
            if self.kind in _INTEGERS
            else f"CAST({source} * {factor} AS BIGINT)"
        )
        return f"CASE WHEN {wide} BETWEEN {span} THEN {value} END", bad

    def _bad(self, good: str) -> str:
        present = self._cleaned if self.kind == "VARCHAR" else quote_double(self.name)
        return f"({present} IS NOT NULL AND NOT COALESCE({good}, FALSE))"

    def _factor(self) -> Fraction:
        """Return stored integers per printed number: ``实收资本(万元)`` is 1,000,000 分."""
        kind = self.scale.type
        assert isinstance(kind, NumberType)  # noqa: S101 -- called for numbers only
        if not self.unit:
            return Fraction(self.scale.per)
        if self.unit == "分" and kind.unit == MONEY:
            return Fraction(1)
        try:
            quantity = parse_quantity("1" + self.unit)
        except QuantityError as fault:
            raise self._fault(
                f"的单位“{self.unit}”不认识：{fault}", "用文件里的单位，如 元、万元、㎡、%。"
            ) from None
        if quantity.unit != kind.unit:
            raise self._fault(f"应当以{kind.unit}计，表头写的是“{self.unit}”。", "换算后再导入，或改正表头。")
        return quantity.value * self.scale.per

    def _fault(self, message: str, mend: str) -> EdictError:
        return EdictError(Diagnostic("F114", f"“{self.fact}”{message}", mend, self.place))
