from __future__ import annotations

import os
from pathlib import Path

import pytest
from dbus_fast import Variant

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes.audio_playback import AudioPlaybackCheck
from tests.machine.modes.conftest import Desk, Service, Sound, stream

ANY: frozenset[int] = frozenset()
#: The players of these tests are all of this process.
OURS = frozenset({os.getpid()})
OTHER = frozenset({os.getppid()})


def player(status: str | None, name: str = "vlc.instance17") -> Service:
    said = {} if status is None else {"org.mpris.MediaPlayer2.Player.PlaybackStatus": status}
    return Service(
        f"org.mpris.MediaPlayer2.{name}",
        "/org/mpris/MediaPlayer2",
        {key: Variant("s", value) for key, value in said.items()},
    )


@pytest.mark.parametrize("pids", [ANY, OURS])
async def test_a_session_that_plays(desk: Desk, sound: Sound, pids: frozenset[int]) -> None:
    async with desk.serving(player("Paused", "aaa"), player("Playing")):
        found = await AudioPlaybackCheck(desk.address).look(pids)
    assert (found.used, found.sentence) == (True, "vlc is playing.")


async def test_without_a_session(desk: Desk, sound: Sound) -> None:
    sound.plays(stream(7))
    found = await AudioPlaybackCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_AUDIO_SESSION)
    assert found.sentence == "There is no media session of it."


async def test_a_session_of_another_program_is_none(desk: Desk, sound: Sound) -> None:
    async with desk.serving(player("Playing")):
        found = await AudioPlaybackCheck(desk.address).look(OTHER)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_AUDIO_SESSION)


@pytest.mark.parametrize("status", ["Paused", "Stopped", None])
async def test_a_session_that_does_not_play(desk: Desk, sound: Sound, status: str | None) -> None:
    async with desk.serving(player(status)):
        found = await AudioPlaybackCheck(desk.address).look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_AUDIO_PLAYBACK)


async def test_a_stream_that_its_session_does_not_tell_of(desk: Desk, sound: Sound) -> None:
    sound.plays(stream(os.getpid()))
    async with desk.serving(player("Stopped")):
        found = await AudioPlaybackCheck(desk.address).look(OURS)
        assert (found.used, found.pids) == (True, OURS)
        sound.plays(stream(os.getpid(), corked=True))
        found = await AudioPlaybackCheck(desk.address).look(OURS)
        assert (found.used, found.code) == (False, Code.MODE_NOT_USED_AUDIO_PLAYBACK)
        sound.plays(stream())
        assert (await AudioPlaybackCheck(desk.address).look(OURS)).used is None


async def test_without_pactl_only_a_session_that_plays_is_certain(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with desk.serving(player("Paused")):
        found = await AudioPlaybackCheck(desk.address).look(ANY)
    assert found.used is None
    assert found.sentence == "It cannot be checked here: pactl is not installed."
    async with desk.serving(player("Playing")):
        assert (await AudioPlaybackCheck(desk.address).look(ANY)).used is True


async def test_without_a_bus_it_cannot_be_checked(tmp_path: Path, sound: Sound) -> None:
    found = await AudioPlaybackCheck(f"unix:path={tmp_path}/none").look(ANY)
    assert found.used is None
    assert found.sentence == "It cannot be checked here: there is no session bus."
