"""The stream over a real socket: hello, resume, resync, a reader that stands still, the end."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from bgtasks_gui.agent.api import feed
from bgtasks_gui.core import events
from tests.agent.api.fakes import scripted
from tests.fakes import samples


def warned(word: str) -> events.RunWarned:
    return events.RunWarned(at=samples.NOW, run=samples.a_run(), warning=word)


async def test_says_hello_then_what_happens(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    answer = await talker.listen()
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
    hello = await talker.event()
    assert (hello.type, hello.seq) == ("hello", served.app.seq)
    served.bus.publish(warned("a"))
    event = await talker.event()
    assert (event.seq, event.type, event.warning) == (hello.seq + 1, "run_warned", "a")


async def test_resumes_in_the_middle_of_a_burst(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    await talker.listen()
    await talker.event()
    heard: list[str | None] = []

    async def burst() -> None:
        for number in range(3000):
            served.bus.publish(warned(str(number)))
            if number % 10 == 0:
                await asyncio.sleep(0)

    going = asyncio.create_task(burst())
    last = 0
    for _ in range(5):
        for _ in range(150):
            event = await talker.event()
            heard.append(event.warning)
            last = event.seq
        # Cut off in the middle of what was sent, and back with the last number that was read.
        await talker.close()
        talker = await served.talk()
        await talker.listen(headers=(("Last-Event-ID", str(last)),))
        assert (await talker.event()).type == "hello"
    while len(heard) < 3000:
        heard.append((await talker.event()).warning)
    await going
    await talker.close()
    assert heard == [str(number) for number in range(3000)]


async def test_address_says_where_to_go_on_and_the_header_wins(
    served: scripted.Served, talker: scripted.Talker
) -> None:
    first = served.app.seq
    for word in "abc":
        served.bus.publish(warned(word))
    await talker.listen(f"/v1/events?after={first + 1}")
    assert [(await talker.event()).warning for _ in range(3)] == [None, "b", "c"]
    other = await served.talk()
    await other.listen(f"/v1/events?after={first}", (("Last-Event-ID", str(first + 2)),))
    assert [(await other.event()).warning for _ in range(2)] == [None, "c"]
    await other.close()


@pytest.mark.parametrize("known", ["17", "x", "", "9" * 40])
async def test_unknown_number_gives_a_resync(
    served: scripted.Served, talker: scripted.Talker, known: str
) -> None:
    await talker.listen(headers=(("Last-Event-ID", known),))
    types = [(await talker.event()).type for _ in range(2)]
    assert types == ["hello", "resync"]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/v1/events?after=x", 422),
        ("GET", "/v1/events?before=1", 422),
        ("POST", "/v1/events", 405),
    ],
)
async def test_bad_request_is_told(
    talker: scripted.Talker, method: str, target: str, status: int
) -> None:
    answer = await talker.ask(method, target)
    assert answer.status == status
    assert answer.error["message"]


async def test_a_reader_that_stands_still_costs_no_memory_and_is_told_to_read_anew(
    monkeypatch: pytest.MonkeyPatch, served: scripted.Served, talker: scripted.Talker
) -> None:
    monkeypatch.setattr(feed, "KEPT_EVENTS", 500)
    monkeypatch.setattr(feed, "GATHER_S", 0.0)
    quick = await served.talk()
    await talker.listen()
    await quick.listen()
    await quick.event()
    word = "x" * 4000
    tracemalloc.start()
    try:
        for number in range(3000):
            served.bus.publish(warned(f"{number} {word}"))
            assert (await quick.event()).warning is not None
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # Of some 13 MB: the ring, one portion, and what the sockets' buffers hold.
    assert grown < 5_000_000
    types = []
    while "resync" not in types:
        types.append((await talker.event()).type)
    assert set(types) == {"hello", "run_warned", "resync"}
    served.bus.publish(warned("after"))
    while (event := await talker.event()).warning != "after":
        assert event.type == "run_warned"
    await quick.close()


async def test_a_reader_that_leaves_is_let_go(
    monkeypatch: pytest.MonkeyPatch, served: scripted.Served, talker: scripted.Talker
) -> None:
    left = asyncio.Event()
    monkeypatch.setattr(feed.Feed, "leave", lambda source, reader: left.set())
    await talker.listen()
    await talker.event()
    assert not left.is_set()
    await talker.close()
    async with asyncio.timeout(scripted.PATIENCE_S):
        await left.wait()


async def test_the_end_is_clean(served: scripted.Served, talker: scripted.Talker) -> None:
    await talker.listen()
    await talker.event()
    served.bus.publish(warned("last words"))
    await served.server.stop()
    assert (await talker.event()).warning == "last words"
    assert await talker.frame() == b""
