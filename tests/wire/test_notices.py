from __future__ import annotations

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.core.notices import notice
from bgtasks_gui.wire import codec, notices


def test_the_query_names_every_outcome() -> None:
    hint = notices.NoticesQuery.__annotations__["outcome"]
    assert all(outcome in hint for outcome in notice.Outcome)


def test_a_query_string_is_read() -> None:
    query = codec.convert({"limit": "5", "before_id": "x"}, notices.NoticesQuery)
    assert query == notices.NoticesQuery(limit=5, before_id="x")
    with pytest.raises(errors.InvalidField) as caught:
        codec.convert({"newest": "1"}, notices.NoticesQuery)
    assert caught.value.field == "newest"


def test_unknown_is_null_and_never_absent() -> None:
    view = notices.TellingView(surfaces=(), held_back=0, is_quiet=False, quiet_until=None)
    assert codec.plain(codec.encode(view)) == {
        "surfaces": [], "held_back": 0, "is_quiet": False, "quiet_until": None,
    }  # fmt: skip
