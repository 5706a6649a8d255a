"""Checks of names, facts and subjects: legal, declared once, of one type everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edict.core.quantity import QuantityError, parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edict.core.diagnostic import Diagnostic
    from edict.packs.load import Library, Pack
    from edict.packs.model import Fact, FactsFile, Rule
    from edict.packs.strict_yaml import Keys
    from edict.packs.validate import Source

_NAME = re.compile(r"[A-Za-z〇㐀-䶿一-鿿][A-Za-z0-9〇㐀-䶿一-鿿]*")
_RESERVED = frozenset(
    [
        "all",
        "and",
        "any",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "cast",
        "cross",
        "current_date",
        "date",
        "desc",
        "distinct",
        "else",
        "end",
        "except",
        "exists",
        "false",
        "floor",
        "from",
        "full_months",
        "full_years",
        "greatest",
        "group",
        "having",
        "if",
        "in",
        "inner",
        "intersect",
        "interval",
        "into",
        "is",
        "join",
        "least",
        "left",
        "like",
        "limit",
        "not",
        "null",
        "offset",
        "on",
        "or",
        "order",
        "outer",
        "right",
        "select",
        "set",
        "some",
        "table",
        "then",
        "time",
        "timestamp",
        "true",
        "union",
        "using",
        "values",
        "when",
        "where",
        "with",
        "year_start",
    ],
) | {"基准日", "未知", "编号", "上级编号"}


def check_names(pack: Pack) -> Iterator[Diagnostic]:
    """Yield the faults of every name a pack gives, and of names that hide one another."""
    facts, rules = pack.source("facts.yml"), pack.source("rules.yml")
    for section, names in (("subjects", pack.facts.subjects), ("facts", pack.facts.facts)):
        for name in names:
            yield from _legal(facts, name, (section, name))
    for name, rule in pack.rules.items():
        yield from _legal(rules, name, (name,))
        for keys in _rule_names(rule):
            yield from _legal(rules, str(keys[-1]), (name, *keys))
    for name in pack.groups:
        yield from _legal(pack.source("groups.yml"), name, (name,))
        if name in pack.rules:
            message = f"组“{name}”与规则同名。"
            yield pack.source("groups.yml").fault("P151", message, "请给组另起一个名字。", name, key=True)


def check_shadowing(library: Library, pack: Pack) -> Iterator[Diagnostic]:
    """Yield names of one rule that hide a fact, a decision or each other."""
    decisions = {name for name, rule in pack.rules.items() if rule.kind == "decision"}
    for name in pack.rules:
        if name in library.facts:
            yield _shadow(pack, (name,), "规则", "事实")
    for name, rule in pack.rules.items():
        taken: dict[str, str] = {}
        for keys in _rule_names(rule):
            inner, what = str(keys[-1]), _WHAT[str(keys[0])]
            other = (
                "事实"
                if inner in library.facts
                else "判定规则"
                if inner in decisions
                else taken.get(inner, "")
            )
            if other:
                yield _shadow(pack, (name, *keys), what, other)
            taken[inner] = what


def check_facts(library: Library, pack: Pack) -> Iterator[Diagnostic]:
    """Yield the faults of the facts and subjects that a pack declares."""
    yield from facts_faults(pack.source("facts.yml"), pack.facts, library)
    for name, fact in pack.facts.facts.items():
        yield from _conflict(library, pack, name, fact)


def check_vocabulary(library: Library) -> Iterator[Diagnostic]:
    """Yield the faults of the shared facts; they belong to no pack."""
    for source in library.vocabulary_sources:
        own = library.vocabulary.model_copy(
            update={
                "facts": {
                    n: f
                    for n, f in library.vocabulary.facts.items()
                    if source.place("facts", n, key=True).line
                },
                "subjects": {
                    n: s
                    for n, s in library.vocabulary.subjects.items()
                    if source.place("subjects", n, key=True).line
                },
            },
        )
        yield from facts_faults(source, own, library)


def facts_faults(source: Source, content: FactsFile, library: Library) -> Iterator[Diagnostic]:
    """Yield the faults of one file of facts."""
    for name, fact in content.facts.items():
        if fact.of not in library.subjects:
            yield source.fault(
                "P155",
                f"事实“{name}”的对象“{fact.of}”没有声明。",
                _known(library),
                "facts",
                name,
                "of",
            )
        for reason, hint, key in _fact_faults(fact):
            yield source.fault("P152", f"事实“{name}”{reason}。", hint, "facts", name, key)
    for name, subject in content.subjects.items():
        if subject.belongs_to and subject.belongs_to not in library.subjects:
            message = f"对象“{name}”所属的“{subject.belongs_to}”没有声明。"
            yield source.fault("P155", message, _known(library), "subjects", name, "belongs_to")
        elif name in lineage(library, name)[1:]:
            yield source.fault(
                "P155",
                f"对象“{name}”绕一圈又属于它自己。",
                "请改正 belongs_to。",
                "subjects",
                name,
                "belongs_to",
            )


def lineage(library: Library, subject: str) -> tuple[str, ...]:
    """Return a subject and those it belongs to, nearest first; a cycle ends where it closes."""
    chain: list[str] = [subject]
    while (above := library.subjects.get(chain[-1])) is not None and above.belongs_to:
        chain.append(above.belongs_to)
        if chain[-1] in chain[:-1]:
            break
    return tuple(chain)


_WHAT = {"parameters": "参数", "tables": "表", "attest": "认定事项"}


def _rule_names(rule: Rule) -> Iterator[Keys]:
    for name in rule.parameters:
        yield "parameters", name
    for name in rule.tables:
        yield "tables", name
    for index, attested in enumerate(rule.attest):
        for name in attested:
            yield "attest", index, name


def _legal(source: Source, name: str, keys: Keys) -> Iterator[Diagnostic]:
    if name.lower() in _RESERVED:
        yield source.fault(
            "P150",
            f"“{name}”是表达式的保留字，不能作名字。",
            "请换一个中文短名。",
            *keys,
            key=True,
        )
    elif not _NAME.fullmatch(name):
        hint = "名字用汉字、半角字母和数字，以汉字或字母开头，不含空格和标点，如“五年内”。"
        yield source.fault("P150", f"名字“{name}”不合规。", hint, *keys, key=True)


def _shadow(pack: Pack, keys: Keys, what: str, other: str) -> Diagnostic:
    message = f"{what}“{keys[-1]}”与{other}同名，表达式里分不清。"
    return pack.source("rules.yml").fault("P151", message, f"请给这个{what}另起一个名字。", *keys, key=True)


def _fact_faults(fact: Fact) -> Iterator[tuple[str, str, str]]:
    """Yield reason, mend and key of what does not go together in a fact."""
    if fact.type in {"count", "number"}:
        yield from _unit_faults(fact)
    elif fact.unit:
        yield f"的类型是 {fact.type}，不能写单位", "请删去 unit；money 一律为元。", "unit"
    if fact.type == "enum" and len(fact.values) < 2:
        yield "是 enum，却没有至少两个取值", "请在 values 中列出全部取值，并加上“其他”或“无”。", "values"
    if fact.type != "enum" and fact.values:
        yield "不是 enum，不能写 values", "请删去 values，或把 type 改为 enum。", "values"
    if len(set(fact.values)) < len(fact.values):
        yield "的取值有重复", "请删去重复的取值。", "values"
    if any("'" in value or value != value.strip() or value == "未知" for value in fact.values):
        yield "的取值含有单引号、首尾空格或“未知”", "请改写这个取值；“未知”表示没有填写。", "values"
    if fact.type in {"bool", "enum", "date"} and fact.signed == "true":
        yield f"的类型是 {fact.type}，没有正负", "请删去 signed。", "signed"


def _unit_faults(fact: Fact) -> Iterator[tuple[str, str, str]]:
    if not fact.unit and fact.type == "count":
        yield "是 count，却没有单位", "请写 unit，如 件、人、家。", "type"
    try:
        parse_unit(fact.unit)
    except QuantityError as fault:
        yield f"的单位不对：{str(fault).rstrip('。')}", "请改用已知的单位。", "unit"


def _conflict(library: Library, pack: Pack, name: str, fact: Fact) -> Iterator[Diagnostic]:
    """Compare a fact with the same name in the vocabulary and in the packs before this one."""
    source = pack.source("facts.yml")
    others = [("词汇表", library.vocabulary.facts)]
    others += [(f"政策包“{other.id}”", other.facts.facts) for other in library.packs if other.id < pack.id]
    for where, facts in others:
        known = facts.get(name)
        if known is None:
            continue
        differing = [
            key
            for key in ("of", "type", "unit", "values", "decimals", "signed")
            if getattr(known, key) != getattr(fact, key)
        ]
        if differing:
            message = f"事实“{name}”与{where}里的同名事实不同：{'、'.join(differing)}。"
            yield source.fault(
                "P153",
                message,
                "同名就是同一个事实，请改名，或统一声明。",
                "facts",
                name,
                key=True,
            )
        else:
            hint = "请删去这里的声明；几个政策包都用的事实放进 vocabulary。"
            yield source.fault(
                "P154",
                f"事实“{name}”在{where}里已经声明。",
                hint,
                "facts",
                name,
                key=True,
                warning=True,
            )
        return


def _known(library: Library) -> str:
    return f"请在 subjects 中声明，或改用已有的：{'、'.join(library.subjects)}。"
