"""Running work in the job list of KDE Plasma, and of whatever else owns its name.

What a job shows is decided once, in the words of the newest interface (`facts_of`); `calls_of`
says the same to older ones.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from bgtasks_gui.agent.surfaces import buses
from bgtasks_gui.core.notices import notice, surface

if TYPE_CHECKING:
    from dbus_fast import Variant

SERVER: Final = "org.kde.JobViewServer"
SERVER_PATH: Final = "/JobViewServer"
NEW_SERVER: Final = buses.Service(SERVER, SERVER_PATH, "org.kde.JobViewServerV2")
OLD_SERVER: Final = buses.Service(SERVER, SERVER_PATH, "org.kde.JobViewServer")
NEW_VIEW: Final = "org.kde.JobViewV3"
#: What views of the old server speak, the better one first.
OLD_VIEWS: Final = ("org.kde.JobViewV2", "org.kde.JobView")

APP_NAME: Final = "Background Tasks"
KILLABLE: Final = 1
SUSPENDABLE: Final = 2
#: Codes of KJob. By the second a view vanishes, and claims nothing of how the work ended.
NO_ERROR: Final = 0
KILLED: Final = 1
#: Each view has a match rule at the bus, which stays until the connection is made anew.
MOST_RULES: Final = 200
_UNKNOWN: Final = tuple(
    f"org.freedesktop.DBus.Error.Unknown{what}" for what in ("Method", "Interface", "Object")
)
_ACTIONS: Final = {
    "suspendRequested": notice.Action.SUSPEND,
    "resumeRequested": notice.Action.RESUME,
    "cancelRequested": notice.Action.CANCEL,
}
#: Units a job can be counted in, as the newest interface names them and as the older ones do.
_UNITS: Final = {
    "bytes": ("Bytes", "bytes"),
    "files": ("Files", "files"),
    "folders": ("Directories", "dirs"),
    "items": ("Items", "items"),
}
_OLD_UNITS: Final = dict(_UNITS.values())

#: D-Bus type and value of each property of a job.
Facts = dict[str, tuple[str, str | int | bool]]
#: Method, signature and argument values.
Call = tuple[str, str, tuple[object, ...]]


def capabilities_of(told: notice.Notice) -> int:
    """Which buttons a job has."""
    can_suspend = {notice.Action.SUSPEND, notice.Action.RESUME} & set(told.actions)
    can_cancel = notice.Action.CANCEL in told.actions
    return (SUSPENDABLE if can_suspend else 0) | (KILLABLE if can_cancel else 0)


def facts_of(told: notice.Notice) -> Facts:
    """What a job shows of a notice."""
    # Plasma reads the second as rich text, where a name could bring in a picture from afar.
    message = buses.plain(told.body).replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
    facts: Facts = {
        "title": ("s", buses.plain(told.title)),
        "infoMessage": ("s", message),
        "suspended": ("b", told.is_suspended),
    }
    if told.fraction is not None:
        facts["percent"] = ("u", int(min(max(told.fraction, 0.0), 1.0) * 100))
    if told.unit in _UNITS:
        name = _UNITS[told.unit][0]
        if told.total is not None:
            facts[f"total{name}"] = ("t", _whole(told.total))
        if told.done is not None:
            facts[f"processed{name}"] = ("t", _whole(told.done))
    if told.unit == "bytes":
        facts["speed"] = ("t", 0 if told.is_suspended else _whole(told.rate or 0.0))
    return facts


def _whole(amount: float) -> int:
    return min(max(int(amount), 0), 2**64 - 1)


def calls_of(facts: Facts) -> list[Call]:
    """The same for the older interfaces, which have a method for each of them."""
    return [_call_of(name, *fact) for name, fact in facts.items()]


def _call_of(name: str, kind: str, value: str | int | bool) -> Call:
    match name:
        case "title":
            # They show this one as the heading.
            return ("setInfoMessage", "s", (value,))
        case "infoMessage":
            return ("setDescriptionField", "uss", (0, "Now", value))
        case "percent" | "speed" | "suspended":
            return (f"set{name.capitalize()}", kind, (value,))
    total = name.removeprefix("total")
    unit = _OLD_UNITS[total.removeprefix("processed")]
    member = "setProcessedAmount" if total == name else "setTotalAmount"
    return (member, "ts", (value, unit))


@dataclass
class View:
    """A job in the list, and what was said to it."""

    service: buses.Service
    capabilities: int
    said: Facts = field(default_factory=dict)
    #: The person ended the work there. The list drops it then after 2 s, whether or not it ended.
    is_cancelled: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it speaks the newest interface."""
        return self.service.interface == NEW_VIEW


