"""How the rule commands print: an outcome in the groups people look for, a simulation as tables, both as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from edict.cli.tables import print_table
from edict.core.quantity import format_money
from edict.rules.report import GROUPS

if TYPE_CHECKING:
    from edict.rules.simulate import RuleTotals, Simulation

MARK = {True: "✓", False: "✗", None: "？"}
SHOWN_MISSING = 8


def print_report(data: dict[str, Any], *, everything: bool, ledger_known: bool = True) -> None:
    """Print an outcome in the four groups people look for, dearest first."""
    click.echo(f"{data['subject']}，基准日 {data['as_of']}，可享合计 {click.style(data['total'], bold=True)}")
    grouped = {name: [each for each in data["results"] if each["group"] == name] for name in GROUPS}
    for name in GROUPS:
        found = sorted(grouped[name], key=lambda each: -each.get("fen", 0))
        if not found:
            continue
        click.echo(f"\n{click.style(name, bold=True)}（{len(found)} 项）")
        if name in {"不可享", "待补充"} and not everything:
            click.echo("  " + ("用 --all 列出。" if name == "不可享" else _missing_line(data)))
            continue
        for each in found:
            _print_result(each)
    if data["missing"]:
        click.echo(f"\n{click.style('先补充哪一项', bold=True)}（按可能的金额）")
        for stake in data["missing"][:SHOWN_MISSING]:
            click.echo(f"  {stake['fact']}：{worth(stake)}，关系 {len(stake['rules'])} 项")
    if not ledger_known:
        click.echo("\n没有提供已付记录：从未领取过就在文件里写 ledger: []，领过就逐笔写 rule、date、amount。")


def _missing_line(data: dict[str, Any]) -> str:
    return f"缺 {len(data['missing'])} 个事实，见下；用 --all 逐项列出。"


def worth(stake: dict[str, Any]) -> str:
    """Return what a missing fact is worth in a phrase."""
    parts = [f"最高 {stake['up_to']}"] if stake["up_to_fen"] else []
    if stake["unlimited_rules"]:
        parts.append(f"{stake['unlimited_rules']} 项不封顶")
    return "，".join(parts) or "不涉及金额"


def _print_result(each: dict[str, Any]) -> None:
    outcome = each["outcome"] + (f"（{each['benefit']}）" if each.get("benefit") else "")
    click.echo(
        f"  {each['name']}  {click.style(outcome, bold=True)}  {each['document']} {'、'.join(each['clause'])}"
    )
    for key, words in (("note", ""), ("no_basis", "缺依据：")):
        if each.get(key):
            click.echo(f"      {words}{each[key]}")
    if each.get("missing"):
        click.echo(f"      缺：{'、'.join(each['missing'])}")
    for matter in each.get("attest", ()):
        click.echo(f"      须由{matter['office']}认定：{matter['matter']}")
    if each.get("funding"):
        click.echo("      分担：" + "，".join(f"{level} {part}" for level, part in each["funding"].items()))
    _print_conditions(each.get("conditions", ()), 6)
    for number, item in enumerate(each.get("items", ()), 1):
        click.echo(f"      第 {number} 项：{item['outcome']}")
        _print_conditions(item["conditions"], 10)
        _print_limits(item, 10)
    _print_limits(each, 6)
    if "conditions" in each or each["group"] == "差一点":
        for question in each.get("questions", ()):
            click.echo(f"      未决问题：{question['about']}；采用：{question['chosen']}")


def _print_limits(each: dict[str, Any], indent: int) -> None:
    for limit in each.get("limits", ()):
        click.echo(f"{' ' * indent}{limit}")


def _print_conditions(conditions: Any, indent: int) -> None:
    for each in conditions:
        gap = f"  {each['gap']}" if each.get("gap") else ""
        values = f"  [{'；'.join(each['values'])}]" if each["values"] and each["verdict"] is not False else ""
        click.echo(f"{' ' * indent}{MARK[each['verdict']]} {each['label']}{values}{gap}  {each['clause']}")
        _print_conditions(each.get("parts", ()), indent + 4)


def simulation_data(outcome: Simulation) -> dict[str, Any]:
    """Return a simulation as plain data; money in 分."""
    from edict.rules.population import listed

    data: dict[str, Any] = {
        "subject": outcome.subject,
        "tables": {
            name: {
                "path": each.path,
                "rows": each.rows,
                "bad_rows": each.bad_rows,
                "bad": listed(each.bad),
                "unused_columns": list(each.unused),
                "absent_facts": list(each.absent),
            }
            for name, each in outcome.reports.items()
        },
        "total_fen": outcome.fen,
        "by_level_fen": outcome.by_level(),
        "rules": [totals_data(each) for each in outcome.totals],
    }
    if outcome.by_area:
        data["by_area"] = [totals_data(each) for each in outcome.by_area]
    if outcome.change:
        data["reform"] = {
            "total_fen": sum(each.fen for each in outcome.reform),
            "rules": [totals_data(each) for each in outcome.reform],
            "winners": outcome.change.winners,
            "losers": outcome.change.losers,
            "gained_fen": outcome.change.gained,
            "lost_fen": outcome.change.lost,
        }
    return data


def totals_data(each: RuleTotals) -> dict[str, Any]:
    """Return one rule's totals as plain data."""
    data: dict[str, Any] = {
        "rule": each.rule.id,
        "clause": list(each.rule.rule.clause),
        "符合": each.yes,
        "不符合": each.no,
        "待补充": each.unknown,
        "待认定": each.attest,
        "无依据": each.no_basis,
        "fen": each.fen,
    }
    if each.area:
        data["area"] = each.area
    if each.near:
        data["near"] = dict(each.near)
    return data


