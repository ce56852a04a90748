from __future__ import annotations

import pytest

from bgtasks_gui import settings
from bgtasks_gui.agent.running.transfers.places import Places, host_of


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
        places.wait(run_id, priority)
    places.wait("2", "normal")
    assert places.next_ones() == ["4", "1", "2", "3"]
    assert places.next_ones() == []


def test_not_all_are_called_for_a_few_places() -> None:
    places = Places()
    places.limits = settings.Settings(transfers_at_once=2, transfers_per_host=1)
    places.take("0", "a.example")
    for number in range(100):
        places.wait(f"{number + 1:03}", "normal")
    assert places.next_ones() == ["001", "002"]


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
