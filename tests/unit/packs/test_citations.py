from __future__ import annotations

from typing import TYPE_CHECKING

from sample_library import FILES, write_library

from edict.packs.citations import accepted_keys, citations, used_figures, written_figures
from edict.packs.load import Pack, load_pack

if TYPE_CHECKING:
    from pathlib import Path


def test_every_cited_clause_is_named_with_its_place(pack: Pack) -> None:
    assert [(c.clause, c.file, c.keys) for c in citations(pack)] == [
        ("一/（一）", "rules.yml", ("投资奖励", "clause", 0)),
        ("一/（二）", "rules.yml", ("级别奖励", "clause", 0)),
        ("附件1/表1", "rules.yml", ("分档奖励", "clause", 0)),
        ("一", "groups.yml", ("择优", "clause")),
    ]


def test_clauses_of_conditions_outcomes_parameters_and_windows_are_cited(tmp_path: Path) -> None:
    rules = """\
判定:
  clause: 甲
  kind: decision
  for: 项目
  parameters: {数: {value: 2%, clause: 乙}}
  when: [{any: [已竣工, {all: [{expr: 已竣工, clause: 丙}]}]}]
  outcomes: [{value: 好, when: [{expr: 已竣工, clause: 丁}], clause: 戊}]
  valid: {from: 2022-06-01, clause: 己}
  funding: {市: 100%}
  funding_clause: 庚
"""
    pack = load_pack(write_library(tmp_path, {"rules.yml": rules, "groups.yml": ""}) / "city/doc-1")
    assert {c.clause for c in citations(pack)} == set("甲乙丙丁戊己庚")


def test_every_figure_is_listed_with_where_it_must_be_printed(pack: Pack) -> None:
    figures = {used.keys: (used.text, used.clauses) for used in used_figures(pack)}
    assert figures["投资奖励", "parameters", "上限"] == ("50万元", ("一/（一）",))
    assert figures["级别奖励", "tables", "标准", "values", "省级"] == ("10万元", ("一/（二）",))
    assert figures["分档奖励", "tables", "档比例", "bands", 0, "below"] == ("1000万元", ("附件1/表1",))
    assert len(figures) == 12
    assert {text for text, *_ in written_figures(pack)} == {text for text, _ in figures.values()}


def test_a_date_may_be_printed_coarser_only_at_its_edge() -> None:
    assert accepted_keys("2022-03-31") == {"2022-03-31", "--03-31", "2022-03", "--03", "2022"}
    assert accepted_keys("2022-05-01") == {"2022-05-01", "--05-01", "2022-05", "--05"}
    assert "2022" in accepted_keys("2022-01-01")
    assert "2022" not in accepted_keys("2022-01-15") | accepted_keys("2022-01-31") | accepted_keys(
        "2022-02-01"
    )
    assert accepted_keys("2022-05-02") == {"2022-05-02", "--05-02"}


def test_a_rate_may_be_printed_without_its_measure() -> None:
    assert accepted_keys("1800元/件") == {"1800元/件", "1800元"}


def test_a_faulty_figure_has_no_key() -> None:
    assert accepted_keys("1000万") == frozenset()


def test_a_term_of_years_accounts_for_the_last_day(tmp_path: Path) -> None:
    document = FILES["document.yml"].replace(
        "{from: 2022-06-01}",
        "{from: 2022-06-01, to: 2027-05-31, clause: 尾}",
    )
    pack = load_pack(write_library(tmp_path, {"document.yml": document}) / "city/doc-1")
    (used,) = [each for each in used_figures(pack) if each.file == "document.yml"]
    assert "60月" in used.accepted
    assert "59月" not in used.accepted
