"""The expressions by which figures are found, and the named reasons why a digit group is none.

Every expression works on folded text: :func:`fold` maps full-width forms one character to one character, so
that positions stay those of the printed text.
"""

from __future__ import annotations

import re

from edict.core.units import UNITS

_FOLD = str.maketrans(
    "０１２３４５６７８９％．／＋＜＞≧≦（）：∶暶曑暲暳～－–―─㎡\u3000\xa0",
    "0123456789%./+<>≥≤():::≤±×~————㎡  ",
)  # 暶曑暲暳 stand where a broken lead byte destroyed ∶≤±×


def fold(text: str) -> str:
    """Return the text with full-width forms replaced one for one.

    >>> fold("２％（含）")
    '2%(含)'
    """
    return text.translate(_FOLD)


_S = r"\s{0,4}"
_NUMERAL = "[一二两三四五六七八九十百千万亿零〇○半]"
_YEAR = r"(?:19|20)\d\d"
# A spaced decimal point (37. 5%) comes from scanned text; "1. 2022年" and "1. 5G" are a label and its text.
_POINT = rf"(?:\.\d{{1,9}}|\s?\.\s?(?!{_YEAR}|\dG)\d{{1,4}})"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,15}}){_POINT}?(?!\d)"
_MULTIPLIER = rf"(?:(?:[十千万亿]|百(?!分)){_S}){{1,2}}"

_TO_DAY = rf"(?:{_S}[—~至到-]{_S}\d{{1,2}}{_S}日)?"

# What must not follow a one-character unit, because the two are another word.
_GUARDS = {
    "分": "[布级类段路别局离期公]",
    "成": "[立为员果功长效本品交就]",
    "对": "[于应接外口企]",
    "部": "[门署分委]",
    "支": "[持出付撑]",
    "门": "户",
    "口": "[岸径]",
    "场": "[所地馆景]",
    "组": "[织建成长]",
    "级": "[别联]",
    "类": "[型别]",
    "种": "[植业养子类]",
    "件": "套",
    "列": "[入为出]",
    "架": "[构空]",
    "条": "[件例款]",
    "处": "[理置罚以]",
    "只": "有",
    "头": "[部衔]",
    "期": "[间限]",
    "名": "[称单录]",
    "位": "[于置列居]",
    "人": "[均才民工]",
    "家": "[庭长具]",
    "台": "[账阶]",
    "块": "链",
    "米": "[面粉]",
    "度": "假",
    "班": "[子级]",
    "日": "[报常]",
    "周": "[边围]",
    "年": "[度产检]?级",
    "本": "[级市]",
    "套": "餐",
    "角": "度",
    "市": "[级区场政财]",
    "县": "[级区市域财]",
    "区": "[域间级]",
    "村": "[级民]",
    "镇": "[级]",
    "乡": "[村镇级]",
}


def _unit_pattern() -> str:
    names = []
    for name in sorted(UNITS, key=len, reverse=True):
        letters = rf"{_S}".join(re.escape(c) for c in name)
        if name[-1].isascii() and name[-1].isalnum():
            letters += "(?![A-Za-z0-9])"
        elif name in _GUARDS:
            letters += f"(?!{_GUARDS[name]})"
        names.append(letters)
    return "(?:" + "|".join(names) + ")"


_UNIT = _unit_pattern()
_BELOW = rf"(?:{_S}(?:/|·|每){_S}(?:[百千万]{_S})?{_UNIT}){{1,3}}"

QUANTITY = re.compile(
    rf"(?P<number>{_NUMBER}){_S}(?P<more>[余多]?){_S}(?P<multiplier>{_MULTIPLIER})?(?P<more2>[余多]?){_S}(?P<inner>\(不?含\))?{_S}"
    rf"(?P<unit>{_UNIT})?(?P<below>(?<=[^\d\s]){_BELOW})?"
)
"""One Arabic number with multiplier, unit and denominators; each part but the number may be missing."""

