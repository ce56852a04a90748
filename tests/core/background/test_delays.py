from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import errors, machine
from bgtasks_gui.core.background import budgets, codes, delays
from tests.core.samples import NOW

S = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def ask(book: delays.Book, at: int = 0, callback: str = "cb", **changes: object) -> budgets.Delay:
    known = {"owner": "editor", "reason": "saving", "callback": callback, "now": NOW + at * S}
    return book.request(**(known | changes))


def numbers(found: tuple[budgets.Delay, ...]) -> list[int]:
    return [delay.id for delay in found]


def test_three_minutes_are_granted_and_one_on_a_low_battery() -> None:
    book = delays.Book()
    first = ask(book, run_id="run")
    assert (first.id, first.granted_ms, first.remaining_ms) == (1, 180_000, 180_000)
    assert (first.owner, first.reason, first.run_id) == ("editor", "saving", "run")
    low = ask(book, 10, "other", is_low_battery=True)
    assert (low.id, low.granted_ms) == (2, 60_000)


def test_no_more_is_granted_than_is_left_of_the_ten_minutes() -> None:
    book = delays.Book()
    for at in (0, 200, 400):
        assert ask(book, at).granted == 180 * S
    last = ask(book, 600)
    assert last.granted == 60 * S
    # While it goes on, another may use the same time with it.
    assert ask(book, 640, "other").granted == 20 * S
    with pytest.raises(codes.DelayRefused) as caught:
        ask(book, 645, "third")
    assert (caught.value.number, caught.value.subcode) == (9900002, 990000204)
    assert ask(book, 645, owner="player").granted == 180 * S
    assert ask(book, 24 * 3600 + 17).granted == 17 * S


@pytest.mark.parametrize("field", ["reason", "callback"])
@pytest.mark.parametrize("text", ["", " \n"])
def test_reason_and_callback_are_needed(field: str, text: str) -> None:
    with pytest.raises(codes.BadParameter, match=f"Give a {field}") as caught:
        ask(delays.Book(), **{field: text})
    assert (caught.value.number, caught.value.field) == (401, field)


def test_what_was_refused_is_not_counted() -> None:
    book = delays.Book()
    ask(book)
    with pytest.raises(codes.DelayRefused):
        ask(book)
    assert ask(book, callback="other").id == 2


def test_an_end_frees_the_place_and_the_callback() -> None:
    book = delays.Book()
    for callback in ("a", "b", "c"):
        ask(book, callback=callback)
    assert ask(book, 180, "a").id == 4
    assert numbers(book.due(NOW + 180 * S).ended) == [1, 2, 3]


def test_a_cancelled_one_keeps_what_it_did_not_use() -> None:
    book = delays.Book()
    ask(book)
    assert book.cancel(1, "editor", NOW + 30 * S).left == 150 * S
    [known] = book.overview(NOW + 600 * S)
    assert (known.used, known.limit, known.open) == (30 * S, 600 * S, ())
    assert known.frees_at == NOW + 24 * HOUR
    assert book.due(NOW + 600 * S) == delays.Due()


@pytest.mark.parametrize("number", [0, -1])
def test_numbers_are_above_zero(number: int) -> None:
    book = delays.Book()
    for asked in (book.find, book.cancel):
        with pytest.raises(codes.BadParameter) as caught:
            asked(number, "editor", NOW)
        assert (caught.value.number, caught.value.field) == (401, "id")


def test_unknown_foreign_and_ended_ones_are_refused() -> None:
    book = delays.Book()
    ask(book)
    assert book.find(1, "editor", NOW + 179 * S).remaining_ms == 1000
    for number, owner, at in ((2, "editor", 0), (1, "player", 0), (1, "editor", 180)):
        for asked in (book.find, book.cancel):
            with pytest.raises(codes.DelayCallerRefused) as caught:
                asked(number, owner, NOW + at * S)
            assert (caught.value.number, caught.value.subcode) == (9900001, 990000101)
    assert isinstance(caught.value, errors.UserError)


def test_a_warning_comes_six_seconds_before_the_end() -> None:
    book = delays.Book()
    assert book.next_at(NOW) is None
    ask(book)
    assert book.next_at(NOW + 10 * S) == NOW + 174 * S
    assert book.due(NOW + 173 * S) == delays.Due()
    due = book.due(NOW + 174 * S)
    assert (numbers(due.expiring), due.expiring[0].left, due.ended) == ([1], 6 * S, ())
    assert book.due(NOW + 175 * S) == delays.Due()
    assert book.next_at(NOW + 175 * S) == NOW + 180 * S
    assert book.next_at(NOW + 200 * S) == NOW + 200 * S
    due = book.due(NOW + 200 * S)
    assert (due.expiring, numbers(due.ended)) == ((), [1])
    assert book.due(NOW + 200 * S) == delays.Due()
    assert book.next_at(NOW + 200 * S) is None


