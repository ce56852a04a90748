"""Programs called back when a continuous task of theirs is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bgtasks_gui.client import asgi
from bgtasks_gui.client.client import Client
from bgtasks_gui.client.programs import cancel_calls
from bgtasks_gui.client.programs.cancel_calls import CANCEL, CancelInfo
from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes
from tests.client.support import little_agent

AT = "2026-11-22T15:00:00.000Z"


def a_continuous(owner: str = "player", id: int = 7) -> shapes.ContinuousView:
    return shapes.ContinuousView(
        id=id, owner=owner, ability="main", run_id=None, modes=("voip",), title="t", text="t",
        slot_type=4, content_type=5, notification_id=id, started_at=AT, keeps_awake=False,
        checks=(),
    )  # fmt: skip


def a_reason(ohos: int | None) -> shapes.ReasonView:
    return shapes.ReasonView(
        code="user_cancel", actor="user", sentence="Cancelled by you.", remedy=None,
        remedy_action=None, detail=None, at=AT, windows=0, ohos=ohos,
    )  # fmt: skip


def canceled(owner: str = "player", ohos: int | None = 1, id: int = 7) -> shapes.EventView:
    return shapes.EventView(
        seq=1, at=AT, type="continuous_changed", continuous=a_continuous(owner, id),
        what="canceled", reason=a_reason(ohos),
    )  # fmt: skip


@pytest.fixture
def calls() -> cancel_calls.CancelCalls:
    return cancel_calls.CancelCalls("player")


def test_a_cancel_of_the_owner_calls_back(calls: cancel_calls.CancelCalls) -> None:
    first, second = list[CancelInfo](), list[CancelInfo]()
    calls.on(CANCEL, first.append)
    calls.on(CANCEL, second.append)
    calls.hear(canceled())
    calls.hear(canceled("recorder"))
    calls.hear(canceled(ohos=None, id=8))
    assert first == second == [CancelInfo(id=7, reason=1), CancelInfo(id=8, reason=2)]


def test_nothing_else_calls_back(calls: cancel_calls.CancelCalls) -> None:
    told = list[CancelInfo]()
    calls.on(CANCEL, told.append)
    calls.hear(shapes.EventView(seq=1, at=AT, type="system_changed"))
    stopped = shapes.EventView(
        seq=2, at=AT, type="continuous_changed", continuous=a_continuous(), what="stopped"
    )
    calls.hear(stopped)
    assert told == []


def test_what_is_on_twice_is_called_once_and_off_once(calls: cancel_calls.CancelCalls) -> None:
    told, kept = list[CancelInfo](), list[CancelInfo]()
    note, keep = told.append, kept.append
    for callback in (note, keep, note):
        calls.on(CANCEL, callback)
    calls.hear(canceled())
    calls.off(CANCEL, note)
    calls.off(CANCEL, note)
    calls.hear(canceled())
    assert (len(told), len(kept)) == (1, 2)


def test_off_without_a_callback_removes_all(calls: cancel_calls.CancelCalls) -> None:
    told = list[CancelInfo]()
    calls.on(CANCEL, told.append)
    calls.on(CANCEL, lambda info: told.append(info))
    calls.off(CANCEL)
    calls.hear(canceled())
    assert told == []


def test_a_callback_that_fails_keeps_no_other_from_being_called(
    calls: cancel_calls.CancelCalls, caplog: pytest.LogCaptureFixture
) -> None:
    told = list[CancelInfo]()
    calls.on(CANCEL, lambda info: 1 // 0)
    calls.on(CANCEL, told.append)
    calls.hear(canceled())
    assert len(told) == 1
    assert "A callback failed" in caplog.text


@pytest.mark.parametrize("event", ["", "continuoustaskcancel", "cancel"])
def test_another_event_is_a_bad_parameter(calls: cancel_calls.CancelCalls, event: str) -> None:
    for ask in (
        lambda: calls.on(event, print),
        lambda: calls.off(event, print),
        lambda: calls.off(event),
    ):
        with pytest.raises(codes.BadParameter) as caught:
            ask()
        assert (caught.value.number, caught.value.field) == (401, "type")


def test_what_cannot_be_called_is_a_bad_parameter(calls: cancel_calls.CancelCalls) -> None:
    with pytest.raises(codes.BadParameter):
        calls.on(CANCEL, None)  # type: ignore[arg-type]
    with pytest.raises(codes.BadParameter):
        calls.off(CANCEL, "print")  # type: ignore[arg-type]


async def test_it_hears_the_agent_through_a_loss_of_it(calls: cancel_calls.CancelCalls) -> None:
    agent = little_agent.LittleAgent()
    told = asyncio.Queue[CancelInfo]()
    slept = list[float]()
    calls.on(CANCEL, told.put_nowait)

    def tell(id: int) -> None:
        event = canceled(id=id)
        agent.tell(event.type, continuous=event.continuous, what=event.what, reason=event.reason)

    def delays() -> Iterator[float]:
        yield from (0.5, 1.0)

    async def sleep(delay_s: float) -> None:
        slept.append(delay_s)
        tell(8)

    async with Client(asgi.AsgiTransport(agent.app)) as client:
        listening = asyncio.create_task(calls.listen(client, delays=delays, sleep=sleep))
        await agent.listened()
        tell(7)
        assert (await asyncio.wait_for(told.get(), 10)).id == 7
        agent.end_streams()
        # What was told while it was away is heard when it is back.
        assert (await asyncio.wait_for(told.get(), 10)).id == 8
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert slept == [0.5]
