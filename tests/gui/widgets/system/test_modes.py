from __future__ import annotations

import pytest

from bgtasks_gui.core.background import modes as known
from bgtasks_gui.gui.widgets.system import modes


@pytest.mark.parametrize("mode", known.Mode)
def test_every_mode_is_said_in_words(mode: known.Mode) -> None:
    assert modes.label(str(mode)) == known.CATALOGUE[mode].label


def test_several_are_one_sentence() -> None:
    said = modes.labels(["audioPlayback", "bluetoothInteraction", "of a newer\nagent"])
    assert said == "Plays sound, uses Bluetooth, of a newer agent"
    assert modes.labels([]) == ""
