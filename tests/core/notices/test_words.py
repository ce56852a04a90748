from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.core import progress, runs, transfers
from bgtasks_gui.core.notices import notice, words
from tests.core import samples
from tests.core.samples import MINUTE, NOW

A, K = notice.Action, notice.Kind
MIB = 1024**2
TASK = samples.make_task(group="work")
PLAYER = samples.make_task(modes=("audioPlayback",))
PART = transfers.Record(
    url="https://example.org/photo.zip",
    path="/home/ann/photo.zip",
    length=1200 * MIB,
    pieces=(transfers.Piece(start=0, done=300 * MIB),),
)
HALF = progress.Progress(done=300 * MIB, total=1200 * MIB, unit="bytes", rate=38.0 * MIB, eta=24)


def of(
    state: str, code: str | None = None, detail: str | None = None, **fields: object
) -> runs.Run:
    reason = None if code is None else samples.make_reason(code, detail=detail)
    return samples.make_run(state=state, reason=reason, **fields)


def download(state: str, code: str | None = None, **fields: object) -> runs.Run:
    return of(state, code, **({"kind": "download", "transfer": PART} | fields))


@pytest.mark.parametrize(
    ("run", "body", "actions"),
    [
        (of("running"), "Running.", (A.SUSPEND, A.CANCEL)),
        (download("running", progress=HALF), "Downloading, 25 % of 1.2 GiB, 38 MiB/s, 24 s left",
         (A.SUSPEND, A.CANCEL)),
        (of("running", kind="upload", progress=msgspec.structs.replace(HALF, message="checking.")),
         "Checking, 25 % of 1.2 GiB, 38 MiB/s, 24 s left", (A.SUSPEND, A.CANCEL)),
        (of("running", progress=progress.Progress(done=3, unit="files", message="reading\nb")),
         "Running, 3 files: reading b", (A.SUSPEND, A.CANCEL)),
        (download("suspended", "user_suspend", progress=HALF),
         "Suspended by you. 25 % of 1.2 GiB done.", (A.RESUME, A.CANCEL)),
        (of("suspended", "condition_loss", "the network became metered"),
         "Suspended by the system: the network became metered.", (A.CANCEL,)),
        (of("suspended"), "Suspended.", (A.RESUME, A.CANCEL)),
        (of("waiting", "connection", waits_for="It failed and is tried again at 14:05."),
         "It failed and is tried again at 14:05.", (A.CANCEL,)),
        (of("waiting"), "Waiting.", (A.CANCEL,)),
        (of("canceling", "user_cancel"), "Being cancelled by you.", ()),
        (of("canceling"), "Being cancelled.", ()),
    ],
)  # fmt: skip
def test_a_live_notice_says_its_state_in_words(
    run: runs.Run, body: str, actions: tuple[A, ...]
) -> None:
    told = words.live(run, TASK, NOW)
    assert (told.key, told.kind, told.title) == (f"live:{run.id}", K.LIVE, "backup")
    assert (told.body, told.actions, told.group) == (body, actions, "work")
    assert told.is_suspended is (run.state == "suspended")
    assert told.is_resident


def test_a_live_notice_has_its_figures_for_surfaces_that_draw_them() -> None:
    told = words.live(download("running", progress=HALF), None, NOW)
    assert (told.fraction, told.done, told.total) == (0.25, 300 * MIB, 1200 * MIB)
    assert (told.unit, told.rate, told.category) == ("bytes", 38 * MIB, "transfer")
    still = words.live(download("suspended", progress=HALF), None, NOW)
    assert (still.fraction, still.rate) == (0.25, None)
    endless = words.live(of("running", progress=progress.Progress(done=3)), None, NOW)
    assert (endless.fraction, endless.total, endless.unit) == (None, None, "")


@pytest.mark.parametrize(
    ("run", "still"),
    [
        (of("running"), "Running."),
        (download("running"), "Downloading."),
        (download("running", progress=HALF), "Downloading 1.2 GiB."),
        (download("running", progress=progress.Progress(done=3, unit="bytes")), "Downloading."),
        (of("running", progress=HALF), "Running."),
        (download("suspended", progress=HALF), ""),
    ],
)
def test_without_figures_that_move_it_stays_true(run: runs.Run, still: str) -> None:
    assert words.live(run, TASK, NOW).still == still


