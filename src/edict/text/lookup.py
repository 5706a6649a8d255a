"""Finding a document by number or title; a number that occurs twice must be qualified."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError
from edict.text.normalise import canonical_number, normalise

if TYPE_CHECKING:
    from edict.text.model import Document, Gazette


def find_document(gazette: Gazette, reference: str) -> Document:
    """Return the one document that the reference names: number, ``number#part``, or (part of) a title.

    Raises:
        EdictError: T202 when none matches, T203 when several do.
    """
    bare, _, part = reference.partition("#")
    number = canonical_number(bare)
    found = [each for each in gazette.documents if each.number == number]
    if part:
        found = [each for each in found if str(each.part) == part.strip()]
    if not found:
        wanted = normalise(bare)
        found = [each for each in gazette.documents if wanted and wanted in normalise(each.title)]
    if len(found) == 1:
        return found[0]
    raise EdictError(_ambiguous(reference, found) if found else _missing(gazette, reference, number))


def _missing(gazette: Gazette, reference: str, number: str) -> Diagnostic:
    numbers = list(dict.fromkeys(each.number for each in gazette.documents))
    near = difflib.get_close_matches(number, numbers, n=3, cutoff=0.5)
    hint = f"相近的文号：{'，'.join(near)}。" if near else "用 edict documents 查看全部文件。"
    return Diagnostic("T202", f"没有文件“{reference}”。", hint)


def _ambiguous(reference: str, found: list[Document]) -> Diagnostic:
    places = "；".join(f"{each.place}《{each.title}》" for each in found[:5])
    keys = "”或“".join(each.key if each.part else each.title for each in found[:2])
    message = f"“{reference}”对应 {len(found)} 个文件：{places}。"
    return Diagnostic("T203", message, f"请写明是哪一个，例如“{keys}”。", found[0].place)
