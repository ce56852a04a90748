from __future__ import annotations

import asyncio
import ctypes
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bgtasks_gui.agent.surfaces import macos
from bgtasks_gui.core.notices import notice, surface

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
WITHIN_S = 20
LIVE = notice.Notice(
    key="live:r1", kind=notice.Kind.LIVE, at=AT, title="Photos", body="65 % of 1.2 GB",
    actions=(notice.Action.SUSPEND, notice.Action.CANCEL), fraction=0.65, group="Transfers",
)  # fmt: skip
FAILED = notice.Notice(
    key="failed:r1", kind=notice.Kind.FAILED, at=AT, title="Photos failed", body="No room is left.",
    actions=(notice.Action.RETRY,), urgency="critical",
)  # fmt: skip


@dataclass
class Centre:
    """Stands for the package and the notification centre behind it."""

    names: list[tuple[str, object]] = field(default_factory=list)
    capabilities: frozenset[object] = frozenset({"title"})
    is_allowed: bool = True
    answered: asyncio.Event | None = None
    screen: dict[str, dict[str, object]] = field(default_factory=dict)
    DEFAULT_SOUND: str = "default sound"

    def load(self, name: str) -> object:
        assert name == "desktop_notifier"
        return SimpleNamespace(
            DesktopNotifier=self.notifier,
            Urgency=lambda name: ("urgency", name),
            DEFAULT_SOUND=self.DEFAULT_SOUND,
            Button=lambda title, **more: {"title": title, **more},
            Notification=lambda title, message, **more: {
                "title": title,
                "message": message,
                **more,
            },
        )

    def notifier(self, name: str, icon: object) -> Centre:
        self.names.append((name, icon))
        return self

    async def get_capabilities(self) -> frozenset[object]:
        return self.capabilities

    async def request_authorisation(self) -> bool:
        if self.answered is not None:
            await self.answered.wait()
        return self.is_allowed

    async def get_current_notifications(self) -> list[str]:
        return list(self.screen)

    async def send_notification(self, notification: dict[str, object]) -> str:
        identifier = str(notification["identifier"])
        self.screen[identifier] = notification
        return identifier

    async def clear(self, identifier: str) -> None:
        del self.screen[identifier]

    def click(self, identifier: str, what: str) -> None:
        """What the package calls; it forgets a notice that was clicked on."""
        notification = self.screen.pop(identifier)
        called = notification.get(what)
        for button in notification["buttons"]:  # type: ignore[attr-defined]
            if button["identifier"] == what:
                called = button["on_pressed"]
        assert callable(called)
        called()


class Turns:
    """The run loop, and the time between its turns."""

    def __init__(self) -> None:
        self.turned = 0
        self._pauses: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    def turn(self) -> None:
        self.turned += 1

    async def pause(self, seconds: float) -> None:
        assert seconds == macos.TURN_EVERY_S
        over = asyncio.Event()
        self._pauses.put_nowait(over)
        await over.wait()

    async def pass_one(self) -> None:
        """Wait until it pauses, and end that pause."""
        (await asyncio.wait_for(self._pauses.get(), WITHIN_S)).set()


@pytest.fixture
def there() -> Centre:
    return Centre()


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
async def shown(there: Centre, turns: Turns) -> AsyncIterator[macos.NotificationCentre]:
    made = macos.NotificationCentre(
        platform="darwin", load=there.load, turn=turns.turn, pause=turns.pause
    )
    assert (await made.probe()).is_available
    yield made
    await made.close()


def test_the_words_of_work_that_goes_on() -> None:
    words = macos.words_of(LIVE)
    assert (words.title, words.message) == ("Photos", "65 % of 1.2 GB")
    assert (words.identifier, words.thread) == ("live/live:r1", "Transfers")
    assert words.buttons == (
        ("Suspend", notice.Action.SUSPEND),
        ("Cancel", notice.Action.CANCEL),
    )
    assert (words.urgency, words.has_sound) == ("Normal", False)


def test_the_words_of_an_end() -> None:
    words = macos.words_of(FAILED)
    assert (words.identifier, words.thread) == ("told/failed:r1", None)
    assert (words.urgency, words.has_sound) == ("Critical", True)
    assert not macos.words_of(replace(FAILED, urgency="low")).has_sound


async def test_elsewhere_it_says_so() -> None:
    probe = await macos.NotificationCentre(platform="linux").probe()
    assert probe == surface.Probe(is_available=False, sentence="only on macOS")
    probe = await macos.NotificationCentre(platform="darwin").probe()
    assert not probe.is_available
    assert "the package desktop-notifier is not installed" in probe.sentence
    with pytest.raises(surface.Unavailable, match="not open"):
        await macos.NotificationCentre(platform="darwin").show(LIVE)


