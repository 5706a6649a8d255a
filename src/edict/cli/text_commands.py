"""Commands on the gazette text: ingest, documents, clauses, show, search."""

from __future__ import annotations

from pathlib import Path

import click

from edict.core.diagnostic import Diagnostic, EdictError
from edict.text.ingest import gazette_paths, ingest
from edict.text.model import Clause, Gazette


def _gazette() -> Gazette:
    paths = gazette_paths()
    if not paths:
        hint = "请设置环境变量 EDICT_GAZETTES，指向公报文本文件或所在文件夹。"
        raise EdictError(Diagnostic("T109", "没有找到公报文本。", hint))
    return ingest(paths)


def _outline(clause: Clause, depth: int) -> list[str]:
    head = f"{'  ' * depth}{clause.id or '（文件）'}  {clause.heading}".rstrip()
    lines = [head]
    lines.extend(f"{'  ' * depth}    {part}" for part in clause.text.split("\n") if part)
    for child in clause.children:
        lines.extend(_outline(child, depth + 1))
    return lines


@click.command()
@click.argument("number", metavar="文号")
def clauses(number: str) -> None:
    """列出一个文件的条款编号和文字。"""
    document = _gazette().document(number)
    click.echo(f"{document.key}  {document.title}  {document.issued or ''}")
    for child in document.root.children:
        click.echo("\n".join(_outline(child, 0)))


COMMANDS: list[click.Command] = [clauses]
_ = Path
