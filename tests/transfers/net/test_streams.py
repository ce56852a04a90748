"""Buffers of a thread, and reading as httpcore does it."""

from __future__ import annotations

import threading

from bgtasks_gui.transfers.net import streams
from tests.transfers.net import pairs


def test_every_thread_has_a_buffer_of_its_own() -> None:
    found: list[memoryview] = []
    thread = threading.Thread(target=lambda: found.append(streams.shared_buffer()))
    thread.start()
    thread.join()
    assert len(found[0]) == streams.READ_SIZE
    assert found[0].obj is not streams.shared_buffer().obj
    assert streams.shared_buffer().obj is streams.shared_buffer().obj


async def test_what_is_read_stays_as_it_is_when_the_buffer_is_used_again() -> None:
    async with pairs.connected() as (stream, other):
        other.send(b"first")
        first = await stream.read(100, 5.0)
        other.send(b"other")
        assert await stream.read(100, 5.0) == b"other"
        assert first == b"first"


async def test_no_more_is_read_than_was_asked_for() -> None:
    async with pairs.connected() as (stream, other):
        other.send(b"0123456789")
        assert await stream.read(4, 5.0) == b"0123"
        assert await stream.read(100, 5.0) == b"456789"


def test_errors_name_whom_they_are_about() -> None:
    for error in (streams.Unreached("example.org", 80), streams.NotInTime("example.org", 80)):
        assert (error.host, error.port, str(error)) == ("example.org", 80, "example.org")
