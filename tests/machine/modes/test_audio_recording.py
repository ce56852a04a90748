from __future__ import annotations

import pytest

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes.audio_recording import AudioRecordingCheck
from tests.machine.modes.conftest import Sound, stream

ANY: frozenset[int] = frozenset()


async def test_what_records(sound: Sound) -> None:
    sound.records(stream(7))
    found = await AudioRecordingCheck().look(ANY)
    assert (found.used, found.sentence) == (True, "Sound is being recorded.")
    assert found.pids == {7}
    assert (await AudioRecordingCheck().look(frozenset({7, 8}))).pids == {7}


async def test_what_does_not(sound: Sound) -> None:
    sound.plays(stream(7))
    found = await AudioRecordingCheck().look(ANY)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_AUDIO_RECORDING)
    sound.records(stream(8), stream(7, corked=True))
    assert (await AudioRecordingCheck().look(frozenset({7}))).used is False


async def test_a_stream_of_nobody_known(sound: Sound) -> None:
    sound.records(stream())
    assert (await AudioRecordingCheck().look(frozenset({7}))).used is None


@pytest.mark.usefixtures("no_sound")
async def test_where_it_cannot_be_checked() -> None:
    found = await AudioRecordingCheck().look(ANY)
    assert found.used is None
    assert found.sentence == "It cannot be checked here: pactl is not installed."
