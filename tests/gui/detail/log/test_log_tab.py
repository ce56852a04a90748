from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import runs
from bgtasks_gui.gui.detail.log import log_tab
from tests.agent.support import embedded
from tests.gui.detail.log.support import printing
from tests.gui.support import looping

Shown = contextlib.AbstractAsyncContextManager[log_tab.LogTab]
Show = Callable[[runs.Run | None], Shown]


@pytest.fixture
def show(client: Client, printer: printing.Printer, qtbot: QtBot) -> Show:
    """A tab with a run, which is closed within the test: what is under way runs on its loop."""

    @contextlib.asynccontextmanager
    async def showing(run: runs.Run | None) -> AsyncIterator[log_tab.LogTab]:
        tab = log_tab.LogTab(client)
        qtbot.addWidget(tab)
        tab.resize(900, 240)
        tab.show()
        if run is not None:
            tab.show_run(printer.view(run))
        try:
            yield tab
        finally:
            tab.close()

    return showing


def text(tab: log_tab.LogTab) -> str:
    return tab.view.toPlainText()


def said(tab: log_tab.LogTab) -> list[str]:
    """All words beside the output that are seen."""
    return [one.text() for one in tab.findChildren(QLabel) if one.isVisible() and one.text()]


def tool(tab: log_tab.LogTab, name: str) -> QToolButton:
    [found] = [one for one in tab.findChildren(QToolButton) if one.accessibleName() == name]
    return found


def button(tab: log_tab.LogTab, name: str) -> QPushButton:
    [found] = [one for one in tab.findChildren(QPushButton) if one.text().strip() == name]
    return found


def field(tab: log_tab.LogTab) -> QLineEdit:
    [found] = tab.findChildren(QLineEdit)
    return found


async def test_output_and_how_the_run_stands(show: Show, printer: printing.Printer) -> None:
    run = await printer.agent.ended(await printer.begin("echo ready; exit 3"))
    async with show(run) as tab:
        await looping.until(lambda: text(tab) == "ready")
        words = said(tab)
        assert "Failed" in words
        assert any("exit status 3" in one for one in words)
        assert not any("output" in one for one in words)


@pytest.mark.parametrize(
    ("script", "state", "words"),
    [
        ("true", "completed", "This run printed nothing"),
        ("{wait}", "running", "No output yet: waiting for the program to print"),
    ],
)
async def test_why_there_is_no_output(
    show: Show, printer: printing.Printer, gate: embedded.Gate, script: str, state: str, words: str
) -> None:
    run = await printer.begin(script.format(wait=gate.wait))
    run = await printer.agent.reached(run, state)
    async with show(run) as tab:
        await looping.until(lambda: words in said(tab))
        assert not tool(tab, "Copy all").isEnabled()
        gate.open()


async def test_a_run_that_waits_says_so_and_shows_what_comes(
    show: Show, printer: printing.Printer, client: Client
) -> None:
    await client(commands.pause_everything())
    run = await printer.begin("echo ready")
    async with show(run) as tab:
        await looping.until(lambda: "No output yet: the run has not started" in said(tab))
        await client(commands.resume_everything())
        tab.show_run(printer.view(await printer.agent.ended(run)))
        await looping.until(lambda: text(tab) == "ready")
        assert not any("No output" in one for one in said(tab))


async def test_without_a_run_there_is_a_hint(show: Show, printer: printing.Printer) -> None:
    async with show(None) as tab:
        assert said(tab) == ["There is no run yet, so there is no output"]
        tab.show_run(printer.view(await printer.print(b"one\n")))
        await looping.until(lambda: text(tab) == "one")
        tab.show_run(None)
        assert (text(tab), said(tab)) == ("", ["There is no run yet, so there is no output"])


async def test_another_run_takes_the_place_of_the_first(
    show: Show, printer: printing.Printer
) -> None:
    first, second = await printer.print(printing.numbered(6000)), await printer.print(b"two\n")
    async with show(first) as tab:
        await looping.until(lambda: tab.view.has_output)
        # While the first is still on its way.
        tab.show_run(printer.view(second))
        await looping.until(lambda: text(tab) == "two")


async def test_older_output_is_loaded_on_request(show: Show, printer: printing.Printer) -> None:
    output = printing.numbered(6000)
    async with show(await printer.print(output)) as tab:
        await looping.until(lambda: text(tab).endswith("5999 of them"))
        tab.view.verticalScrollBar().setValue(0)
        load = button(tab, "Load earlier output")
        await looping.until(load.isVisible)
        before = len(text(tab))
        load.click()
        await looping.until(lambda: load.isEnabled() and len(text(tab)) > before)
        assert tab.view.verticalScrollBar().value() > 0


