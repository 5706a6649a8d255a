"""What the parts of a rule (tables, implied conditions) need of the rule they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edict.core.diagnostic import Place
    from edict.packs.load import Pack
    from edict.packs.model import Rule
    from edict.rules.grammar import Scope
    from edict.rules.plan import LedgerKind
    from edict.rules.source import Source
    from edict.rules.tree import Const, FactRef, Node, Type


class RuleContext(Protocol):
    """A rule under construction, as its parts see it; :class:`~edict.rules.rule_builder.RuleBuilder` is the one there is."""

    pack: Pack
    rule: Rule

    def scope(self) -> Scope:
        """Return what names mean in the rule."""

    def place(self, *path: str | int) -> Place:
        """Return where an entry of the rule stands."""

    def source(self, text: str, *path: str | int, clause: str = "") -> Source:
        """Return an expression of the rule with its place."""

    def figure(self, text: str, name: str, *path: str | int) -> Const:
        """Return a figure of the rule as a constant."""

    def named(self, name: str, kind: Type) -> Node:
        """Return a parameter that must be of a certain kind."""

    def ledger(self, kind: LedgerKind) -> FactRef:
        """Return what was paid under the rule."""
