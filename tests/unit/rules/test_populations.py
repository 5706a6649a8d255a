"""A whole population: tables are read exactly, faulty rows are told and set aside, and sums equal those of each subject."""

from __future__ import annotations

import csv
import random
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from edict.core.diagnostic import EdictError
from edict.rules.build import build_plan
from edict.rules.population import LISTED_BAD_ROWS, listed
from edict.rules.reform import reformed
from edict.rules.simulate import Options, Simulation, changed_rules, simulate, split
from tests.unit.rules.town import DOCUMENT, Town, build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.unit.rules.conftest import MakeTown

WAN = 1_000_000  # 分 in 万元
DAY = date(2021, 6, 30)
HEAD = "clause: 一, kind: grant, class: 奖补"
TENTH = f"甲奖: {{{HEAD}, for: 企业, parameters: {{比例: 10%}}, amount: 产值 * 比例}}\n"
OUTPUT = f"""\
甲奖:
  {{{HEAD}, for: 企业, parameters: {{比例: 10%, 上限: 50万元, 门槛: 100万元}}, when: [产值 >= 门槛, 行业 = '制造业'],
   amount: 产值 * 比例, cap: {{at: 上限}}, funding: {{市: 50%, 区: 50%}}}}
"""
ITEMS = f"""\
项奖:
  {{{HEAD}, for: 项目, parameters: {{比例: 20%, 单家: 30万元}}, when: [已竣工], amount: 投资额 * 比例,
   cap: {{at: 单家, per: 企业}}}}
"""
ONCE = f"一次奖: {{{HEAD}, for: 企业, parameters: {{每家: 3万元}}, when: [已投产], amount: 每家, frequency: 一次性}}\n"
Rows = list[list[object]]


