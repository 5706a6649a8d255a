from __future__ import annotations

from typing import TYPE_CHECKING

from sample_library import FILES, TEXTS, document, write_library

from edict.packs.coverage import Coverage, coverage, printed_keys, show_key
from edict.packs.load import load_pack
from edict.packs.lock import make_lock

if TYPE_CHECKING:
    from pathlib import Path


def covered(
    tmp_path: Path,
    changes: dict[str, str] | None = None,
    texts: dict[str, str] | None = None,
) -> Coverage:
    pack = load_pack(write_library(tmp_path, changes) / "city/doc-1")
    return coverage(pack, make_lock(document({**TEXTS, **(texts or {})})))


def test_a_fully_triaged_document_is_complete(tmp_path: Path) -> None:
    found = covered(tmp_path)
    assert found.complete
    assert found.executed == ("一", "一/（一）", "一/（二）", "附件1/表1/行1", "附件1/表1/行2")
    assert (found.gaps["exhortation"], found.gaps["deferred"]) == (("序",), ("二", "二/（一）"))
    assert (found.clauses, found.figures, found.figures_used, found.figures_explained) == (8, 12, 11, 1)
    assert found.rules == {"grant": 3}


def test_clauses_and_figures_always_add_up(tmp_path: Path) -> None:
    found = covered(tmp_path, {"gaps.yml": ""})
    assert found.untriaged == ("序", "二", "二/（一）")
    assert found.clauses == 8
    assert found.figures_unexplained == (("一", "3年"),)
    assert found.figures == 12


def test_a_clause_with_figures_needs_an_entry_of_its_own(tmp_path: Path) -> None:
    found = covered(tmp_path, texts={"二/（一）": "培育5家单位。"})
    assert found.untriaged == ("二/（一）",)
    assert found.figures_unexplained == (("二/（一）", "5家"),)
    gaps = FILES["gaps.yml"].replace(
        "figures:",
        "  二/（一）: {class: deferred, stage: 评估, why: 指标}\nfigures:",
    )
    assert covered(tmp_path, {"gaps.yml": gaps}, {"二/（一）": "培育5家单位。"}).complete


def test_a_figure_that_no_rule_uses_must_be_explained_even_in_an_executed_clause(tmp_path: Path) -> None:
    texts = {"一/（二）": "国家级30万元，省级10万元，共7项。"}
    assert covered(tmp_path, texts=texts).figures_unexplained == (("一/（二）", "7项"),)
    gaps = FILES["gaps.yml"] + "  一/（二）: {7项: 只是说明}\n"
    assert covered(tmp_path, {"gaps.yml": gaps}, texts).complete


def test_a_figure_used_elsewhere_does_not_count_as_used_here(tmp_path: Path) -> None:
    assert covered(
        tmp_path,
        texts={"一/（二）": "国家级30万元，省级10万元，但50万元除外。"},
    ).figures_unexplained == (("一/（二）", "50万元"),)


def test_a_heading_without_text_is_not_counted(tmp_path: Path) -> None:
    assert "附件1" not in covered(tmp_path, {"gaps.yml": ""}).untriaged


def test_the_date_of_issue_needs_no_explanation(tmp_path: Path) -> None:
    texts = {"一/（二）": "国家级30万元，省级10万元。2022年6月1日"}
    assert covered(tmp_path, texts=texts).complete
    assert not covered(tmp_path, texts={"一/（二）": texts["一/（二）"].replace("1日", "2日")}).complete


def test_questions_of_document_rules_and_groups_are_counted(tmp_path: Path) -> None:
    question = "questions: [{about: 甲, chosen: 乙}]"
    changes = {
        "document.yml": FILES["document.yml"] + question,
        "rules.yml": FILES["rules.yml"] + "  " + question,
    }
    assert covered(tmp_path, changes).questions == 2


def test_a_spelling_without_a_figure_has_no_key() -> None:
    assert printed_keys("若干") == frozenset()


def test_a_key_is_shown_as_a_share_only_when_it_is_one() -> None:
    assert [show_key(key) for key in ("0.5", "0.5亩", "100", "1.2", "1:1")] == [
        "50%",
        "0.5亩",
        "100",
        "1.2",
        "1:1",
    ]
