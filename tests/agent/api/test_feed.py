"""The feed: numbers, gathering, readers at their own pace, and coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.agent import bus
from bgtasks_gui.agent.api import feed
from bgtasks_gui.core import events
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.wire import shapes
from tests.agent.api.fakes import scripted
from tests.fakes import manual_clock, samples

GATHERED = timedelta(seconds=feed.GATHER_S)


class Watched:
    """A feed, its bus and its clock."""

    def __init__(self) -> None:
        self.clock = manual_clock.ManualClock()
        self.bus = bus.Bus()
        self.feed = feed.Feed(self.bus, scripted.view, self.clock)
        self.first = self.feed._seq

    def warn(self, *words: str) -> None:
        run = samples.a_run()
        for word in words:
            self.bus.publish(events.RunWarned(at=samples.NOW, run=run, warning=word))

    def advance(self, step: timedelta = GATHERED) -> None:
        self.clock.advance(step)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def taken(reader: feed.Reader) -> list[shapes.EventView]:
    """Everything that is there for a reader."""
    pieces = iter(reader.take, b"")
    return [event for piece in pieces for event in scripted.read_frames(piece)]


def words(reader: feed.Reader) -> list[str | None]:
    return [event.warning or event.type for event in taken(reader)]


def test_numbers_start_at_the_time_and_rise_by_one(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.warn("a", "b")
    watched.advance()
    first = int(manual_clock.DEFAULT_NOW.timestamp() * 1000)
    assert [event.seq for event in taken(reader)] == [first + 1, first + 2]
    assert watched.feed.seq == first + 2


def test_greeting_says_where_the_stream_goes_on(watched: Watched) -> None:
    watched.feed.follow()
    watched.warn("a", "b", "c")
    (fresh,) = scripted.read_frames(watched.feed.follow().greeting())
    (again,) = scripted.read_frames(watched.feed.follow(watched.first + 1).greeting())
    (lost,) = scripted.read_frames(watched.feed.follow(7).greeting())
    assert fresh.type == again.type == lost.type == "hello"
    # Whoever takes the greeting's number as the last it knows loses nothing that follows.
    assert (fresh.seq, again.seq, lost.seq) == (
        watched.first + 3, watched.first + 1, watched.first + 3,
    )  # fmt: skip


def test_first_goes_at_once_and_the_rest_is_gathered(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.warn("a")
    assert watched.clock.next_call_in == 0
    watched.advance(timedelta(0))
    assert words(reader) == ["a"]
    watched.warn("b")
    watched.advance(GATHERED / 2)
    watched.warn("c")
    assert words(reader) == []
    watched.advance(GATHERED / 2)
    assert words(reader) == ["b", "c"]


def test_frames_are_at_most_twenty_a_second(watched: Watched) -> None:
    watched.feed.follow()
    before = watched.clock.calls
    for _ in range(1000):
        watched.warn("x")
        watched.advance(timedelta(milliseconds=1))
    assert watched.clock.calls - before <= 21


def test_of_progress_only_the_newest_of_each_run_is_sent(watched: Watched) -> None:
    reader = watched.feed.follow()
    for done in range(5):
        watched.bus.publish(scripted.progressed("r1", done))
        watched.bus.publish(scripted.progressed("r2", done))
    watched.warn("between")
    watched.bus.publish(scripted.progressed("r1", 9))
    watched.advance()
    assert [(event.run_id, event.warning) for event in taken(reader)] == [
        ("r2", None), (None, "between"), ("r1", None),
    ]  # fmt: skip


def test_of_what_programs_say_of_their_progress_only_the_newest_is_sent(watched: Watched) -> None:
    reader = watched.feed.follow()
    task = continuous.ContinuousTask(
        id=3, owner="player", ability="main", modes=(Mode.DATA_TRANSFER,), title="t", text="t",
        started_at=manual_clock.DEFAULT_NOW,
    )  # fmt: skip
    for what in ("started", "progressed", "progressed", "progressed", "stopped"):
        watched.bus.publish(
            events.ContinuousChanged(at=manual_clock.DEFAULT_NOW, task=task, what=what)
        )
    watched.advance()
    assert len(taken(reader)) == 3


def test_an_event_is_encoded_once_for_all_readers() -> None:
    shown = []

    def view(event: events.AnyEvent, seq: int) -> shapes.EventView:
        shown.append(seq)
        return scripted.view(event, seq)

    hub, clock = bus.Bus(), manual_clock.ManualClock()
    source = feed.Feed(hub, view, clock)
    readers = [source.follow() for _ in range(5)]
    hub.publish(scripted.changed())
    clock.advance(GATHERED)
    pieces = [reader.take() for reader in readers]
    assert len(shown) == 1
    assert all(piece is pieces[0] for piece in pieces)


def test_coming_back_with_the_last_number_loses_nothing(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.warn("a")
    watched.advance()
    last = taken(reader)[-1].seq
    watched.feed.leave(reader)
    watched.warn("b", "c")
    watched.advance(timedelta(seconds=feed.KEPT_S - 1))
    assert words(watched.feed.follow(last)) == ["b", "c"]


@pytest.mark.parametrize("after", [0, -1, 5, 2**70])
def test_a_number_of_another_agent_gives_one_resync(watched: Watched, after: int) -> None:
    reader = watched.feed.follow(after)
    assert words(reader) == ["resync"]
    watched.warn("a")
    watched.advance()
    assert words(reader) == ["a"]


def test_coming_back_too_late_gives_one_resync(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.warn("a")
    watched.feed.leave(reader)
    watched.advance(timedelta(seconds=feed.KEPT_S))
    assert watched.clock.pending == 0
    watched.warn("b")
    reader = watched.feed.follow(watched.first)
    (resync,) = taken(reader)
    assert (resync.type, resync.seq) == ("resync", watched.first + 2)
    watched.warn("c")
    watched.advance()
    assert [event.seq for event in taken(reader)] == [watched.first + 3]


def test_nothing_is_kept_before_somebody_asks(watched: Watched) -> None:
    watched.warn("a", "b")
    assert watched.clock.pending == 0
    number = watched.feed.seq
    watched.warn("c")
    assert words(watched.feed.follow(number)) == ["c"]
    assert words(watched.feed.follow(number - 1)) == ["resync"]


@pytest.mark.parametrize(
    ("limit", "value"), [("KEPT_EVENTS", 3), ("KEPT_BYTES", 3 * 190)], ids=["number", "bytes"]
)
def test_a_reader_that_is_too_slow_is_told_to_read_anew(
    monkeypatch: pytest.MonkeyPatch, watched: Watched, limit: str, value: int
) -> None:
    monkeypatch.setattr(feed, limit, value)
    slow, quick = watched.feed.follow(), watched.feed.follow()
    for word in "abcdefgh":
        watched.warn(word)
        watched.advance()
        assert words(quick) == [word]
    assert words(slow) == ["resync"]
    watched.warn("i")
    watched.advance()
    assert words(slow) == words(quick) == ["i"]


def test_one_portion_is_bounded(monkeypatch: pytest.MonkeyPatch, watched: Watched) -> None:
    monkeypatch.setattr(feed, "PIECE_BYTES", 1000)
    reader = watched.feed.follow()
    watched.warn(*"abcdefgh", "x" * 2000, "z")
    watched.advance()
    pieces = list(iter(reader.take, b""))
    assert all(len(piece) <= 1000 or piece.count(b"data:") == 1 for piece in pieces)
    told = [event.warning for piece in pieces for event in scripted.read_frames(piece)]
    assert told == [*"abcdefgh", "x" * 2000, "z"]


def test_gathering_is_bounded(monkeypatch: pytest.MonkeyPatch, watched: Watched) -> None:
    monkeypatch.setattr(feed, "MOST_GATHERED", 10)
    reader = watched.feed.follow()
    watched.feed.leave(reader)
    watched.warn(*"abcdefghijkl")
    assert len(watched.feed._gathered) == 2
    assert words(watched.feed.follow(watched.first)) == [*"abcdefghijkl"]


def test_silence_is_broken_by_a_ping(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.advance(timedelta(seconds=feed.PING_S))
    assert [reader.take(), reader.take()] == [feed.PING, b""]
    watched.feed.leave(reader)
    watched.advance(timedelta(seconds=feed.KEPT_S))
    assert watched.clock.pending == 0


def test_an_event_that_cannot_be_shown_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def view(event: events.AnyEvent, seq: int) -> shapes.EventView:
        if isinstance(event, events.SystemChanged):
            raise ValueError("not this one")
        return scripted.view(event, seq)

    hub = bus.Bus()
    source = feed.Feed(hub, view, manual_clock.ManualClock())
    reader = source.follow()
    hub.publish(scripted.changed())
    hub.publish(scripted.progressed("r1"))
    assert source.seq == source.seq
    assert [event.run_id for event in taken(reader)] == ["r1"]
    assert "cannot be shown" in caplog.text


async def test_closing_hands_over_what_is_there_and_ends(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.warn("a")
    watched.feed.close()
    watched.feed.close()
    watched.warn("b")
    assert scripted.read_frames(await reader.read() or b"")[0].warning == "a"
    assert await reader.read() is None
    assert await watched.feed.follow().read() is None
    assert watched.clock.pending == 0


async def test_a_dropped_reader_gets_nothing_more(watched: Watched) -> None:
    reader = watched.feed.follow()
    watched.warn("a")
    watched.advance()
    reader.drop()
    assert await reader.read() is None


steps = st.lists(
    st.sampled_from(["warn", "progress", "read", "wait", "come back", "go", "ask"]), max_size=60
)


class Returning:
    """A reader that comes back now and then with the last number it read."""

    def __init__(self) -> None:
        self.watched = Watched()
        self.told: list[str] = []
        self.heard: list[str | None] = []
        self._reader = self.watched.feed.follow()
        self._last = self.watched.first

    def do(self, step: str, number: int) -> None:
        match step:
            case "warn":
                self.told.append(str(number))
                self.watched.warn(str(number))
            case "progress":
                self.watched.bus.publish(scripted.progressed("r1", number))
            case "read":
                self.read()
            case "wait":
                self.watched.advance(timedelta(milliseconds=30))
            case "go":
                self.watched.feed.leave(self._reader)
            case "come back":
                self.come_back()
            case "ask":
                assert self.watched.feed.seq >= self._last

    def read(self) -> None:
        for event in taken(self._reader):
            assert event.seq > self._last
            assert event.type != "resync"
            self._last = event.seq
            if event.type == "run_warned":
                self.heard.append(event.warning)

    def come_back(self) -> None:
        self.watched.feed.leave(self._reader)
        self._reader = self.watched.feed.follow(self._last)


@given(steps)
def test_every_event_reaches_a_reader_exactly_once(plan: list[str]) -> None:
    reader = Returning()
    for number, step in enumerate(plan):
        reader.do(step, number)
    reader.come_back()
    reader.read()
    assert reader.heard == reader.told
