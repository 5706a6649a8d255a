"""What a pack takes from its document: the clauses it cites and the figures it repeats, each with its place."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.quantity import QuantityError
from edict.packs.quantities import parameter_value, quantity
from edict.text.figures import quantity_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edict.packs.load import Pack
    from edict.packs.model import Band, Condition, Group, Rule, Table
    from edict.packs.strict_yaml import Keys

ENDS = ("from", "above", "to", "below")


@dataclass(frozen=True, slots=True)
class Citation:
    """One clause id named in a pack's file at a path of keys."""

    clause: str
    file: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Used:
    """One figure written in a pack: any of ``accepted`` must be printed in one of ``clauses``.

    ``required`` is False for zero, which no text prints. Of the figures with ``rest``, shares that make a whole, one
    need not be printed: it is the rest of the others, or everything.
    """

    text: str
    accepted: frozenset[str]
    clauses: tuple[str, ...]
    file: str
    keys: Keys
    required: bool = True
    rest: bool = False


def citations(pack: Pack) -> Iterator[Citation]:
    """Yield every clause id that a rule, a group or the document's dates cite."""
    if pack.document.in_force.clause:
        yield Citation(pack.document.in_force.clause, "document.yml", ("in_force", "clause"))
    for name, rule in pack.rules.items():
        for keys, clause in _rule_clauses(rule):
            yield Citation(clause, "rules.yml", (name, *keys))
    for name, group in pack.groups.items():
        for clause in group.clause:
            yield Citation(clause, "groups.yml", (name, "clause"))


def used_figures(pack: Pack) -> Iterator[Used]:
    """Yield every figure of parameters, tables, funding, windows and groups that can be read (faulty ones are skipped)."""
    for name, rule in pack.rules.items():
        cited = tuple(dict.fromkeys(clause for _, clause in _rule_clauses(rule)))
        for used in (
            *_parameters(rule, cited),
            *_tables(rule, cited),
            *_funding(rule, cited),
            *_window(rule, cited),
        ):
            yield replace(used, keys=(name, *used.keys))
    for name, group in pack.groups.items():
        yield from _group(name, group)
    yield from _in_force(pack)


def written_figures(pack: Pack) -> Iterator[tuple[str, str, Keys, bool]]:
    """Yield text, file, path and whether a date may stand there, of every figure a pack writes."""
    for name, rule in pack.rules.items():
        for parameter, value in rule.parameters.items():
            for keys, text in _parameter_texts(parameter, value.value, value.dated):
                yield text, "rules.yml", (name, *keys), True
        for table, content in rule.tables.items():
            for keys, text, _ in _table_texts(table, content):
                yield text, "rules.yml", (name, *keys), False
        for level, text in rule.funding.items():
            yield text, "rules.yml", (name, "funding", level), False
    for name, group in pack.groups.items():
        if group.at:
            yield group.at, "groups.yml", (name, "at"), False


def accepted_keys(text: str) -> frozenset[str]:
    """Return the canonical forms under which a clause may print a figure of a pack; empty when it cannot be read.

    >>> sorted(accepted_keys("1亿元")), sorted(accepted_keys("2022-05-20"))
    (['100000000元'], ['--05-20', '2022-05-20'])
    """
    try:
        value = parameter_value(text)
    except QuantityError:
        return frozenset()
    if isinstance(value, date):
        return _date_keys(value)
    # Of a rate the text often prints the measure elsewhere in the sentence: 每件1800元, 人均15平方米, 每人每年5000元.
    plain = {quantity_key(quantity(text.partition("/")[0]))} if value.kind == "rate" else set()
    return frozenset({quantity_key(value), *plain})


def _date_keys(day: date) -> frozenset[str]:
    """Accept a coarser date where the day is its first or last: 2022年3月底, 2022年; 第一季度 prints only the year."""
    last = calendar.monthrange(day.year, day.month)[1]
    keys = {day.isoformat(), f"--{day:%m-%d}"}
    if day.day in (1, last):
        keys |= {f"{day:%Y-%m}", f"--{day:%m}"}
    if (day.day == 1 and day.month % 3 == 1) or (day.day == last and day.month % 3 == 0):
        keys.add(f"{day:%Y}")
    return frozenset(keys)


def _rule_clauses(rule: Rule) -> Iterator[tuple[Keys, str]]:
    for index, clause in enumerate(rule.clause):
        yield ("clause", index), clause
    for name, parameter in rule.parameters.items():
        if parameter.clause:
            yield ("parameters", name, "clause"), parameter.clause
    for name, table in rule.tables.items():
        if table.clause:
            yield ("tables", name, "clause"), table.clause
    yield from _condition_clauses(("when",), rule.when)
    for index, outcome in enumerate(rule.outcomes):
        if outcome.clause:
            yield ("outcomes", index, "clause"), outcome.clause
        yield from _condition_clauses(("outcomes", index, "when"), outcome.when)
    if rule.funding_clause:
        yield ("funding_clause",), rule.funding_clause
    if rule.valid and rule.valid.clause:
        yield ("valid", "clause"), rule.valid.clause


