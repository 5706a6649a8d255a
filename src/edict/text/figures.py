"""Figures: every quantity that a clause prints, with its value, unit, bound and place.

Not figures, each by a named rule: numbers of documents, ordinals, numbering labels, codes and technical names,
telephone numbers, times of day, and Chinese numerals that are prose: 一 before a classifier (一个, 一家; but
每年一次 counts), 二 before a unit (二期, 二次), anything inside quotation marks, and the names of plans
(三年行动计划). A rank in a name (500强) is a figure of kind ``name``, which no rule need repeat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.core.quantity import Quantity, Unit, parse_unit, plain_number, unit_kind, unit_scale
from edict.text import figure_patterns as patterns
from edict.text.figure_scan import DIMENSIONLESS, Atom, number_of, scale_of, scan, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDS = {
    ">=": "不低于 不少于 不小于 不短于 不得低于 不得少于 不得小于 不得短于 最低 最少 至少 提前 达到 达 满 ≥ 以上 及以上 及其以上",
    "<=": "不高于 不超过 不超出 不多于 不大于 不长于 不得高于 不得超过 不得超出 不得多于 不得大于 不得长于 未超过 最高 最多 最长 ≤ 控制在 以下 及以下 以内 及以内 之内 内 前 之前 以前 底前 年底前 末前",
    ">": "高于 多于 大于 超过 突破 超出 超 > 以外",
    "<": "不足 未满 不满 未达到 低于 少于 小于 <",
}
_BOUND_OF = {word: bound for bound, words in _BOUNDS.items() for word in words.split()}
_STRICT = {">=": ">", "<=": "<"}
_MONEY = parse_unit("元")


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed quantity; ``value`` (and ``high``, of a range) are exact in base units.

    ``kind`` is money, ratio, area, length, duration, date, count, number, pair, rate, name or another kind of
    :func:`edict.core.quantity.unit_kind`. A date's value is its digits: 2022, 202206, 20220630, 630, or -5 for
    the fifth of a month. A pair's value is its first part divided by its second.
    ``bound`` is one of ``""``, ``>=``, ``<=``, ``>``, ``<``; ``qualifier`` holds the printed words.
    ``span`` is the half-open range in the text given, ``text`` the characters there.
    """

    value: Fraction
    high: Fraction | None
    unit: Unit
    kind: str
    bound: str
    qualifier: str
    span: tuple[int, int]
    text: str


def find_figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text in order of place, without overlaps.

    >>> [f.text + f.bound for f in find_figures("给予不超过50万元、研发投入2%以上的补贴，3年内拨付。")]
    ['50万元<=', '2%>=', '3年<=']
    """
    folded = patterns.fold(text)
    atoms, _ = scan(folded)
    return tuple(_figure(text, folded, atom) for atom in _join(folded, atoms))


def unexplained_digits(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of digit groups that have neither a unit nor a named reason to have none.

    >>> unexplained_digits("第3条 补贴5万元，甲7乙")
    ((11, 12),)
    """
    folded = patterns.fold(text)
    atoms, _ = scan(folded)
    return tuple(
        (atom.start, atom.end)
        for atom in _join(folded, atoms)
        if atom.kind == "number" and not _is_known_bare(folded, atom)
    )


