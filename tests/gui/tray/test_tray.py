from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.client import asgi
from bgtasks_gui.client.changes import Changes
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.bridge import Bridge
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.models.tally import Tally
from bgtasks_gui.gui.tray import picture, presence, tray
from bgtasks_gui.gui.tray.picture import State
from bgtasks_gui.gui.tray.tray import Tray
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded
from tests.client.support.little_agent import LittleAgent, make_progress, make_run
from tests.gui.fakes.notices import notice
from tests.gui.support.stages import collect
from tests.gui.tray.support import lines
from tests.gui.tray.support.watcher import Watcher

# Offscreen there is no tray, and Qt is surprised to be asked for one.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged")
Until = Callable[[Callable[[], object]], Awaitable[None]]
Reason = QSystemTrayIcon.ActivationReason


class Stage(NamedTuple):
    """A tray over an agent that is played by the test."""

    bridge: Bridge
    tally: Tally
    asked: Asked
    tray: Tray

    def feed(self, *runs: shapes.RunView) -> None:
        """The agent is reached and has these runs."""
        self.bridge.is_connected = True
        changes = self.bridge.mirror.load([], runs, self.bridge.mirror.seq + 1)
        self.tally.take(changes.then(Changes(connected=True)))

    @property
    def icon(self) -> QSystemTrayIcon | None:
        found = [one for one in self.tray.findChildren(QSystemTrayIcon) if one.isVisible()]
        assert len(found) < 2
        return found[0] if found else None

    @property
    def menu(self) -> QMenu:
        assert self.icon is not None
        return self.icon.contextMenu()


@pytest.fixture
def stage(qapp: object) -> Iterator[Stage]:
    client, asked, parent = Client(asgi.AsgiTransport(LittleAgent().app)), Asked(), QObject()
    bridge = Bridge(client, parent)
    tally = Tally(bridge.mirror, parent)
    performer = Performer(client, asked, parent)
    one = Tray(bridge, tally, performer, asked, bridge.mirror.tasks.get, parent)
    yield Stage(bridge, tally, asked, one)
    one.close()


@pytest.fixture
def told(stage: Stage) -> list[bool]:
    seen: list[bool] = []
    stage.tray.presence_changed.connect(seen.append)
    return seen


# Whether there is one


def test_without_a_tray_there_is_no_icon(
    stage: Stage, told: list[bool], tray_of_qt: list[bool]
) -> None:
    assert tray_of_qt == [False]
    stage.tray.start()
    stage.feed(make_run("r1"))
    assert (stage.icon, stage.tray.is_there, told) == (None, False, [])


def test_where_there_is_one_the_icon_is_in_it(
    stage: Stage, told: list[bool], tray_of_qt: list[bool]
) -> None:
    tray_of_qt.append(True)
    stage.tray.start()
    assert stage.icon is not None
    assert stage.icon.toolTip() == "Background Tasks: looking for the agent…"
    assert (stage.tray.is_there, told) == (True, [True])


def test_whether_it_is_there_is_asked_and_not_remembered(
    stage: Stage, told: list[bool], tray_of_qt: list[bool]
) -> None:
    tray_of_qt.append(True)
    stage.tray.start()
    tray_of_qt.append(False)
    assert not stage.tray.is_there
    assert told == [True, False]


@pytest.mark.usefixtures("session_bus")
async def test_a_tray_that_comes_late_gets_the_icon_and_again_after_it_was_gone(
    stage: Stage, told: list[bool], watcher: Watcher, until: Until
) -> None:
    stage.tray.start()
    stage.feed(make_run("r1", task_name="my_task", progress=make_progress(62)))
    icons = set()
    for _ in range(2):
        await watcher.start()
        await until(lambda: stage.tray.is_there)
        # Over the bus an underscore has to be doubled.
        assert "my__task: 62 %" in lines.read(stage.menu)
        icons.add(stage.icon)
        await watcher.stop()
        await until(lambda: not stage.tray.is_there)
    # Qt puts the same one into the new tray; another would be seen beside it for a moment.
    assert len(icons) == 1
    assert told == [True, False, True, False]


