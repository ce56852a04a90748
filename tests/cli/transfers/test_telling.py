from __future__ import annotations

import pytest

from bgtasks_gui.cli.transfers import telling
from bgtasks_gui.core.runs import RunState
from tests.cli.fakes import receipts, views
from tests.cli.test_bar import Terminal

S = RunState
WHY = views.reason("Waiting: the server answered 503.")
SOON = "2026-11-22T15:10:12.000Z"


def test_every_stop_is_told_once() -> None:
    news = telling.News()
    assert news.of(receipts.run()) == ""
    retry = receipts.run(state=S.WAITING, reason=WHY, retry_at=SOON)
    assert news.of(retry) == ("disc.iso: waiting: the server answered 503. It tries again in 12 s.")
    assert news.of(retry) == ""
    assert news.of(receipts.run()) == "disc.iso: goes on"
    assert news.of(receipts.run()) == ""
    # Again, and for another reason.
    assert news.of(receipts.run(state=S.WAITING, waits_for="3 of 3 are under way.")) == (
        "disc.iso: 3 of 3 are under way."
    )
    held = receipts.run(state=S.SUSPENDED, reason=views.reason("Suspended by you."))
    assert news.of(held) == "disc.iso: suspended by you."
    assert news.of(receipts.run(state=S.CANCELING)) == "disc.iso: being cancelled"


def test_few_lines_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with telling.make_bar() as shown:
        shown.state(receipts.run())
        shown.progress(views.progress(10, 100, unit="bytes"))
        shown.state(receipts.run(state=S.WAITING, waits_for="On battery."))
        shown.state(receipts.run())
    out, err = capsys.readouterr()
    assert (out, err) == ("", "disc.iso: on battery.\ndisc.iso: goes on\n")


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with telling.make_bar() as shown:
        shown.state(receipts.run(state=S.WAITING, reason=WHY, retry_at=SOON))
        shown.state(receipts.run(task_name="[red]" + "x" * 60))
        shown.progress(views.progress(45 * receipts.MIB, 100 * receipts.MIB, unit="bytes"))
    drawn = stream.getvalue()
    assert "[red]" + "x" * 34 + "… " in drawn
    assert "45 % (45 of 100 MiB)" in drawn
    assert "disc.iso: waiting: the server answered 503. It tries again in 12 s.\n" in drawn
