"""A new pack folder from a document of the gazette and the template."""

from __future__ import annotations

import re
from string import Template
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.coverage import show_key
from edict.packs.lock import make_lock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edict.text.model import Document

TEMPLATE = "_template"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号|第(\d+)号")
_MISSING = "待填"


def new_pack(root: Path, document: Document, *, slug: str = "") -> Path:
    """Write a folder for a document beside the jurisdiction and return it; nothing is overwritten.

    Every clause is listed in ``gaps.yml`` as a comment only, so that coverage shows what is not yet triaged.

    Raises:
        EdictError: the slug is not legal or taken, or the root has no template or not one jurisdiction.
    """
    slug = slug or _default_slug(document.number)
    if not _SLUG.fullmatch(slug):
        raise _error(
            f"文件夹名“{slug}”不合规。",
            "请用 --slug 写小写字母、数字和连字符，如 zz-2022-18-name。",
        )
    template = root / TEMPLATE
    if not template.is_dir():
        raise _error("没有模板文件夹。", f"请恢复 {TEMPLATE} 文件夹。", Place(str(template)))
    places = sorted(path.parent for path in root.glob("*/jurisdiction.yml"))
    if len(places) != 1:
        raise _error(
            f"有 {len(places)} 个地方，不知道放在哪里。",
            "一个政策包文件夹只放一个地方，且必须有 jurisdiction.yml。",
            Place(str(root)),
        )
    folder = places[0] / slug
    if folder.exists():
        raise _error("文件夹已经存在，不会覆盖。", "请用 --slug 换一个名字，或先移走它。", Place(str(folder)))
    values = _values(document)
    texts = {
        path.name: Template(path.read_text(encoding="utf-8")).safe_substitute(values)
        for path in sorted(template.glob("*.yml"))
    }
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _default_slug(number: str) -> str:
    found = _NUMBER.search(number)
    return "doc-" + "-".join(part for part in found.groups() if part) if found else ""


def _values(document: Document) -> dict[str, str]:
    dated = [each.clause for each in (*document.effective, *document.expiry) if each.clause]
    return {
        "number": _scalar(document.key),
        "title": _MISSING,
        "issuer": _scalar(document.issuer or _MISSING),
        "issued": document.issued.isoformat() if document.issued else _MISSING,
        "dates": f"；见 {'，'.join(dict.fromkeys(dated))}" if dated else "",
        "based_on": _flow(document.based_on),
        "amends": _flow(document.amends),
        "repeals": _flow(document.repeals),
        "clauses": "\n".join(_clauses(document)),
    }


def _clauses(document: Document) -> Iterable[str]:
    """Yield one comment per clause with text of its own: the id and its figures, never its words."""
    for name, clause in make_lock(document).clauses.items():
        if not clause.heading_only or clause.figures:
            figures = "、".join(dict.fromkeys(show_key(keys[0]) for keys in clause.figures))
            yield f"#  {name}: {{class: , why: }}" + (f"  # 数：{figures}" if figures else "")


def _flow(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(_scalar(text) for text in texts)}]"


def _scalar(text: str) -> str:
    """Quote a text for YAML.

    >>> _scalar("甲〔2022〕1号#2")
    "'甲〔2022〕1号#2'"
    """
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def _error(message: str, hint: str, place: Place | None = None) -> EdictError:
    return EdictError(Diagnostic("P190", message, hint, place))