class KdeJobs:
    """Jobs, each under the key of its notice."""

    name: ClassVar[str] = "kde_jobs"
    title: ClassVar[str] = "Plasma's list of running work"
    role: ClassVar[surface.Role] = surface.Role.JOBS

    def __init__(self, address: str | None = None, *, timeout_s: float = buses.TIMEOUT_S) -> None:
        self.on_heard: Callable[[surface.Heard], None] = lambda _: None
        self.on_changed: Callable[[], None] = lambda: None
        self.shows_progress = True
        self._bus = buses.SessionBus(address, timeout_s=timeout_s)
        self._bus.on_lost = self._on_lost
        self._views: dict[str, View] = {}
        self._rules = 0
        self._turn = asyncio.Lock()
        self._late: set[asyncio.Task[None]] = set()

    async def probe(self) -> surface.Probe:
        try:
            owner = await self._open()
        except surface.Unavailable as error:
            return surface.Probe(is_available=False, sentence=str(error))
        if not owner:
            sentence = f"no list of running work on this desktop ({SERVER})"
            return surface.Probe(is_available=False, sentence=sentence)
        return surface.Probe(is_available=True, sentence="the desktop has a list of running work")

    async def show(self, told: notice.Notice) -> None:
        async with self._turn:
            facts = facts_of(told)
            view = self._views.get(told.key)
            if view is not None and view.capabilities != capabilities_of(told):
                # Buttons are given to a job once and for all.
                await self._end(told.key, KILLED)
                view = None
            if view is not None and await self._say(view, facts):
                return
            view = await self._request(told)
            self._views[told.key] = view
            await self._say(view, facts)

    async def withdraw(self, key: str) -> None:
        async with self._turn:
            view = self._views.get(key)
            if view is not None:
                # The older lists go on to show what ended without error, as finished.
                is_vanishing = view.is_cancelled or not view.is_new
                await self._end(key, KILLED if is_vanishing else NO_ERROR)

    async def close(self) -> None:
        async with self._turn:
            for key in list(self._views):
                with contextlib.suppress(surface.Unavailable):
                    await self._end(key, KILLED)
        for late in self._late:
            late.cancel()
        await self._bus.close()

    async def _open(self) -> str:
        if self._rules >= MOST_RULES and not self._views:
            await self._bus.close()
            self._rules = 0
        await self._bus.open()
        return await self._bus.follow(SERVER, self._on_owner)

    async def _request(self, told: notice.Notice) -> View:
        from dbus_fast import Variant

        if not await self._open():
            raise surface.Unavailable(f"nobody owns {SERVER}")
        capabilities = capabilities_of(told)
        hints = {
            # Only long work is told at all, so it is shown at once.
            "immediate": Variant("b", True),
            # How it ended is told by a message, where that is wanted.
            "transient": Variant("b", True),
            "application-display-name": Variant("s", APP_NAME),
            "application-icon-name": Variant("s", buses.DESKTOP_ENTRY),
        }
        try:
            asked: tuple[object, ...] = (buses.DESKTOP_ENTRY, capabilities, hints)
            path = await self._ask(NEW_SERVER, "sia{sv}", asked, NEW_VIEW)
            service = buses.Service(SERVER, path, NEW_VIEW)
        except buses.Refused as error:
            if error.code not in _UNKNOWN:
                raise
            asked = (APP_NAME, buses.DESKTOP_ENTRY, capabilities)
            path = await self._ask(OLD_SERVER, "ssi", asked, OLD_VIEWS[0])
            service = await self._find_old_view(path, told)
        self._rules += 1
        await self._bus.listen(service, partial(self._on_signal, told.key))
        return View(service, capabilities)

    async def _ask(
        self, server: buses.Service, signature: str, asked: tuple[object, ...], interface: str
    ) -> str:
        def on_late(answer: list[object]) -> None:
            late = View(buses.Service(SERVER, str(answer[0]), interface), 0)
            ending = asyncio.get_running_loop().create_task(self._terminate(late, KILLED))
            self._late.add(ending)
            ending.add_done_callback(self._late.discard)

        answer = await self._bus.call(server, "requestView", signature, *asked, on_late=on_late)
        return str(answer[0])

    async def _find_old_view(self, path: str, told: notice.Notice) -> buses.Service:
        better, plainer = (buses.Service(SERVER, path, interface) for interface in OLD_VIEWS)
        try:
            await self._bus.call(better, "setInfoMessage", "s", buses.plain(told.title))
        except buses.Refused as error:
            if error.code not in _UNKNOWN:
                raise
            return plainer
        return better

    async def _say(self, view: View, facts: Facts) -> bool:
        """Say what is new. False where the view is gone and shall come back."""
        news = {name: fact for name, fact in facts.items() if view.said.get(name) != fact}
        calls = calls_of(news)
        if view.is_new:
            calls = [("update", "a{sv}", (_variants(news),))] if news else []
        for member, signature, values in calls:
            try:
                await self._bus.call(view.service, member, signature, *values)
            except buses.Refused as error:
                if error.code not in _UNKNOWN:
                    raise
                # Of the older methods one may be missing.
                if view.is_new or error.code == _UNKNOWN[-1]:
                    return view.is_cancelled
        view.said.update(news)
        return True

    async def _end(self, key: str, code: int) -> None:
        await self._terminate(self._views.pop(key), code)

    async def _terminate(self, view: View, code: int) -> None:
        # It may be gone by itself.
        with contextlib.suppress(buses.Refused):
            if view.is_new:
                await self._bus.call(view.service, "terminate", "usa{sv}", code, "", {})
                return
            if code and view.service.interface == OLD_VIEWS[0]:
                await self._bus.call(view.service, "setError", "u", code)
            await self._bus.call(view.service, "terminate", "s", "")

    def _on_signal(self, key: str, member: str, _: list[object]) -> None:
        view = self._views.get(key)
        action = _ACTIONS.get(member)
        if view is None or action is None:
            return
        view.is_cancelled = view.is_cancelled or action is notice.Action.CANCEL
        self.on_heard(surface.Heard(key=key, action=action))

    def _on_lost(self) -> None:
        self._rules = 0
        self._on_owner("")

    def _on_owner(self, _: str) -> None:
        lost, self._views = self._views, {}
        for key in lost:
            self.on_heard(surface.Heard(key=key, closed=surface.Closed.LOST))
        self.on_changed()


def _variants(facts: Facts) -> dict[str, Variant]:
    from dbus_fast import Variant

    return {name: Variant(*fact) for name, fact in facts.items()}
