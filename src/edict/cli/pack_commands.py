"""Commands on packs: new, lock, check, coverage."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edict.core.diagnostic import Diagnostic, EdictError, errors
from edict.text.lookup import find_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edict.packs.coverage import Coverage
    from edict.packs.load import Library, Pack
    from edict.text.model import Document, Gazette

ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="政策包文件夹，默认为 EDICT_PACKS 或 packs。",
)
_GAP_NAMES = {
    "judgement": "判断",
    "exhortation": "倡导",
    "delegated": "另定",
    "attachment_missing": "缺附",
    "contradiction": "矛盾",
    "deferred": "待编",
}
_HEADS = (
    "政策包",
    "条款",
    "执行",
    *_GAP_NAMES.values(),
    "未归",
    "数字",
    "用到",
    "说明",
    "不明",
    "给予",
    "判定",
    "问题",
)
_LEGEND = (
    "条款＝执行＋判断（须人判断）＋倡导＋另定（另行规定）＋缺附（附件缺失）＋矛盾＋待编（属于尚未编码的阶段）＋未归（未归类）；"
    "数字＝用到＋说明（已说明为什么不用）＋不明。"
)


@click.command()
@click.argument("packs", nargs=-1, metavar="[政策包…]")
@click.option("--no-text", is_flag=True, help="不读公报文本，只用 lock.json 核对。")
@ROOT
@click.pass_context
def check(ctx: click.Context, packs: tuple[str, ...], no_text: bool, root: Path | None) -> None:
    """检查政策包：格式、名字、条款、数、单位、例子；列出全部毛病。"""
    from edict.packs.check import check_pack
    from edict.packs.check_names import check_vocabulary
    from edict.packs.load import load_library
    from edict.rules.check import check_library

    faults: list[Diagnostic] = []
    library = load_library(root, report=faults)
    chosen, faulty = _choose(library, packs, faults)
    gazette = None if no_text else _gazette()
    found = [*faulty, *check_vocabulary(library)]
    with click.progressbar(chosen, label="检查", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for pack in bar:
            found.extend(check_pack(library, pack, _document(gazette, pack, found)))
    found.extend(check_library(library, [pack for pack in chosen if _readable(pack)]))
    _print(found)
    count = len(errors(found))
    click.echo(f"检查了 {len(chosen)} 个政策包：{count} 个错误，{len(found) - count} 个警告。")
    if count:
        ctx.exit(1)


@click.command()
@click.argument("packs", nargs=-1, metavar="[政策包…]")
@click.option("--all", "everything", is_flag=True, help="锁定全部政策包。")
@ROOT
def lock(packs: tuple[str, ...], everything: bool, root: Path | None) -> None:
    """从公报文本生成政策包的 lock.json：每条的指纹和数。"""
    from edict.packs.load import load_library
    from edict.packs.lock import make_lock, write_lock

    if not packs and not everything:
        raise click.UsageError("请写政策包名，或用 --all 锁定全部。")
    faults: list[Diagnostic] = []
    library = load_library(root, report=faults)
    chosen, faulty = _choose(library, packs, faults)
    gazette = _gazette()
    if gazette is None:
        raise EdictError(
            Diagnostic(
                "P131",
                "没有找到公报文本，不能锁定。",
                "请设置 EDICT_GAZETTES，指向公报文本文件或文件夹。",
            ),
        )
    for pack in chosen:
        fresh = make_lock(find_document(gazette, pack.document.number))
        word = "已更新" if write_lock(pack, fresh) else "没有变化"
        click.echo(f"{pack.id}  {len(fresh.clauses)} 条  {word}")
    if faulty:
        raise EdictError(*faulty)


@click.command()
@click.argument("packs", nargs=-1, metavar="[政策包…]")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--strict", is_flag=True, help="有未归类的条款或未说明的数时返回 1。")
@ROOT
@click.pass_context
def coverage(
    ctx: click.Context,
    packs: tuple[str, ...],
    as_json: bool,
    strict: bool,
    root: Path | None,
) -> None:
    """逐份文件统计：哪些条款已执行，哪些没有、为什么，哪些数没有用到。"""
    from edict.packs.load import load_library

    faults: list[Diagnostic] = []
    library = load_library(root, report=faults)
    chosen, faulty = _choose(library, packs, faults)
    covered = [_coverage(pack) for pack in chosen]
    if as_json:
        listed = [{**asdict(each), "clauses": each.clauses, "figures": each.figures} for each in covered]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        _table(covered)
        for each in covered:
            _open_ends(each)
    if faulty:
        raise EdictError(*faulty)
    if strict and not all(each.complete for each in covered):
        ctx.exit(1)


@click.command()
@click.argument("number", metavar="文号")
@click.option("--slug", help="文件夹名，如 zz-2022-18-name；默认由文号生成。")
@ROOT
def new(number: str, slug: str | None, root: Path | None) -> None:
    """由公报中的一份文件新建政策包文件夹。"""
    from edict.packs.load import pack_root
    from edict.packs.new import new_pack

    gazette = _gazette()
    if gazette is None:
        raise EdictError(
            Diagnostic(
                "P131",
                "没有找到公报文本，不能新建。",
                "请设置 EDICT_GAZETTES，指向公报文本文件或文件夹。",
            ),
        )
    path = new_pack(root or pack_root(), find_document(gazette, number), slug=slug or "")
    click.echo(
        f"已新建 {path}；接着写 rules.yml、facts.yml、examples.yml、gaps.yml，再运行 edict lock {path.name}。",
    )


def _choose(
    library: Library,
    names: Sequence[str],
    faults: list[Diagnostic],
) -> tuple[list[Pack], list[Diagnostic]]:
    """Return the packs asked for, and of the faults of loading those that concern them (all, where none is named)."""
    if not names:
        return list(library.packs), faults
    chosen: list[Pack] = []
    concerned: list[Diagnostic] = []
    for name in dict.fromkeys(Path(name).name for name in names):
        own = [each for each in faults if each.place and name in Path(each.place.path).parts]
        concerned.extend(own)
        if not own:
            chosen.append(library.pack(name))
    return chosen, concerned


def _gazette() -> Gazette | None:
    from edict.text.ingest import gazette_paths, ingest

    paths = gazette_paths()
    return ingest(paths) if paths else None


def _document(gazette: Gazette | None, pack: Pack, found: list[Diagnostic]) -> Document | None:
    """Return the pack's document; None where the lock has to stand for a text that is not at hand.

    A number that names several texts is always a fault, an absent text only where there is no lock.
    """
    from edict.packs.load import LOCK

    try:
        return find_document(gazette, pack.document.number) if gazette else None
    except EdictError as fault:
        locked = (pack.path / LOCK).exists()
        place = pack.place("document.yml", "number")
        found.extend(
            replace(each, place=place) for each in fault.diagnostics if each.code != "T202" or not locked
        )
        return None


def _readable(pack: Pack) -> bool:
    """Return whether the examples can be read; their faults are already found by then."""
    try:
        _ = pack.examples
    except EdictError:
        return False
    return True


def _coverage(pack: Pack) -> Coverage:
    from edict.packs.coverage import coverage as measure

    lock = pack.lock
    if lock is None:
        raise EdictError(
            Diagnostic(
                "P131",
                f"政策包“{pack.id}”还没有 lock.json，不能统计。",
                f"请运行 edict lock {pack.id}。",
            ),
        )
    return measure(pack, lock)


def _print(found: Iterable[Diagnostic]) -> None:
    """Print the faults grouped by folder."""
    groups: dict[str, list[Diagnostic]] = {}
    for each in found:
        groups.setdefault(str(Path(each.place.path).parent) if each.place else "", []).append(each)
    for folder, own in sorted(groups.items()):
        click.secho(folder or "（不在文件里）", bold=True)
        for each in sorted(
            own,
            key=lambda d: (d.place.path, d.place.line, d.place.column) if d.place else ("", 0, 0),
        ):
            click.echo(("" if each.severity == "error" else "警告  ") + each.render())
        click.echo()


def _table(covered: Sequence[Coverage]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(show_footer=len(covered) > 1, box=None, pad_edge=False, padding=(0, 1))
    rows = [_cells(each) for each in covered]
    for index, head in enumerate(_HEADS):
        total = "合计" if index == 0 else str(sum(int(row[index]) for row in rows))
        table.add_column(head, total, justify="left" if index == 0 else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(table)
    click.echo(_LEGEND)


def _cells(each: Coverage) -> tuple[str, ...]:
    counts = (
        each.clauses,
        len(each.executed),
        *(len(each.gaps[gap]) for gap in _GAP_NAMES),
        len(each.untriaged),
        each.figures,
        each.figures_used,
        each.figures_explained,
        len(each.figures_unexplained),
        each.rules.get("grant", 0),
        each.rules.get("decision", 0),
        each.questions,
    )
    return (each.pack, *map(str, counts))


def _open_ends(each: Coverage) -> None:
    if each.untriaged:
        click.echo(f"\n{each.pack} 未归类的条款：{'，'.join(each.untriaged)}")
    if each.figures_unexplained:
        listed = "；".join(f"{clause} {figure}" for clause, figure in each.figures_unexplained)
        click.echo(f"\n{each.pack} 未说明的数：{listed}")


COMMANDS: list[click.Command] = [new, lock, check, coverage]
