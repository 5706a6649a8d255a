"""The reference pages that follow from the code: commands, error codes, functions of expressions.

``python -m edict.cli.reference`` writes them below ``docs/reference``; ``--check`` tells whether they are current.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edict.cli.main import main as edict
from edict.core.codes import CODES
from edict.rules.functions import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOCS = Path("docs/reference")
_FAMILIES = {
    "T": "公报文本（`edict ingest` 等）",
    "P": "政策包（`edict check` 等）",
    "R": "规则与例子（`edict check`）",
    "F": "事实、表格与凭证（`edict match`、`edict simulate`、`edict replay`）",
}
_CLI = """# 命令

本页由 `make reference` 从命令的定义生成。出错时返回 1，用法不对返回 2；每个错误都写明位置、毛病和怎样改。
"""
_ERRORS = """# 错误编号

本页由 `make reference` 从 `edict.core.codes` 生成。编号一经使用不改作他用。每个错误印出：位置（文件:行:列）、编号、毛病、
所在的行、怎样改、条款。例如：

```text
rules.yml:41:17  R103  没有声明“维权支出”。
  41 |   amount: least(维权支出 * 比例, 单案上限)
  怎样改：是不是“合理支出”？
```
"""
_FUNCTIONS = """# 表达式

本页由 `make reference` 从 `edict.rules.functions` 生成。表达式是封闭的：这里没有写的一律拒绝。

- 运算：`+ - * /`；比较：`= <> < <= > >=`、`in (…)`、`between … and …`；逻辑：`and or not`；
  `case when … then … else … end`。
- 名字：事实、参数、表、同一政策包里的判定，以及 `基准日`。是非事实直接写名字：`已竣工`、`not 政府投资`。
- 单引号里的字必须是该类别的取值。数只许写 0 和 1，其余写进 `parameters`，带上单位。
- 单位必须相合：元只与元相加、相比；件 × 元/件 = 元。`/` 是精确的分数；除以零得到未知。
- 任何一项未知，运算和比较就未知；`and`、`or` 按三值逻辑。

| 函数 | 意思 |
|---|---|
"""


def pages() -> dict[str, str]:
    """Return file name → content of every generated page."""
    return {"cli.md": cli_page(), "errors.md": errors_page(), "functions.md": functions_page()}


def cli_page() -> str:
    """Return the page of commands, in the order of the policy chain."""
    context = click.Context(edict, info_name="edict")
    found = (edict.get_command(context, name) for name in edict.list_commands(context))
    sections = [_command(each, click.Context(each, context, each.name)) for each in found if each]
    return "\n".join([_CLI, *sections])


def _command(command: click.Command, context: click.Context) -> str:
    usage = " ".join(["edict", command.name or "", *command.collect_usage_pieces(context)])
    lines = [
        f"## edict {command.name}",
        "",
        inspect.cleandoc(command.help or ""),
        "",
        f"```text\n{usage}\n```",
    ]
    options = list(_options(command, context))
    if options:
        lines += ["", "| 参数或选项 | 说明 |", "|---|---|", *options]
    return "\n".join(lines) + "\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for each in command.get_params(context):
        record = each.get_help_record(context)
        if record and "--help" not in record[0]:
            cells = (f"`{record[0]}`", " ".join(record[1].split()))
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def errors_page() -> str:
    """Return the page of error codes, one table per family."""
    parts = [_ERRORS]
    for letter, title in _FAMILIES.items():
        rows = "\n".join(f"| {code} | {words} |" for code, words in CODES.items() if code[0] == letter)
        parts.append(f"## {letter}：{title}\n\n| 编号 | 意思 |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def functions_page() -> str:
    """Return the page of expressions: the closed grammar and its functions.

    >>> "`full_years(出生日期, 基准日)`" in functions_page()
    True
    """
    return _FUNCTIONS + "".join(f"| `{each.usage}` | {each.meaning} |\n" for each in TABLE.values())


def stale(root: Path) -> tuple[str, ...]:
    """Return the names of the generated pages below a project root that are missing or not current."""
    return tuple(
        name
        for name, text in pages().items()
        if not (path := root / _DOCS / name).exists() or path.read_text(encoding="utf-8") != text
    )


def write(root: Path) -> None:
    """Write the generated pages below a project root."""
    folder = root / _DOCS
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Write the pages into the working directory, or with ``--check`` return 1 when they are not current."""
    if "--check" not in arguments:
        write(Path())
        return 0
    old = stale(Path())
    if old:
        click.echo(f"这些页面不是最新的：{'、'.join(old)}。怎样改：运行 make reference。", err=True)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
