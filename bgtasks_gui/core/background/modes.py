"""The modes that a continuous task can declare (concepts 2.3)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

import msgspec

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background import codes


class Mode(enum.StrEnum):
    """In the words of `bgModes`."""

    DATA_TRANSFER = "dataTransfer"
    AUDIO_PLAYBACK = "audioPlayback"
    AUDIO_RECORDING = "audioRecording"
    LOCATION = "location"
    BLUETOOTH_INTERACTION = "bluetoothInteraction"
    MULTI_DEVICE_CONNECTION = "multiDeviceConnection"
    WIFI_INTERACTION = "wifiInteraction"
    VOIP = "voip"
    TASK_KEEPING = "taskKeeping"
    WORKOUT = "workout"
    SPECIAL_SCENARIO_PROCESSING = "specialScenarioProcessing"
    NEARLINK = "nearlink"


class ModeEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one mode."""

    mode: Mode
    number: int
    #: What a task of it does, for a person.
    label: str
    #: Why it is cancelled where it does not; None where nothing is checked.
    unused: reasons.Code | None = None
    #: Only for programs of the system (code 202).
    is_system_only: bool = False
    #: Whether computers like this have it at all (code 9800005).
    is_here: bool = True


_C = reasons.Code


def _entry(
    mode: Mode,
    number: int,
    label: str,
    unused: reasons.Code | None = None,
    *,
    system: bool = False,
    here: bool = True,
) -> ModeEntry:
    return ModeEntry(
        mode=mode, number=number, label=label, unused=unused, is_system_only=system, is_here=here
    )


ENTRIES: Final[tuple[ModeEntry, ...]] = (
    _entry(Mode.DATA_TRANSFER, 1, "Transfers data", _C.NO_PROGRESS),
    _entry(Mode.AUDIO_PLAYBACK, 2, "Plays sound", _C.MODE_NOT_USED_AUDIO_PLAYBACK),
    _entry(Mode.AUDIO_RECORDING, 3, "Records sound", _C.MODE_NOT_USED_AUDIO_RECORDING),
    _entry(Mode.LOCATION, 4, "Follows the location", _C.MODE_NOT_USED_LOCATION),
    _entry(Mode.BLUETOOTH_INTERACTION, 5, "Uses Bluetooth", _C.MODE_NOT_USED_BLUETOOTH),
    _entry(Mode.MULTI_DEVICE_CONNECTION, 6, "Works with other devices",
           _C.MODE_NOT_USED_MULTI_DEVICE),
    _entry(Mode.WIFI_INTERACTION, 7, "Uses Wi-Fi", system=True),
    _entry(Mode.VOIP, 8, "Makes calls", _C.MODE_NOT_USED_VOIP),
    _entry(Mode.TASK_KEEPING, 9, "Computes for long"),
    _entry(Mode.WORKOUT, 10, "Follows a workout"),
    _entry(Mode.SPECIAL_SCENARIO_PROCESSING, 13, "Works on a special task"),
    _entry(Mode.NEARLINK, 14, "Uses NearLink", here=False),
)  # fmt: skip

CATALOGUE: Final[dict[Mode, ModeEntry]] = {entry.mode: entry for entry in ENTRIES}
_BY_NUMBER: Final[dict[int, Mode]] = {entry.number: entry.mode for entry in ENTRIES}


def parse(names: Iterable[str], field: str = "modes") -> tuple[Mode, ...]:
    """The modes of these names, each once, in the order given (concepts R100).

    Raises `codes.BadParameter` for none or a name that is no mode.
    """
    found: dict[Mode, None] = {}
    for at, name in enumerate(names):
        try:
            found[Mode(name)] = None
        except ValueError:
            raise codes.BadParameter(
                f"{name!r} is no mode; the modes are {', '.join(Mode)}.", field=f"{field}[{at}]"
            ) from None
    if not found:
        raise codes.BadParameter("At least one mode is needed.", field=field)
    return tuple(found)


def of_number(number: int, field: str = "mode") -> Mode:
    """The mode of the older call. Raises `codes.BadParameter` out of range (concepts R100)."""
    try:
        return _BY_NUMBER[number]
    except KeyError:
        known = ", ".join(str(one) for one in _BY_NUMBER)
        raise codes.BadParameter(
            f"{number} is no mode; the numbers are {known}.", field=field
        ) from None
