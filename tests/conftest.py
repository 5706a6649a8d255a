"""Shared fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edict.text.ingest import gazette_paths

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def gazettes() -> list[Path]:
    paths = gazette_paths()
    if not paths:
        pytest.skip("the gazette texts are absent: set EDICT_GAZETTES or lay them in ../shared/seeds")
    return paths
