"""What a policy costs and whom it reaches: totals, statuses, near misses, areas, levels of government, winners and losers."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from edict.rules.plan import Plan
from edict.rules.population import open_population
from edict.rules.rows import AREA, KEY, RowWriter, RuleSql
from edict.rules.table_output import ResultTable, check_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import duckdb

    from edict.rules.plan import PlanRule
    from edict.rules.population import Population, TableReport

RULES_PER_STATEMENT = 75  # more rules per scan, and what the scan computes leaves the processor's cache


@dataclass(frozen=True, slots=True)
class RuleTotals:
    """One rule over the population (of one area when ``area`` is set): counts by status, sum of amounts in 分."""

    rule: PlanRule
    area: str
    yes: int
    no: int
    unknown: int
    attest: int
    no_basis: int
    fen: int
    near: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What a reform changes per subject: how many gain and lose, and how much in 分."""

    winners: int
    losers: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole outcome; ``reform`` and ``change`` are there when two plans were compared."""

    subject: str
    reports: Mapping[str, TableReport]
    totals: tuple[RuleTotals, ...]
    by_area: tuple[RuleTotals, ...] = ()
    reform: tuple[RuleTotals, ...] = ()
    change: Change | None = None

    @property
    def fen(self) -> int:
        """Return the sum over all rules in 分."""
        return sum(each.fen for each in self.totals)

    def by_level(self) -> dict[str, int]:
        """Return the totals split by level of government in 分; parts sum to the whole, '未载明' where no clause splits."""
        levels: dict[str, int] = {}
        for each in self.totals:
            for level, fen in split(each.fen, each.rule.funding).items():
                levels[level] = levels.get(level, 0) + fen
        return levels


def split(fen: int, shares: Sequence[tuple[str, Fraction]]) -> dict[str, int]:
    """Return an amount split by shares: each half up but never more than is left; the last takes the rest.

    >>> split(101, (("市", Fraction(1, 2)), ("区", Fraction(1, 2))))
    {'市': 51, '区': 50}
    """
    if not shares:
        return {"未载明": fen} if fen else {}
    parts: dict[str, int] = {}
    left = fen
    for level, share in shares[:-1]:
        parts[level] = min((fen * share + Fraction(1, 2)).__floor__(), left)
        left -= parts[level]
    return {**parts, shares[-1][0]: left}


@dataclass(frozen=True, slots=True)
class Options:
    """What to compute besides the totals."""

    by: str = ""
    near_misses: bool = True
    assume_unpaid: bool = False
    out: Path | None = None


def simulate(
    plan: Plan,
    subject: str,
    tables: Mapping[str, Path],
    as_of: date,
    options: Options | None = None,
    *,
    reform: Plan | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Simulation:
    """Return the outcome of every rule about ``subject`` (and its items with a table) over a population.

    Args:
        plan: the rules as they are.
        subject: the root subject of the population.
        tables: the files, by subject.
        as_of: the date on which everything is decided.
        options: what to compute besides totals.
        reform: a second plan to compare with.
        progress: called with (steps done, steps in all).

    Raises:
        EdictError: a table that cannot be read.
    """
    options = options or Options()
    if options.out is not None:
        check_target(options.out)
    declared = plan if reform is None else _declaring_both(plan, reform)
    population = open_population(
        declared, subject, tables, as_of, assume_unpaid=options.assume_unpaid, by=options.by
    )
    try:
        return _Run(plan, population, options, reform, progress).all()
    finally:
        population.close()


def _declaring_both(plan: Plan, reform: Plan) -> Plan:
    """Return the plan with the facts that only the reform declares, so that one table serves both."""
    return Plan(
        plan.rules,
        plan.groups,
        {**reform.scales, **plan.scales},
        {**reform.ledger, **plan.ledger},
        {**reform.subjects, **plan.subjects},
        {**reform.owners, **plan.owners},
    )


class _Run:
    def __init__(
        self,
        plan: Plan,
        population: Population,
        options: Options,
        reform: Plan | None,
        progress: Callable[[int, int], None],
    ) -> None:
        self.plan = plan
        self.population = population
        self.options = options
        self.reform = reform
        self.progress = progress
        self.done = 0
        self.steps = (
            len(list(self._batches(plan))) * (1 + bool(options.by))
            + options.near_misses
            + 2 * (reform is not None)
            + (options.out is not None)
        )

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.population.connection

    def _step(self) -> None:
        self.done += 1
        self.progress(min(self.done, self.steps), self.steps)

    def all(self) -> Simulation:
        self.progress(0, self.steps)
        totals = self._totals(self.plan, by_area=False)
        if self.options.near_misses:
            totals = self._with_near(totals)
        by_area = self._totals(self.plan, by_area=True) if self.options.by else ()
        reform: tuple[RuleTotals, ...] = ()
        change = None
        if self.reform is not None:
            reform = self._totals(self.reform, by_area=False)
            change = self._change(self.plan, self.reform)
        if self.options.out is not None:
            self._write(self.options.out)
        return Simulation(self.population.subject, self.population.reports, totals, by_area, reform, change)

    def _batches(self, plan: Plan) -> Iterator[tuple[str, list[RuleSql]]]:
        """Yield (source, rules) pairs small enough for one statement."""
        writer = RowWriter(plan)
        sources = [writer.grouped(self.population.subject)]
        sources += [
            self._joined(writer, item)
            for item in plan.items(self.population.subject)
            if item in self.population.reports
        ]
        for source, rules in sources:
            for start in range(0, len(rules), RULES_PER_STATEMENT):
                yield source, rules[start : start + RULES_PER_STATEMENT]

    def _joined(self, writer: RowWriter, item: str) -> tuple[str, list[RuleSql]]:
        """Item rules, one row per parent: parents without items say no."""
        folded, rules = writer.folded(item)
        parent = writer.source(self.population.subject)
        return (
            f"(SELECT p.*, f.* EXCLUDE ({KEY}) FROM {parent} p LEFT JOIN {folded} f ON f.{KEY} = p.{KEY})",
            rules,
        )

    def _totals(self, plan: Plan, *, by_area: bool) -> tuple[RuleTotals, ...]:
        found: list[RuleTotals] = []
        for source, rules in self._batches(plan):
            columns = [AREA if by_area else "''", "COUNT(*)"]
            for n, each in enumerate(rules):
                columns += _aggregates(each, f"q{n}")
            # As a column of its own the test is computed once, and in a loop over flat booleans.
            tests = ", ".join(f"{each.yes} AS q{n}" for n, each in enumerate(rules))
            tail = f" GROUP BY {AREA} ORDER BY {AREA}" if by_area else ""
            rows = self.connection.execute(
                f"SELECT {', '.join(columns)} FROM (SELECT *, {tests} FROM {source}){tail}"
            ).fetchall()
            for row in rows:
                found += _read_totals(rules, row)
            self._step()
        return tuple(found)

    def _with_near(self, totals: tuple[RuleTotals, ...]) -> tuple[RuleTotals, ...]:
        near: dict[str, dict[str, int]] = {}
        for source, rules in self._batches(self.plan):
            counters = [(each, n) for each in rules for n in range(len(each.conditions))]
            for start in range(0, len(counters), 4 * RULES_PER_STATEMENT):
                part = counters[start : start + 4 * RULES_PER_STATEMENT]
                columns = ", ".join(_near(each, n) for each, n in part)
                row = self.connection.execute(f"SELECT {columns} FROM {source}").fetchone() or ()
                for (each, n), count in zip(part, row, strict=True):
                    if count:
                        near.setdefault(each.rule.id, {})[each.rule.conditions[n].label] = int(count)
        self._step()
        return tuple(
            RuleTotals(
                each.rule,
                each.area,
                each.yes,
                each.no,
                each.unknown,
                each.attest,
                each.no_basis,
                each.fen,
                near.get(each.rule.id, {}),
            )
            for each in totals
        )

    def _change(self, before: Plan, after: Plan) -> Change:
        changed = changed_rules(before, after)
        old = self._subject_totals(before, changed)
        new = self._subject_totals(after, changed)
        query = (
            "SELECT COUNT(CASE WHEN d > 0 THEN 1 END), COUNT(CASE WHEN d < 0 THEN 1 END), "
            "COALESCE(SUM(CASE WHEN d > 0 THEN d END), 0), COALESCE(SUM(CASE WHEN d < 0 THEN -d END), 0) "
            f"FROM (SELECT SUM(d) AS d FROM (SELECT {KEY}, -t AS d FROM {old} UNION ALL SELECT {KEY}, t FROM {new}) GROUP BY {KEY})"
        )
        row = self.connection.execute(query).fetchone() or (0, 0, 0, 0)
        self._step()
        return Change(*(int(each) for each in row))

    def _subject_totals(self, plan: Plan, chosen: set[str]) -> str:
        parts = [
            f"SELECT {KEY}, CAST(0 AS HUGEINT) AS t FROM {RowWriter(plan).source(self.population.subject)} WHERE FALSE"
        ]
        for source, rules in self._batches(plan):
            due = [each.payable for each in rules if each.rule.id in chosen and each.rule.kind == "money"]
            if due:
                parts.append(f"SELECT {KEY}, CAST({' + '.join(due)} AS HUGEINT) AS t FROM {source}")
        return f"({' UNION ALL '.join(parts)})"

    def _write(self, out: Path) -> None:
        """Write one row per subject and rule that it meets or that only lacks an attestation, of both plans."""
        results = ResultTable(self.connection)
        for name, plan in (("现行", self.plan), ("改动后", self.reform)):
            for source, rules in self._batches(plan) if plan is not None else ():
                results.add(name, source, rules)
        results.write(out)
        self._step()


def changed_rules(before: Plan, after: Plan) -> set[str]:
    """Return the ids of rules that differ between two plans, with everything they share a group with."""
    old, new = ({each.id: each for each in plan.rules} for plan in (before, after))
    changed = {key for key in old.keys() | new.keys() if _essence(old.get(key)) != _essence(new.get(key))}
    groups = [set(each.rules) for plan in (before, after) for each in plan.groups]
    if before.groups != after.groups:
        changed.update(*groups)
    while grown := [group for group in groups if group & changed and not group <= changed]:
        changed.update(*grown)
    return changed


def _essence(rule: PlanRule | None) -> object:
    return (
        None
        if rule is None
        else (
            tuple(each.tree for each in rule.conditions),
            rule.result,
            rule.attestations,
            rule.parent_caps,
            rule.rule.no_basis,
        )
    )


def _aggregates(each: RuleSql, yes: str) -> list[str]:
    columns = [f"COUNT_IF({yes})", f"COUNT_IF({each.no})"]
    if each.attest:
        columns.append(f"COUNT_IF({each.attest})")
    if each.rule.kind == "money" and each.fixed is None:
        columns.append(f"SUM(CASE WHEN {yes} THEN {each.amount} ELSE 0 END)")
    return columns


def _read_totals(rules: Sequence[RuleSql], row: Sequence[object]) -> Iterator[RuleTotals]:
    values = iter(row)
    area = str(next(values) or "")
    rows = _int(next(values))
    for each in rules:
        yes, no = _int(next(values)), _int(next(values))
        attest = _int(next(values)) if each.attest else 0
        fen = 0
        if each.rule.kind == "money":
            fen = yes * each.fixed if each.fixed is not None else _int(next(values))
        no_basis, yes = (yes, 0) if each.rule.rule.no_basis else (0, yes)
        yield RuleTotals(each.rule, area, yes, no, rows - yes - no - attest - no_basis, attest, no_basis, fen)


def _int(value: object) -> int:
    return int(value) if value is not None else 0  # type: ignore[call-overload]


def _near(each: RuleSql, n: int) -> str:
    others = [condition.certain for m, condition in enumerate(each.conditions) if m != n]
    return f"COUNT_IF({' AND '.join([*others, f'NOT {each.conditions[n].possible}'])})"
