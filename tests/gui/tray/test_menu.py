from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.models.asked import Asked
from bgtasks_gui.gui.tray import menu
from bgtasks_gui.gui.tray.menu import TrayMenu
from bgtasks_gui.gui.tray.summary import Situation
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded
from tests.client.support.little_agent import make_progress, make_run
from tests.gui.tray.support import lines

Until = Callable[[Callable[[], object]], Awaitable[None]]
NOW = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)
FOREVER = shapes.PauseView(paused=True, until=None)
FAILED = f"backup failed, {NOW.astimezone():%H}:01"
FOOT = [lines.RULE, "Open Background Tasks", "Quit"]


@pytest.fixture
def tray_menu(performer: Performer) -> Iterator[TrayMenu]:
    one = TrayMenu(performer, menu.spell)
    yield one
    one.close()


@pytest.fixture
async def agent(home: Path) -> AsyncIterator[embedded.Embedded]:
    place = paths.find_home()
    one = embedded.Embedded(place)
    await one.start()
    yield one
    await one.stop()
    embedded.clear_away(place)


def situation(**known: object) -> Situation:
    return Situation(**{"now": NOW, "is_connected": True} | known)


def failed(run_id: str) -> shapes.RunView:
    return make_run(run_id, state="failed", completed_at="2026-11-22T15:01:00.000Z")


def test_a_quiet_menu_is_short(tray_menu: TrayMenu) -> None:
    tray_menu.tell(situation())
    assert lines.read(tray_menu.menu) == ["(Nothing is running)", lines.RULE, "Pause all", *FOOT]


def test_a_busy_menu_says_what_runs_and_what_went_wrong(tray_menu: TrayMenu) -> None:
    active = [make_run(f"r{number}", state="waiting") for number in range(2, 9)]
    active.append(make_run("r1", task_name="copy & sort", progress=make_progress(62)))
    tray_menu.tell(situation(active=active, progress=0.62, failures=[failed("r0")]))
    assert lines.read(tray_menu.menu) == [
        "(1 running (62 %), 7 waiting)",
        FAILED,
        lines.RULE,
        "copy & sort: 62 %",
        *["backup: waiting"] * 4,
        "and 3 more…",
        lines.RULE,
        "Pause all",
        *FOOT,
    ]


def test_without_the_agent_nothing_can_be_asked_of_it(tray_menu: TrayMenu) -> None:
    tray_menu.tell(situation(active=[make_run("r1")], failures=[failed("r0")], pause=FOREVER))
    tray_menu.tell(situation(is_connected=False, trouble="It is gone.", active=[make_run("r1")]))
    assert lines.read(tray_menu.menu) == [
        "(The agent is not reached)", lines.RULE, "(Pause all)", *FOOT,
    ]  # fmt: skip


def test_while_everything_is_paused_it_can_be_resumed(tray_menu: TrayMenu) -> None:
    tray_menu.tell(situation(pause=FOREVER))
    assert lines.read(tray_menu.menu) == [
        "(Everything is paused until you resume)", lines.RULE, "Resume all", *FOOT,
    ]  # fmt: skip


def test_the_window_is_opened_and_ended(tray_menu: TrayMenu, qtbot: QtBot) -> None:
    tray_menu.tell(situation(active=[make_run(f"r{n}") for n in range(9)], failures=[failed("x")]))
    opened: list[str] = []
    tray_menu.open_wanted.connect(opened.append)
    for line in ("Open Background Tasks", "and 4 more…", FAILED):
        lines.click(tray_menu.menu, line)
    assert opened == ["", "", "x"]
    with qtbot.waitSignal(tray_menu.quit_wanted, timeout=0):
        lines.click(tray_menu.menu, "Quit")


def test_a_log_is_shown_by_the_window_which_may_be_hidden(
    tray_menu: TrayMenu, performer: Performer
) -> None:
    said: list[str] = []
    tray_menu.open_wanted.connect(lambda run_id: said.append(f"open {run_id}"))
    performer.wanted.connect(lambda name, subjects: said.append(f"{name} {subjects[0].run.id}"))
    tray_menu.tell(situation(active=[make_run("r1", progress=make_progress(5))]))
    lines.click(lines.below(tray_menu.menu, "backup: 5 %"), "Show log")
    assert said == ["open r1", "logs r1"]


def test_it_says_that_it_is_about_to_be_seen(tray_menu: TrayMenu, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray_menu.opening, timeout=0):
        tray_menu.menu.aboutToShow.emit()


class Touched(QObject):
    """Counts the changes of a menu that a panel would be told."""

    def __init__(self, watched: QMenu) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.ActionAdded, QEvent.Type.ActionChanged, QEvent.Type.ActionRemoved)
        self.count += event.type() in kinds
        return False


def test_what_is_as_before_is_not_touched(tray_menu: TrayMenu) -> None:
    def tell(done: float) -> None:
        runs = [make_run("r1", progress=make_progress(done)), make_run("r2", state="waiting")]
        tray_menu.tell(situation(active=runs, failures=[failed("r0")], pause=None))

    tell(5)
    before: list[QAction] = tray_menu.menu.actions()
    touched = Touched(tray_menu.menu)
    tell(5)
    assert touched.count == 0
    tell(6)
    assert touched.count == 1
    assert tray_menu.menu.actions() == before


@pytest.mark.parametrize(
    ("words", "in_qt", "on_bus"),
    [
        ("plain", "plain", "plain"),
        ("copy & sort", "copy && sort", "copy && sort"),
        ("my_task", "my_task", "my__task"),
        ("my_task & co", "my_task && co", "my__task \N{FULLWIDTH AMPERSAND} co"),
        ("__init__", "__init__", "____init____"),
    ],
)
def test_names_are_spelled_as_the_menu_reads_them(words: str, in_qt: str, on_bus: str) -> None:
    assert (menu.spell(words), menu.spell_for_bus(words)) == (in_qt, on_bus)


def test_the_spelling_is_used_for_every_line(performer: Performer) -> None:
    one = TrayMenu(performer, menu.spell_for_bus)
    run, lost = make_run("r1", task_name="a_b"), failed("r0")
    one.tell(situation(active=[run], failures=[lost], asked=lambda _run_id: "c_d"))
    assert "a__b: c__d" in lines.read(one.menu)
    one.close()


async def test_runs_and_the_whole_are_paused_and_resumed_at_the_agent(
    agent: embedded.Embedded, until: Until
) -> None:
    way = asgi.AsgiTransport(agent.agent.app)
    performer = Performer(Client(way), Asked())
    one = TrayMenu(performer, menu.spell)
    run = await agent.run(await agent.add("long", "sleep 600"))
    await agent.reached(run, "running")

    def tell() -> None:
        pause = agent.agent.pause.state
        view = agent.agent.office.view_run(agent.now(run))
        known = shapes.PauseView(paused=pause.paused, until=None)
        one.tell(situation(active=[view], pause=known))

    def click(text: str) -> None:
        tell()
        lines.click(lines.below(one.menu, lines.read(one.menu)[2]), text)

    for text, state in (("Suspend", "suspended"), ("Resume", "running")):
        click(text)
        await until(lambda state=state: agent.now(run).state == state)
    tell()
    lines.click(lines.below(one.menu, "Pause all"), "For 1 hour")
    await until(lambda: agent.agent.pause.state.until)
    tell()
    lines.click(one.menu, "Resume all")
    await until(lambda: agent.now(run).state == "running")
    click("Cancel")
    await until(lambda: agent.now(run).state == "canceled")
    one.close()
    await performer.close()
    await way.close()
