from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from edict.core.diagnostic import Diagnostic, EdictError
from edict.packs.strict_yaml import LARGEST, parse, positions, read_text, source_line

if TYPE_CHECKING:
    from pathlib import Path


def refused(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(EdictError) as caught:
        parse(text, "a.yml")
    for each in caught.value.diagnostics:
        assert each.message.endswith("。")
        assert each.hint.endswith("。")
    return [(d.code, d.place.line, d.place.column) for d in caught.value.diagnostics if d.place]


@pytest.mark.parametrize(
    "scalar",
    ["22:30", "010", "NO", "1e3", "0x10", "~", "null", "2022-06-29", "1_000", ".inf", "yes", "≥"],
)
def test_a_plain_scalar_stays_the_string_that_was_written(scalar: str) -> None:
    assert parse(f"a: {scalar}", "a.yml") == {"a": scalar}


def test_an_empty_value_is_none_and_an_empty_string_is_not() -> None:
    assert parse("a:\nb: ''", "a.yml") == {"a": None, "b": ""}


@pytest.mark.parametrize("text", ["", "\n", "# 只有注释\n"])
def test_a_file_without_content_is_an_empty_mapping(text: str) -> None:
    assert parse(text, "a.yml") == {}


def test_windows_line_ends_are_read() -> None:
    assert parse("a: 1\r\nb: 2\r\n", "a.yml") == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: [1, 2", "P102", 2, 1),
        ("a: 'x", "P102", 1, 6),
        ("a: b: c", "P102", 1, 5),
        ("a: @x", "P102", 1, 4),
        ("a: *", "P102", 1, 5),
        ("a: &x 1", "P103", 1, 4),
        ("a: *x", "P103", 1, 4),
        ("a: !!int 1", "P103", 1, 4),
        ("a: !x {b: 1}", "P103", 1, 4),
        ("<<: {a: 1}", "P103", 1, 1),
        ("---\na: 1\n---\nb: 2", "P103", 3, 1),
        ("%YAML 1.1\n---\na: 1", "P103", 1, 1),
        ("a: 1\na: 2", "P104", 2, 1),
        ("a: {b: 1, b: 2}", "P104", 1, 11),
        ("'': 1", "P104", 1, 1),
        ("a: {{b}}", "P104", 1, 5),
        ("? [a]\n: b", "P104", 1, 3),
        ("a:\n\tb: 1", "P105", 2, 1),
        ("a: e\u0301", "P107", 1, 4),
        ('a: "\\0"', "P101", 1, 4),
        ('a: "\\t"', "P101", 1, 4),
    ],
)
def test_each_surprise_is_refused_at_its_place(text: str, code: str, line: int, column: int) -> None:
    assert (code, line, column) in refused(text)


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    assert [code for code, *_ in refused("a: &x 1\nb: !!int 2\na: 3")] == ["P103", "P103", "P104"]


def test_full_width_punctuation_in_broken_yaml_is_named() -> None:
    with pytest.raises(EdictError, match="全角的“：”"):
        parse("a：1\nb: 2", "a.yml")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "{" * 100_000, "? " * 100_000],
)
def test_a_hundred_thousand_brackets_meet_the_depth_limit_and_no_recursion(text: str) -> None:
    limit = sys.getrecursionlimit()
    assert {code for code, *_ in refused(text)} <= {"P104", "P106", "P102"}
    assert sys.getrecursionlimit() == limit


def test_twelve_levels_are_read_and_thirteen_are_not() -> None:
    assert parse("[" * 12 + "]" * 12, "a.yml")
    assert refused("[" * 13 + "]" * 13) == [("P106", 1, 13)]


def test_an_alias_bomb_is_refused_before_it_expands() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(bomb)[0] == ("P103", 1, 4)


def test_too_many_nodes_are_refused() -> None:
    assert refused("[" + "1," * 100_001 + "]")[-1][0] == "P106"


def test_the_reports_of_a_hostile_file_stay_few() -> None:
    assert len(refused("a: !x 1\n" * 1000)) <= 101
    assert len(refused("\ta: 1\n" * 1000)) <= 100


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfa: 1",
        b"a: \x00",
        b"a: \x1b[0m",
        "a: 中文".encode("gbk"),
        "a: 中".encode()[:-1],
        b"a: 1\rb: 2",
        "a: \u2028".encode(),
        b"x" * (LARGEST + 1),
    ],
)
def test_bytes_that_are_not_plain_utf8_text_are_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(raw)
    with pytest.raises(EdictError) as caught:
        read_text(path, "a.yml")
    assert [d.code for d in caught.value.diagnostics] == ["P101"]


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no.yml", tmp_path):
        with pytest.raises(EdictError, match=r"P101"):
            read_text(path, "a.yml")


def test_the_place_of_a_gbk_byte_is_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"a: 1\nb: \xd6\xd0\n")
    with pytest.raises(EdictError, match=r"a\.yml:2"):
        read_text(path, "a.yml")


def test_positions_name_values_and_keys() -> None:
    values, keys = positions("甲:\n  - {乙: 1}\n  - 丙\n")
    assert values["甲", 0, "乙"] == (2, 9)
    assert keys["甲", 0, "乙"] == (2, 6)
    assert values["甲", 1] == (3, 5)


def test_a_source_line_is_cut_and_a_missing_one_is_empty() -> None:
    assert source_line("a\r\nb", 1) == "a"
    assert source_line("x" * 500, 1) == "x" * 160
    assert source_line("a", 0) == source_line("a", 9) == ""


names = st.text("abc甲乙丙0.", min_size=1, max_size=4).filter(lambda s: s.strip(".") == s)
trees = st.recursive(
    names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(names, trees, min_size=1, max_size=4))
def test_what_is_dumped_is_read_back(data: dict[str, object]) -> None:
    assert parse(yaml.safe_dump(data, allow_unicode=True), "a.yml") == data


@given(st.text(alphabet="ab甲：: -[]{},\n&*!|>'\"#%@\t\\", max_size=60))
def test_any_text_is_read_or_refused_with_diagnostics(text: str) -> None:
    faults: tuple[Diagnostic, ...] = ()
    try:
        parse(text, "a.yml")
    except EdictError as fault:
        faults = fault.diagnostics
    assert all(each.place and each.hint for each in faults)
