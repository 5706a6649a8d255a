"""Checks of the parts of a rule that hold no expression: offices, funding, caps, tables, groups, dates."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.diagnostic import EdictError
from edict.core.quantity import Quantity, QuantityError
from edict.packs.check_names import lineage
from edict.packs.citations import band_ends
from edict.packs.quantities import parameter_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edict.core.diagnostic import Diagnostic
    from edict.packs.load import Library, Pack
    from edict.packs.model import Band, Rule, Table
    from edict.packs.strict_yaml import Keys

UNNAMED = "未载明"
"""Stands for the office of an attestation where the document orders a judgement and names nobody."""

_RULES = "rules.yml"


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint that names the nearest known names.

    >>> nearest("市财政", ["市财政局", "市残联"], "请声明。")
    '是不是“市财政局”？'
    """
    near = get_close_matches(name, list(known), 3, 0.5)
    return f"是不是“{'”“'.join(near)}”？" if near else otherwise


def check_rules(library: Library, pack: Pack) -> Iterator[Diagnostic]:
    """Yield the faults of every rule of a pack, expressions excepted."""
    for name, rule in pack.rules.items():
        if rule.subject not in library.subjects:
            hint = nearest(rule.subject, library.subjects, "请在 facts.yml 的 subjects 中声明。")
            yield pack.source(_RULES).fault("P155", f"对象“{rule.subject}”没有声明。", hint, name, "for")
        yield from _offices(library, pack, name, rule)
        yield from _funding(library, pack, name, rule)
        yield from _limits(library, pack, name, rule)
        yield from _window(pack, name, rule)
        for table, content in rule.tables.items():
            yield from _table(library, pack, (name, "tables", table), content)


def check_groups(library: Library, pack: Pack) -> Iterator[Diagnostic]:
    """Yield groups whose rules do not exist or are about different subjects."""
    source = pack.source("groups.yml")
    for name, group in pack.groups.items():
        subjects: dict[str, str] = {}
        for index, reference in enumerate(group.rules):
            full = reference if "#" in reference else f"{pack.id}#{reference}"
            try:
                _, rule = library.rule(full)
            except EdictError:
                hint = nearest(reference, pack.rules, "请写本包的规则名，或“包#规则”。")
                yield source.fault(
                    "P164",
                    f"组“{name}”里的规则“{reference}”不存在。",
                    hint,
                    name,
                    "rules",
                    index,
                )
                continue
            subjects.setdefault(rule.subject, reference)
            if rule.kind != "grant":
                yield source.fault(
                    "P164",
                    f"“{reference}”是判定，不能进组。",
                    "组里只放 grant。",
                    name,
                    "rules",
                    index,
                )
        if len(subjects) > 1:
            listed = "、".join(f"{rule}（{subject}）" for subject, rule in subjects.items())
            yield source.fault(
                "P164",
                f"组“{name}”里的规则对象不同：{listed}。",
                "同组的规则 for 必须相同。",
                name,
                "rules",
            )


def check_dates(pack: Pack) -> Iterator[Diagnostic]:
    """Yield dates of the document that contradict one another."""
    force = pack.document.in_force
    source = pack.source("document.yml")
    if force.until and force.until < force.since:
        message = f"失效之日 {force.until} 早于施行之日 {force.since}。"
        yield source.fault("P144", message, "请核对 in_force 的 from 与 to。", "in_force", "to")
    if force.since < pack.document.issued and not force.clause:
        message = f"施行之日 {force.since} 早于成文之日 {pack.document.issued}，却没有写依据的条款。"
        yield source.fault("P144", message, "请在 in_force 中写 clause，或改正日期。", "in_force", "from")


