"""The surfaces of tests keep the contract of real ones."""

from __future__ import annotations

import asyncio

import pytest

from bgtasks_gui.core.notices import notice, surface
from tests.agent.telling.fakes.recording import Icon, JobView, Messages, OtherMessages
from tests.agent.telling.fakes.scenes import a_notice, take_turns, until


def _is_surface(way: surface.Surface) -> surface.Surface:
    return way


async def test_it_shows_replaces_and_takes_down() -> None:
    way = Messages()
    assert (await _is_surface(way).probe()).is_available
    await way.show(a_notice(body="old"))
    await way.show(a_notice(body="new"))
    assert way.up["failed:1"].body == "new"
    await way.withdraw("failed:1")
    await way.withdraw("failed:1")
    assert not way.up
    assert (way.count("show failed:1"), way.count("withdraw failed:1")) == (2, 2)


async def test_the_end_takes_down_what_is_live() -> None:
    way = Messages()
    for key in ("live:1", "failed:1"):
        await way.show(a_notice(key))
    await way.close()
    assert way.is_closed
    assert list(way.up) == ["failed:1"]


async def test_away_it_loses_everything_and_refuses() -> None:
    way, heard, changes = Messages(), list[surface.Heard](), list[bool]()
    way.on_heard, way.on_changed = heard.append, lambda: changes.append(way.is_away)
    await way.show(a_notice())
    way.go_away()
    assert heard == [surface.Heard(key="failed:1", closed=surface.Closed.LOST)]
    assert not (await way.probe()).is_available
    with pytest.raises(surface.Unavailable):
        await way.show(a_notice())
    way.come_back()
    await way.show(a_notice())
    assert changes == [True, False]


async def test_it_fails_as_told() -> None:
    way = Messages()
    way.fail("show failed:1", ValueError("bad words"))
    with pytest.raises(ValueError, match="bad words"):
        await way.show(a_notice())
    await way.show(a_notice("failed:2"))
    way.fail("show failed:1", None)
    await way.show(a_notice())
    assert set(way.up) == {"failed:1", "failed:2"}


async def test_it_hangs_until_it_answers() -> None:
    way = Messages()
    way.hang("show")
    await way.probe()
    showing = asyncio.create_task(way.show(a_notice()))
    await take_turns()
    assert not way.up
    way.answer()
    await until(showing.done)
    assert way.up


def test_what_the_person_does_is_heard() -> None:
    way, heard = Messages(), list[surface.Heard]()
    way.on_heard = heard.append
    way.press("failed:1", notice.Action.RETRY)
    way.take_down("failed:1", surface.Closed.DISMISSED)
    assert [(one.action, one.closed) for one in heard] == [("retry", None), (None, "dismissed")]


def test_each_has_a_name_and_a_role() -> None:
    ways = [Messages(), OtherMessages(), JobView(), Icon()]
    assert [way.name for way in ways] == ["messages", "others", "jobs", "icon"]
    assert [way.role for way in ways] == ["messages", "messages", "jobs", "beside"]
