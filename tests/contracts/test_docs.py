"""Documentation as a tested artefact: generated pages are current, links resolve, marked blocks run as written.

A fenced block after ``<!-- run -->`` is run by bash, after ``<!-- run with gazettes -->`` only when the texts are
present; one after ``<!-- write PATH -->`` is written to that file first. The blocks of a page run in order.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from edict.cli import reference
from edict.cli.main import HOMES
from edict.core.codes import CODES
from edict.packs import schema
from edict.rules.functions import TABLE
from edict.text.ingest import gazette_paths

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r"^<!-- (run with gazettes|run|write (\S+)) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Block:
    kind: str
    target: str
    text: str

    def script(self) -> str:
        if self.kind.startswith("write"):
            return f"mkdir -p \"$(dirname '{self.target}')\"\ncat > '{self.target}' <<'END_OF_BLOCK'\n{self.text}END_OF_BLOCK\n"
        return self.text


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page.read_text("utf-8"))]


# The Chinese readme runs what the English one runs, as a test below holds.
RUNNABLE = [page for page in PAGES if blocks(page) and page.name != "README.zh.md"]


@pytest.mark.parametrize("page", RUNNABLE, ids=shown)
def test_the_commands_of_a_page_run_as_written(page: Path, tmp_path: Path) -> None:
    for folder in ("packs", "examples", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    gazettes = gazette_paths()
    chosen = [each for each in blocks(page) if gazettes or each.kind != "run with gazettes"]
    environment = {key: value for key, value in os.environ.items() if key != "EDICT_PACKS"}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}",
        "EDICT_GAZETTES": str(gazettes[0].resolve().parent) if gazettes else "",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        ["/bin/bash", "-euxo", "pipefail", "-c", "".join(each.script() for each in chosen)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Traceback" not in done.stderr


def test_both_readmes_run_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        lines = [line for each in blocks(ROOT / name) for line in each.text.splitlines()]
        return [line.partition(" #")[0].strip() for line in lines]

    assert commands("README.md") == commands("README.zh.md") != []


def test_every_recipe_has_something_to_run_or_says_what_cannot_be_done() -> None:
    recipes = {path.name for path in (ROOT / "docs/tasks").glob("*.md")} - {"README.md"}
    assert {path.name for path in RUNNABLE if path.parent.name == "tasks"} | {"change-a-figure.md"} == recipes
    assert "还做不到的" in (ROOT / "docs/tasks/change-a-figure.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_of_a_page_resolves(page: Path) -> None:
    targets = [each for each in LINK.findall(page.read_text("utf-8")) if not re.match(r"[a-z]+:", each)]
    assert [each for each in targets if not (page.parent / each).exists()] == []


@pytest.mark.parametrize("folder", ["docs/adr", "docs/tasks"])
def test_the_index_of_a_folder_lists_every_page(folder: str) -> None:
    pages = {path.name for path in (ROOT / folder).glob("*.md")} - {"README.md"}
    assert set(LINK.findall((ROOT / folder / "README.md").read_text("utf-8"))) == pages


def test_decisions_are_numbered_without_a_gap_and_have_their_four_parts() -> None:
    pages = sorted((ROOT / "docs/adr").glob("0*.md"))
    assert [int(path.name[:4]) for path in pages] == list(range(1, len(pages) + 1))
    for path in pages:
        heads = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)
        assert heads == ["Context", "Decision", "Concerns", "Consequences"], path.name


def test_the_generated_pages_are_current() -> None:
    assert reference.stale(ROOT) == ()
    assert schema.stale(ROOT) == ()


def test_the_reference_names_every_command_code_and_function() -> None:
    pages = reference.pages()
    assert [name for name in HOMES if f"## edict {name}\n" not in pages["cli.md"]] == []
    assert [code for code in CODES if f"| {code} |" not in pages["errors.md"]] == []
    assert [each.usage for each in TABLE.values() if each.usage not in pages["functions.md"]] == []


def test_a_stale_or_missing_page_is_named(tmp_path: Path) -> None:
    assert set(reference.stale(tmp_path)) == set(reference.pages())
    reference.write(tmp_path)
    (tmp_path / "docs/reference/cli.md").write_text("old", "utf-8")
    assert reference.stale(tmp_path) == ("cli.md",)


def test_the_pages_are_written_and_checked_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert reference.main(["--check"]) == 1
    assert "怎样改：" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0


def test_every_folder_of_the_project_stands_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    packages = [path.parent for path in (ROOT / "src/edict").glob("*/__init__.py")]
    assert [shown(path) for path in packages if f"`{shown(path)}/`" not in text] == []


def test_every_module_named_in_the_architecture_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = re.findall(r"`((?:core|text|packs|rules|cli)\.\w+)", text)
    assert named
    missing = [each for each in named if not (ROOT / "src/edict" / f"{each.replace('.', '/')}.py").exists()]
    assert missing == []


def test_every_make_target_named_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        each
        for page in PAGES
        for each in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "check", "bench"} <= targets
    assert named - targets == set()


def test_the_catalogue_entry_has_the_required_keys() -> None:
    from edict.packs.strict_yaml import parse

    data = parse((ROOT / "publiccode.yml").read_text("utf-8"), "publiccode.yml")
    assert isinstance(data, dict)
    required = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"}
    assert required | {"description", "legal", "maintenance", "localisation"} <= data.keys()
    assert data["legal"]["license"] == "Apache-2.0"
    assert {"type", "contacts"} <= data["maintenance"].keys()
    assert {"localisationReady", "availableLanguages"} <= data["localisation"].keys()
    for words in data["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10000
        assert words["features"]
