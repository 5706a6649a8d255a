"""What all rules of a library share while its plan is built: facts, ledger facts, who belongs to whom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edict.rules.plan import AS_OF, AS_OF_REF, ATTEST_SCALE, LedgerFact, LedgerKind, as_of_scale
from edict.rules.scale import Scale, scale_of
from edict.rules.tree import FactRef, Node

if TYPE_CHECKING:
    from edict.packs.load import Library


class Declarations:
    """Grows while rules are built: each may add ledger facts and attestations."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.subjects = {name: each.belongs_to for name, each in library.subjects.items()}
        self.scales: dict[str, Scale] = {AS_OF: as_of_scale()}
        self.owners: dict[str, str] = {}
        self.ledger: dict[str, LedgerFact] = {}
        self._names: dict[str, dict[str, Node]] = {}
        self._uses = Counter(name for pack in library.packs for name in (*pack.rules, *pack.groups))
        for name, fact in library.facts.items():
            self.scales[name] = scale_of(fact)
            self.owners[name] = fact.of

    def lineage(self, subject: str) -> tuple[str, ...]:
        """Return the subject and the parents above it."""
        chain = [subject]
        while parent := self.subjects.get(chain[-1], ""):
            chain.append(parent)
        return tuple(chain)

    def names(self, subject: str) -> dict[str, Node]:
        """Return the declared facts that a rule about ``subject`` may read: its own and its parents', and the as-of date.

        Attestations and ledger facts are not among them: a pack reads those through the entries that make them.
        """
        if subject not in self._names:
            lineage = self.lineage(subject)
            facts = self.library.facts.items()
            own: dict[str, Node] = {
                name: FactRef(name, self.scales[name].type) for name, fact in facts if fact.of in lineage
            }
            self._names[subject] = {AS_OF: AS_OF_REF, **own}
        return self._names[subject]

    def payer(self, pack: str, name: str) -> str:
        """Return under which name payments of a rule or group are counted: its own, or its id where two packs use the name."""
        return name if self._uses[name] == 1 else f"{pack}#{name}"

    def ledger_fact(self, owner: str, kind: LedgerKind, rules: tuple[str, ...], subject: str) -> LedgerFact:
        """Declare (once) and return the ledger fact ``<owner><kind>``."""
        fact = LedgerFact(f"{owner}{kind}", kind, rules, subject)
        self.ledger[fact.name] = fact
        self.scales[fact.name] = fact.scale
        self.owners[fact.name] = subject
        return fact

    def attestation(self, name: str, subject: str) -> None:
        """Declare a judgement that an office makes about ``subject``."""
        self.scales[name] = ATTEST_SCALE
        self.owners[name] = subject
