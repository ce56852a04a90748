"""Toasts of Windows 10 and 11, shown by the package Windows-Toasts, which is only there.

What a toast shows is decided in `look_of`; the rest is calls of that package.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import ClassVar, Final, Protocol, TypeVar, cast

import msgspec

from bgtasks_gui.core.notices import notice, surface

NAME: Final = "Background Tasks"
#: The name by which Windows knows the program; it must be in the registry for buttons to work.
APP_ID: Final = "BackgroundTasks.bgtasks"
#: Toasts of this group speak of work that goes on; a dead agent's are taken down by the next one.
LIVE_GROUP: Final = "live"
OTHER_GROUP: Final = "told"
#: Windows shows no more; the package warns of each one more.
_MOST_BUTTONS: Final = 5
#: Windows keeps no more of a program.
_MOST_TOASTS: Final = 20
_USER_CANCELED: Final = 0
_TIMED_OUT: Final = 2
#: Windows.UI.Notifications.NotificationSetting other than "enabled".
_SETTINGS: Final = {
    1: "Windows has notifications of Background Tasks turned off",
    2: "Windows has all notifications turned off",
    3: "a policy of this computer forbids notifications",
    4: "this program may not show notifications",
}
R = TypeVar("R")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """All that a toast shows of a notice."""

    tag: str
    group: str
    texts: tuple[str, ...]
    #: Label and what is heard of it.
    buttons: tuple[tuple[str, str], ...]
    #: What stands below the progress bar; no bar without it.
    status: str | None
    #: How far the bar is; None moves without end.
    progress: float | None
    #: Stays on the screen until something is done; Windows wants a button for that.
    is_reminder: bool
    is_silent: bool
    at: datetime

    def shape(self) -> tuple[object, ...]:
        """What cannot be changed in a toast that is shown: only its words and its bar can."""
        return (self.group, len(self.texts), self.buttons, self.status is None, self.is_reminder)


def look_of(told: notice.Notice) -> Look:
    """What a toast shows of it."""
    is_live = told.kind is notice.Kind.LIVE
    # A bar that moves without end would say that something goes on.
    has_bar = is_live and not (told.is_suspended and told.fraction is None)
    status = "Suspended" if told.is_suspended else "Running"
    actions = told.actions[:_MOST_BUTTONS]
    return Look(
        tag=told.key,
        group=LIVE_GROUP if is_live else OTHER_GROUP,
        texts=(told.title, told.body) if told.body else (told.title,),
        buttons=tuple((notice.LABELS[action], action.value) for action in actions),
        status=status if has_bar else None,
        progress=None if told.fraction is None else min(max(told.fraction, 0.0), 1.0),
        is_reminder=told.kind is notice.Kind.NEEDS_YOU and bool(actions),
        is_silent=is_live or told.urgency == "low",
        at=told.at,
    )


def action_of(arguments: str | None) -> notice.Action:
    """Which button it was; a click beside the buttons shows the run."""
    try:
        return notice.Action(arguments or "")
    except ValueError:
        return notice.Action.SHOW


class Activated(Protocol):
    """What the package says of a click."""

    arguments: str | None


class Dismissed(Protocol):
    """What the package says of a toast that left the screen."""

    reason: int


class Toast(Protocol):
    """A toast of the package; it counts its updates, by which Windows orders them."""

    tag: str
    group: str | None
    text_fields: list[str | None]
    actions: list[object]
    progress_bar: object | None
    audio: object | None
    scenario: object
    suppress_popup: bool
    timestamp: datetime | None
    on_activated: Callable[[Activated], None] | None
    on_dismissed: Callable[[Dismissed], None] | None


class Notifier(Protocol):
    """What Windows says of the program's toasts."""

    setting: int


class Toaster(Protocol):
    """Shows, changes and removes toasts under the name of the program."""

    toastNotifier: Notifier

    def show_toast(self, toast: Toast) -> None: ...
    def update_toast(self, toast: Toast) -> bool: ...
    def remove_toast(self, toast: Toast) -> None: ...
    def remove_toast_group(self, toastGroup: str) -> None: ...


class Scenarios(Protocol):
    """How long a toast stays."""

    Default: object
    Reminder: object


class Library(Protocol):
    """The part of `windows_toasts` that is used."""

    ToastScenario: Scenarios
    #: Of the program's name and its name in the registry.
    InteractableWindowsToaster: Callable[[str, str], Toaster]

    def Toast(self) -> Toast: ...
    def ToastAudio(self, *, silent: bool) -> object: ...
    def ToastButton(self, content: str, arguments: str) -> object: ...
    def ToastProgressBar(self, status: str, *, progress: float | None) -> object: ...


class Registry(Protocol):
    """The part of `winreg` that is used."""

    HKEY_CURRENT_USER: int
    REG_SZ: int
    CreateKey: Callable[[int, str], contextlib.AbstractContextManager[int]]
    SetValueEx: Callable[[int, str, int, int, str], None]


