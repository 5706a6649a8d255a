"""House rules that a reviewer should not have to remember."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edict.packs.strict_yaml import parse
from edict.text.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PACK_FILES = sorted((ROOT / "packs").glob("[!_]*/**/*.yml"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50
# Names that belong to data: districts, document numbers and schemes of the city whose packs come along.
LOCAL = re.compile("郑州|金水|巩义|郑政|智慧岛|河长|残疾儿童|停车场")
# The longest run of Chinese characters that a pack may share with the gazette: names are that long, sentences longer.
LONGEST_RUN = 15


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{shown(path)}::{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_modules_stay_below_the_limit() -> None:
    sizes = {shown(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_functions_stay_below_the_limit() -> None:
    sizes = [each for path in SOURCES for each in functions(path)]
    assert [each for each in sizes if each[1] > LONGEST_FUNCTION] == []
    middle = sorted(size for _, size in sizes)[len(sizes) // 2]
    assert middle < 10


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_the_engine_names_no_district_document_or_scheme(path: Path) -> None:
    assert LOCAL.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_source_leaves_work_for_later(path: Path) -> None:
    assert re.findall(r"\b(?:TODO|FIXME|XXX)\b", path.read_text("utf-8")) == []


def test_packs_hold_no_code() -> None:
    suffixes = {path.suffix for path in (ROOT / "packs").rglob("*") if path.is_file()}
    assert suffixes <= {".yml", ".json"}


def test_every_ruff_rule_that_is_off_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text[text.index("\nignore = [") : text.index("\n]", text.index("\nignore = ["))]
    ignored = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert ignored
    assert [line for line in ignored if "#" not in line] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-bench.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pins = re.findall(
        r"^[a-z0-9][\w.-]*(\[[\w,]+\])?==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE
    )
    assert len(pins) == len(re.findall(r"^\w", text, re.MULTILINE)) > 20
    assert re.findall(r"https?://|^--|^-[a-z]|file:|@ ", text, re.MULTILINE) == []


def test_the_lock_holds_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[><=~\[;]", each)[0].lower() for each in wanted}
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    assert names - locked == set()


def test_no_file_holds_a_path_of_one_machine() -> None:
    kept = [
        path
        for folder in ("src", "packs", "docs", "tools", "examples", "benchmarks", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ] + [path for path in ROOT.iterdir() if path.is_file()]
    machine = re.compile(r"/(?:work|home|root|opt|Users)/")
    assert [shown(path) for path in kept if machine.search(path.read_text("utf-8"))] == []


def chinese(text: str) -> list[str]:
    """The stretches of Chinese characters of a text, spaces dropped; punctuation, digits and quotes end one."""
    return re.findall(r"[\u4e00-\u9fff]+", re.sub(r"\s+", "", text))


def strings(node: object) -> Iterator[str]:
    """Every string of a pack file, except the titles of documents that document.yml cites."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            if key not in {"based_on", "amends", "repeals"}:
                yield from strings(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from strings(value)
    else:
        yield str(node)


def cuts(text: str) -> Iterator[str]:
    """Every piece of a text that is one character too long to be shared."""
    size = LONGEST_RUN + 1
    for stretch in chinese(text):
        yield from (stretch[n : n + size] for n in range(len(stretch) - size + 1))


@pytest.fixture(scope="session")
def gazette_runs(gazettes: list[Path]) -> frozenset[str]:
    return frozenset(
        run
        for document in ingest(gazettes).documents
        for clause in document.walk()
        for run in cuts(f"{clause.heading}，{clause.text}")
    )


@pytest.mark.parametrize("path", PACK_FILES, ids=shown)
def test_no_pack_repeats_a_sentence_of_the_gazette(path: Path, gazette_runs: frozenset[str]) -> None:
    texts = strings(parse(path.read_text("utf-8"), str(path)))
    assert [run for text in texts for run in cuts(text) if run in gazette_runs] == []


def test_a_repeated_sentence_would_be_found() -> None:
    assert list(cuts("甲乙丙丁戊己庚辛 壬癸子丑寅卯辰巳。")) == ["甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"]
    assert list(cuts("甲乙丙丁戊己庚辛，壬癸子丑寅卯辰巳")) == []
