"""Whether this computer really does what a continuous task declares: one file per check.

Adding one is its file, a line here, and its test.
"""

from __future__ import annotations

from typing import Final

from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.machine.modes import finding
from bgtasks_gui.machine.modes.audio_playback import AudioPlaybackCheck
from bgtasks_gui.machine.modes.audio_recording import AudioRecordingCheck
from bgtasks_gui.machine.modes.bluetooth import BluetoothCheck
from bgtasks_gui.machine.modes.location import LocationCheck
from bgtasks_gui.machine.modes.multi_device import MultiDeviceCheck
from bgtasks_gui.machine.modes.voip import VoipCheck

CHECKS: Final[tuple[finding.Check, ...]] = (
    AudioPlaybackCheck(),
    AudioRecordingCheck(),
    LocationCheck(),
    BluetoothCheck(),
    MultiDeviceCheck(),
    VoipCheck(),
)

_BY_MODE: Final[dict[Mode, finding.Check]] = {mode: one for one in CHECKS for mode in one.modes}


async def look(mode: Mode, pids: frozenset[int]) -> finding.Finding:
    """Whether a mode is used now, by these processes, or by any where none are named."""
    check = _BY_MODE.get(mode)
    if check is None:
        return finding.unknown("nothing on this computer tells of it")
    return await check.look(pids)
