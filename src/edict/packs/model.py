"""The shape of a pack: one class per file and per kind of entry.

These classes are the published format: the JSON Schema and the reference page are generated from them, and the
loader validates every file against them. Scalars arrive as the strings that the author wrote; quantities are parsed
where they are checked (:mod:`edict.packs.figures`), expressions in :mod:`edict.rules`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Entry(BaseModel):
    """Base of every entry: unknown keys are refused, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_day(value: object) -> object:
    """Accept only 2022-06-29: pydantic alone would read 20220629 as seconds since 1970."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("没有这一天") from None
    raise ValueError("日期要写成 2022-06-29 的样子")


Day = Annotated[date, BeforeValidator(_as_day, json_schema_input_type=date)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
ClauseIds = Annotated[
    tuple[Text, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
Flag = Annotated[Literal["true", "false"], Field(description="true 或 false，不接受 yes、no、on、off")]


class Question(Entry):
    """An open question of the text: what is unclear, the reading chosen, the readings not chosen."""

    about: Text = Field(description="不清楚的是什么")
    chosen: Text = Field(description="本包采用的读法")
    others: tuple[Text, ...] = Field(default=(), description="没有采用的其他读法")
    clause: str = Field(default="", description="所问的条款编号")


class InForce(Entry):
    """From when to when the document applies; both ends included."""

    since: Day = Field(alias="from", description="施行之日（含）")
    until: Day | None = Field(default=None, alias="to", description="失效之日（含）；文件没有写就不填")
    clause: str = Field(default="", description="写明施行日期或有效期的条款编号")
    trial: Flag = Field(default="false", description="是否试行")


class DocumentFile(Entry):
    """``document.yml``: what the document is and when it applies."""

    version: Literal["1"] = Field(alias="schema", description="格式版本")
    number: Text = Field(description="文号")
    title: Text = Field(description="我们给文件起的短名")
    issuer: Text = Field(description="制发机关")
    issued: Day = Field(description="成文日期")
    in_force: InForce = Field(description="施行与失效")
    based_on: Names = Field(default=(), description="依据的文件")
    amends: Names = Field(default=(), description="修改的文件")
    repeals: Names = Field(default=(), description="废止的文件")
    status: Literal["draft", "checked", "in_force", "expired"] = Field(description="本包的编校状态")
    questions: tuple[Question, ...] = Field(default=(), description="整份文件的未决问题")


class Subject(Entry):
    """A kind of thing that facts are about; an item belongs to a parent subject."""

    belongs_to: str = Field(default="", description="所属的上级对象；顶层对象不填")
    ask: str = Field(default="", description="向申请人列举这类对象时的问句")


FactType = Literal["bool", "enum", "money", "ratio", "count", "number", "date"]


class Fact(Entry):
    """A typed, united, sourced value about a subject."""

    of: Name = Field(description="所属对象")
    type: FactType = Field(description="类型")
    unit: str = Field(default="", description="count 与 number 的单位，如 件、人、㎡；money 一律为元")
    values: Names = Field(default=(), description="enum 的全部取值")
    decimals: Annotated[str, Field(pattern=r"^[0-6]$")] = Field(default="2", description="number 的小数位数")
    signed: Flag = Field(default="false", description="是否允许负数；默认不允许")
    ask: Text = Field(description="问句")
    source: Literal["applicant", "ledger", "attestation", "register", "statistics"] = Field(
        default="applicant",
        alias="from",
        description="事实的来源",
    )
    personal: Literal["", "个人信息", "敏感", "未成年人"] = Field(default="", description="个人信息标记")
    note: str = Field(default="", description="口径说明")


class FactsFile(Entry):
    """``facts.yml`` and each file of the vocabulary: subjects and facts."""

    subjects: dict[Name, Subject] = Field(default={}, description="对象")
    facts: dict[Name, Fact] = Field(default={}, description="事实")


class Parameter(Entry):
    """A figure of the document under a name; dated values when a later act changes it."""

    value: str = Field(default="", description="文件所印的数，如 2%、1亿元、600元/㎡、2022-12-31")
    dated: dict[Day, Text] = Field(default={}, description="按生效日期排列的值")
    clause: str = Field(default="", description="所在条款；与规则的条款相同就不填")

    @model_validator(mode="after")
    def _one_form(self) -> Parameter:
        if bool(self.value) == bool(self.dated):
            raise ValueError("value 与 dated 必须且只能写一个")
        return self


def _as_parameter(value: object) -> object:
    return {"value": value} if isinstance(value, str) else value


class Band(Entry):
    """One band of a tier table; the key of each end says whether the end belongs to the band."""

    since: str = Field(default="", alias="from", description="下限（含）")
    above: str = Field(default="", description="下限（不含）")
    to: str = Field(default="", description="上限（含）")
    below: str = Field(default="", description="上限（不含）")
    value: Text = Field(description="本档的数：金额、比例或其他数量")

    @model_validator(mode="after")
    def _one_end_each(self) -> Band:
        if self.since and self.above:
            raise ValueError("from（含）与 above（不含）只能写一个")
        if self.to and self.below:
            raise ValueError("to（含）与 below（不含）只能写一个")
        return self


class Table(Entry):
    """A figure chosen by a category (``by`` + ``values``) or by a quantity (``tiers`` + ``bands``)."""

    by: str = Field(default="", description="按哪个 enum 事实选取")
    values: dict[Name, Text] = Field(default={}, description="每个取值对应的数")
    tiers: str = Field(default="", description="按哪个数量分档（表达式）")
    bands: tuple[Band, ...] = Field(default=(), description="各档，由低到高")
    mode: Literal["whole", "marginal"] = Field(
        default="whole",
        description="whole：整个数量适用所在档；marginal：各档只管落在本档的部分（超额累进），得到金额",
    )
    clause: str = Field(default="", description="所在条款；与规则的条款相同就不填")

    @model_validator(mode="after")
    def _one_form(self) -> Table:
        if (bool(self.by), bool(self.values)) == (bool(self.tiers), bool(self.bands)) or bool(
            self.by,
        ) != bool(self.values):
            raise ValueError("要么写 by 与 values，要么写 tiers 与 bands")
        return self


class Condition(Entry):
    """One condition with its own verdict; ``any`` and ``all`` nest conditions that keep theirs."""

    expr: str = Field(default="", description="表达式")
    any: tuple[When, ...] = Field(default=(), description="满足其一")
    all: tuple[When, ...] = Field(default=(), description="全部满足")
    clause: str = Field(default="", description="本条件所在条款；与规则的条款相同就不填")
    label: str = Field(default="", description="条件的短名，向申请人显示")

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        if sum(map(bool, (self.expr, self.any, self.all))) != 1:
            raise ValueError("expr、any、all 必须且只能写一个")
        return self


def _as_condition(value: object) -> object:
    return {"expr": value} if isinstance(value, str) else value


When = Annotated[Condition, BeforeValidator(_as_condition, json_schema_input_type=str | Condition)]
Parameters = dict[
    Name,
    Annotated[Parameter, BeforeValidator(_as_parameter, json_schema_input_type=str | Parameter)],
]


class Cap(Entry):
    """An upper limit: of one grant, or of a subject's grants within a period."""

    at: Name = Field(description="上限：参数名")
    per: str = Field(default="", description="按哪个对象合计；不填就是规则自己的对象")
    period: Literal["", "年", "终身"] = Field(default="", description="合计的期间；不填就是单次")


