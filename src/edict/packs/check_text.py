"""Checks of a pack against its document: clauses exist, figures are printed where the rules say, the lock is current."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, Place
from edict.core.quantity import QuantityError
from edict.packs.check_rules import nearest
from edict.packs.citations import citations, used_figures, written_figures
from edict.packs.coverage import enclosing_tables, printed_keys, show_key
from edict.packs.load import LOCK
from edict.packs.lock import compare
from edict.packs.quantities import parameter_value, quantity
from edict.text.normalise import canonical_clause_id, canonical_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edict.packs.citations import Used
    from edict.packs.fingerprint import Lock
    from edict.packs.load import Pack
    from edict.text.model import Document

_SHOWN = 12


def check_quantities(pack: Pack) -> Iterator[Diagnostic]:
    """Yield every figure of a pack that cannot be read."""
    for text, file, keys, dated in written_figures(pack):
        try:
            (parameter_value if dated else quantity)(text)
        except QuantityError as fault:
            message, _, hint = str(fault).partition("，")
            yield pack.source(file).fault(
                "P132",
                f"{message.rstrip('。')}。",
                hint or "请写成“50万元”“2%”“3年”的样子。",
                *keys,
            )


def check_clauses(pack: Pack, lock: Lock) -> Iterator[Diagnostic]:
    """Yield every clause id, cited or explained, that the document does not have."""
    for each in citations(pack):
        if each.clause not in lock.clauses:
            yield _unknown_clause(pack, lock, each.clause, each.file, *each.keys)
    gaps = pack.gaps
    for section, ids in (("clauses", gaps.clauses), ("figures", gaps.figures)):
        for clause in ids:
            if clause not in lock.clauses:
                yield _unknown_clause(pack, lock, clause, "gaps.yml", section, clause)


def check_figures(pack: Pack, lock: Lock) -> Iterator[Diagnostic]:
    """Yield every figure that none of its cited clauses prints, and every explanation of a figure that is not there."""
    missing = [
        used
        for used in used_figures(pack)
        if used.required and used.accepted and not used.accepted & _printed(lock, used.clauses)
    ]
    rests = Counter(used.keys[0] for used in missing if used.rest)
    for used in missing:
        if not (used.rest and rests[used.keys[0]] == 1):
            yield _not_printed(pack, lock, used)
    for clause, figures in pack.gaps.figures.items():
        if clause not in lock.clauses:
            continue
        printed = {key for keys in lock.clauses[clause].figures for key in keys}
        for text in figures:
            if not printed & printed_keys(text):
                message = f"条款 {clause} 没有印“{text}”这个数。"
                yield pack.source("gaps.yml").fault(
                    "P134",
                    message,
                    _figures_hint(lock, (clause,)),
                    "figures",
                    clause,
                    text,
                    key=True,
                )


def check_document(pack: Pack, document: Document, fresh: Lock) -> Iterator[Diagnostic]:
    """Yield what ``document.yml`` and the lock say otherwise than the text."""
    source, content = pack.source("document.yml"), pack.document
    if document.issued and content.issued != document.issued:
        message = f"成文日期写的是 {content.issued}，公报文本是 {document.issued}。"
        yield source.fault("P142", message, f"请改为 {document.issued}。", "issued")
    if pack.lock is None:
        yield Diagnostic(
            "P131",
            "还没有锁定公报文本。",
            f"请运行 edict lock {pack.id}。",
            Place(f"{pack.shown}/{LOCK}"),
        )
    else:
        yield from compare(f"{pack.shown}/{LOCK}", pack.lock, fresh)


def check_number(pack: Pack) -> Iterator[Diagnostic]:
    """Yield a document number that is not in its canonical form, or not the one that was locked."""
    number = pack.document.number
    if canonical_number(number) != number.partition("#")[0] and canonical_number(number) != number:
        hint = f"请写成“{canonical_number(number)}”。"
        yield pack.source("document.yml").fault("P142", f"文号“{number}”不是规范写法。", hint, "number")
    elif pack.lock is not None and pack.lock.number != number.partition("#")[0]:
        message = f"文号写的是“{number}”，锁定的是“{pack.lock.number}”。"
        yield pack.source("document.yml").fault(
            "P142",
            message,
            "请核对文号，再用 edict lock 锁定。",
            "number",
        )


def _unknown_clause(pack: Pack, lock: Lock, clause: str, file: str, *keys: str | int) -> Diagnostic:
    known = [canonical_clause_id(clause)] if canonical_clause_id(clause) in lock.clauses else lock.clauses
    hint = nearest(
        canonical_clause_id(clause),
        known,
        f"用 edict clauses {pack.document.number} 查看全部条款。",
    )
    return pack.source(file).fault("P130", f"文件没有条款“{clause}”。", hint, *keys, key=file == "gaps.yml")


def _not_printed(pack: Pack, lock: Lock, used: Used) -> Diagnostic:
    elsewhere = [name for name in lock.clauses if used.accepted & _printed(lock, (name,))]
    if used.clauses:
        below = [name for name in elsewhere if any(name.startswith(f"{cited}/") for cited in used.clauses)]
        found = f"{_figures_hint(lock, used.clauses)}"
        found += (
            f"这个数印在 {'，'.join((below or elsewhere)[:3])}。" if elsewhere else "全文没有这个数，请核对。"
        )
    else:
        found = (
            f"请写明 clause；这个数印在 {'，'.join(elsewhere[:3])}。"
            if elsewhere
            else "请写明 clause；全文没有这个数，请核对。"
        )
    cited = "、".join(used.clauses) or "（没有写条款）"
    message = f"“{used.text}”在所引条款 {cited} 中没有出现。"
    return pack.source(used.file).fault("P133", message, found, *used.keys, clause=cited)


def _printed(lock: Lock, clauses: Iterable[str]) -> set[str]:
    """Return the keys of the figures of some clauses and of the rows of those that are tables."""
    wanted = set(clauses)
    return {
        key
        for name, clause in lock.clauses.items()
        if clause.figures and wanted.intersection(enclosing_tables(name))
        for keys in clause.figures
        for key in keys
    }


def _figures_hint(lock: Lock, clauses: tuple[str, ...]) -> str:
    known = {name: lock.clauses[name] for name in clauses if name in lock.clauses}
    shown = list(
        dict.fromkeys(show_key(keys[0]) for clause in known.values() for keys in clause.figures if keys),
    )
    if not shown:
        return "所引条款里没有数。"
    return f"所引条款里的数：{'、'.join(shown[:_SHOWN])}{'等' if len(shown) > _SHOWN else ''}。"
