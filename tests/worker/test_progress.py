from __future__ import annotations

import math
import threading

import pytest

from bgtasks_gui.worker import progress


class Sent:
    """Keeps what is sent, and says how often it went without waiting."""

    def __init__(self) -> None:
        self.messages: list[object] = []
        self.is_busy = False
        self.came = threading.Event()

    def send(self, message: object) -> None:
        self.messages.append(message)
        self.came.set()

    def try_send(self, message: object) -> bool:
        if not self.is_busy:
            self.send(message)
        return not self.is_busy


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def numbered(done: int) -> dict[str, object]:
    return progress.message_of(done, None, None, None)


def test_any_unsigned_numbers() -> None:
    assert progress.message_of(1.5, 3, "files", "copying") == {
        "type": "progress",
        "done": 1.5,
        "total": 3,
        "unit": "files",
        "message": "copying",
    }
    assert progress.message_of(10**30, 5, None, None)["done"] == 10**30
    assert len(str(progress.message_of(0, 0, "u" * 9999, "m" * 9999)["message"])) == 1000


@pytest.mark.parametrize("wrong", [-1, -0.5, math.nan, math.inf])
def test_negative_numbers_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=f"^progress: done must be zero or more, not {wrong}$"):
        progress.message_of(wrong, 1, None, None)
    with pytest.raises(ValueError, match="total must be zero or more"):
        progress.message_of(1, wrong, None, None)


@pytest.mark.parametrize("wrong", ["5", True, None])
def test_what_is_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(TypeError, match=r"^progress: done must be a number, not "):
        progress.message_of(wrong, 1, None, None)


class TestSender:
    def test_first_goes_at_once_and_last_is_never_lost(self) -> None:
        sent, clock = Sent(), Clock()
        sender = progress.ProgressSender(sent, clock)
        for done in range(1000):
            sender.report(numbered(done))
        assert sent.messages[0] == numbered(0)
        sender.close()
        assert sent.messages == [numbered(0), numbered(999)]
        sender.report(numbered(1000))
        assert len(sent.messages) == 2

    def test_with_time_between_each_goes_at_once(self) -> None:
        sent, clock = Sent(), Clock()
        sender = progress.ProgressSender(sent, clock)
        for done in range(5):
            sender.report(numbered(done))
            clock.now += progress.INTERVAL_S
        assert sent.messages == [numbered(done) for done in range(5)]
        assert sender._thread is None

    def test_a_busy_channel_does_not_hold_the_program_up(self) -> None:
        sent, clock = Sent(), Clock()
        sent.is_busy = True
        sender = progress.ProgressSender(sent, clock)
        sender.report(numbered(1))
        # The thread waits for it, which is due at once.
        assert sent.came.wait(10)
        assert sent.messages == [numbered(1)]
        sender.close()

    def test_what_waits_goes_when_it_is_due(self) -> None:
        sent = Sent()
        sender = progress.ProgressSender(sent)
        sender.report(numbered(1))
        sent.came.clear()
        sender.report(numbered(2))
        assert sent.came.wait(10)
        assert sent.messages == [numbered(1), numbered(2)]
        sender.close()
