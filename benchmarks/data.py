"""Seeded rows: a Parquet table as a bureau would hand it in, and the same values as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from benchmarks.rules import COUNTS, ENUMS, FACTS, FLAGS, MONEY

if TYPE_CHECKING:
    from pathlib import Path

MISSING_IN_100 = 10  # of every fact, independently
THREADS = 2


def write_table(path: Path, rows: int) -> None:
    """Write ``rows`` rows: money in 分 spread evenly over magnitudes from 1千元 to 100亿元, 10 % of every fact missing."""
    columns = ", ".join(f'{_column(name, n)} AS "{_header(name)}"' for n, name in enumerate(FACTS))
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"COPY (SELECT CAST(i AS VARCHAR) AS 编号, {columns} FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)"  # noqa: S608 -- our own figures
        )


def write_arrays(table: Path, folder: Path) -> None:
    """Write each column of the table as ``<fact>.npy`` (missing: 0, False or the last category) and ``<fact>.known.npy``."""
    folder.mkdir()
    with duckdb.connect() as connection:
        for name in FACTS:
            column = f'"{_header(name)}"'
            value = _code(column, ENUMS[name]) if name in ENUMS else column
            default = (
                f"CAST({len(ENUMS[name]) - 1} AS UTINYINT)"
                if name in ENUMS
                else "FALSE"
                if name in FLAGS
                else "0"
            )
            query = f"SELECT COALESCE({value}, {default}) AS v, {column} IS NOT NULL AS k FROM read_parquet('{table}')"  # noqa: S608 -- our own names
            found = connection.execute(query).fetchnumpy()
            np.save(folder / f"{name}.npy", found["v"])
            np.save(folder / f"{name}.known.npy", found["k"])


def read_arrays(folder: Path, suffix: str = "") -> dict[str, np.ndarray]:
    """Return the arrays by fact; suffix ``.known`` for those that mark what is there."""
    return {name: np.load(folder / f"{name}{suffix}.npy") for name in FACTS}


def _header(name: str) -> str:
    return f"{name}(分)" if name in MONEY else name


def _column(name: str, number: int) -> str:
    dice = share(2 * number)
    if name in MONEY:
        value = f"CAST(pow(10, 5 + 7 * {dice}) AS BIGINT)"
    elif name in COUNTS:
        value = f"CAST(pow(10, 3.5 * {dice}) AS BIGINT)"
    elif name in FLAGS:
        value = f"{dice} < 0.4"
    else:
        listed = ", ".join(f"'{each}'" for each in ENUMS[name])
        value = f"([{listed}])[1 + CAST(floor({dice} * {len(ENUMS[name])}) AS INTEGER)]"
    return f"CASE WHEN {share(2 * number + 1)} * 100 >= {MISSING_IN_100} THEN {value} END"


def share(stream: int) -> str:
    """An even number in [0, 1) of the row in one of the independent streams."""
    return f"((hash(i * 64 + {stream}) % 1000000007) / 1000000007.0)"


def _code(column: str, values: tuple[str, ...]) -> str:
    whens = " ".join(f"WHEN '{value}' THEN {n}" for n, value in enumerate(values))
    return f"CAST(CASE {column} {whens} END AS UTINYINT)"
