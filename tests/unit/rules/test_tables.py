"""Tables: a figure by category, by band, or summed over bands, and what lies outside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from edict.core.diagnostic import Diagnostic
    from tests.unit.rules.town import Town

GRANT = """\
档奖:
  clause: 一
  kind: grant
  class: 奖补
  for: 企业
  tables: {{表: {table}}}
  amount: {amount}
"""
BY_INDUSTRY = "{by: 行业, values: {制造业: 30万元, 服务业: 10万元}}"
WHOLE = "{tiers: 产值, bands: [{from: 1000万元, below: 1亿元, value: 1%}, {from: 1亿元, value: 2%}]}"
MARGINAL = (
    "{tiers: 产值, mode: marginal, bands: [{from: 100万元, to: 500万元, value: 10%}, "
    "{above: 500万元, to: 1000万元, value: 20%}, {above: 1000万元, value: 30%}]}"
)


def grant(table: str, amount: str = "表") -> str:
    return GRANT.format(table=table, amount=amount)


@pytest.mark.parametrize(
    ("industry", "outcome"),
    [
        ("制造业", ("符合", 30_000_000)),
        ("服务业", ("符合", 10_000_000)),
        ("其他", ("不符合", None)),
        ("未知", ("待补充", None)),
    ],
)
def test_a_category_outside_the_table_fails_by_itself(
    town: Callable[..., Town], industry: str, outcome: tuple[str, Any]
) -> None:
    built = town(grant(BY_INDUSTRY))
    assert built.outcome("档奖", {"行业": industry}) == outcome
    assert "表有对应档" in [each.label for each in built.rule("档奖").conditions]


def test_a_table_of_all_categories_asks_nothing_more(town: Callable[..., Town]) -> None:
    built = town(grant("{by: 行业, values: {制造业: 3元, 服务业: 2元, 其他: 1元}}"))
    assert [each.label for each in built.rule("档奖").conditions] == ["文件施行期间"]
    assert built.outcome("档奖", {"行业": "其他"}) == ("符合", 100)


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ("999.999999万元", ("不符合", None)),
        ("1000万元", ("符合", 10_000_000)),
        ("9999.99万元", ("符合", 99_999_900)),
        ("1亿元", ("符合", 200_000_000)),
        ("5亿元", ("符合", 1_000_000_000)),
    ],
)
def test_the_whole_amount_takes_the_band_that_holds_it(
    town: Callable[..., Town], output: str, outcome: tuple[str, Any]
) -> None:
    assert town(grant(WHOLE, "产值 * 表")).outcome("档奖", {"产值": output}) == outcome


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ("99万元", ("不符合", None)),
        ("100万元", ("符合", 1_000_000 * 10)),
        ("500万元", ("符合", 50_000_000)),
        ("600万元", ("符合", 50_000_000 + 20_000_000)),
        ("1000万元", ("符合", 150_000_000)),
        ("1100万元", ("符合", 180_000_000)),
    ],
)
def test_marginal_bands_pay_each_part_at_its_own_rate(
    town: Callable[..., Town], output: str, outcome: tuple[str, Any]
) -> None:
    assert town(grant(MARGINAL)).outcome("档奖", {"产值": output}) == outcome


@pytest.mark.parametrize(
    ("bands", "inside", "outside"),
    [
        ("[{from: 1万元, to: 2万元, value: 5元}]", ["1万元", "2万元"], ["9999.99元", "20000.01元"]),
        ("[{above: 1万元, below: 2万元, value: 5元}]", ["1.5万元", "10000.01元"], ["1万元", "2万元"]),
        ("[{to: 2万元, value: 5元}]", ["0元", "2万元"], ["20000.01元"]),
        ("[{value: 5元}]", ["0元", "2万元"], []),
        ("[{from: 1万元, to: 2万元, value: 5元}, {from: 3万元, to: 4万元, value: 5元}]", ["1万元", "2万元", "3万元", "4万元"], ["2.5万元", "4.5万元"]),
        ("[{from: 1万元, below: 2万元, value: 5元}, {above: 2万元, value: 5元}]", ["1万元", "20000.01元"], ["2万元"]),
    ],
)  # fmt: skip
def test_ends_hold_as_written_and_gaps_hold_nobody(
    town: Callable[..., Town], bands: str, inside: list[str], outside: list[str]
) -> None:
    built = town(grant(f"{{tiers: 产值, bands: {bands}}}"))
    assert {built.outcome("档奖", {"产值": value}) for value in inside} == {("符合", 500)}
    assert {built.outcome("档奖", {"产值": value}) for value in outside} <= {("不符合", None)}
    assert built.outcome("档奖", {"产值": "未知"}) == ("待补充", None)


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("{by: 产值, values: {高: 1元}}", "by 必须是类别"),
        ("{by: 行业, values: {农业: 1元}}", "“农业”"),
        ("{by: 行业, values: {制造业: 1元, 服务业: 1%}}", "单位不同"),
        ("{tiers: 行业, bands: [{from: 1元, value: 1元}]}", "tiers 必须是数量"),
        ("{tiers: 产值, bands: [{from: 1%, value: 1元}]}", "界限“1%”"),
        ("{tiers: 产值, bands: [{from: 1元, value: 一元}]}", "不能读成数量"),
        ("{tiers: 没有的, bands: [{from: 1元, value: 1元}]}", "没有声明“没有的”"),
    ],
)
def test_a_faulty_table_is_refused_with_its_place(
    faults: Callable[..., list[Diagnostic]], table: str, word: str
) -> None:
    found = faults(grant(table))
    assert any(word in each.message for each in found), found
    assert all(each.place is not None and each.place.line == 6 for each in found if word in each.message)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(output=st.integers(10**8, 10**12))
def test_marginal_bands_never_jump(town: Callable[..., Town], output: int) -> None:
    if "built" not in _CACHE:
        _CACHE["built"] = town(grant(MARGINAL))
    evaluate = _CACHE["built"].engine.function("企业")
    (_, less, _), (_, more, _) = (
        evaluate({"产值": fen, "基准日": 20210101})[0] for fen in (output, output + 100)
    )
    assert 0 <= more - less <= 31


_CACHE: dict[str, Any] = {}
