"""Finding where documents begin: number line, title above it, date, addressees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from edict.core.numerals import parse_numeral
from edict.text.lines import is_furniture
from edict.text.normalise import canonical_number, normalise, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edict.text.lines import Line

_DATE = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_NUMBER_LINE = re.compile(rf"^([\u4e00-\u9fff]{{2,8}})\[(\d{{4}})\](\d{{1,4}})号(?:{_DATE})?$")
_ORDER_LINE = re.compile(r"^[\u4e00-\u9fff]{2,12}人民政府令$")
_ORDER_SERIAL = re.compile(r"^第(\d{1,4})号$")
_PERSONNEL = re.compile(r"^([\u4e00-\u9fff]{2,12}人民政府)任免(?:通知|人员)$")
_ISSUER = re.compile(r"^([\u4e00-\u9fff]{2,10}人民政府(?:办公厅|办公室)?)")
_LETTERHEAD = re.compile(r"人民政府(?:办公厅|办公室)?文件$")
_ADOPTED = re.compile(r"^<(.+?)>业经")
_FULL_DATE = re.compile(_DATE)
_HAN_DATE = re.compile(
    r"([二〇零○一三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日",
)
_ADDRESSEES = re.compile(r"(?:单位|人民政府|政府|部门|委员会|管委会|企业|直属机构)[:：]$")
_HEADER_LINES = 6


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a document begins and what its head says; line positions are indices into the file's lines."""

    first: int
    body: int
    number: str
    numbered: bool
    title: str
    issuer: str
    addressees: str
    issued: date | None


def parse_date(text: str) -> date | None:
    """Return the first date in the text, in digits or Chinese numerals, or None when there is none or it is impossible.

    >>> parse_date("二〇二二年七月一日")
    datetime.date(2022, 7, 1)
    """
    folded = normalise(text)
    if match := _FULL_DATE.search(folded):
        values = [int(each) for each in match.groups()]
    elif match := _HAN_DATE.search(folded):
        values = [int(parse_numeral(each)) for each in match.groups()]
    else:
        return None
    try:
        return date(*values)
    except ValueError:
        return None


def find_headings(lines: Sequence[Line]) -> list[Heading]:
    """Return the head of every document in printed order."""
    found: list[Heading] = []
    floor = 0
    for position, line in enumerate(lines):
        if position < floor or line.columns > 90:
            continue
        heading = _heading_at(lines, position, floor)
        if heading:
            found.append(heading)
            floor = heading.body
    return found


def _heading_at(lines: Sequence[Line], position: int, floor: int) -> Heading | None:
    folded = normalise(lines[position].text)
    if _NUMBER_LINE.match(folded):
        return _numbered(lines, position, floor)
    if _ORDER_LINE.match(folded) and position + 1 < len(lines):
        serial = _ORDER_SERIAL.match(normalise(lines[position + 1].text))
        return _order(lines, position, floor) if serial else None
    if match := _PERSONNEL.match(folded):
        return _personnel(lines, position, match[1])
    return None


def _numbered(lines: Sequence[Line], position: int, floor: int) -> Heading:
    text = normalise(lines[position].text)
    number = canonical_number(_FULL_DATE.sub("", text))
    issued = parse_date(text)
    first = _title_start(lines, position, floor)
    body = position + 1
    if first < position and _LETTERHEAD.search(normalise(lines[first].text)):
        title, body = _title_below(lines, body)
    else:
        title = _join_title(lines[first:position])
    if issued is None and body < len(lines) and _is_date_line(lines[body].text):
        issued, body = parse_date(lines[body].text), body + 1
    addressees, body = _addressees(lines, body)
    if issued is None:
        issued = _signature_date(lines[body : body + 30])
    return Heading(first, body, number, True, title, _issuer(title), addressees, issued)


def _title_start(lines: Sequence[Line], position: int, floor: int) -> int:
    """Return the line where the title above a number line begins: the nearest one that opens with the issuer."""
    for back in range(position - 1, max(floor, position - _HEADER_LINES) - 1, -1):
        text = tidy(lines[back].text)
        if is_furniture(lines[back].text):
            continue
        issuer = _ISSUER.match(text)
        if issuer and (len(text) <= len(issuer[1]) + 8 or text[len(issuer[1]) :].startswith("关于")):
            return back
        if _LETTERHEAD.search(text):
            return back
    return position


def _title_below(lines: Sequence[Line], start: int) -> tuple[str, int]:
    for stop in range(start, min(start + _HEADER_LINES, len(lines))):
        if re.search(r"(?:通知|意见|决定|通报|公告|办法|规定|批复|函)$", normalise(lines[stop].text)):
            return _join_title(lines[start : stop + 1]), stop + 1
    return "", start


def _join_title(lines: Sequence[Line]) -> str:
    return tidy("　".join(line.text for line in lines if not is_furniture(line.text)))


def _issuer(title: str) -> str:
    head, about, _ = title.partition("关于")
    if about and head:
        return head
    match = _ISSUER.match(title)
    return match[1] if match else ""


def _is_date_line(text: str) -> bool:
    return bool(re.fullmatch(_DATE, normalise(text)) or _HAN_DATE.fullmatch(normalise(text)))


def _signature_date(lines: Sequence[Line]) -> date | None:
    return next((parse_date(line.text) for line in lines if _is_date_line(line.text)), None)


def _addressees(lines: Sequence[Line], start: int) -> tuple[str, int]:
    """Return the addressees, which may run over some lines and end with a colon, and the line after them."""
    for stop in range(start, min(start + 5, len(lines))):
        text = lines[stop].text
        if _ADDRESSEES.search(normalise(text).replace(":", "：")):
            return tidy("".join(line.text for line in lines[start : stop + 1])).rstrip("：:"), stop + 1
        if re.search(r"[。！]", text):
            break
    return "", start


def _order(lines: Sequence[Line], position: int, floor: int) -> Heading:
    number = canonical_number(lines[position].text + lines[position + 1].text)
    body = position + 2
    adopted = normalise("".join(line.text for line in lines[body : body + 4]))
    match = _ADOPTED.match(adopted)
    title = match[1] if match else ""
    issuer = normalise(lines[position].text)[:-1]
    first = position
    if position > floor and title and normalise(lines[position - 1].text) == title:
        first = position - 1
    printed = tidy(lines[first].text) if first < position else title
    return Heading(first, body, number, True, printed, issuer, "", _signature_date(lines[body : body + 10]))


def _personnel(lines: Sequence[Line], position: int, issuer: str) -> Heading:
    following = lines[position + 1 : position + 6]
    issued = next((found for line in following if (found := parse_date(line.text))), None)
    stamp = f"{issued.year}年{issued.month}月{issued.day}日" if issued else "日期未印"
    title = tidy(lines[position].text)
    return Heading(position, position + 1, f"任免通知（{stamp}）", False, title, issuer, "", issued)