def test_in_front_the_time_stands_still() -> None:
    book = delays.Book()
    book.set_front("editor", True, NOW)
    ask(book)
    ask(book, callback="other", owner="player")
    assert book.find(1, "editor", NOW + HOUR).remaining_ms == 180_000
    assert numbers(book.due(NOW + HOUR).ended) == [2]
    assert book.next_at(NOW + HOUR) is None
    book.set_front("editor", False, NOW + HOUR)
    assert book.find(1, "editor", NOW + HOUR + 177 * S).remaining_ms == 3000
    book.set_front("editor", True, NOW + HOUR + 177 * S)
    assert book.due(NOW + 2 * HOUR) == delays.Due()
    book.set_front("editor", False, NOW + 2 * HOUR)
    assert book.next_at(NOW + 2 * HOUR) == NOW + 2 * HOUR
    assert numbers(book.due(NOW + 2 * HOUR).expiring) == [1]


def test_with_the_screen_off_nobody_is_in_front() -> None:
    book = delays.Book()
    book.set_front("editor", True, NOW)
    ask(book)
    book.set_screen(False, NOW + 10 * S)
    book.set_screen(True, NOW + 30 * S)
    assert book.find(1, "editor", NOW + 100 * S).remaining_ms == 160_000
    # The owner itself did not leave, so it may ask at any time.
    book.set_screen(False, NOW + 100 * S)
    assert ask(book, 200, "other").granted == 180 * S


def test_a_run_that_ends_takes_its_requests_with_it() -> None:
    book = delays.Book()
    ask(book, run_id="one", callback="a")
    ask(book, 170, run_id="one", callback="b")
    ask(book, 170, run_id="two", callback="c")
    ask(book, 170, run_id="one", callback="a", owner="player")
    assert numbers(book.drop_run("one", NOW + 185 * S)) == [2, 4]
    assert book.due(NOW + 185 * S) == delays.Due()
    assert numbers(book.overview(NOW + 185 * S)[0].open) == [3]
    assert book.drop_run("one", NOW + 186 * S) == ()


def test_an_owner_that_is_gone_takes_its_requests_with_it() -> None:
    book = delays.Book()
    ask(book, callback="a")
    ask(book, 170, "b")
    ask(book, 170, owner="player")
    assert numbers(book.drop_owner("editor", NOW + 185 * S)) == [2]
    assert book.due(NOW + 185 * S) == delays.Due()
    known = {budget.owner: budget for budget in book.overview(NOW + 185 * S)}
    assert (known["editor"].used, known["editor"].open) == (185 * S, ())
    assert numbers(known["player"].open) == [3]


def test_it_survives_a_restart_and_the_time_away_counts() -> None:
    book = delays.Book()
    book.set_front("editor", True, NOW)
    book.set_front("player", True, NOW)
    book.set_front("player", False, NOW + S)
    ask(book, run_id="run")
    ask(book, callback="gone", owner="mail")
    kept = book.encode(NOW + 200 * S)
    again = delays.Book.decode(kept)
    assert again.find(1, "editor", NOW + 230 * S).left == 150 * S
    assert numbers(again.due(NOW + 230 * S).ended) == [2]
    assert numbers(again.due(NOW + HOUR).ended) == [1]
    assert [known.owner for known in again.overview(NOW + HOUR)] == ["editor", "mail"]
    with pytest.raises(codes.DelayRefused, match="left the front more than 5 s ago"):
        ask(again, 230, owner="player")
    assert ask(again, 230).id == 3


def test_what_is_over_is_forgotten() -> None:
    book = delays.Book()
    ask(book)
    book.due(NOW + HOUR)
    kept = msgspec.json.decode(book.encode(NOW + 48 * HOUR))
    assert kept == {"next_id": 2, "accounts": {}, "over": []}
    assert book.overview(NOW + 48 * HOUR) == ()


@pytest.mark.parametrize("text", ["", "{", '{"accounts": 3}'])
def test_what_is_no_book(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        delays.Book.decode(text)


@pytest.mark.parametrize(
    ("on_ac_power", "battery", "low"),
    [
        (False, 20.0, True),
        (False, 20.5, False),
        (True, 5.0, False),
        (None, 5.0, False),
        (False, None, False),
    ],
)
def test_low_battery(on_ac_power: bool | None, battery: float | None, low: bool) -> None:
    assert delays.is_low(machine.MachineState(on_ac_power=on_ac_power, battery=battery)) is low
