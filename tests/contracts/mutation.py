"""Breaks every rule of the real packs on purpose, one place at a time, and asks who notices.

A mutant is a rule (or group) with one comparison flipped, one condition, attestation, cap or period dropped, or one
figure changed. It is caught when the figure check no longer finds its figure in the cited clause, when it can no longer
be built, or when one of the packs' own examples comes out otherwise. The survivors are listed for people to read:

    python -m tests.contracts.mutation --write
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlglot

from edict.core.diagnostic import Diagnostic, EdictError
from edict.core.quantity import Quantity, QuantityError, format_quantity, parse_quantity
from edict.packs.check_text import check_figures
from edict.packs.load import Library, Pack, load_library, pack_root
from edict.packs.model import Band, Group, Parameter, Rule
from edict.packs.quantities import parameter_value
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine
from edict.rules.examples import Runner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edict.packs.fingerprint import Lock
    from edict.packs.model import Condition, Table

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/mutation.md"
KINDS = {
    "comparison": "一个比较号翻转（含与不含）",
    "condition": "去掉一个条件或其中一项",
    "listed value": "去掉列举的一个取值",
    "attestation": "去掉一项认定",
    "printed figure": "一个数换成同条款里印着的另一个同单位的数",
    "other figure": "一个数增减一成（日期前后一天）",
    "limit": "去掉一个上限、频次、年限、有效期、补差或组",
}
_FLIP = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
_YEAR = re.compile(r"(?:19|20)\d{2}")
_LIST = re.compile(r"\bin \(([^)]*)\)")
_COMPARISON = re.compile(r"<>|>=|<=|>|<")
_ENDS = {"since": "above", "above": "since", "to": "below", "below": "to"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what, and the rule or group that results (None: the group is dropped)."""

    pack: str
    name: str
    kind: str
    change: str
    entry: Rule | Group | None
    in_groups: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who caught a mutant: figures, build, examples, or nobody."""

    mutant: Mutant
    by: str


# -- mutants of a rule ---------------------------------------------------------------------------------------------


def mutants(pack: Pack, lock: Lock) -> Iterator[Mutant]:
    """Yield every mutant of a pack's rules and groups, in the order of the files."""
    for name, rule in pack.rules.items():
        make = functools.partial(Mutant, pack.id, name)
        for field in ("amount", "value"):
            for text, kind, change in _broken(getattr(rule, field)):
                yield make(kind, f"{field}：{change}", rule.model_copy(update={field: text}))
        for when, kind, change in _conditions(rule.when):
            yield make(kind, change, rule.model_copy(update={"when": when}))
        yield from _outcomes(make, rule)
        for index, attested in enumerate(rule.attest):
            rest = rule.attest[:index] + rule.attest[index + 1 :]
            yield make("attestation", "去掉 " + "、".join(attested), rule.model_copy(update={"attest": rest}))
        yield from _parameters(make, rule, lock)
        for table, content in rule.tables.items():
            for new, kind, change in _table(rule, content, lock):
                tables = {**rule.tables, table: new}
                yield make(kind, f"表 {table}：{change}", rule.model_copy(update={"tables": tables}))
        yield from _limits(make, rule)
    for name, group in pack.groups.items():
        yield from _group(functools.partial(Mutant, pack.id, name, in_groups=True), group, lock)


