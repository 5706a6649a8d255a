from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edict.text.citations import find_annexes, find_dated, find_references
from edict.text.ingest import read_text

if TYPE_CHECKING:
    from edict.text.model import Clause


def document(text: str) -> Clause:
    source = f"甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n{text}"
    return read_text(source, "甲.txt").documents[0].root


@pytest.mark.parametrize(
    ("printed", "cited"),
    [
        ("《甲办法》（甲政〔2018〕40号）废止", ("甲政〔2018〕40号",)),
        ("《甲办法》 (甲政 〔2018〕 40 号)、《乙条例》", ("甲政〔2018〕40号", "《乙条例》")),
        ("《甲关于印发〈乙办法〉的通知》", ("《甲关于印发〈乙办法〉的通知》",)),
        ("按照甲政办〔2020〕3号要求", ("按照甲政办〔2020〕3号",)),
        ("没有引用", ()),
    ],
)
def test_cited_documents_are_numbers_or_titles(printed: str, cited: tuple[str, ...]) -> None:
    assert find_references(printed) == cited


@pytest.mark.parametrize(
    "printed",
    [
        "自公布之日起施行",
        "自印发之日起实施",
        "自2030年5月1日起施行",
        "自发布之日起公布实施",
        "自 2030 年 5 月 1 日起执行",
    ],
)
def test_the_words_that_put_a_document_in_force_are_found(printed: str) -> None:
    (found,) = find_dated(document(f"一、甲\n\n本意见{printed}。"))
    assert found.printed == printed.replace(" ", "")


@pytest.mark.parametrize("printed", ["有效期3年", "有效期至2033年12月31日", "试行期两年"])
def test_the_words_that_end_a_document_are_found(printed: str) -> None:
    (found,) = find_dated(document(f"一、甲\n\n本意见{printed}。"), expiry=True)
    assert found.printed == printed


def test_an_annex_named_once_and_printed_once_is_one() -> None:
    annexes = find_annexes(document("一、甲。\n\n附件：甲表\n\n附件\n\n甲表\n\n乙。"))
    assert [(each.label, each.title, each.omitted) for each in annexes] == [("附件", "甲表", False)]


def test_an_omitted_annex_is_marked() -> None:
    (annex,) = find_annexes(document("一、甲。\n\n附件：甲表（略）"))
    assert annex.omitted


def test_a_request_to_repeal_is_no_repeal() -> None:
    source = "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n一、依照《乙方案》修改或者废止有关规定。"
    assert read_text(source, "甲.txt").documents[0].repeals == ()
