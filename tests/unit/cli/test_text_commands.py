from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from edict.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SOURCE = (
    "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n各区人民政府：\n\n为了养牛，提出意见。\n\n"
    "一、补贴\n\n（一）每头补贴100元。\n\n（二）另行规定。\n\n本意见自公布之日起施行。\n"
)


@pytest.fixture
def gazette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "甲.txt"
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setenv("EDICT_GAZETTES", str(tmp_path))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.usefixtures("gazette")
def test_documents_lists_number_date_and_count() -> None:
    result = run("documents")
    assert result.exit_code == 0
    assert "甲政〔2030〕6号" in result.output
    assert "2030-04-01" in result.output
    assert "共 1 件文件。" in result.output


@pytest.mark.usefixtures("gazette")
def test_documents_as_json_hold_what_the_head_says() -> None:
    (row,) = json.loads(run("documents", "--json").output)
    assert row["issuer"] == "甲市人民政府"
    assert row["effective"] == [["尾", "自公布之日起施行"]]
    assert row["clauses"] == 5


@pytest.mark.usefixtures("gazette")
def test_clauses_prints_ids_and_text() -> None:
    output = run("clauses", "甲政[2030]6号").output
    assert "\n  一/（一）\n      每头补贴100元。\n" in output


@pytest.mark.usefixtures("gazette")
def test_clauses_as_json_hold_figures_with_spans() -> None:
    found = json.loads(run("clauses", "甲政〔2030〕6号", "--json").output)
    clause = next(each for each in found["clauses"] if each["id"] == "一/（一）")
    assert [figure["text"] for figure in clause["figures"]] == ["100元"]


@pytest.mark.usefixtures("gazette")
def test_show_marks_the_figures() -> None:
    assert "每头补贴⟨100元⟩。" in run("show", "甲政〔2030〕6号", "一/(一)").output


@pytest.mark.usefixtures("gazette")
def test_search_marks_the_words() -> None:
    output = run("search", "补贴").output
    assert "每头⟨补贴⟩100元" in output
    assert "找到 2 条。" in output


@pytest.mark.usefixtures("gazette")
def test_search_that_finds_nothing_says_what_to_do() -> None:
    result = run("search", "羊")
    assert result.exit_code == 0
    assert "没有找到" in result.output


def test_ingest_reports_documents_and_remainders(gazette: Path) -> None:
    output = run("ingest", str(gazette)).output
    assert output.startswith("文件 1 件")


def test_ingest_as_json_accounts_for_the_file(gazette: Path) -> None:
    found = json.loads(run("ingest", str(gazette), "--json").output)
    assert found["count"] == 1
    assert found["remainders"] == []


@pytest.mark.usefixtures("gazette")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("clauses", "甲政〔2030〕9号"), "T202"),
        (("show", "甲政〔2030〕6号", "九"), "T201"),
        (("search", " "), "T204"),
        (("ingest", "无.txt"), "T101"),
    ],
)
def test_a_fault_is_told_in_chinese_without_a_traceback(arguments: tuple[str, ...], code: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert code in result.output
    assert "怎样改" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["documents", "ingest"])
def test_no_gazette_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("EDICT_GAZETTES", str(tmp_path / "absent"))
    result = run(command)
    assert result.exit_code == 1
    assert "T109" in result.output
