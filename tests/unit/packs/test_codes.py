from __future__ import annotations

import re
from pathlib import Path

from edict.core.codes import CODES

SOURCES = Path(__file__).resolve().parents[3] / "src" / "edict" / "packs"


def codes_in(paths: list[Path]) -> set[str]:
    return {code for path in paths for code in re.findall(r"P\d{3}", path.read_text(encoding="utf-8"))}


def test_every_code_of_the_packs_is_listed_raised_and_tested() -> None:
    listed = {code for code in CODES if code.startswith("P")}
    assert codes_in(list(SOURCES.glob("*.py"))) == listed
    assert (
        codes_in([path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)])
        == listed
    )