def test_to_dismiss_it_ends_only_what_declares_modes_and_is_not_ending() -> None:
    assert words.live(of("running"), PLAYER, NOW).ends_work
    assert not words.live(of("canceling"), PLAYER, NOW).ends_work
    assert not words.live(download("running"), TASK, NOW).ends_work
    assert not words.live(of("running"), None, NOW).ends_work


def test_figures_are_no_part_of_how_a_run_stands() -> None:
    run = download("running")
    moved = msgspec.structs.replace(run, progress=HALF)
    assert words.stance(run, TASK) == words.stance(moved, TASK)
    for other in (of("suspended"), of("running", "interrupted"), of("running", cleaning_up=True)):
        assert words.stance(other, TASK) != words.stance(run, TASK)
    assert words.stance(run, PLAYER) != words.stance(run, TASK)


def test_a_summary_adds_up_what_it_can() -> None:
    first = words.live(download("running", progress=HALF), None, NOW)
    second = words.live(download("suspended", progress=HALF), None, NOW)
    told = words.summary([first, second], NOW)
    assert (told.key, told.title) == ("live:all", "2 under way, 1 suspended")
    assert told.body == "backup (2 times). 25 % of 2.3 GiB. 38 MiB/s."
    assert (told.fraction, told.done, told.total) == (0.25, 600 * MIB, 2400 * MIB)
    assert (told.is_suspended, told.ends_work) == (False, False)
    assert told.still == "backup (2 times)."
    assert words.summary([second, second], NOW).is_suspended


def test_a_summary_of_different_work_names_it() -> None:
    both = [words.live(download("running", progress=HALF), None, NOW)]
    both.append(words.live(of("running", task_name="sweep"), None, NOW))
    told = words.summary(both, NOW)
    assert (told.title, told.body) == ("2 under way", "backup, sweep. 38 MiB/s.")
    assert (told.fraction, told.total, told.unit) == (None, None, "")


@pytest.mark.parametrize(
    ("run", "title", "body", "actions"),
    [
        (of("failed", "exit_status", "3"), "backup failed",
         "Failed: its program ended with exit status 3.", (A.RETRY,)),
        (of("failed", "cannot_start", "no such file"), "backup failed",
         "Failed: its program cannot be started (no such file). What helps: change the task.", ()),
        (of("failed"), "backup failed", "Failed.", (A.RETRY,)),
        (of("canceled"), "backup was cancelled", "Cancelled.", (A.RETRY,)),
        (of("canceled", "time_limit", "2 h"), "backup was cancelled",
         "Cancelled by its rules: it ran for its whole time limit of 2 h. "
         "What helps: change the limit.", ()),
        (download("canceled", "condition_loss"), "backup was cancelled",
         "Cancelled by the system: a condition no longer held. 300 MiB of 1.2 GiB are kept.",
         (A.RETRY,)),
        (download("failed", "connection", kind="upload",
                  transfer=msgspec.structs.replace(PART, length=None)), "backup failed",
         "Failed: the connection failed. 300 MiB are sent already.", (A.RETRY,)),
        (download("failed", "connection", transfer=transfers.Record(url="")), "backup failed",
         "Failed: the connection failed.", (A.RETRY,)),
    ],
)  # fmt: skip
def test_a_failure_says_why_what_is_kept_and_what_helps(
    run: runs.Run, title: str, body: str, actions: tuple[A, ...]
) -> None:
    told = words.ended(run, TASK, K.FAILED, NOW)
    assert (told.title, told.body, told.actions) == (title, body, actions)
    # A click leads to the error (wishes W26).
    assert (told.key, told.run_id, told.task_id) == (f"failed:{run.id}", run.id, run.task_id)
    assert told.is_resident
    assert told.category == ("" if run.kind == "command" else "transfer.error")


