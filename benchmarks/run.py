"""``python -m benchmarks.run [--quick]``: measure, print the figures as JSON, write docs/reference/benchmarks.md.

Engines take turns, each run in a process of its own; figures are medians. Exits with 1 when a total is not exact.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.as_pack import write_pack
from benchmarks.data import write_arrays, write_table
from benchmarks.report import page
from benchmarks.rules import build_rules

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
EXAMPLE = ROOT / "examples" / "finance-headquarters.yml"
RUNS = {100_000: 5, 1_000_000: 3, 5_000_000: 2}
ENGINES = ("ours", "openfisca", "openfisca_tuned")
REAL_ROWS = 1_000_000
Outcome = dict[str, Any]


def main() -> int:
    quick = "--quick" in sys.argv
    sizes = [100_000] if quick else list(RUNS)
    with tempfile.TemporaryDirectory(prefix="edict-bench-") as name:
        work = Path(name)
        write_pack(work / "packs", build_rules())
        result: Outcome = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "machine": machine(),
            "population": {rows: population(work, rows, RUNS[rows]) for rows in sizes},
            "one_applicant": one_applicant(work / str(sizes[0])),
            "real_packs": real_packs(work / "real", sizes[0] if quick else REAL_ROWS),
        }
    result["machine"]["load_at_end"] = round(os.getloadavg()[0], 2)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if not quick:
        PAGE.write_text(page(result), encoding="utf-8")
    return 0 if all(each["exact"] for each in result["population"].values()) else 1


def machine() -> Outcome:
    """Return what the figures depend on; ``load`` says how busy others kept the machine at the start."""
    return {
        "cpus": os.cpu_count(),
        "cpu": _cpu_name(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: version(name) for name in ("duckdb", "openfisca-core", "numpy")},
    }


def population(work: Path, rows: int, runs: int) -> Outcome:
    """Return medians per engine, ratios, and how far each engine's totals are from the oracle's."""
    folder = work / str(rows)
    folder.mkdir()
    write_table(folder / "rows.parquet", rows)
    write_arrays(folder / "rows.parquet", folder / "arrays")
    exact = measure("exact", folder)["rules"]
    found: dict[str, list[Outcome]] = {engine: [] for engine in ENGINES}
    for _ in range(runs):
        for engine in ENGINES:
            found[engine].append(measure(engine, folder))
    engines = {engine: summary(each, exact) for engine, each in found.items()}
    mine = engines["ours"]
    return {
        "engines": engines,
        "granted": sum(count for count, _ in exact.values()),
        "total_fen": sum(fen for _, fen in exact.values()),
        "exact": all(each["rules"] == exact for each in found["ours"]),
        "ratios": {
            engine: {key: round(each[key] / mine[key], 2) for key in ("wall_s", "cpu_s", "peak_gb")}
            for engine, each in engines.items()
            if engine != "ours"
        },
    }


def summary(runs: list[Outcome], exact: Outcome) -> Outcome:
    """Return medians, the spread of the wall time, and the deviation of the totals in 分."""
    medians = {key: round(median(each[key] for each in runs), 3) for key in ("wall_s", "cpu_s", "peak_gb")}
    walls = [each["wall_s"] for each in runs]
    total = sum(fen for _, fen in runs[0]["rules"].values())
    off = sum(abs(fen - exact[name][1]) >= 1 for name, (_, fen) in runs[0]["rules"].items())
    deviation = round(total - sum(fen for _, fen in exact.values()))
    return {**medians, "wall_range_s": [min(walls), max(walls)], "deviation_fen": deviation, "rules_off": off}


def one_applicant(folder: Path) -> Outcome:
    ours, theirs = measure("one_ours", folder), measure("one_openfisca", folder)
    ratio = round(theirs["median_us"] / ours["function_us"], 1)
    return {"ours": ours, "openfisca": theirs, "ratio": ratio}


def real_packs(folder: Path, rows: int) -> Outcome:
    from benchmarks.measure import real_plan
    from benchmarks.real_packs import write_table as write_real_table

    folder.mkdir()
    write_real_table(real_plan(), folder / "real.parquet", rows)
    return {
        "rows": rows,
        "population": measure("real", folder),
        "one": measure("one_real", folder),
        "load_and_check": measure("load_and_check", folder),
        "match_process_s": process_seconds("match", str(EXAMPLE)),
        "check_process_s": process_seconds("check"),
    }


def measure(what: str, folder: Path) -> Outcome:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.measure", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- our own module
    found: Outcome = json.loads(done.stdout)
    return found


def process_seconds(*arguments: str) -> float:
    """Return the median wall time of the whole ``edict`` process; faults found in packs (exit code 1) are no failure."""
    command = [sys.executable, "-m", "edict.cli.main", *arguments]
    walls = []
    for _ in range(5):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 -- our own command
        walls.append(time.perf_counter() - began)
        if done.returncode > 1 or (done.returncode and arguments[0] != "check"):
            raise RuntimeError(done.stderr)
    return round(median(walls), 2)


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


if __name__ == "__main__":
    sys.exit(main())
