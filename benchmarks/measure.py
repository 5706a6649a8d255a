"""One measurement per process, so that peak memory is the engine's own: ``python -m benchmarks.measure WHAT FOLDER``.

Clocks start after imports, after our plan is built and after OpenFisca's system is built. Both sides then read the rows
from files: ours the Parquet table through the public ``simulate``, OpenFisca arrays whose categories are already codes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.rules import FACTS, build_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from edict.rules.plan import Plan

AS_OF = date(2022, 7, 1)
APPLICANTS = 200
Outcome = dict[str, Any]


def ours(folder: Path) -> Outcome:
    """Totals of the 300 rules through ``simulate`` without near misses."""
    from benchmarks.as_pack import SUBJECT
    from edict.packs.load import load_library
    from edict.rules.build import build_plan
    from edict.rules.simulate import Options, simulate

    plan = build_plan(load_library(folder.parent / "packs"))
    tables = {SUBJECT: folder / "rows.parquet"}
    clock = _Clock()
    found = simulate(plan, SUBJECT, tables, AS_OF, Options(near_misses=False))
    return clock.read() | {"rules": {each.rule.name: [each.yes, each.fen] for each in found.totals}}


def openfisca(folder: Path, *, tuned: bool = False) -> Outcome:
    """Totals of the 300 variables, summed as float64.

    As documented: bands by OpenFisca's own scales, every result kept. ``tuned``: bands by plain numpy, every result
    dropped once it is summed.
    """
    from benchmarks.as_openfisca import PERIOD, build_system, simulation
    from benchmarks.data import read_arrays

    rules = build_rules()
    system = build_system(rules, tuned=tuned)
    clock = _Clock()
    run = simulation(system, _as_yuan(read_arrays(folder / "arrays")))
    found = {}
    for rule in rules:
        values = run.calculate(rule.name, PERIOD)
        found[rule.name] = [int((values > 0).sum()), float(values.sum(dtype="float64")) * 100]
        if tuned:
            run.delete_arrays(rule.name)
    return clock.read() | {"rules": found}


def openfisca_tuned(folder: Path) -> Outcome:
    """The fastest and leanest we could make it."""
    return openfisca(folder, tuned=True)


def exact(folder: Path) -> Outcome:
    """Totals by the oracle."""
    from benchmarks.data import read_arrays
    from benchmarks.oracle import totals

    facts, known = read_arrays(folder / "arrays"), read_arrays(folder / "arrays", ".known")
    clock = _Clock()
    found = totals(build_rules(), facts, known)
    return clock.read() | {"rules": found}


def one_ours(folder: Path) -> Outcome:
    """One applicant over the 300 rules with every condition's verdict."""
    from benchmarks.as_pack import SUBJECT

    return _applicants(folder.parent / "packs", SUBJECT, _some_rows(folder))


def one_openfisca(folder: Path) -> Outcome:
    """One applicant over the 300 variables: a new simulation each, as a request would be."""
    import numpy as np

    from benchmarks.as_openfisca import PERIOD, build_system, simulation
    from benchmarks.data import read_arrays

    rules = build_rules()
    system = build_system(rules, tuned=True)
    arrays = _as_yuan(read_arrays(folder / "arrays"))
    ones = [{name: np.array(values[n : n + 1]) for name, values in arrays.items()} for n in range(20)]

    def applicant(facts: dict[str, Any]) -> None:
        run = simulation(system, facts)
        for rule in rules:
            run.calculate(rule.name, PERIOD)

    return {"median_us": _median_us(applicant, ones, 5)}


def real(folder: Path) -> Outcome:
    """The real packs on our side alone: every rule about 企业 over the whole table of ``folder``, then near misses too."""
    from benchmarks.real_packs import SUBJECT
    from edict.rules.simulate import Options, simulate

    plan = real_plan()
    outcome: Outcome = {"rules": len(plan.of(SUBJECT))}
    for near in (False, True):
        clock = _Clock()
        tables = {SUBJECT: folder / "real.parquet"}
        simulate(plan, SUBJECT, tables, AS_OF, Options(near_misses=near, assume_unpaid=True))
        outcome["with_near_misses" if near else "totals"] = clock.read()
    return outcome


