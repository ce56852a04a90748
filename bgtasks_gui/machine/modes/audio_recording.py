"""Sound is recorded: a stream from a microphone, or from what is being played."""

from __future__ import annotations

from typing import ClassVar

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import finding, streams


class AudioRecordingCheck:
    """Something has to be recorded (reason 7)."""

    modes: ClassVar[frozenset[Mode]] = frozenset({Mode.AUDIO_RECORDING})

    async def look(self, pids: frozenset[int]) -> finding.Finding:
        try:
            running = await streams.running("source-outputs", pids)
        except finding.Unavailable as error:
            return finding.unknown(error)
        if running.used:
            return finding.used("Sound is being recorded.", running.pids)
        if running.used is None:
            return finding.unknown("a stream of sound does not say whose it is")
        return finding.unused(
            reasons.Code.MODE_NOT_USED_AUDIO_RECORDING, "Nothing is being recorded."
        )
