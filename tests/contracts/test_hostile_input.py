"""Whatever is handed to the command line: a clear error naming the place and the mend, never a traceback or a wrong amount.

One case of every kind runs in a process of its own, under the memory bound; variants of a kind are unit tests.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from edict.cli.main import main
from tests.unit.rules.town import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_MEMORY = 200 * 1024  # KiB
HANGS_AFTER = 60  # seconds; the machine is shared, the benchmark holds the second
PLACE = re.compile(r"\S+\.(?:yml|txt|json|csv|xlsx|parquet|docx|pdf)(?::\d+(?::\d+)?)?  [TPRF]\d{3}  ")
RULES = """\
奖:
  clause: 一
  kind: grant
  class: 奖补
  for: 企业
  parameters: {比例: 10%, 上限: 50万元}
  when:
    - 产值 > 0
  amount: 产值 * 比例
  cap: {at: 上限}
项奖: {clause: 一, kind: grant, class: 奖补, for: 项目, amount: 投资额}
"""
NOTICE = (
    "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n各区人民政府：\n\n为了养牛，提出意见。\n\n"
    "一、补贴\n\n（一）每头补贴100元。\n\n（二）另行规定。\n\n本意见自公布之日起施行。\n"
)
RUNNER = """\
import sys
from pathlib import Path
from edict.cli.main import main
try:
    main(sys.argv[1:])
finally:
    # VmHWM is of this program alone; ru_maxrss would keep what the test process had before the exec.
    status = Path("/proc/self/status").read_text()
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"peak {peak}", file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command said, how it ended, and the most memory it held in KiB."""

    code: int
    said: str
    out: str
    peak: int


@pytest.fixture
def edict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Run the command in a folder of its own, against the invented town and an invented gazette.

    With ``alone`` it runs in a process of its own and its memory is measured.
    """
    town = build(tmp_path, RULES)
    gazette = tmp_path / "gazette"
    gazette.mkdir()
    (gazette / "a.txt").write_text(NOTICE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDICT_PACKS", str(town.root))
    monkeypatch.setenv("EDICT_GAZETTES", str(gazette))
    monkeypatch.setenv("PYTHONUTF8", "1")

    def run(*arguments: str | Path, alone: bool = False) -> Answer:
        words = [str(each) for each in arguments]
        if not alone:
            got = CliRunner().invoke(main, words)
            crash = got.exception if not isinstance(got.exception, SystemExit) else None
            return Answer(
                got.exit_code, got.output + (f"Traceback {crash!r}" if crash else ""), got.stdout, 1
            )
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, *words], capture_output=True, text=True, timeout=HANGS_AFTER, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        peak = re.search(r"peak (\d+)", done.stderr)
        return Answer(done.returncode, done.stderr + done.stdout, done.stdout, int(peak[1]) if peak else 0)

    return run


def assert_refused(answer: Answer, code: str, *words: str, placed: bool = True) -> None:
    assert answer.code == 1, answer.said
    assert "Traceback" not in answer.said, answer.said
    assert f"  {code}  " in f"  {answer.said}", answer.said
    assert "怎样改：" in answer.said, answer.said
    assert not placed or PLACE.search(answer.said), answer.said
    for word in words:
        assert word in answer.said, answer.said
    assert 0 < answer.peak < MOST_MEMORY, f"{answer.peak} KiB"


def test_the_town_itself_is_in_order(edict: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_text(
        "subject: 企业\nas_of: 2021-01-01\nfacts: {产值: 100万元}\nledger: []\n", encoding="utf-8"
    )
    answer = edict("match", "f.yml")
    assert answer.code == 0, answer.said
    assert "10万元" in answer.out
    assert edict("documents").code == 0


# -- gazettes ------------------------------------------------------------------------------------------------------

GAZETTES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "T101"),
    "empty": (b"", "T1"),
    "binary": (bytes(range(256)) * 400, "T1"),
    "in another encoding": (NOTICE.encode("gb18030"), "T1"),
    "cut in the middle of a character": (NOTICE.encode()[:-2], "T1"),
}


@pytest.mark.parametrize("kind", GAZETTES)
def test_a_gazette_that_cannot_be_read(edict: Callable[..., Answer], tmp_path: Path, kind: str) -> None:
    content, _ = GAZETTES[kind]
    path = tmp_path / "bad.txt"
    if content is not None:
        path.write_bytes(content)
    answer = edict("ingest", path, alone=True)
    assert "Traceback" not in answer.said, answer.said
    assert answer.peak < MOST_MEMORY
    assert answer.code == 1, answer.said
    assert "bad.txt" in answer.said
    assert re.search(r"T\d{3}", answer.said), answer.said
    assert "怎样改：" in answer.said


