"""A strict reader of YAML: every scalar stays the string its author wrote, every surprise of the language is refused.

The reader consumes libyaml's event stream with its own stack, so that hostile nesting meets our limit before any
recursion, and aliases are refused where they stand, before anything is expanded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from edict.core.diagnostic import Diagnostic, EdictError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Event = Any  # PyYAML's stubs give the events no attributes

Data = str | None | list["Data"] | dict[str, "Data"]
Keys = tuple[str | int, ...]

LARGEST = 1_000_000
DEEPEST = 12
MOST_NODES = 100_000
MOST_FAULTS = 100

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_LEGIBLE = {0: "NUL", 0xFEFF: "BOM"}
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("could not find expected ':'", "这一行缺少半角冒号。", "请写成“键: 值”，冒号用半角，后面空一格。"),
    (
        "mapping values are not allowed",
        "这里不能再出现冒号，多半是值里有“: ”或缩进不对。",
        "请给含冒号的值加引号，或改正缩进。",
    ),
    (
        "did not find expected ',' or",
        "花括号或方括号里缺少半角逗号，或没有闭合。",
        "请检查逗号是否半角、括号是否成对。",
    ),
    (
        "did not find expected node content",
        "这里应当有一个值，括号多半没有闭合。",
        "请检查括号是否成对、逗号是否多余。",
    ),
    ("did not find expected key", "缩进与上一行不一致，或引号没有闭合。", "请让同级的键左端对齐。"),
    ("did not find expected '-'", "列表的缩进不一致。", "请让同级的“- ”左端对齐。"),
    ("block sequence entries are not allowed", "这里不能写列表项。", "请把列表另起一行，或改用方括号。"),
    ("found unexpected end of stream", "引号或括号没有闭合。", "请补上收尾的引号或括号。"),
    (
        "found character that cannot start any token",
        "这里的字符不能作值的开头。",
        "请给以 % @ ` 开头的值加引号。",
    ),
    ("found unexpected document indicator", "引号或括号里出现了文件分隔符。", "请补上收尾的引号或括号。"),
    ("found unknown escape character", "双引号里的反斜杠写法不认识。", "请改用单引号。"),
    ("found undefined tag handle", "这里使用了标签（!）。", "请给以感叹号开头的值加引号。"),
    (
        "while scanning an alias",
        "星号开头的值是 YAML 的别名，不能使用。",
        "请给以 * 开头的值加引号，或把内容写全。",
    ),
    ("while scanning an anchor", "& 开头的值是 YAML 的锚点，不能使用。", "请给以 & 开头的值加引号。"),
)


def read_text(path: Path, shown: str) -> str:
    """Read a UTF-8 file of at most one megabyte.

    Raises:
        EdictError: the file is missing, not a file, too large, not UTF-8, or holds control characters.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as fault:
        reason = "文件不存在" if isinstance(fault, FileNotFoundError) else "文件不能读取"
        raise _error("P101", f"{reason}。", "请检查文件名、路径与权限。", Place(shown)) from fault
    if len(raw) > LARGEST:
        raise _error("P101", "文件超过 1 MB。", "政策包只存数据，请把内容分到几个包。", Place(shown))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise _error(
            "P101",
            "文件不是 UTF-8 编码。",
            "请用编辑器另存为 UTF-8（不带 BOM）。",
            Place(shown, line),
        ) from fault
    found = _CONTROL.search(text)
    if found:
        name = _LEGIBLE.get(ord(found[0]), f"U+{ord(found[0]):04X}")
        raise _error(
            "P101",
            f"文件含有不可见的控制字符 {name}。",
            "请删去这个字符；UTF-8 文件不要带 BOM。",
            *_at(text, found.start(), shown),
        )
    return text


def parse(text: str, shown: str) -> Data:
    r"""Return the data of one YAML document; scalars are strings, an empty value is ``None``.

    Raises:
        EdictError: with the faults found (up to a hundred), each naming the place and the mend.

    >>> parse("a: {b: 010, c: NO}\nd: [22:30, ]\ne:", "x.yml")
    {'a': {'b': '010', 'c': 'NO'}, 'd': ['22:30'], 'e': None}
    """
    return _Reader(text, shown, {}, {}).read() if text.strip() else {}


