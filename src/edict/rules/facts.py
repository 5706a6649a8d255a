"""What people write about a subject → stored facts. A value of the wrong type, unit or range is refused with its mend.

``未知`` (or leaving the fact out) is unknown. Money, areas and counts carry their unit: ``60亿元``, ``300㎡``, ``12件``; a
bare number for money is refused, because a factor of ten thousand hides in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.core.quantity import QuantityError, parse_quantity
from edict.rules.plan import AS_OF
from edict.rules.scale import FIRST_DAY, LAST_DAY, Scale, stored
from edict.rules.tree import MONEY, BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from edict.rules.plan import LedgerFact, Plan

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)  # the library alone would also take 2022-W26-3
UNKNOWN_WORDS = frozenset({"未知", "不知道", ""})
TRUE_WORDS = frozenset({"true", "是", "有"})
FALSE_WORDS = frozenset({"false", "否", "无", "没有"})
LONGEST_VALUE = 100
ITEM_KEY = "编号"  # names an item so that the ledger can say what was paid for it


class FactError(ValueError):
    """A value that cannot be stored; ``mend`` says what to write instead."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Payment:
    """A prior payment under a rule: ``rule`` is ``pack#name``, ``fen`` its amount in 分.

    ``item`` is the 编号 of the item it was paid for, '' when the ledger does not say.
    """

    rule: str
    day: date
    fen: int
    item: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """One subject to evaluate: its stored facts, its items, its payments (None: nobody knows)."""

    subject: str
    as_of: date
    facts: Mapping[str, Any]
    items: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    ledger: tuple[Payment, ...] | None = None


def store(name: str, value: object, scale: Scale) -> Any:
    """Return the stored form of what was written: int, bool, category, or None for unknown.

    Raises:
        FactError: wrong type, unit or range, or finer than the fact is kept.
    """
    if value is None or (isinstance(value, str) and value.strip() in UNKNOWN_WORDS):
        return None
    if isinstance(value, str):
        value = value.strip()
        if len(value) > LONGEST_VALUE:
            raise FactError(f"“{name}”的值有 {len(value)} 个字符。", f"不要超过 {LONGEST_VALUE} 个字符。")
    match scale.type:
        case BoolType():
            return _bool(name, value)
        case EnumType(values=values):
            return _category(name, value, values)
        case DateType():
            return _date(name, value)
        case NumberType():
            return _number(name, value, scale)


def _bool(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value) in TRUE_WORDS:
        return True
    if str(value) in FALSE_WORDS:
        return False
    raise FactError(f"“{name}”的值“{value}”不是“是”或“否”。", "写 true、false 或 未知。")


