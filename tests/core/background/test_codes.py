"""The codes of seed 3."""

from __future__ import annotations

import re

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.core.background import codes


def test_every_code_is_one_word_and_one_number() -> None:
    assert len({one.code for one in codes.CODES}) == len(codes.CODES)
    assert len({one.number for one in codes.CODES}) == len(codes.CODES)
    mine = {one for one in vars(codes).values() if _is_code(one)}
    assert mine == set(codes.CODES)


def _is_code(found: object) -> bool:
    return (
        isinstance(found, type)
        and issubclass(found, codes.ServiceError)
        and found is not codes.ServiceError
    )


@pytest.mark.parametrize("code", codes.CODES, ids=lambda code: code.code)
def test_a_code_speaks_to_the_person(code: type[codes.ServiceError]) -> None:
    error = code()
    assert isinstance(error, errors.UserError)
    assert re.fullmatch(r"[A-Z][^\n]+\.", error.message)
    assert (error.cause, error.subcode, error.field) == (None, None, None)


def test_a_cause_gives_the_sentence_and_the_two_digits_behind_the_number() -> None:
    cause = codes.Causes.STARTED_ALREADY.value
    error = codes.ContinuousRefused(cause=cause, field="ability")
    assert (error.message, error.subcode) == (cause.sentence, 980000501)
    assert (error.cause, error.field) == (cause, "ability")
    assert codes.ContinuousRefused("Own words.", cause=cause).message == "Own words."


def test_causes_are_sentences() -> None:
    for cause in codes.Causes:
        assert re.fullmatch(r"[A-Z][^\n]+\.", cause.value.sentence)
        assert 0 < cause.value.tail < 100


def test_an_answer_is_read_as_the_error_it_was() -> None:
    cause = codes.Causes.TOO_MANY.value
    told = codes.ContinuousRefused(cause=cause, field="ability")
    read = codes.of_answer(told.code, told.message, told.subcode, told.field)
    assert type(read) is codes.ContinuousRefused
    assert (read.message, read.subcode, read.field) == (cause.sentence, 980000505, "ability")
    bare = codes.of_answer("permission_denied", "No.")
    assert type(bare) is codes.PermissionDenied
    assert bare.subcode is None


def test_a_word_of_a_later_version_stays_what_it_says() -> None:
    read = codes.of_answer("fuel_refused", "No fuel.", 1, "tank")
    assert type(read) is errors.UserError
    assert (read.code, read.message, read.field) == ("fuel_refused", "No fuel.", "tank")
