"""A home with a scripted agent, a clock that stands still, and the command itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.cli import app
from bgtasks_gui.client.phrases import times
from bgtasks_gui.wire import codec
from tests.cli.fakes.scripted_agent import ScriptedAgent

#: Ten minutes after what the agent of these tests tells of.
NOW = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return codec.plain(self.out.encode())

    @property
    def error(self) -> dict[str, object]:
        """What was told as JSON on standard error."""
        found: dict[str, dict[str, object]] = codec.plain(self.err.encode())
        return found["error"]


Bgtasks = Callable[..., Outcome]


@pytest.fixture
def agent(home: Path) -> Iterator[ScriptedAgent]:
    with ScriptedAgent(paths.find_home().agent_socket) as scripted:
        yield scripted


@pytest.fixture
def bgtasks(capsys: pytest.CaptureFixture[str]) -> Bgtasks:
    """The command, in this process."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = app.main(arguments)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that stands still, in a zone with changes of the clock, and nothing fancy."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    monkeypatch.setattr(times, "now", lambda: NOW)
    yield
    monkeypatch.undo()
    time.tzset()
