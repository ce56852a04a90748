from __future__ import annotations

import io

import pytest

from bgtasks_gui.cli import bar
from bgtasks_gui.core.runs import RunState
from tests.cli.fakes import views


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with bar.make_bar() as shown:
        shown.state(views.run(state=RunState.WAITING, waits_for="On battery."))
        shown.state(views.run())
        shown.state(views.run())
        for percent in (0, 4, 9, 10, 19, 35):
            shown.progress(views.progress(percent, unit="%"))
        shown.progress(views.progress(7, unit="files"))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "backup: waiting. On battery.", "backup: running", "0 %", "10 %", "35 %", "7 files",
    ]  # fmt: skip


def test_a_drawn_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with bar.make_bar() as shown:
        assert isinstance(shown, bar.DrawnBar)
        shown.state(views.run(task_name="[red]backup"))
        shown.progress(views.progress(9, 20, unit="files", rate=3.0, eta=120.0))
        shown.progress(views.progress(9, unit="files"))
        shown.progress(views.progress(9, 20, unit="files", rate=3.0, eta=120.0))
    drawn = stream.getvalue()
    assert "[red]backup: running" in drawn
    assert "45 % (9 of 20 files), 3 files/s, 2 min left" in drawn


def test_no_bar_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert isinstance(bar.make_bar(), bar.Lines)


def test_headline() -> None:
    run = views.run(state=RunState.SUSPENDED, reason=views.reason("Suspended by you."))
    assert bar.headline(run) == "backup: suspended. Suspended by you."
