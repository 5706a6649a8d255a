from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.core.diagnostic import EdictError
from edict.text.ingest import read_text
from edict.text.search import printed, search

GAZETTE = read_text(
    "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n各区人民政府：\n\n"
    "一、运营补贴\n\n给予运营 补 贴和Ａ级奖励。\n\n二、奖励\n\n给予租金补贴。\n\n三、其他\n\n另行规定。\n",
    "甲.txt",
)


def found(*words: str) -> list[str]:
    return [hit.clause.id for hit in search(GAZETTE, words)]


def test_a_word_of_two_characters_is_found_best_clause_first() -> None:
    assert found("补贴") == ["一", "二"]


def test_all_words_must_occur() -> None:
    assert found("补贴", "租金") == ["二"]
    assert found("补贴", "土地") == []


def test_width_case_and_spaces_do_not_matter() -> None:
    assert found("a级") == ["一"]
    assert found("补　贴") == ["一", "二"]


def test_the_spans_point_at_the_printed_words() -> None:
    (hit,) = search(GAZETTE, ["租金补贴"])
    assert [printed(hit.clause)[a:b] for a, b in hit.spans] == ["租金补贴"]
    spaced = search(GAZETTE, ["补贴"])[0]
    assert [printed(spaced.clause)[a:b] for a, b in spaced.spans] == ["补贴", "补 贴"]


def test_overlapping_words_are_marked_once() -> None:
    (hit,) = search(GAZETTE, ["租金补", "金补贴"])
    assert [printed(hit.clause)[a:b] for a, b in hit.spans] == ["租金补贴"]


def test_no_more_than_the_limit_is_returned() -> None:
    assert len(search(GAZETTE, ["给予"], limit=1)) == 1


@pytest.mark.parametrize("words", [[], [""], [" ", "　"]])
def test_nothing_to_search_for_is_told(words: list[str]) -> None:
    with pytest.raises(EdictError, match="T204"):
        search(GAZETTE, words)


@given(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3))
def test_any_words_are_searched_without_a_fault(words: list[str]) -> None:
    if any(word.strip() for word in words):
        assert isinstance(search(GAZETTE, [word for word in words if word.strip()]), list)
