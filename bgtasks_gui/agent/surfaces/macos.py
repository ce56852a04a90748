"""The notification centre of macOS, by the package desktop-notifier, which is only there.

It tells of clicks in the run loop of the main thread alone. The agent has another loop there, so
that one is let run for a moment, again and again while something is shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import ClassVar, Final, Protocol, cast

import msgspec

from bgtasks_gui.core.notices import notice, surface

NAME: Final = "Background Tasks"
#: How long to wait for a person who is asked whether notices may be shown.
PATIENCE_S: Final = 2.0
#: A click is answered within this; a turn of the run loop without one takes microseconds.
TURN_EVERY_S: Final = 0.5
_LIVE: Final = "live/"
_TOLD: Final = "told/"
_FRAMEWORK: Final = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"

OnHeard = Callable[[surface.Heard], None]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """All that is shown of a notice."""

    key: str
    identifier: str
    title: str
    message: str
    #: As the package names it: Low, Normal or Critical.
    urgency: str
    #: Label and action. macOS keeps buttons by their labels, so one label is one action for ever.
    buttons: tuple[tuple[str, notice.Action], ...]
    #: Notices of one thread are stacked.
    thread: str | None
    has_sound: bool


def words_of(told: notice.Notice) -> Words:
    """What is shown of it."""
    is_live = told.kind is notice.Kind.LIVE
    return Words(
        key=told.key,
        identifier=(_LIVE if is_live else _TOLD) + told.key,
        title=told.title,
        message=told.body,
        urgency=told.urgency.capitalize(),
        buttons=tuple((notice.LABELS[action], action) for action in told.actions),
        thread=told.group or None,
        has_sound=not is_live and told.urgency != "low",
    )


class Notifier(Protocol):
    """Shows notices under the name of the program."""

    async def request_authorisation(self) -> bool: ...
    async def get_capabilities(self) -> frozenset[object]: ...
    async def get_current_notifications(self) -> list[str]: ...
    async def send_notification(self, notification: object) -> str: ...
    async def clear(self, identifier: str) -> None: ...


class Library(Protocol):
    """The part of `desktop_notifier` that is used."""

    #: An enumeration: its members by their names.
    Urgency: Callable[[str], object]
    DEFAULT_SOUND: object
    #: Of the program's name and icon.
    DesktopNotifier: Callable[[str, None], Notifier]
    Button: Callable[..., object]
    Notification: Callable[..., object]


def make_notification(words: Words, hear: OnHeard, library: Library) -> object:
    """The words as the package wants them; `hear` is called with what is done."""

    def press(action: notice.Action) -> Callable[[], None]:
        return lambda: hear(surface.Heard(key=words.key, action=action))

    dismissed = surface.Heard(key=words.key, closed=surface.Closed.DISMISSED)

    return library.Notification(
        words.title,
        words.message,
        urgency=library.Urgency(words.urgency.lower()),
        buttons=tuple(
            library.Button(label, on_pressed=press(action), identifier=action.value)
            for label, action in words.buttons
        ),
        on_clicked=press(notice.Action.SHOW),
        on_dismissed=lambda: hear(dismissed),
        sound=library.DEFAULT_SOUND if words.has_sound else None,
        thread=words.thread,
        identifier=words.identifier,
    )


def turn_run_loop() -> None:
    """Let the run loop of this thread do what waits, and return at once."""
    core = ctypes.CDLL(_FRAMEWORK)
    core.CFRunLoopRunInMode.argtypes = [ctypes.c_void_p, ctypes.c_double, ctypes.c_bool]
    mode = ctypes.c_void_p.in_dll(core, "kCFRunLoopDefaultMode")
    core.CFRunLoopRunInMode(mode, 0.0, True)


class NotificationCentre:
    """Notices of macOS, each under the key of its notice."""

    name: ClassVar[str] = "macos"
    title: ClassVar[str] = "macOS notifications"
    role: ClassVar[surface.Role] = surface.Role.MESSAGES

    def __init__(
        self,
        *,
        platform: str = sys.platform,
        load: Callable[[str], object] = import_module,
        turn: Callable[[], None] = turn_run_loop,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.on_heard: OnHeard = lambda _: None
        self.on_changed: Callable[[], None] = lambda: None
        #: What is shown again there makes itself noticed again.
        self.shows_progress = False
        self._platform = platform
        self._load = load
        self._turn = turn
        self._pause = pause
        self._patience_s = patience_s
        self._library: Library | None = None
        self._notifier: Notifier | None = None
        self._asking: asyncio.Task[bool] | None = None
        self._turning: asyncio.Task[None] | None = None
        self._shown: dict[str, str] = {}

    async def probe(self) -> surface.Probe:
        if self._platform != "darwin":
            return surface.Probe(is_available=False, sentence="only on macOS")
        try:
            notifier = await self._open()
        except ImportError as error:
            why = f"the package desktop-notifier is not installed ({error})"
            return surface.Probe(is_available=False, sentence=why)
        if not await notifier.get_capabilities():
            why = "macOS shows notices of signed programs only, and this Python is none"
            return surface.Probe(is_available=False, sentence=why)
        if self._asking is None:
            self._asking = asyncio.create_task(notifier.request_authorisation())
        done, _ = await asyncio.wait([self._asking], timeout=self._patience_s)
        if not done:
            self._asking.add_done_callback(lambda _: self.on_changed())
            sentence = "macOS asks whether notices may be shown"
            return surface.Probe(is_available=False, sentence=sentence)
        asked, self._asking = self._asking, None
        sentence = "macOS shows notices with buttons" if asked.result() else "turned off in macOS"
        return surface.Probe(is_available=asked.result(), sentence=sentence)

    async def show(self, told: notice.Notice) -> None:
        if self._notifier is None or self._library is None:
            raise surface.Unavailable("the notification centre is not open")
        words = words_of(told)
        loop = asyncio.get_running_loop()

        def hear(heard: surface.Heard) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._hear, heard)

        notification = make_notification(words, hear, self._library)
        await self._notifier.send_notification(notification)
        self._shown[told.key] = words.identifier
        if self._turning is None:
            self._turning = asyncio.create_task(self._keep_turning())

    async def withdraw(self, key: str) -> None:
        identifier = self._shown.pop(key, None)
        if identifier is not None and self._notifier is not None:
            await self._notifier.clear(identifier)

    async def close(self) -> None:
        for key in [key for key, shown in self._shown.items() if shown.startswith(_LIVE)]:
            await self.withdraw(key)
        for running in (self._asking, self._turning):
            if running is not None:
                running.cancel()
                await asyncio.wait([running])
        self._asking = self._turning = None

    async def _open(self) -> Notifier:
        if self._notifier is None:
            library = await asyncio.to_thread(self._load, "desktop_notifier")
            self._library = cast(Library, library)
            self._notifier = self._library.DesktopNotifier(NAME, None)
            # What speaks of work that goes on was left by an agent that died.
            for identifier in await self._notifier.get_current_notifications():
                if identifier.startswith(_LIVE):
                    await self._notifier.clear(identifier)
        return self._notifier

    async def _keep_turning(self) -> None:
        while self._shown:
            self._turn()
            await self._pause(TURN_EVERY_S)
        self._turning = None

    def _hear(self, heard: surface.Heard) -> None:
        # It is off the screen after any click.
        self._shown.pop(heard.key, None)
        self.on_heard(heard)
