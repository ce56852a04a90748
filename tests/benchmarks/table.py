"""Prints what was measured as one table: ours, a peer, their ratio, a target, and if it is met."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

# What is measured is meant as installed, with its byte code beside it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

#: Figures of one thing: one, or one for each round.
Figures = float | Sequence[float]

_WIDTHS = (54, 13, 37, 7, 10)
_COLUMNS = ("what", "ours", "beside", "ratio", "target", "reached")


class Target(NamedTuple):
    """A bound on our figure, or on its ratio to the peer's."""

    bound: float
    is_floor: bool = False
    is_ratio: bool = False


class Peer(NamedTuple):
    """What stands beside ours, measured in the same rounds."""

    name: str
    figures: Figures


class Row(NamedTuple):
    """One line of the table, as text."""

    what: str
    ours: str
    beside: str
    ratio: str
    target: str
    reached: str


def at_most(bound: float) -> Target:
    return Target(bound)


def at_least(bound: float) -> Target:
    return Target(bound, is_floor=True)


def ratio_at_most(bound: float) -> Target:
    return Target(bound, is_ratio=True)


class Table:
    """Prints each row as soon as it is known, and counts the targets."""

    def __init__(self, out: Callable[[str], None] = print) -> None:
        self._out = out
        #: Title of each part, and its rows and remarks.
        self.parts: list[tuple[str, list[Row | str]]] = []

    def begin(self, title: str) -> None:
        self.parts.append((title, []))
        self._out("")
        self._out(_line(Row(title, *_COLUMNS[1:])))

    def add(
        self,
        what: str,
        ours: Figures,
        unit: str,
        *,
        beside: Peer | None = None,
        target: Target | None = None,
    ) -> None:
        """One row; of several rounds the medians, and the median of their ratios."""
        figure = median(ours)
        ratio = None if beside is None else _ratio(ours, beside.figures)
        row = Row(
            what,
            say(figure, unit),
            "" if beside is None else f"{beside.name}: {say(median(beside.figures), unit)}",
            "" if ratio is None else f"{ratio:.2f}",
            "" if target is None else _say_target(target, unit),
            "" if target is None else _judge(target, figure, ratio),
        )
        self.parts[-1][1].append(row)
        self._out(_line(row))

    def note(self, remark: str) -> None:
        """A remark on the rows above."""
        self.parts[-1][1].append(remark)
        self._out(f"  {remark}")

    def end(self) -> None:
        """How many targets were reached, and which were not."""
        rows = [row for _, part in self.parts for row in part if isinstance(row, Row)]
        judged = [row for row in rows if row.reached]
        missed = [row for row in judged if row.reached == "no"]
        self._out(f"\n{len(judged) - len(missed)} of {len(judged)} targets reached.")
        for row in missed:
            self._out(f"  not reached: {row.what}: {row.ours}, wanted {row.target}")

    def to_markdown(self) -> str:
        lines = []
        for title, part in self.parts:
            lines += [f"\n### {title}\n", _cells(_COLUMNS), _cells(["---"] * len(_COLUMNS))]
            lines += [_cells(row) for row in part if isinstance(row, Row)]
            lines += [f"\n{remark}" for remark in part if isinstance(remark, str)]
        return "\n".join([surroundings(), *lines, ""])


def run(measure: Callable[[Table], None]) -> None:
    """One subject by itself."""
    table = Table()
    print(surroundings())
    measure(table)
    table.end()


def surroundings() -> str:
    """The machine, and what else it does."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}  {os.cpu_count()} cores  load {load}  "
        f"Python {platform.python_version()}  {sys.platform} {platform.release()}"
    )


def rounds(count: int, *measures: Callable[[], float]) -> list[list[float]]:
    """The figures of each measure over several rounds: A B A B, so that all meet the same noise."""
    figures: list[list[float]] = [[] for _ in measures]
    for _ in range(count):
        for found, measure in zip(figures, measures, strict=True):
            found.append(measure())
    return figures


def median(figures: Figures) -> float:
    return statistics.median(figures) if isinstance(figures, Sequence) else figures


def part(figures: Sequence[float], share: float) -> float:
    """The figure that this share of all does not exceed."""
    return sorted(figures)[min(int(len(figures) * share), len(figures) - 1)]


def say(figure: float, unit: str) -> str:
    """Three digits that count, and the unit."""
    if figure == 0 or abs(figure) >= 100:
        text = f"{figure:,.0f}"
    else:
        text = f"{figure:.2f}" if abs(figure) < 10 else f"{figure:.1f}"
    return f"{text} {unit}".rstrip()


def _ratio(ours: Figures, theirs: Figures) -> float | None:
    if isinstance(ours, Sequence) and isinstance(theirs, Sequence) and len(ours) == len(theirs):
        pairs = [one / other for one, other in zip(ours, theirs, strict=True) if other]
        return statistics.median(pairs) if pairs else None
    return median(ours) / median(theirs) if median(theirs) else None


def _say_target(target: Target, unit: str) -> str:
    sign = "≥" if target.is_floor else "≤"
    return f"{sign} {target.bound:g} x" if target.is_ratio else f"{sign} {target.bound:,g} {unit}"


def _judge(target: Target, figure: float, ratio: float | None) -> str:
    value = ratio if target.is_ratio else figure
    if value is None:
        return "-"
    is_met = value >= target.bound if target.is_floor else value <= target.bound
    return "yes" if is_met else "no"


def _line(row: Row) -> str:
    padded = [f"{text:<{width}}" for text, width in zip(row, _WIDTHS, strict=False)]
    return "".join([*padded, " ", row.reached]).rstrip()


def _cells(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
