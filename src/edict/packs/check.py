"""Every check of a pack that needs no expression, gathered; :mod:`edict.rules.check` adds the rest."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.check_examples import check_examples
from edict.packs.check_names import check_facts, check_names, check_shadowing
from edict.packs.check_rules import check_dates, check_groups, check_rules, nearest
from edict.packs.check_text import (
    check_clauses,
    check_document,
    check_figures,
    check_number,
    check_quantities,
)
from edict.packs.load import LOCK, OPTIONAL, REQUIRED
from edict.packs.lock import make_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edict.packs.fingerprint import Lock
    from edict.packs.load import Library, Pack
    from edict.text.model import Document

MOST = 200

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILES = frozenset({*REQUIRED, *OPTIONAL, LOCK})


def check_pack(library: Library, pack: Pack, document: Document | None) -> tuple[Diagnostic, ...]:
    """Return the faults of one pack; without the document its lock stands for the text.

    Faults of files read late (examples, gaps, lock) are returned like all others.
    """
    checks: list[Callable[[], Iterable[Diagnostic]]] = [
        lambda: _folder(pack),
        lambda: _duplicates(library, pack),
        lambda: check_names(pack),
        lambda: check_shadowing(library, pack),
        lambda: check_facts(library, pack),
        lambda: check_dates(pack),
        lambda: check_rules(library, pack),
        lambda: check_groups(library, pack),
        lambda: check_quantities(pack),
        lambda: check_number(pack),
        lambda: _against_text(pack, document),
        lambda: check_examples(library, pack),
    ]
    return tuple(dict.fromkeys(each for check in checks for each in _run(check)))


def _run(check: Callable[[], Iterable[Diagnostic]]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    try:
        found.extend(islice(check(), MOST))
    except EdictError as fault:
        found.extend(fault.diagnostics)
    if len(found) == MOST:
        found.append(
            Diagnostic(
                "P181", f"同一项检查的毛病满 {MOST} 个，其余没有列出。", "请先改正已列出的。", found[-1].place
            )
        )
    return found


def _against_text(pack: Pack, document: Document | None) -> Iterator[Diagnostic]:
    lock: Lock | None = make_lock(document) if document else pack.lock
    if lock is None:
        message = "没有公报文本，也没有 lock.json，条款与数不能核对。"
        yield Diagnostic(
            "P131",
            message,
            f"请设置 EDICT_GAZETTES 后运行 edict lock {pack.id}。",
            Place(f"{pack.shown}/{LOCK}"),
        )
        return
    if document:
        yield from check_document(pack, document, lock)
    yield from check_clauses(pack, lock)
    yield from check_figures(pack, lock)


def _folder(pack: Pack) -> Iterator[Diagnostic]:
    if not _SLUG.fullmatch(pack.id):
        yield Diagnostic(
            "P180",
            f"文件夹名“{pack.id}”不合规。",
            "请用小写字母、数字和连字符，如 zz-2022-18-name。",
            Place(pack.shown),
        )
    for path in sorted(pack.path.iterdir()):
        if path.name not in _FILES and not path.name.startswith("."):
            hint = nearest(path.name, _FILES, f"政策包只有这些文件：{'、'.join(sorted(_FILES))}。")
            yield Diagnostic(
                "P180",
                f"政策包不认识文件“{path.name}”，里面的内容不会生效。",
                hint,
                Place(f"{pack.shown}/{path.name}"),
            )


def _duplicates(library: Library, pack: Pack) -> Iterator[Diagnostic]:
    others = [
        each.id for each in library.packs if each is not pack and each.document.number == pack.document.number
    ]
    if others:
        message = f"文号“{pack.document.number}”已经用于政策包“{'”“'.join(others)}”。"
        yield pack.source("document.yml").fault(
            "P143",
            message,
            "一份文件只编一个包，请合并或改正文号。",
            "number",
        )
