"""From plain data to the classes of :mod:`edict.packs.model`, with every fault as a Chinese diagnostic."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.strict_yaml import MOST_FAULTS, parse, positions, read_text, source_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from edict.core.diagnostic import Severity
    from edict.packs.strict_yaml import Data, Keys

T = TypeVar("T")

_SHOWN = 40

_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file, and the name under which faults show it."""

    shown: str
    text: str

    @classmethod
    def read(cls, path: Path, shown: str) -> Source:
        """Read a file; see :func:`edict.packs.strict_yaml.read_text` for the errors."""
        return cls(shown, read_text(path, shown))

    def place(self, *keys: str | int, key: bool = False) -> Place:
        r"""Return the place of the value at a path of keys and indices (with ``key``: of the key itself).

        Where the path leaves the data, the place of its longest known part is returned.

        >>> Source("a.yml", "甲:\n  - {乙: 1}").place("甲", 0, "乙")
        Place(path='a.yml', line=2, column=9)
        """
        values, names = positions(self.text)
        path: Keys = keys
        while path and path not in values:
            path, key = path[:-1], False
        line, column = names.get(path, values.get(path, (0, 0))) if key else values.get(path, (0, 0))
        return Place(self.shown, line, column) if path else Place(self.shown)

    def fault(
        self,
        code: str,
        message: str,
        hint: str,
        *keys: str | int,
        key: bool = False,
        warning: bool = False,
        clause: str = "",
    ) -> Diagnostic:
        """Return a diagnostic at the place of a path, with the source line."""
        place = self.place(*keys, key=key)
        severity: Severity = "warning" if warning else "error"
        return Diagnostic(code, message, hint, place, source_line(self.text, place.line), clause, severity)


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Return the validator of a type; building one costs more than the validation of a file."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def read_model(source: Source, kind: type[T]) -> T:
    """Return the content of a file as ``kind`` (a model, or a dict of models).

    Raises:
        EdictError: with the faults of the file, up to :data:`edict.packs.strict_yaml.MOST_FAULTS`.
    """
    data = parse(source.text, source.shown)
    try:
        content = _adapter(kind).validate_python(data)
    except ValidationError as fault:
        details = fault.errors(include_url=False, include_input=False)[:MOST_FAULTS]
        raise EdictError(*_unique(_diagnostic(source, data, kind, each) for each in details)) from None
    return content


def _unique(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep one fault per place: the branches of a union each report the same value."""
    first: dict[Place | None, Diagnostic] = {}
    for each in diagnostics:
        first.setdefault(each.place, each)
    return tuple(first.values())


def _diagnostic(source: Source, data: Data, kind: type[object], detail: ErrorDetails) -> Diagnostic:
    keys, value = _resolve(data, detail["loc"])
    name = str(detail["loc"][-1])[:_SHOWN] if detail["loc"] else ""
    error = detail["type"]
    if error == "missing":
        known = "，".join(map(str, keys)) or "文件"
        return source.fault("P111", f"“{known}”缺少“{name}”。", f"请补上“{name}”。", *keys, key=True)
    if error == "extra_forbidden":
        near = get_close_matches(name, _known_keys(kind, detail["loc"]), 1, 0.5)
        hint = f"是不是“{near[0]}”？" if near else "请删去它，或查看政策包格式说明中可用的键。"
        return source.fault("P110", f"没有“{name}”这个键。", hint, *keys, key=True)
    if value is None and error != "value_error":
        return source.fault(
            "P112",
            f"“{keys[-1] if keys else '文件'}”没有写值。",
            "请写上值，或删去这一行。",
            *keys,
            key=True,
        )
    code, message, hint = _explain(error, detail, str(keys[-1])[:_SHOWN] if keys else "文件", value)
    return source.fault(code, message, hint, *keys)


def _explain(error: str, detail: ErrorDetails, name: str, value: Data) -> tuple[str, str, str]:
    """Return code, message and hint of a fault of one value."""
    limits = detail.get("ctx", {})
    printed = (
        f"“{value[:_SHOWN]}”" if isinstance(value, str) else "列表" if isinstance(value, list) else "映射"
    )
    if error == "literal_error":
        allowed = limits["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、") or "空"
        return "P113", f"“{name}”不能是{printed}。", f"请写下列之一：{allowed}。"
    if error == "value_error":
        return "P115", f"“{name}”写法不对：{limits['error']}。", "请按这句话改写。"
    if error in {"string_too_short", "too_short"}:
        return "P112", f"“{name}”是空的或太少。", f"至少要有 {limits['min_length']} 个。"
    if error == "string_too_long":
        return "P112", f"“{name}”太长。", f"最多 {limits['max_length']} 个字。"
    if error == "string_pattern_mismatch":
        return "P113", f"“{name}”不能是{printed}。", f"它必须符合 {limits['pattern']}。"
    if error == "string_type":
        return (
            "P112",
            f"“{name}”应当是一个值，这里却是{printed}。",
            "请写成“键: 值”；含花括号、方括号的文字要加引号。",
        )
    if error in {"model_type", "dict_type", "model_attributes_type"}:
        return "P112", f"“{name}”应当是“键: 值”的映射，这里却是{printed}。", "请在下面缩进写键和值。"
    return "P112", f"“{name}”应当是列表，这里却是{printed}。", "请写成 [甲, 乙]，或每行以“- ”开头。"


def _resolve(data: Data, loc: tuple[int | str, ...]) -> tuple[Keys, Data]:
    """Follow a pydantic location through the data, skipping the parts that name validators instead of keys."""
    keys: list[str | int] = []
    inner: Any = data
    for part in loc:
        if (
            part in inner
            if isinstance(inner, dict)
            else isinstance(inner, list) and isinstance(part, int) and part < len(inner)
        ):
            inner = inner[part]
            keys.append(part)
    return tuple(keys), inner


def _known_keys(kind: type[object], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the model around a location knows."""
    found: list[str] = []
    pending: list[object] = [kind]
    names = {str(part) for part in loc[:-1]}
    while pending:
        annotation = pending.pop()
        pending.extend(getattr(annotation, "__args__", ()))
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = annotation.model_fields
            found = [field.alias or name for name, field in fields.items()]
            pending.extend(field.annotation for name, field in fields.items() if {name, field.alias} & names)
    return found
