from __future__ import annotations

import functools
import os
import signal
from collections.abc import Iterator

import pytest

from bgtasks_gui.supervisor import loop


@pytest.fixture
def on() -> loop.Loop:
    return loop.Loop()


@pytest.fixture
def _signals() -> Iterator[None]:
    kinds = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD)
    before = {kind: signal.getsignal(kind) for kind in kinds}
    yield
    signal.set_wakeup_fd(-1)
    for kind, handler in before.items():
        signal.signal(kind, handler)


def test_ready_descriptors_are_called_until_unwatched(on: loop.Loop) -> None:
    reading, writing = os.pipe()
    seen: list[bytes] = []
    on.watch(reading, loop.READ, lambda: seen.append(os.read(reading, 10)))
    for word in (b"one", b"two"):
        os.write(writing, word)
        on.step()
    on.unwatch(reading)
    on.unwatch(reading)
    os.write(writing, b"three")
    on.after(0, lambda: None)
    on.step()
    assert seen == [b"one", b"two"]
    os.close(reading)
    os.close(writing)


def test_a_watch_stopped_in_the_same_round_is_not_called(on: loop.Loop) -> None:
    pipes = [os.pipe() for _ in range(2)]
    called: list[int] = []

    def stop_both(fd: int) -> None:
        called.append(fd)
        for reading, _ in pipes:
            on.unwatch(reading)

    for reading, writing in pipes:
        on.watch(reading, loop.READ, functools.partial(stop_both, reading))
        os.write(writing, b"x")
    on.step()
    assert len(called) == 1
    for pair in pipes:
        for fd in pair:
            os.close(fd)


def test_timers_come_in_order(on: loop.Loop) -> None:
    called: list[str] = []
    for name, delay in (("late", 0.02), ("first", 0.0), ("second", 0.0)):
        on.after(delay, functools.partial(called.append, name))
    while len(called) < 3:
        on.step()
    assert called == ["first", "second", "late"]


def test_a_timer_may_be_as_far_away_as_a_number_can_say(on: loop.Loop) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x")
    seen: list[bytes] = []
    on.watch(reading, loop.READ, lambda: seen.append(os.read(reading, 1)))
    for seconds in (1e308, float("inf")):
        on.after(seconds, lambda: seen.append(b"never"))
    on.step()
    assert seen == [b"x"]
    os.close(reading)
    os.close(writing)


def test_a_fault_in_one_call_stops_only_that(
    on: loop.Loop, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x")
    called: list[str] = []

    def fail() -> None:
        called.append("bad")
        raise ZeroDivisionError

    on.watch(reading, loop.READ, fail)
    on.after(0, lambda: called.append("timer"))
    on.step()
    on.after(0, lambda: called.append("again"))
    on.step()
    assert called == ["bad", "timer", "again"]
    assert "ZeroDivisionError" in capsys.readouterr().err
    os.close(reading)
    os.close(writing)


@pytest.mark.usefixtures("_signals")
def test_ends_of_children_wake_it(on: loop.Loop) -> None:
    on.take_signals()
    ends: list[loop.Ended] = []
    pids = []
    for arguments in (["true"], ["sh", "-c", "exit 7"], ["sh", "-c", "kill -9 $$"]):
        pid = os.posix_spawnp(arguments[0], arguments, os.environ)
        on.await_end(pid, ends.append)
        pids.append(pid)
    assert on.children == set(pids)
    while len(ends) < 3:
        on.step()
    assert sorted((end.exit_code, end.signal) for end in ends if end.signal is None) == [
        (0, None),
        (7, None),
    ]
    assert [end.signal for end in ends if end.signal] == [signal.SIGKILL]
    assert all(end.max_rss > 0 for end in ends)
    assert on.children == set()


@pytest.mark.usefixtures("_signals")
def test_only_sigterm_asks_it_to_leave(on: loop.Loop) -> None:
    on.take_signals()
    for signum in (signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        os.kill(os.getpid(), signum)
        on.step()
        assert not on.is_terminated
    os.kill(os.getpid(), signal.SIGTERM)
    on.step()
    assert on.is_terminated
