from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edict.cli.main import main

PROJECT = Path(__file__).resolve().parents[3]
DOCUMENT = "schema: 1\nnumber: 测政〔2022〕1号\ntitle: 试验\nissuer: 测试市人民政府\nissued: 2022-06-01\nin_force: {from: 2022-06-01}\nstatus: draft\n"
RULES = """\
奖励:
  clause: 一
  kind: grant
  class: 奖补
  for: 企业
  parameters: {额度: 30万元}
  when: [高新企业]
  amount: 额度
"""
LOCK = '{"number": "测政〔2022〕1号", "text": "0", "clauses": {"一": {"hash": "0", "figures": [["300000元"]]}, "二": {"hash": "1"}}}'

Run = Callable[..., Result]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "jurisdiction.yml": "name: 测试市\nareas: [东区]\nunits: {市财政局: }\nfiscal_levels: [市]\n",
        "vocabulary/a.yml": "subjects: {企业: {}}\nfacts:\n  高新企业: {of: 企业, type: bool, ask: 是不是？}\n",
        "doc-1/document.yml": DOCUMENT,
        "doc-1/rules.yml": RULES,
        "doc-1/lock.json": LOCK,
    }
    for name, text in files.items():
        path = tmp_path / "city" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def edict(root: Path) -> Run:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, [arguments[0], "--root", str(root), *arguments[1:]])

    return run


def test_coverage_counts_and_lists_what_is_open(edict: Run) -> None:
    result = edict("coverage")
    assert result.exit_code == 0
    assert "doc-1 未归类的条款：二" in result.output


def test_strict_coverage_fails_while_a_clause_is_open(edict: Run, root: Path) -> None:
    assert edict("coverage", "--strict").exit_code == 1
    (root / "city/doc-1/gaps.yml").write_text(
        "clauses: {二: {class: exhortation, why: 倡导}}\n",
        encoding="utf-8",
    )
    assert edict("coverage", "--strict").exit_code == 0


def test_coverage_as_json_is_complete(edict: Run) -> None:
    (found,) = json.loads(edict("coverage", "--json", "doc-1").output)
    assert (found["clauses"], found["untriaged"], found["figures_used"]) == (2, ["二"], 1)


def test_coverage_of_several_packs_has_a_total(edict: Run, root: Path) -> None:
    shutil.copytree(root / "city/doc-1", root / "city/doc-2")
    assert "合计" in edict("coverage").output


def test_coverage_without_a_lock_says_how_to_make_one(edict: Run, root: Path) -> None:
    (root / "city/doc-1/lock.json").unlink()
    result = edict("coverage")
    assert result.exit_code == 1
    assert "P131" in result.output


def test_check_prints_faults_with_source_and_mend_and_fails(edict: Run, root: Path) -> None:
    (root / "city/doc-1/rules.yml").write_text(RULES.replace("30万元", "40万元"), encoding="utf-8")
    result = edict("check", "--no-text")
    assert result.exit_code == 1
    assert "P133" in result.output
    assert "怎样改：所引条款里的数：30万元。" in result.output


def test_a_pack_that_cannot_be_loaded_is_reported_and_the_others_are_checked(edict: Run, root: Path) -> None:
    shutil.copytree(root / "city/doc-1", root / "city/doc-2")
    (root / "city/doc-2/rules.yml").write_text("[" * 100_000, encoding="utf-8")
    result = edict("check", "--no-text")
    assert result.exit_code == 1
    assert "P106" in result.output
    assert "检查了 1 个政策包" in result.output


def test_examples_that_cannot_be_read_do_not_hide_the_faults_of_other_packs(edict: Run, root: Path) -> None:
    shutil.copytree(root / "city/doc-1", root / "city/doc-2")
    (root / "city/doc-1/examples.yml").write_text("a: [", encoding="utf-8")
    result = edict("check", "--no-text")
    assert result.exit_code == 1
    assert "P102" in result.output
    assert "doc-2/rules.yml:" in result.output


def test_only_the_faults_of_the_packs_named_are_shown(edict: Run, root: Path) -> None:
    shutil.copytree(root / "city/doc-1", root / "city/doc-2")
    (root / "city/doc-2/rules.yml").write_text("a: [", encoding="utf-8")
    assert "P102" not in edict("check", "--no-text", "doc-1").output
    assert "P102" in edict("check", "--no-text", str(root / "city/doc-2")).output


def test_an_unknown_pack_is_refused_with_what_exists(edict: Run) -> None:
    result = edict("check", "--no-text", "doc-9")
    assert result.exit_code == 1
    assert "现有：doc-1" in result.output


@pytest.mark.parametrize(("number", "code"), [("郑政办〔2022〕84号", "T203"), ("测政〔2022〕1号", "T202")])
def test_a_number_that_names_no_text_or_several_is_a_fault(
    edict: Run, root: Path, gazettes: list[Path], number: str, code: str
) -> None:
    (root / "city/doc-1/document.yml").write_text(
        DOCUMENT.replace("测政〔2022〕1号", number), encoding="utf-8"
    )
    (root / "city/doc-1/lock.json").unlink()
    assert code in edict("check").output


def test_the_lock_stands_for_a_text_that_is_not_among_those_at_hand(edict: Run, gazettes: list[Path]) -> None:
    assert "T202" not in edict("check").output


def test_lock_needs_a_pack_or_all(edict: Run) -> None:
    assert edict("lock").exit_code == 2


def test_lock_and_new_without_the_text_say_what_to_set(
    edict: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("EDICT_GAZETTES", str(tmp_path / "no"))
    for arguments in (("lock", "--all"), ("new", "测政〔2022〕1号")):
        result = edict(*arguments)
        assert result.exit_code == 1
        assert "EDICT_GAZETTES" in result.output


def test_new_then_lock_then_coverage_on_a_real_document(edict: Run, root: Path, gazettes: list[Path]) -> None:
    shutil.copytree(PROJECT / "packs" / "_template", root / "_template")
    assert edict("new", "郑政〔2022〕20号", "--slug", "doc-20").exit_code == 0
    assert "已更新" in edict("lock", "doc-20").output
    assert "没有变化" in edict("lock", "doc-20").output
    (found,) = json.loads(edict("coverage", "--json", "doc-20").output)
    assert found["clauses"] == len(found["untriaged"]) > 10
    assert edict("check", "doc-20").exit_code == 0