class WindowsToasts:
    """Toasts, each under the key of its notice."""

    name: ClassVar[str] = "windows_toasts"
    title: ClassVar[str] = "Windows notifications"
    role: ClassVar[surface.Role] = surface.Role.MESSAGES

    def __init__(
        self, *, platform: str = sys.platform, load: Callable[[str], object] = import_module
    ) -> None:
        self.on_heard: Callable[[surface.Heard], None] = lambda _: None
        self.on_changed: Callable[[], None] = lambda: None
        self.shows_progress = True
        self._platform = platform
        self._load = load
        self._library: Library | None = None
        self._toaster: Toaster | None = None
        #: By key; without a look where a click took it off the screen.
        self._shown: dict[str, tuple[Toast, Look | None]] = {}
        self._turn = asyncio.Lock()

    async def probe(self) -> surface.Probe:
        if self._platform != "win32":
            return surface.Probe(is_available=False, sentence="only on Windows")
        try:
            setting = await self._in_thread(self._open)
        except ImportError as error:
            why = f"the package Windows-Toasts is not installed ({error})"
            return surface.Probe(is_available=False, sentence=why)
        except surface.Unavailable as error:
            return surface.Probe(is_available=False, sentence=str(error))
        sentence = _SETTINGS.get(setting, "Windows shows toasts with progress and buttons")
        return surface.Probe(is_available=setting not in _SETTINGS, sentence=sentence)

    async def show(self, told: notice.Notice) -> None:
        look = look_of(told)
        loop = asyncio.get_running_loop()
        await self._in_thread(lambda: self._show(told.key, look, loop))

    async def withdraw(self, key: str) -> None:
        await self._in_thread(lambda: self._remove(key))

    async def close(self) -> None:
        for key in self._keys(LIVE_GROUP):
            with contextlib.suppress(surface.Unavailable):
                await self.withdraw(key)

    async def _in_thread(self, call: Callable[[], R]) -> R:
        """In a thread, since Windows may take its time; one after the other, in their order."""
        async with self._turn:
            try:
                return await asyncio.to_thread(call)
            except OSError as error:
                raise surface.Unavailable(f"Windows refuses notifications ({error})") from error

    def _open(self) -> int:
        if self._toaster is None:
            self._library = cast(Library, self._load("windows_toasts"))
            _register(cast(Registry, self._load("winreg")))
            toaster = self._library.InteractableWindowsToaster(NAME, APP_ID)
            toaster.remove_toast_group(LIVE_GROUP)
            self._toaster = toaster
        try:
            return int(self._toaster.toastNotifier.setting)
        except OSError:
            return 0  # Windows knows nothing of a program that never showed one

    def _show(self, key: str, look: Look, loop: asyncio.AbstractEventLoop) -> None:
        if self._toaster is None or self._library is None:
            raise surface.Unavailable("notifications of Windows are not open")
        shown = self._shown.get(key)
        toast = self._library.Toast() if shown is None else shown[0]
        dress(toast, look, self._library)
        # They are called by threads of Windows.
        toast.on_activated = lambda it: _call_in(loop, self._on_clicked, key, it.arguments)
        toast.on_dismissed = lambda it: _call_in(loop, self._on_left, key, int(it.reason))
        before = None if shown is None else shown[1]
        can_update = before is not None and before.shape() == look.shape()
        if not (can_update and self._toaster.update_toast(toast)):
            # Work that is known already does not pop up once more.
            toast.suppress_popup = shown is not None and look.group == LIVE_GROUP
            self._toaster.show_toast(toast)
        self._shown[key] = (toast, look)
        for old in self._keys(OTHER_GROUP)[:-_MOST_TOASTS]:
            del self._shown[old]

    def _remove(self, key: str) -> None:
        shown = self._shown.pop(key, None)
        if shown is not None and self._toaster is not None:
            self._toaster.remove_toast(shown[0])

    def _keys(self, group: str) -> list[str]:
        return [key for key, (toast, _) in self._shown.items() if toast.group == group]

    def _on_clicked(self, key: str, arguments: str | None) -> None:
        if key in self._shown:
            self._shown[key] = (self._shown[key][0], None)
        self.on_heard(surface.Heard(key=key, action=action_of(arguments)))

    def _on_left(self, key: str, reason: int) -> None:
        shown = self._shown.get(key)
        if shown is None:
            return
        if reason == _USER_CANCELED:
            del self._shown[key]
            self.on_heard(surface.Heard(key=key, closed=surface.Closed.DISMISSED))
        elif reason == _TIMED_OUT and shown[0].group != LIVE_GROUP:
            # It stays in the list of Windows, where its buttons go on to work.
            self.on_heard(surface.Heard(key=key, closed=surface.Closed.EXPIRED))


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *what: object) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody listens any more
        loop.call_soon_threadsafe(call, *what)


def dress(toast: Toast, look: Look, library: Library) -> None:
    """Give the toast this look."""
    toast.tag, toast.group = look.tag, look.group
    toast.text_fields = list(look.texts)
    toast.actions = [library.ToastButton(label, heard) for label, heard in look.buttons]
    toast.progress_bar = None
    if look.status is not None:
        toast.progress_bar = library.ToastProgressBar(look.status, progress=look.progress)
    toast.audio = library.ToastAudio(silent=True) if look.is_silent else None
    scenarios = library.ToastScenario
    toast.scenario = scenarios.Reminder if look.is_reminder else scenarios.Default
    toast.timestamp = look.at


def _register(registry: Registry) -> None:
    path = f"SOFTWARE\\Classes\\AppUserModelId\\{APP_ID}"
    with registry.CreateKey(registry.HKEY_CURRENT_USER, path) as key:
        registry.SetValueEx(key, "DisplayName", 0, registry.REG_SZ, NAME)
