"""``edict show PACK#规则``: the clause on one side, the rule on the other, so that a reader can hold them together."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from edict.cli.tables import print_columns
from edict.core.diagnostic import EdictError
from edict.packs.load import load_library
from edict.rules.build import build_plan
from edict.rules.words import describe

if TYPE_CHECKING:
    from pathlib import Path

    from edict.packs.load import Pack
    from edict.packs.model import Rule


def print_rule(reference: str, root: Path | None = None) -> None:
    """Print the text of each cited clause (or that the gazette is absent), then the rule line by line.

    Raises:
        EdictError: there is no such pack or rule.
    """
    library = load_library(root)
    pack, rule = library.rule(reference)
    name = reference.partition("#")[2]
    click.echo(click.style(f"{pack.id}#{name}", bold=True))
    clauses = [f"条款（{pack.document.number} {pack.document.title}）", ""]
    for clause in rule.clause:
        clauses += [f"【{clause}】", *_clause_lines(pack, clause), ""]
    lines = ["规则", "", *(f"{head}：{words}" for head, words in _rule_lines(rule))]
    print_columns(clauses, lines, total=min(shutil.get_terminal_size((120, 40)).columns, 160))
    built = build_plan(library, []).rule(f"{pack.id}#{name}")
    click.echo("\n条件（连同施行期间、频次等隐含的）")
    for each in built.conditions:
        click.echo(f"  {each.label}  →  {describe(each.tree)}  {each.clause}")
    examples = pack.examples.get(name)
    click.echo(f"\n例子 {len(examples.cases) if examples else 0} 个")
    for case in examples.cases if examples else ():
        click.echo(f"  {case.name}：{case.expect}")


def _clause_lines(pack: Pack, clause: str) -> list[str]:
    from edict.text.ingest import gazette_paths, ingest
    from edict.text.lookup import find_document

    paths = gazette_paths()
    if not paths:
        return ["（没有公报文本：设 EDICT_GAZETTES 后可以看到原文。）"]
    try:
        found = find_document(ingest(paths), pack.document.number).clause(clause)
    except EdictError as fault:  # the rule can be read all the same
        return [f"（{each.message.removesuffix('。')}，看不到原文。）" for each in fault.diagnostics]
    return [part for part in (found.heading, *found.text.splitlines()) if part]


def _rule_lines(rule: Rule) -> list[tuple[str, str]]:
    lines = [("类别", f"{rule.kind} {rule.grant_class}".strip()), ("对象", rule.subject)]
    lines += [(f"参数 {name}", each.value or str(each.dated)) for name, each in rule.parameters.items()]
    for name, table in rule.tables.items():
        values = table.values or {
            f"{band.since or band.above}…{band.to or band.below}": band.value for band in table.bands
        }
        lines.append((f"表 {name}", "；".join(f"{key}：{value}" for key, value in values.items())))
    lines += [("认定", f"{matter}（{office}）") for each in rule.attest for matter, office in each.items()]
    for head, words in (
        ("金额", rule.amount),
        ("结论", rule.value),
        ("权益", rule.benefit),
        ("无依据", rule.no_basis),
        ("频次", rule.frequency),
        ("受理", rule.office),
    ):
        if words:
            lines.append((head, words))
    lines += [("结论", each.value) for each in rule.outcomes]
    lines += [("上限", f"{cap.at} {cap.per} {cap.period}".strip()) for cap in rule.caps]
    lines += [("分担", f"{level} {share}") for level, share in rule.funding.items()]
    lines += [
        ("未决", f"{each.about}；采用：{each.chosen}；其他：{'、'.join(each.others) or '无'}")
        for each in rule.questions
    ]
    return lines
