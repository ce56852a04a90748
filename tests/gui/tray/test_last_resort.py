from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.client.changes import Changes
from bgtasks_gui.gui.tray import last_resort
from bgtasks_gui.gui.tray.last_resort import LastResort
from bgtasks_gui.wire.notices import NoticeView
from tests.gui.fakes.notices import notice, surface, telling
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage, collect

NOTICES, TELLING = "GET /v1/notices", "GET /v1/telling"
MUTE = telling(surface(is_available=False, is_used=False))
DOCK = surface("launcher")


def new(number: int = 1, **changes: object) -> NoticeView:
    """One of a moment ago that no service has shown."""
    return notice(number, **({"at": views.stamp(580 + number), "surfaces": ()} | changes))


@pytest.fixture
def resort(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[LastResort]:
    monkeypatch.setattr(last_resort, "_GATHER_MS", 0)
    stage.way.on(TELLING, MUTE)
    one = LastResort(stage.bridge, stage.performer, lambda: True, stage.now)
    yield one
    one.stop()


async def told(stage: Stage, resort: LastResort, *notices: NoticeView) -> list[NoticeView]:
    """What is to be told after news of these."""
    stage.way.on(NOTICES, list(notices))
    found = collect(resort.found)
    stage.way.asked.clear()
    stage._take(stage._event("notice_changed"))
    await looping.until(lambda: TELLING in stage.way.asked)
    await looping.quiet()
    return [one for (one,) in found]


async def test_what_nobody_shows_is_told_once_the_oldest_first(
    stage: Stage, resort: LastResort
) -> None:
    assert await told(stage, resort, new(2), new(1)) == [new(1), new(2)]
    assert await told(stage, resort, new(3), new(2, body="more"), new(1)) == [new(3)]


@pytest.mark.parametrize(
    "quiet",
    [
        new(kind="live"),
        new(outcome="held_back"),
        new(outcome="cleared"),
        new(at=views.stamp(530)),
        # A service that has gone a moment ago has shown it.
        new(surfaces=("freedesktop",)),
    ],
)
async def test_what_is_no_news_is_not_told(
    stage: Stage, resort: LastResort, quiet: NoticeView
) -> None:
    assert await told(stage, resort, quiet) == []


async def test_a_count_on_an_icon_tells_nothing(stage: Stage, resort: LastResort) -> None:
    stage.way.on(TELLING, telling(DOCK))
    about = new(surfaces=("launcher",))
    assert await told(stage, resort, about) == [about]


async def test_where_a_service_speaks_nothing_is_even_asked_for(
    stage: Stage, resort: LastResort
) -> None:
    stage.way.on(TELLING, telling())
    assert await told(stage, resort, new()) == []
    assert NOTICES not in stage.way.asked


async def test_an_agent_that_is_away_is_no_news(stage: Stage, resort: LastResort) -> None:
    stage.way.is_away = True
    refused = collect(stage.performer.refused)
    assert await told(stage, resort, new()) == []
    assert refused == []


async def test_who_looks_at_the_window_is_not_told_now_nor_later(
    stage: Stage, resort: LastResort, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    await looping.until(lambda: QGuiApplication.focusWindow() is not None)
    assert await told(stage, resort, new(1)) == []
    window.hide()
    assert await told(stage, resort, new(2), new(1)) == [new(2)]


async def test_without_a_tray_nothing_is_asked(stage: Stage) -> None:
    resort = LastResort(stage.bridge, stage.performer, lambda: False, stage.now)
    stage._take(Changes(connected=True))
    assert not resort._gather.isActive()
    assert stage.way.asked == []


async def test_only_so_many_are_remembered(
    stage: Stage, resort: LastResort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_resort, "_REMEMBERED", 2)
    await told(stage, resort, new(3), new(2), new(1))
    assert list(resort._told) == [new(2).id, new(3).id]