def print_simulation(outcome: Simulation, *, assumed: bool) -> None:
    """Print the totals as tables."""
    for name, each in outcome.reports.items():
        click.echo(f"{name}：{each.rows} 行，其中 {each.bad_rows} 行读不了（{each.path}）")
        for row in each.bad[:10]:
            click.echo(f"  第 {row.row} 行“{row.column}”= {row.value}：{row.reason}")
        if each.unused:
            click.echo(f"  没有用到的列：{'、'.join(each.unused)}")
    if assumed:
        click.echo("没有已付记录的按从未领取计算。")
    reached = [each for each in outcome.totals if each.yes or each.attest or each.no_basis or each.near]
    rows = [
        [
            each.rule.name,
            str(each.yes),
            format_money(each.fen) if each.rule.kind == "money" else "",
            str(each.attest),
            str(each.unknown),
            str(each.no),
            str(sum(each.near.values())),
            "、".join(each.rule.rule.clause),
        ]
        for each in sorted(reached, key=lambda each: -each.fen)
    ]
    print_table(
        ["规则", "符合", "金额", "待认定", "待补充", "不符合", "差一点", "条款"],
        rows,
        right={1, 2, 3, 4, 5, 6},
    )
    click.echo(f"另有 {len(outcome.totals) - len(reached)} 条规则没有人符合、待认定或差一点。")
    click.echo(
        f"合计 {format_money(outcome.fen)}；"
        + "，".join(f"{level} {format_money(fen)}" for level, fen in outcome.by_level().items() if fen)
    )
    if outcome.by_area:
        _print_areas(outcome)
    if outcome.change:
        new = sum(each.fen for each in outcome.reform)
        change = outcome.change
        click.echo(
            f"\n改动后合计 {format_money(new)}（{'增加' if new >= outcome.fen else '减少'} {format_money(abs(new - outcome.fen))}）"
        )
        click.echo(
            f"得益 {change.winners} 户，共 {format_money(change.gained)}；受损 {change.losers} 户，共 {format_money(change.lost)}"
        )


def _print_areas(outcome: Simulation) -> None:
    areas: dict[str, list[int]] = {}
    for each in outcome.by_area:
        sums = areas.setdefault(each.area or "（空）", [0, 0])
        sums[0] += each.yes
        sums[1] += each.fen
    click.echo("")
    print_table(
        ["分组", "符合（项次）", "金额"],
        [[name, str(count), format_money(fen)] for name, (count, fen) in areas.items()],
        right={1, 2},
    )
