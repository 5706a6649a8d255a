"""Checks of the worked cases: they name rules and facts that exist and give values of the declared types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edict.core.quantity import QuantityError, parse_unit
from edict.packs.check_rules import nearest
from edict.packs.quantities import parameter_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edict.core.diagnostic import Diagnostic
    from edict.packs.load import Library, Pack
    from edict.packs.model import Fact
    from edict.packs.strict_yaml import Keys

_FILE = "examples.yml"
_UNKNOWN = "未知"
_ITEM_KEY = "编号"  # names an item, so that the ledger can say what was paid for it
_FROM_LEDGER = ("累计已付", "本年已付", "已享年数")
_LEDGER_KEYS = ("rule", "date", "amount")


def check_examples(library: Library, pack: Pack) -> Iterator[Diagnostic]:
    """Yield the faults of ``examples.yml``; missing examples are for the engine's checks to name.

    Raises:
        EdictError: the file cannot be read.
    """
    source = pack.source(_FILE)
    examples = pack.examples
    attested = {
        name
        for each in library.packs
        for rule in each.rules.values()
        for item in rule.attest
        for name in item
    }
    known = {*pack.rules, *pack.groups}
    for name, entry in examples.items():
        if name not in known:
            yield source.fault(
                "P170",
                f"没有规则或组“{name}”。",
                nearest(name, known, "请改为本包的规则名。"),
                name,
                key=True,
            )
            continue
        yield from _given(library, pack, (name, "given"), entry.given, attested)
        yield from _ledger(library, pack, (name, "ledger"), entry.ledger)
        for index, case in enumerate(entry.cases):
            keys: Keys = (name, "cases", index)
            yield from _given(library, pack, (*keys, "with"), case.change, attested)
            yield from _ledger(library, pack, (*keys, "ledger"), case.ledger)
            yield from _expect(library, pack, (*keys, "expect"), case.expect)


def value_fault(fact: Fact, text: str) -> str:
    """Return what is wrong with a value for a fact, empty when it fits; ``未知`` always fits.

    >>> from edict.packs.model import Fact
    >>> value_fault(Fact.model_validate({"of": "甲", "type": "money", "ask": "？"}), "3年")
    '应当是金额，如 50万元'
    """
    if text == _UNKNOWN:
        return ""
    if fact.type == "bool":
        return "" if text in {"true", "false"} else "应当是 true 或 false"
    if fact.type == "enum":
        return "" if text in fact.values else f"应当是下列之一：{'、'.join(fact.values)}"
    try:
        value = parameter_value(text)
    except QuantityError as fault:
        return str(fault).rstrip("。")
    if fact.type == "date":
        return "应当是日期，如 2022-06-29" if not hasattr(value, "toordinal") else ""
    if hasattr(value, "toordinal"):
        return "应当是数量，却是日期"
    return _quantity_fault(fact, str(value.unit), negative=value.value < 0)


def _quantity_fault(fact: Fact, unit: str, *, negative: bool) -> str:
    if negative and fact.signed != "true":
        return "不能是负数"
    if fact.type == "money":
        return "" if unit == "元" else "应当是金额，如 50万元"
    if fact.type == "ratio":
        return "" if not unit else "应当是比例，如 50%"
    return "" if unit in {"", str(parse_unit(fact.unit))} else f"单位应当是“{fact.unit}”"


def _given(
    library: Library,
    pack: Pack,
    keys: Keys,
    given: Mapping[str, object],
    attested: set[str],
) -> Iterator[Diagnostic]:
    for name, value in given.items():
        if isinstance(value, str):
            yield from _value(library, pack, (*keys, name), value, attested)
        elif name not in library.subjects:
            hint = nearest(name, library.subjects, "列表只用于下级对象。")
            yield pack.source(_FILE).fault(
                "P170",
                f"“{name}”不是对象，不能给列表。",
                hint,
                *keys,
                name,
                key=True,
            )
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from _given(library, pack, (*keys, name, index), item, attested)


def _value(library: Library, pack: Pack, keys: Keys, value: str, attested: set[str]) -> Iterator[Diagnostic]:
    source, name = pack.source(_FILE), str(keys[-1])
    if name == _ITEM_KEY:
        return
    fact = library.facts.get(name)
    if fact is None and name not in attested and not name.endswith(_FROM_LEDGER):
        yield source.fault(
            "P170",
            f"没有声明事实“{name}”。",
            nearest(name, library.facts, "请在 facts.yml 中声明。"),
            *keys,
            key=True,
        )
        return
    if fact is None and name in attested and value not in {"true", "false", _UNKNOWN}:
        reason = "应当是 true 或 false"
    else:
        reason = value_fault(fact, value) if fact else ""
    if reason:
        yield source.fault(
            "P171",
            f"“{name}”的值“{value[:40]}”不对：{reason}。",
            "请改写这个值，或写 未知。",
            *keys,
        )


def _ledger(library: Library, pack: Pack, keys: Keys, ledger: object) -> Iterator[Diagnostic]:
    source = pack.source(_FILE)
    for index, entry in enumerate(ledger if isinstance(ledger, tuple) else ()):
        missing = [key for key in _LEDGER_KEYS if key not in entry]
        if missing:
            message = f"已付记录缺少 {'、'.join(missing)}。"
            yield source.fault(
                "P171",
                message,
                "请写成 {rule: …, date: 2022-07-01, amount: 10万元}。",
                *keys,
                index,
            )
        if "rule" in entry and not _rule_exists(library, pack, entry["rule"]):
            hint = nearest(entry["rule"], pack.rules, "请写本包的规则名，或“包#规则”。")
            yield source.fault("P170", f"没有规则“{entry['rule']}”。", hint, *keys, index, "rule")


def _expect(library: Library, pack: Pack, keys: Keys, expect: object) -> Iterator[Diagnostic]:
    for name in expect if isinstance(expect, dict) else ():
        if name not in pack.groups and not _rule_exists(library, pack, name):
            hint = nearest(name, pack.rules, "请写本包的规则名，或“包#规则”。")
            yield pack.source(_FILE).fault("P170", f"没有规则“{name}”。", hint, *keys, name, key=True)


def _rule_exists(library: Library, pack: Pack, reference: str) -> bool:
    name, _, rule = reference.rpartition("#")
    packs = [pack] if not name else [each for each in library.packs if each.id == name]
    return any(rule in each.rules for each in packs)
