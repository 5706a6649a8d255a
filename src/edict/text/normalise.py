"""Forms for comparing: width folded, spaces removed. The printed text is kept elsewhere."""

from __future__ import annotations

import re

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD = str.maketrans(
    {
        **{chr(full): chr(half) for full, half in _WIDTH.items()},
        "　": " ",
        "∶": ":",
        "﹕": ":",
        "〔": "[",
        "〕": "]",
        "【": "[",
        "】": "]",
        "—": "-",
        "–": "-",
        "―": "-",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "〈": "<",
        "〉": ">",
        "《": "<",
        "》": ">",
    },
)
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"^(?P<organ>[^\d\[]*)\[(?P<year>\d{4})\](?P<serial>\d+)号?(?P<rest>.*)$")
_ORDER = re.compile(r"^(?P<organ>.*?令)第?(?P<serial>\d+)号?$")
_ROUND_YEAR = re.compile(r"\((\d{4})\)")


def normalise(text: str) -> str:
    """Return the text for matching: half width, no spaces, brackets and quotes in one form.

    >>> normalise("甲政 〔2022〕 １８ 号，（一）")
    '甲政[2022]18号,(一)'
    """
    return _SPACE.sub("", text.translate(_FOLD))


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the text for searching, in lower case, and for each of its characters the position in ``text``.

    >>> fold("Ａ 级")
    ('a级', (0, 2))
    """
    kept = [(position, char) for position, char in enumerate(text.translate(_FOLD)) if not char.isspace()]
    return "".join(char for _, char in kept).lower(), tuple(position for position, _ in kept)


def tidy(text: str) -> str:
    """Return the printed text without spaces that only come from type-setting around Chinese characters.

    >>> tidy("示范岛 No. 1 建设 市级　基地")
    '示范岛No. 1建设市级基地'
    """
    joined = re.sub(r"(?<=[^\x00-\x7f])[\s　]+|[\s　]+(?=[^\x00-\x7f])", "", text)
    return joined.strip()


def canonical_number(text: str) -> str:
    """Return a document number in its one form: full-width 〔〕, no spaces, ``号`` at the end.

    >>> canonical_number("甲政 [2022] 18号")
    '甲政〔2022〕18号'
    >>> canonical_number("甲政（2022）18号")
    '甲政〔2022〕18号'
    >>> canonical_number("甲市人民政府令 第 245 号")
    '甲市人民政府令第245号'
    """
    folded = _ROUND_YEAR.sub(r"[\1]", normalise(text))
    if match := _NUMBER.match(folded):
        return f"{match['organ']}〔{match['year']}〕{match['serial']}号{match['rest']}"
    if match := _ORDER.match(folded):
        return f"{match['organ']}第{match['serial']}号"
    return tidy(text)


def canonical_clause_id(text: str) -> str:
    """Return a clause id as the tree prints it, from half-width or spaced typing.

    >>> canonical_clause_id("二/(二)/5 /(5)")
    '二/（二）/5/（5）'
    """
    stripped = _SPACE.sub("", text.replace("　", "")).strip("/")
    return stripped.replace("(", "（").replace(")", "）").replace("／", "/").replace("～", "~")
