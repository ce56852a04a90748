from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from bgtasks_gui.worker import channel, lines


class Ends:
    def __init__(self) -> None:
        self.other, ours = socket.socketpair()
        self.other.settimeout(5)
        self.ours = ours
        self.channel = channel.Channel(ours)

    def read(self) -> list[dict[str, object] | None]:
        content = b""
        while not content.endswith(b"\n"):
            content += self.other.recv(1 << 20)
        return [lines.decode(line) for line in content.splitlines()]


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.other.close()
    made.ours.close()


def test_messages_go_both_ways(ends: Ends) -> None:
    ends.channel.send({"a": 1})
    assert ends.channel.try_send({"b": 2})
    assert ends.read() == [{"a": 1}, {"b": 2}]
    assert ends.channel.receive() == []
    ends.other.sendall(b'{"c": 3}\nnonsense\n{"d": 4}\n{"e"')
    assert ends.channel.receive() == [{"c": 3}, {"d": 4}]
    ends.other.sendall(b": 5}\n")
    assert ends.channel.receive() == [{"e": 5}]
    assert not ends.channel.is_silent


def test_a_busy_supervisor_makes_try_send_give_up(ends: Ends) -> None:
    sent = 0
    while ends.channel.try_send({"text": "x" * 500}):
        sent += 1
    assert sent > 10
    reader = threading.Thread(target=ends.channel.send, args=({"last": True},))
    reader.start()
    assert not ends.channel.try_send({"text": "x"})
    seen: list[dict[str, object] | None] = []
    while not seen or seen[-1] != {"last": True}:
        seen += ends.read()
    reader.join()
    assert len(seen) == sent + 1


def test_a_supervisor_that_is_gone_harms_nothing(ends: Ends) -> None:
    ends.other.close()
    ends.channel.send({"a": 1})
    assert ends.channel.is_silent
    assert ends.channel.try_send({"a": 1})
    assert ends.channel.receive() == []
    assert ends.channel.wait_for_message() is None


def test_waiting_for_the_first_message(ends: Ends) -> None:
    ends.other.sendall(b'nonsense\n{"run": "r"}\n')
    assert ends.channel.wait_for_message() == {"run": "r"}


def test_a_lock_held_elsewhere_does_not_outlive_a_fork(ends: Ends) -> None:
    with ends.channel._sending:
        pid = os.fork()
        if pid == 0:
            ends.channel.send({"from": "the fork"})
            os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert ends.read() == [{"from": "the fork"}]
