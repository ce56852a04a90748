from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui import bridge as bridges
from bgtasks_gui.gui.frame import pacing
from bgtasks_gui.gui.frame.pacing import Pacing
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect


class Seen(QWidget):
    """A window that is watched."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.is_busy = False
        self.pacing = Pacing(self, stage.bridge, lambda: self.is_busy)

    @property
    def tick_ms(self) -> int:
        """How often it ticks; 0 is not at all."""
        [timer] = self.pacing.findChildren(QTimer)
        return timer.interval() if timer.isActive() else 0


@pytest.fixture
def window(stage: Stage, qtbot: QtBot) -> Seen:
    one = Seen(stage)
    qtbot.addWidget(one)
    return one


async def test_it_ticks_while_it_is_seen_and_faster_while_runs_work(
    stage: Stage, window: Seen
) -> None:
    window.pacing.look()
    assert window.tick_ms == 0
    window.show()
    window.pacing.look()
    assert window.tick_ms == pacing.QUIET_MS
    window.is_busy = True
    window.pacing.adapt()
    assert window.tick_ms == pacing.BUSY_MS
    window.hide()
    window.pacing.look()
    assert window.tick_ms == 0


async def test_a_minimised_window_is_not_seen(stage: Stage, window: Seen) -> None:
    window.showMinimized()
    window.pacing.look()
    assert not window.pacing.is_seen
    assert window.tick_ms == 0


async def test_changes_are_told_slowly_while_hidden_and_at_once_when_it_comes_back(
    stage: Stage, window: Seen
) -> None:
    stage.load([views.task()])
    told = collect(stage.bridge.changed)
    window.pacing.look()
    assert stage.bridge._pace_ms == bridges.HIDDEN_MS
    stage.bridge._take(stage._event("run_queued", run=views.run()))
    window.show()
    window.pacing.look()
    assert stage.bridge._pace_ms == bridges.VISIBLE_MS
    assert len(told) == 1


async def test_it_tells_when_it_ticks_and_when_it_is_looked_at(
    stage: Stage, window: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "QUIET_MS", 1)
    ticked, seen = collect(window.pacing.ticked), collect(window.pacing.seen_changed)
    window.show()
    window.pacing.look()
    assert len(seen) == 1
    await looping.until(lambda: ticked)
