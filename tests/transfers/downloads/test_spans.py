from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.core.transfers import Piece
from bgtasks_gui.transfers.downloads.spans import Span, Spans

TWO = (Piece(start=0, end=100, done=30), Piece(start=100, end=300, done=150))


def test_nothing_is_known_at_first() -> None:
    spans = Spans()
    assert spans.pieces() == (Piece(start=0),)
    assert spans.is_empty
    assert not spans.is_complete
    span = spans.take(None)
    assert span is not None
    assert spans.take(1) is None


def test_those_of_a_record_go_on() -> None:
    spans = Spans(TWO)
    assert spans.pieces() == TWO
    assert (spans.done, spans.missing, spans.first_at) == (180, 2, 30)
    first, second = spans.take(None), spans.take(None)
    assert first is not None
    assert second is not None
    assert ((first.start, first.at), (second.start, second.at)) == ((0, 30), (100, 250))
    assert spans.take(None) is None


def test_length_that_is_known_later() -> None:
    spans = Spans((Piece(start=0, done=30),))
    spans.bound(None)
    assert spans.pieces() == (Piece(start=0, done=30),)
    spans.bound(100)
    spans.bound(200)
    assert spans.pieces() == (Piece(start=0, end=100, done=30),)


def test_furthest_first() -> None:
    furthest = Spans(TWO).take_furthest()
    assert furthest is not None
    assert furthest.start == 100
    assert Spans((Piece(start=0, end=5, done=5),)).take_furthest() is None


def test_complete_ones_join_what_follows() -> None:
    spans = Spans(TWO)
    first = spans.take(None)
    assert first is not None
    first.at = 100
    assert spans.pieces() == (Piece(start=0, end=300, done=250),)
    assert spans.first_at == 250


def test_largest_rest_is_halved() -> None:
    spans = Spans(TWO)
    first, second = spans.take(None), spans.take(None)
    assert first is not None
    assert second is not None
    assert spans.take(36) is None
    half = spans.take(35)
    assert half is not None
    assert (first.end, half.start, half.end) == (65, 65, 100)


def test_divided_into_so_many_as_are_worth_it() -> None:
    spans = Spans((Piece(start=0, end=1000),))
    spans.divide(4, 100)
    assert [(one.start, one.end) for one in spans.pieces()] == [
        (0, 250), (250, 500), (500, 750), (750, 1000),
    ]  # fmt: skip
    spans.divide(99, 100)
    assert spans.missing == 8


def test_given_back_untouched_the_one_before_goes_on() -> None:
    spans = Spans((Piece(start=0, end=1000),))
    first = spans.take(None)
    half = spans.take(10)
    assert first is not None
    assert half is not None
    spans.give_back(half)
    assert first.end == 1000
    assert not spans.holds(half)
    assert spans.holds(first)
    spans.give_back(half)


def test_given_back_with_something_another_takes_it() -> None:
    spans = Spans((Piece(start=0, end=1000),))
    first, half = spans.take(None), spans.take(10)
    assert first is not None
    assert half is not None
    half.is_given, half.at = True, 600
    spans.give_back(half)
    assert spans.take(None) is half
    assert first.end == 500


def test_one_goes_on_into_what_nobody_gives() -> None:
    spans = Spans((Piece(start=0, end=1000),))
    first, half = spans.take(None), spans.take(10)
    assert first is not None
    assert half is not None
    half.is_given = True
    assert not spans.extend(first)
    half.is_given = False
    assert spans.extend(first)
    assert first.end == 1000
    assert not spans.extend(first)


def test_restart() -> None:
    spans = Spans(TWO)
    span = spans.take_furthest()
    assert span is not None
    spans.restart(span, 70)
    assert spans.pieces() == (Piece(start=0, end=70),)
    assert span.is_taken


def test_nothing_at_all_is_complete() -> None:
    spans = Spans()
    spans.restart(Span(0), 0)
    assert spans.is_complete
    assert repr(Span(1, 5, 3)) == "<1..3..5>"


@given(
    length=st.integers(1, 10_000),
    steps=st.lists(st.tuples(st.sampled_from("tfbed"), st.integers(0, 20), st.integers(1, 3000))),
)
def test_whatever_is_done_there_are_no_gaps(length: int, steps: list[tuple[str, int, int]]) -> None:
    spans = Spans((Piece(start=0, end=length),))
    taken: list[Span] = []
    for step, which, size in steps:
        live = [one for one in taken if spans.holds(one)]
        one = live[which % len(live)] if live else None
        if step == "t" and (got := spans.take(size)) is not None:
            taken.append(got)
        elif step == "d":
            spans.divide(which, size)
        elif one is not None and one.end is not None:
            if step == "f":
                one.is_given, one.at = True, min(one.end, one.at + size)
            elif step == "b":
                spans.give_back(one)
            elif step == "e" and one.is_complete:
                spans.extend(one)
        at = 0
        for piece in spans.pieces():
            assert piece.start == at
            assert piece.end is not None
            assert 0 <= piece.done <= piece.end - piece.start
            at = piece.end
        assert at == length
        assert spans.done == sum(piece.done for piece in spans.pieces())
        assert spans.is_complete == (spans.done == length)
