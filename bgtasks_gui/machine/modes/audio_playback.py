"""Sound is played: a media session that plays, or a stream to the speakers."""

from __future__ import annotations

import contextlib
from typing import ClassVar, Final

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import buses, finding, streams

_PREFIX: Final = "org.mpris.MediaPlayer2."
_PATH: Final = "/org/mpris/MediaPlayer2"
_PLAYER: Final = "org.mpris.MediaPlayer2.Player"


class AudioPlaybackCheck:
    """A session has to be there (reason 5), and something has to play (reason 6)."""

    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.AUDIO_PLAYBACK})

    def __init__(self, session: str | None = None) -> None:
        self._session = session

    async def look(self, pids: frozenset[int]) -> finding.Finding:
        try:
            async with buses.connected("session", self._session) as bus:
                sessions = await _sessions(bus, pids)
                for name in sessions:
                    if await _is_playing(bus, name):
                        return finding.used(f"{_short(name)} is playing.")
            if not sessions:
                return finding.unused(
                    reasons.Code.MODE_NOT_USED_AUDIO_SESSION, "There is no media session of it."
                )
            return await _by_streams(pids)
        except finding.Unavailable as error:
            return finding.unknown(error)


async def _sessions(bus: buses.Bus, pids: frozenset[int]) -> list[str]:
    names = await bus.names(_PREFIX)
    if not pids:
        return names
    # One whose process is not told may be of the work: nothing is ended on a doubt.
    return [name for name in names if (pid := await bus.pid(name)) is None or pid in pids]


async def _is_playing(bus: buses.Bus, name: str) -> bool:
    # One that does not answer says nothing; its sound does.
    with contextlib.suppress(finding.Unavailable):
        return await bus.property(name, _PATH, _PLAYER, "PlaybackStatus") == "Playing"
    return False


async def _by_streams(pids: frozenset[int]) -> finding.Finding:
    running = await streams.running("sink-inputs", pids)
    if running.used:
        return finding.used("Sound is being played.", running.pids)
    if running.used is None:
        return finding.unknown("a stream of sound does not say whose it is")
    return finding.unused(reasons.Code.MODE_NOT_USED_AUDIO_PLAYBACK, "Its media session is paused.")


def _short(name: str) -> str:
    """ "vlc" of "org.mpris.MediaPlayer2.vlc.instance17"."""
    return name.removeprefix(_PREFIX).partition(".")[0]
