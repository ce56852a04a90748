"""Tables: drawn on a terminal, plain columns through a pipe."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from typing import Final

from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client.phrases import text

Row = Sequence[str]

#: Columns up to this width, that of an id, stay on one line.
_WHOLE: Final = 36


def show(titles: Row, rows: Sequence[Row]) -> None:
    """Print a table. On a terminal a long cell takes several lines."""
    shown = [[text.one_line(cell) for cell in row] for row in rows]
    if outlet.is_fancy(sys.stdout):
        _draw(titles, shown)
        return
    for line in plain([list(titles), *shown]):
        outlet.say(line)


def plain(rows: Sequence[Row]) -> list[str]:
    """Columns aligned by spaces, two between them, none at the end of a line."""
    if not rows:
        return []
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_pad, row, widths)).rstrip() for row in rows]


def width(text: str) -> int:
    """Cells of a terminal that a text takes: wide letters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def _pad(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def _draw(titles: Row, rows: Sequence[Row]) -> None:
    from rich import box, console, table, text  # slow to load, and of no use in a pipe

    drawn = table.Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title, *cells in zip(titles, *rows, strict=True):
        # An id is whole, so that it can be copied; a long name or sentence takes several lines.
        fits = max(map(width, cells), default=0) <= _WHOLE
        drawn.add_column(title, no_wrap=fits, overflow="fold")
    for row in rows:
        drawn.add_row(*(text.Text(cell, style=_style(cell)) for cell in row))
    console.Console().print(drawn)


def _style(cell: str) -> str:
    word = cell.partition(" ")[0].rstrip(":,")
    return _STYLES.get(word, "")


#: Colours of words at the beginning of a cell; every one of them is also said in words.
_STYLES = {
    "running": "cyan",
    "completed": "green",
    "failed": "red",
    "cancelled": "yellow",
    "suspended": "yellow",
    "paused": "yellow",
    "disabled": "dim",
    "missed": "yellow",
    "ok": "green",
    "warn": "yellow",
    "bad": "red",
}