def test_a_gazette_that_ends_in_the_middle_of_a_sentence_is_told(
    edict: Callable[..., Answer], tmp_path: Path
) -> None:
    (tmp_path / "cut.txt").write_text(NOTICE[:-10], encoding="utf-8")
    answer = edict("ingest", tmp_path / "cut.txt")
    assert "T308" in answer.said
    assert "cut.txt:17" in answer.said
    assert "核对原件" in answer.said


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
def test_a_document_file_that_is_not_one(edict: Callable[..., Answer], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.7\n" + b"\0" * 100)
    answer = edict("ingest", tmp_path / name)
    assert_refused(
        answer, re.search(r"T\d{3}", answer.said)[0] if re.search(r"T\d{3}", answer.said) else "T", name
    )  # type: ignore[index]


def test_a_number_that_occurs_twice(edict: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "gazette/b.txt").write_text(
        NOTICE.replace("每头补贴100元", "每头补贴200元"), encoding="utf-8"
    )
    answer = edict("show", "甲政〔2030〕6号", "一/（一）")
    assert_refused(answer, "T203", "甲政〔2030〕6号", placed=False)


# -- packs ---------------------------------------------------------------------------------------------------------

PACKS: dict[str, tuple[str, str, str]] = {
    "a clock time": ("for: 企业", "for: 22:30", "P155"),
    "an octal number": ("上限: 50万元", "上限: 010", "P132"),
    "NO for false": ("cap: {at: 上限}", "top_up: NO", "P113"),
    "a duplicate key": ("kind: grant", "kind: grant\n  kind: decision", "P104"),
    "an alias bomb": ("产值 > 0", "&a [*a, *a]", "P1"),
    "100,000 brackets": ("- 产值 > 0", "- " + "[" * 100_000, "P1"),
    "brackets in an expression": ("产值 > 0", "'" + "(" * 1000 + "产值'", "R101"),
    "a tab": ("  kind: grant", "\tkind: grant", "P1"),
    "a full-width operator": ("产值 > 0", "产值 ≥ 0", "R105"),
    "a full-width comma": ("产值 > 0", "least(产值，产值) > 0", "R105"),
    "full-width digits": ("产值 > 0", "产值 > １０", "R105"),
    "a number glued to a word": ("产值 > 0", "产值 > 1000万", "R106"),
    "an unknown name": ("产值 > 0", "产量 > 0", "R103"),
    "a wrong type": ("产值 > 0", "产值 and 产值", "R110"),
    "a wrong unit": ("产值 > 0", "产值 > 比例", "R110"),
    "a wrong unit of the amount": ("产值 * 比例", "员工数", "R113"),
    "a division by zero": ("产值 > 0", "产值 / 0 > 0", "R112"),
    "a hidden division by zero": ("产值 * 比例", "产值 / (1 - 1)", "R114"),
    "a subquery": ("产值 > 0", "'产值 > (select 1)'", "R104"),
    "reflect": ("产值 > 0", "reflect('java.lang.Runtime')", "R108"),
    "read_text": ("产值 > 0", "read_text('/etc/passwd')", "R108"),
    "repeat": ("产值 > 0", "repeat('甲', 1)", "R104"),
    "a chain of a thousand terms": ("产值 * 比例", "产值 * (1" + " + 1" * 400 + ")", "R101"),
    "an amount too wide to be exact": ("产值 * 比例", "产值 * 产值 / 上限 * 产值 / 上限 * 产值 / 上限", "R114"),
    "a date that does not exist": ("产值 > 0", "产值 > 0\n  valid: {from: 2021-02-30}", "P115"),
    "control characters": ("产值 > 0", "产值 > \x07 0", "P1"),
}  # fmt: skip


BOMBS = {
    "an alias bomb",
    "100,000 brackets",
    "brackets in an expression",
    "read_text",
    "repeat",
    "a chain of a thousand terms",
}


@pytest.mark.parametrize("kind", PACKS)
def test_a_spoiled_pack(edict: Callable[..., Answer], tmp_path: Path, kind: str) -> None:
    old, new, code = PACKS[kind]
    path = tmp_path / "packs/town/doc-1/rules.yml"
    text = RULES.replace(old, new, 1)
    assert text != RULES
    path.write_text(text, encoding="utf-8")
    answer = edict("check", "--no-text", "doc-1", alone=kind in BOMBS)
    found = re.search(code.ljust(4, "x").replace("x", r"\d"), answer.said)
    assert found, answer.said
    assert_refused(answer, found[0], "rules.yml")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\0\0", bytes(range(256)), RULES.encode("gb18030"), b"\0" * 1000, b""]
)
def test_a_pack_file_that_is_no_text(edict: Callable[..., Answer], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "packs/town/doc-1/facts.yml").write_bytes(content)
    answer = edict("match", "f.yml")
    assert "Traceback" not in answer.said
    assert answer.code == 1
    assert "怎样改：" in answer.said


