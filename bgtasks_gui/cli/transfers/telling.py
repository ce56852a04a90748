"""What `bgtasks get` tells while a file comes: a bar on a terminal, a few lines elsewhere."""

from __future__ import annotations

import sys
from typing import Final

from bgtasks_gui.cli import bar
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client.phrases import runs, text, times
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import shapes

#: States in which nothing has to be explained.
_MOVING: Final = frozenset({RunState.PENDING, RunState.RUNNING})
#: Letters of a name beside a bar.
_LONGEST: Final = 40


def make_bar() -> bar.Bar:
    return NamedBar() if outlet.is_fancy(sys.stderr) else FewLines()


class News:
    """Every retry and suspension of one run, each once."""

    def __init__(self) -> None:
        self._told: tuple[object, ...] | None = None

    def of(self, run: shapes.RunView) -> str:
        """The line to say now; "" for none."""
        if run.state in _MOVING:
            went_on, self._told = self._told is not None, None
            return _line(run, "goes on") if went_on else ""
        said = runs.note(run, times.now()) or runs.word(run.state)
        # Not the line itself: "tries again in 5 s" changes while it stays true.
        told = (run.state, run.retry_at or said)
        if told == self._told:
            return ""
        self._told = told
        return _line(run, f"{said[:1].lower()}{said[1:]}")


class FewLines(bar.Lines):
    """Only what stops it, and that it goes on; nobody watches."""

    def __init__(self) -> None:
        super().__init__()
        self._news = News()

    def state(self, run: shapes.RunView) -> None:
        if line := self._news.of(run):
            outlet.remark(line)

    def progress(self, known: shapes.ProgressView) -> None:
        return None


class NamedBar(bar.DrawnBar):
    """A bar under the lines that tell what stopped it."""

    def __init__(self) -> None:
        super().__init__()
        self._news = News()

    def state(self, run: shapes.RunView) -> None:
        name, word = text.one_line(run.task_name), runs.word(run.state)
        name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        self.describe(name if run.state in _MOVING else f"{name}: {word}")
        if line := self._news.of(run):
            self.above(line)


def _line(run: shapes.RunView, said: str) -> str:
    return f"{text.one_line(run.task_name)}: {text.one_line(said)}"