def _broken(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield an expression with one comparison flipped, or one value of a list dropped."""
    for found in _COMPARISON.finditer(text):
        if found[0] in _FLIP:
            new = _FLIP[found[0]]
            yield (
                text[: found.start()] + new + text[found.end() :],
                "comparison",
                f"{text} 的 {found[0]} 改为 {new}",
            )
    for found in _LIST.finditer(text):
        values = found[1].split(",")
        for index, value in enumerate(values) if len(values) > 1 else ():
            rest = ",".join(values[:index] + values[index + 1 :])
            change = f"{text} 去掉 {value.strip()}"
            yield text[: found.start(1)] + rest + text[found.end(1) :], "listed value", change


def _conditions(when: tuple[Condition, ...]) -> Iterator[tuple[tuple[Condition, ...], str, str]]:
    """Yield the list with one comparison flipped, or one condition or leaf dropped."""
    for index, entry in enumerate(when):
        words = entry.label or entry.expr or ("任一" if entry.any else "全部")
        yield when[:index] + when[index + 1 :], "condition", f"去掉“{words}”"
        for new, kind, change in _inside(entry):
            yield (*when[:index], new, *when[index + 1 :]), kind, change


def _inside(entry: Condition) -> Iterator[tuple[Condition, str, str]]:
    for text, kind, change in _broken(entry.expr):
        yield entry.model_copy(update={"expr": text}), kind, change
    for field in ("any", "all"):
        for inner, kind, change in _conditions(getattr(entry, field)):
            if inner:
                yield entry.model_copy(update={field: inner}), kind, change


def _outcomes(make: Any, rule: Rule) -> Iterator[Mutant]:
    for index, outcome in enumerate(rule.outcomes):
        for when, kind, change in _conditions(outcome.when):
            if when:
                new = outcome.model_copy(update={"when": when})
                outcomes = (*rule.outcomes[:index], new, *rule.outcomes[index + 1 :])
                yield make(
                    kind, f"结论 {outcome.value}：{change}", rule.model_copy(update={"outcomes": outcomes})
                )


def _parameters(make: Any, rule: Rule, lock: Lock) -> Iterator[Mutant]:
    for name, parameter in rule.parameters.items():
        clauses = (parameter.clause,) if parameter.clause else rule.clause
        texts = {"": parameter.value} if parameter.value else dict(parameter.dated)
        for day, text in texts.items():
            for new, kind in _figures(text, clauses, lock):
                changed = {"value": new} if parameter.value else {"dated": {**parameter.dated, day: new}}
                parameters: dict[str, Parameter] = {
                    **rule.parameters,
                    name: parameter.model_copy(update=changed),
                }
                yield make(
                    kind,
                    f"参数 {name}：{text} 改为 {new}",
                    rule.model_copy(update={"parameters": parameters}),
                )


def _table(rule: Rule, table: Table, lock: Lock) -> Iterator[tuple[Table, str, str]]:
    clauses = (table.clause,) if table.clause else rule.clause
    for key, text in table.values.items():
        for new, kind in _figures(text, clauses, lock):
            yield (
                table.model_copy(update={"values": {**table.values, key: new}}),
                kind,
                f"{key} {text} 改为 {new}",
            )
    for text, kind, change in _broken(table.tiers):
        yield table.model_copy(update={"tiers": text}), kind, change
    for index, band in enumerate(table.bands):
        for new, kind in _figures(band.value, clauses, lock):
            yield (
                _with_bands(table, {index: {"value": new}}),
                kind,
                f"第{index + 1}档 {band.value} 改为 {new}",
            )
    yield from _band_ends(table, clauses, lock)


def _band_ends(table: Table, clauses: tuple[str, ...], lock: Lock) -> Iterator[tuple[Table, str, str]]:
    """Change the ends of bands: where two bands touch, both ends together (one alone would be an overlap or a gap).

    Inside a marginal table neither side of a touching end makes a difference, so that only its figure is changed.
    """
    for index, band in enumerate(table.bands):
        for field in ("since", "above", "to", "below"):
            text = getattr(band, field)
            if not text or (field in {"to", "below"} and _touches(table, index + 1, text)):
                continue
            low = field in {"since", "above"}
            shared = low and index > 0 and _touches(table, index, _high(table.bands[index - 1])[1])
            below = _high(table.bands[index - 1])[0] if shared else ""
            for new, kind in _figures(text, clauses, lock):
                updates = {index: {field: new}} | ({index - 1: {below: new}} if shared else {})
                yield _with_bands(table, updates), kind, f"第{index + 1}档的界限 {text} 改为 {new}"
            if table.mode == "marginal" and index:
                continue
            updates = {index: {field: "", _ENDS[field]: text}}
            if shared:
                updates[index - 1] = {below: "", _ENDS[below]: text}
            yield _with_bands(table, updates), "comparison", f"第{index + 1}档的界限 {text} 含与不含互换"


def _high(band: Band) -> tuple[str, str]:
    return ("to", band.to) if band.to else ("below", band.below)


def _touches(table: Table, index: int, text: str) -> bool:
    """Return whether the band at ``index`` begins at ``text``, where the one before it ends."""
    return (
        0 < index < len(table.bands)
        and bool(text)
        and text
        in (
            table.bands[index].since,
            table.bands[index].above,
        )
    )


def _with_bands(table: Table, updates: Mapping[int, Mapping[str, str]]) -> Table:
    bands = tuple(
        band.model_copy(update=dict(updates.get(index, {}))) for index, band in enumerate(table.bands)
    )
    return table.model_copy(update={"bands": bands})


def _limits(make: Any, rule: Rule) -> Iterator[Mutant]:
    for index, cap in enumerate(rule.caps):
        rest = rule.caps[:index] + rule.caps[index + 1 :]
        yield make("limit", f"去掉上限 {cap.at}", rule.model_copy(update={"caps": rest}))
    # 每项一次 tests nothing: the items of a list are each one item already.
    if rule.frequency not in {"", "每项一次"} and rule.top_up != "true":
        yield make("limit", f"去掉频次 {rule.frequency}", rule.model_copy(update={"frequency": ""}))
    if rule.term:
        yield make("limit", f"去掉年限 {rule.term}", rule.model_copy(update={"term": ""}))
    if rule.valid:
        yield make("limit", "去掉有效期", rule.model_copy(update={"valid": None}))
        for field, day in (("since", rule.valid.since), ("until", rule.valid.until)):
            if day:
                window = rule.valid.model_copy(update={field: None})
                yield make("limit", f"有效期去掉 {day}", rule.model_copy(update={"valid": window}))
    if rule.top_up == "true":
        yield make("limit", "去掉补差", rule.model_copy(update={"top_up": "false"}))


def _group(make: Any, group: Group, lock: Lock) -> Iterator[Mutant]:
    yield make("limit", "去掉整组", None)
    if group.period:
        yield make("limit", f"去掉期间 {group.period}", group.model_copy(update={"period": ""}))
    for new, kind in _figures(group.at, group.clause, lock) if group.at else ():
        yield make(kind, f"合计上限 {group.at} 改为 {new}", group.model_copy(update={"at": new}))


# -- other figures -------------------------------------------------------------------------------------------------


def _figures(text: str, clauses: Iterable[str], lock: Lock) -> Iterator[tuple[str, str]]:
    """Yield figures to put in the place of ``text``: every other printed one of its unit, then a tenth less and more."""
    value = parameter_value(text)
    if isinstance(value, date):
        yield from ((day.isoformat(), "printed figure") for day in _other_days(value, clauses, lock))
        yield from (((value + timedelta(days=step)).isoformat(), "other figure") for step in (-1, 1))
        return
    others = {each for each in _printed(clauses, lock) if each.unit == value.unit and each != value}
    for other in sorted(others, key=lambda each: each.value):
        yield format_quantity(replace(other, ratio=value.ratio)), "printed figure"
    if value.value:
        for share in (Fraction(9, 10), Fraction(11, 10)):
            yield format_quantity(replace(value, value=value.value * share)), "other figure"


def _printed(clauses: Iterable[str], lock: Lock) -> Iterator[Quantity]:
    for clause in clauses:
        for keys in lock.clauses[clause].figures if clause in lock.clauses else ():
            for key in keys:
                if _YEAR.fullmatch(key):
                    continue
                try:
                    yield parse_quantity(key)
                except QuantityError:
                    continue  # a date or a pair such as 1:1


def _other_days(day: date, clauses: Iterable[str], lock: Lock) -> list[date]:
    keys = {
        key
        for clause in clauses
        if clause in lock.clauses
        for keys in lock.clauses[clause].figures
        for key in keys
    }
    days = {date.fromisoformat(key) for key in keys if re.fullmatch(r"\d{4}-\d{2}-\d{2}", key)}
    return sorted(days - {day})


# -- who notices ---------------------------------------------------------------------------------------------------


class Court:
    """Judges the mutants of one pack; each is rebuilt with only the rules that it touches."""

    def __init__(self, library: Library, pack: Pack) -> None:
        lock = pack.lock
        assert lock is not None, f"{pack.id} has no lock"
        self.library = library
        self.pack = pack
        self.lock = lock
        self.words = {name: _words(rule) for name, rule in pack.rules.items()}
        self.sound: dict[frozenset[str], tuple[frozenset[str], list[tuple[str, int]]]] = {}

    def judge(self, mutant: Mutant) -> Verdict:
        """Return who catches the mutant."""
        if self._figures(mutant):
            return Verdict(mutant, "figures")
        # Its own examples need only what the rule names; what names the rule is built when they notice nothing.
        for reach in (self._needs, self._closure):
            keep, cases = self._sound(reach(mutant.name), mutant.name)
            try:
                runner = self._runner(keep, mutant)
            except EdictError:
                return Verdict(mutant, "build")
            if any(self._fails(runner, *case) for case in cases):
                return Verdict(mutant, "examples")
        return Verdict(mutant, "")

    def _figures(self, mutant: Mutant) -> bool:
        """Return whether the real figure check, from the lock alone, misses the new figure."""
        if mutant.entry is None or not mutant.kind.endswith("figure"):
            return False
        if isinstance(mutant.entry, Rule):
            pack = replace(self.pack, rules={mutant.name: mutant.entry}, groups={})
        else:
            pack = replace(self.pack, rules={}, groups={mutant.name: mutant.entry})
        whole = (
            replace(self.pack, rules={mutant.name: self.pack.rules[mutant.name]}, groups={})
            if isinstance(mutant.entry, Rule)
            else replace(self.pack, rules={}, groups={mutant.name: self.pack.groups[mutant.name]})
        )
        return len(_not_printed(pack, self.lock)) > len(_not_printed(whole, self.lock))

    def _sound(self, keep: frozenset[str], name: str) -> tuple[frozenset[str], list[tuple[str, int]]]:
        """Return rules to build and the examples to run, those of ``name`` first.

        Where the rules do not suffice for the unbroken examples to pass, the whole pack is built.
        """
        if keep not in self.sound:
            cases, wanted = self._cases(keep), keep
            runner = self._runner(wanted, None)
            if any(self._fails(runner, *case) for case in cases):
                wanted = frozenset({*self.pack.rules, *self.pack.groups, *keep})
                runner = self._runner(wanted, None)
                faults = [case for case in cases if self._fails(runner, *case)]
                assert not faults, f"{self.pack.id}: unbroken examples fail: {faults[:3]}"
            self.sound[keep] = wanted, cases
        wanted, cases = self.sound[keep]
        return wanted, sorted(cases, key=lambda case: case[0] != name)

    def _needs(self, name: str) -> frozenset[str]:
        """Return the rules that ``name`` and its examples name, and what those name."""
        keep: set[str] = set()
        found = {name} | self._companions(name)
        while found:
            keep |= found
            found = {
                each for rule in found & self.words.keys() for each in self.words[rule] & self.words.keys()
            } - keep
        return frozenset(keep)

    def _closure(self, name: str) -> frozenset[str]:
        """Return every rule that can see a change of ``name``, with what each of them needs."""
        seeing, found = {name}, {name}
        while found:
            found = {each for each, words in self.words.items() if words & found} - seeing
            seeing |= found
        return frozenset[str]().union(*(self._needs(each) for each in seeing))

    def _companions(self, name: str) -> set[str]:
        """Return what shares a group with ``name``, or is named by its examples."""
        found: set[str] = set()
        for group, entry in self.pack.groups.items():
            members = {rule for side in entry.members for rule in side}
            if name in members or name == group:
                found |= members | {group}
        for owner in {name, *found} & self.pack.examples.keys():
            examples = self.pack.examples[owner]
            for case in examples.cases:
                found |= set(case.expect) if isinstance(case.expect, dict) else set()
                for ledger in (case.ledger, examples.ledger):
                    found |= {row["rule"] for row in ledger} if isinstance(ledger, tuple) else set()
        return found

    def _cases(self, keep: frozenset[str]) -> list[tuple[str, int]]:
        return [
            (owner, number)
            for owner, examples in self.pack.examples.items()
            if owner in keep
            for number in range(len(examples.cases))
        ]

    def _runner(self, keep: frozenset[str], mutant: Mutant | None) -> Runner:
        rules = {name: rule for name, rule in self.pack.rules.items() if name in keep}
        groups = {name: group for name, group in self.pack.groups.items() if name in keep}
        if mutant is not None and mutant.in_groups:
            groups = {name: group for name, group in groups.items() if name != mutant.name}
            if isinstance(mutant.entry, Group):
                groups[mutant.name] = mutant.entry
        elif mutant is not None and isinstance(mutant.entry, Rule):
            rules[mutant.name] = mutant.entry
        pack = replace(self.pack, rules=rules, groups=groups)
        foreign = {name.partition("#")[0] for name in keep if "#" in name} - {pack.id}
        others = tuple(each for each in self.library.packs if each.id in foreign)
        plan = build_plan(_sharing(self.library, (*others, pack)))
        return Runner(Engine(plan), pack)

    def _fails(self, runner: Runner, owner: str, number: int) -> bool:
        examples = self.pack.examples[owner]
        try:
            return bool(runner.run(owner, examples, number, examples.cases[number]).faults)
        except EdictError:
            return True


def _sharing(library: Library, packs: tuple[Pack, ...]) -> Library:
    """Return the library with other packs but all its facts: only rules are left out."""
    return replace(library, packs=packs)


def _not_printed(pack: Pack, lock: Lock) -> list[Diagnostic]:
    return [each for each in check_figures(pack, lock) if each.code == "P133"]


def _words(rule: Rule) -> frozenset[str]:
    """Return every word that may be a name in the rule's expressions."""
    return frozenset(re.findall(r"\w+", " ".join(_expressions(rule))))


def _expressions(rule: Rule) -> Iterator[str]:
    yield from (rule.amount, rule.value)
    yield from (table.tiers or table.by for table in rule.tables.values())
    for conditions in (rule.when, *(each.when for each in rule.outcomes)):
        yield from _leaves(conditions)


def _leaves(conditions: Iterable[Condition]) -> Iterator[str]:
    for each in conditions:
        yield each.expr
        yield from _leaves((*each.any, *each.all))


# -- the whole run -------------------------------------------------------------------------------------------------


def judge_pack(slug: str, root: Path | None = None) -> list[Verdict]:
    """Return the verdict on every mutant of one pack."""
    sqlglot.parse_one, real = functools.lru_cache(maxsize=None)(sqlglot.parse_one), sqlglot.parse_one
    try:
        library = load_library(root or pack_root())
        pack = library.pack(slug)
        court = Court(library, pack)
        return [court.judge(each) for each in mutants(pack, court.lock)]
    finally:
        sqlglot.parse_one = real


def judge_all(workers: int = 2) -> list[Verdict]:
    """Return the verdicts on all packs, in the order of their folders."""
    packs = [pack.id for pack in load_library(pack_root()).packs]
    # Spawned: a test process may hold threads (DuckDB, xdist) that a fork would copy halfway.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        return [verdict for verdicts in pool.map(judge_pack, packs) for verdict in verdicts]


def page(verdicts: list[Verdict]) -> str:
    """Return the page: counts by kind and pack, then the survivors."""
    caught = sum(bool(each.by) for each in verdicts)
    lines = [
        "# 变异检验", "",
        "本页由 `python -m tests.contracts.mutation --write` 生成：把政策包的规则逐处改坏，看包里的例子和数的核对能不能发现。", "",
        f"共 {len(verdicts)} 处改动，发现 {caught} 处（{_share(caught, len(verdicts))}），漏网 {len(verdicts) - caught} 处。", "",
        "| 改动 | 处 | 数的核对发现 | 编译时发现 | 例子发现 | 漏网 | 发现率 |", "|---|---:|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for kind, words in KINDS.items():
        lines.append(_row(words, [each for each in verdicts if each.mutant.kind == kind]))
    lines += [
        "",
        "| 政策包 | 处 | 数的核对发现 | 编译时发现 | 例子发现 | 漏网 | 发现率 |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for pack in dict.fromkeys(each.mutant.pack for each in verdicts):
        lines.append(_row(pack, [each for each in verdicts if each.mutant.pack == pack]))
    lines += [
        "", "没有改动的：各级财政的分担（例子不写分担，只核对合计与所印的数）；超额累进表中间界限的含与不含（不影响金额）；频次 每项一次（本来不查已付）。",
        "", "## 漏网的改动",
    ]  # fmt: skip
    survivors = [each.mutant for each in verdicts if not each.by]
    for pack in dict.fromkeys(each.pack for each in survivors):
        lines += ["", f"### {pack}", ""]
        lines += [f"- {each.name}：{each.change}{_why(each)}" for each in survivors if each.pack == pack]
    return "\n".join(lines) + "\n"


def _why(mutant: Mutant) -> str:
    rule = mutant.entry
    return "（无依据，不计算金额，这个数只供核对）" if isinstance(rule, Rule) and rule.no_basis else ""


def _row(words: str, verdicts: list[Verdict]) -> str:
    by = Counter(each.by for each in verdicts)
    return (
        f"| {words} | {len(verdicts)} | {by['figures']} | {by['build']} | {by['examples']} | {by['']} "
        f"| {_share(len(verdicts) - by[''], len(verdicts))} |"
    )


def _share(part: int, whole: int) -> str:
    return f"{part * 1000 // whole / 10}%" if whole else "–"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write docs/reference/mutation.md")
    parser.add_argument("--pack", help="judge one pack only and print its survivors")
    options = parser.parse_args()
    verdicts = judge_pack(options.pack) if options.pack else judge_all()
    text = page(verdicts)
    if options.write:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