def excluded_digits(text: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return what is no figure although it has digits: the name of the rule and the span.

    >>> excluded_digits("依据某政〔2020〕5号第2条")
    (('document_number', (4, 12)), ('ordinal', (12, 15)))
    """
    return tuple(scan(patterns.fold(text))[1])


def figure_keys(figure: Figure) -> tuple[str, ...]:
    """Return the canonical forms under which a rule may repeat the figure; no duplicates.

    Both ends of a range, each part's share of a pair, and of a rate also the plain amount.

    >>> [figure_keys(f) for f in find_figures("按1:1分担，5—10%，每人每年5000元")]
    [('1:1', '0.5'), ('0.05', '0.1'), ('1250/3元/人/月', '5000元')]
    """
    if figure.kind == "date":
        keys = [_date_key(value) for value in (figure.value, figure.high) if value is not None]
    elif figure.kind == "pair":
        parts = [Fraction(part) for part in re.sub(r"\s", "", patterns.fold(figure.text)).split(":")]
        keys = [
            ":".join(plain_number(part) for part in parts),
            *(plain_number(part / sum(parts)) for part in parts),
        ]
    else:
        ends = [end for end in (figure.value, figure.high) if end is not None]
        keys = [plain_number(end) + str(figure.unit) for end in ends]
        if figure.kind in {"count", "score"}:
            keys += [plain_number(end) for end in ends]
        elif figure.kind == "rate":
            keys += _plain_amounts(figure)
    return tuple(dict.fromkeys(keys))


def quantity_key(quantity: Quantity) -> str:
    """Return the canonical form of a quantity, equal to a key of every figure that prints it.

    >>> from edict.core.quantity import parse_quantity
    >>> quantity_key(parse_quantity("1亿元")), quantity_key(parse_quantity("3年"))
    ('100000000元', '36月')
    """
    return plain_number(quantity.value) + str(quantity.unit)


def _plain_amounts(figure: Figure) -> Iterator[str]:
    """Yield the numerator as printed: 5000元 of 5000元/人/年, both ends of 每家5—10万元, 5000000元 of 每户500万."""
    for inner in find_figures(figure.text):
        if inner.kind != "rate":
            ends = [end for end in (inner.value, inner.high) if end is not None]
            yield from (plain_number(end) + (str(inner.unit) or "元") for end in ends)
            continue
        for found in patterns.QUANTITY.finditer(patterns.fold(inner.text)):
            if found["unit"]:
                name = squeeze(found["unit"])
                amount = number_of(found["number"]) * scale_of(found["multiplier"]) * unit_scale(name)
                yield plain_number(amount) + str(parse_unit(name))


def _date_key(value: Fraction) -> str:
    """Return an ISO 8601 form: 2022, 2022-06, 2022-06-30, --06, --06-30, ---05."""
    n = int(value)
    if n < 0:
        return f"---{-n:02d}"
    if n < 13:
        return f"--{n:02d}"
    if n < 1300:
        return f"--{n // 100:02d}-{n % 100:02d}"
    if n < 10_000:
        return str(n)
    if n < 1_000_000:
        return f"{n // 100}-{n % 100:02d}"
    return f"{n // 10_000}-{n // 100 % 100:02d}-{n % 100:02d}"


def _join(folded: str, atoms: list[Atom]) -> list[Atom]:
    """Give elided units back (1、3、5亿元), join ranges (5—10万元) and settle what 500万 counts."""
    done: list[Atom] = []
    for atom in reversed(atoms):
        left = atom
        if done:
            gap = folded[atom.end : done[-1].start]
            left = _inherit(gap, atom, done[-1])
            joined = _range(gap, left, done[-1])
            if joined:
                done[-1] = joined
                continue
        done.append(left)
    done.reverse()
    return [_settle(folded, atom) for atom in done]


def _inherit(gap: str, left: Atom, right: Atom) -> Atom:
    if left.unit is not None or left.kind == "name" or len(gap) > 16:
        return left
    weak = left.multiplied and patterns.WEAK_GAP.fullmatch(gap)
    if not (weak or patterns.RANGE_GAP.fullmatch(gap) or patterns.LIST_GAP.fullmatch(gap)):
        return left
    if right.kind == "date":
        dated = 1900 <= left.number < 2100 or (left.number <= 31 and right.number < 1300)
        return replace(left, kind="date", unit=DIMENSIONLESS) if dated else left
    if right.kind in {"pair", "name"} or (right.unit is None and not right.multiplied):
        return left
    if right.unit is None:
        return left if left.multiplied else replace(left, scale=right.scale, multiplied=True)
    if not left.multiplied:
        return replace(left, kind="", scale=right.scale, unit=right.unit)
    return replace(left, kind="", unit=right.unit)


def _range(gap: str, left: Atom, right: Atom) -> Atom | None:
    found = patterns.RANGE_GAP.fullmatch(gap) if len(gap) <= 16 else None
    if not found or right.high is not None or not _same_measure(left, right):
        return None
    low, high = left.number * left.scale, right.number * right.scale
    if left.kind == "date":
        high = _with_year(low, high)
    elif low > high and found["dash"] not in {"至", "到"}:
        low, high = high, low
    if left.kind == "pair" or low >= high:
        return None
    return replace(
        left,
        number=low / right.scale,
        scale=right.scale,
        high=high,
        end=right.end,
        closed=found["closed"] or left.closed,
    )


def _with_year(left: Fraction, right: Fraction) -> Fraction:
    """Give the end of a range of dates the year of its start: 2022年3月—6月, 2022年3月1日—6月5日."""
    if 10**5 < left < 10**6 and 0 < right < 13:
        return left // 100 * 100 + right
    if left > 10**7 and 100 < right < 1300:
        return left // 10**4 * 10**4 + right
    return right


def _same_measure(left: Atom, right: Atom) -> bool:
    alike = left.kind == right.kind and left.unit == right.unit
    return alike and (left.unit is not None or left.multiplied == right.multiplied)


def _settle(folded: str, atom: Atom) -> Atom:
    """Read 500万 as money where money is spoken of, and fold 每人每年 before an amount into its unit."""
    if atom.unit is None and atom.multiplied:
        near = patterns.MONEY_CONTEXT.search(folded, max(0, atom.start - 24), atom.end + 24)
        atom = replace(atom, kind="", unit=_MONEY) if near else atom
    found = atom.unit == _MONEY and patterns.PER.search(squeeze(folded[max(0, atom.start - 28) : atom.start]))
    if not found:
        return atom
    share, unit = Fraction(1), _MONEY
    for name in patterns.EACH.findall(found[0]):
        share, unit = share / unit_scale(name), unit / parse_unit(name)
    high = None if atom.high is None else atom.high * share
    return replace(atom, scale=atom.scale * share, unit=unit, high=high)


def _figure(text: str, folded: str, atom: Atom) -> Figure:
    bound, qualifier = _bound(folded, atom)
    unit = atom.unit or DIMENSIONLESS
    kind = atom.kind or (unit_kind(unit) if unit.dims else "ratio")
    span, value = (atom.start, atom.end), atom.number * atom.scale
    return Figure(value, atom.high, unit, kind, bound, qualifier, span, text[slice(*span)])


def _bound(folded: str, atom: Atom) -> tuple[str, str]:
    before = patterns.BEFORE.search(squeeze(folded[max(0, atom.start - 18) : atom.start]))
    after = patterns.AFTER.match(folded, atom.end)
    ahead = before["words"] if before else ""
    behind = after["words"] or "" if after else ""
    closed = atom.closed or (after and (after["closed"] or after["closed2"])) or ""
    duration = unit_kind(atom.unit or DIMENSIONLESS) == "duration"
    if behind == "内" and not duration:
        behind = ""
    if ahead == "前" and (duration or atom.kind == "date" or not atom.unit):
        ahead = ""
    implied = ">=" if atom.more else "<=" if ahead == "前" else ""
    bound = _BOUND_OF.get(behind) or _BOUND_OF.get(ahead) or implied
    if duration and bound == "<=" and behind.endswith("前"):
        bound = ">="  # 15日前公告: at least so long before
    if atom.high is not None:
        bound = ""
    if "不含" in closed:
        bound = _STRICT.get(bound, bound)
    return bound, atom.more + ahead + closed + behind


def _is_known_bare(folded: str, atom: Atom) -> bool:
    """Return whether a number without unit is understood: announced by a word, or alone in a cell or field."""
    if atom.high is not None or atom.multiplied:
        return True
    before, after = folded[max(0, atom.start - 8) : atom.start], folded[atom.end : atom.end + 8]
    if patterns.ANNOUNCED.search(before):
        return True
    if patterns.CELL_BEFORE.search(before) and patterns.CELL_AFTER.match(after):
        return True
    if not (patterns.FIELD_BEFORE.search(before) and patterns.FIELD_AFTER.match(after)):
        return False
    line = (
        folded[max(0, atom.start - 80) : atom.start].rpartition("\n")[2]
        + folded[atom.end : atom.end + 80].partition("\n")[0]
    )
    return not re.search("[，。；、,;]", line)
