"""The invented town as a fixture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from edict.core.diagnostic import Diagnostic, EdictError
from tests.unit.rules.town import Town, build

if TYPE_CHECKING:
    from pathlib import Path

MakeTown = Callable[..., Town]


@pytest.fixture
def town(tmp_path: Path) -> MakeTown:
    """Return a function from the text of rules.yml (and other files by keyword) to a town."""
    return lambda rules="", **files: build(tmp_path, rules, **files)


@pytest.fixture
def faults(tmp_path: Path) -> Callable[..., list[Diagnostic]]:
    """Return a function that builds a town's plan and returns what is wrong with it."""

    def run(rules: str, **files: str) -> list[Diagnostic]:
        try:
            _ = build(tmp_path, rules, **files).plan
        except EdictError as fault:
            return list(fault.diagnostics)
        return []

    return run
