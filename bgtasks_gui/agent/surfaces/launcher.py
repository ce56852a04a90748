"""A count and a bar on the program's icon in docks and task managers that listen for them.

Unity's signal, which outlived Unity. Docks keep what they heard last, so each signal says all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from statistics import fmean
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from bgtasks_gui.agent.surfaces import buses
from bgtasks_gui.core.notices import notice, surface

if TYPE_CHECKING:
    from dbus_fast import Message, Variant
    from dbus_fast.aio import MessageBus

PATH: Final = f"/com/canonical/unity/launcherentry/{buses.DESKTOP_ENTRY}"
INTERFACE: Final = "com.canonical.Unity.LauncherEntry"
APPLICATION: Final = f"application://{buses.DESKTOP_ENTRY}.desktop"
#: Docks that listen own this name, nearly all of them.
DOCK: Final = "com.canonical.Unity"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the icon."""

    count: int = 0
    #: In hundredths: finer steps are not seen on an icon.
    percent: int | None = None
    is_urgent: bool = False


def entry_of(told: Iterable[notice.Notice]) -> Entry:
    """What stands on the icon while these are told."""
    shown = list(told)
    live = [one for one in shown if one.kind is notice.Kind.LIVE]
    fractions = [min(max(one.fraction, 0.0), 1.0) for one in live if one.fraction is not None]
    return Entry(
        count=len(live),
        percent=round(fmean(fractions) * 100) if fractions else None,
        is_urgent=any(one.kind is notice.Kind.NEEDS_YOU for one in shown),
    )


def properties_of(entry: Entry) -> dict[str, Variant]:
    """The entry in the words of the signal."""
    from dbus_fast import Variant

    return {
        "count": Variant("x", entry.count),
        "count-visible": Variant("b", entry.count > 0),
        "progress": Variant("d", (entry.percent or 0) / 100),
        "progress-visible": Variant("b", entry.percent is not None),
        "urgent": Variant("b", entry.is_urgent),
    }


class _AnsweringBus(buses.SessionBus):
    """A session bus on which a dock that starts later can ask for what it missed."""

    def __init__(self, address: str | None, entry: Callable[[], Entry]) -> None:
        super().__init__(address)
        self._entry = entry

    async def _connect(self, address: str | None) -> MessageBus:
        bus = await super()._connect(address)
        bus.add_message_handler(self._answer)
        return bus

    def _answer(self, message: Message) -> Message | None:
        from dbus_fast import Message, MessageType

        asked = (message.message_type, message.path, message.member)
        if asked != (MessageType.METHOD_CALL, PATH, "Query"):
            return None
        if message.interface not in (INTERFACE, None):
            return None
        body = [APPLICATION, properties_of(self._entry())]
        return Message.new_method_return(message, "sa{sv}", body)


class LauncherEntry:
    """The program's icon, for as long as something is told."""

    name: ClassVar[str] = "launcher"
    title: ClassVar[str] = "Count and progress on the icon"
    role: ClassVar[surface.Role] = surface.Role.BESIDE

    def __init__(self, address: str | None = None) -> None:
        #: Never called: nothing is heard from an icon.
        self.on_heard: Callable[[surface.Heard], None] = lambda _: None
        self.on_changed: Callable[[], None] = lambda: None
        self.shows_progress = True
        self._bus = _AnsweringBus(address, lambda: self._entry)
        self._bus.on_lost = self._on_lost
        self._told: dict[str, notice.Notice] = {}
        self._entry = Entry()
        self._repeating: asyncio.Task[None] | None = None

    async def probe(self) -> surface.Probe:
        try:
            await self._bus.open()
            dock = await self._bus.follow(DOCK, self._on_dock)
        except surface.Unavailable as error:
            return surface.Probe(is_available=False, sentence=str(error))
        if not dock:
            # Some docks listen without owning the name, and a signal costs next to nothing.
            sentence = "no dock has announced itself; progress is sent to whoever listens"
            return surface.Probe(is_available=True, sentence=sentence)
        return surface.Probe(is_available=True, sentence="a dock shows a count and progress")

    async def show(self, told: notice.Notice) -> None:
        self._told[told.key] = told
        await self._update()

    async def withdraw(self, key: str) -> None:
        if self._told.pop(key, None) is not None:
            await self._update()

    async def close(self) -> None:
        self._told.clear()
        if self._repeating is not None:
            self._repeating.cancel()
        with contextlib.suppress(surface.Unavailable):
            await self._update()
        await self._bus.close()

    async def _update(self) -> None:
        entry = entry_of(self._told.values())
        if entry == self._entry:
            return
        self._entry = entry
        try:
            await self._send()
        except surface.Unavailable:
            self._entry = Entry()  # nothing stands on an icon, so the next one is sent
            raise

    async def _send(self) -> None:
        body = (APPLICATION, properties_of(self._entry))
        await self._bus.emit(PATH, INTERFACE, "Update", "sa{sv}", *body)

    async def _repeat(self) -> None:
        # Where that fails the bus is lost, which is told by itself.
        with contextlib.suppress(surface.Unavailable):
            await self._send()

    def _on_dock(self, owner: str) -> None:
        if owner and self._entry != Entry():
            self._repeating = asyncio.get_running_loop().create_task(self._repeat())
        self.on_changed()

    def _on_lost(self) -> None:
        self._entry = Entry()
        self.on_changed()