def table(path: Path, rows: Rows) -> Path:
    """Write rows (the first is the header) in the format that the suffix names."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(rows)
    elif path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    else:
        names, *values = rows
        columns = ", ".join(f'"{name}"' for name in names)
        cells = ", ".join(f"({', '.join(map(str, row))})" for row in values)
        query = f"COPY (SELECT * FROM (VALUES {cells}) AS t({columns})) TO '{path}' (FORMAT parquet)"
        duckdb.connect().execute(query).close()
    return path


def run(made: Town, path: Path, *rows: list[object], **options: Any) -> Simulation:
    """Simulate the companies in ``rows``, written to a csv unless ``path`` names another format."""
    where = path if path.suffix else path / "企业.csv"
    return simulate(made.plan, "企业", {"企业": table(where, list(rows))}, DAY, Options(**options))


def counts(found: Simulation, name: str) -> tuple[int, int, int, int]:
    """Return yes, no, unknown and the sum in 分 of a rule."""
    (each,) = [each for each in found.totals if each.rule.name == name]
    return each.yes, each.no, each.unknown, each.fen


def refused(made: Town, path: Path, *rows: list[object], **options: Any) -> tuple[str, str]:
    with pytest.raises(EdictError) as raised:
        run(made, path, *rows, **options)
    first = raised.value.diagnostics[0]
    assert first.hint.endswith("。")
    return first.code, first.message


# -- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "fen"),
    [
        ("产值(元)", ["1234.5", "1,234,567.10", " 10 ", "+10", "0"], [12345, 12345671, 100, 100, 0]),
        ("产值（万元）", ["12.34", "10000000000"], [1_234_000, 10**15]),
        (" 产值 (亿元) ", ["1", "0.0000001"], [10**9, 100]),
        ("产值(分)", ["10"], [1]),
    ],
)
def test_the_unit_of_a_column_stands_in_its_header(
    town: MakeTown, tmp_path: Path, header: str, cells: list[object], fen: list[int]
) -> None:
    found = run(town(TENTH), tmp_path, ["编号", header], *[[n, cell] for n, cell in enumerate(cells)])
    assert counts(found, "甲奖") == (len(cells), 0, 0, sum(fen))
    assert found.reports["企业"].bad_rows == 0


@pytest.mark.parametrize(
    ("condition", "header", "yes", "no"),
    [
        ("增速 > 线", "增速(%)", ["10.0001"], ["10", "-3.5"]),
        ("增速 > 线", "增速", ["0.100001"], ["0.1"]),
        ("面积 >= 坪", "面积(㎡)", ["12.5"], ["12.4"]),
        ("面积 >= 坪", "面积", ["12.5"], ["12.4"]),
        ("员工数 = 数", "员工数(人)", ["7", "7.0"], ["8"]),
        ("成立日期 < 起", "成立日期", ["2019-12-31", "2019/1/1"], ["2020/1/1", "2020-01-01"]),
        ("行业 = '制造业'", "行业", ["制造业", " 制造业 "], ["其他"]),
        ("已投产", "已投产", ["是", "有", "TRUE", "1"], ["否", "没有", "无", "false", "0"]),
    ],
)
def test_every_type_of_fact_is_read_from_text(
    town: MakeTown, tmp_path: Path, condition: str, header: str, yes: list[object], no: list[object]
) -> None:
    figures = "线: 10%, 坪: 12.5㎡, 数: 7人, 起: 2020-01-01, 每家: 1元"
    made = town(
        f'甲奖: {{{HEAD}, for: 企业, parameters: {{{figures}}}, when: ["{condition}"], amount: 每家}}\n'
    )
    cells = [*yes, *no, "", "未知", "  "]
    found = run(made, tmp_path, ["编号", header], *[[n, cell] for n, cell in enumerate(cells)])
    assert counts(found, "甲奖") == (len(yes), len(no), 3, 100 * len(yes))


@pytest.mark.parametrize(
    ("header", "code", "word"),
    [
        ("产值", "F114", "没有写单位"),
        ("产值(人)", "F114", "应当以元计"),
        ("产值(斗)", "F114", "不认识"),
        ("产值(%)", "F114", "应当以元计"),
        ("增速(元)", "F114", "写的是“元”"),
        ("员工数(分)", "F114", "分"),
    ],
)
def test_a_column_without_its_unit_or_with_another_is_refused(
    town: MakeTown, tmp_path: Path, header: str, code: str, word: str
) -> None:
    got, message = refused(town(TENTH), tmp_path, ["编号", header], ["a", "1"])
    assert got == code
    assert word in message


@pytest.mark.parametrize("second", ["产值(元)", "产值（万元）"])
def test_two_columns_for_one_fact_are_refused(town: MakeTown, tmp_path: Path, second: str) -> None:
    rows: Rows = [["编号", "产值(万元)", second], ["a", "1", "2"]]
    code, message = refused(town(TENTH), tmp_path, *rows)
    assert code == "F113"
    assert "产值" in message


def test_columns_that_nothing_uses_and_facts_without_a_column_are_told(
    town: MakeTown, tmp_path: Path
) -> None:
    found = run(town(TENTH), tmp_path, ["编号", "产值(元)", "产直", "投资额(元)"], ["a", "1", "2", "3"])
    told = found.reports["企业"]
    assert told.unused == ("产直", "投资额(元)")
    assert "行业" in told.absent
    assert "产值" not in told.absent
    assert "投资额" not in told.absent


BAD_CELLS = {
    "产值(元)": [
        "0.001",
        "-1",
        "abc",
        "1e3",
        "NaN",
        "inf",
        "１２",
        "9" * 20,
        "9" * 60,
        "1元",
        "=1+1",
        "1;DROP TABLE x",
    ],
    "员工数": ["2.5", "-1", "7件"],
    "面积(㎡)": ["1.55"],
    "占比(%)": ["-1", "0.00001"],
    "成立日期": ["2021-02-29", "20210228", "1799-12-31", "昨天"],
    "行业": ["农业", "制造"],
    "已投产": ["也许", "2"],
}


@pytest.mark.parametrize("header", BAD_CELLS)
def test_bad_rows_are_counted_and_listed_while_the_others_are_computed(
    town: MakeTown, tmp_path: Path, header: str
) -> None:
    made = town(f"甲奖: {{{HEAD}, for: 企业, parameters: {{每家: 1元}}, amount: 每家}}\n")
    cells = BAD_CELLS[header]
    rows = [[f"bad{n}", cell] for n, cell in enumerate(cells)]
    found = run(made, tmp_path, ["编号", header], ["first", ""], *rows, ["last", ""])
    told = found.reports["企业"]
    assert [(each.row, each.column, each.value) for each in told.bad] == [
        (n, header, cell[:60]) for n, cell in enumerate(cells, 2)
    ]
    assert (told.rows, told.bad_rows) == (len(cells) + 2, len(cells))
    assert counts(found, "甲奖") == (2, 0, 0, 200)
    assert listed(told.bad)[0]["row"] == 2


def test_a_row_with_two_bad_cells_is_counted_once_and_listed_twice(town: MakeTown, tmp_path: Path) -> None:
    found = run(town(TENTH), tmp_path, ["产值(元)", "员工数"], ["x", "y"], ["100", "1"])
    told = found.reports["企业"]
    assert (told.rows, told.bad_rows) == (2, 1)
    assert {each.column for each in told.bad} == {"产值(元)", "员工数"}
    assert counts(found, "甲奖") == (1, 0, 0, 1000)


def test_of_many_bad_rows_the_first_are_listed_and_all_are_counted(town: MakeTown, tmp_path: Path) -> None:
    rows: Rows = [["产值(元)"], *([["x"]] * (LISTED_BAD_ROWS + 50))]
    told = run(town(TENTH), tmp_path, *rows).reports["企业"]
    assert told.bad_rows == LISTED_BAD_ROWS + 50
    assert [each.row for each in told.bad] == list(range(1, LISTED_BAD_ROWS + 1))


def test_parquet_keeps_its_own_types(town: MakeTown, tmp_path: Path) -> None:
    rows: Rows = [
        ["编号", "产值(元)", "成立日期", "已投产", "员工数"],
        ["'a'", "CAST(0.1 AS DOUBLE)", "DATE '2020-02-29'", "TRUE", "CAST(7 AS TINYINT)"],
        ["'b'", "CAST(1234.56 AS DOUBLE)", "NULL", "NULL", "NULL"],
        ["'c'", "CAST(1.005 AS DOUBLE)", "NULL", "NULL", "NULL"],
        ["'d'", "CAST('inf' AS DOUBLE)", "NULL", "NULL", "NULL"],
        ["'e'", "NULL", "NULL", "NULL", "NULL"],
    ]
    found = run(town(TENTH), tmp_path / "企业.parquet", *rows)
    assert counts(found, "甲奖") == (2, 0, 1, 1 + 12346)
    assert [each.row for each in found.reports["企业"].bad] == [3, 4]


@pytest.mark.parametrize("kind", ["TINYINT", "BIGINT", "HUGEINT", "DECIMAL(10, 2)", "FLOAT"])
def test_whole_numbers_of_any_width_are_money(town: MakeTown, tmp_path: Path, kind: str) -> None:
    rows: Rows = [["产值(万元)"], [f"CAST(100 AS {kind})"], [f"CAST(0 AS {kind})"]]
    found = run(town(TENTH), tmp_path / "企业.parquet", *rows)
    assert counts(found, "甲奖") == (2, 0, 0, 10 * WAN)


@pytest.mark.parametrize("value", ["-1", str(2**63 - 1), str(10**10 + 1)])
def test_whole_numbers_out_of_range_are_bad_rows_not_overflows(
    town: MakeTown, tmp_path: Path, value: str
) -> None:
    rows: Rows = [["产值(万元)"], [f"CAST({value} AS BIGINT)"], ["CAST(1 AS BIGINT)"]]
    found = run(town(TENTH), tmp_path / "企业.parquet", *rows)
    assert found.reports["企业"].bad_rows == 1
    assert counts(found, "甲奖") == (1, 0, 0, WAN // 10)


def test_a_workbook_is_read_as_people_see_it(town: MakeTown, tmp_path: Path) -> None:
    rows: Rows = [
        ["编号", "产值(万元)", "成立日期", "已投产"],
        ["a", 0.1 + 0.2, date(2020, 2, 29), True],
        ["b", 12, None, False],
        [None, None, None, None],
        ["c", "很多", None, None],
    ]
    found = run(town(TENTH + ONCE), tmp_path / "企业.xlsx", *rows, assume_unpaid=True)
    assert counts(found, "甲奖")[0] == 2
    assert counts(found, "甲奖")[3] == 30_000 + 12 * WAN // 10
    assert counts(found, "一次奖")[0] == 1
    assert [each.value for each in found.reports["企业"].bad] == ["很多"]


@pytest.mark.parametrize(
    ("column", "kind", "refuse"),
    [
        ("编号", "DOUBLE", True),
        ("编号", "BIGINT", True),
        ("统一社会信用代码", "BIGINT", True),
        ("身份证号", "BIGINT", True),
        ("身份证号", "VARCHAR", False),
        ("其他号", "BIGINT", False),
    ],
)
def test_long_numbers_of_people_and_firms_must_be_text(
    town: MakeTown, tmp_path: Path, column: str, kind: str, refuse: bool
) -> None:
    rows: Rows = [[column, "产值(元)"], [f"CAST(410100199001011234 AS {kind})", "1"]]
    made, path = town(TENTH), tmp_path / "企业.parquet"
    if refuse:
        assert refused(made, path, *rows)[0] == "F112"
    else:
        assert run(made, path, *rows).reports["企业"].rows == 1


def test_short_numbers_may_be_keys(town: MakeTown, tmp_path: Path) -> None:
    rows: Rows = [["编号", "产值(元)"], ["CAST(123456789012345 AS BIGINT)", "1"]]
    assert run(town(TENTH), tmp_path / "企业.parquet", *rows).reports["企业"].rows == 1


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("t.txt", b"x", "不认识的表格格式"),
        ("t.CSV.gz", b"x", "不认识的表格格式"),
        ("t.parquet", b"PAR1 broken", "读不了表格"),
        ("t.xlsx", b"PK\x03\x04 broken", "读不了这个 xlsx"),
        ("t.csv", "编号,产值(元)\na,1\n".encode("gbk"), "读不了表格"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_plainly(
    town: MakeTown, tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(EdictError, match=word) as raised:
        simulate(town(TENTH).plan, "企业", {"企业": path}, DAY)
    assert raised.value.diagnostics[0].code == "F111"


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_file_that_is_not_there_is_refused(town: MakeTown, tmp_path: Path, name: str) -> None:
    with pytest.raises(EdictError, match="找不到文件"):
        simulate(town(TENTH).plan, "企业", {"企业": tmp_path / name}, DAY)


@pytest.mark.parametrize("tables", [("项目",), ("企业", "个人"), ("企业", "飞船"), ()])
def test_only_tables_of_the_subject_and_its_items_are_taken(
    town: MakeTown, tmp_path: Path, tables: Sequence[str]
) -> None:
    path = table(tmp_path / "t.csv", [["编号", "产值(元)"], ["a", "1"]])
    with pytest.raises(EdictError) as raised:
        simulate(town(TENTH).plan, "企业", dict.fromkeys(tables, path), DAY)
    assert raised.value.diagnostics[0].code == "F111"


def test_a_file_name_with_quotes_is_only_a_name(town: MakeTown, tmp_path: Path) -> None:
    path = table(tmp_path / '企业\'s; "x".csv', [["产值(元)"], ["10"]])
    assert simulate(town(TENTH).plan, "企业", {"企业": path}, DAY).fen == 100


def test_a_table_without_rows_gives_zeros(town: MakeTown, tmp_path: Path) -> None:
    found = run(town(TENTH + ITEMS), tmp_path, ["编号", "产值(元)"])
    assert (counts(found, "甲奖"), found.fen, found.by_level()) == ((0, 0, 0, 0), 0, {})


# -- totals --------------------------------------------------------------------------------------------------------

COMPANIES: Rows = [
    ["编号", "产值(万元)", "行业", "区"],
    ["a", "100", "制造业", "东区"],
    ["b", "900", "制造业", "西区"],
    ["c", "99", "制造业", "东区"],
    ["d", "100", "其他", "东区"],
    ["e", "1", "其他", ""],
    ["f", "", "制造业", "西区"],
    ["g", "1", "", "西区"],
]


def test_statuses_are_counted_and_amounts_summed(town: MakeTown, tmp_path: Path) -> None:
    found = run(town(OUTPUT), tmp_path, *COMPANIES)
    assert counts(found, "甲奖") == (2, 4, 1, 60 * WAN)
    assert found.by_level() == {"市": 30 * WAN, "区": 30 * WAN}


def test_near_misses_fail_one_condition_and_hold_all_others(town: MakeTown, tmp_path: Path) -> None:
    made = town(OUTPUT)
    assert run(made, tmp_path, *COMPANIES).totals[0].near == {"产值 >= 门槛": 1, "行业 = '制造业'": 1}
    assert run(made, tmp_path, *COMPANIES, near_misses=False).totals[0].near == {}


def test_by_a_column_the_parts_sum_to_the_whole(town: MakeTown, tmp_path: Path) -> None:
    found = run(town(OUTPUT + ONCE), tmp_path, *COMPANIES, by="区")
    parts = {
        each.area: (each.yes, each.no, each.unknown, each.fen)
        for each in found.by_area
        if each.rule.name == "甲奖"
    }
    assert parts == {"东区": (1, 2, 0, 10 * WAN), "西区": (1, 1, 1, 50 * WAN), "": (0, 1, 0, 0)}
    assert tuple(map(sum, zip(*parts.values(), strict=True))) == counts(found, "甲奖")
    assert "区" not in found.reports["企业"].unused


def test_by_may_name_a_fact_and_must_name_a_column(town: MakeTown, tmp_path: Path) -> None:
    made = town(OUTPUT)
    found = run(made, tmp_path, *COMPANIES, by="行业")
    assert {each.area: each.yes for each in found.by_area} == {"制造业": 2, "其他": 0, "": 0}
    code, message = refused(made, tmp_path, *COMPANIES, by="县")
    assert (code, "县" in message) == ("F115", True)


def test_without_a_ledger_what_was_paid_is_unknown_unless_taken_as_nothing(
    town: MakeTown, tmp_path: Path
) -> None:
    rows: Rows = [["编号", "已投产"], ["a", "是"], ["b", "否"]]
    made = town(ONCE)
    assert counts(run(made, tmp_path, *rows), "一次奖") == (0, 1, 1, 0)
    assert counts(run(made, tmp_path, *rows, assume_unpaid=True), "一次奖") == (1, 1, 0, 3 * WAN)


def test_a_ledger_column_is_believed_before_the_assumption(town: MakeTown, tmp_path: Path) -> None:
    rows: Rows = [["已投产", "一次奖累计已付(元)"], ["是", "0"], ["是", "1"], ["是", ""]]
    found = run(town(ONCE), tmp_path, *rows, assume_unpaid=True)
    assert counts(found, "一次奖") == (1, 1, 1, 3 * WAN)


def test_progress_ends_with_all_steps_done(town: MakeTown, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    path = table(tmp_path / "t.csv", COMPANIES)
    simulate(
        town(OUTPUT).plan,
        "企业",
        {"企业": path},
        DAY,
        Options(by="区"),
        progress=lambda *step: steps.append(step),
    )
    assert steps[0][0] == 0
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]


# -- items ---------------------------------------------------------------------------------------------------------


def with_items(
    made: Town, tmp_path: Path, items: Rows, companies: Rows | None = None, **options: Any
) -> Simulation:
    rows = companies or [["编号"], ["a"], ["b"], ["c"]]
    tables = {
        "企业": table(tmp_path / "企业.csv", rows),
        "项目": table(tmp_path / "项目.csv", items),
    }
    return simulate(made.plan, "企业", tables, DAY, Options(**options))


def test_items_are_summed_per_parent_and_capped(town: MakeTown, tmp_path: Path) -> None:
    items: Rows = [
        ["上级编号", "投资额(万元)", "已竣工"],
        ["a", "100", "是"],
        ["a", "80", "是"],
        ["b", "10", "是"],
        ["b", "10", "否"],
    ]
    assert counts(with_items(town(ITEMS), tmp_path, items), "项奖") == (2, 1, 0, 32 * WAN)


def test_one_unknown_item_makes_its_parent_unknown_only(town: MakeTown, tmp_path: Path) -> None:
    items: Rows = [
        ["上级编号", "投资额(万元)", "已竣工"],
        ["a", "", "是"],
        ["a", "10", "是"],
        ["b", "10", "是"],
        ["c", "", "否"],
    ]
    assert counts(with_items(town(ITEMS), tmp_path, items), "项奖") == (1, 1, 1, 2 * WAN)


def test_a_bad_item_is_listed_under_its_own_table(town: MakeTown, tmp_path: Path) -> None:
    items: Rows = [["上级编号", "投资额(万元)", "已竣工"], ["a", "x", "是"], ["b", "10", "是"]]
    found = with_items(town(ITEMS), tmp_path, items)
    assert (found.reports["企业"].bad_rows, found.reports["项目"].bad_rows) == (0, 1)
    assert counts(found, "项奖")[3] == 2 * WAN


def test_two_columns_of_one_name_and_rows_of_other_lengths_are_refused(
    town: MakeTown, tmp_path: Path
) -> None:
    for name, content, code in (
        ("双列.csv", "编号,产值(元),产值(元)\na,1,2\n", "F113"),
        ("短行.csv", "编号,产值(元)\na,1\nb\n", "F111"),
        ("长行.csv", "编号,产值(元)\na,1\nb,2,3,4\n", "F111"),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(EdictError) as raised:
            simulate(town(TENTH).plan, "企业", {"企业": tmp_path / name}, DAY)
        assert raised.value.diagnostics[0].code == code, name


def test_a_long_id_stored_as_a_number_in_a_workbook_is_refused(town: MakeTown, tmp_path: Path) -> None:
    path = table(tmp_path / "企业.xlsx", [["统一社会信用代码", "产值(元)"], [410100199001011234, 1]])
    with pytest.raises(EdictError) as raised:
        simulate(town(TENTH).plan, "企业", {"企业": path}, DAY)
    assert raised.value.diagnostics[0].code == "F112"


def test_no_part_of_a_split_is_negative() -> None:
    shares = tuple((str(n), Fraction(part, 10)) for n, part in enumerate((3, 3, 3, 1)))
    assert all(part >= 0 for part in split(5, shares).values())
    assert sum(split(5, shares).values()) == 5


def test_an_item_without_a_parent_is_listed_and_not_dropped_unseen(town: MakeTown, tmp_path: Path) -> None:
    items: Rows = [["上级编号", "投资额(万元)", "已竣工"], ["a", "10", "是"], ["丢", "10", "是"]]
    outcome = with_items(town(ITEMS), tmp_path, items)
    report = outcome.reports["项目"]
    assert report.bad_rows == 1
    assert [(each.row, each.value) for each in report.bad] == [(2, "丢")]
    assert outcome.fen == 2 * WAN


def test_a_parent_that_stands_twice_is_refused_before_its_items_are_paid_twice(
    town: MakeTown, tmp_path: Path
) -> None:
    with pytest.raises(EdictError) as raised:
        with_items(
            town(ITEMS),
            tmp_path,
            [["上级编号", "投资额(万元)", "已竣工"], ["a", "10", "是"]],
            [["编号"], ["a"], ["a"]],
        )
    assert raised.value.diagnostics[0].code == "F117"


def test_an_item_table_must_name_the_parent(town: MakeTown, tmp_path: Path) -> None:
    with pytest.raises(EdictError, match="上级编号") as raised:
        with_items(town(ITEMS), tmp_path, [["投资额(万元)"], ["1"]])
    assert raised.value.diagnostics[0].code == "F115"


def test_item_rules_without_an_item_table_are_left_out(town: MakeTown, tmp_path: Path) -> None:
    found = run(town(TENTH + ITEMS), tmp_path, ["编号", "产值(元)"], ["a", "10"])
    assert [each.rule.name for each in found.totals] == ["甲奖"]


def test_items_may_be_grouped_by_a_column_of_the_parent(town: MakeTown, tmp_path: Path) -> None:
    items: Rows = [
        ["上级编号", "投资额(万元)", "已竣工"],
        ["a", "10", "是"],
        ["b", "20", "是"],
        ["b", "5", "是"],
    ]
    companies: Rows = [["编号", "区"], ["a", "东"], ["b", "西"], ["c", "西"]]
    found = with_items(town(ITEMS), tmp_path, items, companies, by="区")
    assert {each.area: (each.yes, each.no, each.fen) for each in found.by_area} == {
        "东": (1, 0, 2 * WAN),
        "西": (1, 1, 5 * WAN),
    }


def test_the_population_sums_what_each_subject_gets_alone(town: MakeTown, tmp_path: Path) -> None:
    groups = "封顶: {clause: 一, take: cap, at: 40万元, rules: [甲奖, 一次奖]}\n"
    made = town(OUTPUT + ITEMS + ONCE, groups=groups)
    dice = random.Random(7)  # noqa: S311 -- test data
    companies: Rows = [["编号", "产值(万元)", "行业", "已投产"]]
    items: Rows = [["上级编号", "投资额(元)", "已竣工"]]
    want: dict[str, list[int]] = {}
    for n in range(60):
        output = dice.choice(["", "99.999999", "100", "123.456789", "500", "501"])
        trade, running = dice.choice(["", "制造业", "服务业"]), dice.choice(["", "是", "否"])
        companies.append([f"k{n}", output, trade, running])
        own = [
            (dice.choice(["", "0.03", "999999.99", "1500000"]), dice.choice(["是", "否", ""]))
            for _ in range(n % 4)
        ]
        items += [[f"k{n}", cost, finished] for cost, finished in own]
        facts = {
            "产值": f"{output}万元" if output else None,
            "行业": trade,
            "已投产": running,
            "项目": [{"投资额": f"{cost}元" if cost else None, "已竣工": finished} for cost, finished in own],
        }
        for name, result in made.evaluate(facts).items():
            sums = want.setdefault(name, [0, 0, 0, 0])
            sums[["符合", "不符合", "待补充"].index(result.status.label)] += 1
            sums[3] += result.amount or 0
    found = with_items(made, tmp_path, items, companies, assume_unpaid=True)
    assert {name: list(counts(found, name)) for name in want} == want
    assert all(min(sums) > 0 for sums in want.values())


# -- reforms -------------------------------------------------------------------------------------------------------


def compared(made: Town, tmp_path: Path, rows: Rows, *changes: str) -> Simulation:
    path = table(tmp_path / "企业.csv", rows)
    plan = build_plan(reformed(made.library, changes))
    return simulate(made.plan, "企业", {"企业": path}, DAY, reform=plan)


def test_a_reform_tells_who_gains_and_who_loses(town: MakeTown, tmp_path: Path) -> None:
    found = compared(
        town(OUTPUT), tmp_path, COMPANIES, "甲奖.比例=8%", "甲奖.上限=60万元", "甲奖.门槛=90万元"
    )
    assert found.change is not None
    assert (found.change.winners, found.change.losers) == (2, 1)
    # b: 50 → 60 capped; c: 0 → 7.92; a: 10 → 8
    assert (found.change.gained, found.change.lost) == (10 * WAN + 7_920_000, 2 * WAN)
    assert found.reform[0].fen - found.totals[0].fen == found.change.gained - found.change.lost


def test_a_reform_that_changes_nothing_has_no_winners(town: MakeTown, tmp_path: Path) -> None:
    change = compared(town(OUTPUT), tmp_path, COMPANIES, "甲奖.比例=10%").change
    assert change is not None
    assert (change.winners, change.losers, change.gained, change.lost) == (0, 0, 0, 0)


def test_gains_and_losses_of_one_subject_are_netted_over_its_rules(town: MakeTown, tmp_path: Path) -> None:
    rules = TENTH + f"乙奖: {{{HEAD}, for: 企业, parameters: {{比例: 10%}}, amount: 上年产值 * 比例}}\n"
    rows: Rows = [["产值(元)", "上年产值(元)"], ["100", "100"], ["300", "100"]]
    change = compared(town(rules), tmp_path, rows, "甲奖.比例=20%", "乙奖.比例=0%").change
    assert change is not None
    assert (change.winners, change.losers, change.gained, change.lost) == (1, 0, 2000, 0)


def test_a_draft_may_bring_facts_of_its_own(town: MakeTown, tmp_path: Path) -> None:
    made = town(TENTH)
    library = made.library
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / "document.yml").write_text(DOCUMENT.format(number="甲政〔2029〕9号"), encoding="utf-8")
    (draft / "facts.yml").write_text(
        "facts: {专利数: {of: 企业, type: count, unit: 件, ask: 几件？}}\n", encoding="utf-8"
    )
    rule = f"专利奖: {{{HEAD}, for: 企业, parameters: {{每件: 1元/件}}, amount: 专利数 * 每件}}\n"
    (draft / "rules.yml").write_text(rule, encoding="utf-8")
    path = table(tmp_path / "企业.csv", [["产值(元)", "专利数(件)"], ["10", "3"], ["10", "0"]])
    plan = build_plan(reformed(library, [], draft))
    found = simulate(made.plan, "企业", {"企业": path}, DAY, reform=plan)
    assert found.change is not None
    assert (found.change.winners, found.change.gained) == (1, 300)
    assert "专利数(件)" not in found.reports["企业"].unused


def test_what_shares_a_group_with_a_changed_rule_is_changed_too(tmp_path: Path) -> None:
    rules = "".join(
        f"{name}奖: {{{HEAD}, for: 企业, parameters: {{比例: 1%}}, amount: 产值 * 比例}}\n"
        for name in "甲乙丙丁"
    )
    groups = "一组: {clause: 一, take: best, rules: [甲奖, 乙奖]}\n二组: {clause: 一, take: best, rules: [乙奖, 丙奖]}\n"
    made = build(tmp_path, rules, groups=groups)
    other = build_plan(reformed(made.library, ["甲奖.比例=2%"]))
    assert changed_rules(made.plan, other) == {"doc-1#甲奖", "doc-1#乙奖", "doc-1#丙奖"}
    assert changed_rules(made.plan, made.plan) == set()


# -- levels and files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "shares", "parts"),
    [
        (101, ("1/2", "1/2"), [51, 50]),
        (100, ("1/3", "1/3", "1/3"), [33, 33, 34]),
        (0, ("1/2", "1/2"), [0, 0]),
        (10**16 + 1, ("3/10", "7/10"), [3 * 10**15, 7 * 10**15 + 1]),
        (7, ("1",), [7]),
    ],
)
def test_an_amount_is_split_by_levels_without_losing_a_fen(
    fen: int, shares: tuple[str, ...], parts: list[int]
) -> None:
    named = tuple((f"级{n}", Fraction(share)) for n, share in enumerate(shares))
    assert list(split(fen, named).values()) == parts


def test_what_no_clause_splits_stays_whole() -> None:
    assert (split(5, ()), split(0, ())) == ({"未载明": 5}, {})


@given(st.integers(0, 10**16), st.lists(st.integers(1, 100), min_size=1, max_size=4))
def test_parts_always_sum_to_the_whole(fen: int, weights: list[int]) -> None:
    shares = [(f"级{n}", Fraction(weight, sum(weights))) for n, weight in enumerate(weights)]
    parts = split(fen, shares)
    assert sum(parts.values()) == fen
    assert all(abs(parts[level] - fen * share) <= len(weights) for level, share in shares)


def test_levels_over_several_rules_sum_to_the_total(town: MakeTown, tmp_path: Path) -> None:
    rules = OUTPUT + TENTH.replace("甲奖", "乙奖")
    found = run(town(rules), tmp_path, *COMPANIES)
    levels = found.by_level()
    assert set(levels) == {"市", "区", "未载明"}
    assert sum(levels.values()) == found.fen
    assert levels["未载明"] == 120_100_000


ATTESTED = (
    f"丙奖: {{{HEAD}, for: 企业, parameters: {{每家: 2万元}}, attest: [{{先进: 市科技局}}], amount: 每家}}\n"
)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_the_list_holds_who_meets_what_and_who_waits_for_an_office(
    town: MakeTown, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"out.{suffix}"
    rows: Rows = [["编号", "产值(万元)", "行业"], ["007", "123.456789", "制造业"], ["008", "1", "其他"]]
    run(town(OUTPUT + ATTESTED), tmp_path, *rows, out=out)
    header, *found = read_back(out)
    assert header == ["编号", "方案", "规则", "状态", "金额(元)"]
    assert sorted((key, rule, status, Fraction(str(money))) for key, _, rule, status, money in found) == [
        ("007", "doc-1#丙奖", "待认定", 20000),
        ("007", "doc-1#甲奖", "符合", Fraction("123456.79")),
        ("008", "doc-1#丙奖", "待认定", 20000),
    ]


def read_back(path: Path) -> list[list[Any]]:
    """Return the header and the rows of a written list."""
    if path.suffix == ".xlsx":
        return [list(row) for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    answer = duckdb.execute(f"SELECT * FROM '{path}'")
    return [[each[0] for each in answer.description or []], *map(list, answer.fetchall())]


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_no_spreadsheet_takes_a_key_for_a_formula(town: MakeTown, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    keys = [*HOSTILE, "a=1"]
    run(town(TENTH), tmp_path, ["编号", "产值(元)"], *[[key, "1"] for key in keys], out=out)
    written = [row[0] for row in read_back(out)[1:]]
    assert sorted(written) == sorted([*(f"'{key}" for key in HOSTILE), "a=1"])


@pytest.mark.parametrize(("name", "word"), [("out.doc", "不能写“.doc”格式"), ("none/out.csv", "不存在")])
def test_a_list_that_cannot_be_written_is_refused(
    town: MakeTown, tmp_path: Path, name: str, word: str
) -> None:
    code, message = refused(town(TENTH), tmp_path, ["产值(元)"], ["1"], out=tmp_path / name)
    assert code == "F116"
    assert word in message
