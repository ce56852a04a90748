"""Notices on a real desktop: what dunst shows, and what a person does to it."""

from __future__ import annotations

import asyncio
import contextlib
import html
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import msgspec
import pytest

from bgtasks_gui.agent.surfaces.freedesktop import FreedesktopSurface
from bgtasks_gui.core.notices import notice, surface
from tests.agent.surfaces.samples import FAILED, LIVE, Told
from tests.desktop.session import Session
from tests.desktop.support import needs
from tests.desktop.support.parts import NOTIFICATIONS
from tests.desktop.support.screen import Window

#: A person takes what comes so soon for an answer to what they did.
PROMPT_S = 0.2
CONTROL = "org.dunstproject.cmd0"
PATH = "/org/freedesktop/Notifications"
# Notices of little weight go soon, and whoever is asked for a button wants "Suspend".
HASTE = """[global]
    dmenu = /bin/grep --max-count=1 Suspend
[urgency_low]
    timeout = 300ms
"""
Closed, Heard = surface.Closed, surface.Heard


class Person:
    """Somebody before a desktop with dunst. Each act waits until it is done."""

    def __init__(self, desktop: Session) -> None:
        self._desktop = desktop

    async def sees(self, count: int) -> None:
        """Wait until so many notices are on the screen."""
        await self._do(
            lambda: self._desktop.wait_for(lambda: self._count() == count, f"{count} notices")
        )

    async def click(self, button: int = 1) -> float:
        """Click on the notices; when the button went down."""
        await self._do(lambda: self._desktop.wait_for_window("dunst"))
        [window] = await self._do(lambda: self._desktop.windows("dunst"))
        began = time.monotonic()
        await self._do(lambda: self._desktop.move_pointer(*window.centre))
        is_there = time.monotonic()
        await self._do(lambda: self._desktop.click(*window.centre, button=button))
        # The hand takes its time for both.
        return is_there + (is_there - began)

    async def tell(self, member: str, signature: str = "", *body: object) -> Any:
        """What `dunstctl` tells dunst, or asks it for."""
        asked = (NOTIFICATIONS, PATH, CONTROL, member, signature, *body)
        return await self._do(lambda: self._desktop.bus.call(*asked))

    async def remembers(self) -> list[dict[str, Any]]:
        """What was shown and is gone, the latest first."""
        return (await self.tell("NotificationListHistory"))[0]

    async def restarts_dunst(self) -> None:
        await self._do(self._desktop.stop_notifier)
        await self._do(lambda: self._desktop.start_notifier("dunst"))

    def _count(self) -> int:
        said = self._desktop.bus.properties(NOTIFICATIONS, PATH, CONTROL)
        return int(said["displayedLength"])

    async def _do(self, act: Callable[[], Any]) -> Any:
        # The loop goes on meanwhile, as the surface is on it.
        return await asyncio.to_thread(act)


@contextlib.contextmanager
def added(desktop: Session, settings: str) -> Iterator[None]:
    """Further settings of dunst, from its next start on."""
    written = desktop.folder / "config" / "dunst" / "dunstrc.d" / "further.conf"
    written.parent.mkdir()
    written.write_text(settings)
    try:
        yield
    finally:
        written.unlink()
        written.parent.rmdir()


@pytest.fixture
def haste(desktop: Session) -> Iterator[None]:
    with added(desktop, HASTE):
        yield


@pytest.fixture
def person(desktop: Session) -> Person:
    needs.require(needs.NOTIFIERS["dunst"])
    desktop.start_notifier("dunst")
    return Person(desktop)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def shown(desktop: Session, told: Told) -> AsyncIterator[FreedesktopSurface]:
    shown = FreedesktopSurface(desktop.env["DBUS_SESSION_BUS_ADDRESS"])
    shown.on_heard, shown.on_changed = told.on_heard, told.on_changed
    yield shown
    await shown.close()


async def test_progress_is_shown_and_moves_in_place(
    shown: FreedesktopSurface, person: Person, told: Told
) -> None:
    assert (await shown.probe()).sentence.endswith(" shows progress and buttons")
    await shown.show(LIVE)
    await person.sees(1)
    for percent in range(66, 71):
        body = f"{percent} % of 1.2 GB, 38 MB/s"
        await shown.show(msgspec.structs.replace(LIVE, fraction=percent / 100, body=body))
    await person.sees(1)
    assert await person.remembers() == []
    await shown.withdraw(LIVE.key)
    await person.sees(0)
    [gone] = await person.remembers()
    assert (gone["summary"], gone["body"], gone["progress"]) == (
        "Backup",
        "70 % of 1.2 GB, 38 MB/s",
        70,
    )
    assert (gone["appname"], gone["category"]) == ("Background Tasks", "transfer")
    assert told.heard == []


