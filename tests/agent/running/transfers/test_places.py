from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui import settings
from bgtasks_gui.agent.running.transfers.places import BEHIND, Places, host_of
from bgtasks_gui.core import transfers


def test_each_takes_a_place_and_gives_it_back_once() -> None:
    places = Places()
    places.take("1", "a.example")
    places.take("2", "b.example")
    seen = places.view("a.example")
    assert (seen.running, seen.limit, seen.with_host, seen.host_limit) == (2, 3, 1, 4)
    places.give_back("1")
    places.give_back("1")
    assert (places.view("a.example").running, places.view("a.example").with_host) == (1, 0)


def test_those_that_matter_more_are_called_first_then_the_older() -> None:
    places = Places()
    for run_id, priority in (("3", "low"), ("2", "normal"), ("1", "normal"), ("4", "high")):
        places.wait(run_id, priority, f"{run_id}.example")
    places.wait("2", "normal", "2.example")
    assert places.next_ones() == ["4", "1", "2", "3"]
    assert places.next_ones() == []


def test_not_all_are_called_for_a_few_places() -> None:
    places = Places()
    places.limits = settings.Settings(transfers_at_once=2, transfers_per_host=100)
    places.take("0", "a.example")
    for number in range(100):
        places.wait(f"{number + 1:03}", "normal", "a.example")
    assert places.next_ones() == ["001", "002", "003", "004", "005"]
    places.take("101", "a.example")
    assert places.next_ones() == []


def test_many_with_one_server_are_not_in_the_way_of_another() -> None:
    places = Places()
    places.limits = settings.Settings(transfers_at_once=3, transfers_per_host=2)
    for run_id in ("1", "2"):
        places.take(run_id, "busy.example")
    for number in range(100):
        places.wait(f"{number:03}", "high", "busy.example")
    places.wait("200", "low", "free.example")
    assert places.next_ones() == ["200"]
    places.give_back("1")
    assert places.next_ones() == ["000"]


@given(
    waiting=st.lists(
        st.tuples(st.sampled_from(["low", "normal", "high"]), st.sampled_from("abc")), max_size=30
    ),
    limits=st.tuples(st.integers(1, 8), st.integers(1, 4)),
)
def test_nobody_is_left_behind_and_no_server_gets_too_many(
    waiting: list[tuple[transfers.Priority, str]], limits: tuple[int, int]
) -> None:
    places = Places()
    at_once, per_host = limits
    places.limits = settings.Settings(transfers_at_once=at_once, transfers_per_host=per_host)
    hosts = {}
    for number, (priority, host) in enumerate(waiting):
        hosts[f"{number:03}"] = host
        places.wait(f"{number:03}", priority, host)
    called: list[str] = []
    while found := places.next_ones():
        assert len(found) <= at_once + BEHIND
        assert max(Counter(hosts[one] for one in found).values()) <= per_host
        called += found
    assert sorted(called) == sorted(hosts)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Ada:secret@Example.org:8080/a?b", "example.org"),
        ("http://[::1]/", "::1"),
        ("nonsense", ""),
        ("http://[::1", ""),
    ],
)
def test_the_server_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host
