"""A call goes on: sound is played and recorded at once."""

from __future__ import annotations

from typing import ClassVar

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import finding, streams


class VoipCheck:
    """Both have to run (reason 13)."""

    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.VOIP})

    async def look(self, pids: frozenset[int]) -> finding.Finding:
        try:
            playing = await streams.running("sink-inputs", pids)
            recording = await streams.running("source-outputs", pids)
        except finding.Unavailable as error:
            return finding.unknown(error)
        if playing.used and recording.used:
            return finding.used("Sound is played and recorded.", playing.pids | recording.pids)
        missing = [
            what
            for what, running in (("played", playing), ("recorded", recording))
            if running.used is False
        ]
        if not missing:
            return finding.unknown("a stream of sound does not say whose it is")
        return finding.unused(
            reasons.Code.MODE_NOT_USED_VOIP, f"No sound is {' or '.join(missing)}."
        )
