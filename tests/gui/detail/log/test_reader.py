from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterator

import pytest

from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, runs
from bgtasks_gui.gui.detail.log import reader
from tests.agent.support import embedded
from tests.gui.detail.log.support import printing

HEAD = 256 * 1024


def at_once() -> Iterator[float]:
    return itertools.repeat(0.0)


def open_reader(client: Client, run: runs.Run, **more: object) -> reader.LogReader:
    return reader.LogReader(
        client, run.id, delays=at_once, sleep=lambda _: asyncio.sleep(0), **more
    )


async def read_back(log: reader.LogReader) -> list[reader.Part]:
    """All parts, the oldest first."""
    parts = [await log.open()]
    while (part := await log.earlier()) is not None:
        parts.insert(0, part)
    return parts


def joined(parts: list[reader.Part]) -> bytes:
    return "".join(part.text for part in parts).encode()


async def test_a_short_log_comes_whole(client: Client, printer: printing.Printer) -> None:
    run = await printer.print(b"one\ntwo\n")
    log = open_reader(client, run)
    assert await log.open() == reader.Part("one\ntwo\n", 0, 8, is_last=True)
    assert not log.has_earlier
    assert await log.earlier() is None


async def test_a_log_of_nothing(client: Client, printer: printing.Printer) -> None:
    run = await printer.print(b"")
    log = open_reader(client, run)
    assert await log.open() == reader.Part("", 0, 0, is_last=True)
    assert await log.earlier() is None


async def test_the_newest_comes_first_and_the_rest_when_it_is_asked_for(
    client: Client, printer: printing.Printer
) -> None:
    output = printing.numbered(12_000)
    log = open_reader(client, await printer.print(output))
    newest = await log.open()
    assert reader.STEP - 100 < len(newest.text.encode()) <= reader.STEP
    assert log.has_earlier
    parts = [newest]
    while (part := await log.earlier()) is not None:
        assert len(part.text.encode()) <= reader.STEP + 100
        parts.insert(0, part)
    # Each begins with a line of its own.
    assert all(part.text[:7].isdigit() for part in parts)
    assert joined(parts) == output
    assert not log.has_earlier


async def test_a_part_that_begins_with_a_line_by_itself_loses_none(
    client: Client, printer: printing.Printer
) -> None:
    line = b"x" * 63 + b"\n"
    log = open_reader(client, await printer.print(line * (3 * reader.STEP // 64)))
    assert (await log.open()).text.encode() == line * (reader.STEP // 64)


async def test_of_a_huge_log_the_ends_are_read_and_the_gap_is_told(
    client: Client, printer: printing.Printer, way: printing.Way
) -> None:
    output = b"x" * 63 + b"\n"
    count = 100 * 1024 * 1024 // 64
    run = await printer.agent.ended(await printer.begin(f"yes {'x' * 63} | head -n {count}"))
    log = open_reader(client, run)
    newest = await log.open()
    assert newest.end == 100 * 1024 * 1024
    assert way.received < 2 * reader.STEP
    parts = [newest]
    while (part := await log.earlier()) is not None:
        parts.insert(0, part)
    head = [part for part in parts if part.end <= HEAD]
    tail = parts[len(head) :]
    [gap] = [part.gap for part in parts if part.gap]
    assert head[-1].gap == gap == tail[0].start - HEAD
    assert joined(head) == output * (HEAD // 64)
    assert len(joined(tail)) == newest.end - tail[0].start
    assert way.received < 2 * 1024 * 1024


async def test_a_line_without_end_is_shown_all_the_same(
    client: Client, printer: printing.Printer
) -> None:
    output = b"z" * (3 * reader.STEP)
    parts = await read_back(open_reader(client, await printer.print(output)))
    assert joined(parts) == output
    assert len(parts) > 1


@pytest.mark.parametrize("shift", range(5))
async def test_no_character_is_cut_in_two(
    client: Client, printer: printing.Printer, shift: int
) -> None:
    output = b"a" * shift + "😀é".encode() * (reader.STEP // 3)
    parts = await read_back(open_reader(client, await printer.print(output)))
    assert joined(parts) == output


async def test_what_is_no_text_is_replaced_and_nothing_more(
    client: Client, printer: printing.Printer
) -> None:
    output = (b"\xff\xe2\x82A\n" * (3 * reader.STEP // 5))[: 2 * reader.STEP + 3]
    parts = await read_back(open_reader(client, await printer.print(output)))
    shown = "".join(part.text for part in parts)
    assert shown == output.decode("utf-8", "replace")


async def test_output_is_followed_to_the_end(
    client: Client, printer: printing.Printer, gate: embedded.Gate
) -> None:
    first, second = printing.numbered(10), printing.numbered(3000, start=10)
    run = await printer.begin(
        f"cat '{printer.file(first)}'; {gate.wait}; cat '{printer.file(second)}'; {gate.wait}"
    )
    await printer.agent.printed(run, first.decode())
    log = open_reader(client, run)
    parts = [await log.open()]
    assert (joined(parts), parts[0].is_last) == (first, False)
    gate.open()
    async with contextlib.aclosing(log.follow()) as following:
        async for part in following:
            parts.append(part)
            if part.end == len(first + second):
                gate.open()
    assert joined(parts) == first + second
    assert [part.is_last for part in parts].index(True) == len(parts) - 1
    ends = [0, *(part.end for part in parts)]
    assert [part.start for part in parts] == ends[:-1]


async def test_a_run_that_waits_to_start_says_that_nothing_follows_for_now(
    client: Client, printer: printing.Printer
) -> None:
    task = await printer.agent.add("later", "echo ready")
    agent = printer.agent
    await client(commands.pause_everything())
    run = await agent.run(task)
    log = open_reader(client, run)
    assert await log.open() == reader.Part("", 0, 0, is_last=True)
    await client(commands.resume_everything())
    await agent.ended(run)
    assert [part.text async for part in log.follow()] == ["ready\n"]


async def test_a_loss_of_the_agent_is_waited_out(
    client: Client, printer: printing.Printer, way: printing.Way, gate: embedded.Gate
) -> None:
    first, second = printing.numbered(4000), printing.numbered(4000, start=4000)
    run = await printer.begin(
        f"cat '{printer.file(first)}'; {gate.wait}; cat '{printer.file(second)}'"
    )
    await printer.agent.printed(run, first.decode()[-20:])
    told: list[bool] = []
    log = open_reader(client, run, on_reached=told.append)
    way.cut_before, way.cut_after = 2, 1
    parts = [await log.open()]
    assert told == [False, True]
    way.cut_after = 1
    older = await log.earlier()
    assert older is not None
    gate.open()
    way.cut_before = 3
    async for part in log.follow():
        parts.append(part)
        way.cut_after = 1
        if part.is_last:
            break
    assert told == [False, True] * (len(told) // 2)
    assert joined([older, *parts]) == first + second


async def test_an_agent_that_is_no_longer_there_is_asked_again_and_again(
    client: Client, printer: printing.Printer, way: printing.Way
) -> None:
    run = await printer.print(b"text\n")
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 6:
            way.cut_before = 0

    way.cut_before = 1000
    part = await reader.LogReader(client, run.id, sleep=sleep).open()
    assert part.text == "text\n"
    assert waited == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0]


async def test_another_error_is_not_waited_out(client: Client) -> None:
    log = reader.LogReader(client, "019a8f3c-0000-7000-8000-00000000000a")
    with pytest.raises(errors.NotFound):
        await log.open()
