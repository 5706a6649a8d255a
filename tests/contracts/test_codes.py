"""Every diagnostic code has a meaning, is raised, and is named by a test; those of rules and facts are raised here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from click.testing import CliRunner

from edict.cli.main import main
from edict.core.codes import CODES
from edict.text.ingest import read_text
from tests.unit.rules.town import build

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
SHAPE = re.compile(r"\b[TPRF]\d{3}\b")
RAISED = re.compile(r'"([TPRF]\d{3})"')

# Codes that no test names yet; a code may leave this list, none may enter it.
UNTESTED: frozenset[str] = frozenset()


def raised() -> set[str]:
    sources = [path for path in (ROOT / "src").rglob("*.py") if path.name != "codes.py"]
    return {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}


def named_in_tests() -> set[str]:
    return {
        code for path in (ROOT / "tests").rglob("*.py") for code in SHAPE.findall(path.read_text("utf-8"))
    }


def test_every_code_that_the_source_raises_has_a_meaning_and_every_meaning_is_raised() -> None:
    assert raised() == set(CODES)


def test_every_code_is_named_by_a_test() -> None:
    assert set(CODES) - named_in_tests() - UNTESTED == set()


def test_the_list_of_untested_codes_only_shrinks() -> None:
    assert set(CODES) >= UNTESTED


def test_codes_stand_in_order_with_a_sentence_each() -> None:
    assert list(CODES) == sorted(CODES)
    assert all(SHAPE.fullmatch(code) and words for code, words in CODES.items())


def test_every_code_of_rules_and_facts_is_raised_below() -> None:
    assert {code for code in CODES if code[0] in "RF"} == {*RULE_FAULTS, *RUN_FAULTS}


def rule(when: str = "已投产", amount: str = "产值 * 比例", more: str = "") -> str:
    return (
        "奖励:\n  clause: 一\n  kind: grant\n  class: 奖补\n  for: 企业\n  parameters: {比例: 2%}\n"
        f"  when: [{json.dumps(when, ensure_ascii=False)}]\n  amount: {amount}\n{more}"
    )


def decision(name: str, when: str) -> str:
    return f"{name}: {{clause: 一, kind: decision, for: 企业, when: [{when}]}}\n"


def examples(cases: str) -> str:
    return f"奖励:\n  given: {{已投产: true, 产值: 100万元}}\n  cases: [{cases}]\n"


ITEM = (
    "\n项目奖:\n  clause: 一\n  kind: grant\n  class: 奖补\n  for: 项目\n  when: [已竣工]\n  amount: 投资额\n"
)
BAND = "  tables:\n    档: {tiers: 行业, bands: [{from: 1万元, value: 1万元}]}\n"

# code -> the files of a pack that raise it; what is not given is sound
RULE_FAULTS: dict[str, dict[str, str]] = {
    "R101": {"rules.yml": rule("(" * 300 + "已投产" + ")" * 300)},
    "R102": {"rules.yml": rule("产值 >")},
    "R103": {"rules.yml": rule("没有的事实")},
    "R104": {"rules.yml": rule("(select 产值) > 0")},
    "R105": {"rules.yml": rule("产值 ＞ 0")},
    "R106": {"rules.yml": rule("产值 > 1000万元")},
    "R107": {"rules.yml": rule("产值 > 1000")},
    "R108": {"rules.yml": rule("reflect(产值) > 0")},
    "R109": {"rules.yml": rule("full_years(产值, 产值) > 0")},
    "R110": {"rules.yml": rule("产值 > 员工数")},
    "R111": {"rules.yml": rule("行业 = '农业'")},
    "R112": {"rules.yml": rule("产值 / 0 > 0")},
    "R113": {"rules.yml": rule(amount="员工数")},
    "R114": {"rules.yml": rule(amount="利润")},
    "R115": {"rules.yml": rule("已竣工")},
    "R116": {"rules.yml": rule(amount="档", more=BAND)},
    "R117": {
        "rules.yml": rule() + ITEM,
        "groups.yml": "甲组: {clause: 一, take: best, rules: [奖励, 项目奖]}\n",
    },
    "R120": {"rules.yml": decision("甲", "乙") + decision("乙", "甲")},
    "R121": {"rules.yml": rule().replace("2%", "很多")},
    "R122": {"rules.yml": rule(more="  cap: {at: 比例}\n")},
    "R130": {
        "rules.yml": rule(),
        "examples.yml": examples("{name: 甲, expect: {没有的规则: 1元}}"),
    },
    "R131": {"rules.yml": rule(), "examples.yml": examples("{name: 甲, expect: 3万元}")},
    "R132": {
        "rules.yml": rule(more="  frequency: 一次性\n"),
        "examples.yml": examples(
            "{name: 甲, as_of: 2021-01-01, ledger: [{rule: 奖励, date: 2022-01-01, amount: 1元}], expect: 2万元}"
        ),
    },
    "R140": {"rules.yml": rule()},
}

FACTS = "subject: 企业\nas_of: 2022-01-01\nfacts: {已投产: true, 产值: 100万元}\n"
TABLE = "编号,产值(万元),已投产\n甲,100,是\n"
MATCH, SIMULATE = ("match", "facts.yml"), ("simulate", "table.csv", "--as-of", "2022-01-01")

# code -> (files that raise it, command)
RUN_FAULTS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "F101": ({"facts.yml": FACTS + "extra: 1\n"}, MATCH),
    "F102": ({"facts.yml": FACTS.replace("企业", "外星人")}, MATCH),
    "F103": ({"facts.yml": FACTS.replace("产值", "没有的事实")}, MATCH),
    "F104": ({"facts.yml": FACTS.replace("100万元", "许多")}, MATCH),
    "F105": ({"facts.yml": FACTS.replace("2022-01-01", "2022-02-30")}, MATCH),
    "F106": ({"facts.yml": FACTS + "ledger: 有\n"}, MATCH),
    "F111": ({}, ("simulate", "absent.csv")),
    "F112": ({}, ("simulate", "lost.parquet")),
    "F113": ({"table.csv": "编号,产值(元),产值(万元)\n甲,1,1\n"}, SIMULATE),
    "F114": ({"table.csv": "编号,产值\n甲,1\n"}, SIMULATE),
    "F115": ({"table.csv": TABLE}, (*SIMULATE, "--by", "没有的列")),
    "F116": ({"table.csv": TABLE}, (*SIMULATE, "--out", "absent/out.csv")),
    "F117": (
        {"table.csv": "编号,产值(元)\n甲,1\n甲,2\n", "items.csv": "上级编号,投资额(元)\n甲,1\n"},
        (*SIMULATE, "项目=items.csv"),
    ),
    "F120": ({"receipt.json": "{}"}, ("replay", "receipt.json")),
    "F121": ({"receipt.json": '{"format": "edict-receipt-1", "sha256": "0"}'}, ("replay", "receipt.json")),
    "F130": ({"facts.yml": FACTS}, (*MATCH, "--rule", "没有的规则")),
    "F131": ({"table.csv": TABLE}, ("simulate", "table.csv", "table.csv")),
    "F132": ({"table.csv": TABLE}, (*SIMULATE, "--set", "奖励.没有的参数=1%")),
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str], tuple[str, ...]], str]:
    """Return a function that writes a pack of the invented town and runs a command, which must fail."""

    def failing(files: dict[str, str], command: tuple[str, ...]) -> str:
        sound = {"rules.yml": rule(), "examples.yml": "{}\n", "gaps.yml": "{}\n", "facts.yml": "{}\n"}
        town = build(tmp_path / "packs", rule())
        town.write("doc-1", sound | files if command[0] == "check" else sound)
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("EDICT_PACKS", str(tmp_path / "packs"))
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1, done.output
        return done.output

    return failing


@pytest.mark.parametrize("code", RULE_FAULTS)
def test_a_faulty_rule_is_refused_with_its_code_and_place(
    code: str, run: Callable[[dict[str, str], tuple[str, ...]], str]
) -> None:
    lines = run(RULE_FAULTS[code], ("check", "--no-text")).splitlines()
    found = [line for line in lines if f"  {code}  " in line]
    assert found, lines
    assert all(re.search(r"\.yml:\d+", line) and line.endswith("。") for line in found)


@pytest.mark.parametrize("code", RUN_FAULTS)
def test_a_faulty_question_is_refused_with_its_code_and_mend(
    code: str, run: Callable[[dict[str, str], tuple[str, ...]], str], tmp_path: Path
) -> None:
    duckdb.execute(f"COPY (SELECT 1.1e17::DOUBLE AS 编号) TO '{tmp_path / 'lost.parquet'}' (FORMAT parquet)")
    printed = run(*RUN_FAULTS[code])
    assert re.search(rf"\b{code}  ", printed), printed
    assert "怎样改：" in printed


def test_a_character_printed_on_both_sides_of_a_break_is_reported() -> None:
    head = "甲市人民政府关于链的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n各区人民政府：\n\n"
    body = "区块链甲，区块链乙，区块链丙。支持各类机构与企业合作建设区\n\n区块链中心。\n"
    assert ("T303", 9) in [(each.code, each.place.line) for each in read_text(head + body, "甲.txt").reports]
