"""What went wrong, where, and how to mend it: one shape for every fault a user can cause.

A :class:`Diagnostic` is a value; checks return tuples of them so that a run reports all faults at once.
:class:`EdictError` carries diagnostics to the command line when work cannot go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; ``line`` and ``column`` count from 1, 0 means the file as a whole."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``path:line:column`` without the parts that are not known."""
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: ``code`` is listed in :mod:`edict.core.codes`, ``message`` and ``hint`` are Chinese sentences."""

    code: str
    message: str
    hint: str = ""
    place: Place | None = None
    source: str = ""
    clause: str = ""
    severity: Severity = "error"

    def render(self) -> str:
        """Return the fault as the lines a person reads: place, code, message, source line, hint, clause.

        >>> print(
        ...     Diagnostic("R103", "没有声明“甲”。", "请在 facts.yml 中声明。", Place("a.yml", 3, 5)).render()
        ... )
        a.yml:3:5  R103  没有声明“甲”。
          怎样改：请在 facts.yml 中声明。
        """
        head = "  ".join(
            part for part in (str(self.place) if self.place else "", self.code, self.message) if part
        )
        lines = [head]
        if self.source and self.place and self.place.line:
            lines.append(f"  {self.place.line} | {self.source}")
        if self.hint:
            lines.append(f"  怎样改：{self.hint}")
        if self.clause:
            lines.append(f"  条款：{self.clause}")
        return "\n".join(lines)


class EdictError(Exception):
    """Work cannot go on; carries every diagnostic found so far."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(each.render() for each in diagnostics))
        self.diagnostics = diagnostics


def errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return those that forbid going on."""
    return tuple(each for each in diagnostics if each.severity == "error")
