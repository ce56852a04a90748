"""Continuous tasks: what is granted, and what is refused with which code."""

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import reasons
from bgtasks_gui.core.background import access, codes, continuous
from bgtasks_gui.core.background.modes import Mode
from tests.core.samples import MINUTE, NOW, make_reason, make_run, make_task

ALLOWED = access.Access(
    owner="player", modes=(Mode.AUDIO_PLAYBACK, Mode.DATA_TRANSFER, Mode.LOCATION)
)
FILE = continuous.Transferred(title="File download: music.mp4", file_name="music.mp4", value=40)


def wish(*modes: Mode, **fields: object) -> continuous.Wish:
    base: dict[str, object] = {
        "owner": "player",
        "ability": "main",
        "modes": modes or (Mode.AUDIO_PLAYBACK,),
        "title": "Playing",
        "text": "A song",
    }
    return continuous.Wish(**(base | fields))


def started(*modes: Mode, **fields: object) -> continuous.ContinuousTask:
    return continuous.start(wish(*modes, **fields), ALLOWED, (), id=7, now=NOW)


def numbered(found: pytest.ExceptionInfo[codes.ServiceError]) -> tuple[int, int | None]:
    return found.value.number, found.value.subcode


def test_a_start_returns_what_goes_on_with_its_record() -> None:
    found = started()
    assert (found.owner, found.ability, found.modes) == ("player", "main", (Mode.AUDIO_PLAYBACK,))
    assert (found.id, found.notification_id, found.started_at) == (7, 7, NOW)
    assert (found.slot_type, found.content_type) == continuous.PLAIN_TEXT
    assert not found.is_automatic
    transfer = started(Mode.LOCATION, Mode.DATA_TRANSFER)
    assert (transfer.slot_type, transfer.content_type) == continuous.LIVE_VIEW


@pytest.mark.parametrize(
    ("names", "number", "modes"),
    [
        (("voip", "voip", "location"), None, (Mode.VOIP, Mode.LOCATION)),
        (None, 8, (Mode.VOIP,)),
    ],
)
def test_modes_are_names_or_one_number(
    names: tuple[str, ...] | None, number: int | None, modes: tuple[Mode, ...]
) -> None:
    assert continuous.read_modes(names, number) == modes


@pytest.mark.parametrize(
    ("names", "number"), [(None, None), ((), None), (("voip",), 8), (("x",), None), (None, 7000)]
)
def test_modes_that_are_not_well_given(names: tuple[str, ...] | None, number: int | None) -> None:
    with pytest.raises(codes.BadParameter):
        continuous.read_modes(names, number)


def test_each_part_of_a_program_has_one_at_a_time() -> None:
    going = [started()]
    with pytest.raises(codes.ContinuousRefused) as caught:
        continuous.start(wish(Mode.LOCATION), ALLOWED, going, id=8, now=NOW)
    assert numbered(caught) == (9800005, 980000501)
    other = continuous.start(wish(ability="other"), ALLOWED, going, id=8, now=NOW)
    assert other.id == 8
    elsewhere = msgspec.structs.replace(going[0], owner="recorder")
    assert continuous.start(wish(), ALLOWED, [elsewhere], id=9, now=NOW).id == 9


def test_a_program_has_ten_at_most() -> None:
    going = [msgspec.structs.replace(started(), ability=str(number)) for number in range(10)]
    with pytest.raises(codes.ContinuousRefused) as caught:
        continuous.start(wish(), ALLOWED, going, id=8, now=NOW)
    assert numbered(caught) == (9800005, 980000505)
    assert continuous.start(wish(), ALLOWED, going[1:], id=8, now=NOW).id == 8


def test_what_runs_have_by_themselves_counts_for_nobody() -> None:
    task = make_task(owner="player", modes=("location",))
    going = [
        continuous.of_run(make_run(number, "running"), task, id=number, now=NOW)
        for number in range(12)
    ]
    assert continuous.start(wish(), ALLOWED, going, id=20, now=NOW).id == 20


@pytest.mark.parametrize(
    ("asked", "number", "field"),
    [
        (wish(owner=""), 401, "owner"),
        (wish(ability=" "), 401, "ability"),
        (wish(ability="run:7"), 401, "ability"),
        (wish(title=" "), 9800006, None),
        (wish(text=""), 9800006, None),
        (wish(Mode.VOIP), 9800005, "modes"),
        (wish(Mode.WIFI_INTERACTION), 202, "modes"),
    ],
)
def test_what_is_refused(asked: continuous.Wish, number: int, field: str | None) -> None:
    with pytest.raises(codes.ServiceError) as caught:
        continuous.start(asked, ALLOWED, (), id=1, now=NOW)
    assert (caught.value.number, caught.value.field) == (number, field)


def test_access_is_needed_before_all_else() -> None:
    with pytest.raises(codes.PermissionDenied):
        continuous.start(wish(title=""), None, (), id=1, now=NOW)
    with pytest.raises(codes.PermissionDenied):
        continuous.update(wish(), None, ())


def test_a_run_has_one_by_itself() -> None:
    run, task = make_run(3, "running"), make_task(modes=("taskKeeping", "location"))
    found = continuous.of_run(run, task, id=4, now=NOW)
    assert (found.owner, found.ability, found.run_id) == ("", f"run:{run.id}", run.id)
    assert found.modes == (Mode.TASK_KEEPING, Mode.LOCATION)
    assert (found.title, found.text) == ("backup", "Computes for long; Follows the location")
    assert found.is_automatic
    assert found.keeps_awake
    quiet = continuous.of_run(run, make_task(modes=("location",)), id=5, now=NOW)
    assert not quiet.keeps_awake


