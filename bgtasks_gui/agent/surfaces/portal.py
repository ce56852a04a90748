"""Notices out of a sandbox, by the desktop portal: the only way out there.

The portal never tells that a notice is closed, so only its actions are heard.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from bgtasks_gui.agent.surfaces import buses
from bgtasks_gui.core.notices import notice, surface

if TYPE_CHECKING:
    from dbus_fast import Variant

SERVICE: Final = buses.Service(
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Notification",
)
_PROPERTIES: Final = buses.Service(SERVICE.name, SERVICE.path, "org.freedesktop.DBus.Properties")
#: What every Flatpak holds.
FLATPAK: Final = Path("/.flatpak-info")
_ACTIONS: Final = frozenset(each.value for each in notice.Action)
_PRIORITIES: Final = {"low": "low", "normal": "normal", "critical": "urgent"}


class PortalSurface:
    """Tells by the notification portal, inside a Flatpak or a snap."""

    name: ClassVar[str] = "portal"
    title: ClassVar[str] = "Notifications of the desktop portal"
    role: ClassVar[surface.Role] = surface.Role.MESSAGES
    shows_progress = False

    def __init__(
        self,
        address: str | None = None,
        *,
        flatpak: Path = FLATPAK,
        timeout_s: float = buses.TIMEOUT_S,
    ) -> None:
        self.on_heard: Callable[[surface.Heard], None] = lambda heard: None
        self.on_changed: Callable[[], None] = lambda: None
        self._is_sandboxed = flatpak.exists() or bool(os.environ.get("SNAP"))
        self._bus = buses.SessionBus(address, timeout_s=timeout_s)
        self._bus.on_lost = self._on_gone
        self._is_met = False
        #: What was told of work that goes on, and not withdrawn.
        self._live: set[str] = set()

    async def probe(self) -> surface.Probe:
        try:
            version = await self._meet()
        except surface.Unavailable as error:
            return surface.Probe(is_available=False, sentence=str(error))
        sentence = f"the desktop portal (notifications {version}) shows buttons"
        return surface.Probe(is_available=True, sentence=sentence)

    async def show(self, told: notice.Notice) -> None:
        if not self._is_met:
            await self._meet()
        # Known even where no answer comes: it may be shown all the same.
        self._live.discard(told.key)
        if told.kind is notice.Kind.LIVE:
            self._live.add(told.key)
        key = buses.plain(told.key)
        await self._bus.call(SERVICE, "AddNotification", "sa{sv}", key, _serialized(told))

    async def withdraw(self, key: str) -> None:
        # Also what an earlier agent told; it is no error where it is not there.
        if self._is_met:
            await self._bus.call(SERVICE, "RemoveNotification", "s", buses.plain(key))
            self._live.discard(key)

    async def close(self) -> None:
        live = [self.withdraw(key) for key in self._live]
        await asyncio.gather(*live, return_exceptions=True)
        await self._bus.close()
        self._is_met = False
        self._live.clear()

    async def _meet(self) -> int:
        """The version of the portal for notifications."""
        if not self._is_sandboxed:
            raise surface.Unavailable("this is no sandbox, which the desktop portal is for")
        await self._bus.open()
        await self._bus.follow(SERVICE.name, lambda owner: self._on_gone())
        await self._bus.listen(SERVICE, self._on_signal)
        try:
            answer = await self._bus.call(_PROPERTIES, "Get", "ss", SERVICE.interface, "version")
        except buses.Refused as error:
            why = f"no desktop portal for notifications on the session bus ({error.code})"
            raise surface.Unavailable(why) from error
        self._is_met = True
        match answer:
            case [variant]:
                return int(getattr(variant, "value", 1))
        return 1

    def _on_gone(self) -> None:
        """Another portal is there, or none: no button of an earlier notice reaches us any more."""
        lost, self._live, self._is_met = self._live, set(), False
        for key in sorted(lost):
            self.on_heard(surface.Heard(key=key, closed=surface.Closed.LOST))
        self.on_changed()

    def _on_signal(self, member: str, body: list[object]) -> None:
        match member, body:
            case "ActionInvoked", [str() as key, str() as named, *_] if named in _ACTIONS:
                self.on_heard(surface.Heard(key=key, action=notice.Action(named)))


def _serialized(told: notice.Notice) -> dict[str, Variant]:
    from dbus_fast import Variant

    buttons = [
        {"label": Variant("s", notice.LABELS[each]), "action": Variant("s", each.value)}
        for each in told.actions
    ]
    # Without an icon it has the one of the program, whose name only the sandbox knows.
    return {
        "title": Variant("s", buses.plain(told.title)),
        "body": Variant("s", buses.plain(told.body)),
        "priority": Variant("s", _PRIORITIES[told.urgency]),
        "default-action": Variant("s", notice.Action.SHOW.value),
        "buttons": Variant("aa{sv}", buttons),
    }
