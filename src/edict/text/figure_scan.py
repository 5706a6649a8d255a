"""From a folded text to atoms: single numbers with what is printed on them, before ranges, lists and bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from edict.core.numerals import parse_numeral
from edict.core.quantity import Unit, parse_unit, unit_scale
from edict.text import figure_patterns as patterns

DIMENSIONLESS = Unit()

_EXCLUDED = frozenset(
    [
        "document_number",
        "ordinal",
        "label",
        "page_header",
        "code",
        "technical_name",
        "telephone",
        "page_number",
        "clock",
        "serial",
    ]
)
_MULTIPLIERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class Atom:
    """A match before ranges, lists and bounds: ``number`` × ``scale`` in ``unit``; unit None means none printed."""

    kind: str
    number: Fraction
    start: int
    end: int
    scale: Fraction = Fraction(1)
    unit: Unit | None = None
    multiplied: bool = False
    more: str = ""
    high: Fraction | None = None
    closed: str = ""


def scan(folded: str) -> tuple[list[Atom], list[tuple[str, tuple[int, int]]]]:
    """Return the atoms and the exclusions of a folded text."""
    atoms: list[Atom] = []
    excluded: list[tuple[str, tuple[int, int]]] = []
    for found in patterns.MASTER.finditer(folded):
        name = found.lastgroup or ""
        if name in _EXCLUDED:
            excluded.append((name, found.span()))
            continue
        atom = _READERS[name](folded, found)
        if isinstance(atom, str):
            excluded.append((atom, found.span()))
        elif atom:
            atoms.append(atom)
    return atoms, excluded


def _read_quantity(folded: str, found: re.Match[str]) -> Atom | str:
    number, start = number_of(found["number"]), found.start()
    multiplier, unit = found["multiplier"], found["unit"]
    if patterns.ROW_UNIT_AFTER.match(folded, found.end("number")) and _line_start(folded, start):
        return "label"
    if not unit and not multiplier:
        return _bare(folded, number, start, found.end("number"))
    scale, base = _measure(unit, found["below"] or "") if unit else (Fraction(1), None)
    end = found.end() if unit else start + len(folded[start : found.end("multiplier")].rstrip())
    more = (found["more"] or "") + (found["more2"] or "")
    kind, closed = "" if unit else "number", found["inner"] or ""
    return Atom(
        kind, number, start, end, scale * scale_of(multiplier), base, bool(multiplier), more, closed=closed
    )


def _line_start(folded: str, start: int) -> bool:
    return patterns.LINE_START.search(folded[max(0, start - 8) : start]) is not None


def _bare(folded: str, number: Fraction, start: int, end: int) -> Atom | str:
    before, after = folded[max(0, start - 14) : start], folded[end : end + 6]
    if patterns.LABEL_BEFORE.search(before) and patterns.LABEL_AFTER.match(after):
        return "label"
    if patterns.THING_AFTER.match(after) or patterns.NUMBERED_THING_BEFORE.search(before):
        return "thing_number"
    named = patterns.NAME_AFTER.match(after)
    if named:
        return Atom("name", number, start, end + named.end())
    if before.rfind("“") > before.rfind("”"):
        return "quoted_name"
    if _line_start(folded, start) and patterns.HEADING_AFTER.match(after):
        return "label"
    return Atom("number", number, start, end)


def _read_slash_fraction(_folded: str, found: re.Match[str]) -> Atom | str | None:
    ratio = Fraction(found[0])
    return Atom("ratio", ratio, found.start(), found.end(), unit=DIMENSIONLESS) if ratio < 1 else "slash_pair"


def _read_pair(_folded: str, found: re.Match[str]) -> Atom | str | None:
    parts = [number_of(part) for part in found[0].split(":")]
    if not all(parts):
        return "clock"
    return Atom("pair", parts[0] / parts[1], found.start(), found.end(), unit=DIMENSIONLESS)


def _read_date(_folded: str, found: re.Match[str]) -> Atom | str | None:
    first, _, last = re.sub("[~至到-]", "—", found[0]).partition("—")
    parts = [int(part) for part in re.findall(r"\d+", first)]
    atom = _date(parts, found, day_only=len(parts) == 1 and first.endswith("日"))
    if not last or isinstance(atom, str):
        return atom
    day = int(re.findall(r"\d+", last)[0])
    return replace(atom, high=atom.number - parts[-1] + day) if parts[-1] < day <= 31 else "impossible_date"


def _read_chinese_date(_folded: str, found: re.Match[str]) -> Atom | str | None:
    return _date(
        [int(parse_numeral(part)) for part in re.split("[年月日]", found[0]) if part], found, day_only=False
    )


def _date(parts: list[int], found: re.Match[str], *, day_only: bool) -> Atom | str:
    month_day = parts[1:] if parts[0] > 31 else parts
    if any(not 1 <= part <= 31 for part in month_day) or (month_day and not day_only and month_day[0] > 12):
        return "impossible_date"
    value = -parts[0] if day_only else int("".join(f"{part:02d}" for part in parts))
    return Atom("date", Fraction(value), found.start(), found.end(), unit=DIMENSIONLESS)


def _read_fraction(_folded: str, found: re.Match[str]) -> Atom | str | None:
    below = {"百": 100, "千": 1000, "万": 10_000}
    try:
        part = Fraction(below[found["part"]]) if found["part"] in below else parse_numeral(found["part"])
        above = found["parts"]
        number = (number_of(above) if above[0].isascii() else parse_numeral(above)) / part
    except (ValueError, ZeroDivisionError):
        return None
    return Atom("ratio", number, found.start(), found.end(), unit=DIMENSIONLESS)


def _read_chinese(folded: str, found: re.Match[str]) -> Atom | str | None:
    numeral, unit = found["numeral"], found["measure"] or found["classifier"]
    elided = unit == "元" and numeral in {"百亿", "千亿", "万亿", "百万", "千万"}
    try:
        number = parse_numeral("一" + numeral if elided else numeral)
    except ValueError:
        return None
    if _is_prose(folded, found):
        return None
    scale, base = _measure(unit, "")
    number += Fraction(1, 2) if found["half"] else 0
    return Atom("", number, found.start(), found.end(), scale, base, more=found["more3"])


def _is_prose(folded: str, found: re.Match[str]) -> bool:
    """Return whether a Chinese numeral with its unit names or points at something instead of counting it."""
    start, end = found.span()
    before, numeral = folded[max(0, start - 12) : start], found["numeral"]
    if numeral == "二" or before.endswith(("上", "下", "第")) or patterns.PLAN_AFTER.match(folded, end):
        return True
    if before.rfind("“") > before.rfind("”") and "”" in folded[end : end + 12]:
        return True
    if numeral == "一" and before.endswith(("同", "每", "这", "某", "任")):
        return True
    if numeral in {"一", "半"} and found["classifier"]:
        frequency = found["classifier"] == "次" and patterns.FREQUENCY_BEFORE.search(before)
        return not frequency or folded.startswith("性", end)
    return False


_READERS = {
    "quantity": _read_quantity,
    "pair": _read_pair,
    "date": _read_date,
    "chinese_date": _read_chinese_date,
    "slash_fraction": _read_slash_fraction,
    "fraction": _read_fraction,
    "chinese": _read_chinese,
}


def _measure(unit: str, below: str) -> tuple[Fraction, Unit]:
    printed = squeeze(unit) + re.sub("[·每]", "/", squeeze(below))
    return unit_scale(printed), parse_unit(printed)


def number_of(printed: str) -> Fraction:
    """Return the value of a printed Arabic number, which may hold spaces and thousands separators."""
    return Fraction(re.sub(r"[\s,]", "", printed))


def scale_of(multiplier: str | None) -> Fraction:
    """Return what 万, 千万, 亿 … multiply by; 1 for none."""
    scale = Fraction(1)
    for character in multiplier or "":
        scale *= _MULTIPLIERS.get(character, 1)
    return scale


def squeeze(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())