@lru_cache(maxsize=64)
def positions(text: str) -> tuple[Mapping[Keys, tuple[int, int]], Mapping[Keys, tuple[int, int]]]:
    """Return for each path of keys and indices the line and column (from 1) of its value, and of its key.

    >>> values, keys = positions("a: {b: 1}")
    >>> values["a", "b"], keys["a", "b"]
    ((1, 8), (1, 5))
    """
    values: dict[Keys, tuple[int, int]] = {}
    keys: dict[Keys, tuple[int, int]] = {}
    if text.strip():
        _Reader(text, "", values, keys).read()
    return values, keys


def source_line(text: str, line: int) -> str:
    """Return one line of a text without its end, shortened to 160 characters; empty when there is none."""
    lines = _lines(text)
    return lines[line - 1].rstrip("\r")[:160] if 0 < line <= len(lines) else ""


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _error(code: str, message: str, hint: str, place: Place, source: str = "") -> EdictError:
    return EdictError(Diagnostic(code, message, hint, place, source))


def _at(text: str, index: int, shown: str) -> tuple[Place, str]:
    line = text.count("\n", 0, index) + 1
    return Place(shown, line, index - text.rfind("\n", 0, index)), source_line(text, line)


class _Frame:
    """A collection being read: its data, its path, and (in a mapping) the key that waits for its value."""

    __slots__ = ("data", "key", "path")

    def __init__(self, data: dict[str, Data] | list[Data], path: Keys) -> None:
        self.data = data
        self.path = path
        self.key: str | None = None


