"""A reform to compare with: the library with parameters replaced (``规则.参数=值``) or a draft pack laid over it."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError
from edict.packs.load import load_pack
from edict.packs.model import Parameter
from edict.packs.quantities import parameter_value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edict.packs.load import Library, Pack
    from edict.packs.model import Rule


def reformed(library: Library, changes: Iterable[str], draft: Path | None = None) -> Library:
    """Return the library after the changes.

    Args:
        library: the packs as they are; not changed.
        changes: texts ``规则.参数=值`` (the rule bare, or ``包#规则``).
        draft: a pack folder; it replaces the pack of the same document number, or is added.

    Raises:
        EdictError: unknown rule or parameter, a value of another unit, a faulty draft.
    """
    packs = list(library.packs)
    if draft is not None:
        laid = load_pack(draft)
        packs = [each for each in packs if each.document.number != laid.document.number] + [laid]
    for change in changes:
        packs = _changed(packs, change)
    return library.with_packs(tuple(packs))


def _changed(packs: list[Pack], change: str) -> list[Pack]:
    target, equals, value = change.partition("=")
    rule_name, dot, parameter = target.strip().rpartition(".")
    if not equals or not dot:
        raise EdictError(
            Diagnostic(
                "F132", f"“{change}”不是 规则.参数=值 的形式。", "例如 --set 总部金融机构落户奖励.比例=3%。"
            )
        )
    pack, rule, name = _find(packs, rule_name)
    if parameter not in rule.parameters:
        near = get_close_matches(parameter, rule.parameters, n=1, cutoff=0.3)
        known = "、".join(rule.parameters) or "没有参数"
        raise EdictError(
            Diagnostic(
                "F132",
                f"规则“{name}”没有参数“{parameter}”。",
                f"{'是不是“' + near[0] + '”？' if near else ''}它的参数：{known}。",
            )
        )
    _check_unit(rule, parameter, value.strip())
    parameters = {**rule.parameters, parameter: Parameter(value=value.strip())}
    rules = {**pack.rules, name: rule.model_copy(update={"parameters": parameters})}
    return [replace(each, rules=rules) if each.id == pack.id else each for each in packs]


def _find(packs: list[Pack], wanted: str) -> tuple[Pack, Rule, str]:
    pack_id, mark, name = wanted.rpartition("#")
    found = [
        (each, each.rules[name]) for each in packs if name in each.rules and (not mark or each.id == pack_id)
    ]
    if len(found) == 1:
        return found[0][0], found[0][1], name
    if found:
        places = "、".join(f"{each.id}#{name}" for each, _ in found)
        raise EdictError(Diagnostic("F132", f"有几条规则叫“{name}”。", f"写明是哪一条：{places}。"))
    near = get_close_matches(name, [rule for each in packs for rule in each.rules], n=3, cutoff=0.4)
    raise EdictError(
        Diagnostic(
            "F132",
            f"没有规则“{wanted}”。",
            f"是不是“{'”“'.join(near)}”？" if near else "用 edict coverage 看有哪些政策包。",
        )
    )


def _check_unit(rule: Rule, parameter: str, value: str) -> None:
    try:
        new = parameter_value(value)
    except ValueError as fault:
        raise EdictError(
            Diagnostic("F132", f"“{value}”不能读成数量：{fault}", "照文件的写法，如 3%、2亿元。")
        ) from fault
    old_text = rule.parameters[parameter].value or next(iter(rule.parameters[parameter].dated.values()))
    old = parameter_value(old_text)
    if getattr(new, "unit", None) != getattr(old, "unit", None):
        raise EdictError(
            Diagnostic(
                "F132", f"参数“{parameter}”现为 {old_text}，不能改成单位不同的 {value}。", "保持单位不变。"
            )
        )