def test_a_spoiled_pack_pays_nobody(edict: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_text(
        "subject: 企业\nas_of: 2021-01-01\nfacts: {产值: 100万元}\nledger: []\n", encoding="utf-8"
    )
    path = tmp_path / "packs/town/doc-1/rules.yml"
    path.write_text(RULES.replace("产值 > 0", "产值≥0"), encoding="utf-8")
    answer = edict("match", "f.yml", alone=True)
    assert_refused(answer, "R105", "rules.yml")
    assert "10万元" not in answer.out


# -- facts ---------------------------------------------------------------------------------------------------------

FACTS: dict[str, tuple[str, str]] = {
    "money without a unit": ("产值: 1000000", "F104"),
    "money in another unit": ("产值: 300㎡", "F104"),
    "negative money": ("产值: -5万元", "F104"),
    "a number for a yes": ("已投产: 1", "F104"),
    "a date that does not exist": ("成立日期: 2021-02-29", "F104"),
    "an eighteen digit identity for a number": ("员工数: 110105199001011234", "F104"),
    "a formula": ("产值: =1+1", "F104"),
    "a fact nobody declared": ("产量: 5万元", "F103"),
    "a fact of something else": ("投资额: 5万元", "F103"),
    "an alias bomb": ("产值: &a [*a, *a]", "P1"),
    "a duplicate key": ("产值: 1元, 产值: 2元", "P104"),
    "100,000 brackets": ("产值: " + "[" * 100_000, "P1"),
    "a list where a value belongs": ("产值: [1元]", "F103"),
    "a mapping where a value belongs": ("产值: {元: 1}", "F104"),
}


@pytest.mark.parametrize("kind", FACTS)
def test_spoiled_facts(edict: Callable[..., Answer], tmp_path: Path, kind: str) -> None:
    body, code = FACTS[kind]
    (tmp_path / "f.yml").write_text(
        f"subject: 企业\nas_of: 2021-01-01\nfacts: {{{body}}}\nledger: []\n", encoding="utf-8"
    )
    answer = edict("match", "f.yml", alone=kind in BOMBS or kind == "negative money")
    found = re.search(code.ljust(4, "x").replace("x", r"\d"), answer.said)
    assert found, answer.said
    assert_refused(answer, found[0], "f.yml")
    assert answer.out == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "F102"), (b"- 1\n", "F101"), (b"subject: [1]\n", "F102"), (b"\xff\xfe", "P101"), (b"subject: \xe4\xbc\n", "P101"),
        ("subject: 企业\nas_of: 2021-13-01\n".encode(), "F105"), ("subject: 企业\nas_of: 2021-01-01\nledger: 5\n".encode(), "F106"),
    ],
)  # fmt: skip
def test_a_facts_file_that_is_none(
    edict: Callable[..., Answer], tmp_path: Path, content: bytes, code: str
) -> None:
    (tmp_path / "f.yml").write_bytes(content)
    assert_refused(edict("match", "f.yml"), code, "f.yml")


@pytest.mark.parametrize("arguments", [("match", "no.yml"), ("match", "."), ("simulate", "no.csv"), ("simulate", "."), ("replay", "no.json"), ("replay", "."), ("match", "f.yml", "--receipt", "no/r.json"), ("match", "f.yml", "--as-of", "2021-02-30"), ("match", "f.yml", "--root", "nowhere"), ("simulate", "t.csv", "--set", "奖.比例=三"), ("simulate", "t.csv", "--set", "奖.比例=3元"), ("simulate", "t.csv", "--set", "奖"), ("simulate", "t.csv", "--draft", "nowhere"), ("simulate", "t.csv", "--out", "no/o.csv"), ("simulate", "t.csv", "--out", "o.doc"), ("simulate", "t.csv", "--subject", "公司"), ("simulate", "t.csv", "企业=t.csv"), ("simulate", "t.csv", "--by", "没有"), ("show", "没有"), ("show", "没有#奖"), ("clauses", "没有"), ("coverage", "没有"), ("lock", "没有"), ("new", "没有"), ("match", "f.yml", "--rule", "没有"), ("ask", "公司")])  # fmt: skip
def test_arguments_that_name_nothing(
    edict: Callable[..., Answer], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "f.yml").write_text(
        "subject: 企业\nas_of: 2021-01-01\nfacts: {产值: 100万元}\nledger: []\n", encoding="utf-8"
    )
    (tmp_path / "t.csv").write_text("编号,产值(元)\n1,100\n", encoding="utf-8")
    answer = edict(*arguments)
    assert answer.code == 1, answer.said
    assert "Traceback" not in answer.said, answer.said
    assert re.search(r"[TPRF]\d{3}  ", answer.said), answer.said
    assert "怎样改：" in answer.said, answer.said


