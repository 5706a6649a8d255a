"""Seeded facts for the real packs: every fact about 企业, a tenth of each unknown."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.data import MISSING_IN_100, THREADS, share
from benchmarks.rules import SEED
from edict.rules.tree import MONEY, BoolType, DateType, EnumType, NumberType

if TYPE_CHECKING:
    from pathlib import Path

    from edict.rules.plan import Plan
    from edict.rules.scale import Scale

SUBJECT = "企业"
FIRST_YEAR, YEARS = 2015, 9


def random_situations(plan: Plan, count: int) -> list[dict[str, Any]]:
    """Return stored facts of ``count`` firms."""
    dice = random.Random(SEED)  # noqa: S311 -- facts of a benchmark
    names = _facts(plan)
    return [
        {
            name: _value(dice, plan.scales[name]) if dice.randrange(100) >= MISSING_IN_100 else None
            for name in names
        }
        for _ in range(count)
    ]


def write_table(plan: Plan, path: Path, rows: int) -> None:
    """Write a table of ``rows`` firms."""
    columns = ", ".join(
        f'CASE WHEN {share(2 * n + 1)} * 100 >= {MISSING_IN_100} THEN {_sql(plan.scales[name], share(2 * n))} END AS "{_header(plan, name)}"'
        for n, name in enumerate(_facts(plan))
    )
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"COPY (SELECT CAST(i AS VARCHAR) AS 编号, {columns} FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)"  # noqa: S608 -- names of our own packs
        )


def _facts(plan: Plan) -> list[str]:
    return [name for name, owner in plan.owners.items() if owner == SUBJECT and name not in plan.ledger]


def _header(plan: Plan, name: str) -> str:
    kind = plan.scales[name].type
    if not isinstance(kind, NumberType) or not kind.unit.dims:
        return name
    return f"{name}(分)" if kind.unit == MONEY else f"{name}({kind.unit})"


def _value(dice: random.Random, scale: Scale) -> Any:
    match scale.type:
        case BoolType():
            return dice.random() < 0.5
        case EnumType(values=values):
            return dice.choice(values)
        case DateType():
            return (
                (FIRST_YEAR + dice.randrange(YEARS)) * 10000
                + dice.randrange(1, 13) * 100
                + dice.randrange(1, 29)
            )
        case NumberType(unit=unit):
            return int(10 ** (dice.random() * 11)) if unit == MONEY else dice.randrange(1000) * scale.per


def _sql(scale: Scale, dice: str) -> str:
    match scale.type:
        case BoolType():
            return f"{dice} < 0.5"
        case EnumType(values=values):
            listed = ", ".join(f"'{each}'" for each in values)
            return f"([{listed}])[1 + CAST(floor({dice} * {len(values)}) AS INTEGER)]"
        case DateType():
            return f"DATE '{FIRST_YEAR}-01-01' + CAST(floor({dice} * {YEARS * 365}) AS INTEGER)"
        case NumberType(unit=unit):
            return f"CAST({f'pow(10, 11 * {dice})' if unit == MONEY else f'floor({dice} * 1000)'} AS BIGINT)"