def _offices(library: Library, pack: Pack, name: str, rule: Rule) -> Iterator[Diagnostic]:
    units = library.jurisdiction.units
    known = {*units, *(alias for unit in units.values() if unit for alias in unit.aliases)}
    named: list[tuple[Keys, str]] = [(("office",), rule.office)] if rule.office else []
    named += [
        (("attest", index, what), office)
        for index, item in enumerate(rule.attest)
        for what, office in item.items()
    ]
    for keys, office in named:
        if office not in known and office != UNNAMED:
            hint = nearest(
                office,
                known,
                f"请在 jurisdiction.yml 的 units 中加一行；文件没有写由谁认定的，写“{UNNAMED}”。",
            )
            yield pack.source(_RULES).fault(
                "P157",
                f"机关“{office}”不在 jurisdiction.yml 中。",
                hint,
                name,
                *keys,
            )


def _funding(library: Library, pack: Pack, name: str, rule: Rule) -> Iterator[Diagnostic]:
    source = pack.source(_RULES)
    levels = library.jurisdiction.fiscal_levels
    total = Fraction(0)
    for level, text in rule.funding.items():
        if level not in levels:
            message = f"财政级次“{level}”不在 jurisdiction.yml 中。"
            yield source.fault(
                "P157",
                message,
                f"可用的级次：{'、'.join(levels)}。",
                name,
                "funding",
                level,
                key=True,
            )
        share = _read(text)
        if share is None:
            return
        total += share.value
        if share.unit.dims or not 0 <= share.value <= 1:
            yield source.fault(
                "P160",
                f"分担比例“{text}”不在 0 到 100% 之间。",
                "请写成 50% 的样子。",
                name,
                "funding",
                level,
            )
            return
    if rule.funding and total != 1:
        message = f"各级分担合计 {float(total * 100):g}%，不是 100%。"
        yield source.fault(
            "P160",
            message,
            "请核对各级的比例，由一级承担的写 100%。",
            name,
            "funding",
            key=True,
        )


def _limits(library: Library, pack: Pack, name: str, rule: Rule) -> Iterator[Diagnostic]:
    source = pack.source(_RULES)
    single = not _is_list(pack, name)
    for index, cap in enumerate(rule.caps):
        keys: Keys = (name, "cap") if single else (name, "cap", index)
        if cap.at not in rule.tables and cap.at not in library.facts:
            yield from _parameter(pack, rule, (*keys, "at"), cap.at, "元")
        if cap.per and cap.per not in lineage(library, rule.subject):
            chain = "、".join(lineage(library, rule.subject))
            yield source.fault(
                "P165",
                f"“{cap.per}”不是本规则的对象，也不是它的上级。",
                f"请写 {chain} 之一。",
                *keys,
                "per",
            )
    if rule.term:
        yield from _parameter(pack, rule, (name, "term"), rule.term, "月")


def _is_list(pack: Pack, name: str) -> bool:
    return pack.place(_RULES, name, "cap", 0) != pack.place(_RULES, name, "cap")


def _parameter(pack: Pack, rule: Rule, keys: Keys, parameter: str, unit: str) -> Iterator[Diagnostic]:
    """Check that a key names a parameter of the rule whose unit is 元 or a length in 月."""
    source = pack.source(_RULES)
    if parameter not in rule.parameters:
        hint = nearest(parameter, rule.parameters, "请在 parameters 中声明这个数，再在这里写它的名字。")
        yield source.fault("P161", f"参数“{parameter}”没有声明。", hint, *keys)
        return
    written = rule.parameters[parameter]
    values = [_read(text) for text in (written.value, *written.dated.values()) if text]
    if any(value and str(value.unit) != unit for value in values):
        want = "金额" if unit == "元" else "年数"
        yield source.fault(
            "P161",
            f"参数“{parameter}”应当是{want}。",
            f"请写成{'50万元' if unit == '元' else '3年'}的样子。",
            *keys,
        )


def _window(pack: Pack, name: str, rule: Rule) -> Iterator[Diagnostic]:
    if not rule.valid:
        return
    source, window, force = pack.source(_RULES), rule.valid, pack.document.in_force
    if window.since and window.until and window.until < window.since:
        yield source.fault(
            "P144",
            f"有效期止 {window.until} 早于起 {window.since}。",
            "请核对 valid。",
            name,
            "valid",
            "to",
        )
    elif not window.since and not window.until:
        yield source.fault(
            "P144",
            "valid 里没有 from，也没有 to。",
            "请至少写一个，或删去 valid。",
            name,
            "valid",
            key=True,
        )
    elif (force.until and window.since and window.since > force.until) or (
        window.until and window.until < force.since
    ):
        message = "规则的有效期与文件的施行期没有交集，规则永远不会适用。"
        yield source.fault(
            "P144",
            message,
            "请核对 valid 与 document.yml 的 in_force。",
            name,
            "valid",
            key=True,
        )


