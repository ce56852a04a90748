from __future__ import annotations

import threading

import pytest

from bgtasks_gui.worker import deferrals


class Sent:
    def __init__(self) -> None:
        self.messages: list[dict[str, object]] = []

    def send(self, message: dict[str, object]) -> None:
        self.messages.append(message)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def opened(sent: Sent) -> deferrals.Deferrals:
    return deferrals.Deferrals(sent)


def test_each_change_is_told(sent: Sent, opened: deferrals.Deferrals) -> None:
    with opened.open(30):
        second = opened.open(None)
        third = opened.open(5)
        second.complete()
        second.complete()
    third.complete()
    told = [(message["open"], message["seconds"]) for message in sent.messages]
    assert told == [(1, 30), (2, 30), (3, 30), (2, 30), (1, 5), (0, None)]
    assert {message["type"] for message in sent.messages} == {"deferral"}


def test_one_is_completed_when_its_block_fails(opened: deferrals.Deferrals) -> None:
    with pytest.raises(KeyError), opened.open(None):
        raise KeyError
    opened.wait()


def test_waiting_ends_when_another_thread_completes_the_last(opened: deferrals.Deferrals) -> None:
    opened.wait()
    open_ones = [opened.open(None) for _ in range(3)]
    waiter = threading.Thread(target=opened.wait)
    waiter.start()
    for each in open_ones:
        assert waiter.is_alive()
        threading.Thread(target=each.complete).start()
    waiter.join(20)
    assert not waiter.is_alive()


def test_negative_seconds_are_refused(sent: Sent, opened: deferrals.Deferrals) -> None:
    with pytest.raises(ValueError, match=r"^deferral: seconds must be zero or more, not -1$"):
        opened.open(-1)
    assert sent.messages == []
