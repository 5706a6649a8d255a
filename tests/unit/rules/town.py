"""An invented town: one vocabulary, packs written inline by each test, evaluated without the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edict.packs.load import Library, Pack, load_library
from edict.rules.build import build_plan
from edict.rules.evaluate import Engine, Result
from edict.rules.facts import Situation, read_situation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edict.rules.plan import Plan, PlanRule

JURISDICTION = """\
name: 甲市
areas: [东区, 西区]
units: {市财政局: , 市科技局: {aliases: [市科委]}}
fiscal_levels: [省, 市, 区]
"""
VOCABULARY = """\
subjects:
  企业: {}
  个人: {}
  项目: {belongs_to: 企业, ask: 有哪些项目？}
facts:
  产值: {of: 企业, type: money, ask: 产值多少？}
  上年产值: {of: 企业, type: money, ask: 上年产值多少？}
  利润: {of: 企业, type: money, signed: true, ask: 利润多少？}
  行业: {of: 企业, type: enum, values: [制造业, 服务业, 其他], ask: 哪个行业？}
  员工数: {of: 企业, type: count, unit: 人, ask: 多少人？}
  面积: {of: 企业, type: number, unit: ㎡, decimals: 1, ask: 多大？}
  增速: {of: 企业, type: ratio, signed: true, ask: 增速多少？}
  占比: {of: 企业, type: ratio, ask: 占比多少？}
  成立日期: {of: 企业, type: date, ask: 哪天成立？}
  迁入日期: {of: 企业, type: date, ask: 哪天迁入？}
  已投产: {of: 企业, type: bool, ask: 投产没有？}
  高新企业: {of: 企业, type: bool, ask: 是不是高新企业？}
  投资额: {of: 项目, type: money, ask: 投资多少？}
  级别: {of: 项目, type: enum, values: [国家级, 省级, 无], ask: 哪一级？}
  件数: {of: 项目, type: count, unit: 件, ask: 几件？}
  已竣工: {of: 项目, type: bool, ask: 竣工没有？}
  出生日期: {of: 个人, type: date, ask: 哪天出生？}
"""
DOCUMENT = """\
schema: 1
number: {number}
title: 试行办法
issuer: 甲市人民政府
issued: 2020-01-01
in_force: {{from: 2020-01-01, to: 2029-12-31}}
status: draft
"""
NUMBERS = {"doc-1": "甲政〔2020〕1号", "doc-2": "甲政〔2020〕2号"}


@dataclass
class Town:
    """A library in a folder, with what is built from it."""

    root: Path
    packs: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self, slug: str, files: Mapping[str, str]) -> None:
        """Write a pack; ``document.yml`` is filled in unless given."""
        folder = self.root / "town" / slug
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in {"document.yml": DOCUMENT.format(number=NUMBERS[slug]), **files}.items():
            (folder / name).write_text(text, encoding="utf-8")

    @cached_property
    def library(self) -> Library:
        return load_library(self.root)

    @property
    def pack(self) -> Pack:
        return self.library.packs[0]

    @cached_property
    def plan(self) -> Plan:
        return build_plan(self.library)

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.plan)

    def rule(self, name: str, slug: str = "doc-1") -> PlanRule:
        return self.plan.rule(f"{slug}#{name}")

    def situation(
        self,
        facts: Mapping[str, object] | None = None,
        *,
        subject: str = "企业",
        as_of: str = "2021-06-30",
        ledger: Sequence[Mapping[str, str]] | None = (),
    ) -> Situation:
        """Read facts as a facts file holds them; the ledger is empty unless given (None: unknown)."""
        raw: dict[str, object] = {"subject": subject, "as_of": as_of, "facts": dict(facts or {})}
        return read_situation(self.plan, {**raw, "ledger": "unknown" if ledger is None else list(ledger)})

    def evaluate(self, facts: Mapping[str, object] | None = None, **options: Any) -> dict[str, Result]:
        """Return the results by rule name."""
        return {each.rule.name: each for each in self.engine.evaluate(self.situation(facts, **options))}

    def outcome(
        self, name: str, facts: Mapping[str, object] | None = None, **options: Any
    ) -> tuple[str, Any]:
        """Return status and amount (分, millionths or category) of one rule."""
        result = self.evaluate(facts, **options)[name]
        return result.status.label, result.amount


def build(root: Path, rules: str = "", *, more: Mapping[str, str] | None = None, **files: str) -> Town:
    """Return a town with one pack; keywords name its other files (``examples=…``), ``more`` a second pack's."""
    root = root / "packs"
    folder = root / "town"
    (folder / "vocabulary").mkdir(parents=True, exist_ok=True)
    (folder / "jurisdiction.yml").write_text(JURISDICTION, encoding="utf-8")
    (folder / "vocabulary/facts.yml").write_text(VOCABULARY, encoding="utf-8")
    town = Town(root)
    town.write(
        "doc-1", {"rules.yml": rules or "{}\n", **{f"{name}.yml": text for name, text in files.items()}}
    )
    if more is not None:
        town.write("doc-2", more)
    return town


def day(text: str) -> date:
    return date.fromisoformat(text)