async def test_the_end_is_followed_until_the_person_looks_elsewhere(
    show: Show, printer: printing.Printer, gate: embedded.Gate
) -> None:
    path = printer.file(printing.numbered(200))
    run = await printer.begin(f"cat '{path}'; {gate.wait}; cat '{path}'; {gate.wait}")
    await printer.agent.reached(run, "running")
    async with show(run) as tab:
        await looping.until(lambda: text(tab).endswith("199 of them"))
        follow, bar = tool(tab, "Follow"), tab.view.verticalScrollBar()
        assert follow.isVisible()
        assert follow.isChecked()
        bar.setValue(3)
        assert not follow.isChecked()
        assert button(tab, "Jump to end").isVisible()
        gate.open()
        await looping.until(lambda: tab.view.blockCount() == 400)
        assert bar.value() == 3
        follow.click()
        assert bar.value() == bar.maximum()
        assert not button(tab, "Jump to end").isVisible()
        follow.click()
        assert not tab.view.is_at_end
        gate.open()


async def test_a_search_takes_in_everything_that_is_kept(
    show: Show, printer: printing.Printer, qtbot: QtBot
) -> None:
    async with show(await printer.print(printing.numbered(6000))) as tab:
        await looping.until(lambda: text(tab).endswith("5999 of them"))
        qtbot.keyClick(tab.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        field(tab).setText("00000")
        qtbot.keyClick(field(tab), Qt.Key.Key_Return)
        assert "Searching…" in said(tab)
        await looping.until(lambda: "100 of 100" in said(tab))
        qtbot.keyClick(field(tab), Qt.Key.Key_Return)
        assert "1 of 100" in said(tab)
        qtbot.keyClick(field(tab), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert "100 of 100" in said(tab)
        assert tab.view.textCursor().block().text().startswith("0000099")
        field(tab).setText("nowhere")
        await looping.until(lambda: "No hit" in said(tab))
        qtbot.keyClick(field(tab), Qt.Key.Key_Escape)
        await looping.until(lambda: not tab.search.is_on)
        assert not any("hit" in one for one in said(tab))


async def test_a_search_goes_on_in_another_run(show: Show, printer: printing.Printer) -> None:
    first, second = await printer.print(b"hit\n"), await printer.print(b"hit\nhit\n")
    async with show(first) as tab:
        field(tab).setText("hit")
        await looping.until(lambda: "1 of 1" in said(tab))
        tab.show_run(printer.view(second))
        await looping.until(lambda: "1 of 2" in said(tab))


async def test_everything_is_copied(show: Show, printer: printing.Printer) -> None:
    output = printing.numbered(6000)
    async with show(await printer.print(output)) as tab:
        await looping.until(lambda: tool(tab, "Copy all").isEnabled())
        tool(tab, "Copy all").click()
        await looping.until(lambda: "Copied" in said(tab))
        assert QGuiApplication.clipboard().text() == output.decode()


async def test_everything_is_saved_where_the_person_says(
    show: Show, printer: printing.Printer, tmp_path: Path
) -> None:
    output = printing.numbered(6000)
    async with show(await printer.print(output)) as tab:
        await looping.until(lambda: tool(tab, "Save as…").isEnabled())
        tool(tab, "Save as…").click()
        [dialog] = tab.findChildren(QFileDialog)
        assert dialog.isVisible()
        dialog.fileSelected.emit(str(tmp_path / "kept.log"))
        dialog.reject()
        await looping.until(lambda: "Saved as kept.log" in said(tab))
        assert (tmp_path / "kept.log").read_bytes() == output
        tool(tab, "Save as…").click()
        [dialog] = [one for one in tab.findChildren(QFileDialog) if one.isVisible()]
        assert dialog.directory().absolutePath() == str(tmp_path)
        dialog.fileSelected.emit(str(tmp_path / "no" / "kept.log"))
        dialog.reject()
        await looping.until(lambda: "Not saved: No such file or directory" in said(tab))


async def test_a_lost_agent_is_said_and_the_output_goes_on(
    show: Show, printer: printing.Printer, way: printing.Way, gate: embedded.Gate
) -> None:
    run = await printer.begin(f"echo one; {gate.wait}; echo two")
    await printer.agent.printed(run, "one")
    async with show(run) as tab:
        await looping.until(lambda: text(tab) == "one")
        # Heard in between: the question that waits for more, and its first repetition.
        way.cut_after, way.cut_before = 1, 1
        gate.open()
        await looping.until(lambda: any("does not answer" in one for one in said(tab)))
        await looping.until(lambda: text(tab) == "one\ntwo")
        await looping.until(lambda: not any("does not answer" in one for one in said(tab)))


async def test_nothing_is_read_for_a_tab_that_nobody_sees(
    show: Show, printer: printing.Printer, way: printing.Way
) -> None:
    run = await printer.print(b"one\n")
    async with show(None) as tab:
        tab.hide()
        asked = len(way.asked)
        tab.show_run(printer.view(run))
        for _ in range(20):
            await looping.asyncio.sleep(0)
        assert len(way.asked) == asked
        tab.show()
        await looping.until(lambda: text(tab) == "one")


async def test_long_lines_break_on_request(show: Show, printer: printing.Printer) -> None:
    async with show(await printer.print(b"word " * 1000 + b"\n")) as tab:
        await looping.until(lambda: tab.view.has_output)
        bar = tab.view.horizontalScrollBar()
        await looping.until(lambda: bar.maximum() > 0)
        tool(tab, "Wrap long lines").click()
        await looping.until(lambda: bar.maximum() == 0)