def _category(name: str, value: object, values: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in values:
        return value
    near = get_close_matches(str(value), values, n=1, cutoff=0.4)
    guess = f"是不是“{near[0]}”？" if near else ""
    raise FactError(f"“{name}”没有“{value}”这个取值。", f"{guess}可用的取值：{'、'.join(values)}。")


def _date(name: str, value: object) -> int:
    if isinstance(value, date):
        day = value
    else:
        try:
            day = date.fromisoformat(str(value)) if _DAY.fullmatch(str(value)) else _no_date(value)
        except ValueError:
            raise FactError(
                f"“{name}”的值“{value}”不是一个存在的日期。", "写成 2022-06-29 的形式。"
            ) from None
    number = day.year * 10000 + day.month * 100 + day.day
    if not FIRST_DAY <= number <= LAST_DAY:
        raise FactError(f"“{name}”的日期 {day} 太早或太晚。", "检查年份。")
    return number


def _no_date(value: object) -> date:
    raise ValueError(value)


def _number(name: str, value: object, scale: Scale) -> int:
    exact = _exact(name, value, scale)
    whole = stored(exact, scale)
    unit = scale.type.unit  # type: ignore[union-attr]
    if whole is None:
        finest = "分" if unit == MONEY else f"1/{scale.per}"
        raise FactError(f"“{name}”的值“{value}”比{finest}更细。", f"四舍五入到{finest}再填。")
    if whole < scale.lo:
        raise FactError(f"“{name}”不能是负数，得到“{value}”。", "检查符号；不知道就写 未知。")
    if not scale.lo <= whole <= scale.hi:
        raise FactError(f"“{name}”的值“{value}”大得不合理。", "检查单位（元、万元、亿元）。")
    return whole


def _exact(name: str, value: object, scale: Scale) -> Fraction:
    unit = scale.type.unit  # type: ignore[union-attr]
    if isinstance(value, bool) or not isinstance(value, str | int):
        kind = "小数" if isinstance(value, float) else type(value).__name__
        raise FactError(
            f"“{name}”的值是{kind}，不能精确读取。", f"写成带单位的文字，如“12.5{_example(unit)}”。"
        )
    try:
        quantity = parse_quantity(str(value))
    except QuantityError as fault:
        raise FactError(
            f"“{name}”的值“{value}”不能读成数量：{fault}", f"写成数字加单位，如“12{_example(unit)}”。"
        ) from None
    if quantity.unit == unit:
        return quantity.value
    if not quantity.unit.dims and unit != MONEY and scale.per == 1 and quantity.value.denominator == 1:
        return quantity.value  # a bare whole number counts items
    if not quantity.unit.dims:
        raise FactError(f"“{name}”的值“{value}”没有单位。", f"写上单位，如“{value}{_example(unit)}”。")
    raise FactError(
        f"“{name}”应当以{unit if unit.dims else '%'}计，得到“{value}”。",
        f"换成{unit if unit.dims else '百分数'}。",
    )


def _example(unit: Any) -> str:
    return "万元" if unit == MONEY else str(unit) or "%"


def read_situation(
    plan: Plan, raw: Mapping[str, object], place: Place | None = None, default_day: date | None = None
) -> Situation:
    """Return the situation that a facts file describes.

    Args:
        plan: declares every fact.
        raw: ``subject``, ``as_of``, ``facts`` (values, or lists of items under an item subject's name), ``ledger``.
        place: the file, for diagnostics.
        default_day: the as-of date when the file gives none.

    Raises:
        EdictError: every fault of the file at once.
    """
    return SituationReader(plan, place).read(raw, default_day)


class SituationReader:
    """Reads one facts file, collecting every fault."""

    def __init__(self, plan: Plan, place: Place | None) -> None:
        self.plan = plan
        self.place = place
        self.faults: list[Diagnostic] = []

    def fault(self, code: str, message: str, hint: str) -> None:
        """Keep a fault for the end."""
        self.faults.append(Diagnostic(code, message, hint, self.place))

    def read(self, raw: Mapping[str, object], default_day: date | None) -> Situation:
        """Return the situation; raises EdictError with all faults."""
        for key in raw.keys() - {"subject", "as_of", "facts", "ledger"}:
            self.fault("F101", f"没有“{key}”这个栏目。", "可用的栏目：subject、as_of、facts、ledger。")
        subject = str(raw.get("subject", ""))
        roots = [name for name, parent in self.plan.subjects.items() if not parent]
        if subject not in self.plan.subjects:
            self.fault("F102", f"没有“{subject}”这类对象。", f"subject 可以是：{'、'.join(roots)}。")
        day = self._day(raw.get("as_of"), default_day)
        facts, items = self._facts(subject, raw.get("facts") or {})
        ledger = self._ledger(raw.get("ledger"))
        if self.faults:
            raise EdictError(*self.faults)
        return Situation(subject, day, facts, items, ledger)

    def _day(self, value: object, default_day: date | None) -> date:
        if value is None and default_day is not None:
            return default_day
        try:
            number = _date(AS_OF, value)
        except FactError as fault:
            self.fault("F105", str(fault), fault.mend)
            return date(1970, 1, 1)
        return date(number // 10000, number // 100 % 100, number % 100)

    def _facts(self, subject: str, raw: object) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
        facts: dict[str, Any] = {}
        items: dict[str, list[dict[str, Any]]] = {}
        if not isinstance(raw, dict):
            self.fault("F101", "facts 下面必须是“事实: 值”。", "例如 facts: {实收资本: 60亿元}。")
            return facts, items
        allowed = self._lineage(subject)
        for name, value in raw.items():
            if isinstance(value, list | tuple):
                items[name] = self._items(subject, name, value)
            else:
                self._one(facts, str(name), value, allowed)
        return facts, items

    def _items(self, subject: str, name: str, rows: Iterable[object]) -> list[dict[str, Any]]:
        if self.plan.subjects.get(name) != subject:
            self.fault(
                "F103",
                f"“{name}”不是{subject}的下级对象。",
                f"{subject}的下级对象：{'、'.join(self.plan.items(subject)) or '没有'}。",
            )
            return []
        read: list[dict[str, Any]] = []
        for number, row in enumerate(rows, 1):
            item: dict[str, Any] = {}
            if not isinstance(row, dict):
                self.fault(
                    "F103", f"“{name}”的第 {number} 项必须是“事实: 值”。", f"例如 {name}: [{{事实: 值}}]。"
                )
                continue
            for fact, value in row.items():
                if fact == ITEM_KEY:
                    item[ITEM_KEY] = str(value)
                else:
                    self._one(item, str(fact), value, (name,))
            read.append(item)
        return read

    def _one(self, facts: dict[str, Any], name: str, value: object, allowed: tuple[str, ...]) -> None:
        owner = self.plan.owners.get(name)
        if owner is None:
            near = get_close_matches(name, self.plan.owners, n=3, cutoff=0.5)
            self.fault(
                "F103",
                f"没有声明事实“{name}”。",
                f"是不是“{'”“'.join(near)}”？" if near else "用 edict facts 查看全部事实。",
            )
            return
        if owner not in allowed:
            self.fault("F103", f"事实“{name}”属于{owner}，不属于{allowed[0]}。", f"把它写在{owner}下面。")
            return
        try:
            facts[name] = store(name, value, self.plan.scales[name])
        except FactError as fault:
            self.fault("F104", str(fault), fault.mend)

    def _lineage(self, subject: str) -> tuple[str, ...]:
        parent = self.plan.subjects.get(subject, "")
        return (subject, parent) if parent else (subject,)

    def _ledger(self, raw: object) -> tuple[Payment, ...] | None:
        if raw is None or raw == "unknown":
            return None
        if not isinstance(raw, list | tuple):
            self.fault("F106", "ledger 必须是已付记录的列表。", "从未领取写 ledger: []；不知道就删去这一行。")
            return None
        return tuple(payment for number, row in enumerate(raw, 1) if (payment := self._payment(number, row)))

    def _payment(self, number: int, row: object) -> Payment | None:
        if not isinstance(row, dict) or not {"rule", "date", "amount"} <= row.keys() <= {
            "rule",
            "date",
            "amount",
            "item",
        }:
            self.fault(
                "F106",
                f"第 {number} 条已付记录必须有 rule、date、amount，可以有 item。",
                "例如 {rule: 规则名, date: 2022-07-01, amount: 10万元}。",
            )
            return None
        rule = self._paid_rule(number, str(row["rule"]))
        if rule is None:
            return None
        try:
            day = _date("date", row["date"])
            fen = _number("amount", row["amount"], Scale(NumberType(MONEY), 100, 0, 10**16))
        except FactError as fault:
            self.fault("F106", f"第 {number} 条已付记录：{fault}", fault.mend)
            return None
        return Payment(rule, date(day // 10000, day // 100 % 100, day % 100), fen, str(row.get("item", "")))

    def _paid_rule(self, number: int, name: str) -> str | None:
        """Return the id of the rule a payment names; a name that several packs use must say which."""
        found = [each.id for each in self.plan.rules if name in (each.id, each.name)]
        if len(found) == 1:
            return found[0]
        fault = f"的规则“{name}”不存在。" if not found else f"的规则“{name}”有 {len(found)} 条。"
        mend = "写规则名，或 包#规则。" if not found else f"写明是哪一条：{'、'.join(found)}。"
        self.fault("F106", f"第 {number} 条已付记录{fault}", mend)
        return None


def ledger_value(fact: LedgerFact, payments: Sequence[Payment], as_of: date) -> int:
    """Return what the ledger says on the as-of date: 分 paid so far, 分 paid this year, or years with a payment before this one.

    Payments after the as-of date do not count: a decision is made with what was known on its day.
    """
    mine = [each for each in payments if each.rule in fact.rules and each.day <= as_of]
    if fact.kind == "累计已付":
        return sum(each.fen for each in mine)
    if fact.kind == "本年已付":
        return sum(each.fen for each in mine if each.day.year == as_of.year)
    return len({each.day.year for each in mine if each.day.year < as_of.year})


def payments_for_item(payments: Sequence[Payment], item: str, *, alone: bool) -> Sequence[Payment] | None:
    """Return the payments that concern one item; None when the ledger does not tell them apart.

    A payment that names no item concerns the only item there is; among several nobody knows which.
    """
    if alone:
        return [each for each in payments if not each.item or not item or each.item == item]
    if any(not each.item for each in payments) or (payments and not item):
        return None
    return [each for each in payments if each.item == item]