async def test_an_unsigned_program_is_told_apart(there: Centre) -> None:
    there.capabilities = frozenset()
    probe = await macos.NotificationCentre(platform="darwin", load=there.load).probe()
    assert not probe.is_available
    assert "signed programs only" in probe.sentence


async def test_what_the_person_answers_counts_later(there: Centre) -> None:
    there.answered = asyncio.Event()
    centre = macos.NotificationCentre(platform="darwin", load=there.load, patience_s=0)
    changed = asyncio.Event()
    centre.on_changed = changed.set
    assert (await centre.probe()).sentence == "macOS asks whether notices may be shown"
    there.is_allowed = False
    there.answered.set()
    await asyncio.wait_for(changed.wait(), WITHIN_S)
    assert (await centre.probe()).sentence == "turned off in macOS"
    there.answered.clear()
    assert not (await centre.probe()).is_available
    await centre.close()
    assert there.names == [("Background Tasks", None)]


async def test_what_a_dead_agent_left_is_taken_down(there: Centre) -> None:
    there.screen = {"live/live:r0": {}, "told/failed:r0": {}}
    assert (await macos.NotificationCentre(platform="darwin", load=there.load).probe()).is_available
    assert list(there.screen) == ["told/failed:r0"]


async def test_every_word_reaches_the_package(
    shown: macos.NotificationCentre, there: Centre
) -> None:
    await shown.show(FAILED)
    sent = there.screen["told/failed:r1"]
    assert (sent["title"], sent["message"]) == ("Photos failed", "No room is left.")
    assert (sent["urgency"], sent["sound"]) == (("urgency", "critical"), "default sound")
    (button,) = sent["buttons"]  # type: ignore[misc]
    assert (button["title"], button["identifier"]) == ("Retry", "retry")
    await shown.show(LIVE)
    assert there.screen["live/live:r1"]["sound"] is None
    assert there.screen["live/live:r1"]["thread"] == "Transfers"


@pytest.mark.parametrize(
    ("what", "heard"),
    [
        ("suspend", surface.Heard(key="live:r1", action=notice.Action.SUSPEND)),
        ("on_clicked", surface.Heard(key="live:r1", action=notice.Action.SHOW)),
        ("on_dismissed", surface.Heard(key="live:r1", closed=surface.Closed.DISMISSED)),
    ],
)
async def test_what_the_person_does_is_heard(
    shown: macos.NotificationCentre, there: Centre, what: str, heard: surface.Heard
) -> None:
    ears: asyncio.Queue[surface.Heard] = asyncio.Queue()
    shown.on_heard = ears.put_nowait
    await shown.show(LIVE)
    await asyncio.to_thread(there.click, "live/live:r1", what)
    assert await asyncio.wait_for(ears.get(), WITHIN_S) == heard
    await shown.withdraw("live:r1")


async def test_the_run_loop_turns_only_while_something_is_shown(
    shown: macos.NotificationCentre, turns: Turns
) -> None:
    await shown.show(LIVE)
    await shown.show(FAILED)
    await turns.pass_one()
    await shown.withdraw("live:r1")
    await turns.pass_one()
    await shown.withdraw("failed:r1")
    await asyncio.sleep(0)
    assert turns.turned == 2
    await shown.show(LIVE)
    await turns.pass_one()
    assert turns.turned == 3


async def test_closing_leaves_what_tells_of_an_end(
    shown: macos.NotificationCentre, there: Centre
) -> None:
    await shown.show(LIVE)
    await shown.show(FAILED)
    await shown.close()
    assert list(there.screen) == ["told/failed:r1"]


def test_a_click_after_the_end_disturbs_nobody(there: Centre, turns: Turns) -> None:
    async def once() -> None:
        centre = macos.NotificationCentre(platform="darwin", load=there.load, turn=turns.turn)
        await centre.probe()
        await centre.show(FAILED)
        await centre.close()

    asyncio.run(once())
    there.click("told/failed:r1", "retry")


def test_a_turn_asks_the_run_loop_not_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[object, ...]] = []

    class Core:
        def __init__(self, path: str) -> None:
            assert path.endswith("CoreFoundation.framework/CoreFoundation")
            self.CFRunLoopRunInMode = Run()

    class Run:
        def __call__(self, *arguments: object) -> None:
            called.append(arguments)

    class Pointer:
        @staticmethod
        def in_dll(core: object, name: str) -> str:
            return name

    monkeypatch.setattr(ctypes, "CDLL", Core)
    monkeypatch.setattr(ctypes, "c_void_p", Pointer)
    macos.turn_run_loop()
    assert called == [("kCFRunLoopDefaultMode", 0.0, True)]
