from __future__ import annotations

import pytest

from edict.text.ingest import read_text

HEAD = "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n各区人民政府：\n\n"


def reported(body: str) -> list[tuple[str, int]]:
    return [(each.code, each.place.line) for each in read_text(HEAD + body, "甲.txt").reports]


def test_a_sound_document_has_no_reports() -> None:
    assert reported("一、甲\n\n（一）乙。\n\n（二）丙。\n") == []


def test_a_misread_symbol_is_reported_with_its_line() -> None:
    assert reported("一、甲\n\n比例为1暶2。\n") == [("T302", 11)]


@pytest.mark.parametrize("word", ["and", " or "])
def test_an_english_conjunction_among_chinese_is_reported_and_kept(word: str) -> None:
    gazette = read_text(f"{HEAD}一、国家{word}省有关规定。\n", "甲.txt")
    assert [each.code for each in gazette.reports] == ["T309"]
    assert word.strip() in gazette.documents[0].clause("一").text


def test_english_names_are_not_reported() -> None:
    assert reported("一、支持 R and D 项目和 Brand 建设。\n") == []


def test_a_clause_that_breaks_off_is_reported() -> None:
    cut = "支持各类机构，" * 7 + "承担国家重大"
    assert reported(f"一、甲\n\n{cut}\n\n二、乙\n\n丙。\n") == [("T310", 9)]


def test_a_table_torn_into_short_lines_is_reported() -> None:
    cells = "\n\n".join(f"格{number}" for number in range(12))
    assert reported(f"一、甲。\n\n附件\n\n乙表\n\n{cells}\n\n以上。\n") == [("T304", 11)]


def test_every_report_is_a_chinese_sentence() -> None:
    gazette = read_text(f"{HEAD}一、甲1暶2和国家and省\n\n1. 乙。\n\n3. 丙", "甲.txt")
    assert {each.code for each in gazette.reports} == {"T302", "T306", "T308", "T309"}
    assert all(each.message.endswith("。") for each in gazette.reports)
