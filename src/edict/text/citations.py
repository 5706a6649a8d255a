"""What a document says about itself and others: effective and expiry clauses, repeals, amendments, basis, annexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edict.text.model import Annex, Clause, DatedClause
from edict.text.normalise import canonical_number, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}\s*[〔\[［]\s*(?:19|20)\d{2}\s*[〕\]］]\s*\d{1,4}\s*号")
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》|〈[^〈〉]*〉)+)》")
_PAIR = re.compile(
    _TITLE.pattern + r"(?:[^《》〔〕（(。；、]{0,6}[（(]\s*(" + _NUMBER.pattern + r")[^）)]{0,8}[）)])?",
)
_SENTENCE = re.compile(r"[^。；\n]*[。；\n]?")
_EFFECTIVE = re.compile(
    r"自\s*(?:公布|发布|印发|下发|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)[^。；，,]{0,6}?(?:起)[^。；，,]{0,6}?(?:施行|实施|执行|生效)",
)
_EXPIRY = re.compile(
    r"有效期[^。；，,]{1,20}|试行期[^。；，,]{1,16}|(?:施行|执行|实施)至\s*\d{4}[^。；，,]{1,12}",
)
_REPEAL = re.compile(r"(?<!或者)(?<!或)废止|停止执行")
_AMEND = re.compile(r"修改为|修订为|予以修改|作如下修改|进行修订")
_BASIS = re.compile(r"根据|依据|按照|贯彻落实|落实|结合")


def _sentences(text: str) -> Iterable[str]:
    return (match[0] for match in _SENTENCE.finditer(text) if match[0].strip())


def _references(text: str) -> list[str]:
    """Return cited documents: the number when one is printed, else the 《title》."""
    found: list[str] = []
    for match in _PAIR.finditer(text):
        number = match[2]
        found.append(canonical_number(number) if number else f"《{tidy(match[1])}》")
    rest = _PAIR.sub("", text)
    found.extend(canonical_number(each) for each in _NUMBER.findall(rest))
    return list(dict.fromkeys(found))


def find_references(text: str) -> tuple[str, ...]:
    """Return the documents that a text cites, by number where it is printed, else by 《title》.

    >>> find_references("《甲办法》（甲政〔2018〕40号）、《乙条例》同时废止。")
    ('甲政〔2018〕40号', '《乙条例》')
    """
    return tuple(_references(text))


def find_dated(root: Clause, *, expiry: bool = False) -> tuple[DatedClause, ...]:
    """Return the clauses that print when the document takes effect, or (``expiry``) ceases."""
    pattern = _EXPIRY if expiry else _EFFECTIVE
    found: list[DatedClause] = []
    for clause in root.walk():
        if clause.kind in ("row", "table"):
            continue
        found.extend(
            DatedClause(clause.id, tidy(match[0]))
            for match in pattern.finditer(clause.text.replace("\n", ""))
        )
    return tuple(found)


def find_repeals(root: Clause) -> tuple[str, ...]:
    """Return what the document repeals, as printed beside 废止 or 停止执行."""
    return _cited_beside(root, _REPEAL)


def find_amends(root: Clause) -> tuple[str, ...]:
    """Return what the document amends."""
    return _cited_beside(root, _AMEND)


def _cited_beside(root: Clause, verb: re.Pattern[str]) -> tuple[str, ...]:
    found: list[str] = []
    for clause in root.walk():
        for sentence in _sentences(clause.text):
            match = verb.search(sentence)
            if match and "《" in sentence[: match.start() + 20] and "应当" not in sentence:
                found.extend(_references(sentence))
    return tuple(dict.fromkeys(found))


def find_basis(root: Clause) -> tuple[str, ...]:
    """Return what the document is based on, as its opening text or first articles say."""
    found: list[str] = []
    for clause in root.walk():
        opening = clause.kind in ("preamble", "notice") or clause.label.replace(" ", "") in (
            "第一条",
            "1.2",
            "1.1",
        )
        if not opening:
            continue
        if "依据" in clause.heading:
            found.extend(_references(clause.text))
            continue
        for sentence in _sentences(clause.text):
            match = _BASIS.search(sentence)
            if match:
                found.extend(_references(sentence[match.start() :]))
    return tuple(dict.fromkeys(found))


_ANNEX_LIST = re.compile(r"附\s*件\s*(\d{0,2})\s*[:：]\s*(?P<list>.+)", re.DOTALL)
_ANNEX_ITEM = re.compile(r"(?:^|\n|(?<=\S)\s|(?<=[）)]))(\d{1,2})\s*[.．]\s*")
_OMITTED = re.compile(r"[（(]\s*略\s*[）)]")


def find_annexes(root: Clause) -> tuple[Annex, ...]:
    """Return the annexes that the text lists or prints; ``omitted`` when marked （略）."""
    found: dict[str, Annex] = {}
    for clause in root.walk():
        if clause.kind == "annex":
            label = clause.id
            known = found.get(label)
            title = tidy(clause.heading) or (known.title if known else "")
            omitted = bool(_OMITTED.search(clause.heading + clause.text[:200])) and not clause.children
            found[label] = Annex(label, _OMITTED.sub("", title), omitted)
        else:
            for annex in _listed(clause.text):
                found.setdefault(annex.label, annex)
    return tuple(found.values())


def _listed(text: str) -> list[Annex]:
    match = re.search(r"(?:^|\n)" + _ANNEX_LIST.pattern, text, re.DOTALL)
    if not match:
        return []
    body = match["list"]
    pieces = _ANNEX_ITEM.split(body)
    if len(pieces) < 3:
        title = body.split("\n")[0]
        return [Annex(f"附件{match[1]}", _OMITTED.sub("", tidy(title)), bool(_OMITTED.search(body)))]
    pairs = zip(pieces[1::2], pieces[2::2], strict=False)
    return [
        Annex(f"附件{number}", _OMITTED.sub("", tidy(title)), bool(_OMITTED.search(title)))
        for number, title in pairs
    ]
