from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edict.text.labels import find_label, uses_dotted


@pytest.mark.parametrize(
    ("text", "segment", "rest"),
    [
        ("第一篇 甲", "第一篇", "甲"),
        ("第十二章　甲", "第十二章", "甲"),
        ("第三节 甲", "第三节", "甲"),
        ("第二十条 甲", "第二十条", "甲"),
        ("十一、甲", "十一", "甲"),
        ("（二）甲", "（二）", "甲"),
        ("( 三 ) 甲", "（三）", "甲"),
        ("(三十五)甲", "（三十五）", "甲"),
        ("1. 甲", "1", "甲"),
        ("12．甲", "12", "甲"),
        ("3、甲", "3", "甲"),
        ("（5）甲", "（5）", "甲"),
        ("(10) 甲", "（10）", "甲"),
        ("2）甲", "2）", "甲"),
        ("③甲", "③", "甲"),
    ],
)
def test_every_style_of_number_has_one_segment(text: str, segment: str, rest: str) -> None:
    label = find_label(text)
    assert label is not None
    assert (label.segment, label.rest) == (segment, rest)


@pytest.mark.parametrize(
    "text",
    [
        "2. 5 万元",
        "1.5万亩",
        "2022年起",
        "第三条所称甲",
        "一是甲",
        "（含）甲",
        "甲一、乙",
        "（2022）甲",
        "",
        "5 甲",
        "第 5 条",
        "一二三四五六、甲",
    ],
)
def test_what_only_resembles_a_number_is_none(text: str) -> None:
    assert find_label(text) is None


@pytest.mark.parametrize(
    ("text", "segment", "rank"),
    [("1 总则", "1", 40), ("2.3 甲", "2.3", 42), ("5.2.1 甲级", "5.2.1", 43), ("8.1甲乙", "8.1", 42)],
)
def test_bare_decimals_are_numbers_only_where_the_document_uses_them(
    text: str,
    segment: str,
    rank: int,
) -> None:
    label = find_label(text, dotted=True)
    assert label is not None
    assert (label.segment, label.rank) == (segment, rank)
    assert find_label(text) is None


def test_deeper_numbers_rank_lower() -> None:
    order = [
        "第一篇 甲",
        "第一章 甲",
        "第一节 甲",
        "第一条 甲",
        "一、甲",
        "（一）甲",
        "1. 甲",
        "（1）甲",
        "1）甲",
        "①甲",
    ]
    ranks = [label.rank for text in order if (label := find_label(text))]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(order)


def test_figures_at_line_starts_do_not_make_a_document_dotted() -> None:
    assert not uses_dotted(["1.5 万亩", "2.5 倍", "3.1 甲", "一、甲"])


@given(st.text(max_size=30), st.booleans())
def test_any_text_has_a_number_or_none(text: str, dotted: bool) -> None:
    label = find_label(text, dotted=dotted)
    assert label is None or (label.ordinal >= 1 and text.startswith(label.printed[:1]))
