from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.agent.surfaces.portal import PortalSurface
from bgtasks_gui.core.notices import notice, surface
from tests.agent.surfaces.samples import FAILED, LIVE, Told
from tests.agent.surfaces.services import IMPATIENT_S, WITHIN_S, FakePortal
from tests.machine.conftest import PrivateBus

Heard = surface.Heard


@pytest.fixture
async def portal(session_bus: PrivateBus) -> AsyncIterator[FakePortal]:
    portal = FakePortal(session_bus.address)
    await portal.start()
    yield portal
    await portal.stop()


@pytest.fixture
def flatpak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What makes a Flatpak of this."""
    monkeypatch.delenv("SNAP", raising=False)
    flatpak = tmp_path / ".flatpak-info"
    flatpak.touch()
    return flatpak


@pytest.fixture
async def shown(session_bus: PrivateBus, told: Told, flatpak: Path) -> AsyncIterator[PortalSurface]:
    shown = PortalSurface(session_bus.address, flatpak=flatpak, timeout_s=WITHIN_S)
    shown.on_heard, shown.on_changed = told.on_heard, told.on_changed
    yield shown
    await shown.close()


def is_surface(one: surface.Surface) -> bool:
    return one.role is surface.Role.MESSAGES and not one.shows_progress


async def test_inside_a_sandbox_it_is_there(shown: PortalSurface, portal: FakePortal) -> None:
    assert is_surface(shown)
    assert await shown.probe() == surface.Probe(
        is_available=True, sentence="the desktop portal (notifications 2) shows buttons"
    )
    assert portal.calls == [("Get", "ss", [portal.interface, "version"])]


async def test_outside_it_is_not(
    session_bus: PrivateBus, portal: FakePortal, flatpak: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flatpak.unlink()
    said = "this is no sandbox, which the desktop portal is for"
    outside = PortalSurface(session_bus.address, flatpak=flatpak)
    assert await outside.probe() == surface.Probe(is_available=False, sentence=said)
    with pytest.raises(surface.Unavailable, match=said):
        await outside.show(LIVE)
    await outside.withdraw(LIVE.key)
    assert portal.calls == []
    monkeypatch.setenv("SNAP", "/snap/bgtasks/1")
    snap = PortalSurface(session_bus.address, flatpak=flatpak)
    assert (await snap.probe()).is_available
    await snap.close()


async def test_where_it_is_missing_that_is_said(
    shown: PortalSurface, session_bus: PrivateBus, told: Told
) -> None:
    missing = "no desktop portal for notifications on the session bus"
    assert (await shown.probe()).sentence.startswith(missing)
    portal = FakePortal(session_bus.address)
    portal.has_notifications = False
    await portal.start()
    await told.until(changes=1)
    assert (await shown.probe()).sentence.startswith(missing)
    await portal.stop()


async def test_a_notice_is_told_replaced_and_taken_down(
    shown: PortalSurface, portal: FakePortal
) -> None:
    await shown.show(LIVE)
    assert portal.types == dict.fromkeys(("title", "body", "priority", "default-action"), "s") | {
        "buttons": "aa{sv}"
    }
    await shown.show(msgspec.structs.replace(LIVE, title="a\0b", actions=()))
    await shown.withdraw(LIVE.key)
    assert portal.calls[1:] == [
        (
            "AddNotification",
            "sa{sv}",
            [
                "live:r1",
                {
                    "title": "Backup",
                    "body": "65 % of 1.2 GB, 38 MB/s",
                    "priority": "low",
                    "default-action": "show",
                    "buttons": [
                        {"label": "Suspend", "action": "suspend"},
                        {"label": "Cancel", "action": "cancel"},
                    ],
                },
            ],
        ),
        (
            "AddNotification",
            "sa{sv}",
            [
                "live:r1",
                {
                    "title": "ab",
                    "body": "65 % of 1.2 GB, 38 MB/s",
                    "priority": "low",
                    "default-action": "show",
                    "buttons": [],
                },
            ],
        ),
        ("RemoveNotification", "s", ["live:r1"]),
    ]


async def test_what_matters_is_urgent(shown: PortalSurface, portal: FakePortal) -> None:
    await shown.show(FAILED)
    assert portal.of("AddNotification")[0][1]["priority"] == "urgent"
    # Plain words, in which nothing is a mark.
    assert portal.of("AddNotification")[0][1]["body"] == FAILED.body


async def test_a_button_is_heard(shown: PortalSurface, portal: FakePortal, told: Told) -> None:
    await shown.show(LIVE)
    await portal.emit("ActionInvoked", "ssav", LIVE.key, "app.else", [])
    await portal.emit("Else", "ssav", LIVE.key, "show", [])
    await portal.emit("ActionInvoked", "ssav", LIVE.key, "cancel", [])
    await portal.emit("ActionInvoked", "ssav", "failed:earlier", "show", [])
    assert await told.until(heard=2) == [
        Heard(key=LIVE.key, action=notice.Action.CANCEL),
        Heard(key="failed:earlier", action=notice.Action.SHOW),
    ]


async def test_when_it_is_started_again_what_is_live_is_lost(
    shown: PortalSurface, portal: FakePortal, told: Told
) -> None:
    await shown.show(LIVE)
    await shown.show(FAILED)
    await portal.stop()
    assert await told.until(heard=1, changes=1) == [Heard(key=LIVE.key, closed=surface.Closed.LOST)]
    await shown.withdraw(LIVE.key)
    with pytest.raises(surface.Unavailable, match="no desktop portal"):
        await shown.show(LIVE)
    await portal.start()
    await told.until(changes=2)
    await shown.show(LIVE)
    assert len(portal.of("AddNotification")) == 3


async def test_at_the_end_only_what_is_live_goes(
    session_bus: PrivateBus, portal: FakePortal, flatpak: Path
) -> None:
    shown = PortalSurface(session_bus.address, flatpak=flatpak)
    await shown.show(FAILED)
    await shown.show(LIVE)
    await shown.close()
    await shown.close()
    assert portal.of("RemoveNotification") == [[LIVE.key]]


async def test_one_that_hangs_is_not_waited_for(
    session_bus: PrivateBus, portal: FakePortal, flatpak: Path
) -> None:
    shown = PortalSurface(session_bus.address, flatpak=flatpak, timeout_s=IMPATIENT_S)
    await shown.show(LIVE)
    portal.hangs = True
    began = time.monotonic()
    with pytest.raises(surface.Unavailable, match="does not answer"):
        await shown.show(FAILED)
    assert (await shown.probe()).sentence == "org.freedesktop.portal.Desktop does not answer"
    await shown.close()
    assert time.monotonic() - began < 10 * IMPATIENT_S