# -- receipts and tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": "edict-receipt-1"}',
        b'{"a": 1e999999, "a": NaN}',
    ],
)
def test_a_receipt_that_is_none(edict: Callable[..., Answer], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.json").write_bytes(content)
    answer = edict("replay", "r.json", alone=len(content) > 1000)
    assert_refused(answer, "F12" + ("1" if b"receipt-1" in content else "0"), "r.json")


def test_a_receipt_that_was_changed(edict: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_text(
        "subject: 企业\nas_of: 2021-01-01\nfacts: {产值: 100万元}\nledger: []\n", encoding="utf-8"
    )
    assert edict("match", "f.yml", "--receipt", "r.json").code == 0
    assert edict("replay", "r.json").code == 0
    receipt = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    receipt["results"]["doc-1#奖"]["amount"] += 1
    (tmp_path / "r.json").write_text(json.dumps(receipt), encoding="utf-8")
    assert_refused(edict("replay", "r.json"), "F121", "r.json")


def _workbook(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "产值(元)"])
    sheet.append([110105199001011234, 5])
    book.save(path)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("甲.txt", "甲")


TABLES: dict[str, tuple[str, object, str]] = {
    "empty": ("t.csv", b"", "F115"),
    "binary": ("t.csv", bytes(range(256)) * 10, "F11"),
    "in another encoding": ("t.csv", "编号,产值(元)\n1,5\n".encode("gb18030"), "F11"),
    "no parquet": ("t.parquet", b"PAR1 nonsense", "F111"),
    "no workbook": ("t.xlsx", b"PK\x03\x04 nonsense", "F111"),
    "a zip that is no workbook": ("t.xlsx", _zip, "F111"),
    "an unknown format": ("t.txt", "编号\n1\n".encode(), "F111"),
    "money without a unit": ("t.csv", "编号,产值\n1,5\n".encode(), "F114"),
    "money in another unit": ("t.csv", "编号,产值(㎡)\n1,5\n".encode(), "F114"),
    "a fact in two columns": ("t.csv", "编号,产值(元),产值(万元)\n1,5,5\n".encode(), "F113"),
    "an identity kept as a number": ("t.xlsx", _workbook, ""),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_spoiled_table(edict: Callable[..., Answer], tmp_path: Path, kind: str) -> None:
    name, content, code = TABLES[kind]
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        assert callable(content)
        content(path)
    answer = edict("simulate", path, "--as-of", "2021-01-01", alone=kind in {"binary", "no workbook"})
    if not code:  # a workbook keeps fifteen digits; read as text the row is still one row
        assert "Traceback" not in answer.said
        return
    found = re.search(code.ljust(4, "x").replace("x", r"\d"), answer.said)
    assert found, answer.said
    assert_refused(answer, found[0], name)


def test_bad_rows_are_counted_and_listed_and_the_others_computed(
    edict: Callable[..., Answer], tmp_path: Path
) -> None:
    bad = ["-5", "1e9", "=1+1", "５", "一百", "0.001", "1" * 30, "NaN", "inf", "1,2,3元", "'; drop table t"]
    rows = ["1,1000000", *(f'{n},"{value}"' for n, value in enumerate(bad, 2)), "99,2000000", "100,"]
    (tmp_path / "t.csv").write_text("编号,产值(元)\n" + "\n".join(rows) + "\n", encoding="utf-8")
    answer = edict("simulate", "t.csv", "--as-of", "2021-01-01", "--json", alone=True)
    assert answer.code == 0, answer.said
    data = json.loads(answer.out)
    report = data["tables"]["企业"]
    assert (report["rows"], report["bad_rows"]) == (len(rows), len(bad))
    assert [each["row"] for each in report["bad"]] == list(range(2, len(bad) + 2))
    (rule,) = (each for each in data["rules"] if each["rule"] == "doc-1#奖")
    assert (rule["符合"], rule["待补充"], rule["fen"]) == (2, 1, 30_000_000)
    assert answer.peak < MOST_MEMORY


def test_an_address_space_smaller_than_a_bomb_is_enough(tmp_path: Path) -> None:
    """The bracket bomb is refused before it grows: a process that may not grow much still says so."""
    (tmp_path / "f.yml").write_text("subject: " + "[" * 1_000_000, encoding="utf-8")
    town = build(tmp_path, RULES)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))

    done = subprocess.run(
        [sys.executable, "-m", "edict.cli.main", "match", "f.yml", "--root", str(town.root)],
        cwd=tmp_path, capture_output=True, text=True, timeout=HANGS_AFTER, check=False, preexec_fn=limit,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "f.yml" in done.stderr
