from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

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


# The file beside the message


def with_note(ends: Ends, note: Path) -> cancellation.Cancellation:
    return cancellation.Cancellation(channel.Channel(ends.ours), str(note))


def test_without_a_message_the_reason_is_found_in_the_file(ends: Ends, tmp_path: Path) -> None:
    cancel = with_note(ends, tmp_path / "note")
    (tmp_path / "note").write_text('{"code": "user_cancel", "detail": "enough"}\n')
    # A file alone cancels nothing.
    assert cancel.reason is None
    cancel.set()
    assert cancel.reason == {"code": "user_cancel", "detail": "enough", "text": "enough"}


@pytest.mark.parametrize("held", ["", "[1]", '{"code": ', "\x00"])
def test_a_file_that_holds_no_reason_is_none(ends: Ends, tmp_path: Path, held: str) -> None:
    cancel = with_note(ends, tmp_path / "note")
    (tmp_path / "note").write_text(held)
    cancel.set()
    assert cancel.reason is None


def test_a_file_that_comes_later_than_the_signal_is_found(ends: Ends, tmp_path: Path) -> None:
    cancel = with_note(ends, tmp_path / "note")
    cancel.set()
    assert cancel.reason is None
    (tmp_path / "note").write_text('{"code": "time_limit"}')
    assert cancel.reason == {"code": "time_limit", "text": None}


def test_the_message_counts_more_than_the_file(ends: Ends, tmp_path: Path) -> None:
    cancel = with_note(ends, tmp_path / "note")
    (tmp_path / "note").write_text('{"code": "time_limit"}')
    ends.other.sendall(b'{"canceled": {"code": "user_cancel"}}\n')
    assert cancel.reason == {"code": "user_cancel"}