@pytest.mark.parametrize(
    ("run", "title", "body", "actions"),
    [
        (download("suspended", "address_expired"), "backup needs a new address",
         "Suspended by the system: it needs a new address. 300 MiB of 1.2 GiB are kept.",
         (A.CANCEL,)),
        (download("suspended", "resource_revoked"), "backup needs room on the disk",
         "Suspended by the system: memory or disk ran out. It goes on by itself when there is "
         "room. 300 MiB of 1.2 GiB are kept.", (A.RESUME, A.CANCEL)),
        (of("suspended", "resource_revoked"), "backup needs you",
         "Suspended by the system: memory or disk ran out.", (A.RESUME, A.CANCEL)),
        (of("suspended", "abort"), "backup needs you",
         "Suspended by the task: its own program asked for it. What helps: enable.",
         (A.RESUME, A.CANCEL)),
    ],
)  # fmt: skip
def test_what_needs_the_person_says_what_for(
    run: runs.Run, title: str, body: str, actions: tuple[A, ...]
) -> None:
    told = words.needs_you(run, TASK, NOW)
    assert (told.title, told.body, told.actions) == (title, body, actions)
    assert (told.kind, told.is_resident, told.urgency) == (K.NEEDS_YOU, True, "normal")


def test_a_missed_time_is_asked_about() -> None:
    planned = samples.make_firing(planned_at=NOW - 60 * MINUTE, caught_up=True)
    last = samples.make_run(2, "waiting", firing=planned)
    told = words.missed([last], TASK, NOW)
    assert told.title == "backup was missed"
    assert told.body == "Its time, 13:00, was missed. Shall it run now?"
    assert (told.key, told.run_id) == (f"missed:{TASK.id}", last.id)
    assert (told.actions, told.is_resident) == ((A.RUN, A.SNOOZE), True)
    several = words.missed([samples.make_run(), last], TASK, NOW)
    assert several.body == "2 of its times were missed, the last at 13:00. Shall it run now?"
    assert several.run_id == last.id
    by_event = words.missed([samples.make_run(triggered_at=NOW)], TASK, NOW)
    assert by_event.body == "Its time, 14:00, was missed. Shall it run now?"


def test_a_warning_says_which_limit() -> None:
    told = words.warned(of("running"), TASK, "90 % of its time limit of 2 h is used up", NOW)
    assert told.title == "backup is near its limit"
    assert told.body == "90 % of its time limit of 2 h is used up."
    assert told.kind is K.WARNING


def test_a_missed_time_that_is_let_go_can_be_made_up_for() -> None:
    told = words.ended(of("missed", "missed_asleep"), TASK, K.WARNING, NOW)
    assert (told.title, told.body) == ("backup was missed", "Missed: the computer was asleep.")
    assert told.actions == (A.RETRY,)


def test_what_completed_says_what_came_of_it() -> None:
    times = {"started_at": NOW - 3 * MINUTE, "completed_at": NOW}
    plain = words.ended(of("completed", **times), TASK, K.ENDED, NOW)
    assert (plain.title, plain.body) == ("backup is done", "Completed after 3 min.")
    assert (plain.actions, plain.urgency, plain.category) == ((), "low", "")
    assert words.ended(of("completed"), TASK, K.ENDED, NOW).body == "Completed."
    here = words.ended(download("completed", **times), TASK, K.ENDED, NOW)
    assert here.body == "photo.zip is here, 300 MiB after 3 min."
    assert here.actions == (A.OPEN_FILE, A.OPEN_FOLDER)
    assert here.category == "transfer.complete"
    sent = download("completed", kind="upload", started_at=NOW, completed_at=NOW - MINUTE)
    assert words.ended(sent, TASK, K.ENDED, NOW).body == "Completed after 1 s."
    nameless = download("completed", transfer=transfers.Record(url=""))
    assert words.ended(nameless, TASK, K.ENDED, NOW).actions == ()


def test_names_of_tasks_are_made_safe_to_show() -> None:
    run = of("failed", task_name="a\x1b[31m\nb" + "c" * 200)
    title = words.ended(run, None, K.FAILED, NOW).title
    assert title.startswith("a\ufffd[31m b")
    assert len(title) < 130


def test_what_an_exception_said_is_made_safe_to_show() -> None:
    told = words.ended(of("failed", "exception", "Error: \x1b[2J"), None, K.FAILED, NOW)
    assert told.body == "Failed: its function raised Error: \ufffd[2J."
    still = words.live(of("suspended", "condition_loss", "a\x07b"), None, NOW)
    assert still.body == "Suspended by the system: a\ufffdb."


def test_a_failure_is_told_with_the_time_it_is_told() -> None:
    assert words.ended(of("failed"), None, K.FAILED, NOW + timedelta(1)).at == NOW + timedelta(1)