def _as_caps(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Caps = Annotated[tuple[Cap, ...], BeforeValidator(_as_caps, json_schema_input_type=Cap | list[Cap])]


class Outcome(Entry):
    """One value that a decision may take; the first whose conditions hold is the answer."""

    value: Name = Field(description="结论")
    when: tuple[When, ...] = Field(min_length=1, description="条件，全部满足")
    clause: str = Field(default="", description="所在条款")


class Window(Entry):
    """The days on which a rule applies, where narrower than the document; both ends included."""

    since: Day | None = Field(default=None, alias="from", description="起（含）")
    until: Day | None = Field(default=None, alias="to", description="止（含）")
    clause: str = Field(default="", description="写明期间的条款")


class Rule(Entry):
    """A grant (somebody may get something) or a decision (a value follows from facts)."""

    clause: ClauseIds = Field(description="依据的条款编号，一个或几个")
    kind: Literal["grant", "decision"] = Field(description="grant 给予；decision 判定")
    grant_class: Literal["", "减免", "奖补", "权益", "资质"] = Field(
        default="",
        alias="class",
        description="给予的类别",
    )
    subject: Name = Field(alias="for", description="对象")
    parameters: Parameters = Field(default={}, description="文件所印的数")
    tables: dict[Name, Table] = Field(default={}, description="分类表与分档表，在表达式中按名使用")
    when: tuple[When, ...] = Field(default=(), description="条件，全部满足；每条有自己的结论")
    attest: tuple[dict[Name, Name], ...] = Field(default=(), description="须由人认定的事项: 认定机关")
    amount: str = Field(default="", description="金额表达式（grant）")
    value: str = Field(default="", description="结论表达式（decision），或非金钱权益的数量（grant）")
    outcomes: tuple[Outcome, ...] = Field(
        default=(),
        description="可能的结论，按顺序取第一个成立的（decision）",
    )
    benefit: str = Field(default="", description="非金钱的权益，用我们自己的短语写")
    no_basis: str = Field(default="", description="缺少的依据；写了就不计算金额，结果为无依据")
    caps: Caps = Field(default=(), alias="cap", description="上限，一个或几个")
    top_up: Flag = Field(default="false", description="逐级补差：减去本规则累计已付")
    frequency: Literal["", "一次性", "每年一次", "每项一次"] = Field(default="", description="给予的频次")
    term: str = Field(default="", description="最长年限：参数名")
    funding: dict[Name, Text] = Field(default={}, description="各级财政的分担比例")
    funding_clause: str = Field(default="", description="写明分担比例的条款；与规则的条款相同就不填")
    valid: Window | None = Field(default=None, description="本规则自己的有效期间")
    office: str = Field(default="", description="受理机关，文件写明才填")
    questions: tuple[Question, ...] = Field(default=(), description="未决问题")

    @model_validator(mode="after")
    def _result_fits_kind(self) -> Rule:
        given = [bool(self.amount), bool(self.value), bool(self.outcomes), bool(self.no_basis)]
        if sum(given) > 1:
            raise ValueError("amount、value、outcomes、no_basis 只能写一个")
        if self.kind == "decision" and (self.amount or self.no_basis or self.caps or self.grant_class):
            raise ValueError("decision 不写 amount、no_basis、cap、class")
        if self.kind == "grant" and not self.grant_class:
            raise ValueError("grant 必须写 class")
        if self.kind == "grant" and self.outcomes:
            raise ValueError("grant 不写 outcomes")
        if self.caps and not self.amount:
            raise ValueError("cap 只能与 amount 同写")
        return self


class Group(Entry):
    """Rules that exclude each other or share a limit: the best rule or side is paid, or the sum is capped."""

    clause: ClauseIds = Field(description="依据的条款编号")
    take: Literal["best", "side", "cap"] = Field(
        description="best 就高不重复，只给最高的一项；side 几类之间只给合计较高的一类；cap 合计封顶",
    )
    rules: Names = Field(default=(), description="规则名（best、cap）；别的包的规则写作 包#规则")
    sides: dict[Name, Names] = Field(default={}, description="类名: 规则名（side）")
    at: str = Field(default="", description="合计上限，如 300万元（cap）")
    period: Literal["", "年", "终身"] = Field(
        default="",
        description="cap：合计的期间；best、side：期间内已享受其中一项（另一类）的，其余不再给",
    )
    questions: tuple[Question, ...] = Field(default=(), description="未决问题")

    @model_validator(mode="after")
    def _form_fits_take(self) -> Group:
        if (self.take == "cap") != bool(self.at):
            raise ValueError("take: cap 必须写 at；其他不写 at")
        if (self.take == "side") != bool(self.sides) or (self.take == "side") == bool(self.rules):
            raise ValueError("take: side 写 sides，其他写 rules")
        if len(self.sides or self.rules) < 2:
            raise ValueError("至少要有两项")
        return self

    @property
    def members(self) -> tuple[tuple[str, ...], ...]:
        """Return the sides that compete: one rule each for best, one side for cap."""
        if self.take == "cap":
            return (self.rules,)
        return tuple(self.sides.values()) or tuple((name,) for name in self.rules)


Given = dict[str, str | tuple[dict[str, str], ...]]
LedgerEntry = dict[str, str]


class Case(Entry):
    """One worked case: the base facts of its rule with some replaced, and what must come out."""

    name: Text = Field(description="用一句短语说明这个例子")
    change: Given = Field(default={}, alias="with", description="替换或增加的事实；写“未知”就是去掉")
    as_of: Day | None = Field(default=None, description="基准日；默认为文件施行之日")
    ledger: Literal["unknown"] | tuple[LedgerEntry, ...] | None = Field(
        default=None,
        description="已付记录：[{rule, date, amount}]；不填就是没有付过；unknown 就是不知道",
    )
    expect: str | dict[Name, str] = Field(
        description="金额、结论或状态（符合、不符合、待补充、待认定、无依据）；或 规则: 结果",
    )


class Examples(Entry):
    """The worked cases of one rule or group."""

    given: Given = Field(description="共同的事实；下级对象写成列表")
    ledger: Literal["unknown"] | tuple[LedgerEntry, ...] | None = Field(
        default=None,
        description="共同的已付记录",
    )
    as_of: Day | None = Field(default=None, description="共同的基准日")
    cases: tuple[Case, ...] = Field(min_length=1, description="例子")


GapClass = Literal["judgement", "exhortation", "delegated", "attachment_missing", "contradiction", "deferred"]


class Gap(Entry):
    """Why a clause (and what lies below it, figures excepted) is not executed."""

    gap_class: GapClass = Field(
        alias="class",
        description="judgement 须人判断；exhortation 倡导；delegated 另行规定；attachment_missing 附件缺失；contradiction 自相矛盾；deferred 可执行，属于尚未编码的阶段",
    )
    why: Text = Field(description="理由，用我们自己的话")
    stage: Literal["", "出台", "兑现", "落实", "评估"] = Field(
        default="",
        description="deferred 属于哪个阶段",
    )

    @model_validator(mode="after")
    def _deferred_names_stage(self) -> Gap:
        if (self.gap_class == "deferred") != bool(self.stage):
            raise ValueError("class 为 deferred 时必须写 stage，其他类别不写")
        return self


class GapsFile(Entry):
    """``gaps.yml``: clause by clause what is not executed, and the figures of executed clauses that are not used."""

    clauses: dict[str, Gap] = Field(default={}, description="条款编号: 缺口")
    figures: dict[str, dict[str, Text]] = Field(default={}, description="条款编号: {数: 为什么没有用到}")


class Unit(Entry):
    """An organisation that decides, attests or pays."""

    aliases: Names = Field(default=(), description="别名")


class Jurisdiction(Entry):
    """``jurisdiction.yml``: areas, units and fiscal levels that packs may name."""

    name: Text = Field(description="地方名称")
    areas: Names = Field(description="区县与开发区")
    units: dict[Name, Unit | None] = Field(description="机关与机构")
    fiscal_levels: Names = Field(description="财政级次")


Condition.model_rebuild()
