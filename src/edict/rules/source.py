"""An expression as its author wrote it: where it stands, and the signs that must not stand in it.

The characters are checked before anything is parsed: a parser takes ``实缴资本≥1000`` for one name and ``1000万`` for a
renamed number, and says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from edict.core.diagnostic import Diagnostic, EdictError, Place

LONGEST = 2000
DEEPEST = 20

_STRING = re.compile(r"'[^']*'")
_WIDE = re.compile(r"[\uff00-\uffef\u3000-\u3002≥≤≠×÷∶“”‘’—]")
_GLUED = re.compile(r"(?<![\w.])\d[\d.]*(?=[^\W\d_a-zA-Z])")
_COMMENT = re.compile(r"--|/\*|;|\\|\"|`|\$|@|#|\[|\]|\{|\}|:")
_ASCII_TWIN = {
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    "×": "*",
    "÷": "/",
    "∶": "/",
    "，": ",",
    "（": "(",
    "）": ")",
    "。": ".",
    "　": " ",
}


@dataclass(frozen=True, slots=True)
class Source:
    """An expression as written: its text, where it stands, and the clause it executes."""

    text: str
    place: Place | None = None
    clause: str = ""

    def fault(self, code: str, message: str, hint: str = "", at: int = -1) -> EdictError:
        """Return an error that points at offset ``at`` of the text."""
        place = self.place
        if place is not None and at > 0:
            place = Place(place.path, place.line, place.column + at)
        return EdictError(Diagnostic(code, message, hint, place, self.text[:200], self.clause))


def check_characters(source: Source) -> None:
    """Refuse what no expression may hold: full-width signs, numbers glued to words, comments, bottomless brackets.

    Raises:
        EdictError: pointing at the first such sign.
    """
    text = source.text
    if len(text) > LONGEST:
        raise source.fault("R101", f"表达式有 {len(text)} 个字符，超过 {LONGEST}。", "拆成几个条件。")
    if not unicodedata.is_normalized("NFC", text):
        raise source.fault("R101", "表达式含有未合成的字符。", "用 NFC 形式重新输入。")
    bare = _STRING.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", text)
    if found := _WIDE.search(bare):
        twin = _ASCII_TWIN.get(found[0]) or unicodedata.normalize("NFKC", found[0])
        raise source.fault("R105", f"表达式含有全角字符“{found[0]}”。", f"改成半角“{twin}”。", found.start())
    if found := _GLUED.search(bare):
        raise source.fault(
            "R106",
            f"数字“{found[0]}”后面连着汉字。",
            "把带单位的数写进 parameters，例如 parameters: {门槛: 1000万元}，再按名使用。",
            found.start(),
        )
    if found := _COMMENT.search(bare):
        raise source.fault(
            "R104", f"表达式不能含有“{found[0]}”。", "只写比较、运算和登记的函数。", found.start()
        )
    depth = deepest = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise source.fault("R101", f"括号有 {deepest} 层，超过 {DEEPEST} 层。", "拆成几个条件。")
