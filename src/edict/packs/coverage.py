"""How much of a document its pack executes, clause by clause and figure by figure; the lock alone is enough."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, get_args

from edict.core.quantity import Quantity, QuantityError, format_quantity, parse_quantity
from edict.packs.citations import citations, used_figures
from edict.packs.model import GapClass
from edict.text.figures import figure_keys, find_figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edict.packs.fingerprint import Lock, LockClause
    from edict.packs.load import Pack
    from edict.packs.model import GapsFile

GAP_CLASSES: tuple[str, ...] = get_args(GapClass)

_DAY = re.compile(r"((?:19|20)\d{2})(?:-(\d{2}))?(?:-(\d{2}))?")
_ROW = re.compile(r"(?:表|行)\d+(?:~\d+)?")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where every clause and every figure of a document went; clauses without text of their own are not counted."""

    pack: str
    number: str
    title: str
    executed: tuple[str, ...]
    gaps: Mapping[str, tuple[str, ...]]
    untriaged: tuple[str, ...]
    figures_used: int
    figures_explained: int
    figures_unexplained: tuple[tuple[str, str], ...]
    rules: Mapping[str, int]
    questions: int

    @property
    def clauses(self) -> int:
        """Return the number of clauses."""
        return len(self.executed) + sum(map(len, self.gaps.values())) + len(self.untriaged)

    @property
    def figures(self) -> int:
        """Return the number of figures."""
        return self.figures_used + self.figures_explained + len(self.figures_unexplained)

    @property
    def complete(self) -> bool:
        """Return whether nothing is left untriaged or unexplained."""
        return not self.untriaged and not self.figures_unexplained


def coverage(pack: Pack, lock: Lock) -> Coverage:
    """Sort the clauses and figures of a document by what its pack does with them.

    Raises:
        EdictError: ``gaps.yml`` is faulty.
    """
    executed = executed_clauses(pack, lock)
    placed = {
        name: _state(name, clause, executed, pack.gaps)
        for name, clause in lock.clauses.items()
        if _counts(clause)
    }
    figures = list(_figure_states(pack, lock, executed))
    states = Counter(state for _, _, state in figures)
    return Coverage(
        pack=pack.id,
        number=pack.document.number,
        title=pack.document.title,
        executed=tuple(name for name, state in placed.items() if state == "executed"),
        gaps={gap: tuple(name for name, state in placed.items() if state == gap) for gap in GAP_CLASSES},
        untriaged=tuple(name for name, state in placed.items() if state == "untriaged"),
        figures_used=states["used"],
        figures_explained=states["explained"],
        figures_unexplained=tuple(
            (name, show_key(keys[0])) for name, keys, state in figures if state == "unexplained"
        ),
        rules=dict(Counter(rule.kind for rule in pack.rules.values())),
        questions=_questions(pack),
    )


def executed_clauses(pack: Pack, lock: Lock) -> frozenset[str]:
    """Return the cited clauses, with the rows of a cited table."""
    cited = {each.clause for each in citations(pack)}
    return frozenset(name for name in lock.clauses if cited.intersection(enclosing_tables(name)))


def enclosing_tables(clause: str) -> Iterator[str]:
    """Yield a clause id and, of a row or a table, the ids that a citation may name instead.

    >>> list(enclosing_tables("附件1/表1/行3")), list(enclosing_tables("二/（二）"))
    (['附件1/表1/行3', '附件1/表1', '附件1'], ['二/（二）'])
    """
    yield clause
    while "/" in clause:
        clause, _, last = clause.rpartition("/")
        if not _ROW.fullmatch(last):
            return
        yield clause


def printed_keys(text: str) -> frozenset[str]:
    """Return the canonical keys of the figures in a spelling such as ``400家`` or ``2025年``; empty when it has none.

    >>> sorted(printed_keys("5—10%"))
    ['0.05', '0.1']
    """
    return frozenset(key for figure in find_figures(text) for key in figure_keys(figure))


def show_key(key: str) -> str:
    """Return a canonical key as a reader expects it.

    >>> show_key("100000000元"), show_key("0.02"), show_key("2022-06"), show_key("2025")
    ('1亿元', '2%', '2022年6月', '2025年')
    """
    day = _DAY.fullmatch(key)
    if day:
        return "".join(
            f"{int(part)}{unit}" for part, unit in zip(day.groups(), "年月日", strict=True) if part
        )
    try:
        value = parse_quantity(key)
    except QuantityError:
        return key
    share = not value.unit.dims and value.value.denominator != 1 and value.value < Fraction(1)
    return format_quantity(Quantity(value.value, value.unit, ratio=share))


def _counts(clause: LockClause) -> bool:
    return not clause.heading_only or bool(clause.figures)


def _state(name: str, clause: LockClause, executed: frozenset[str], gaps: GapsFile) -> str:
    """Return executed, the gap class, or untriaged; a clause with figures inherits nothing from above."""
    if name in executed:
        return "executed"
    own = gaps.clauses.get(name)
    if own is None and not clause.figures:
        own = next((gaps.clauses[above] for above in _above(name) if above in gaps.clauses), None)
    return own.gap_class if own else "untriaged"


def _above(clause: str) -> Iterator[str]:
    while "/" in clause:
        clause = clause.rpartition("/")[0]
        yield clause


def _figure_states(
    pack: Pack,
    lock: Lock,
    executed: frozenset[str],
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield clause, keys and state (used, explained, unexplained) of every figure of the document."""
    used: dict[str, set[str]] = {}
    for each in used_figures(pack):
        for cited in each.clauses:
            used.setdefault(cited, set()).update(each.accepted)
    gaps = pack.gaps
    known = {
        day.isoformat()
        for day in (pack.document.issued, pack.document.in_force.since, pack.document.in_force.until)
        if day
    }
    for name, clause in lock.clauses.items():
        inherited = known.union(*(used.get(enclosing, ()) for enclosing in enclosing_tables(name)))
        explained = {key for text in gaps.figures.get(name, {}) for key in printed_keys(text)}
        whole = name not in executed and name in gaps.clauses
        for keys in clause.figures:
            state = (
                "used"
                if inherited.intersection(keys)
                else "explained"
                if whole or explained.intersection(keys)
                else "unexplained"
            )
            yield name, keys, state


def _questions(pack: Pack) -> int:
    rules, groups = pack.rules.values(), pack.groups.values()
    return (
        len(pack.document.questions)
        + sum(len(rule.questions) for rule in rules)
        + sum(len(group.questions) for group in groups)
    )
