"""A third, straightforward implementation on int64 arrays that the totals are held against, rule by rule, to the 分."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rules import ENUMS, Flat, Membership, PerUnit, Rate, Rule, Steps, Tiers

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array = np.ndarray


def totals(
    rules: tuple[Rule, ...], facts: Mapping[str, Array], known: Mapping[str, Array]
) -> dict[str, tuple[int, int]]:
    """Return (rows granted, sum in 分) by rule; ``known`` marks the facts that are there."""
    found = {}
    for rule in rules:
        rows = np.flatnonzero(_granted(rule, facts, known))
        found[rule.name] = (len(rows), int(_fen(rule, facts, rows).sum()))
    return found


def _granted(rule: Rule, facts: Mapping[str, Array], known: Mapping[str, Array]) -> Array:
    """A row is granted where every condition is certainly true."""
    tests = [known[fact] & (facts[fact] >= figure) for fact, figure in rule.when.at_least]
    tests += [known[fact] & facts[fact] for fact in rule.when.flags]
    if rule.when.any_of:
        tests.append(np.any([known[fact] & facts[fact] for fact in rule.when.any_of], axis=0))
    tests += [
        known[fact] & np.isin(facts[fact], [ENUMS[fact].index(each) for each in values])
        for fact, values in rule.when.among
    ]
    match rule.amount:
        case Steps(base=base, bands=bands):
            tests.append(known[base] & (facts[base] >= bands[0][0]))
        case Membership(by=by):
            tests.append(known[by] & (facts[by] < len(ENUMS[by]) - 1))
        case _:
            pass
    return np.all(tests, axis=0)


def _fen(rule: Rule, facts: Mapping[str, Array], rows: Array) -> Array:
    match rule.amount:
        case Rate(base=base, basis_points=points, cap=cap):
            return np.minimum((facts[base][rows] * points + 5000) // 10000, cap)
        case Flat(fen=fen):
            return np.full(len(rows), fen, dtype=np.int64)
        case Steps(base=base, bands=bands):
            found = np.zeros(len(rows), dtype=np.int64)
            for start, fen in bands:
                found[facts[base][rows] >= start] = fen
            return found
        case Tiers(base=base, bands=bands, cap=cap):
            return np.minimum((_marginal(facts[base][rows], bands) + 5000) // 10000, cap)
        case PerUnit(base=base, each=each, fen=fen, cap=cap):
            return np.minimum(facts[base][rows] // each * fen, cap)
        case Membership(by=by, fen=sums):
            known = dict(sums)
            table = np.array([known.get(value, 0) for value in ENUMS[by]], dtype=np.int64)
            return table[facts[by][rows]]


def _marginal(base: Array, bands: tuple[tuple[int, int], ...]) -> Array:
    """Band by band: the part of the base inside the band times the band's rate."""
    total = np.zeros(len(base), dtype=np.int64)
    ends = [start for start, _ in bands[1:]] + [None]
    for (start, points), end in zip(bands, ends, strict=True):
        inside = np.clip(base, start, end) - start
        total += inside * points
    return total
