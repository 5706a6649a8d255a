"""The set as OpenFisca-Core variables: one per fact and one per rule, vectorised, figures written into the formulas.

OpenFisca stores money as float32 元 and whole numbers as int32; that is its default and is left as it is. Looking
figures up in its parameter tree would be slower than the constants used here. Bands come in two forms: its own scales,
as its documentation writes them, or (``tuned``) the fastest numpy we could write instead.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.taxscales import MarginalRateTaxScale, SingleAmountTaxScale
from openfisca_core.variables import Variable

from benchmarks.rules import COUNTS, ENUMS, FLAGS, MONEY, Flat, Membership, PerUnit, Rate, Rule, Steps, Tiers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openfisca_core.simulations import Simulation

    Formula = Callable[[Any, Any], Any]

PERIOD = "2022"
FIRM = Entity("firm", "firms", "Firm", "")
CATEGORIES = {
    name: Enum(f"Enum_{n}", {f"v{m}": value for m, value in enumerate(values)})
    for n, (name, values) in enumerate(ENUMS.items())
}


def build_system(rules: tuple[Rule, ...], *, tuned: bool) -> TaxBenefitSystem:
    """Return the system with 11 input variables and one computed variable per rule."""
    system = TaxBenefitSystem([FIRM])
    kinds: Mapping[str, type] = (
        dict.fromkeys(MONEY, float) | dict.fromkeys(COUNTS, int) | dict.fromkeys(FLAGS, bool)
    )
    for name, kind in kinds.items():
        system.add_variable(_variable(name, kind))
    for name, kind in CATEGORIES.items():
        other = list(kind)[-1]
        system.add_variable(_variable(name, Enum, possible_values=kind, default_value=other))
    for rule in rules:
        system.add_variable(
            _variable(rule.name, float, formula=_formula(rule, _amount(rule) if tuned else _documented(rule)))
        )
    return system


def simulation(system: TaxBenefitSystem, facts: Mapping[str, np.ndarray]) -> Simulation:
    """Return a simulation of as many firms as the arrays are long; categories come as codes."""
    built = SimulationBuilder().build_default_simulation(system, len(next(iter(facts.values()))))
    for name, values in facts.items():
        built.set_input(name, PERIOD, values)
    return built


def _variable(name: str, kind: type, **more: object) -> type[Variable]:
    return type(
        name, (Variable,), {"value_type": kind, "entity": FIRM, "definition_period": DateUnit.YEAR, **more}
    )


def _formula(rule: Rule, amount: Formula) -> Formula:
    def formula(firm: Any, period: Any) -> Any:
        return np.where(_holds(rule, firm, period), amount(firm, period), 0)

    return formula


def _holds(rule: Rule, firm: Any, period: Any) -> Any:
    tests = [firm(fact, period) >= _yuan(fact, figure) for fact, figure in rule.when.at_least]
    tests += [firm(fact, period) for fact in rule.when.flags]
    if rule.when.any_of:
        tests.append(np.logical_or.reduce([firm(fact, period) for fact in rule.when.any_of]))
    tests += [_among(firm(fact, period), fact, values) for fact, values in rule.when.among]
    holds = tests[0]
    for test in tests[1:]:
        holds = holds & test
    return holds


def _among(codes: Any, fact: str, values: tuple[str, ...]) -> Any:
    """Compare codes with ``==``: ``numpy.isin`` is many times slower for a few values."""
    plain = codes.view(np.ndarray)
    found = plain == ENUMS[fact].index(values[0])
    for value in values[1:]:
        found = found | (plain == ENUMS[fact].index(value))
    return found


def _documented(rule: Rule) -> Formula:
    """Return the amount with OpenFisca's own scales for bands; all else as tuned."""
    match rule.amount:
        case Steps(base=base, bands=bands):
            steps = SingleAmountTaxScale()
            for start, fen in bands:
                steps.add_bracket(start / 100, fen / 100)
            return lambda firm, period: steps.calc(firm(base, period), right=True)
        case Tiers(base=base, bands=bands, cap=cap):
            tiers = MarginalRateTaxScale()
            for start, points in bands:
                tiers.add_bracket(start / 100, points / 10000)
            return lambda firm, period: np.minimum(tiers.calc(firm(base, period)), cap / 100)
        case _:
            return _amount(rule)


def _amount(rule: Rule) -> Formula:
    match rule.amount:
        case Rate(base=base, basis_points=points, cap=cap):
            return lambda firm, period: np.minimum(firm(base, period) * (points / 10000), cap / 100)
        case Flat(fen=fen):
            return lambda _firm, _period: np.float32(fen / 100)
        case Steps(base=base, bands=bands):
            starts = np.array([start / 100 for start, _ in bands], dtype=np.float32)
            sums = np.array([0, *(fen / 100 for _, fen in bands)], dtype=np.float32)
            return lambda firm, period: sums[np.searchsorted(starts, firm(base, period), side="right")]
        case Tiers(base=base, bands=bands, cap=cap):
            return lambda firm, period: np.minimum(_marginal(firm(base, period), bands), cap / 100)
        case PerUnit(base=base, each=each, fen=fen, cap=cap):
            if base in COUNTS:
                return lambda firm, period: np.minimum(firm(base, period) * np.float32(fen / 100), cap / 100)
            return lambda firm, period: np.minimum(
                np.floor(firm(base, period) / (each / 100)) * (fen / 100), cap / 100
            )
        case Membership(by=by, fen=sums):
            known = dict(sums)
            table = np.array([known.get(value, 0) / 100 for value in ENUMS[by]], dtype=np.float32)
            return lambda firm, period: table[firm(by, period).view(np.ndarray)]


def _marginal(base: Any, bands: tuple[tuple[int, int], ...]) -> Any:
    """Sum of (rate − rate below) × (base above the start of the band)."""
    total = base * (bands[0][1] / 10000)
    for (_, below), (start, points) in pairwise(bands):
        total += np.maximum(base - start / 100, 0) * ((points - below) / 10000)
    return total


def _yuan(fact: str, figure: int) -> float:
    return figure if fact in COUNTS else figure / 100
