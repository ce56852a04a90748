"""An agent that lives on a desktop, and what of its runs is watched there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from bgtasks_gui.client import commands
from bgtasks_gui.client.calls import notices
from bgtasks_gui.wire import shapes
from tests.desktop.session import Session
from tests.flows.living import Living


class DesktopAgent(Living):
    """An agent that was started by the desktop: with its bus and its screen, and nothing else."""

    def __init__(self, root: Path, desktop: Session, **more: str) -> None:
        super().__init__(root)
        around = {**desktop.env, "BGTASKS_HOME": str(root), **more}
        pairs = (f"{name}={value}" for name, value in around.items())
        self.command = ("env", "--ignore-environment", *pairs, *Living.command)

    def check_log(self) -> None:
        """Nothing went wrong inside it."""
        said = self.home.agent_log.read_text()
        assert "ERROR" not in said, said

    def telling(self) -> shapes.TellingView:
        with self.client() as ask:
            return ask(notices.show_telling())

    def told(self, kind: str = "") -> list[shapes.NoticeView]:
        """The history of notices, the newest first; of one kind."""
        with self.client() as ask:
            return [one for one in ask(notices.list_notices()) if kind in ("", one.kind)]

    def outcomes(self, kind: str = "") -> list[str]:
        """What became of them, the oldest first."""
        return [one.outcome for one in reversed(self.told(kind))]

    def told_by(self) -> str:
        """How it stands with the desktop's notification service; "" until somebody looked."""
        return self._speaker().sentence if self.telling().surfaces else ""

    def has_speaker(self) -> bool:
        """Whether that service shows notices."""
        return self._speaker().is_used

    def _speaker(self) -> shapes.SurfaceView:
        return next(one for one in self.telling().surfaces if one.name == "freedesktop")

    def delay(self, press: Callable[[], float], run_id: str, state: str) -> float:
        """Seconds from a press until the stream of events says that the run is in this state.

        `press` gives the time at which it was done.
        """
        began = press()
        self.wait_until(run_id, state)
        return time.monotonic() - began

    def run_many(self, task: str, count: int) -> list[str]:
        """Ask for so many runs of a task, over one connection."""
        with self.client() as ask:
            return [ask(commands.run_task(task)).id for _ in range(count)]

    def finish(self, run_id: str) -> shapes.RunView:
        """Let a slow transfer go on as fast as it can; the run once it has ended."""
        with self.client() as ask:
            ask(commands.limit_run(run_id, None))
        return self.wait(run_id)

    def wait_for_more(self, run_id: str, much: float) -> None:
        """Until so many more bytes of a transfer are there."""
        first: float | None = None
        with self.client() as ask, contextlib.closing(ask.events()) as told:
            for event in told:
                if event.type == "run_progressed" and event.run_id == run_id and event.progress:
                    done = event.progress.done or 0
                    first = done if first is None else first
                    if done >= first + much:
                        return

    def wait_for_percent(self, run_id: str, more: float) -> shapes.RunView:
        """The run, once it has come so many percent further."""
        self.wait_for_more(run_id, more)
        return self.show(run_id)

    def wait_until_told(self, title: str) -> None:
        """Until a notice has this title."""
        self._wait_for(lambda: title in [one.title for one in self.told()])

    def wait_for_outcomes(self, *wanted: str) -> None:
        """Until this became of all notices, the oldest first: it is written down a moment later."""
        self._wait_for(lambda: self.outcomes() == [*wanted])

    def _wait_for(self, has_come: Callable[[], bool]) -> None:
        """Look again with each event."""
        with self.client() as ask:
            seq = ask(commands.show_health()).seq
            if has_come():
                return
            with contextlib.closing(ask.events(after=seq)) as told:
                next(event for event in told if has_come())
