from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import pytest

from edict.packs import model
from edict.rules.plan import LedgerKind
from edict.rules.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]
NOT_WORDS = {"", "true", "false", "1"}  # the loader's spellings of yes, no and the format version
ROWS = re.findall(
    r"^\| ([^|]+) \| `([^`]+)` \| ([^|]+) \|$", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE
)
SOURCE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py")))
LISTED = {identifier for _, identifier, _ in ROWS}


def entries() -> list[type[BaseModel]]:
    return [each for each in vars(model).values() if isinstance(each, type) and issubclass(each, model.Entry)]


def literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for inner in get_args(annotation):
            yield from literals(inner)


def test_every_key_of_the_pack_format_is_listed() -> None:
    keys = {field.alias or name for each in entries() for name, field in each.model_fields.items()}
    assert keys - LISTED == set()


def test_every_fixed_value_of_the_pack_format_is_listed() -> None:
    values = {
        value
        for each in entries()
        for field in each.model_fields.values()
        for value in literals(field.annotation)
    }
    assert {"奖补", "deferred", "money", "applicant", "best"} <= values
    assert values - NOT_WORDS - LISTED == set()


def test_every_status_is_listed_with_its_word() -> None:
    listed = {(word, identifier) for word, identifier, _ in ROWS}
    assert {(each.label, each.name) for each in Status} - listed == set()


def test_every_ledger_fact_is_listed() -> None:
    assert set(get_args(LedgerKind)) - LISTED == set()


@pytest.mark.parametrize("identifier", sorted(LISTED))
def test_a_listed_identifier_stands_in_the_code(identifier: str) -> None:
    assert re.search(rf"(?<!\w){re.escape(identifier)}(?!\w)", SOURCE)


def test_no_row_is_malformed_or_repeated() -> None:
    text = (ROOT / "GLOSSARY.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| 中文 |")]
    assert len(rows) == len(ROWS)
    for section in text.split("\n## ")[1:]:
        names = re.findall(r"^\| [^|]+ \| `([^`]+)` \|", section, re.MULTILINE)
        assert len(names) == len(set(names))
