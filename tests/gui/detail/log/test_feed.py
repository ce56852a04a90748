from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import durations, runs
from bgtasks_gui.gui.detail.log import feed, log_view, reader
from bgtasks_gui.gui.style import theme
from tests.agent.support import embedded
from tests.fakes import samples
from tests.gui.detail.log.support import printing
from tests.gui.support import looping

Tell = Callable[[], None]
Show = Callable[..., contextlib.AbstractAsyncContextManager[feed.Feed]]


@pytest.fixture
def view(qtbot: QtBot, dressed: theme.Theme) -> log_view.LogView:
    one = log_view.LogView()
    qtbot.addWidget(one)
    one.resize(600, 200)
    one.show()
    return one


@pytest.fixture
def looked_at() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@pytest.fixture
def show(
    view: log_view.LogView, client: Client, printer: printing.Printer, looked_at: asyncio.Event
) -> Show:
    """Shows a run, and ends that within the test: what is under way runs on its loop."""

    @contextlib.asynccontextmanager
    async def showing(run: runs.Run, tell: Tell = lambda: None) -> AsyncIterator[feed.Feed]:
        one = feed.Feed(client, printer.view(run), view, looked_at, tell)
        going = asyncio.create_task(one.go_on())
        try:
            yield one
        finally:
            going.cancel()
            [end] = await asyncio.gather(going, return_exceptions=True)
            one.leave()
        assert end is None or isinstance(end, asyncio.CancelledError)

    return showing


def text(view: log_view.LogView) -> str:
    return view.toPlainText()


async def test_a_run_that_has_ended_is_shown_whole(
    show: Show, printer: printing.Printer, view: log_view.LogView
) -> None:
    async with show(await printer.print(b"one\n\x1b[31mtwo\x1b[m\n")) as shown:
        await looping.until(lambda: shown.is_loaded)
        assert text(view) == "one\ntwo"
        assert (shown.extent, shown.lost, shown.trouble) == ("", 0, "")


async def test_the_end_first_and_older_output_on_request(
    show: Show, printer: printing.Printer, view: log_view.LogView
) -> None:
    output = printing.numbered(8000)
    async with show(await printer.print(output)) as shown:
        await looping.until(lambda: shown.is_loaded)
        whole = durations.say_size(len(output))
        assert shown.extent == f"The last 128 KiB of {whole}"
        assert text(view).endswith("line number 7999 of them")
        assert not text(view).startswith("0000000")
        assert await shown.load_earlier()
        await shown.load_all()
        assert text(view) == output.decode().removesuffix("\n")
        assert shown.extent == ""
        assert not await shown.load_earlier()


async def test_all_of_it_may_be_asked_for_before_anything_was_read(
    show: Show, printer: printing.Printer, view: log_view.LogView
) -> None:
    output = printing.numbered(8000)
    async with show(await printer.print(output)) as shown:
        await shown.load_all()
        assert text(view) == output.decode().removesuffix("\n")


async def test_what_is_not_kept_is_told_between_the_ends(
    show: Show, printer: printing.Printer, view: log_view.LogView
) -> None:
    lines = 3 * 1024 * 1024 // 64
    run = await printer.agent.ended(await printer.begin(f"yes {'x' * 63} | head -n {lines}"))
    async with show(run) as shown:
        await looping.until(lambda: shown.is_loaded)
        await shown.load_all()
        found = text(view).split("\n")
        [place] = [number for number, line in enumerate(found) if "not kept" in line]
        # Head and tail as the agent keeps them: 256 KiB, and three more at the end.
        assert found[place] == "2 MiB of output are not kept"
        assert found[:place] == ["x" * 63] * (256 * 1024 // 64)
        assert found[place + 1 :] == ["x" * 63] * (768 * 1024 // 64)


async def test_lines_come_as_they_are_printed(
    show: Show, printer: printing.Printer, view: log_view.LogView, gate: embedded.Gate
) -> None:
    run = await printer.begin(
        f"printf 'one\\nhalf'; {gate.wait}; printf ' a line\\r'; {gate.wait}; echo done"
    )
    async with show(run):
        await looping.until(lambda: text(view) == "one\nhalf")
        gate.open()
        await looping.until(lambda: text(view) == "one\nhalf a line")
        gate.open()
        await looping.until(lambda: text(view) == "one\ndone")


async def test_a_run_that_starts_later_is_followed_once_it_does(
    show: Show, printer: printing.Printer, view: log_view.LogView, client: Client
) -> None:
    await client(commands.pause_everything())
    run = await printer.begin("echo ready")
    async with show(run) as shown:
        await looping.until(lambda: shown.is_loaded)
        await client(commands.resume_everything())
        shown.take(printer.view(await printer.agent.ended(run)))
        await looping.until(lambda: text(view) == "ready")


async def test_nothing_is_read_while_nobody_looks(
    show: Show,
    printer: printing.Printer,
    view: log_view.LogView,
    looked_at: asyncio.Event,
    way: printing.Way,
) -> None:
    run = await printer.print(b"one\n")
    looked_at.clear()
    asked = len(way.asked)
    async with show(run):
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(way.asked) == asked
        looked_at.set()
        await looping.until(lambda: text(view) == "one")


async def test_the_end_of_one_endless_line_is_shown_all_the_same(
    show: Show, printer: printing.Printer, view: log_view.LogView
) -> None:
    async with show(await printer.print(b"z" * (2 * reader.STEP) + b"\n")) as shown:
        await looping.until(lambda: view.has_output and not shown.is_loading_earlier)
        shown_text = text(view).replace("\n", "")
        assert len(shown_text) >= reader.STEP
        assert set(shown_text) == {"z"}


async def test_a_run_that_is_not_there_says_so(show: Show, printer: printing.Printer) -> None:
    run = await printer.print(b"one\n")
    async with show(msgspec.structs.replace(run, id=samples.an_id(7))) as shown:
        await looping.until(lambda: shown.trouble)
        assert "There is no run" in shown.trouble
        await shown.load_all()


async def test_a_lost_agent_is_told_and_waited_for(
    show: Show, printer: printing.Printer, view: log_view.LogView, way: printing.Way
) -> None:
    way.cut_before = 1
    told: list[bool] = []
    run = await printer.print(b"one\n")
    async with show(run, lambda: told.append(shown.is_reached)) as shown:
        await looping.until(lambda: shown.is_loaded)
        assert told[0] is False
        assert shown.is_reached
        assert text(view) == "one"


async def test_of_what_is_too_much_to_show_the_agent_is_not_asked_again(
    show: Show,
    printer: printing.Printer,
    view: log_view.LogView,
    monkeypatch: pytest.MonkeyPatch,
    gate: embedded.Gate,
) -> None:
    monkeypatch.setattr(log_view, "MOST_CHARACTERS", 100_000)
    path = printer.file(printing.numbered(6000))
    run = await printer.begin(f"head -n 10 '{path}'; {gate.wait}; cat '{path}'; echo end")
    async with show(run) as shown:
        await looping.until(lambda: shown.is_loaded)
        assert shown.extent == ""
        gate.open()
        await looping.until(lambda: text(view).endswith("\nend"))
        assert view.document().characterCount() <= 100_000
        assert shown.extent.startswith("The last ")


def test_the_words_of_a_gap() -> None:
    assert feed.gap_words(103_704_166) == "98.9 MiB of output are not kept"
    assert feed.gap_words(1) == "1 byte of output is not kept"
