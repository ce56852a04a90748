from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.agent.surfaces.freedesktop import FreedesktopSurface
from bgtasks_gui.core.notices import notice, surface
from tests.agent.surfaces.conftest import Seconds, make
from tests.agent.surfaces.samples import FAILED, LIVE, Told
from tests.agent.surfaces.services import WITHIN_S, FakeNotifier
from tests.machine.conftest import PrivateBus

Closed, Heard = surface.Closed, surface.Heard


def is_surface(one: surface.Surface) -> bool:
    return one.role is surface.Role.MESSAGES and (one.name, one.title) == (
        "freedesktop",
        "Desktop notifications",
    )


# Whether it is there


async def test_it_is_told_what_there_is(shown: FreedesktopSurface, notifier: FakeNotifier) -> None:
    assert is_surface(shown)
    assert not shown.shows_progress
    assert await shown.probe() == surface.Probe(
        is_available=True, sentence="dunst 1.9.0 shows progress and buttons"
    )
    assert shown.shows_progress
    assert notifier.calls == [("GetServerInformation", "", []), ("GetCapabilities", "", [])]


async def test_progress_is_for_those_who_show_it_well(
    shown: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    notifier.server = "gnome-shell"
    assert (await shown.probe()).sentence == "gnome-shell 1.9.0 shows buttons"
    assert not shown.shows_progress
    await shown.show(LIVE)
    assert "value" not in notifier.types


async def test_nobody_is_there_and_then_somebody(
    shown: FreedesktopSurface, session_bus: PrivateBus, told: Told
) -> None:
    absent = "no notification service on the session bus"
    assert await shown.probe() == surface.Probe(is_available=False, sentence=absent)
    with pytest.raises(surface.Unavailable, match=absent):
        await shown.show(LIVE)
    await shown.withdraw(LIVE.key)
    late = FakeNotifier(session_bus.address)
    await late.start()
    await told.until(changes=1)
    assert (await shown.probe()).is_available
    await shown.show(LIVE)
    assert told.heard == []
    await late.stop()


async def test_without_a_bus_it_is_not_there(told: Told, seconds: Seconds) -> None:
    shown = make("unix:path=/nowhere/bus", told, seconds, WITHIN_S)
    assert (await shown.probe()).sentence == "there is no session bus"
    with pytest.raises(surface.Unavailable, match="there is no session bus"):
        await shown.show(LIVE)
    await shown.close()


async def test_one_that_speaks_strangely_is_not_there(
    shown: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    notifier.instead = {"GetServerInformation": ("u", [4])}
    said = "org.freedesktop.Notifications says of itself [4]"
    assert await shown.probe() == surface.Probe(is_available=False, sentence=said)
    notifier.instead = {"GetCapabilities": ("u", [4]), "Notify": ("s", ["one"])}
    assert (await shown.probe()).sentence == "dunst 1.9.0 shows progress"
    with pytest.raises(surface.Unavailable, match=r"gives \['one'\] for a number"):
        await shown.show(LIVE)
    notifier.instead = {"Notify": "org.freedesktop.Notifications.Error.ExcessNotifications"}
    with pytest.raises(surface.Unavailable, match="ExcessNotifications"):
        await shown.show(LIVE)


# Showing and taking down


async def test_a_notice_is_updated_in_place(
    shown: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    await shown.show(FAILED)
    await shown.show(LIVE)
    first = (await notifier.called("Notify"))[:]
    later = msgspec.structs.replace(
        LIVE, at=LIVE.at + timedelta(seconds=1), fraction=0.7, body="70 % of 1.2 GB"
    )
    await shown.show(later)
    last = await notifier.called("Notify", 3)
    assert (first[1], last[1]) == (0, 2)
    assert first[0] == "Background Tasks"
    assert (first[4], last[4]) == ("65 % of 1.2 GB, 38 MB/s", "70 % of 1.2 GB")
    assert (first[6]["value"], last[6]["value"]) == (65, 70)
    assert notifier.types == {
        **{"urgency": "y", "category": "s", "desktop-entry": "s"},
        **{"resident": "b", "transient": "b", "value": "i"},
    }
    assert {signature for name, signature, _ in notifier.calls if name == "Notify"} == {
        "susssasa{sv}i"
    }
    assert notifier.shown == {1, 2}


async def test_two_at_once_of_one_key_are_one(
    shown: FreedesktopSurface, notifier: FakeNotifier
) -> None:
    await asyncio.gather(shown.show(LIVE), shown.show(LIVE), shown.show(FAILED))
    assert sorted(body[1] for body in notifier.of("Notify"))[:2] == [0, 0]
    assert notifier.shown == {1, 2}


async def test_a_notice_is_taken_down(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await shown.show(LIVE)
    await shown.withdraw(LIVE.key)
    await shown.withdraw(LIVE.key)
    assert notifier.of("CloseNotification") == [[1]]
    await shown.show(FAILED)
    notifier.shown.clear()
    await shown.withdraw(FAILED.key)
    assert notifier.of("CloseNotification") == [[1], [2]]
    # Who takes it down is not told so.
    await shown.show(LIVE)
    await notifier.emit("NotificationClosed", "uu", 3, 1)
    assert await told.until(heard=1) == [Heard(key=LIVE.key, closed=Closed.EXPIRED)]


async def test_at_the_end_only_what_is_live_goes(
    session_bus: PrivateBus, notifier: FakeNotifier, told: Told, seconds: Seconds
) -> None:
    shown = make(session_bus.address, told, seconds, WITHIN_S)
    await shown.show(FAILED)
    await shown.show(LIVE)
    await shown.close()
    await shown.close()
    assert notifier.shown == {1}
    assert (told.heard, told.changes) == ([], 0)


# What the person does


@pytest.mark.parametrize(
    ("named", "action"),
    [("default", notice.Action.SHOW), ("suspend", notice.Action.SUSPEND)],
)
async def test_a_button_is_heard_and_what_follows_is_no_dismissal(
    shown: FreedesktopSurface,
    notifier: FakeNotifier,
    told: Told,
    seconds: Seconds,
    named: str,
    action: notice.Action,
) -> None:
    await shown.show(LIVE)
    await notifier.emit("ActionInvoked", "us", 1, "inline-reply")
    await notifier.emit("ActionInvoked", "us", 7, named)
    await notifier.emit("ActionInvoked", "us", 1, named)
    await told.until(heard=1)
    # What it leads to may be shown before the service ends the notice.
    await shown.show(LIVE)
    seconds.now += 0.5
    await notifier.emit("NotificationClosed", "uu", 1, 2)
    assert await told.until(heard=2) == [
        Heard(key=LIVE.key, action=action),
        Heard(key=LIVE.key, closed=Closed.WITHDRAWN),
    ]
    await shown.show(LIVE)
    assert [body[1] for body in notifier.of("Notify")] == [0, 1, 0]


async def test_what_lets_a_window_come_to_the_front_is_good_for_one_action(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await shown.show(LIVE)
    await shown.show(FAILED)
    await notifier.emit("ActivationToken", "us", 7, "nobody's")
    await notifier.emit("ActivationToken", "us", 1, "panel-1")
    await notifier.emit("ActionInvoked", "us", 2, "default")
    await told.until(heard=1)
    # Between the two the notice may be brought up to date.
    await shown.show(LIVE)
    await notifier.emit("ActionInvoked", "us", 1, "default")
    await notifier.emit("ActionInvoked", "us", 1, "default")
    await notifier.emit("ActivationToken", "us", 2, "")
    await notifier.emit("ActionInvoked", "us", 2, "default")
    heard = await told.until(heard=4)
    assert [(one.key, one.token) for one in heard] == [
        (FAILED.key, None), (LIVE.key, "panel-1"), (LIVE.key, None), (FAILED.key, None),
    ]  # fmt: skip


async def test_a_dismissal_long_after_an_action_is_one(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told, seconds: Seconds
) -> None:
    await shown.show(LIVE)
    await notifier.emit("ActionInvoked", "us", 1, "suspend")
    await told.until(heard=1)
    seconds.now += 5
    await notifier.emit("NotificationClosed", "uu", 1, 2)
    assert (await told.until(heard=2))[1].closed is Closed.DISMISSED


@pytest.mark.parametrize(
    ("reason", "closed"),
    [
        (1, Closed.EXPIRED),
        (2, Closed.DISMISSED),
        (3, Closed.WITHDRAWN),
        (4, Closed.EXPIRED),
        (9, Closed.EXPIRED),
    ],
)
async def test_it_is_told_why_it_is_not_shown_any_more(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told, reason: int, closed: Closed
) -> None:
    await shown.show(FAILED)
    await notifier.emit("NotificationClosed", "uu", 9, reason)
    await notifier.emit("Else", "uu", 1, reason)
    await notifier.emit("NotificationClosed", "s", "1")
    await notifier.emit("NotificationClosed", "uu", 1, reason)
    await notifier.emit("ActionInvoked", "us", 1, "retry")
    await shown.show(LIVE)
    assert await told.until(heard=1) == [Heard(key=FAILED.key, closed=closed)]


async def test_what_is_heard_before_the_number_is_known_counts(
    shown: FreedesktopSurface, notifier: FakeNotifier, told: Told
) -> None:
    await shown.probe()
    notifier.hangs = True
    showing = asyncio.create_task(shown.show(FAILED))
    await notifier.called("Notify")
    await notifier.emit("ActivationToken", "us", 1, "panel-1")
    await notifier.emit("ActionInvoked", "us", 1, "retry")
    await notifier.emit("NotificationClosed", "uu", 1, 2)
    await notifier.emit("NotificationClosed", "uu", 2, 2)
    notifier.answer_at_last()
    await showing
    assert told.heard == [
        Heard(key=FAILED.key, action=notice.Action.RETRY, token="panel-1"),
        Heard(key=FAILED.key, closed=Closed.WITHDRAWN),
    ]
    await shown.show(LIVE)
    await shown.show(LIVE)
    assert notifier.of("Notify")[2][1] == 2
