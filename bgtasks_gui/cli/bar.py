"""How the progress of a run that is waited for is shown: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client.phrases import runs, text
from bgtasks_gui.wire import shapes

if TYPE_CHECKING:
    from rich import progress as rich_progress

#: Percent between two lines; without a terminal nobody watches every step.
_STEP: Final = 10


class Bar(Protocol):
    """What is told of a run while it goes on. To be used in a `with` statement."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def state(self, run: shapes.RunView) -> None:
        """The run stands elsewhere than before."""
        ...

    def progress(self, known: shapes.ProgressView) -> None: ...


def make_bar() -> Bar:
    return DrawnBar() if outlet.is_fancy(sys.stderr) else Lines()


class Lines:
    """A line on standard error for each change of state and every ten percent."""

    def __init__(self) -> None:
        self._said = ""
        self._step: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def state(self, run: shapes.RunView) -> None:
        line = headline(run)
        if line != self._said:
            self._said = line
            outlet.remark(line)

    def progress(self, known: shapes.ProgressView) -> None:
        share = runs.fraction(known)
        step = None if share is None else int(share * 100) // _STEP
        if step is None or step != self._step:
            self._step = step
            outlet.remark(runs.progress(known))


class DrawnBar:
    """One line of the terminal, drawn again and again by rich."""

    def __init__(self) -> None:
        from rich import console, progress

        self._progress = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TextColumn("{task.fields[said]}", markup=False),
            console=console.Console(stderr=True),
            transient=True,
        )
        self._row: rich_progress.TaskID = self._progress.add_task("", total=None, said="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def state(self, run: shapes.RunView) -> None:
        self.describe(headline(run))

    def describe(self, said: str) -> None:
        """What stands before the bar."""
        self._progress.update(self._row, description=said)

    def above(self, line: str) -> None:
        """Say a line that stays, above the bar."""
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def progress(self, known: shapes.ProgressView) -> None:
        share = runs.fraction(known)
        self._progress.update(
            self._row,
            completed=share or 0.0,
            total=None if share is None else 1.0,
            said=runs.progress(known),
        )


def headline(run: shapes.RunView) -> str:
    """ "backup: waiting. On battery; starts on mains power."."""
    why = run.waits_for or (run.reason.sentence if run.reason is not None else "")
    tail = f". {text.one_line(why)}" if why else ""
    return f"{text.one_line(run.task_name)}: {runs.word(run.state)}{tail}"
