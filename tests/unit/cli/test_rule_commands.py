"""match, ask, simulate, replay, facts and show, as a person at a terminal meets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from edict.cli.main import main
from tests.unit.rules.town import build

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

RULES = """\
产值奖:
  clause: 一
  kind: grant
  class: 奖补
  for: 企业
  parameters: {门槛: 100万元, 比例: 10%, 上限: 50万元}
  when:
    - {expr: 产值 >= 门槛, label: 产值达标}
    - {any: [已投产, 高新企业]}
  amount: 产值 * 比例
  cap: {at: 上限}
  funding: {市: 50%, 区: 50%}
  office: 市财政局
  questions: [{about: 口径, chosen: 全年, others: [半年]}]
创新奖: {clause: 二, kind: grant, class: 奖补, for: 企业, parameters: {奖额: 3万元}, when: [高新企业], attest: [{创新: 市科技局}], amount: 奖额, frequency: 一次性}
租金: {clause: 三, kind: grant, class: 减免, for: 企业, when: [已投产], no_basis: 没有写单价}
绿色通道: {clause: 四, kind: grant, class: 权益, for: 企业, when: [已投产], benefit: 优先办理}
规模: {clause: 五, kind: decision, for: 企业, parameters: {线: 500万元}, outcomes: [{value: 大型, when: [产值 >= 线]}]}
人均: {clause: 六, kind: decision, for: 企业, value: 产值 / 员工数}
项目奖: {clause: 七, kind: grant, class: 奖补, for: 项目, parameters: {比例: 1%}, when: [已竣工], amount: 投资额 * 比例}
"""
FACTS = """\
subject: 企业
as_of: 2021-06-30
facts: {产值: 600万元, 已投产: true, 高新企业: true, 员工数: 4人, 项目: [{投资额: 100万元, 已竣工: true}, {投资额: 1元, 已竣工: false}]}
ledger: []
"""
TABLE = "编号,区,产值(万元),已投产,高新企业\n1,东,600,true,true\n2,西,50,true,true\n3,西,200,,true\n4,东,x,true,true\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    town = build(
        tmp_path,
        RULES,
        examples="产值奖: {given: {产值: 100万元, 已投产: true}, cases: [{name: 例, expect: 10万元}]}\n",
    )
    monkeypatch.setenv("EDICT_PACKS", str(town.root))
    monkeypatch.delenv("EDICT_GAZETTES", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.yml").write_text(FACTS, encoding="utf-8")
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed)


def said(*arguments: str, typed: str = "") -> str:
    result = run(*arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return str(result.output)


# -- match ---------------------------------------------------------------------------------------------------------


def test_match_prints_the_groups_people_look_for() -> None:
    out = said("match", "f.yml")
    assert "企业，基准日 2021-06-30，可享合计 51万元" in out
    assert "产值奖  50万元  甲政〔2020〕1号 一" in out
    assert "分担：市 25万元，区 25万元" in out
    assert "须由市科技局认定：创新" in out
    assert "缺依据：没有写单价" in out
    assert "绿色通道  符合（优先办理）" in out
    assert "人均  150万元/人" in out
    assert "不可享" not in out


def test_match_as_json_gives_every_rule_with_its_reasons() -> None:
    data = json.loads(said("match", "f.yml", "--json"))
    assert data["total_fen"] == 51_000_000
    by_name = {each["name"]: each for each in data["results"]}
    assert set(by_name) == {"产值奖", "创新奖", "租金", "绿色通道", "规模", "人均", "项目奖"}
    assert by_name["产值奖"]["fen"] == 50_000_000
    assert by_name["产值奖"]["limits"] == ["按“上限”（50万元）封顶，未封顶为 60万元"]
    assert [each["verdict"] for each in by_name["产值奖"]["conditions"]] == [True, True, True]
    assert [each["outcome"] for each in by_name["项目奖"]["items"]] == ["1万元", "不符合"]
    assert by_name["规模"]["value"] == "大型"


def test_explain_says_what_was_seen_and_how_far_off(here: Path) -> None:
    (here / "f.yml").write_text(FACTS.replace("600万元", "99万元"), encoding="utf-8")
    out = said("match", "f.yml", "--explain")
    assert "✗ 产值达标" in out
    assert "差 1万元" in out
    assert "✓ 已投产 或 高新企业" in out
    assert "未决问题：口径；采用：全年" in out


def test_what_is_missing_is_asked_dearest_first(here: Path) -> None:
    (here / "f.yml").write_text(
        "subject: 企业\nas_of: 2021-06-30\nfacts: {高新企业: true}\n", encoding="utf-8"
    )
    out = said("match", "f.yml")
    assert "先补充哪一项" in out
    assert out.index("产值：") < out.index("已付记录：")
    assert "没有提供已付记录" in out
    assert "缺：产值" in said("match", "f.yml", "--all")


def test_the_day_of_the_option_comes_before_that_of_the_file() -> None:
    out = said("match", "f.yml", "--as-of", "2030-01-01", "--all")
    assert "可享合计 0元" in out
    assert "不可享" in out


def test_one_rule_can_be_picked() -> None:
    out = said("match", "f.yml", "--rule", "规模")
    assert "规模  大型" in out
    assert "产值奖" not in out
    assert run("match", "f.yml", "--rule", "没有").exit_code == 1


# -- receipts ------------------------------------------------------------------------------------------------------


def test_a_receipt_is_recomputed(here: Path) -> None:
    assert "凭证已写到 r.json。" in said("match", "f.yml", "--receipt", "r.json")
    assert "复算 7 项，全部相同。" in said("replay", "r.json")
    assert json.loads(said("replay", "r.json", "--json"))["same"] is True


def test_a_changed_rule_shows_in_the_replay(here: Path) -> None:
    said("match", "f.yml", "--receipt", "r.json")
    rules = here / "packs/town/doc-1/rules.yml"
    rules.write_text(RULES.replace("上限: 50万元", "上限: 40万元"), encoding="utf-8")
    result = run("replay", "r.json")
    assert result.exit_code == 1
    assert "政策包 doc-1 在凭证之后改动过。" in result.output
    assert "doc-1#产值奖：当时 符合 50000000，现在 符合 40000000" in result.output
    assert json.loads(run("replay", "r.json", "--json").output)["same"] is False


# -- simulate ------------------------------------------------------------------------------------------------------


def test_a_simulation_counts_sums_and_lists_bad_rows() -> None:
    out = said("simulate", "t.csv", "--as-of", "2021-06-30", "--assume-unpaid", "--by", "区")
    assert "企业：4 行，其中 1 行读不了" in out
    assert "第 4 行“产值(万元)”= x" in out
    assert "没有已付记录的按从未领取计算。" in out
    assert "合计 70万元；市 35万元，区 35万元" in out
    assert "东" in out


def test_a_simulation_as_json_adds_up() -> None:
    data = json.loads(said("simulate", "t.csv", "--as-of", "2021-06-30", "--by", "区", "--json"))
    (rule,) = (each for each in data["rules"] if each["rule"] == "doc-1#产值奖")
    assert [rule[key] for key in ("符合", "不符合", "待补充", "待认定", "无依据", "fen")] == [
        2,
        1,
        0,
        0,
        0,
        70_000_000,
    ]
    assert rule["near"] == {"产值达标": 1}
    assert (
        sum(each["fen"] for each in data["by_area"])
        == data["total_fen"]
        == sum(data["by_level_fen"].values())
    )


def test_a_reform_tells_winners_and_losers() -> None:
    out = said(
        "simulate",
        "t.csv",
        "--as-of",
        "2021-06-30",
        "--set",
        "产值奖.上限=60万元",
        "--set",
        "产值奖.门槛=300万元",
    )
    assert "改动后合计 60万元（减少 10万元）" in out
    assert "得益 1 户，共 10万元；受损 1 户，共 20万元" in out


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_the_list_is_written(here: Path, suffix: str) -> None:
    said("simulate", "t.csv", "--as-of", "2021-06-30", "--out", f"o.{suffix}", "--no-near")
    assert (here / f"o.{suffix}").stat().st_size > 0
    if suffix == "csv":
        assert '1,现行,"doc-1#产值奖",符合,500000.00' in (here / "o.csv").read_text(encoding="utf-8")


def test_items_come_from_a_table_of_their_own(here: Path) -> None:
    (here / "p.csv").write_text(
        "上级编号,投资额(元),已竣工\n1,100,true\n1,200,true\n2,900,false\n", encoding="utf-8"
    )
    data = json.loads(said("simulate", "t.csv", "项目=p.csv", "--as-of", "2021-06-30", "--json"))
    (rule,) = (each for each in data["rules"] if each["rule"] == "doc-1#项目奖")
    assert (rule["符合"], rule["不符合"], rule["fen"]) == (1, 2, 300)


# -- ask, facts, show ----------------------------------------------------------------------------------------------


def test_an_interview_asks_takes_back_and_saves(here: Path) -> None:
    answers = ["3", "2", "是", "600", "600万元", "<", "600万元", "q"]  # items, high-tech, output
    out = said("ask", "企业", "--as-of", "2021-06-30", "--save", "a.yml", typed="\n".join(answers) + "\n")
    assert "请答 1 到 2。" in out  # there is no third choice
    assert "产值多少？" in out
    assert "没有单位" in out  # 600 alone is refused and asked again
    assert "已答 3 题" in out
    saved = (here / "a.yml").read_text(encoding="utf-8")
    assert "  产值: 600万元\n" in saved
    assert "企业，基准日 2021-06-30" in said("match", "a.yml")


def test_an_interview_ends_when_nothing_is_left(here: Path) -> None:
    out = said("ask", "企业", "--as-of", "2021-06-30", "--save", "a.yml", typed="?\n" * 40)
    assert "可享合计 0元" in out
    assert (here / "a.yml").read_text(encoding="utf-8") == "subject: 企业\nas_of: 2021-06-30\nfacts: {}\n"


def test_an_interview_that_knows_everything_grants(here: Path) -> None:
    known = {
        "产值多少？": "600万元",
        "投产没有？": "1",
        "是不是高新企业？": "是",
        "多少人？": "4人",
        "以前领取过": "否",
        "有没有项目": "否",
    }
    typed: list[str] = []
    for _ in range(12):  # the order of the questions is the program's: answer what it asks last
        out = said("ask", "企业", "--as-of", "2021-06-30", typed="\n".join([*typed, "q"]) + "\n")
        asked = [each for each in known if each in out]
        last = max(asked, key=out.rindex, default="") if "（关系" in out.rpartition("已答")[2] else ""
        if not last:
            break
        typed.append(known[last])
    assert "可享合计 50万元" in out
    assert "待补充" not in out


def test_facts_are_listed_and_found() -> None:
    out = said("facts", "产值")
    assert "上年产值" in out
    assert "共 2 个事实。" in out
    data = json.loads(said("facts", "--json"))
    assert data["产值"]["rules"] == 3
    assert data["员工数"]["unit"] == "人"


def test_a_rule_is_shown_beside_its_clause() -> None:
    out = said("show", "doc-1#产值奖")
    for words in ("参数 门槛", "产值达标", "上限", "分担", "未决", "例：10万元"):
        assert words in out, words


def test_help_and_version_need_no_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDICT_PACKS", "/nowhere")
    assert "政令通" in said("--help")
    assert said("--version").startswith("main, version")
    assert run("没有这个命令").exit_code == 2
