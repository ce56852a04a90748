from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui.gui.actions.catalogue import Subject
from bgtasks_gui.gui.actions.offered import Offered
from bgtasks_gui.gui.detail import pane as panes
from bgtasks_gui.gui.detail.pane import Pane, Side
from tests.gui.fakes import moves
from tests.gui.support import accessible, looping, views
from tests.gui.support.stages import Stage, collect


class PlayedTab(QWidget):
    """Notes what it is told, and how often it is to ask."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Subject] = []
        self.reads = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.bug: Exception | None = None

    def show_subject(self, subject: Subject) -> None:
        self.shown.append(subject)

    async def read(self) -> None:
        self.reads += 1
        await self.gate.wait()
        if self.bug is not None:
            raise self.bug


class Desk:
    """A pane with two sides, and what is selected beside it."""

    def __init__(self, stage: Stage) -> None:
        self.selected: list[Subject] = []
        self.tabs: dict[str, PlayedTab] = {}
        self.window = QWidget()
        offered = Offered(stage.performer, lambda: self.selected, self.window)
        sides = [Side(title, lambda title=title: self._make(title)) for title in ("One", "Other")]
        # Of runs alone.
        sides += [Side("Third", lambda: self._make("Third"), lambda one: one.run is not None)]
        self.pane = Pane(sides, offered)
        self.pane.resize(900, 240)

    def _make(self, title: str) -> PlayedTab:
        self.tabs[title] = PlayedTab()
        return self.tabs[title]

    def look_at(self, subject: Subject, state: str = "running") -> None:
        self.selected = [subject]
        self.pane.show_subject(subject, state)


ONE = Subject(views.task(1), views.run(1, of=views.task(1)))
OTHER = Subject(views.task(2), None)


@pytest.fixture
async def desk(stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(panes, "_GATHER_MS", 5)
    one = Desk(stage)
    qtbot.addWidget(one.window)
    qtbot.addWidget(one.pane)
    one.look_at(ONE)
    one.pane.show()
    yield one
    await one.pane.close_reading()


async def under_way(desk: Desk) -> PlayedTab:
    """A side that waits for its answer."""
    tab = desk.tabs["One"]
    tab.gate.clear()
    read = tab.reads
    desk.look_at(OTHER, "idle")
    await looping.until(lambda: tab.reads > read and not desk.pane._reading.done())
    return tab


def buttons(pane: Pane) -> list[str]:
    found = [one for one in pane.findChildren(QPushButton) if one.isVisible()]
    return [one.text().strip() for one in found]


async def test_a_new_address_is_offered_where_one_is_needed(desk: Desk) -> None:
    desk.pane.resize(1200, 240)
    needing = moves.run(1, "suspended", reason=moves.expired())
    desk.look_at(Subject(moves.task(), needing), "needs_you")
    assert buttons(desk.pane) == ["New address…", "Resume", "Cancel", "Open folder"]
    desk.look_at(Subject(moves.task(), moves.run(1)))
    assert buttons(desk.pane) == ["Suspend", "Cancel", "Open folder", "Run now"]
    whole = moves.run(1, "completed", result={"path": "/tmp/x"})
    desk.look_at(Subject(moves.task(), whole), "completed")
    assert buttons(desk.pane) == ["Open file", "Open folder", "Run now", "Edit…"]


# What it says


async def test_a_side_is_made_when_it_is_first_looked_at(desk: Desk) -> None:
    assert list(desk.tabs) == ["One"]
    desk.pane.show_tab("Other")
    assert list(desk.tabs) == ["One", "Other"]
    assert desk.tabs["Other"].shown == [ONE]
    desk.pane.show_tab("One")
    assert list(desk.tabs) == ["One", "Other"]


async def test_a_side_that_a_subject_does_not_have_is_back_with_the_next_that_has(
    desk: Desk,
) -> None:
    desk.pane.show_tab("Third")
    assert desk.tabs["Third"].shown == [ONE]
    desk.look_at(OTHER, "idle")
    assert not desk.pane.bar.isTabVisible(2)
    assert desk.pane.bar.currentIndex() == 0
    assert desk.tabs["One"].shown[-1] == OTHER
    desk.look_at(ONE)
    assert desk.pane.bar.isTabVisible(2)
    assert desk.pane.bar.currentIndex() == 2
    desk.pane.show_tab("Other")
    desk.look_at(OTHER, "idle")
    desk.look_at(ONE)
    assert desk.pane.bar.currentIndex() == 1


async def test_the_head_says_name_and_state(desk: Desk) -> None:
    assert (desk.pane._name.text(), desk.pane._word.text()) == ("task 1", "Running")
    desk.look_at(Subject(views.task(2, name="two\nlines"), None), "disabled")
    assert (desk.pane._name.text(), desk.pane._word.text()) == ("two lines", "Disabled")


async def test_a_newer_state_goes_to_the_side_that_is_seen(desk: Desk) -> None:
    desk.pane.show_tab("Other")
    desk.pane.show_tab("One")
    before = len(desk.tabs["Other"].shown)
    newer = ONE._replace(run=views.run(1, "suspended", views.task(1)))
    desk.look_at(newer, "suspended")
    assert desk.tabs["One"].shown[-1] == newer
    assert len(desk.tabs["Other"].shown) == before


# What can be done


async def test_buttons_are_what_fits(stage: Stage, desk: Desk) -> None:
    assert buttons(desk.pane) == ["Suspend", "Cancel", "Run now", "Edit…"]
    desk.look_at(Subject(views.task(1), views.run(1, "failed")), "failed")
    assert buttons(desk.pane) == ["Run again", "Edit…"]
    desk.look_at(Subject(None, views.run(1, "failed")), "failed")
    assert buttons(desk.pane) == []
    desk.look_at(ONE)
    [cancel] = [one for one in desk.pane.findChildren(QPushButton) if one.text() == " Cancel"]
    cancel.click()
    await looping.until(lambda: f"POST /v1/runs/{views.run(1).id}/cancel" in stage.way.asked)


async def test_a_button_that_goes_hands_the_keyboard_to_the_list(desk: Desk) -> None:
    left = collect(desk.pane.left)
    [suspend] = [one for one in desk.pane.findChildren(QPushButton) if one.text() == " Suspend"]
    desk.pane.activateWindow()
    suspend.setFocus()
    await looping.until(suspend.hasFocus)
    desk.look_at(ONE._replace(run=views.run(1, "suspended", views.task(1))), "suspended")
    assert len(left) == 1


async def test_it_can_be_closed(desk: Desk) -> None:
    closed = collect(desk.pane.closed)
    [button] = [
        one for one in desk.pane.findChildren(QWidget)
        if one.accessibleName() == "Close the details"
    ]  # fmt: skip
    button.click()
    assert len(closed) == 1


async def test_a_long_name_leaves_the_buttons_their_place(desk: Desk) -> None:
    desk.look_at(Subject(views.task(1, name="a long name " * 40), ONE.run))
    # As in the smallest window, which leaves it less than all its buttons need.
    room = QVBoxLayout(desk.window)
    room.setContentsMargins(0, 0, 0, 0)
    room.addWidget(desk.pane)
    desk.window.setMinimumWidth(583)
    desk.window.resize(583, 240)
    desk.window.show()
    await looping.until(lambda: desk.pane.minimumSizeHint().width() <= 583)
    desk.window.grab()
    assert buttons(desk.pane)[:2] == ["Suspend", "Cancel"]
    for one in desk.pane.findChildren(QPushButton):
        if one.isVisible():
            assert one.width() >= one.sizeHint().width()
            assert one.geometry().right() < 583


async def test_everybody_can_use_it(desk: Desk) -> None:
    desk.pane.set_live(is_live=False)
    await looping.quiet()
    assert accessible.faults(desk.pane) == []


# When it asks


async def test_it_asks_when_something_is_looked_at_and_again_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panes, "_AGAIN_MS", 10)
    desk.look_at(OTHER, "idle")
    await looping.until(lambda: desk.tabs["One"].reads >= 3)


async def test_it_asks_for_one_answer_at_a_time(desk: Desk) -> None:
    tab = await under_way(desk)
    read = tab.reads
    desk.look_at(ONE)
    await looping.until(lambda: desk.pane._gather.remainingTime() > 0)
    assert tab.reads == read
    tab.gate.set()
    await looping.until(lambda: tab.reads == read + 1)


@pytest.mark.parametrize("how", ["hidden", "not live"])
async def test_it_asks_nothing_while_nobody_looks_or_answers(desk: Desk, how: str) -> None:
    await looping.until(lambda: desk.tabs["One"].reads == 1)
    if how == "hidden":
        desk.pane.hide()
    else:
        desk.pane.set_live(is_live=False)
    desk.look_at(OTHER, "idle")
    await looping.until(lambda: not desk.pane._gather.isActive())
    desk.pane.show_tab("Other")
    desk.pane.show_tab("One")
    await looping.until(lambda: not desk.pane._gather.isActive())
    assert sum(one.reads for one in desk.tabs.values()) == 1
    if how == "hidden":
        desk.pane.show()
    else:
        desk.pane.set_live(is_live=True)
    await looping.until(lambda: desk.tabs["One"].reads == 2)


async def test_a_bug_in_a_side_is_not_lost(desk: Desk) -> None:
    loop, bugs = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _loop, context: bugs.append(context["exception"]))
    desk.tabs["One"].bug = ZeroDivisionError()
    desk.look_at(OTHER, "idle")
    await looping.until(lambda: bugs)
    assert isinstance(bugs[0], ZeroDivisionError)


async def test_closing_ends_what_is_under_way(desk: Desk) -> None:
    tab = await under_way(desk)
    await desk.pane.close_reading()
    assert desk.pane._reading is not None
    assert desk.pane._reading.cancelled()
    assert not tab.isVisible()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
