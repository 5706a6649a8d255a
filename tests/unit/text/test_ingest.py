"""Documents and their clauses from small invented gazettes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.diagnostic import EdictError
from edict.text.ingest import gazette_paths, ingest, list_files, read_text
from edict.text.lookup import find_document

if TYPE_CHECKING:
    from pathlib import Path

    from edict.text.model import Document, Gazette

NOTICE = """甲市人民政府

关于印发甲市养牛若干措施的通知

甲政〔2030〕5号 2030年3月8日

各区人民政府，市人民政府各部门：

现将《甲市养牛若干措施》印发给你们。

甲市养牛若干措施

根据《乙办法》（乙政〔2029〕7号）等文件，制定本措施。

一、奖励标准

（一）新建牛舍

1. 每头奖励 100 元。

2. 支持设备。

（1）铡草机每台补贴10%；

（2）挤奶机每台补贴20%。

责任单位：市农委

（二）引种

每头奖励200元。

二、其他

各区可以另行制定办法。

本措施自印发之日起施行，有效期3年，原《丙办法》（甲政〔2020〕1号）同时废止。
"""


def only(source: str) -> Document:
    (document,) = read_text(source, "甲.txt").documents
    return document


def ids(source: str) -> list[str]:
    return [clause.id for clause in only(source).walk()]


def owned(gazette: Gazette) -> list[tuple[int, int]]:
    spans = [each.span for each in gazette.remainders]
    spans += [span for each in gazette.documents for clause in each.walk() for span in clause.spans]
    return sorted(span for span in spans if span[0] != span[1])


def body(text: str, title: str = "甲市人民政府关于养牛的意见") -> str:
    return f"{title}\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n各区人民政府：\n\n{text}\n"


def test_the_head_of_a_notice_is_read() -> None:
    document = only(NOTICE)
    assert document.number == "甲政〔2030〕5号"
    assert document.title == "甲市人民政府关于印发甲市养牛若干措施的通知"
    assert (document.issuer, document.addressees) == ("甲市人民政府", "各区人民政府，市人民政府各部门")
    assert document.issued == date(2030, 3, 8)
    assert document.lines == (1, 37)


def test_the_clause_tree_has_positional_ids() -> None:
    assert ids(NOTICE) == [
        "",
        "通知",
        "序",
        "一",
        "一/（一）",
        "一/（一）/1",
        "一/（一）/2",
        "一/（一）/2/（1）",
        "一/（一）/2/（2）",
        "一/（二）",
        "二",
        "尾",
    ]


def test_the_units_belong_to_the_clause_above() -> None:
    assert only(NOTICE).clause("一/(一)/2/(2)").text.endswith("责任单位：市农委")


def test_what_a_document_says_of_itself_is_read() -> None:
    document = only(NOTICE)
    assert [(each.clause, each.printed) for each in document.effective] == [("尾", "自印发之日起施行")]
    assert [(each.clause, each.printed) for each in document.expiry] == [("尾", "有效期3年")]
    assert document.repeals == ("甲政〔2020〕1号",)
    assert document.based_on == ("乙政〔2029〕7号",)


def test_the_figures_of_a_clause_point_into_its_text() -> None:
    clause = only(NOTICE).clause("一/（一）/1")
    (figure,) = clause.figures
    assert clause.text[slice(*figure.span)] == "100 元"


def test_an_unknown_clause_names_the_nearest_ones() -> None:
    with pytest.raises(EdictError, match="T201") as caught:
        only(NOTICE).clause("一/（三）")
    assert "一/（一）" in caught.value.diagnostics[0].hint


def test_articles_are_ids_of_their_own_under_their_chapter() -> None:
    source = body(
        "第一章 总 则\n\n第一条 甲。\n\n第二章 分 则\n\n第二条 下列情形：\n\n（一）甲；\n\n（二）乙。",
    )
    assert ids(source)[1:] == ["第一章", "第一条", "第二章", "第二条", "第二条/（一）", "第二条/（二）"]


def test_sections_stand_under_chapters_that_run_through_the_parts() -> None:
    source = body(
        "第一篇 甲\n\n第一章 乙\n\n第一节 丙\n\n丁。\n\n第二篇 戊\n\n第二章 己\n\n第一节 庚\n\n辛。",
    )
    assert ids(source)[1:] == ["第一篇", "第一章", "第一章/第一节", "第二篇", "第二章", "第二章/第一节"]


def test_chapters_that_start_anew_stand_under_their_part() -> None:
    source = body("第一篇 甲\n\n第一章 乙\n\n丙。\n\n第二篇 丁\n\n第一章 戊\n\n己。")
    assert ids(source)[1:] == ["第一篇", "第一篇/第一章", "第二篇", "第二篇/第一章"]


def test_dotted_numbers_nest_and_unnumbered_headings_keep_their_lists_apart() -> None:
    text = "1 总则\n\n1.1 目的\n\n甲。\n\n2 响应\n\n2.1 条件\n\n2.1.1 一级\n\n响应条件：\n\n(1) 甲。\n\n(2) 乙。\n\n响应措施：\n\n(1) 丙。\n\n2.2 终止\n\n丁。"
    found = ids(body(text))[1:]
    assert "2/2.1/2.1.1/响应条件/（2）" in found
    assert "2/2.1/2.1.1/响应措施/（1）" in found
    assert found[-1] == "2/2.2"


def test_classes_that_each_open_a_list_are_segments() -> None:
    text = "一、标准\n\n顶尖人才（A类）：有大奖。\n\n领军人才（B类）：同时满足：\n\n（1）甲；\n\n（2）乙。\n\n青年人才（C类）：同时满足：\n\n（1）丙。"
    assert ids(body(text))[1:] == [
        "一",
        "一/顶尖人才（A类）",
        "一/领军人才（B类）",
        "一/领军人才（B类）/（1）",
        "一/领军人才（B类）/（2）",
        "一/青年人才（C类）",
        "一/青年人才（C类）/（1）",
    ]


def test_a_repeated_number_gets_a_suffix_and_is_reported() -> None:
    gazette = read_text(body("一、甲\n\n乙。\n\n二、丙\n\n丁。\n\n二、戊\n\n己。"), "甲.txt")
    assert [clause.id for clause in gazette.documents[0].walk()][1:] == ["一", "二", "二~2"]
    assert [each.code for each in gazette.reports] == ["T305"]


def test_a_skipped_number_is_reported() -> None:
    gazette = read_text(body("一、甲\n\n1. 乙。\n\n3. 丙。"), "甲.txt")
    (report,) = gazette.reports
    assert (report.code, report.place.line) == ("T306", 9)
    assert "缺少2" in report.message


def test_a_box_does_not_end_the_clause_around_it() -> None:
    text = "一、甲\n\n（一）乙\n\n丙。\n\n专栏1：丁工程\n\n1. 戊。\n\n2. 己。\n\n（二）庚\n\n辛。"
    assert ids(body(text))[1:] == ["一", "一/（一）", "专栏1", "专栏1/1", "专栏1/2", "一/（二）"]


def test_a_number_that_goes_on_around_a_box_is_not_in_the_box() -> None:
    text = "一、甲\n\n1. 乙。\n\n2. 丙。\n\n专栏1 丁\n\n名称\t数值\n\n牛\t5\n\n3. 戊。"
    assert ids(body(text))[1:] == ["一", "一/1", "一/2", "专栏1", "专栏1/表1", "专栏1/表1/行1", "一/3"]


def test_a_table_has_a_head_and_rows_and_its_repeated_head_is_no_row() -> None:
    text = "一、甲\n\n乙。\n\n表 1：牛\n\n序号\t名称\t头数\n\n1\t黄牛\t5\n\n序号\t名称\t头 数\n\n2\t奶牛\t6"
    document = only(body(text))
    table = document.clause("表1")
    assert (table.heading, table.text) == ("表 1：牛", "序号\t名称\t头数")
    assert [row.text for row in table.children] == ["1\t黄牛\t5", "2\t奶牛\t6"]


def test_annexes_number_anew_and_hold_their_tables() -> None:
    text = "一、甲\n\n乙。\n\n附件：1. 丙表\n2. 丁图（略）\n\n附 件 1\n\n丙表\n\n一、戊\n\n己。\n\n序号\t名称\n\n1\t庚"
    document = only(body(text))
    assert [clause.id for clause in document.walk()][1:] == [
        "一",
        "尾",
        "附件1",
        "附件1/一",
        "附件1/表1",
        "附件1/表1/行1",
    ]
    assert [(each.label, each.title, each.omitted) for each in document.annexes] == [
        ("附件1", "丙表", False),
        ("附件2", "丁图", True),
    ]


def test_two_texts_named_by_one_notice_are_two_documents_of_one_number() -> None:
    source = body(
        "《甲规划》《乙规划》已经同意。\n\n甲规划\n\n一、丙\n\n丁。\n\n乙规划\n\n一、戊\n\n己。",
        "甲市人民政府关于印发《甲规划》《乙规划》的通知",
    )
    gazette = read_text(source, "甲.txt")
    assert [each.key for each in gazette.documents] == ["甲政〔2030〕6号#1", "甲政〔2030〕6号#2"]
    assert gazette.count == 1
    with pytest.raises(EdictError, match="T203"):
        find_document(gazette, "甲政〔2030〕6号")
    assert find_document(gazette, "甲政[2030]6号#2").title == "乙规划"
    assert find_document(gazette, "乙规划").clause("一").text == "己。"


def test_a_second_text_not_quoted_in_the_title_is_a_clause_of_its_own() -> None:
    source = body(
        "现印发给你们。\n\n甲市项目综合评价办法\n\n一、甲\n\n乙。\n\n推进项目建设三项制度\n\n一、丙\n\n丁。",
        "甲市人民政府关于印发甲市项目综合评价办法和推进项目建设三项制度的通知",
    )
    assert ids(source)[1:] == ["通知", "一", "正文2", "正文2/一"]


def test_an_order_is_numbered_by_its_serial() -> None:
    source = "甲市养牛规定\n\n甲市人民政府令\n\n第 12 号\n\n《甲市养牛规定》业经会议通过，自 2030 年 5 月 1 日起施行。\n\n市长 某某\n\n2030 年 3 月 28 日\n\n第一条 甲。\n\n第二条 乙。"
    document = only(source)
    assert (document.number, document.title) == ("甲市人民政府令第12号", "甲市养牛规定")
    assert document.issued == date(2030, 3, 28)
    assert document.lines[0] == 1


def test_a_personnel_notice_is_named_by_its_date() -> None:
    document = only("甲市人民政府任免通知\n\n二〇三〇年七月一日决定：\n\n任命某某为甲局局长；")
    assert (document.number, document.numbered) == ("任免通知（2030年7月1日）", False)


def test_a_letterhead_stands_above_the_title() -> None:
    source = "甲市人民政府文件\n甲政 〔2030〕12号\n\n甲市人民政府\n\n关于印发甲市规划的\n\n通知\n\n各区人民政府：\n\n甲。\n\n2030年6月1日\n"
    document = only(source)
    assert document.title == "甲市人民政府关于印发甲市规划的通知"
    assert document.issued == date(2030, 6, 1)


def test_page_furniture_is_set_aside_and_the_sentence_joined() -> None:
    source = body("甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚\n\n—8—\n\n甲市人民政府公报(2030. 3)　 文件\n\n辛壬。")
    gazette = read_text(source, "甲.txt")
    assert gazette.documents[0].clause("序").text == "甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛壬。"
    assert [each.kind for each in gazette.remainders] == ["page", "page"]


def test_text_before_the_first_document_is_a_remainder() -> None:
    gazette = read_text("目录\n\n" + NOTICE, "甲.txt")
    assert [(each.kind, each.text) for each in gazette.remainders] == [("outside", "目录\n\n")]


def test_a_text_without_documents_is_reported_and_kept() -> None:
    gazette = read_text("某人的日记。", "甲.txt")
    assert gazette.documents == ()
    assert [each.code for each in gazette.reports] == ["T301"]
    assert gazette.remainders[0].text == "某人的日记。"


def test_a_gazette_that_breaks_off_is_reported() -> None:
    gazette = read_text(NOTICE + "\n各区应当于每年", "甲.txt")
    assert [(each.code, each.place.line) for each in gazette.reports] == [("T308", 39)]


def test_a_number_in_two_files_is_reported_with_both_places(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(NOTICE, encoding="utf-8")
    gazette = ingest(list_files(tmp_path))
    (report,) = gazette.reports
    assert report.code == "T307"
    assert "a.txt:1" in report.message
    assert "b.txt:1" in report.message
    with pytest.raises(EdictError, match=r"a\.txt:1.*b\.txt:1"):
        find_document(gazette, "甲政〔2030〕5号")


def test_a_citation_inside_a_text_is_no_new_document() -> None:
    document = only(body("按照《甲意见》\n\n（甲政〔2029〕6号）执行。"))
    assert document.root.children[0].id == "序"


PIECES = st.sampled_from(
    [
        "甲市人民政府",
        "关于养牛的意见",
        "甲政〔2030〕5号",
        "2030年3月8日",
        "各区人民政府：",
        "一、甲",
        "（一）乙",
        "1. 丙。",
        "（1）丁；",
        "第一章 戊",
        "第二条 己。",
        "专栏1：庚",
        "附件1",
        "附件：1. 辛",
        "牛\t5",
        "序号\t名称",
        "响应条件：",
        "—8—",
        "甲市人民政府令",
        "第 3 号",
        "甲市人民政府任免通知",
        "壬" * 30,
        "责任单位：市甲局",
        "1 总则",
        "1.1 目的",
        "1.2 依据",
        "1.3 范围",
        "2 机构",
        "",
        "甲 5 6 7",
        "**（二）癸",
        "乙级（A类）：",
    ],
)


@given(st.lists(PIECES, max_size=40))
def test_every_character_is_owned_once_whatever_the_order_of_lines(pieces: list[str]) -> None:
    source = "\n".join(pieces)
    gazette = read_text(source, "甲.txt")
    position = 0
    for start, end in owned(gazette):
        assert start == position
        position = end
    assert position == len(source)
    for document in gazette.documents:
        found = [clause.id for clause in document.walk()]
        assert len(set(found)) == len(found)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_without_a_fault(source: str) -> None:
    gazette = read_text(source, "甲.txt")
    assert sum(end - start for start, end in owned(gazette)) == len(source)


def test_the_named_folder_is_where_gazettes_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "notes.md").write_text("乙", encoding="utf-8")
    monkeypatch.setenv("EDICT_GAZETTES", str(tmp_path))
    assert [each.name for each in gazette_paths()] == ["a.pdf", "b.txt"]
    monkeypatch.setenv("EDICT_GAZETTES", str(tmp_path / "absent"))
    assert gazette_paths() == []
