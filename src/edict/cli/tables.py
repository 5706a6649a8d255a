"""Tables on the terminal: columns aligned by display width, so that Chinese and digits stand under their heads."""

from __future__ import annotations

import unicodedata

import click


def width(text: str) -> int:
    """Return how many terminal cells a text takes.

    >>> width("金额"), width("ab")
    (4, 2)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def print_table(heads: list[str], rows: list[list[str]], *, right: set[int] = frozenset()) -> None:  # type: ignore[assignment]
    """Print rows under heads; ``right`` holds the columns aligned to the right. No rows: says so."""
    if not rows:
        click.echo("（没有）")
        return
    widths = [max(width(row[n]) for row in [heads, *rows]) for n in range(len(heads))]
    for number, row in enumerate([heads, *rows]):
        cells = [_fit(cell, widths[n], n in right) for n, cell in enumerate(row)]
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if number == 0 else line)


def _fit(text: str, cells: int, right: bool) -> str:
    gap = " " * (cells - width(text))
    return gap + text if right else text + gap


def wrap(text: str, cells: int) -> list[str]:
    """Return a text cut into lines of at most ``cells`` cells; Chinese needs no spaces to break at.

    >>> wrap("金额以元计", 6)
    ['金额以', '元计']
    """
    lines, line = [], ""
    for sign in text:
        if width(line + sign) > cells:
            lines.append(line)
            line = ""
        line += sign
    return [*lines, line] if line or not lines else lines


def print_columns(left: list[str], right: list[str], *, total: int) -> None:
    """Print two texts side by side, each line wrapped to half of ``total`` cells."""
    half = (total - 3) // 2
    columns = [[part for line in side for part in wrap(line, half)] for side in (left, right)]
    for number in range(max(map(len, columns))):
        one, other = (side[number] if number < len(side) else "" for side in columns)
        click.echo(f"{_fit(one, half, False)} │ {other}".rstrip())
