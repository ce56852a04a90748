from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bgtasks_gui.agent.surfaces import windows_toasts
from bgtasks_gui.core.notices import notice, surface

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIVE = notice.Notice(
    key="live:r1", kind=notice.Kind.LIVE, at=AT, title="Photos", body="65 % of 1.2 GB, 38 MB/s",
    actions=(notice.Action.SUSPEND, notice.Action.CANCEL), fraction=0.65,
)  # fmt: skip
FAILED = notice.Notice(
    key="failed:r1", kind=notice.Kind.FAILED, at=AT, title="Photos failed", body="No room is left.",
    actions=(notice.Action.RETRY,),
)  # fmt: skip


@dataclass
class FakeToast:
    """What the package keeps of a toast."""

    tag: str = ""
    group: str | None = None
    text_fields: list[str | None] = field(default_factory=list)
    actions: list[object] = field(default_factory=list)
    progress_bar: object = None
    audio: object = None
    scenario: object = None
    suppress_popup: bool = False
    timestamp: datetime | None = None
    on_activated: object = None
    on_dismissed: object = None
    updates: int = 0


@dataclass
class Windows:
    """Stands for the package, the registry and Windows behind them."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    registry: list[tuple[object, ...]] = field(default_factory=list)
    screen: dict[str, FakeToast] = field(default_factory=dict)
    setting: int | OSError = 0
    refusal: OSError | None = None
    sequences: list[int] = field(default_factory=list)

    def load(self, name: str) -> object:
        if name == "winreg":
            return SimpleNamespace(
                HKEY_CURRENT_USER=7, REG_SZ=1, CreateKey=self.create_key, SetValueEx=self.set_value
            )
        assert name == "windows_toasts"
        return SimpleNamespace(
            Toast=FakeToast,
            ToastAudio=lambda *, silent: ("audio", silent),
            ToastButton=lambda content, arguments: (content, arguments),
            ToastProgressBar=lambda status, *, progress: (status, progress),
            ToastScenario=SimpleNamespace(Default="default", Reminder="reminder"),
            InteractableWindowsToaster=self.toaster,
        )

    def toaster(self, *names: str) -> Windows:
        self.calls.append(("toaster", *names))
        return self

    @contextlib.contextmanager
    def create_key(self, key: int, sub_key: str) -> Iterator[int]:
        self.registry.append((key, sub_key))
        yield 8

    def set_value(self, *arguments: object) -> None:
        self.registry.append(arguments)

    @property
    def toastNotifier(self) -> object:
        if isinstance(self.setting, OSError):
            raise self.setting
        return SimpleNamespace(setting=self.setting)

    def show_toast(self, toast: FakeToast) -> None:
        if self.refusal is not None:
            raise self.refusal
        self._take(toast)
        self.calls.append(("show", toast.tag, toast.suppress_popup))
        self.screen[toast.tag] = toast

    def update_toast(self, toast: FakeToast) -> bool:
        self._take(toast)
        self.calls.append(("update", toast.tag))
        return toast.tag in self.screen

    def remove_toast(self, toast: FakeToast) -> None:
        self.calls.append(("remove", toast.tag))
        self.screen.pop(toast.tag, None)

    def remove_toast_group(self, toastGroup: str) -> None:
        self.calls.append(("remove group", toastGroup))

    def click(self, key: str, arguments: str | None) -> None:
        toast = self.screen.pop(key)
        assert callable(toast.on_activated)
        toast.on_activated(SimpleNamespace(arguments=arguments))

    def leave(self, key: str, reason: int) -> None:
        toast = self.screen[key]
        assert callable(toast.on_dismissed)
        toast.on_dismissed(SimpleNamespace(reason=reason))

    def _take(self, toast: FakeToast) -> None:
        toast.updates += 1
        self.sequences.append(toast.updates)


class Ears:
    """What a surface tells."""

    def __init__(self, toasts: windows_toasts.WindowsToasts) -> None:
        self._heard: asyncio.Queue[surface.Heard] = asyncio.Queue()
        toasts.on_heard = self._heard.put_nowait

    async def next(self) -> surface.Heard:
        return await asyncio.wait_for(self._heard.get(), 20)

    def is_empty(self) -> bool:
        return self._heard.empty()


@pytest.fixture
def windows() -> Windows:
    return Windows()


@pytest.fixture
async def toasts(windows: Windows) -> windows_toasts.WindowsToasts:
    made = windows_toasts.WindowsToasts(platform="win32", load=windows.load)
    assert (await made.probe()).is_available
    windows.calls.clear()
    return made


def test_work_that_goes_on_has_a_bar_and_buttons_and_makes_no_sound() -> None:
    look = windows_toasts.look_of(LIVE)
    assert look.texts == ("Photos", "65 % of 1.2 GB, 38 MB/s")
    assert look.buttons == (("Suspend", "suspend"), ("Cancel", "cancel"))
    assert (look.status, look.progress) == ("Running", 0.65)
    assert (look.group, look.is_silent, look.is_reminder, look.at) == ("live", True, False, AT)


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({"fraction": None}, ("Running", None)),
        ({"fraction": 1.2}, ("Running", 1.0)),
        ({"is_suspended": True}, ("Suspended", 0.65)),
        ({"is_suspended": True, "fraction": None}, (None, None)),
    ],
)
def test_the_bar_says_how_it_stands(
    changes: dict[str, object], bar: tuple[str | None, float | None]
) -> None:
    look = windows_toasts.look_of(replace(LIVE, **changes))
    assert (look.status, look.progress) == bar


def test_an_end_has_no_bar_and_what_waits_for_the_person_stays() -> None:
    assert windows_toasts.look_of(FAILED).status is None
    assert not windows_toasts.look_of(FAILED).is_reminder
    assert not windows_toasts.look_of(FAILED).is_silent
    assert windows_toasts.look_of(replace(FAILED, urgency="low")).is_silent
    assert windows_toasts.look_of(replace(FAILED, kind=notice.Kind.NEEDS_YOU)).is_reminder
    assert not windows_toasts.look_of(
        replace(FAILED, kind=notice.Kind.NEEDS_YOU, actions=())
    ).is_reminder
    assert windows_toasts.look_of(replace(FAILED, body="")).texts == ("Photos failed",)
    assert len(windows_toasts.look_of(replace(FAILED, actions=tuple(notice.Action))).buttons) == 5


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        ("suspend", notice.Action.SUSPEND),
        ("live:r1", notice.Action.SHOW),
        (None, notice.Action.SHOW),
    ],
)
def test_a_click_beside_the_buttons_shows(arguments: str | None, action: notice.Action) -> None:
    assert windows_toasts.action_of(arguments) is action


async def test_elsewhere_it_says_so() -> None:
    probe = await windows_toasts.WindowsToasts(platform="linux").probe()
    assert probe == surface.Probe(is_available=False, sentence="only on Windows")
    probe = await windows_toasts.WindowsToasts(platform="win32").probe()
    assert not probe.is_available
    assert "the package Windows-Toasts is not installed" in probe.sentence


async def test_it_takes_its_name_and_takes_down_what_a_dead_agent_left(windows: Windows) -> None:
    toasts = windows_toasts.WindowsToasts(platform="win32", load=windows.load)
    for _ in range(2):
        assert (await toasts.probe()).sentence == "Windows shows toasts with progress and buttons"
    path = "SOFTWARE\\Classes\\AppUserModelId\\BackgroundTasks.bgtasks"
    assert windows.registry == [(7, path), (8, "DisplayName", 0, 1, "Background Tasks")]
    names = ("Background Tasks", "BackgroundTasks.bgtasks")
    assert windows.calls == [("toaster", *names), ("remove group", "live")]


async def test_it_says_who_turned_notifications_off(windows: Windows) -> None:
    toasts = windows_toasts.WindowsToasts(platform="win32", load=windows.load)
    windows.setting = 2
    probe = await toasts.probe()
    assert probe == surface.Probe(
        is_available=False, sentence="Windows has all notifications turned off"
    )
    windows.setting = OSError("Element not found")
    assert (await toasts.probe()).is_available


async def test_windows_that_refuses_at_the_start_is_told() -> None:
    def load(name: str) -> object:
        raise OSError("class not registered")

    probe = await windows_toasts.WindowsToasts(platform="win32", load=load).probe()
    assert probe == surface.Probe(
        is_available=False, sentence="Windows refuses notifications (class not registered)"
    )


async def test_a_toast_has_the_look(toasts: windows_toasts.WindowsToasts, windows: Windows) -> None:
    await toasts.show(LIVE)
    toast = windows.screen["live:r1"]
    assert toast.text_fields == ["Photos", "65 % of 1.2 GB, 38 MB/s"]
    assert toast.actions == [("Suspend", "suspend"), ("Cancel", "cancel")]
    assert (toast.progress_bar, toast.audio) == (("Running", 0.65), ("audio", True))
    assert (toast.group, toast.scenario, toast.timestamp) == ("live", "default", AT)
    await toasts.show(replace(FAILED, kind=notice.Kind.NEEDS_YOU))
    toast = windows.screen["failed:r1"]
    assert (toast.progress_bar, toast.audio, toast.scenario) == (None, None, "reminder")


async def test_progress_moves_in_place_and_other_buttons_do_not_pop_up(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    await toasts.show(LIVE)
    await toasts.show(replace(LIVE, fraction=0.7))
    assert windows.screen["live:r1"].progress_bar == ("Running", 0.7)
    suspended = replace(LIVE, is_suspended=True, actions=(notice.Action.RESUME,))
    await toasts.show(suspended)
    assert windows.calls == [
        ("show", "live:r1", False), ("update", "live:r1"), ("show", "live:r1", True),
    ]  # fmt: skip
    assert windows.sequences == [1, 2, 3]


async def test_what_is_told_anew_of_an_end_pops_up(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    await toasts.show(FAILED)
    await toasts.show(replace(FAILED, actions=()))
    assert windows.calls == [("show", "failed:r1", False), ("show", "failed:r1", False)]


async def test_a_button_is_heard_and_the_work_comes_back_without_popping_up(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    ears = Ears(toasts)
    await toasts.show(LIVE)
    windows.click("live:r1", "suspend")
    assert await ears.next() == surface.Heard(key="live:r1", action=notice.Action.SUSPEND)
    await toasts.show(LIVE)
    assert windows.calls == [("show", "live:r1", False), ("show", "live:r1", True)]


async def test_a_dismissed_one_is_forgotten(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    ears = Ears(toasts)
    await toasts.show(LIVE)
    windows.leave("live:r1", 0)
    assert await ears.next() == surface.Heard(key="live:r1", closed=surface.Closed.DISMISSED)
    windows.leave("live:r1", 0)
    await toasts.withdraw("live:r1")
    assert windows.calls == [("show", "live:r1", False)]
    assert ears.is_empty()


async def test_only_what_tells_of_an_end_expires(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    ears = Ears(toasts)
    await toasts.show(LIVE)
    await toasts.show(FAILED)
    for key, reason in itertools.product(("live:r1", "failed:r1"), (1, 2)):
        windows.leave(key, reason)
    assert await ears.next() == surface.Heard(key="failed:r1", closed=surface.Closed.EXPIRED)
    windows.click("failed:r1", "retry")
    assert await ears.next() == surface.Heard(key="failed:r1", action=notice.Action.RETRY)
    assert ears.is_empty()


async def test_closing_leaves_what_tells_of_an_end(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    await toasts.show(LIVE)
    await toasts.show(FAILED)
    await toasts.close()
    assert list(windows.screen) == ["failed:r1"]
    await toasts.withdraw("failed:r1")
    assert windows.screen == {}


async def test_it_keeps_no_more_than_windows_does(
    toasts: windows_toasts.WindowsToasts, windows: Windows
) -> None:
    for number in range(21):
        await toasts.show(replace(FAILED, key=f"failed:{number}"))
    windows.calls.clear()
    for number in range(21):
        await toasts.withdraw(f"failed:{number}")
    assert [key for _, key in windows.calls] == [f"failed:{number}" for number in range(1, 21)]


async def test_a_refusal_is_said(toasts: windows_toasts.WindowsToasts, windows: Windows) -> None:
    windows.refusal = OSError("no session")
    with pytest.raises(surface.Unavailable, match=r"Windows refuses notifications \(no session\)"):
        await toasts.show(LIVE)
    with pytest.raises(surface.Unavailable, match="not open"):
        await windows_toasts.WindowsToasts(platform="win32").show(LIVE)


async def test_a_click_after_the_end_disturbs_nobody(windows: Windows) -> None:
    def tell() -> None:
        async def once() -> None:
            toasts = windows_toasts.WindowsToasts(platform="win32", load=windows.load)
            await toasts.probe()
            await toasts.show(FAILED)

        asyncio.run(once())

    await asyncio.to_thread(tell)
    windows.click("failed:r1", "retry")
