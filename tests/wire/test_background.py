"""The shapes of what programs ask for."""

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.wire import background, codec, requests


def test_what_is_not_given_is_left_to_the_checks_that_know_the_codes() -> None:
    assert codec.decode_strictly(b"{}", background.ContinuousRequest).owner == ""
    assert codec.decode_strictly(b"{}", background.DelayRequest).callback == ""
    assert codec.decode_strictly(b"{}", background.ResourceRequest).resource_types == 0
    assert codec.convert({}, background.ContinuousQuery).ability == "main"


def test_an_unknown_name_is_refused_everywhere() -> None:
    asked = [
        one for one in vars(background).values()
        if isinstance(one, type) and issubclass(one, requests.Request | requests.Query)
    ]  # fmt: skip
    assert len(asked) == 9
    for kind in asked:
        with pytest.raises(errors.InvalidField):
            codec.decode_strictly(b'{"colour":"red"}', kind)


def test_the_overview_comes_back_as_it_was_told() -> None:
    access = background.AccessView(owner="player", keep_running=True, modes=("voip",))
    hold = background.HoldView(what="sleep", why="A call goes on.", since=None, is_held=None)
    held = background.ResourceView(
        owner="indexer", resource="CPU", resource_type=1, is_process=False, reason="r",
        since="2026-11-22T15:00:00.000Z", until=None,
    )  # fmt: skip
    view = background.BackgroundView(
        continuous=(), budgets=(), access=(access,), holds=(hold,), resources=(held,)
    )
    assert codec.decode(codec.encode(view), background.BackgroundView) == view
    assert msgspec.json.decode(codec.encode(view))["holds"][0]["is_held"] is None
