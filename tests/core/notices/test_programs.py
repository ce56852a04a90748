from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.background.modes import Mode
from bgtasks_gui.core.notices import notice, programs
from tests.core import samples
from tests.core.samples import MINUTE, NOW

PLAYING = continuous.ContinuousTask(
    id=3, owner="player", ability="main", modes=(Mode.AUDIO_PLAYBACK,), title="Playing",
    text="A song", started_at=NOW - MINUTE,
)  # fmt: skip


def loading(value: int, **words: str) -> continuous.ContinuousTask:
    said = {"title": "Loading", "file_name": "film.mkv"} | words
    return msgspec.structs.replace(
        PLAYING,
        modes=(Mode.DATA_TRANSFER,),
        transferred=continuous.Transferred(value=value, **said),
    )


def test_a_program_speaks_for_itself() -> None:
    told = programs.told(PLAYING, NOW)
    assert (told.key, told.kind, told.at) == ("continuous:3", notice.Kind.LIVE, NOW)
    assert (told.title, told.body, told.still) == ("Playing", "A song", "")
    assert (told.continuous_id, told.run_id, told.task_id) == (3, None, None)
    assert (told.fraction, told.category) == (None, "")
    assert (told.urgency, told.is_resident) == ("low", True)


def test_to_take_its_notice_away_ends_what_it_does() -> None:
    told = programs.told(PLAYING, NOW)
    assert told.ends_work
    assert told.actions == (notice.Action.CANCEL,)


def test_of_a_run_it_belongs_to_it_is_the_notice() -> None:
    run = samples.make_run()
    own = msgspec.structs.replace(PLAYING, run_id=run.id)
    told = programs.told(own, NOW, run)
    assert (told.run_id, told.task_id, told.continuous_id) == (run.id, run.task_id, 3)
    assert programs.told(own, NOW).task_id is None


@pytest.mark.parametrize(
    ("value", "fraction", "percent"), [(0, 0.0, "0 %"), (45, 0.45, "45 %"), (100, 1.0, "100 %")]
)
def test_a_transfer_tells_how_far_it_is(value: int, fraction: float, percent: str) -> None:
    told = programs.told(loading(value), NOW)
    assert (told.title, told.body) == ("Loading", f"film.mkv, {percent}")
    assert told.still == "film.mkv"
    assert (told.fraction, told.category) == (fraction, "transfer")


def test_words_of_programs_are_one_short_line() -> None:
    wild = {"title": "Load\ning\x1b[31m", "file_name": "x" * 500}
    told = programs.told(loading(1, **wild), NOW)
    assert told.title == "Load ing\ufffd[31m"
    assert told.body == "x" * 119 + "…, 1 %"
    told = programs.told(msgspec.structs.replace(PLAYING, title="a\n\nb", text="\x00" * 200), NOW)
    assert told.title == "a b"
    assert len(told.body) == 120


def test_that_it_was_ended_is_told_with_who_and_why() -> None:
    why = reasons.make(reasons.Code.MODE_NOT_USED_AUDIO_PLAYBACK, NOW, "nothing plays")
    told = programs.ended(PLAYING, why, NOW)
    assert (told.key, told.kind) == ("failed:continuous:3", notice.Kind.FAILED)
    assert told.title == "Playing was ended"
    assert told.body == reasons.sentence(why, "canceled")
    assert (told.run_id, told.actions, told.is_resident) == (None, (), True)
