"""All checks together: who answers for which mode."""

from __future__ import annotations

import pytest

from bgtasks_gui.core.background import modes
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine import modes as checks

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


def test_no_check_gives_the_reason_of_another() -> None:
    assert len({entry.unused for entry in modes.ENTRIES if entry.unused}) == 7
    assert Code.MODE_NOT_USED_AUDIO_SESSION not in {entry.unused for entry in modes.ENTRIES}