class _Reader:
    """One pass over the events of one document."""

    def __init__(
        self,
        text: str,
        shown: str,
        values: dict[Keys, tuple[int, int]],
        keys: dict[Keys, tuple[int, int]],
    ) -> None:
        self.text = text
        self.shown = shown
        self.values = values
        self.keys = keys
        self.faults: list[Diagnostic] = []
        self.stack: list[_Frame] = []
        self.root: Data = None
        self.documents = 0

    def read(self) -> Data:
        for code, message, hint, index in _unfit(self.text):
            place, source = _at(self.text, index, self.shown)
            self.faults.append(Diagnostic(code, message, hint, place, source))
        if not self.faults:
            self._consume()
        if self.faults:
            raise EdictError(*self.faults)
        return self.root if self.documents else {}

    def _consume(self) -> None:
        try:
            for count, event in enumerate(yaml.parse(self.text, Loader=_LOADER)):
                if count > MOST_NODES:  # an event is a node or the end of one
                    self._fault("P106", f"文件的节点超过 {MOST_NODES} 个。", "请把内容分到几个包。", event)
                self._event(event)
                if len(self.faults) >= MOST_FAULTS or (self.faults and self.faults[-1].code == "P106"):
                    return
        except yaml.YAMLError as fault:
            self.faults.append(self._syntax(fault))

    def _event(self, event: Event) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._refuse_properties(event)
            self._open({} if kind is yaml.MappingStartEvent else [], event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.stack.pop()
        elif kind is yaml.AliasEvent:
            self._fault(
                "P103",
                f"使用了别名“*{event.anchor[:40]}”。",
                "请把内容写全；以 * 开头的文字要加引号。",
                event,
            )
            self._put(None, event)
        elif kind is yaml.DocumentStartEvent:
            self._start(event)

    def _start(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self._fault(
                "P103",
                "一个文件里有几份 YAML 文档（---）。",
                "请删去“---”，一个文件只写一份。",
                event,
            )
        elif event.version or event.tags:
            self._fault("P103", "使用了 YAML 指令（%）。", "请删去以 % 开头的行。", event)

    def _scalar(self, event: Event) -> None:
        self._refuse_properties(event)
        value: str | None = event.value
        if event.style == '"' and (_CONTROL.search(event.value) or "\t" in event.value):
            self._fault("P101", "双引号里的反斜杠写出了控制字符。", "请删去这个字符，或改用单引号。", event)
        if not value and event.style not in ('"', "'"):
            value = None
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.key is None and isinstance(frame.data, dict):
            self._key(frame, value, event)
        else:
            self._put(value, event)

    def _key(self, frame: _Frame, name: str | None, event: Event) -> None:
        if not name:
            self._fault("P104", "键是空的。", "请写出键名。", event)
        elif name == "<<":
            self._fault("P103", "使用了合并键“<<”。", "请把内容写全。", event)
        elif name in frame.data:
            first = self.keys[(*frame.path, name)][0]
            self._fault(
                "P104", f"键“{name[:40]}”重复，第 {first} 行已经写过。", "请删去一个，或改名。", event
            )
        frame.key = name or ""
        self.keys.setdefault((*frame.path, frame.key), _mark(event))

    def _open(self, data: dict[str, Data] | list[Data], event: Event) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.key is None and isinstance(frame.data, dict):
            self._fault(
                "P104",
                "键必须是一个名字，这里却是列表或映射。",
                "请去掉多余的括号；以括号开头的文字要加引号。",
                event,
            )
            frame.key = ""
            path: Keys = (*frame.path, "")
        else:
            path = self._put(data, event)
        if len(path) >= DEEPEST:
            self._fault(
                "P106",
                f"嵌套超过 {DEEPEST} 层。",
                "请检查括号是否成对；政策包用不到这么深的结构。",
                event,
            )
        self.stack.append(_Frame(data, path))

    def _put(self, value: Data, event: Event) -> Keys:
        """Place a value into the collection being read and return its path."""
        path: Keys = ()
        if not self.stack:
            self.root = value
        else:
            frame = self.stack[-1]
            if isinstance(frame.data, dict):
                key = frame.key or ""
                frame.key, path = None, (*frame.path, key)
                frame.data[key] = value
            else:
                path = (*frame.path, len(frame.data))
                frame.data.append(value)
        self.values[path] = _mark(event)
        return path

    def _refuse_properties(self, event: Event) -> None:
        if event.anchor:
            self._fault(
                "P103",
                f"使用了锚点“&{event.anchor[:40]}”。",
                "请把内容写全；以 & 开头的文字要加引号。",
                event,
            )
        if event.tag:
            self._fault(
                "P103",
                f"使用了标签“{event.tag[:40]}”。",
                "请删去标签；以感叹号开头的文字要加引号。",
                event,
            )

    def _fault(self, code: str, message: str, hint: str, event: Event) -> None:
        line, column = _mark(event)
        self.faults.append(
            Diagnostic(code, message, hint, Place(self.shown, line, column), source_line(self.text, line)),
        )

    def _syntax(self, fault: yaml.YAMLError) -> Diagnostic:
        problem = f"{getattr(fault, 'context', '')} {getattr(fault, 'problem', '')}"
        mark = getattr(fault, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message, hint = next(
            ((m, h) for key, m, h in _SYNTAX if key in problem),
            ("这里不是合法的 YAML。", "请检查缩进、引号、括号和冒号。"),
        )
        source = source_line(self.text, line)
        around = source_line(self.text, line - 1) + source
        wide = next((c for c in "：，［］｛｝＃－" if c in around), "")
        if wide:
            hint += f"这一行或上一行有全角的“{wide}”，标点要用半角。"
        return Diagnostic("P102", message, hint, Place(self.shown, line, column), source)


def _mark(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _unfit(text: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield code, message, hint and index of each character fault that YAML itself would let pass."""
    for number, found in enumerate(re.finditer("\t", text)):
        if number < MOST_FAULTS:
            yield "P105", "含有制表符。", "请用空格缩进和分隔。", found.start()
    if not unicodedata.is_normalized("NFC", text):
        fitting = unicodedata.normalize("NFC", text)
        start = next(
            (i for i, (a, b) in enumerate(zip(text, fitting, strict=False)) if a != b),
            len(text) - 1,
        )
        hint = f"请改为“{fitting[start]}”。" if start < len(fitting) else "请删去多余的组合符号。"
        yield "P107", f"字符“{text[start]}”不是 Unicode 规范形式（NFC）。", hint, start