# Units that a Chinese numeral takes in figures; grades (三级), sides (两侧) and the like are prose.
_MEASURES = (
    "个工作日|工作日|个自然日|自然日|个月|年(?!度|级|龄|报|轻)|天|日(?!常|报|生化)|个小时|小时|分钟|周(?!边|围|期)|倍(?!增)|"
    "成(?=以|左右|的|[，。、,;；)])|元|公里|米(?!粉)|亩|公顷|平方公里|平方米|吨|周岁|岁"
)
_CLASSIFIERS = "次(?!产业|元|会|党|县|城|污|创|生)|位(?![于置列居一])|人(?!次|均|才|民|工|制|计|口)|名|家|户|件(?!套)|项|个|条(?!例|件)|套|所|座|类(?!似)|种(?!植|业)|份|辆|台(?!账)"

MASTER = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in {
            # Names and numbers of things: not figures.
            "document_number": rf"〔{_S}\d{{4}}{_S}〕[\s第]{{0,4}}(?:\d{{1,5}}{_S}号)?|\[\d{{4}}\][\s第]{{0,4}}\d{{1,5}}{_S}号",
            "ordinal": rf"第{_S}(?:\d{{1,5}}|{_NUMERAL}{{1,24}}){_S}(?:批次|季度|[条款项章节编篇届次号批期个位名类卷部])?",
            "page_header": rf"公报{_S}\({_S}\d{{4}}{_S}\.{_S}\d{{1,2}}{_S}\)",
            "code": rf"(?:GB|DB|HJ|JGJ|CJJ|GB/T){_S}/?\d[\d./]{{0,24}}(?:{_S}[—-]{_S}\d{{4}})?|[SGXK]\s?\d{{1,4}}(?![\d%])(?=\s?[一-鿿])|"
            rf"PM{_S}(?:2{_S}\.{_S}5|10)|[A-Za-z]{{1,12}}[-/]?\d[\dA-Za-z./]{{0,24}}(?:[—-]\d{{4}})?(?!\s?[%‰万亿])",
            "label": r"\d{1,2}(?:\.\d{1,2}){2,6}(?![\d.])",
            "technical_name": r"@\s?\d+|\d(?=S)|\d{1,4}(?:\.\d+)?\s?(?:G|T|TB|GB|M|MB)(?:bps|/s)?(?![A-Za-z])|\d[DKX](?![A-Za-z])|\d{1,2}A{1,5}?(?=级|\s?级|、)|\d{1,4}(?:\s?\+\s?(?:\d{1,4}|[NXn]))+|"
            r"\d{1,4}[×xX*]\d{1,4}",
            "telephone": r"(?<!\d)(?:1(?:10|19|20|22)(?=.{0,4}(?:电话|报警|热线|平台))|(?<=话[:\s])\s{0,3}\d{7,8}|123\d\d(?=.{0,4}(?:热线|平台|举报))|0\d{2,3}\s?[—-]\s?\d{7,8}(?:\s?[,，、/]\s?\d{7,8}(?!\d))*|1[3-9]\d{9})(?!\d)",
            "page_number": rf"(?<=\n)—{_S}\d{{1,3}}{_S}—(?=\s*\n)",
            "clock": rf"\d{{1,2}}{_S}时(?:{_S}[0-5]?\d{_S}分)(?!钟)|\d{{1,2}}{_S}时(?![间代期段效])|"
            r"(?<![\d.])(?:[01]?\d|2[0-4]):[0-5]\d(?![\d.:])",
            "serial": r"\d{16,}",
            # Figures.
            "slash_fraction": r"(?<![\d./])\d{1,3}/[1-9]\d{0,3}(?![\d./]|\s?[%‰万亿元])",
            "pair": rf"(?<![\d.]){_NUMBER}(?:{_S}:{_S}{_NUMBER}){{1,3}}(?!{_S}[年月万亿%元])",
            "date": rf"(?<![\d.])(?:{_YEAR}{_S}年(?:{_S}\d{{1,2}}{_S}月(?:{_S}\d{{1,2}}{_S}日{_TO_DAY})?)?|"
            rf"\d{{1,2}}{_S}月{_S}\d{{1,2}}{_S}日{_TO_DAY}|\d{{1,2}}{_S}月(?!\d)|(?:(?<=月)|(?<=月\s))\d{{1,2}}{_S}日|"
            rf"{_YEAR}\.(?:1[0-2]|[1-9])(?![\d.])|{_YEAR}(?=\s{{0,4}}[—~至到-]\s{{0,4}}{_YEAR}(?!\d))|"
            rf"(?<=[—~至到-]){_YEAR}(?!\d))",
            "chinese_date": r"[一二三四五六七八九〇○零]{4}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)?",
            "fraction": rf"(?P<part>[百千万]|{_NUMERAL}{{1,24}})分之(?P<parts>{_NUMBER}|[一二两三四五六七八九十百千零点]{{1,24}})",
            "quantity": QUANTITY.pattern,
            "chinese": rf"(?P<numeral>{_NUMERAL}{{1,24}})(?P<more3>[余多]?){_S}(?:(?P<measure>{_MEASURES})|(?P<classifier>{_CLASSIFIERS}))(?P<half>(?<=年)半)?",
        }.items()
    )
)
"""Everything that may be a figure or the name of a thing, in order of precedence."""