def one_real(_folder: Path) -> Outcome:
    """One applicant over every real rule about 企业."""
    from benchmarks.real_packs import SUBJECT, random_situations
    from edict.packs.load import pack_root

    return _applicants(pack_root(), SUBJECT, random_situations(real_plan(), APPLICANTS))


def load_and_check(_folder: Path) -> Outcome:
    """Load all real packs and check them: formats, names, clauses and figures against the locks, examples, boundaries."""
    from edict.packs.check import check_pack
    from edict.packs.load import load_library
    from edict.rules.check import check_library

    clock = _Clock()
    library = load_library(report=[])
    load = clock.read()["wall_s"]
    for pack in library.packs:
        check_pack(library, pack, None)
    check_library(library)
    return {
        "packs": len(library.packs),
        "rules": sum(len(pack.rules) for pack in library.packs),
        "load_s": load,
    } | clock.read()


def real_plan() -> Plan:
    from edict.packs.load import load_library
    from edict.rules.build import build_plan

    return build_plan(load_library(report=[]), [])


def _applicants(root: Path, subject: str, rows: list[dict[str, Any]]) -> Outcome:
    from edict.packs.load import load_library
    from edict.rules.build import build_plan
    from edict.rules.evaluate import Engine
    from edict.rules.facts import Situation

    plan = build_plan(load_library(root, report=[]), [])
    engine = Engine(plan)
    began = time.perf_counter()
    function = engine.function(subject)
    compiled = time.perf_counter() - began
    stored = [{**row, "基准日": 20220701} for row in rows]
    situations = [Situation(subject, AS_OF, row, ledger=()) for row in rows]
    return {
        "rules": len(plan.of(subject)),
        "conditions": sum(len(each.conditions) for each in plan.of(subject)),
        "compile_ms": round(compiled * 1000, 1),
        "function_us": _median_us(function, stored, 10),
        "evaluate_us": _median_us(engine.evaluate, situations, 10),
    }


def _some_rows(folder: Path) -> list[dict[str, Any]]:
    from benchmarks.data import read_arrays
    from benchmarks.rules import ENUMS

    facts, known = read_arrays(folder / "arrays"), read_arrays(folder / "arrays", ".known")

    def value(name: str, n: int) -> Any:
        plain = facts[name][n].item()
        return None if not known[name][n] else ENUMS[name][plain] if name in ENUMS else plain

    return [{name: value(name, n) for name in FACTS} for n in range(APPLICANTS)]


def _as_yuan(arrays: dict[str, Any]) -> dict[str, Any]:
    """Hand money to OpenFisca in 元, categories as the codes it stores."""
    from openfisca_core.indexed_enums import EnumArray

    from benchmarks.as_openfisca import CATEGORIES
    from benchmarks.rules import MONEY

    money = {name: arrays[name] / 100 for name in MONEY}
    return arrays | money | {name: EnumArray(arrays[name], kind) for name, kind in CATEGORIES.items()}


def _median_us(work: Callable[[Any], object], inputs: list[Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        for each in inputs:
            began = time.perf_counter_ns()
            work(each)
            times.append(time.perf_counter_ns() - began)
    return round(median(times) / 1000, 1)


class _Clock:
    """Wall and processor time since it was made, and the peak memory of the process."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> Outcome:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"wall_s": round(wall, 3), "cpu_s": round(cpu, 3), "peak_gb": round(_peak_kb() / 1024**2, 3)}


def _peak_kb() -> int:
    """Return the peak memory; ``getrusage`` alone would count that of the parent from before the process began."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](Path(sys.argv[2])), ensure_ascii=False))
