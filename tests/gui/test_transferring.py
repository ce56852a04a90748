from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors
from bgtasks_gui.gui.dialogs.address import AddressDialog
from bgtasks_gui.gui.dialogs.limit import LimitDialog
from bgtasks_gui.gui.editor.adding.dialog import AddDialog
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.transferring import Transferring
from bgtasks_gui.wire import codec
from tests.gui.fakes import moves
from tests.gui.support import looping, views
from tests.gui.support.stages import Stage

URL = "https://a.example/1.iso"
OTHER = "https://other.example/1.iso"


class Desktop:
    """Opens nothing, and notes what it was to open."""

    def __init__(self) -> None:
        self.opened: list[Path] = []
        self.is_able = True

    def __call__(self, path: Path) -> bool:
        self.opened.append(path)
        return self.is_able


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
async def transferring(
    window: Window, stage: Stage, desktop: Desktop
) -> AsyncIterator[Transferring]:
    one = Transferring(window, desktop)
    stage.performer.wanted.connect(one.show)
    stage.way.on("GET /v1/catalog", moves.catalog())
    window.show_page("transfers")
    yield one
    for dialog in shown(window, QDialog):
        dialog.close()
    await one.close()
    await window.pane.close_reading()
    await looping.quiet()


def shown(window: Window, kind: type[QDialog]) -> list[QDialog]:
    return [one for one in window.findChildren(kind) if one.isVisible()]


async def opened(window: Window, kind: type[QDialog]) -> QDialog:
    await looping.until(lambda: shown(window, kind))
    [dialog] = shown(window, kind)
    return dialog


def told(window: Window) -> list[str]:
    return [f"{one.lead} {one.text}" for one in window.banners.messages()]


def pick(window: Window, name: str, *numbers: int) -> None:
    window.page.pick(views.run(numbers[0]).id)
    if len(numbers) > 1:
        window.page.view.selectAll()
    window.offered.actions[name].trigger()


# New ones


