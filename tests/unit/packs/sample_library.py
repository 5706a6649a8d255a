"""A small library of one invented document, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from edict.core.diagnostic import Diagnostic
from edict.packs.lock import make_lock, render_lock
from edict.text.figures import find_figures
from edict.text.model import Clause, Document

if TYPE_CHECKING:
    from pathlib import Path

JURISDICTION = """\
name: 测试市
areas: [东区, 西区]
units: {市财政局: , 市科技局: {aliases: [市科委]}}
fiscal_levels: [市, 区]
"""
VOCABULARY = """\
subjects: {企业: {}}
facts:
  所在区县: {of: 企业, type: enum, values: [东区, 西区, 其他], ask: 在哪里？}
"""
FILES: dict[str, str] = {
    "document.yml": """\
schema: 1
number: 测政〔2022〕1号
title: 试验奖励
issuer: 测试市人民政府
issued: 2022-06-01
in_force: {from: 2022-06-01}
status: draft
""",
    "facts.yml": """\
subjects: {项目: {belongs_to: 企业, ask: 有哪些项目？}}
facts:
  投资额: {of: 项目, type: money, ask: 投资多少？}
  级别: {of: 项目, type: enum, values: [国家级, 省级, 其他], ask: 哪一级？}
  件数: {of: 项目, type: count, unit: 件, ask: 几件？}
  开工日期: {of: 项目, type: date, ask: 哪天开工？}
  已竣工: {of: 项目, type: bool, ask: 竣工没有？}
""",
    "rules.yml": """\
投资奖励:
  clause: 一/（一）
  kind: grant
  class: 奖补
  for: 项目
  parameters: {门槛: 1000万元, 比例: 2%, 上限: 50万元}
  when:
    - 投资额 >= 门槛
  attest: [{创新认定: 市财政局}]
  amount: 投资额 * 比例
  cap: {at: 上限, per: 企业, period: 年}
  funding: {市: 60%, 区: 40%}
级别奖励:
  clause: 一/（二）
  kind: grant
  class: 奖补
  for: 项目
  tables: {标准: {by: 级别, values: {国家级: 30万元, 省级: 10万元}}}
  amount: 标准
分档奖励:
  clause: 附件1/表1
  kind: grant
  class: 奖补
  for: 项目
  tables:
    档比例: {tiers: 投资额, bands: [{from: 500万元, below: 1000万元, value: 1%}, {from: 1000万元, value: 3%}]}
  amount: 投资额 * 档比例
""",
    "groups.yml": "择优: {clause: 一, take: best, rules: [投资奖励, 级别奖励]}\n",
    "examples.yml": """\
投资奖励:
  given: {投资额: 2000万元, 创新认定: true}
  cases:
    - {name: 按比例, expect: 40万元}
    - {name: 已领过, ledger: [{rule: 投资奖励, date: 2022-07-01, amount: 50万元}], expect: 0元}
""",
    "gaps.yml": """\
clauses:
  序: {class: exhortation, why: 缘由}
  二: {class: deferred, stage: 落实, why: 宣传任务}
figures:
  一: {3年: 由监督环节使用}
""",
}
TEXTS = {
    "序": "为了试验，制定本办法。",
    "一": "同一项目就高奖励，3年内不得迁出。",
    "一/（一）": "投资1000万元以上的，按2%给予最高50万元奖励，市级承担60%，其余由区承担。",
    "一/（二）": "国家级30万元，省级10万元。",
    "二": "加强宣传。",
    "二/（一）": "各单位配合。",
    "附件1": "",
    "附件1/表1": "",
    "附件1/表1/行1": "500万元以上不足1000万元：1%",
    "附件1/表1/行2": "1000万元以上：3%",
}

Faults = Callable[[Mapping[str, str]], list[Diagnostic]]


def clause(name: str, text: str, *children: Clause) -> Clause:
    return Clause(name, "item", name.rpartition("/")[2], "", text, (), find_figures(text), children)


def document(texts: Mapping[str, str] = TEXTS, number: str = "测政〔2022〕1号") -> Document:
    root = Clause("", "root", "", "", "", (), (), tuple(clause(name, text) for name, text in texts.items()))
    return Document(
        number=number, numbered=True, part=0, title="关于试验奖励的通知", issuer="测试市人民政府", addressees="",
        issued=date(2022, 6, 1), effective=(), expiry=(), repeals=(), amends=(), based_on=("测发〔2021〕2号",), annexes=(),
        source="a.txt", span=(0, 0), lines=(1, 1), root=root,
    )  # fmt: skip


def write_library(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the library with some files of the pack ``doc-1`` replaced; a path with a slash starts at the root."""
    texts = {f"city/doc-1/{name}": text for name, text in FILES.items()}
    texts |= {
        "city/jurisdiction.yml": JURISDICTION,
        "city/vocabulary/shared.yml": VOCABULARY,
        "city/doc-1/lock.json": render_lock(make_lock(document())),
    }
    texts |= {name if "/" in name else f"city/doc-1/{name}": text for name, text in (changes or {}).items()}
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return root
