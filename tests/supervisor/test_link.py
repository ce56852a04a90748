from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator

import pytest

from bgtasks_gui.supervisor import link, loop
from bgtasks_gui.worker import lines


class Ends:
    """A link, and the other end of it."""

    def __init__(self) -> None:
        self.on = loop.Loop()
        ours, self.other = socket.socketpair()
        self.other.settimeout(5)
        self.received: list[bytes] = []
        self.closed: list[link.Link] = []
        self.link = link.Link(
            self.on, ours, 1000, lambda _, line: self.received.append(line), self.closed.append
        )

    def read(self) -> list[dict[str, object] | None]:
        """What has come to the other end so far."""
        self.other.setblocking(False)
        content = b""
        try:
            while chunk := self.other.recv(1 << 20):
                content += chunk
        except BlockingIOError:
            pass
        return [lines.decode(line) for line in content.splitlines()]


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.link.close()
    made.other.close()


def test_lines_come_whole_however_they_were_cut(ends: Ends) -> None:
    for piece in (b"on", b"e\ntw", b"o\n\nthree\n", b"x" * 2000 + b"\nfour\n"):
        ends.other.sendall(piece)
        ends.on.step()
    assert ends.received == [b"one", b"two", b"", b"three", b"", b"four"]


def test_end_of_the_other_side_closes_it_once(ends: Ends) -> None:
    ends.other.sendall(b"last\n")
    ends.other.close()
    while ends.link.is_open:
        ends.on.step()
    ends.link.close()
    assert ends.received == [b"last"]
    assert ends.closed == [ends.link]
    ends.link.send({"nobody": "hears"})
    ends.link.read(100)


def test_what_cannot_go_waits(ends: Ends) -> None:
    drained: list[int] = []
    count = 0
    ends.link.on_drained = lambda: drained.append(count)
    while not ends.link.backlog:
        ends.link.send({"text": "x" * 50_000})
        count += 1
    got: list[dict[str, object] | None] = []
    content = b""
    while content.count(b"\n") < count:
        content += ends.other.recv(1 << 20)
        ends.on.after(0, lambda: None)
        ends.on.step()
    got = [lines.decode(line) for line in content.splitlines()]
    assert got == [{"text": "x" * 50_000}] * count
    assert ends.link.backlog == 0
    assert drained == [count]


def test_writing_to_nobody_closes_it(ends: Ends) -> None:
    ends.other.close()
    ends.link.send({"a": 1})
    assert not ends.link.is_open


class Subject:
    """Something that has as many events as it was told to have."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def take_events(self) -> Iterable[dict[str, object]]:
        count, self.count = self.count, 0
        if count:
            yield {"name": self.name, "count": count}


class TestOutbox:
    @pytest.fixture
    def outbox(self, ends: Ends) -> link.Outbox:
        outbox = link.Outbox(ends.on)
        outbox.connect(ends.link)
        return outbox

    def touch(self, outbox: link.Outbox, subject: Subject, **how: bool) -> None:
        subject.count += 1
        outbox.touch(subject, **how)

    def test_first_news_goes_at_once_then_gathers(self, ends: Ends, outbox: link.Outbox) -> None:
        subject = Subject("s")
        self.touch(outbox, subject)
        ends.on.step()
        assert ends.read() == [{"name": "s", "count": 1}]
        for _ in range(3):
            self.touch(outbox, subject)
        ends.on.step()
        assert ends.read() == [{"name": "s", "count": 3}]

    def test_urgent_news_does_not_wait(self, ends: Ends, outbox: link.Outbox) -> None:
        subject = Subject("s")
        self.touch(outbox, subject, is_urgent=True)
        assert ends.read() == [{"name": "s", "count": 1}]

    def test_nobody_is_told_what_was_before_or_without_an_agent(
        self, ends: Ends, outbox: link.Outbox
    ) -> None:
        subject = Subject("s")
        self.touch(outbox, subject)
        outbox.connect(None)
        self.touch(outbox, subject, is_urgent=True)
        outbox.connect(ends.link)
        ends.on.step()
        assert ends.read() == []

    def test_a_slow_agent_costs_no_memory(self, ends: Ends, outbox: link.Outbox) -> None:
        while ends.link.backlog <= link.FULL:
            ends.link.send({"text": "x" * 50_000})
        full = ends.link.backlog
        subjects = [Subject(str(number)) for number in range(5)]
        for _ in range(1000):
            for subject in subjects:
                self.touch(outbox, subject, is_urgent=True)
        assert ends.link.backlog == full
        told: list[dict[str, object] | None] = []
        rest = b""
        while len(told) < 5:
            rest += ends.other.recv(1 << 20)
            *whole, rest = rest.split(b"\n")
            told += [lines.decode(line) for line in whole if b"name" in line]
            ends.on.after(0, lambda: None)
            ends.on.step()
        assert told == [{"name": str(number), "count": 1000} for number in range(5)]