def test_an_update_with_the_same_modes_changes_nothing() -> None:
    known = started(Mode.LOCATION, Mode.DATA_TRANSFER)
    again = wish(Mode.DATA_TRANSFER, Mode.LOCATION, title="Other", keeps_awake=True)
    assert continuous.update(again, ALLOWED, [known]) is known


def test_other_modes_keep_the_number_and_the_words_that_are_not_given() -> None:
    known = started()
    asked = wish(Mode.DATA_TRANSFER, title="", text="Another song")
    found = continuous.update(asked, ALLOWED, [known])
    assert (found.id, found.notification_id, found.started_at) == (7, 7, NOW)
    assert found.modes == (Mode.DATA_TRANSFER,)
    assert (found.title, found.text) == ("Playing", "Another song")


def test_other_modes_are_checked_as_at_the_start() -> None:
    with pytest.raises(codes.ContinuousRefused) as caught:
        continuous.update(wish(Mode.VOIP), ALLOWED, [started()])
    assert numbered(caught) == (9800005, 980000503)


def test_what_was_not_started_cannot_be_changed_or_stopped() -> None:
    run = make_run(3, "running")
    own = continuous.of_run(run, make_task(owner="player", modes=("location",)), id=1, now=NOW)
    going = [started(), own]
    assert continuous.find("player", "main", going) is going[0]
    for ask in (
        lambda: continuous.update(wish(ability="other"), ALLOWED, going),
        lambda: continuous.find("player", "other", going),
        lambda: continuous.find("player", f"run:{run.id}", going),
    ):
        with pytest.raises(codes.ContinuousRefused) as caught:
            ask()
        assert numbered(caught) == (9800005, 980000502)


def test_a_data_transfer_tells_how_far_it_is() -> None:
    known = started(Mode.DATA_TRANSFER)
    found = continuous.progress(known, 7, FILE, now=NOW + MINUTE)
    assert (found.transferred, found.progressed_at) == (FILE, NOW + MINUTE)
    for value in (0, 100):
        edge = msgspec.structs.replace(FILE, value=value)
        assert continuous.progress(known, 7, edge, now=NOW).transferred == edge


@pytest.mark.parametrize(
    ("mode", "notice", "changes", "number", "subcode"),
    [
        (Mode.LOCATION, 7, {}, 9800006, 980000603),
        (Mode.DATA_TRANSFER, 8, {}, 9800006, 980000604),
        (Mode.DATA_TRANSFER, 7, {"value": 101}, 401, None),
        (Mode.DATA_TRANSFER, 7, {"value": -1}, 401, None),
        (Mode.DATA_TRANSFER, 7, {"title": " "}, 401, None),
        (Mode.DATA_TRANSFER, 7, {"file_name": ""}, 401, None),
    ],
)
def test_progress_that_is_refused(
    mode: Mode, notice: int, changes: dict[str, object], number: int, subcode: int | None
) -> None:
    said = msgspec.structs.replace(FILE, **changes)
    with pytest.raises(codes.ServiceError) as caught:
        continuous.progress(started(mode), notice, said, now=NOW)
    assert numbered(caught) == (number, subcode)
    assert set(changes) <= {caught.value.field}


@pytest.mark.parametrize(
    ("modes", "code", "told"),
    [
        ((Mode.AUDIO_PLAYBACK, Mode.LOCATION), "mode_not_used_location", 6),
        ((Mode.LOCATION, Mode.AUDIO_PLAYBACK), "mode_not_used_audio_playback", 8),
        ((Mode.LOCATION,), "mode_not_used_location", 8),
        ((Mode.AUDIO_PLAYBACK,), "mode_not_used_audio_session", 5),
        ((Mode.DATA_TRANSFER, Mode.LOCATION), "low_speed", 4),
        ((Mode.DATA_TRANSFER, Mode.LOCATION), "mode_not_used_location", 12),
        ((Mode.TASK_KEEPING, Mode.LOCATION), "mode_not_used_location", 8),
        ((Mode.LOCATION, Mode.AUDIO_PLAYBACK), "mode_misuse", 11),
        ((Mode.LOCATION, Mode.AUDIO_PLAYBACK), "user_cancel", 1),
    ],
)
def test_the_first_of_several_modes_gives_the_reason(
    modes: tuple[Mode, ...], code: str, told: int
) -> None:
    known = msgspec.structs.replace(started(), modes=modes)
    found = continuous.reported(known, make_reason(code))
    assert reasons.CATALOGUE[found.code].ohos == told
    assert found.at == NOW


@pytest.mark.parametrize(
    ("reason", "is_told"),
    [
        (make_reason("user_cancel"), True),
        (make_reason("system_policy"), True),
        (make_reason("mode_misuse"), True),
        (make_reason("abort"), False),
        (None, False),
    ],
)
def test_only_what_others_cancel_is_told_to_the_program(
    reason: reasons.Reason | None, is_told: bool
) -> None:
    assert continuous.is_told(reason) is is_told


def test_a_run_of_the_person_needs_no_owner() -> None:
    allowed = access.Access(owner="", modes=(Mode.AUDIO_PLAYBACK,))
    asked = wish(owner="", run_id="r1")
    assert continuous.start(asked, allowed, (), id=1, now=NOW).owner == ""
