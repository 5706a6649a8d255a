"""What the rule commands share: the library with its plan, reading a facts file, table assignments, a progress bar."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.load import Library, load_library
from edict.packs.strict_yaml import parse, read_text
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine
from edict.rules.facts import Situation, read_situation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = click.option(
    "--root", type=click.Path(path_type=Path), help="政策包文件夹，默认为 EDICT_PACKS 或 packs。"
)
AS_OF = click.option(
    "--as-of",
    "as_of",
    metavar="日期",
    callback=lambda _c, _p, text: read_day(text),
    help="基准日，如 2022-07-01；默认为今天。",
)


def read_day(text: str | None) -> date | None:
    """Return the date of an option, None when it was not given."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EdictError(
            Diagnostic("F105", f"“{text}”不是一个存在的日期。", "写成 2022-06-29 的形式。")
        ) from None


def open_engine(root: Path | None) -> tuple[Library, Engine]:
    """Return the library and an engine over all its rules.

    Raises:
        EdictError: a pack or a rule is faulty.
    """
    library = load_library(root)
    return library, Engine(build_plan(library))


def read_facts(engine: Engine, path: Path, as_of: date | None) -> Situation:
    """Return the situation of a facts file; ``as_of`` overrides the file's."""
    data = parse(read_text(path, str(path)), str(path))
    if not isinstance(data, dict):
        raise EdictError(
            Diagnostic(
                "F101",
                "事实文件要有 subject 与 facts。",
                "例如 subject: 企业，下面 facts: {实收资本: 60亿元}。",
                Place(str(path)),
            )
        )
    raw = {key: value for key, value in data.items() if key != "as_of" or as_of is None}
    return read_situation(engine.plan, raw, Place(str(path)), as_of or date.today())  # noqa: DTZ011 -- a legal day is local


def write_text(path: Path, content: str) -> None:
    """Write a text file.

    Raises:
        EdictError: it cannot be written there.
    """
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as fault:
        reason = fault.strerror or "写不进去"
        raise EdictError(
            Diagnostic("F116", f"不能写文件：{reason}。", "先建好文件夹，检查权限。", Place(str(path)))
        ) from None


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function (done, all) that moves a progress bar; silent when no terminal is watching."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