async def test_a_new_download_is_shown_once_the_agent_tells_of_it(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    stage.load()
    stage.way.on("POST /v1/tasks", moves.task(1))
    stage.way.on(f"POST /v1/tasks/{views.task(1).id}/run", moves.run(1))
    window.show_page("tasks")
    QTest.keySequence(window, "Ctrl+Shift+N")
    dialog = await opened(window, AddDialog)
    dialog.words.setPlainText(URL)
    dialog.confirm.click()
    await looping.until(lambda: window.page.name == "transfers")
    stage.put_task(moves.task(1))
    stage.put(moves.run(1))
    assert [one.run.id for one in window.subjects()] == [views.run(1).id]
    assert window.focusWidget() is window.page.view


async def test_the_button_for_something_new_adds_what_the_page_holds(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    stage.load()
    assert window.header.new.text().strip() == "New download"
    window.header.new.click()
    await opened(window, AddDialog)


async def test_an_agent_that_is_away_is_told(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    stage.load()
    stage.way.is_away = True
    transferring.add()
    await looping.until(lambda: told(window))
    assert told(window) == ["Not done: The agent does not answer."]


def drop(window: Window, *urls: str, text: str = "") -> QDropEvent:
    given = QMimeData()
    if urls:
        given.setUrls([QUrl(one) for one in urls])
    else:
        given.setText(text)
    rest = (
        Qt.DropAction.CopyAction, given, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    enter = QDragEnterEvent(QPointF(300, 300).toPoint(), *rest)
    event = QDropEvent(QPointF(300, 300), *rest)
    event.setAccepted(False)
    for each in (enter, event):
        QApplication.sendEvent(window, each)
    assert enter.isAccepted() == event.isAccepted()
    return event


async def test_addresses_that_are_dropped_are_asked_about(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    stage.load()
    assert drop(window, text=f"here: {URL}, {OTHER}").isAccepted()
    dialog = await opened(window, AddDialog)
    assert dialog.words.toPlainText().splitlines() == [URL, OTHER]


async def test_a_file_is_sent_and_one_that_leads_to_an_address_is_followed(
    stage: Stage, window: Window, transferring: Transferring, tmp_path: Path
) -> None:
    stage.load()
    (tmp_path / "a.url").write_text(f"[InternetShortcut]\nURL={URL}\n")
    (tmp_path / "b").write_text("words")
    names = ("a.url", "b")
    drop(window, *(QUrl.fromLocalFile(str(tmp_path / one)).toString() for one in names))
    await looping.until(lambda: len(shown(window, AddDialog)) == 2)
    titles = {one.accessibleName() for one in shown(window, AddDialog)}
    assert titles == {"Upload b", "New download"}


async def test_what_is_no_offer_is_not_taken(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    stage.load()
    assert not drop(window, text="words").isAccepted()
    assert not drop(window, "ftp://a.example/x").isAccepted()


async def test_a_folder_cannot_be_sent(
    stage: Stage, window: Window, transferring: Transferring, tmp_path: Path
) -> None:
    stage.load()
    transferring.add(Offer(files=(tmp_path,)))
    await looping.until(lambda: any("no file" in one for one in told(window)))
    assert shown(window, AddDialog) == []


# Another address, a limit


async def test_a_new_address_stays_open_until_it_is_taken(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    held = moves.run(1, "suspended", reason=moves.expired(), receipt=moves.receipt())
    stage.load([moves.task()], [held])
    route = f"POST /v1/runs/{held.id}/address"
    stage.way.on(route, errors.InvalidField("This is no address.", field="url"))
    pick(window, "new_address", 1)
    dialog = await opened(window, AddressDialog)
    assert dialog.words.text() == moves.URL
    dialog.words.setText("nonsense")
    dialog.confirm.click()
    await looping.until(lambda: "This is no address." in labels(dialog))
    bodies: list[object] = []

    def take(call: Call[object]) -> object:
        bodies.append(codec.plain(call.body))
        return held

    stage.way.on(route, take)
    dialog.words.setText(OTHER)
    dialog.confirm.click()
    await looping.until(lambda: not shown(window, AddressDialog))
    assert bodies == [{"url": OTHER}]


def labels(dialog: QDialog) -> list[str]:
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]


async def test_the_message_about_an_old_address_asks_for_a_new_one(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    stage.load([moves.task()], [moves.run(1)])
    stage.put(moves.run(1, "suspended", reason=moves.expired()))
    await looping.until(window.banners.messages)
    [message] = window.banners.messages()
    assert message.remedy == "New address"
    message.act()
    await opened(window, AddressDialog)


async def test_a_limit_of_several_is_asked_of_each(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    runs = [moves.run(1), moves.run(2)]
    stage.load([moves.task()], runs)
    asked: list[object] = []

    def take(call: Call[object]) -> object:
        asked.append((call.path, codec.plain(call.body)))
        return runs[0]

    for run in runs:
        stage.way.on(f"POST /v1/runs/{run.id}/rate", take)
    pick(window, "limit", 1, 2)
    dialog = await opened(window, LimitDialog)
    assert dialog.accessibleName() == "Limit the speed of 2 transfers"
    dialog.words.setText("1M")
    dialog.confirm.click()
    await looping.until(lambda: len(asked) == 2)
    assert {path for path, _ in asked} == {f"/v1/runs/{run.id}/rate" for run in runs}
    assert all(body == {"rate": 1 << 20} for _, body in asked)


async def test_a_limit_begins_with_the_one_of_its_task(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    task = moves.task(payload=moves.payload(url=URL, to="", rate=2048))
    stage.load([task], [moves.run(1, of=task)])
    pick(window, "limit", 1)
    dialog = await opened(window, LimitDialog)
    assert dialog.words.text() == "2 KiB/s"


# Its file


def ended(file: Path) -> list[object]:
    return [moves.run(1, "completed", result={"path": str(file)})]


async def test_a_file_is_opened(
    stage: Stage, window: Window, transferring: Transferring, desktop: Desktop, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_text("words")
    stage.load([moves.task()], ended(file))
    pick(window, "open_file", 1)
    await looping.until(lambda: desktop.opened)
    window.offered.actions["open_folder"].trigger()
    await looping.until(lambda: len(desktop.opened) == 2)
    assert desktop.opened == [file, tmp_path]
    assert told(window) == []


async def test_a_program_is_shown_in_its_folder_and_it_says_so(
    stage: Stage, window: Window, transferring: Transferring, desktop: Desktop, tmp_path: Path
) -> None:
    file = tmp_path / "install.sh"
    file.write_text("rm -rf /")
    stage.load([moves.task()], ended(file))
    pick(window, "open_file", 1)
    await looping.until(lambda: desktop.opened)
    assert desktop.opened == [tmp_path]
    [said] = told(window)
    assert said.startswith("Not opened: install.sh is of a kind that can be run")


async def test_what_is_gone_or_opened_by_nobody_is_told(
    stage: Stage, window: Window, transferring: Transferring, desktop: Desktop, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    stage.load([moves.task()], ended(file))
    pick(window, "open_file", 1)
    await looping.until(lambda: any("not there" in one for one in told(window)))
    file.write_text("words")
    desktop.is_able = False
    window.offered.actions["open_file"].trigger()
    await looping.until(lambda: any("no program" in one for one in told(window)))


async def test_addresses_are_copied(
    stage: Stage, window: Window, transferring: Transferring
) -> None:
    other = moves.task(2, payload=moves.payload(url=OTHER, to=""))
    stage.load([moves.task(), other], [moves.run(1), moves.run(2, of=other), moves.run(3)])
    window.page.view.selectAll()
    QTest.keySequence(window.page.view, "Ctrl+C")
    assert sorted(QGuiApplication.clipboard().text().splitlines()) == sorted([moves.URL, OTHER])


async def test_other_actions_are_left_to_others(transferring: Transferring) -> None:
    assert not transferring.show("edit", [])
