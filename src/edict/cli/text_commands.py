"""Commands on the gazette text: ingest, documents, clauses, show, search."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edict.core.diagnostic import Diagnostic, EdictError
from edict.text.ingest import gazette_paths, ingest, list_files
from edict.text.lookup import find_document
from edict.text.search import printed, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edict.text.model import Clause, Document, Gazette, Span

_KINDS = {"blank": "文件开头的空白", "page": "页码、页眉和分隔线", "outside": "不属于任何文件的文字"}
_CONTEXT = 30
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


def load() -> Gazette:
    """Return the gazette named by ``EDICT_GAZETTES`` or laid beside the project.

    Raises:
        EdictError: T109 when there is none.
    """
    return ingest(_files())


def _files(paths: Sequence[Path] = ()) -> list[Path]:
    files = [file for path in paths for file in (list_files(path) or [path])] or gazette_paths()
    if not files:
        hint = "请设置环境变量 EDICT_GAZETTES，指向公报文本文件或所在文件夹。"
        raise EdictError(Diagnostic("T109", "没有找到公报文本。", hint))
    return files


def _dump(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _figures(document: Document) -> int:
    return sum(len(clause.figures) for clause in document.walk())


@click.command("ingest", help="读入公报文本（txt、docx、pdf），报告文件、修复和未能归位的内容。")
@click.argument("paths", nargs=-1, metavar="PATH…", type=click.Path(path_type=Path))
@_json
def ingest_command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Read gazette files and report documents, repairs and remainders."""
    files = _files(paths)
    gazette = _with_progress(files) if sys.stderr.isatty() and not as_json else ingest(files)
    if as_json:
        _dump(_summary(gazette))
        return
    characters = sum(len(clause.text) for document in gazette.documents for clause in document.walk())
    figures = sum(map(_figures, gazette.documents))
    click.echo(f"文件 {gazette.count} 件，条款文字 {characters} 字，数字 {figures} 个。")
    for kind, count in Counter(each.kind for each in gazette.remainders).items():
        size = sum(len(each.text) for each in gazette.remainders if each.kind == kind)
        click.echo(f"剩余：{_KINDS[kind]} {count} 处，{size} 字。")
    for report in gazette.reports:
        click.echo(f"{report.place}  {report.code}  {report.message}")


def _with_progress(files: Sequence[Path]) -> Gazette:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("读入", total=len(files))
        return ingest(files, lambda path: progress.update(task, description=path.name, advance=1))


def _summary(gazette: Gazette) -> dict[str, Any]:
    return {
        "documents": [_row(each) for each in gazette.documents],
        "count": gazette.count,
        "remainders": [
            {"source": r.source, "span": r.span, "kind": r.kind, "text": r.text} for r in gazette.remainders
        ],
        "reports": [{"code": r.code, "place": str(r.place), "message": r.message} for r in gazette.reports],
    }


def _row(document: Document) -> dict[str, Any]:
    return {
        "key": document.key,
        "number": document.number,
        "issued": document.issued.isoformat() if document.issued else None,
        "title": document.title,
        "issuer": document.issuer,
        "addressees": document.addressees,
        "clauses": sum(1 for each in document.walk() if each.id),
        "figures": _figures(document),
        "effective": [[each.clause, each.printed] for each in document.effective],
        "expiry": [[each.clause, each.printed] for each in document.expiry],
        "repeals": document.repeals,
        "amends": document.amends,
        "based_on": document.based_on,
        "annexes": [{"label": a.label, "title": a.title, "omitted": a.omitted} for a in document.annexes],
        "source": document.source,
        "lines": document.lines,
    }


@click.command(help="列出全部文件：文号、日期、标题、条款数、数字个数、出处。")
@_json
def documents(as_json: bool) -> None:
    """List all documents."""
    gazette = load()
    if as_json:
        _dump(_grouped([_row(each) for each in gazette.documents]))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("文号", "日期", "标题", "条款", "数字", "出处"):
        table.add_column(
            name,
            no_wrap=name != "标题",
            justify="right" if name in ("条款", "数字") else "left",
        )
    for each in gazette.documents:
        row = _row(each)
        place = f"{each.source[:8]}:{each.lines[0]}"
        table.add_row(
            each.key,
            row["issued"] or "",
            each.title,
            str(row["clauses"]),
            str(row["figures"]),
            place,
        )
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    extra = len(gazette.documents) - gazette.count
    note = f"（其中一个文号印发多份文本，另列 {extra} 份）" if extra else ""
    click.echo(f"共 {gazette.count} 件文件{note}。")


