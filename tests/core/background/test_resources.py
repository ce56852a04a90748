"""Efficiency resources, by hand-made times."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core.background import access, codes, resources
from bgtasks_gui.core.background.resources import Resource
from tests.core.samples import NOW

S = timedelta(seconds=1)
SYSTEM = access.Access(owner="indexer", is_system=True)
NORMAL = access.Access(owner="indexer")
DENIED = access.Access(owner="indexer", is_system=True, keep_running=False)
EMPTY = resources.Book(boot_id="boot", as_of=NOW)


def ask(types: int = 1, **fields: object) -> resources.Request:
    """An indexer asks for 10 s of this, unless it says otherwise."""
    base = {"owner": "indexer", "is_apply": True, "timeout_ms": 10_000, "reason": "indexing"}
    return resources.Request(resource_types=types, **(base | fields))


def release(types: int = 1, **fields: object) -> resources.Request:
    return ask(types, is_apply=False, timeout_ms=0, reason="", **fields)


def held(book: resources.Book) -> list[tuple[str, str, float | None]]:
    """Owner, resource, and seconds until its end."""
    return [
        (one.owner, one.resource.name, one.until and (one.until - NOW).total_seconds())
        for one in book.held
    ]


def test_the_bits_are_those_of_the_seed() -> None:
    assert {one.name: one.value for one in Resource} == {
        "CPU": 1, "COMMON_EVENT": 2, "TIMER": 4, "WORK_SCHEDULER": 8, "BLUETOOTH": 16, "GPS": 32,
        "AUDIO": 64, "RUNNING_LOCK": 128, "SENSOR": 256,
    }  # fmt: skip


def test_each_bit_is_held_with_its_end() -> None:
    book = EMPTY.act(ask(129), SYSTEM, NOW)
    assert held(book) == [("indexer", "CPU", 10.0), ("indexer", "RUNNING_LOCK", 10.0)]
    assert [one.reason for one in book.of("indexer")] == ["indexing", "indexing"]
    assert book.of("player") == ()
    assert book.next_at == NOW + 10 * S


def test_it_is_released_when_its_time_is_over() -> None:
    book = EMPTY.act(ask(1), SYSTEM, NOW).act(ask(128, timeout_ms=20_000), SYSTEM, NOW)
    assert book.due(NOW + 9.999 * S) == ()
    assert [one.resource for one in book.due(NOW + 10 * S)] == [Resource.CPU]
    later = book.at(NOW + 10 * S)
    assert held(later) == [("indexer", "RUNNING_LOCK", 20.0)]
    assert (later.due(NOW + 10 * S), later.next_at) == ((), NOW + 20 * S)
    assert later.at(NOW + 20 * S).next_at is None


def test_what_is_persistent_stays_until_it_is_released() -> None:
    book = EMPTY.act(ask(1, is_persist=True, timeout_ms=-5), SYSTEM, NOW)
    assert (book.next_at, book.due(NOW + timedelta(days=999))) == (None, ())
    assert held(book.at(NOW + timedelta(days=999))) == [("indexer", "CPU", None)]
    assert book.act(release(1), SYSTEM, NOW).held == ()


def test_a_release_is_of_its_bits_alone() -> None:
    book = EMPTY.act(ask(129), SYSTEM, NOW).act(ask(1, owner="player"), SYSTEM, NOW)
    freed = book.act(release(1), SYSTEM, NOW)
    assert held(freed) == [("indexer", "RUNNING_LOCK", 10.0), ("player", "CPU", 10.0)]
    # What is not held is released as well, also where it never can be.
    assert freed.act(release(1 + 32), SYSTEM, NOW) == freed
    assert held(book.act(release(511), SYSTEM, NOW)) == [("player", "CPU", 10.0)]


def test_a_reset_is_of_everything_of_its_owner() -> None:
    book = EMPTY.act(ask(129), SYSTEM, NOW).act(ask(1, is_process=True), SYSTEM, NOW)
    book = book.act(ask(1, owner="player"), SYSTEM, NOW)
    assert held(book.reset_all("indexer")) == [("player", "CPU", 10.0)]
    assert book.reset_all("nobody") == book


@pytest.mark.parametrize(
    ("first", "second", "until"),
    [
        ({"timeout_ms": 10_000}, {"timeout_ms": 20_000}, 25.0),
        ({"timeout_ms": 30_000}, {"timeout_ms": 20_000}, 30.0),
        ({"is_persist": True}, {"timeout_ms": 20_000}, None),
        ({"timeout_ms": 10_000}, {"is_persist": True}, None),
        # The first is over by then.
        ({"timeout_ms": 5_000}, {"timeout_ms": 1_000}, 6.0),
    ],
)
def test_the_same_again_takes_the_longer_time(
    first: dict[str, object], second: dict[str, object], until: float | None
) -> None:
    book = EMPTY.act(ask(1, **first), SYSTEM, NOW)
    book = book.act(ask(1, reason="merging", **second), SYSTEM, NOW + 5 * S)
    assert held(book) == [("indexer", "CPU", until)]
    [one] = book.held
    assert (one.reason, one.since - NOW) == ("merging", 5 * S if until == 6.0 else 0 * S)


def test_what_one_process_holds_is_apart() -> None:
    book = EMPTY.act(ask(1), SYSTEM, NOW)
    book = book.act(ask(1, is_process=True, timeout_ms=5_000), SYSTEM, NOW)
    assert [one.is_process for one in book.held] == [False, True]
    assert held(book) == [("indexer", "CPU", 10.0), ("indexer", "CPU", 5.0)]
    assert [one.is_process for one in book.act(release(1), SYSTEM, NOW).held] == [True]


@pytest.mark.parametrize("allowed", [None, NORMAL])
@pytest.mark.parametrize("request_", [ask(), ask(1 << 20), release()])
def test_a_normal_program_gets_nothing(
    allowed: access.Access | None, request_: resources.Request
) -> None:
    with pytest.raises(codes.NotSystemProgram) as caught:
        EMPTY.act(request_, allowed, NOW)
    assert caught.value.number == 202


def test_what_the_person_denied_is_denied() -> None:
    with pytest.raises(codes.PermissionDenied):
        EMPTY.act(ask(), DENIED, NOW)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (ask(0), "resource_types"),
        (ask(-1), "resource_types"),
        (release(0), "resource_types"),
        (ask(timeout_ms=0), "timeout_ms"),
        (ask(timeout_ms=-1), "timeout_ms"),
        (ask(timeout_ms=2**31), "timeout_ms"),
        (ask(reason=" "), "reason"),
        (ask(owner=" "), "owner"),
    ],
)
def test_what_is_not_said_well_is_refused(asked: resources.Request, field: str) -> None:
    # That comes before the question of who asks.
    with pytest.raises(codes.BadParameter) as caught:
        EMPTY.act(asked, None, NOW)
    assert (caught.value.number, caught.value.field) == (401, field)


@pytest.mark.parametrize("given", ["1", 1.5, None, True, 0, -3])
def test_what_is_no_sum_of_bits(given: object) -> None:
    with pytest.raises(codes.BadParameter):
        resources.require_types(given)


def test_resources_by_name_and_number() -> None:
    assert resources.parse(["cpu", "RUNNING_LOCK"]) == 129
    assert resources.parse(["running-lock", "129", "1024"]) == 1153
    assert resources.parse([]) == 0
    for word in ("fuel", "-1", ""):
        with pytest.raises(codes.BadParameter, match="WORK_SCHEDULER"):
            resources.parse([word])


@pytest.mark.parametrize(
    ("asked", "subcode", "words"),
    [
        (ask(512), 1870000101, "bits 512"),
        (ask(513 + 2**70), 1870000101, str(512 + 2**70)),
        (release(1024), 1870000101, "bits 1024"),
        (ask(1 + 4 + 32), 1870000120, "nothing to give for TIMER, GPS; it can hold CPU and RUN"),
    ],
)
def test_what_there_is_not_is_refused_as_a_whole(
    asked: resources.Request, subcode: int, words: str
) -> None:
    with pytest.raises(codes.ResourceRefused, match=words) as caught:
        EMPTY.act(asked, SYSTEM, NOW)
    assert (caught.value.number, caught.value.subcode) == (18700001, subcode)


def test_every_other_bit_has_nothing_here() -> None:
    for one in set(Resource) - resources.HERE:
        with pytest.raises(codes.ResourceRefused, match=one.name):
            EMPTY.act(ask(one), SYSTEM, NOW)
    assert sorted(resources.HERE) == [Resource.CPU, Resource.RUNNING_LOCK]


def test_a_clock_that_is_set_back_makes_nothing_longer() -> None:
    book = EMPTY.act(ask(1), SYSTEM, NOW).act(ask(128, is_persist=True), SYSTEM, NOW)
    book = book.at(NOW + 4 * S).at(NOW - 3600 * S)
    assert held(book) == [("indexer", "CPU", -3594.0), ("indexer", "RUNNING_LOCK", None)]
    assert [one.resource for one in book.due(NOW - 3594 * S)] == [Resource.CPU]


def test_it_comes_back_as_it_was_stored() -> None:
    book = EMPTY.act(ask(129), SYSTEM, NOW).act(ask(1, is_persist=True), SYSTEM, NOW)
    back = resources.Book.decode(book.encode(), "boot", NOW + 5 * S)
    assert back == msgspec.structs.replace(book, as_of=NOW + 5 * S)
    late = resources.Book.decode(book.encode(), "boot", NOW + 10 * S)
    assert held(late) == [("indexer", "CPU", None)]


def test_nothing_is_held_once_the_computer_has_started_anew() -> None:
    book = EMPTY.act(ask(129, is_persist=True), SYSTEM, NOW)
    back = resources.Book.decode(book.encode(), "another", NOW + S)
    assert back == resources.Book(boot_id="another", as_of=NOW + S)


@pytest.mark.parametrize("text", ["{", "{}", '{"boot_id":"b","as_of":"2026-11-24","held":[]}'])
def test_what_is_no_book_is_not_read(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        resources.Book.decode(text, "boot", NOW)
