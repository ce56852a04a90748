from __future__ import annotations

import pytest

from bgtasks_gui.core.reasons import Code
from bgtasks_gui.machine.modes.voip import VoipCheck
from tests.machine.modes.conftest import Sound, stream

OURS = frozenset({7, 8})


async def test_a_call_plays_and_records(sound: Sound) -> None:
    sound.plays(stream(7))
    sound.records(stream(8))
    found = await VoipCheck().look(OURS)
    assert (found.used, found.pids) == (True, OURS)
    assert (await VoipCheck().look(frozenset())).used is True


@pytest.mark.parametrize(
    ("playing", "recording", "sentence"),
    [
        (9, 9, "No sound is played or recorded."),
        (9, 8, "No sound is played."),
        (7, 9, "No sound is recorded."),
        (None, 9, "No sound is recorded."),
    ],
)
async def test_one_without_the_other_is_no_call(
    sound: Sound, playing: int | None, recording: int | None, sentence: str
) -> None:
    sound.plays(stream(playing))
    sound.records(stream(recording))
    found = await VoipCheck().look(OURS)
    assert (found.used, found.code) == (False, Code.MODE_NOT_USED_VOIP)
    assert found.sentence == sentence


async def test_streams_of_nobody_known(sound: Sound) -> None:
    sound.plays(stream(7))
    sound.records(stream())
    assert (await VoipCheck().look(OURS)).used is None


@pytest.mark.usefixtures("no_sound")
async def test_where_it_cannot_be_checked() -> None:
    assert (await VoipCheck().look(OURS)).used is None