def _grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry per document; texts issued under one number stand together under ``texts`` of the first."""
    entries: dict[str, dict[str, Any]] = {}
    for row in rows:
        first = entries.setdefault(row["number"], row)
        if first is not row:
            first.setdefault("texts", [{**first}]).append(row)
    return list(entries.values())


@click.command(help="列出一个文件的条款编号和文字。")
@click.argument("number", metavar="文号")
@_json
def clauses(number: str, as_json: bool) -> None:
    """Print the clause tree of one document."""
    document = find_document(load(), number)
    if as_json:
        _dump({"document": _row(document), "clauses": [_clause(each) for each in document.walk()]})
        return
    click.echo(f"{document.key}  {document.title}  {document.issued or ''}")
    for child in document.root.children:
        click.echo("\n".join(_outline(child, 0)))


def _clause(clause: Clause) -> dict[str, Any]:
    figures = [{"text": f.text, "span": f.span, "kind": f.kind, "bound": f.bound} for f in clause.figures]
    return {
        "id": clause.id,
        "kind": clause.kind,
        "label": clause.label,
        "heading": clause.heading,
        "text": clause.text,
        "spans": clause.spans,
        "figures": figures,
    }


def _outline(clause: Clause, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{clause.id}  {clause.heading}".rstrip()
    for line in clause.text.split("\n"):
        if line:
            yield f"{'  ' * depth}    {line}"
    for child in clause.children:
        yield from _outline(child, depth + 1)


@click.command(help="显示文件或条款的原文，标出数字；文号写作“政策包#规则”时显示规则。")
@click.argument("number", metavar="文号")
@click.argument("clause", metavar="[条款]", required=False)
def show(number: str, clause: str | None) -> None:
    """Print a document, a clause, or the rule of a pack, with figures marked."""
    if "#" in number and not number.rsplit("#", 1)[1].isdigit():
        from edict.cli.rule_commands import show_rule

        show_rule(number)
        return
    document = find_document(load(), number)
    chosen = document.clause(clause) if clause else document.root
    click.echo(f"{document.key}  {document.title}")
    click.echo(f"{document.source}:{document.lines[0]}-{document.lines[1]}")
    for each in chosen.walk():
        if each.id or each.text:
            marked = mark(printed(each), [figure.span for figure in each.figures])
            click.echo(f"\n{click.style(each.id or '文首', bold=True)}\n{marked}")


def mark(text: str, spans: Iterable[Span]) -> str:
    """Return the text with the spans set off: coloured on a terminal, in ⟨⟩ elsewhere.

    >>> mark("奖5元。", [(1, 3)])
    '奖⟨5元⟩。'
    """
    pieces, position = [], 0
    for start, end in spans:
        inner = text[start:end]
        shown = click.style(inner, fg="yellow", bold=True) if sys.stdout.isatty() else f"⟨{inner}⟩"
        pieces += [text[position:start], shown]
        position = end
    return "".join([*pieces, text[position:]])


@click.command("search", help="按条款查找同时含有全部词的文字，标出词的位置。")
@click.argument("words", nargs=-1, required=True, metavar="词…")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="最多列出的条款数。",
)
@_json
def search_command(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Print the clauses that hold all words."""
    hits = search(load(), words, limit=limit)
    if as_json:
        _dump(
            [
                {
                    "document": h.document.key,
                    "clause": h.clause.id,
                    "text": printed(h.clause),
                    "spans": h.spans,
                }
                for h in hits
            ],
        )
        return
    for hit in hits:
        click.echo(click.style(f"{hit.document.key} {hit.clause.id or '文首'}", bold=True))
        click.echo(f"    {_excerpt(printed(hit.clause), hit.spans)}")
    click.echo(f"找到 {len(hits)} 条。" if hits else "没有找到。可以换一个更短的词，或只写其中一个词。")


def _excerpt(text: str, spans: Sequence[Span]) -> str:
    """Return the surroundings of the first hit, hits marked."""
    start, end = max(0, spans[0][0] - _CONTEXT), min(len(text), spans[0][1] + 3 * _CONTEXT)
    inside = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
    shown = mark(text[start:end].replace("\n", " "), inside)
    return f"{'…' if start else ''}{shown}{'…' if end < len(text) else ''}"


COMMANDS: list[click.Command] = [ingest_command, documents, clauses, show, search_command]