def _condition_clauses(keys: Keys, conditions: Iterable[Condition]) -> Iterator[tuple[Keys, str]]:
    for index, condition in enumerate(conditions):
        if condition.clause:
            yield (*keys, index, "clause"), condition.clause
        yield from _condition_clauses((*keys, index, "any"), condition.any)
        yield from _condition_clauses((*keys, index, "all"), condition.all)


def _used(text: str, clauses: tuple[str, ...], keys: Keys) -> Used:
    return Used(text, accepted_keys(text), clauses, "rules.yml", keys, required=not _is_zero(text))


def _is_zero(text: str) -> bool:
    try:
        return quantity(text).value == 0
    except QuantityError:
        return False


def _parameter_texts(name: str, value: str, dated: dict[date, str]) -> Iterator[tuple[Keys, str]]:
    if value:
        yield ("parameters", name), value
    for day, text in dated.items():
        yield ("parameters", name, "dated", day.isoformat()), text


def _parameters(rule: Rule, cited: tuple[str, ...]) -> Iterator[Used]:
    for name, parameter in rule.parameters.items():
        clauses = (parameter.clause,) if parameter.clause else cited
        # A dated value comes from a later act; the clause prints the first one only.
        for keys, text in list(_parameter_texts(name, parameter.value, parameter.dated))[:1]:
            yield _used(text, clauses, keys)


def _table_texts(name: str, table: Table) -> Iterator[tuple[Keys, str, bool]]:
    for value, text in table.values.items():
        yield ("tables", name, "values", value), text, False
    for index, band in enumerate(table.bands):
        for end, text in band_ends(band):
            yield ("tables", name, "bands", index, end), text, True
        yield ("tables", name, "bands", index, "value"), band.value, False


def band_ends(band: Band) -> Iterator[tuple[str, str]]:
    """Yield the keys and texts of the ends that a band writes."""
    yield from (
        (key, text)
        for key, text in zip(ENDS, (band.since, band.above, band.to, band.below), strict=True)
        if text
    )


def _tables(rule: Rule, cited: tuple[str, ...]) -> Iterator[Used]:
    for name, table in rule.tables.items():
        clauses = (table.clause,) if table.clause else cited
        for keys, text, _ in _table_texts(name, table):
            yield _used(text, clauses, keys)


def _funding(rule: Rule, cited: tuple[str, ...]) -> Iterator[Used]:
    clauses = (rule.funding_clause,) if rule.funding_clause else cited
    whole = _sum(list(rule.funding.values())) == 1
    for level, text in rule.funding.items():
        yield replace(_used(text, clauses, ("funding", level)), rest=whole)


def _sum(texts: list[str]) -> Fraction:
    try:
        return sum((quantity(text).value for text in texts), Fraction(0))
    except QuantityError:
        return Fraction(-1)


def _window(rule: Rule, cited: tuple[str, ...]) -> Iterator[Used]:
    if not rule.valid:
        return
    clauses = (rule.valid.clause,) if rule.valid.clause else cited
    for key, day in (("from", rule.valid.since), ("to", rule.valid.until)):
        if day:
            yield Used(day.isoformat(), _date_keys(day), clauses, "rules.yml", ("valid", key))


def _group(name: str, group: Group) -> Iterator[Used]:
    if group.at:
        yield Used(group.at, accepted_keys(group.at), group.clause, "groups.yml", (name, "at"))


def _in_force(pack: Pack) -> Iterator[Used]:
    """Yield the dates of the document: its first day may be the day of issue, its last may follow from a term of years."""
    force = pack.document.in_force
    clauses = (force.clause,) if force.clause else ()
    if force.since != pack.document.issued:
        yield Used(
            force.since.isoformat(),
            _date_keys(force.since),
            clauses,
            "document.yml",
            ("in_force", "from"),
        )
    if force.until:
        terms = {
            f"{months}月"
            for months in range(1, 121)
            if force.until.toordinal() - _after(force.since, months) in (-1, 0)
        }
        yield Used(
            force.until.isoformat(),
            _date_keys(force.until) | terms,
            clauses,
            "document.yml",
            ("in_force", "to"),
        )


def _after(day: date, months: int) -> int:
    """Return the ordinal of the same day so many months later, the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])).toordinal()
