"""Commands on rules: match, ask, simulate, replay, facts; and ``edict show PACK#规则``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from edict.cli import workbench
from edict.cli.rule_printing import print_report, print_simulation, simulation_data
from edict.core.diagnostic import Diagnostic, EdictError
from edict.rules.plan import AS_OF
from edict.rules.report import report

JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@click.command()
@click.argument("facts", type=click.Path(path_type=Path), metavar="FACTS.yml")
@workbench.AS_OF
@click.option("--explain", "explained", is_flag=True, help="逐条说明每个条件：结论、看到的值、条款、差多少。")
@click.option("--all", "everything", is_flag=True, help="连不可享的也列出。")
@click.option("--rule", "only", metavar="规则", help="只看名字里有这几个字的规则。")
@click.option("--receipt", type=click.Path(path_type=Path), help="把凭证写到这个文件，供 edict replay 复算。")
@JSON
@workbench.ROOT
def match(**options: Any) -> None:
    """一个企业或家庭能享受什么、多少、为什么、还缺什么。"""
    library, engine = workbench.open_engine(options["root"])
    situation = workbench.read_facts(engine, options["facts"], options["as_of"])
    results = engine.evaluate(situation)
    if options["receipt"]:
        _write_receipt(options["receipt"], library, situation, results, str(options["facts"]))
    shown = [each for each in results if not options["only"] or options["only"] in each.rule.id]
    if options["only"] and not shown:
        raise EdictError(
            Diagnostic(
                "F130", f"没有名字里有“{options['only']}”的规则。", "用 edict match --all 看全部规则。"
            )
        )
    data = report(engine, library, situation, shown, full=options["explained"] or options["as_json"])
    if options["as_json"]:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    print_report(
        data,
        everything=options["everything"] or bool(options["only"]),
        ledger_known=situation.ledger is not None,
    )


def _write_receipt(path: Path, library: Any, situation: Any, results: Any, source: str) -> None:
    from edict.rules.receipt import make_receipt

    receipt = make_receipt(library, situation, results, source)
    workbench.write_text(path, json.dumps(receipt, ensure_ascii=False, indent=1) + "\n")
    click.echo(f"凭证已写到 {path}。", err=True)


@click.command()
@click.argument("subject", default="企业", metavar="[对象]")
@workbench.AS_OF
@click.option("--save", type=click.Path(path_type=Path), help="把答案存成事实文件。")
@workbench.ROOT
def ask(subject: str, as_of: date | None, save: Path | None, root: Path | None) -> None:
    """逐题询问，每次先问最值钱的一项；答“？”是不知道，“<”回上一题，“q”看结果。"""
    from edict.cli.interview import Interview

    library, engine = workbench.open_engine(root)
    interview = Interview(engine, library, subject, as_of or date.today())  # noqa: DTZ011 -- a legal day is local
    interview.run()
    data = report(engine, library, interview.situation(), engine.evaluate(interview.situation()))
    click.echo("")
    print_report(data, everything=False, ledger_known=interview.situation().ledger is not None)
    if save:
        workbench.write_text(save, interview.as_yaml())
        click.echo(f"\n答案已存到 {save}；下次用 edict match {save}。")


@click.command()
@click.argument("tables", nargs=-1, required=True, metavar="TABLE [下级对象=TABLE…]")
@click.option("--subject", default="企业", show_default=True, help="表中每一行是哪类对象。")
@workbench.AS_OF
@click.option("--by", default="", metavar="列", help="按这一列分组合计，如 区县。")
@click.option(
    "--set", "changes", multiple=True, metavar="规则.参数=值", help="改一个参数，与现行比较；可以多次。"
)
@click.option(
    "--draft", type=click.Path(path_type=Path, exists=False), help="一个草案政策包文件夹，与现行比较。"
)
@click.option("--assume-unpaid", is_flag=True, help="没有已付记录的，按从未领取计算（输出中注明）。")
@click.option("--no-near", is_flag=True, help="不数“差一点”。")
@click.option("--out", type=click.Path(path_type=Path), help="逐户结果写到 .csv、.parquet 或 .xlsx。")
@JSON
@workbench.ROOT
def simulate(**options: Any) -> None:
    """一项政策要花多少钱、惠及谁：整张表的合计、状态、差一点、谁得谁失。"""
    from edict.packs.load import load_library
    from edict.rules.build import build_plan
    from edict.rules.reform import reformed
    from edict.rules.simulate import Options
    from edict.rules.simulate import simulate as run

    library = load_library(options["root"])
    plan = build_plan(library)
    reform = (
        build_plan(reformed(library, options["changes"], options["draft"]))
        if options["changes"] or options["draft"]
        else None
    )
    chosen = Options(options["by"], not options["no_near"], options["assume_unpaid"], options["out"])
    with workbench.progress("模拟") as moved:
        outcome = run(
            plan, options["subject"], _tables(options["subject"], options["tables"]), options["as_of"] or date.today(),  # noqa: DTZ011 -- a legal day is local
            chosen, reform=reform, progress=moved,
        )  # fmt: skip
    if options["as_json"]:
        click.echo(json.dumps(simulation_data(outcome), ensure_ascii=False, indent=2))
    else:
        print_simulation(outcome, assumed=options["assume_unpaid"])


def _tables(subject: str, given: tuple[str, ...]) -> dict[str, Path]:
    tables: dict[str, Path] = {}
    for each in given:
        name, mark, path = each.partition("=")
        key, value = (name, path) if mark else (subject, each)
        if key in tables:
            raise EdictError(Diagnostic("F131", f"{key}给了两张表。", "每类对象只给一张表。"))
        tables[key] = Path(value)
    return tables


@click.command()
@click.argument("receipt", type=click.Path(path_type=Path))
@JSON
@workbench.ROOT
@click.pass_context
def replay(ctx: click.Context, receipt: Path, as_json: bool, root: Path | None) -> None:
    """用凭证里的事实重新计算，与当时的结果逐项比较。"""
    from edict.rules.receipt import read_receipt
    from edict.rules.receipt import replay as run

    library, engine = workbench.open_engine(root)
    outcome = run(engine, library, read_receipt(receipt))
    if as_json:
        data = {
            "same": outcome.same,
            "changed_packs": outcome.changed_packs,
            "differences": outcome.differences,
            "results": outcome.results,
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for name in outcome.changed_packs:
            click.echo(f"政策包 {name} 在凭证之后改动过。")
        for rule, then, now in outcome.differences:
            click.echo(f"  {rule}：当时 {then}，现在 {now}")
        click.echo(
            f"复算 {outcome.results} 项，"
            + ("全部相同。" if outcome.same else f"{len(outcome.differences)} 项不同。")
        )
    if not outcome.same:
        ctx.exit(1)


@click.command()
@click.argument("words", nargs=-1, metavar="[词…]")
@JSON
@workbench.ROOT
def facts(words: tuple[str, ...], as_json: bool, root: Path | None) -> None:
    """列出可以填写的事实：对象、类型、单位、取值、用它的规则数。"""
    from edict.cli.tables import print_table
    from edict.packs.load import load_library
    from edict.rules.build import build_plan

    library = load_library(root)
    plan = build_plan(library)
    used: dict[str, int] = {}
    for rule in plan.rules:
        for name in rule.facts:
            used[name] = used.get(name, 0) + 1
    chosen = {
        name: each
        for name, each in library.facts.items()
        if all(word in name or word in each.ask for word in words) and name != AS_OF
    }
    if as_json:
        click.echo(
            json.dumps(
                {
                    name: {**each.model_dump(by_alias=True), "rules": used.get(name, 0)}
                    for name, each in chosen.items()
                },
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    rows = [
        [name, each.of, each.type, each.unit or "、".join(each.values)[:40], str(used.get(name, 0)), each.ask]
        for name, each in chosen.items()
    ]
    print_table(["事实", "对象", "类型", "单位或取值", "规则", "问句"], rows, right={4})
    click.echo(f"共 {len(rows)} 个事实。")


def show_rule(reference: str, root: Path | None = None) -> None:
    """Print a rule beside its clause.

    Raises:
        EdictError: there is no such pack or rule.
    """
    from edict.cli.side_by_side import print_rule

    print_rule(reference, root)


COMMANDS: list[click.Command] = [match, ask, simulate, replay, facts]
