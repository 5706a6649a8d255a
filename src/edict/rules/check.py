"""Everything about rules that can be wrong, for ``edict check``: expressions, units, examples, missing boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic
from edict.rules.boundaries import missing_examples, missing_group_examples
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine
from edict.rules.examples import Run, run_examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edict.packs.load import Library, Pack


def check_library(library: Library, packs: Sequence[Pack] | None = None) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of the rules of ``packs`` (all packs of the library when None)."""
    chosen = library.packs if packs is None else tuple(packs)
    report: list[Diagnostic] = []
    plan = build_plan(library, report)
    engine = Engine(plan)
    mine = {pack.shown for pack in chosen}
    found = [
        each
        for each in report
        if each.place is None or any(each.place.path.startswith(path) for path in mine)
    ]
    for pack in chosen:
        found += check_examples(engine, pack)
    return tuple(found)


def check_examples(engine: Engine, pack: Pack) -> list[Diagnostic]:
    """Return which examples of a pack fail, and which are missing."""
    found: list[Diagnostic] = []
    runs: list[Run] = []
    for each in run_examples(engine, pack):
        if isinstance(each, Diagnostic):
            found.append(each)
        else:
            runs.append(each)
            found += each.faults
    about: dict[str, list[Run]] = {}
    for run in runs:
        for rule_id in _named(pack, run):
            about.setdefault(rule_id, []).append(run)
    for rule in engine.plan.rules:
        if rule.pack == pack.id:
            mine = about.get(rule.id, [])
            hint = "在 examples.yml 中补上；期望值按条款手算。"
            place = pack.place("rules.yml", rule.name)
            found += [
                Diagnostic(
                    "R140",
                    f"规则“{rule.name}”缺少{want}。",
                    hint,
                    place,
                    clause=f"{pack.document.number} {rule.clause}",
                )
                for want in missing_examples(engine, rule, mine)
            ]
    for group in engine.plan.groups:
        if group.id.startswith(f"{pack.id}#"):
            place = pack.place("groups.yml", group.name)
            found += [
                Diagnostic("R140", f"缺少{want}。", "在 examples.yml 中补上。", place)
                for want in missing_group_examples(group, runs)
            ]
    return found


def _named(pack: Pack, run: Run) -> set[str]:
    expect = run.case.expect
    names = {run.owner, *expect} if isinstance(expect, dict) else {run.owner}
    return {name if "#" in name else f"{pack.id}#{name}" for name in names}
