from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from edict.packs.schema import FILES, json_schema, main, reference_page, stale, write

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[3]


def test_the_published_schema_and_page_are_current() -> None:
    assert stale(ROOT) == ()


def test_every_file_has_a_schema_and_a_chapter() -> None:
    assert set(json.loads(json_schema())["files"]) == set(FILES)
    assert all(f"## {name}\n" in reference_page() for name in FILES)


def test_every_field_of_the_page_is_explained() -> None:
    rows = [line for line in reference_page().splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert all(row.rstrip("| ").count("|") >= 4 for row in rows)


def test_the_schema_lets_an_editor_see_numbers_and_booleans() -> None:
    definitions = json.loads(json_schema())["$defs"]
    assert definitions["Rule"]["properties"]["top_up"]["enum"] == ["true", "false", True, False]
    assert definitions["Case"]["properties"]["name"]["type"] == ["string", "number", "boolean"]


def test_a_change_is_noticed_until_the_files_are_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    (tmp_path / "docs/reference/pack-format.md").write_text("旧", encoding="utf-8")
    assert stale(tmp_path) == ("pack-format.md",)
    write(tmp_path)
    assert stale(tmp_path) == ()
