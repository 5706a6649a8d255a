"""The published format of a pack: JSON Schema for editors and a reference page for people, both from the model.

``python -m edict.packs.schema`` writes them below ``docs/reference``; ``--check`` tells whether they are current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from edict.packs import model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

FILES: dict[str, tuple[Any, str]] = {
    "document.yml": (model.DocumentFile, "文件本身：文号、日期、依据"),
    "facts.yml": (model.FactsFile, "对象与事实；词汇表 vocabulary/*.yml 同此格式"),
    "rules.yml": (dict[model.Name, model.Rule], "规则名: 规则"),
    "groups.yml": (dict[model.Name, model.Group], "组名: 组（可以没有）"),
    "examples.yml": (dict[model.Name, model.Examples], "规则名或组名: 例子"),
    "gaps.yml": (model.GapsFile, "没有执行的条款和没有用到的数"),
    "jurisdiction.yml": (model.Jurisdiction, "地方：区县、机关、财政级次（每个地方一份）"),
}
_DOCS = Path("docs/reference")
_SCHEMA, _PAGE = "pack.schema.json", "pack-format.md"
_INTRO = """# 政策包格式

本页由 `python -m edict.packs.schema` 从 `edict.packs.model` 生成，请勿手改。

一份文件一个文件夹：`packs/<地方>/<名>/`，内有下列文件；`lock.json` 由 `edict lock` 从公报文本生成，不手写。

写法：

- 严格的 YAML：值一律是文字，`010`、`22:30`、`NO` 不会变成别的东西；不用锚点、别名、标签、合并键、制表符；键不得重复。
- 日期写 `2022-06-29`；标记只写 `true` 或 `false`；含 `: `、`#` 或以 `* & ! | > @ %` 开头的值加引号。
- 数照文件所印：`2%`、`1亿元`、`600元/㎡`、`5个工作日`；每个数都要印在所引的条款里，由 `edict check` 核对。
- 名字用汉字、半角字母和数字，以汉字或字母开头。
- 条款编号照 `edict clauses 文号` 所列。
"""


def json_schema() -> str:
    """Return the JSON Schema of every file, one definition per file name, as indented JSON."""
    mode: Literal["validation"] = "validation"
    adapters = [(name, mode, TypeAdapter(kind)) for name, (kind, _) in FILES.items()]
    # Scalars reach the loader as strings; an editor sees 50 and true, so it must let numbers and booleans pass.
    roots, schema = TypeAdapter.json_schemas(adapters, by_alias=True)
    files = {name: roots[name, mode] for name, _, _ in adapters}
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_relax({**schema, "files": files})}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def reference_page() -> str:
    """Return the reference page in Markdown: one table of fields per kind of entry, in the order of the files."""
    parts = [_INTRO]
    seen: set[type[BaseModel]] = set()
    for name, (kind, about) in FILES.items():
        parts.append(f"## {name}\n\n{about}。\n")
        for entry in _entries(kind):
            if entry not in seen:
                seen.add(entry)
                parts.append(_section(entry))
    return "\n".join(parts)


def stale(root: Path) -> tuple[str, ...]:
    """Return the names of the generated files below a project root that are missing or not current."""
    wanted = {_SCHEMA: json_schema(), _PAGE: reference_page()}
    paths = {name: root / _DOCS / name for name in wanted}
    return tuple(
        name
        for name, path in paths.items()
        if not path.exists() or path.read_text(encoding="utf-8") != wanted[name]
    )


def write(root: Path) -> None:
    """Write the generated files below a project root."""
    folder = root / _DOCS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SCHEMA).write_text(json_schema(), encoding="utf-8", newline="\n")
    (folder / _PAGE).write_text(reference_page(), encoding="utf-8", newline="\n")


def _relax(node: Any) -> Any:
    if isinstance(node, list):
        return [_relax(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "string" and "enum" not in node and "const" not in node and "format" not in node:
        return {
            **{key: _relax(value) for key, value in node.items()},
            "type": ["string", "number", "boolean"],
        }
    if node.get("enum") == ["true", "false"]:
        return {**node, "enum": ["true", "false", True, False], "type": ["string", "boolean"]}
    if node.get("const") == "1":
        return {
            **{k: v for k, v in node.items() if k != "const"},
            "enum": ["1", 1],
            "type": ["string", "integer"],
        }
    return {key: _relax(value) for key, value in node.items()}


def _entries(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the entries that a type holds, each before those inside it."""
    pending, found = [annotation], []
    while pending:
        kind = pending.pop(0)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in found:
                found.append(kind)
                pending.extend(field.annotation for field in kind.model_fields.values())
        else:
            pending.extend(get_args(kind))
    yield from found


def _section(entry: type[BaseModel]) -> str:
    rows = "\n".join(
        f"| `{field.alias or name}` | {'是' if field.is_required() else ''} | {_kind(field.annotation)} | {_about(field)} |"
        for name, field in entry.model_fields.items()
    )
    return f"### {entry.__name__}\n\n| 键 | 必填 | 类型 | 说明 |\n|---|---|---|---|\n{rows}\n"


def _about(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def _kind(annotation: Any) -> str:
    """Return how a field is written, in Chinese."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(args[0])
    if origin is Literal:
        return " / ".join(f"`{each}`" if each else "（空）" for each in args)
    if origin in {Union, UnionType}:
        return " 或 ".join(dict.fromkeys(_kind(each) for each in args if each is not NoneType))
    if origin is tuple:
        return f"列表：{_kind(args[0])}"
    if origin is dict:
        return f"映射：{_kind(args[0])} → {_kind(args[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return "文字" if annotation is str else "日期"


def main(arguments: list[str]) -> int:
    """Write the files below the working directory, or with ``--check`` return 1 when they are not current."""
    if arguments != ["--check"]:
        write(Path())
        return 0
    old = stale(Path())
    if old:
        sys.stderr.write(f"不是最新：{'、'.join(old)}。请运行 python -m edict.packs.schema。\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
