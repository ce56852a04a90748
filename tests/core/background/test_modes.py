"""The modes of continuous tasks."""

from __future__ import annotations

import pytest

from bgtasks_gui.core import checks, reasons
from bgtasks_gui.core.background import codes, modes
from bgtasks_gui.core.background.modes import Mode


def test_every_mode_has_its_entry_and_number() -> None:
    assert [entry.mode for entry in modes.ENTRIES] == list(Mode)
    numbers = {entry.mode: entry.number for entry in modes.ENTRIES}
    assert len(set(numbers.values())) == len(Mode)
    assert (numbers[Mode.DATA_TRANSFER], numbers[Mode.TASK_KEEPING]) == (1, 9)
    assert [entry.mode for entry in modes.ENTRIES if entry.is_system_only] == [
        Mode.WIFI_INTERACTION
    ]
    assert [entry.mode for entry in modes.ENTRIES if not entry.is_here] == [Mode.NEARLINK]


def test_tasks_may_declare_the_same_ones() -> None:
    assert set(checks.MODES) == {mode.value for mode in Mode}


@pytest.mark.parametrize(
    ("mode", "ohos"),
    [
        (Mode.DATA_TRANSFER, 12),
        (Mode.AUDIO_PLAYBACK, 6),
        (Mode.AUDIO_RECORDING, 7),
        (Mode.LOCATION, 8),
        (Mode.BLUETOOTH_INTERACTION, 9),
        (Mode.MULTI_DEVICE_CONNECTION, 10),
        (Mode.VOIP, 13),
    ],
)
def test_what_is_not_used_is_cancelled_with_its_own_reason(mode: Mode, ohos: int) -> None:
    unused = modes.CATALOGUE[mode].unused
    assert unused is not None
    assert reasons.CATALOGUE[unused].ohos == ohos


def test_repeated_names_count_once_in_their_order() -> None:
    asked = ["voip", "dataTransfer", "voip"]
    assert modes.parse(asked) == (Mode.VOIP, Mode.DATA_TRANSFER)


@pytest.mark.parametrize(
    ("names", "field", "words"),
    [
        ([], "modes", "At least one mode"),
        (["voip", "flying"], "modes[1]", "'flying' is no mode; the modes are dataTransfer, "),
        (["VOIP"], "modes[0]", "no mode"),
    ],
)
def test_what_is_no_mode_is_refused(names: list[str], field: str, words: str) -> None:
    with pytest.raises(codes.BadParameter, match=words) as caught:
        modes.parse(names)
    assert caught.value.field == field


def test_the_older_call_names_a_mode_by_its_number() -> None:
    assert modes.of_number(8) is Mode.VOIP
    for number in (0, 11, 15, -1):
        with pytest.raises(codes.BadParameter, match=f"{number} is no mode; the numbers are 1, "):
            modes.of_number(number)
