from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sample_library import TEXTS, document, write_library

from edict.core.diagnostic import EdictError
from edict.packs.coverage import coverage
from edict.packs.load import load_library, load_pack
from edict.packs.lock import make_lock
from edict.packs.new import new_pack

TEMPLATE = Path(__file__).resolve().parents[3] / "packs" / "_template"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATE, tmp_path / "_template")
    return write_library(tmp_path)


def test_a_new_pack_loads_and_leaves_every_clause_untriaged(root: Path) -> None:
    path = new_pack(root, document(number="测政〔2022〕7号"), slug="doc-7")
    pack = load_pack(path)
    assert (pack.document.number, str(pack.document.issued)) == ("测政〔2022〕7号", "2022-06-01")
    assert pack.document.based_on == ("测发〔2021〕2号",)
    found = coverage(pack, make_lock(document()))
    assert len(found.untriaged) == found.clauses == 8
    assert "doc-7" in [each.id for each in load_library(root).packs]


def test_the_list_of_clauses_gives_figures_and_no_words(root: Path) -> None:
    text = (new_pack(root, document(), slug="doc-7") / "gaps.yml").read_text(encoding="utf-8")
    assert "一/（一）: {class: , why: }  # 数：1000万元、2%、50万元、60%" in text
    assert "附件1:" not in text
    assert not any(words in text for words in TEXTS.values() if words)


def test_the_slug_comes_from_the_number(root: Path) -> None:
    assert new_pack(root, document(number="测政〔2022〕7号")).name == "doc-2022-7"
    assert new_pack(root, document(number="测试市人民政府令第245号")).name == "doc-245"


def test_nothing_is_overwritten(root: Path) -> None:
    before = (root / "city/doc-1/rules.yml").read_bytes()
    with pytest.raises(EdictError, match=r"P190.*不会覆盖"):
        new_pack(root, document(), slug="doc-1")
    assert (root / "city/doc-1/rules.yml").read_bytes() == before


@pytest.mark.parametrize("slug", ["../out", "Doc", "文件", "a b", "-a"])
def test_a_slug_that_is_no_plain_folder_name_is_refused(root: Path, slug: str) -> None:
    with pytest.raises(EdictError, match=r"P190"):
        new_pack(root, document(), slug=slug)


def test_a_number_without_digits_asks_for_a_slug(root: Path) -> None:
    with pytest.raises(EdictError, match="--slug"):
        new_pack(root, document(number="任免通知"))


def test_a_root_without_template_or_with_two_places_is_refused(root: Path) -> None:
    (root / "other").mkdir()
    shutil.copy(root / "city/jurisdiction.yml", root / "other")
    with pytest.raises(EdictError, match=r"P190.*有 2 个地方"):
        new_pack(root, document(), slug="doc-7")
    shutil.rmtree(root / "_template")
    with pytest.raises(EdictError, match=r"P190.*模板"):
        new_pack(root, document(), slug="doc-7")