RANGE_GAP = re.compile(rf"{_S}(?P<closed>\(含\))?{_S}(?P<dash>—{{1,2}}|-(?:\s-)?|~|至|到){_S}")
LIST_GAP = re.compile(rf"{_S}(?:、|和|或|及|与|以及|/){_S}")
WEAK_GAP = re.compile(rf"{_S}[,，;；]{_S}")

BEFORE = re.compile(
    r"(?P<words>不得?低于|不得?少于|不得?小于|不得?短于|不得?高于|不得?超过|不得?超出|不得?多于|不得?大于|不得?长于|不足|未满|不满|未达到|低于|少于|小于|"
    r"未超过|高于|多于|大于|超过|突破|超出|超|提前|最高|最多|最长|最低|最少|至少|达到|达|满|≥|≤|>|<|控制在|(?<![目以之])前|约|近)"
    r"(?:不得?超过|达到|达|的|为|到|了|可达|可|给予|人民币|补贴|补助|奖励)?$"
)
AFTER = re.compile(
    r"\s{0,4}(?P<closed>\(不?含(?!税)[^()]{0,8}\))?\s{0,4}"
    r"(?P<words>及其?以上|及以下|及以内|以上|以下|以内|之内|以外|左右|内|(?:年?底|末)?(?:之前|以前|前)|底|末)?(?P<closed2>\(不?含(?!税)[^()]{0,8}\))?"
)
PER = re.compile(rf"每(?:{_UNIT})[^\d，。；、：,;:()“”]{{0,14}}$")
EACH = re.compile(rf"每({_UNIT})")

MONEY_CONTEXT = re.compile("元|奖|补贴|补助|资助|资金|投资|贷款|产值|收入|营收|税|罚款")
LABEL_BEFORE = re.compile(r"(?:^|[\n\t。；;:])\s*(?:[(\[]\s*)?$|[((\[]\s*$")
LABEL_AFTER = re.compile(r"\s*(?:[.．)\]]|、(?!\s*\d))")
LINE_START = re.compile(r"(?:^|\n)\s*$")
HEADING_AFTER = re.compile(r"[ \t]*\n?[ \t]*(?![至到和或及与以])[一-鿿]")
NUMBERED_THING_BEFORE = re.compile(
    r"(?:专栏|附件|附表|附录|附图|图|表|[Nn][Oo]\.?|[国省县乡]\s{0,4}道|专题|高速)\s*$"
)
THING_AFTER = re.compile(r"\s*(?:号|辅道)")
NAME_AFTER = re.compile(r"\s*(?:强(?!化|制|国|省|市|县)|大(?!于|约|会))")
FREQUENCY_BEFORE = re.compile("每|至少|不少于")
ROW_UNIT_AFTER = re.compile(r"\s*万元\s*(?:生产总值|工业增加值|GDP)")
PLAN_AFTER = re.compile(r"\s*(?:行动|规划|远景|计划)")
# A bare number is understood where it stands alone in a cell, or after a word that announces a number.
CELL_BEFORE = re.compile(r"(?:^|[\n\t])\s*[*<>≥≤\[]?\s*$")
CELL_AFTER = re.compile(r"\s*\]?\s*(?:$|[\n\t(])")
FIELD_BEFORE = re.compile(r"(?:^|\s)[\[<>≥≤(-]?$")
FIELD_AFTER = re.compile(r"[\])]?(?:$|\s|左右|以上|以下|预期|约束)")
ANNOUNCED = re.compile(
    r"(?:为|达到?|至|到|由|从|系数|指数|得分|排名|前|不低于|不高于|不超过|>|<|≥|≤|按|提高|下降|降低|增长|计|[a-zA-Z*∗×÷=±])\s*$"
)
