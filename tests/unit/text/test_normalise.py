from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.text.normalise import canonical_clause_id, canonical_number, fold, normalise, tidy


@pytest.mark.parametrize(
    "typed",
    [
        "甲政〔2022〕18号",
        "甲政 〔2022〕 18 号",
        "甲政[2022]18号",
        "甲政（2022）18号",
        "甲政(2022)18号",
        "甲政【2022】１８号",
        "甲政〔2022〕18",
    ],
)
def test_every_way_of_typing_a_number_gives_one_form(typed: str) -> None:
    assert canonical_number(typed) == "甲政〔2022〕18号"


def test_an_order_number_is_canonical_without_spaces() -> None:
    assert canonical_number("甲市人民政府令 第 7 号") == "甲市人民政府令第7号"


def test_text_that_is_no_number_comes_back_tidy() -> None:
    assert canonical_number(" 任免通知（2022年7月1日） ") == "任免通知（2022年7月1日）"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("二/(二)/5/(5)", "二/（二）/5/（5）"),
        (" 第十二条 / （三） ", "第十二条/（三）"),
        ("附件1／表1/行3/", "附件1/表1/行3"),
    ],
)
def test_a_clause_id_typed_in_half_width_is_understood(typed: str, canonical: str) -> None:
    assert canonical_clause_id(typed) == canonical


def test_spaces_from_typesetting_go_and_those_between_latin_words_stay() -> None:
    assert tidy("甲 乙　丙 No. 1 丁") == "甲乙丙No. 1丁"


@given(st.text(max_size=60))
def test_folding_keeps_a_position_for_every_character(text: str) -> None:
    folded, positions = fold(text)
    assert len(positions) <= len(text)
    assert list(positions) == sorted(set(positions))
    assert not any(c.isspace() for c in folded)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=60))
def test_a_canonical_number_is_its_own_canonical_form(text: str) -> None:
    once = canonical_number(text)
    assert canonical_number(once) == once


@given(st.text(max_size=60))
def test_a_canonical_clause_id_is_its_own_canonical_form(text: str) -> None:
    once = canonical_clause_id(text)
    assert canonical_clause_id(once) == once
