from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from bgtasks_gui.worker import cancellation, channel


class Ends:
    def __init__(self) -> None:
        self.other, self.ours = socket.socketpair()
        self.cancellation = cancellation.Cancellation(channel.Channel(self.ours))


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.other.close()
    made.ours.close()
    for fd in made.cancellation._pipe or ():
        os.close(fd)


def test_a_message_cancels_with_its_reason(ends: Ends) -> None:
    assert not ends.cancellation.is_set
    assert ends.cancellation.reason is None
    ends.other.sendall(b'{"other": 1}\n{"canceled": {"code": "time_limit"}}\n')
    assert ends.cancellation.reason == {"code": "time_limit"}
    assert ends.cancellation.is_set
    assert ends.cancellation.wait(0)


def test_a_signal_cancels_without_one(ends: Ends) -> None:
    ends.cancellation.set()
    assert ends.cancellation.is_set
    assert ends.cancellation.reason is None
    assert ends.cancellation.wait(None)


def test_waiting_ends_in_time(ends: Ends) -> None:
    assert not ends.cancellation.wait(0)
    assert not ends.cancellation.wait(0.01)


@pytest.mark.parametrize("how", ["message", "signal"])
def test_all_threads_that_wait_are_woken(ends: Ends, how: str) -> None:
    woken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: woken.append(ends.cancellation.wait(20))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    if how == "message":
        ends.other.sendall(b'{"canceled": {}}\n')
    else:
        ends.cancellation.set()
    for thread in threads:
        thread.join()
    assert woken == [True] * 5


def test_a_supervisor_that_is_gone_does_not_make_waiting_busy(ends: Ends) -> None:
    ends.other.close()
    used = os.times().user
    assert not ends.cancellation.wait(0.2)
    assert os.times().user - used < 0.1