def _table(library: Library, pack: Pack, keys: Keys, table: Table) -> Iterator[Diagnostic]:
    if table.by:
        yield from _category_table(library, pack, keys, table)
    else:
        yield from _bands(pack, keys, table.bands)


def _category_table(library: Library, pack: Pack, keys: Keys, table: Table) -> Iterator[Diagnostic]:
    source = pack.source(_RULES)
    fact, decision = library.facts.get(table.by), pack.rules.get(table.by)
    if fact is not None and fact.type == "enum":
        values: tuple[str, ...] = fact.values
    elif decision is not None and decision.outcomes:
        values = tuple(outcome.value for outcome in decision.outcomes)
    else:
        enums = [name for name, each in library.facts.items() if each.type == "enum"]
        message = f"“{table.by}”不是 enum 事实，也不是本包有结论的判定。"
        yield source.fault("P156", message, nearest(table.by, enums, "请先声明这个 enum 事实。"), *keys, "by")
        return
    for value in table.values:
        if value not in values:
            message = f"“{value}”不是“{table.by}”的取值。"
            yield source.fault(
                "P162",
                message,
                nearest(value, values, f"可用的取值：{'、'.join(values)}。"),
                *keys,
                "values",
                value,
                key=True,
            )


def _bands(pack: Pack, keys: Keys, bands: tuple[Band, ...]) -> Iterator[Diagnostic]:
    """Report bands that overlap, run backwards or differ in unit (errors) and those that leave a gap (warning)."""
    source = pack.source(_RULES)
    ends = [{end: value for end, text in band_ends(band) if (value := _read(text))} for band in bands]
    if len({value.unit for band in ends for value in band.values()}) > 1:
        yield source.fault("P162", "各档上下限的单位不同。", "请统一单位。", *keys, "bands", key=True)
        return
    for index, band in enumerate(ends):
        low, high = _low(band), _high(band)
        if low and high and low[0] >= high[0] and not (low[0] == high[0] and low[1] and high[1]):
            yield source.fault("P162", "这一档的下限不小于上限。", "请核对上下限。", *keys, "bands", index)
    for index in range(1, len(ends)):
        high, low = _high(ends[index - 1]), _low(ends[index])
        if high is None or low is None:
            yield source.fault(
                "P162",
                "相邻两档之间没有分界。",
                "中间各档都要写上下限。",
                *keys,
                "bands",
                index,
            )
        elif high[0] > low[0] or (high[0] == low[0] and high[1] and low[1]):
            message = "这一档与上一档重叠，或没有由低到高。"
            yield source.fault(
                "P162",
                message,
                "请核对含（from、to）与不含（above、below）。",
                *keys,
                "bands",
                index,
            )
        elif high[0] < low[0] or (not high[1] and not low[1]):
            message = "这一档与上一档之间有空隙，落在空隙里的没有对应档。"
            yield source.fault(
                "P163",
                message,
                "如果文件就是这样写的，请在 questions 里写明。",
                *keys,
                "bands",
                index,
                warning=True,
            )


def _low(band: dict[str, Quantity]) -> tuple[Fraction, bool] | None:
    return next(((band[key].value, key == "from") for key in ("from", "above") if key in band), None)


def _high(band: dict[str, Quantity]) -> tuple[Fraction, bool] | None:
    return next(((band[key].value, key == "to") for key in ("to", "below") if key in band), None)


def _read(text: str) -> Quantity | None:
    """Return a quantity, None where it is faulty (reported elsewhere) or a date."""
    try:
        value = parameter_value(text)
    except QuantityError:
        return None
    return None if isinstance(value, date) else value