@pytest.mark.usefixtures("session_bus")
async def test_a_host_on_the_bus_replaces_an_icon_of_another_kind(
    stage: Stage,
    told: list[bool],
    watcher: Watcher,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    stage.feed(make_run("r1", task_name="my_task", progress=make_progress(62)))
    stage.tray.start()
    await until(lambda: stage.tray.is_there)
    first = stage.icon
    assert "my_task: 62 %" in lines.read(stage.menu)
    await watcher.start()
    await until(lambda: stage.icon is not first)
    assert "my__task: 62 %" in lines.read(stage.menu)
    assert told == [True]


def test_one_that_comes_back_without_a_word_is_found_with_the_next_change(
    stage: Stage,
    told: list[bool],
    tray_of_qt: list[bool],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tray, "PACE_S", 0.01)
    tray_of_qt.append(True)
    stage.tray.start()
    # The time of looking for it is over.
    stage.tray.findChild(presence.Presence).findChild(QTimer).stop()
    tray_of_qt.append(False)
    assert not stage.tray.is_there
    tray_of_qt.append(True)
    stage.feed(make_run("r1"))
    qtbot.waitUntil(lambda: told == [True, False, True])
    assert stage.icon is not None
    assert stage.icon.toolTip() == "Background Tasks: 1 running"


# What it shows


@pytest.fixture
def shown(stage: Stage, tray_of_qt: list[bool], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The icon is in the tray, and is brought up to date quickly."""
    monkeypatch.setattr(tray, "PACE_S", 0.02)
    tray_of_qt.append(True)
    stage.tray.start()
    return stage


def tooltip(stage: Stage) -> str:
    assert stage.icon is not None
    return stage.icon.toolTip()


def test_runs_and_progress_are_followed(shown: Stage, qtbot: QtBot) -> None:
    shown.feed(make_run("r1", progress=make_progress(62)))
    qtbot.waitUntil(lambda: tooltip(shown) == "Background Tasks: 1 running (62 %)")
    assert shown.icon is not None
    key = picture.icon(picture.look(State.RUNNING, 0.62)).cacheKey()
    assert shown.icon.icon().cacheKey() == key
    shown.feed()
    qtbot.waitUntil(lambda: tooltip(shown) == "Background Tasks: nothing is running")


def test_a_lost_agent_is_told(shown: Stage, qtbot: QtBot) -> None:
    shown.feed(make_run("r1"))
    shown.bridge.is_connected, shown.bridge.trouble = False, "It is gone."
    shown.bridge.connection_changed.emit()
    qtbot.waitUntil(lambda: tooltip(shown) == "Background Tasks: the agent is not reached")


def test_what_was_asked_is_told(shown: Stage, qtbot: QtBot) -> None:
    shown.feed(make_run("r1"))
    shown.asked.mark(frozenset({"r1"}), "Asked to suspend…")
    qtbot.waitUntil(lambda: "backup: asked to suspend…" in lines.read(shown.menu))


def test_failures_are_named_until_somebody_looks(shown: Stage, qtbot: QtBot) -> None:
    shown.feed(make_run("r1"), make_run("r2", task_name="mirror"))
    ended = {"completed_at": "2026-11-22T15:00:01.000Z"}
    shown.feed(
        make_run("r1", state="failed", **ended),
        make_run("r2", task_name="mirror", state="canceled", **ended),
    )
    needs = "Background Tasks: nothing is running\nNeeds you: backup failed"
    qtbot.waitUntil(lambda: tooltip(shown) == needs)
    assert shown.icon is not None
    key = picture.icon(picture.look(State.IDLE, needs_you=True)).cacheKey()
    assert shown.icon.icon().cacheKey() == key
    shown.tally.look_at_failures()
    shown.tray.refresh()
    assert tooltip(shown) == "Background Tasks: nothing is running"


def test_an_opened_menu_says_what_is_true_now(shown: Stage) -> None:
    shown.feed(make_run("r1"))
    shown.menu.aboutToShow.emit()
    assert "(1 running)" in lines.read(shown.menu)


def test_the_panel_is_told_once_a_second_at_most(stage: Stage) -> None:
    assert tray.PACE_S == 1.0
    assert presence.LOOK_EVERY_S >= 1.0


def test_a_flood_of_changes_is_told_in_few_steps(
    shown: Stage, monkeypatch: pytest.MonkeyPatch, qapp: QApplication, qtbot: QtBot
) -> None:
    monkeypatch.setattr(tray, "PACE_S", 0.2)
    said: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "setToolTip", lambda _icon, words: said.append(words))
    began = time.monotonic()
    for done in range(51):
        shown.feed(make_run("r1", progress=make_progress(done)))
        qapp.processEvents()
    qtbot.waitUntil(lambda: said[-1:] == ["Background Tasks: 1 running (50 %)"])
    assert len(said) <= 2 + (time.monotonic() - began) / 0.2


def test_while_nothing_changes_no_timer_runs(
    stage: Stage, tray_of_qt: list[bool], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(tray, "PACE_S", 0.01)
    tray_of_qt.append(True)
    stage.tray.start()
    stage.feed(make_run("r1"))
    looking, telling = stage.tray.findChild(presence.Presence), stage.tray.findChild(QTimer)
    assert looking.findChild(QTimer).isActive()
    looking.findChild(QTimer).stop()
    qtbot.waitUntil(lambda: tooltip(stage) == "Background Tasks: 1 running")
    assert not telling.isActive()


# What a person does


@pytest.mark.parametrize("reason", [Reason.Trigger, Reason.Context, Reason.DoubleClick])
def test_a_click_shows_the_window_or_hides_it(shown: Stage, reason: Reason) -> None:
    clicks: list[None] = []
    shown.tray.toggle_wanted.connect(lambda: clicks.append(None))
    assert shown.icon is not None
    shown.icon.activated.emit(reason)
    assert len(clicks) == (reason is Reason.Trigger)


def test_the_menu_opens_the_window_and_ends_it(shown: Stage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.tray.open_wanted, timeout=0) as opened:
        lines.click(shown.menu, "Open Background Tasks")
    assert opened.args == [""]
    with qtbot.waitSignal(shown.tray.quit_wanted, timeout=0):
        lines.click(shown.menu, "Quit")


def test_after_its_end_nothing_is_left(shown: Stage, qtbot: QtBot) -> None:
    shown.tray.close()
    assert shown.icon is None
    shown.feed(make_run("r1"))
    assert not any(one.isActive() for one in shown.tray.findChildren(QTimer))
    shown.tray.close()


# All of it


async def test_an_agent_is_followed_from_start_to_end(
    home: Path, until: Until, tray_of_qt: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray, "PACE_S", 0.01)
    tray_of_qt.append(True)
    place = paths.find_home()
    agent = embedded.Embedded(place)
    await agent.start()
    way, asked = asgi.AsgiTransport(agent.agent.app), Asked()
    bridge = Bridge(Client(way))
    tally, performer = Tally(bridge.mirror), Performer(bridge.client, asked)
    bridge.changed.connect(tally.take)
    stage = Stage(bridge, tally, asked, Tray(bridge, tally, performer, asked, lambda _id: None))
    stage.tray.start()
    following = asyncio.create_task(bridge.run())
    await until(lambda: tooltip(stage) == "Background Tasks: nothing is running")
    run = await agent.run(await agent.add("long", "echo '30%'; sleep 600"))
    await until(lambda: tooltip(stage) == "Background Tasks: 1 running (30 %)")
    lines.click(lines.below(stage.menu, lines.read(stage.menu)[2]), "Suspend")
    await until(lambda: tooltip(stage) == "Background Tasks: 1 suspended")
    assert agent.now(run).state == "suspended"
    lines.click(lines.below(stage.menu, "Pause all"), "Until you resume")
    await until(lambda: tooltip(stage) == "Everything is paused until you resume")
    await agent.stop()
    await until(lambda: tooltip(stage) == "Background Tasks: the agent is not reached")
    stage.tray.close()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await performer.close()
    await way.close()
    embedded.clear_away(place)


# Where no service shows notices


def test_a_notice_is_shown_by_the_icon_and_leads_to_its_run(
    shown: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[object, ...]] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _icon, *words: said.append(words))
    opened = collect(shown.tray.open_wanted)
    for told in (notice(1, title="A\nname"), notice(2, kind="ended", run_id=None)):
        shown.tray._resort.found.emit(told)
        assert shown.icon is not None
        shown.icon.messageClicked.emit()
    assert [words[:3] for words in said] == [
        ("A name", "Exit status 3.", QSystemTrayIcon.MessageIcon.Warning),
        ("task 2 failed", "Exit status 3.", QSystemTrayIcon.MessageIcon.Information),
    ]
    assert opened == [(notice(1).run_id,), ("",)]


def test_without_a_tray_a_notice_is_left_to_the_window(
    stage: Stage, tray_of_qt: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda *words: said.append(words))
    stage.tray.start()
    stage.tray._resort.found.emit(notice())
    assert said == []
