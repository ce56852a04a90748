from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.client import sse
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes
from tests.client.conftest import pieces_of
from tests.client.support import little_agent

EVENTS = st.builds(
    shapes.EventView,
    seq=st.integers(0, 10**6),
    at=st.just(little_agent.AT),
    type=st.sampled_from(["run_printed", "resync", "of a newer agent"]),
    run_id=st.none() | st.text(),
    warning=st.none() | st.text(),
)


def frame(event: shapes.EventView, end: bytes) -> bytes:
    data = msgspec.json.encode(event)
    lines = [b"id: %d" % event.seq, b"data: " + data[:1], b"data: " + data[1:], b"", b""]
    return end.join(lines)


@given(
    st.lists(EVENTS, max_size=5),
    st.sampled_from([b"\n", b"\r", b"\r\n"]),
    st.lists(st.integers(0, 10**6), max_size=12),
)
def test_events_come_whole_however_the_bytes_are_cut(
    events: list[shapes.EventView], end: bytes, cuts: list[int]
) -> None:
    text = b"".join(frame(event, end) for event in events)
    parser = sse.EventParser()
    assert [event for piece in pieces_of(text, cuts) for event in parser.feed(piece)] == events


@given(st.lists(EVENTS, min_size=1, max_size=3))
def test_events_come_as_soon_as_they_are_whole(events: list[shapes.EventView]) -> None:
    parser = sse.EventParser()
    for event in events:
        assert parser.feed(frame(event, b"\n")) == [event]


ONE = shapes.EventView(seq=1, at=little_agent.AT, type="resync")
DATA = msgspec.json.encode(ONE)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_one_cut_at_every_place(end: bytes) -> None:
    text = frame(ONE, end) * 2
    for cut in range(len(text) + 1):
        parser = sse.EventParser()
        found = parser.feed(text[:cut]) + parser.feed(b"") + parser.feed(text[cut:])
        assert found == [ONE, ONE]


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfdata: " + DATA + b"\n\n",
        b"data:" + DATA + b"\n\n",
        b": a word to keep the line open\n\n\nretry: 10\nevent: x\ndata: " + DATA + b"\n\n",
        b"data: " + DATA[:1] + b"\ndata: " + DATA[1:] + b"\n\n",
        b"data: " + DATA + b"\r\n\r\n",
        b"unknown\ndata: " + DATA + b"\n\n",
    ],
)
def test_other_spellings(text: bytes) -> None:
    assert sse.EventParser().feed(text) == [ONE]


def test_an_event_that_is_not_ended_does_not_count() -> None:
    parser = sse.EventParser()
    assert parser.feed(b"data: " + DATA + b"\n") == []
    assert parser.feed(b"") == []
    assert parser.feed(b"\n") == [ONE]


def test_fields_of_a_newer_agent_are_passed_over() -> None:
    text = b'data: {"seq":1,"at":"%s","type":"resync","more":{"x":1}}\n\n'
    assert sse.EventParser().feed(text % little_agent.AT.encode()) == [ONE]


@pytest.mark.parametrize("data", [b"no json", b"{}", b"[1]", b"\xff", b'{"seq":"x"}'])
def test_what_is_no_event_is_told_as_unreadable(data: bytes) -> None:
    with pytest.raises(errors.AgentUnreachable, match="cannot be read"):
        sse.EventParser().feed(b"data: " + data + b"\n\n")
