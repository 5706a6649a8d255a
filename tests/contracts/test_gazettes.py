"""What every gazette file must yield: all documents, all characters, stable ids."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from edict.cli.main import main
from edict.text.ingest import ingest
from edict.text.lookup import find_document
from edict.text.search import printed, search

if TYPE_CHECKING:
    from pathlib import Path

    from edict.text.model import Gazette

# key, date, file, first line: read off the printed texts; one number covers two texts
DOCUMENTS = (
    ("郑州市人民政府令第245号", "2022-03-28", "000", 3),
    ("郑政〔2022〕2号", "2022-03-02", "000", 201),
    ("郑政〔2022〕3号", "2022-03-01", "000", 688),
    ("郑政〔2022〕4号", "2022-03-10", "000", 792),
    ("郑政文〔2022〕23号", "2022-03-08", "000", 1422),
    ("郑政文〔2022〕32号", "2022-03-17", "000", 1740),
    ("郑政文〔2022〕38号", "2022-03-30", "000", 1784),
    ("郑政办〔2022〕18号", "2022-03-02", "000", 1958),
    ("郑政办〔2022〕19号", "2022-02-28", "000", 2100),
    ("郑政办〔2022〕20号", "2022-03-03", "000", 2245),
    ("郑政办〔2022〕21号", "2022-03-04", "000", 2619),
    ("郑政办〔2022〕22号", "2022-03-07", "000", 2733),
    ("郑政办〔2022〕23号", "2022-02-28", "000", 2817),
    ("郑政办〔2022〕26号", "2022-03-10", "000", 2835),
    ("郑政办〔2022〕27号", "2022-03-18", "000", 2877),
    ("郑政办〔2022〕28号", "2022-03-18", "000", 3176),
    ("郑政办〔2022〕31号", "2022-03-25", "000", 3249),
    ("郑政办〔2022〕32号", "2022-03-25", "000", 3609),
    ("郑政〔2022〕18号", "2022-06-29", "001", 3),
    ("郑政〔2022〕19号", "2022-07-01", "001", 209),
    ("郑政〔2022〕20号", "2022-07-11", "001", 355),
    ("郑政文〔2022〕84号", "2022-07-04", "001", 491),
    ("郑政文〔2022〕96号", "2022-07-26", "001", 723),
    ("郑政办〔2022〕65号", "2022-06-17", "001", 851),
    ("郑政办〔2022〕72号", "2022-07-06", "001", 1041),
    ("郑政办〔2022〕74号", "2022-07-08", "001", 1155),
    ("郑政办〔2022〕79号", "2022-07-26", "001", 1265),
    ("任免通知（2022年7月1日）", "2022-07-01", "001", 1707),
    ("郑州市人民政府令第246号", "2022-08-17", "002", 3),
    ("郑政〔2022〕24号", "2022-08-29", "002", 418),
    ("郑政〔2022〕25号", "2022-08-29", "002", 565),
    ("郑政文〔2022〕102号", "2022-08-15", "002", 616),
    ("郑政办〔2022〕83号", "2022-08-12", "002", 874),
    ("郑政办〔2022〕84号#1", "2022-08-12", "002", 956),
    ("郑政办〔2022〕84号#2", "2022-08-12", "002", 1470),
    ("郑政办〔2022〕85号", "2022-08-17", "002", 1912),
    ("郑政办〔2022〕86号", "2022-08-30", "002", 1974),
    ("任免通知（2022年8月18日）", "2022-08-18", "002", 2361),
    ("郑政〔2021〕12号", "2021-06-10", "003", 5),
    ("郑州市人民政府令第235号", "2019-03-18", "004", 2),
    ("郑政〔2019〕5号", "2019-03-08", "004", 97),
    ("郑政〔2019〕6号", "2019-03-08", "004", 1489),
    ("郑政〔2019〕7号", "2019-03-12", "004", 1628),
    ("郑政〔2019〕8号", "2019-03-18", "004", 2270),
    ("郑政〔2019〕9号", "2019-03-18", "004", 3221),
    ("郑政〔2019〕10号", "2019-03-26", "004", 3800),
    ("郑政〔2019〕11号", "2019-04-02", "004", 4472),
    ("郑政文〔2019〕46号", "2019-03-04", "004", 4974),
    ("郑政文〔2019〕49号", "2019-03-07", "004", 5051),
    ("郑政文〔2019〕50号", "2019-03-06", "004", 5094),
    ("郑政文〔2019〕51号", "2019-03-02", "004", 5218),
    ("郑政文〔2019〕54号", "2019-03-18", "004", 5844),
    ("郑政文〔2019〕59号", "2019-04-01", "004", 5936),
    ("郑政文〔2019〕60号", "2019-04-01", "004", 6034),
    ("郑政文〔2019〕61号", "2019-03-29", "004", 6450),
    ("郑政办〔2019〕11号", "2019-03-01", "004", 6879),
    ("郑政办〔2019〕12号", "2019-03-08", "004", 6996),
    ("郑政办〔2019〕13号", "2019-03-08", "004", 8258),
    ("郑政办〔2019〕14号", "2019-03-08", "004", 8621),
    ("郑政办〔2019〕15号", "2019-03-13", "004", 8714),
    ("郑政办〔2019〕16号", "2019-03-15", "004", 9186),
    ("郑政办文〔2019〕2号", "2019-03-19", "004", 9771),
    ("郑政办文〔2019〕4号", "2019-03-29", "004", 9869),
    ("郑政办文〔2019〕5号", "2019-03-29", "004", 9949),
    ("任免通知（2019年3月18日）", "2019-03-18", "004", 10031),
)

# number, clause, characters that the clause must hold (figures and short names only)
TRICKY = (
    ("郑政文〔2022〕23号", "二/（二）/5/（3）", "市市场监督管理局"),  # a page break runs through the name
    ("郑政文〔2022〕23号", "二/（二）/5/（5）", "60%"),
    ("郑政文〔2022〕23号", "一/（二）/1/创投国家级领军人才（B类）/（2）", "20%"),
    ("郑政文〔2022〕23号", "尾", "有效期3年"),
    ("郑政〔2022〕18号", "二/（一）", "1亿元"),
    ("郑政〔2022〕19号", "三/（十）", "双随机"),
    ("郑政〔2022〕20号", "三/（二）/3", "5000万元"),
    ("郑政办〔2022〕74号", "二/（一）/1", "LPR"),
    ("郑政〔2019〕9号", "七", "1∶ 1"),  # the ratio is printed over two lines
    ("郑政〔2019〕9号", "八/（三）", "预算经费投入"),  # a running head and a page number cut the sentence
    ("郑政〔2019〕11号", "二/3", "1000 万元"),
    ("郑政办〔2022〕22号", "三", "20亿元"),
    ("郑政办〔2022〕31号", "5/5.2/5.2.1/响应条件/（1）", "国内省内"),
    ("郑政办〔2022〕31号", "5/5.2/5.2.2/响应条件/（2）", "3万亩"),
    ("郑政办〔2022〕31号", "5/5.2/5.2.1/响应措施/（6）", "检疫"),
    ("郑政〔2022〕4号", "四/（三）", "人工智能"),  # stands after a box
    ("郑政办〔2022〕65号", "六/（二十一）", "募资"),  # two headings were printed as one line
    ("郑政办〔2022〕27号", "正文2/四/（一）", "30亿元"),  # a second text under the same notice
    ("郑政办〔2022〕27号", "附件2/一/（一）", "5分"),
    ("郑政办〔2022〕84号#2", "专栏8/表1/行1", "750"),
    ("郑政办〔2022〕84号#2", "附件1/表1/行6", "5504"),
    ("郑政〔2021〕12号", "专栏1/表1/行1", "7311.5"),  # a table printed with spaces
    ("郑政〔2021〕12号", "第十二章/第一节", "消费"),
    ("郑政办〔2019〕13号", "附件/表1/行17", "2500"),  # a name printed over two lines
    ("郑州市人民政府令第246号", "第五十九条", "2022年9月19日"),
    ("郑政〔2019〕7号", "第十八条/（十一）", "规章"),
)

REPEALS = {
    "郑政〔2022〕19号": ("郑政〔2018〕40号", "郑政〔2019〕13号"),
    "郑政办〔2022〕31号": ("郑政办文〔2006〕84号", "郑政文〔2012〕70号"),
    "郑政〔2019〕9号": ("郑残联〔2015〕33号",),
    "郑政文〔2019〕49号": ("郑政〔2014〕37号",),
    "郑政文〔2019〕54号": ("《郑州市河长制工作河湖库巡查制度》",),
}

STRUCTURE = {
    "郑州市人民政府令第245号": {"chapter": 5, "article": 36},
    "郑州市人民政府令第246号": {"chapter": 10, "article": 59},
    "郑政文〔2022〕102号": {"chapter": 8, "article": 45},
    "郑政〔2019〕7号": {"article": 38},
    "郑政〔2021〕12号": {"part": 12, "chapter": 42, "section": 139, "box": 20},
    "郑政办〔2022〕79号": {"chapter": 12, "box": 6},
    "郑政办〔2022〕84号#1": {"box": 11},
    "郑政办〔2022〕84号#2": {"box": 8, "annex": 4},
}


@pytest.fixture(scope="module")
def gazette(gazettes: list[Path]) -> Gazette:
    return ingest(gazettes)


def test_all_sixty_four_documents_are_found_with_their_dates_and_places(gazette: Gazette) -> None:
    found = tuple((each.key, str(each.issued), each.source[:3], each.lines[0]) for each in gazette.documents)
    assert found == DOCUMENTS
    assert gazette.count == 64


def test_every_character_of_every_file_belongs_to_one_clause_or_one_remainder(
    gazette: Gazette,
    gazettes: list[Path],
) -> None:
    for path in gazettes:
        owned = [r.span for r in gazette.remainders if r.source == path.name]
        owned += [s for d in gazette.documents if d.source == path.name for c in d.walk() for s in c.spans]
        position = 0
        for start, end in sorted(owned):
            assert start == position, f"{path.name}: gap or overlap at {min(start, position)}"
            position = end
        assert position == len(path.read_text(encoding="utf-8"))


def test_clause_text_shows_the_characters_it_owns_and_no_others(
    gazette: Gazette,
    gazettes: list[Path],
) -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in gazettes}
    added, lost = Counter[str](), Counter[str]()
    for document in gazette.documents:
        for clause in document.walk():
            if clause.kind == "root":
                continue
            raw = "".join(sources[document.source][start:end] for start, end in clause.spans)
            owned, shown = (
                Counter(re.sub(r"\s", "", raw)),
                Counter(re.sub(r"\s", "", printed(clause) + clause.label)),
            )
            added += shown - owned
            lost += (
                Counter() if clause.kind == "table" else owned - shown
            )  # a table shows its repeated head once
    assert added.keys() <= set(
        "∶±≤×行表0123456789",
    )  # repaired symbols and the labels given to tables and rows
    assert lost.keys() <= set(
        "-*:：暶暲曑暳区基",
    )  # bullets, the colon after 专栏, misread symbols, doubled characters


def test_no_text_stands_outside_the_documents(gazette: Gazette) -> None:
    assert [each for each in gazette.remainders if each.kind == "outside"] == []
    pages = [each.text.strip() for each in gazette.remainders if each.kind == "page"]
    assert len(pages) == 9
    assert all(len(each) < 90 for each in pages)


def test_clause_ids_are_unique_within_each_document(gazette: Gazette) -> None:
    for document in gazette.documents:
        ids = [clause.id for clause in document.walk()]
        assert [each for each, count in Counter(ids).items() if count > 1] == []


def test_no_number_is_repeated_or_skipped_in_any_list(gazette: Gazette) -> None:
    assert [each for each in gazette.reports if each.code in {"T305", "T306"}] == []


@pytest.mark.parametrize(("number", "clause", "holds"), TRICKY)
def test_a_tricky_clause_stands_under_its_id(gazette: Gazette, number: str, clause: str, holds: str) -> None:
    assert holds in printed(find_document(gazette, number).clause(clause))


@pytest.mark.parametrize(("number", "counts"), STRUCTURE.items())
def test_a_document_has_all_its_chapters_and_articles(
    gazette: Gazette,
    number: str,
    counts: dict[str, int],
) -> None:
    kinds = Counter(clause.kind for clause in find_document(gazette, number).walk())
    assert {kind: kinds[kind] for kind in counts} == counts


@pytest.mark.parametrize(("number", "repealed"), REPEALS.items())
def test_repealed_documents_are_named(gazette: Gazette, number: str, repealed: tuple[str, ...]) -> None:
    assert find_document(gazette, number).repeals == repealed


def test_only_documents_that_say_so_repeal_others(gazette: Gazette) -> None:
    assert {each.key for each in gazette.documents if each.repeals} == set(REPEALS)


def test_omitted_annexes_are_marked(gazette: Gazette) -> None:
    omitted = {each.key: sum(annex.omitted for annex in each.annexes) for each in gazette.documents}
    assert omitted["郑政办〔2022〕23号"] == 1
    assert omitted["郑政办〔2019〕14号"] == 3
    assert omitted["郑政文〔2022〕84号"] == 0


def test_misread_symbols_are_repaired_in_the_text_and_reported(gazette: Gazette) -> None:
    text = "".join(printed(clause) for clause in find_document(gazette, "郑政〔2021〕12号").walk())
    assert "1.3∶39.7∶59" in text
    assert not set("暶暲暳曑") & set(text)
    assert len([each for each in gazette.reports if each.code == "T302"]) == 5


def test_what_may_be_lost_or_garbled_is_reported_with_its_place(gazette: Gazette) -> None:
    broken = [(each.place.path[:3], each.place.line) for each in gazette.reports if each.code == "T310"]
    assert broken == [("001", 1444)]
    assert len([each for each in gazette.reports if each.code == "T309"]) == 13
    lost_tables = {each.message.split("：")[0] for each in gazette.reports if each.code == "T304"}
    assert "郑政〔2019〕5号 附件1/（一）" in lost_tables
    assert len(lost_tables) < 15


def test_page_furniture_is_not_in_any_clause(gazette: Gazette) -> None:
    for document in gazette.documents:
        for clause in document.walk():
            assert "人民政府公报(" not in printed(clause)
            assert not re.search(r"^—\d+—$", clause.text, re.MULTILINE)


def test_a_character_that_a_page_break_doubled_is_removed_and_others_stay(gazette: Gazette) -> None:
    text = "".join(printed(clause) for clause in find_document(gazette, "郑政〔2022〕4号").walk())
    assert "建设区块链创新中心" in text
    water = "".join(printed(clause) for clause in find_document(gazette, "郑政〔2019〕5号").walk())
    assert "饮用水水源" in re.sub(r"\s", "", water)


def test_two_character_words_are_found_by_clause(gazette: Gazette) -> None:
    hits = search(gazette, ["补贴"], limit=1000)
    assert len(hits) > 60
    for hit in hits:
        text = printed(hit.clause)
        assert all(re.sub(r"\s", "", text[start:end]) == "补贴" for start, end in hit.spans)


def test_reading_twice_gives_the_same(gazette: Gazette, gazettes: list[Path]) -> None:
    assert ingest(gazettes) == gazette


def test_the_command_lists_sixty_four_documents(gazettes: list[Path]) -> None:
    result = CliRunner().invoke(main, ["documents", "--json"])
    listed = json.loads(result.output)
    assert len(listed) == 64
    (twofold,) = [each for each in listed if "texts" in each]
    assert [each["key"] for each in twofold["texts"]] == ["郑政办〔2022〕84号#1", "郑政办〔2022〕84号#2"]
