from __future__ import annotations

from pathlib import Path

import pytest
from sample_library import FILES, JURISDICTION, VOCABULARY, write_library

from edict.core.diagnostic import Diagnostic, EdictError
from edict.packs.load import Library, Pack, find_packs, load_library, load_pack, pack_root

SECOND = {f"city/doc-2/{name}": text.replace("1号", "2号") for name, text in FILES.items()}


def test_a_library_knows_packs_rules_facts_and_subjects(library: Library) -> None:
    pack, rule = library.rule("doc-1#投资奖励")
    assert pack is library.pack("doc-1") is library.pack("测政〔2022〕1号")
    assert rule.subject == "项目"
    assert set(library.facts) == {"所在区县", "投资额", "级别", "件数", "开工日期", "已竣工"}
    assert library.subjects["项目"].belongs_to == "企业"


def test_a_new_folder_is_a_new_pack_without_any_registry(tmp_path: Path) -> None:
    assert [p.id for p in load_library(write_library(tmp_path, SECOND)).packs] == ["doc-1", "doc-2"]


def test_folders_that_begin_with_an_underscore_or_a_dot_are_skipped(tmp_path: Path) -> None:
    root = write_library(tmp_path, {"_template/document.yml": "?", "city/.old/document.yml": "?"})
    assert [path.name for path in find_packs(root)] == ["doc-1"]


def test_optional_files_may_be_absent(tmp_path: Path) -> None:
    root = write_library(tmp_path)
    for name in ("facts.yml", "groups.yml", "examples.yml", "gaps.yml", "lock.json"):
        (root / "city/doc-1" / name).unlink()
    pack = load_library(root).packs[0]
    assert (pack.facts.facts, pack.groups, pack.examples, pack.gaps.clauses, pack.lock) == (
        {},
        {},
        {},
        {},
        None,
    )


def test_a_faulty_pack_is_left_out_and_reported_where_a_report_is_asked(tmp_path: Path) -> None:
    root = write_library(tmp_path, {**SECOND, "rules.yml": "a: [", "facts.yml": "facts: 3"})
    report: list[Diagnostic] = []
    assert [p.id for p in load_library(root, report=report).packs] == ["doc-2"]
    assert {each.code for each in report} == {"P102", "P112"}


def test_without_a_report_the_faults_of_all_packs_are_raised_together(tmp_path: Path) -> None:
    root = write_library(tmp_path, {**SECOND, "rules.yml": "a: [", "city/doc-2/rules.yml": "a: ["})
    with pytest.raises(EdictError) as caught:
        load_library(root)
    assert {Path(d.place.path).parent.name for d in caught.value.diagnostics if d.place} == {"doc-1", "doc-2"}


def test_faults_in_examples_do_not_hinder_loading(tmp_path: Path) -> None:
    pack = load_library(write_library(tmp_path, {"examples.yml": "a: [", "lock.json": "{"})).packs[0]
    with pytest.raises(EdictError, match=r"P102"):
        _ = pack.examples
    with pytest.raises(EdictError, match=r"P125"):
        _ = pack.lock


@pytest.mark.parametrize(
    "text", ["", "[]", "[" * 100_000, '{"number": 1}', '{"number": "甲", "text": "0", "clauses": {"一": 3}}']
)
def test_a_damaged_lock_is_refused_with_the_mend(tmp_path: Path, text: str) -> None:
    pack = load_library(write_library(tmp_path, {"lock.json": text})).packs[0]
    with pytest.raises(EdictError, match=r"P125[^\n]*\n.*edict lock"):
        _ = pack.lock


def test_the_hash_follows_every_content_file_but_not_the_lock(tmp_path: Path, pack: Pack) -> None:
    same = load_pack(write_library(tmp_path / "b", {"lock.json": "{}"}) / "city/doc-1")
    other = load_pack(write_library(tmp_path / "c", {"gaps.yml": "clauses: {}\n"}) / "city/doc-1")
    assert pack.hash == same.hash != other.hash


def test_a_place_leads_to_its_source_line(pack: Pack) -> None:
    place = pack.place("rules.yml", "投资奖励", "parameters", "比例")
    assert pack.source_line(place) == "  parameters: {门槛: 1000万元, 比例: 2%, 上限: 50万元}"
    assert place.column == 32


def test_an_unknown_pack_or_rule_is_refused_with_what_exists(library: Library) -> None:
    with pytest.raises(EdictError, match=r"P120.*\n.*doc-1"):
        library.pack("doc-9")
    with pytest.raises(EdictError, match=r"P121.*\n.*投资奖励"):
        library.rule("doc-1#奖励")
    with pytest.raises(EdictError, match=r"P121.*\n.*包#规则"):
        library.rule("投资奖励")


def test_two_packs_of_one_number_cannot_be_told_apart_by_number(tmp_path: Path) -> None:
    library = load_library(write_library(tmp_path, {name: FILES[Path(name).name] for name in SECOND}))
    with pytest.raises(EdictError, match=r"P120.*有 2 个"):
        library.pack("测政〔2022〕1号")


def test_a_root_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EdictError, match=r"P122"):
        load_library(tmp_path / "no", report=[])


def test_a_root_needs_exactly_one_jurisdiction(tmp_path: Path) -> None:
    root = write_library(tmp_path, {"other/jurisdiction.yml": JURISDICTION})
    with pytest.raises(EdictError, match=r"P123.*有 2 个"):
        load_library(root, report=[])
    (root / "other/jurisdiction.yml").unlink()
    (root / "city/jurisdiction.yml").unlink()
    with pytest.raises(EdictError, match=r"P123.*没有"):
        load_library(root, report=[])


def test_a_fact_declared_in_two_vocabulary_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EdictError) as caught:
        load_library(write_library(tmp_path, {"city/vocabulary/z.yml": VOCABULARY}))
    assert [d.code for d in caught.value.diagnostics] == ["P124", "P124"]


def test_rules_without_a_document_are_reported(tmp_path: Path) -> None:
    with pytest.raises(EdictError, match=r"document.yml"):
        load_library(write_library(tmp_path, {"city/lost/rules.yml": ""}))


def test_the_root_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDICT_PACKS", str(tmp_path))
    assert pack_root() == tmp_path
    monkeypatch.delenv("EDICT_PACKS")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packs").mkdir()
    assert pack_root() == Path("packs")
