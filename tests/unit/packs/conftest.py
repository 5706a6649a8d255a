"""The sample library as fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sample_library import Faults, write_library

from edict.core.diagnostic import Diagnostic, EdictError
from edict.packs.check import check_pack
from edict.packs.load import Library, Pack, load_library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return load_library(write_library(tmp_path))


@pytest.fixture
def pack(library: Library) -> Pack:
    return library.packs[0]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """Load and check the library with changed files, without the text; return everything found."""

    def run(changes: Mapping[str, str]) -> list[Diagnostic]:
        found: list[Diagnostic] = []
        try:
            library = load_library(write_library(tmp_path, changes), report=found)
        except EdictError as fault:
            return list(fault.diagnostics)
        for pack in library.packs:
            found.extend(check_pack(library, pack, None))
        return found

    return run