async def test_a_click_is_heard_at_once_and_is_no_dismissal(
    shown: FreedesktopSurface, person: Person, told: Told
) -> None:
    await shown.show(LIVE)
    await person.sees(1)
    clicked = await person.click()
    await told.until(heard=1)
    assert time.monotonic() - clicked < PROMPT_S
    assert await told.until(heard=2) == [
        Heard(key=LIVE.key, action=notice.Action.SHOW),
        Heard(key=LIVE.key, closed=Closed.WITHDRAWN),
    ]
    await shown.show(LIVE)
    await person.sees(1)


async def test_an_action_from_the_keyboard_leaves_the_notice(
    shown: FreedesktopSurface, person: Person, told: Told
) -> None:
    await shown.show(LIVE)
    await person.sees(1)
    began = time.monotonic()
    await person.tell("NotificationAction", "u", 0)
    assert await told.until(heard=1) == [Heard(key=LIVE.key, action=notice.Action.SHOW)]
    assert time.monotonic() - began < PROMPT_S
    await person.sees(1)


@pytest.mark.usefixtures("haste")
async def test_a_button_is_chosen(shown: FreedesktopSurface, person: Person, told: Told) -> None:
    await shown.show(LIVE)
    await person.sees(1)
    await person.tell("ContextMenuCall")
    assert await told.until(heard=1) == [Heard(key=LIVE.key, action=notice.Action.SUSPEND)]


async def test_a_dismissal_is_heard(shown: FreedesktopSurface, person: Person, told: Told) -> None:
    await shown.show(FAILED)
    await person.sees(1)
    await person.click(button=3)
    assert await told.until(heard=1) == [Heard(key=FAILED.key, closed=Closed.DISMISSED)]


@pytest.mark.usefixtures("haste")
async def test_what_goes_by_itself_has_expired(
    shown: FreedesktopSurface, person: Person, told: Told
) -> None:
    light = msgspec.structs.replace(LIVE, is_resident=False, key="ended:r4", title="Clean-up")
    await shown.show(LIVE)
    await shown.show(light)
    assert await told.until(heard=1) == [Heard(key=light.key, closed=Closed.EXPIRED)]
    await person.sees(1)


async def test_a_restart_loses_all_and_it_can_be_shown_again(
    shown: FreedesktopSurface, person: Person, told: Told
) -> None:
    await shown.show(FAILED)
    await shown.show(LIVE)
    await person.sees(2)
    await person.restarts_dunst()
    assert await told.until(heard=2, changes=2) == [
        Heard(key=FAILED.key, closed=Closed.LOST),
        Heard(key=LIVE.key, closed=Closed.LOST),
    ]
    assert (await shown.probe()).is_available
    await shown.show(LIVE)
    await person.sees(1)


async def test_at_the_end_only_what_is_live_goes(shown: FreedesktopSurface, person: Person) -> None:
    await shown.show(FAILED)
    await shown.show(LIVE)
    await person.sees(2)
    await shown.close()
    await person.sees(1)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("", "rsync \u2039a\u203a & \u2039b\u203a ended with 23"),
        ("markup = no", "rsync \u2039a\u203a & \u2039b\u203a ended with 23"),
        ("markup = full", "rsync <a> & <b> ended with 23"),
    ],
)
async def test_words_are_whole_whatever_it_makes_of_tags(
    shown: FreedesktopSurface, desktop: Session, setting: str, words: str
) -> None:
    with added(desktop, f"[global]\n    {setting}\n"):
        person = Person(desktop)
        await person.restarts_dunst()
        await shown.show(FAILED)
        await person.sees(1)
        await shown.withdraw(FAILED.key)
        await person.sees(0)
        [gone] = await person.remembers()
    assert html.unescape(gone["message"]) == f"<b>Sync failed</b>\n{words}"


async def test_another_service_gets_the_words_alone_and_has_buttons(
    shown: FreedesktopSurface, desktop: Session, told: Told
) -> None:
    needs.require(needs.NOTIFIERS["xfce"])
    desktop.start_notifier("xfce")

    def notices() -> list[Window]:
        return [each for each in desktop.windows("xfce4-notifyd") if each.height > 50]

    def is_heard() -> bool:
        # It grows while it appears, so that a click may come too early.
        for window in notices():
            desktop.click(window.centre[0], window.y + window.height - 30)
        return bool(told.heard)

    assert (await shown.probe()).sentence.endswith(" shows buttons")
    await shown.show(LIVE)
    await asyncio.to_thread(desktop.wait_for, is_heard, "press of the middle button")
    assert await told.until(heard=2) == [
        Heard(key=LIVE.key, action=notice.Action.SUSPEND),
        Heard(key=LIVE.key, closed=Closed.WITHDRAWN),
    ]
    await shown.show(LIVE)
    await asyncio.to_thread(desktop.wait_for, notices, "notice")
    await shown.withdraw(LIVE.key)
    await asyncio.to_thread(desktop.wait_for, lambda: not notices(), "end of the notice")
    assert len(told.heard) == 2
