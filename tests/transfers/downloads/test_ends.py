from __future__ import annotations

import pytest

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.core.transfers import Failed, Stopped
from bgtasks_gui.transfers.downloads import ends, ranges
from bgtasks_gui.transfers.downloads.ends import Comparison, Over, Restart, Unwelcome
from bgtasks_gui.transfers.web.failures import Trouble

REFUSED = Failed(code=Code.SERVER_ANSWER, detail="503 Busy")


def test_what_counts_of_several() -> None:
    restart, over, file, trouble = Restart("x"), Over(REFUSED), OSError("x"), Trouble("x")
    everything = [trouble, BaseExceptionGroup("inner", [over, restart]), file]
    for expected in (restart, over, file, trouble):
        assert ends.first_of(BaseExceptionGroup("outer", everything)) is expected
        everything = [one for one in _flat(everything) if one is not expected]
        everything = everything or [trouble]
    bug = ValueError("x")
    assert ends.first_of(BaseExceptionGroup("outer", [bug])) is bug


def _flat(errors: list[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in errors:
        found += error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
    return found


def test_in_words() -> None:
    assert ends.say(Trouble("cut off")) == "cut off"
    assert ends.say(Unwelcome(Restart("no ranges"))) == "no ranges"
    assert ends.say(Unwelcome(Over(REFUSED))) == "503 Busy"
    assert ends.say(Unwelcome(Over(Stopped()))) == ""


def test_what_is_equal_is_left_out() -> None:
    told: list[bool] = []
    comparison = Comparison(b"abcdef", lambda: told.append(True))
    assert bytes(comparison.rest_of(memoryview(b"abcd"))) == b""
    assert told == []
    assert bytes(comparison.rest_of(memoryview(b"efghi"))) == b"ghi"
    assert bytes(comparison.rest_of(memoryview(b"jkl"))) == b"jkl"
    assert told == [True]


def test_what_differs_begins_again() -> None:
    comparison = Comparison(b"abcdef", lambda: None)
    comparison.rest_of(memoryview(b"abc"))
    with pytest.raises(Restart, match=ranges.DIFFERENT):
        comparison.rest_of(memoryview(b"dex"))
