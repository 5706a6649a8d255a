"""The figures of a run as a page of the reference."""

from __future__ import annotations

import json
from typing import Any

Outcome = dict[str, Any]
NAMES = {
    "ours": "edict",
    "openfisca": "OpenFisca, as documented",
    "openfisca_tuned": "OpenFisca, tuned by hand",
}
INTRODUCTION = """# Benchmarks

Written by `make bench`; do not edit. All engines ran in one go on the same seeded rows, taking turns, each run in a
process of its own; times are medians of wall seconds, memory is the peak of the process.

- **Rules**: 300, in six shapes of 50: rate with cap, fixed sum, steps, marginal tiers, per unit, membership. Eleven facts
  (money, counts, bools, categories), a tenth of each unknown. A default of OpenFisca for a fact it was not told refuses
  every grant that reads the fact, as an unknown fact does on our side, so totals mean the same.
- **edict**: the rules as a pack through the public `simulate()`, near misses off, from a Parquet file; statuses (yes, no,
  unknown) and sums of every rule.
- **OpenFisca, as documented**: one variable per rule, bands by its own scales, every result kept, float32: its defaults.
- **OpenFisca, tuned by hand**: bands by plain numpy instead of its scales, every result dropped once summed.
- Reading the rows counts for both: ours from Parquet with its checks of every cell, OpenFisca from `.npy` files whose
  categories are already codes. Imports and building the plan or the system count for neither.
- Edict computes on all processors, OpenFisca on one; on a machine that others use, compare CPU seconds too.
- **Exact** means that counts and sums of every rule equal a third implementation (numpy int64) to the 分.
"""
TARGETS = """
## Targets

| target | measured | met |
|---|---|---|
"""


def page(result: Outcome) -> str:
    """Return the page."""
    parts = [INTRODUCTION, f"\nRun of {result['date']} on {_machine(result['machine'])}.\n"]
    parts += [_population(rows, each) for rows, each in result["population"].items()]
    parts += [_one(result), TARGETS, *_targets(result)]
    parts.append(f"\n## All figures\n\n```json\n{json.dumps(result, ensure_ascii=False, indent=1)}\n```\n")
    return "".join(parts)


def _machine(machine: Outcome) -> str:
    return (
        f"{machine['cpus']} × {machine['cpu']}, load {machine['load']} at the start and {machine['load_at_end']} at the end, Python {machine['python']}, "
        f"DuckDB {machine['duckdb']}, OpenFisca-Core {machine['openfisca-core']}, numpy {machine['numpy']}"
    )


def _population(rows: int, found: Outcome) -> str:
    lines = [
        f"\n## {rows:,} rows\n\n| engine | wall s | CPU s | peak GB | times edict | total off by | rules off |\n|---|---|---|---|---|---|---|\n"
    ]
    for engine, each in found["engines"].items():
        ratio = found["ratios"].get(engine, {}).get("wall_s", 1)
        off = f"{each['deviation_fen'] / 100:,.2f} 元"
        lines.append(
            f"| {NAMES[engine]} | {each['wall_s']} | {each['cpu_s']} | {each['peak_gb']} | {ratio} | {off} | {each['rules_off']} |\n"
        )
    lines.append(f"\n{found['granted']:,} grants, {found['total_fen'] / 100:,.2f} 元.\n")
    return "".join(lines)


def _one(result: Outcome) -> str:
    one, real = result["one_applicant"], result["real_packs"]
    mine, packs = one["ours"], real["one"]
    both, near = real["population"]["totals"], real["population"]["with_near_misses"]
    return f"""
## One applicant, every condition's verdict

| | rules | conditions | compiled function, µs | `Engine.evaluate`, µs |
|---|---|---|---|---|
| the set | {mine["rules"]} | {mine["conditions"]} | {mine["function_us"]} | {mine["evaluate_us"]} |
| the real packs | {packs["rules"]} | {packs["conditions"]} | {packs["function_us"]} | {packs["evaluate_us"]} |

OpenFisca, one person over the set, no verdicts: {one["openfisca"]["median_us"]} µs ({one["ratio"]} times the function).

## The real packs, edict alone

{real["population"]["rules"]} rules about 企业 over {real["rows"]:,} rows: totals {both["wall_s"]} s, with near misses {near["wall_s"]} s.
`edict match` as a process {real["match_process_s"]} s, `edict check` of all packs as a process, gazette texts
read where present, {real["check_process_s"]} s; loading and checking in a running process, against the locks, {real["load_and_check"]["wall_s"]} s ({real["load_and_check"]["packs"]} packs, {real["load_and_check"]["rules"]} rules).
"""


def _targets(result: Outcome) -> list[str]:
    sizes, real = result["population"], result["real_packs"]
    rows = [
        (
            "totals exact to the 分",
            "yes" if all(each["exact"] for each in sizes.values()) else "no",
            all(each["exact"] for each in sizes.values()),
        )
    ]
    for size, least in ((1_000_000, 3), (5_000_000, 3.5)):
        ratios = {engine: each["wall_s"] for engine, each in sizes[size]["ratios"].items()}
        rows += [
            (f"≥ {least} × the throughput of {NAMES[engine]} at {size:,} rows", f"{ratio} ×", ratio >= least)
            for engine, ratio in ratios.items()
        ]
    peak = sizes[5_000_000]["engines"]["ours"]["peak_gb"]
    one, match = result["one_applicant"]["ours"]["function_us"], real["match_process_s"]
    check = real["load_and_check"]["wall_s"]
    rows += [
        ("peak memory ≤ 0.6 GB for aggregates at 5,000,000 rows", f"{peak} GB", peak <= 0.6),
        ("one applicant over 300 rules with verdicts ≤ 100 µs", f"{one} µs", one <= 100),
        ("`edict match` as a process ≤ 1 s", f"{match} s", match <= 1),
        ("loading and checking all packs, against the locks, ≤ 2 s", f"{check} s", check <= 2),
    ]
    return [f"| {target} | {measured} | {'yes' if met else '**no**'} |\n" for target, measured, met in rows]
