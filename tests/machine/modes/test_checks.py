"""All checks together: who answers for which mode, and what a task is cancelled for by them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from dbus_fast import Variant

from bgtasks_gui.agent.background.checking import LOOK_S, Checking
from bgtasks_gui.core import reasons
from bgtasks_gui.core.background import modes
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine import modes as checks
from tests.agent.support.embedded import settles
from tests.fakes.manual_clock import ManualClock
from tests.machine.modes.conftest import Desk, Service, Sound, stream

#: Nothing outside the agent tells of these.
UNSEEN = {Mode.WIFI_INTERACTION, Mode.TASK_KEEPING, Mode.WORKOUT,
          Mode.SPECIAL_SCENARIO_PROCESSING, Mode.NEARLINK}  # fmt: skip


def test_one_check_for_each_mode_that_can_be_cancelled() -> None:
    answered = [mode for one in checks.CHECKS for mode in one.modes]
    assert len(set(answered)) == len(answered)
    by_catalogue = {entry.mode for entry in modes.ENTRIES if entry.unused is not None}
    # The progress of a data transfer is told to the agent, not by the computer.
    assert set(answered) == by_catalogue - {Mode.DATA_TRANSFER}
    assert set(Mode) - by_catalogue == UNSEEN


@pytest.mark.parametrize("mode", sorted({*UNSEEN, Mode.DATA_TRANSFER}))
async def test_what_nothing_here_tells_of(mode: Mode) -> None:
    found = await checks.look(mode, frozenset({1}))
    assert (found.used, found.code) == (None, None)
    assert found.sentence == "It cannot be checked here: nothing on this computer tells of it."


@pytest.mark.usefixtures("no_sound")
async def test_the_check_of_the_mode_looks() -> None:
    found = await checks.look(Mode.VOIP, frozenset())
    assert found.sentence == "It cannot be checked here: pactl is not installed."


class Desktop:
    """A computer where nothing is used, and what the agent finds out about it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.told: list[Code] = []
        self.checking = Checking(
            self.clock,
            checks.look,
            lambda _, code, detail: self.told.append(code),
            lambda _, detail: self.told.append(Code.MODE_MISUSE),
            slowest_per_s=1024,
        )

    def opens(self, *declared: Mode, pids: frozenset[int] = frozenset()) -> None:
        async def pids_of() -> frozenset[int]:
            return pids

        self.checking.opened(1, declared, pids_of)

    async def looks(self, times: int = 2) -> None:
        """Let half a minute pass, so many times; a look at real services takes real time."""
        for _ in range(times):
            self.clock.advance(timedelta(seconds=LOOK_S))
            await settles(lambda: self.clock.pending == 1)


@pytest.fixture
async def desktop(
    desk: Desk, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desktop]:
    """GeoClue, KDE Connect, BlueZ and a sound server that nobody uses."""
    geoclue = Service(
        "org.freedesktop.GeoClue2",
        "/org/freedesktop/GeoClue2/Manager",
        {"org.freedesktop.GeoClue2.Manager.InUse": Variant("b", False)},
    )
    connect = Service(
        "org.kde.kdeconnect",
        "/modules/kdeconnect",
        methods={"org.kde.kdeconnect.daemon.devices": Variant("as", [])},
    )
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desk.address)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", desk.address)
    await desk.start_bluez()
    one = Desktop()
    async with desk.serving(geoclue, connect):
        yield one
        await one.checking.close()


async def let_pass(desktop: Desktop, number: int, desk: Desk, sound: Sound) -> None:
    """What lets a continuous task be cancelled for this reason of seed 3 (concepts 2.3)."""
    match number:
        case 4:
            desktop.opens(Mode.DATA_TRANSFER)
            desktop.checking.progressed(1, 100.0)
            await desktop.looks()
        case 6:
            paused = {"org.mpris.MediaPlayer2.Player.PlaybackStatus": Variant("s", "Paused")}
            player = Service("org.mpris.MediaPlayer2.vlc", "/org/mpris/MediaPlayer2", paused)
            desktop.opens(Mode.AUDIO_PLAYBACK)
            async with desk.serving(player):
                await desktop.looks()
        case 11:
            sound.records(stream(7))
            desktop.opens(Mode.TASK_KEEPING, pids=frozenset({7}))
            await desktop.looks(1)
        case 12:
            desktop.opens(Mode.DATA_TRANSFER)
            await desktop.looks(20)
        case _:
            desktop.opens(_MODES[number])
            await desktop.looks()


_MODES = {
    5: Mode.AUDIO_PLAYBACK, 7: Mode.AUDIO_RECORDING, 8: Mode.LOCATION,
    9: Mode.BLUETOOTH_INTERACTION, 10: Mode.MULTI_DEVICE_CONNECTION, 13: Mode.VOIP,
}  # fmt: skip


@pytest.mark.parametrize("number", range(4, 14))
async def test_every_reason_of_seed_3_is_found_out(
    desktop: Desktop, desk: Desk, sound: Sound, number: int
) -> None:
    await let_pass(desktop, number, desk, sound)
    assert [reasons.CATALOGUE[code].ohos for code in desktop.told] == [number]
