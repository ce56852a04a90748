from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bgtasks_gui.core import runs
from bgtasks_gui.gui.tray import picture, summary
from bgtasks_gui.gui.tray.picture import State
from bgtasks_gui.gui.tray.summary import Situation
from bgtasks_gui.wire import shapes
from tests.cli.fakes import views
from tests.client.support.little_agent import make_run, make_task

#: Two minutes after everything in these tests was triggered and started.
NOW = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)
AT = "2026-11-22T15:00:00.000Z"
#: The same hour on this computer's clock.
HOUR = f"{NOW.astimezone():%H}"
ASKS = "Its time, 03:00, was missed, and you decide whether it runs now."


def situation(**known: object) -> Situation:
    return Situation(**{"now": NOW, "is_connected": True} | known)


def run(run_id: str = "r1", **fields: object) -> shapes.RunView:
    return make_run(run_id, **{"started_at": AT} | fields)


def progress(**fields: object) -> dict[str, object]:
    known = {"done": 62, "total": 100, "unit": "%", "message": None, "rate": None, "eta": None}
    return known | fields


def failed(run_id: str, name: str = "backup", **fields: object) -> shapes.RunView:
    about = {"state": "failed", "completed_at": "2026-11-22T15:01:00.000Z"}
    return run(run_id, task_name=name, **about | fields)


def asking(run_id: str = "r9") -> shapes.RunView:
    firing = {
        "type": "calendar", "position": 0, "planned_at": AT, "caught_up": True,
        "arguments": {}, "details": {},
    }  # fmt: skip
    return make_run(run_id, task_name="photos", state="waiting", waits_for=ASKS, trigger=firing)


PAUSED = shapes.PauseView(paused=True, until="2099-11-22T15:00:00.000Z")
FOREVER = shapes.PauseView(paused=True, until=None)
MIXED = (
    run("r1"), run("r2"), make_run("r3", state="waiting"), make_run("r4", state="pending"),
    run("r5", state="suspended"), run("r6", state="canceling"),
)  # fmt: skip


# The icon


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (situation(), State.IDLE),
        (situation(active=[make_run("r", state="waiting")]), State.IDLE),
        (situation(active=[run()]), State.RUNNING),
        (situation(active=[run(state="canceling")]), State.RUNNING),
        (situation(active=[run()], pause=FOREVER), State.PAUSED),
        (situation(pause=shapes.PauseView(paused=False, until=None)), State.IDLE),
        (situation(is_connected=False, active=[run()], pause=FOREVER), State.AWAY),
    ],
)
def test_the_picture_is_of_the_whole(known: Situation, state: State) -> None:
    assert summary.look(known).state is state


def test_the_ring_shows_the_total_progress() -> None:
    known = situation(active=[run()], progress=0.62)
    assert summary.look(known) == picture.look(State.RUNNING, 0.62)
    assert summary.look(situation(active=[run()])) == picture.look(State.RUNNING, None)


def test_the_mark_is_for_what_nobody_has_looked_at_and_for_questions() -> None:
    assert summary.look(situation(failures=[failed("r")])).needs_you
    assert summary.look(situation(active=[asking()])).needs_you
    assert not summary.look(situation(active=MIXED)).needs_you
    # What was true when the agent was lost is not told as if it still were.
    assert not summary.look(situation(is_connected=False, failures=[failed("r")])).needs_you


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (situation(), "Background Tasks: nothing is running"),
        (
            situation(active=MIXED, progress=0.62),
            "Background Tasks: 2 running (62 %), 1 being cancelled, 2 waiting, 1 suspended",
        ),
        (situation(active=[run()], progress=0.999), "Background Tasks: 1 running (99 %)"),
        (situation(active=[run()]), "Background Tasks: 1 running"),
        (situation(pause=FOREVER), "Everything is paused until you resume"),
        (situation(is_connected=False), "Background Tasks: looking for the agent…"),
        (
            situation(is_connected=False, trouble="It is gone.", failures=[failed("r")]),
            "Background Tasks: the agent is not reached",
        ),
        (
            situation(failures=[failed("r")]),
            "Background Tasks: nothing is running\nNeeds you: backup failed",
        ),
        (
            situation(failures=[failed("r"), failed("s", "mirror", state="missed")]),
            "Background Tasks: nothing is running\nNeeds you: mirror was missed, and 1 more",
        ),
        (
            situation(active=[asking()], pause=FOREVER),
            "Everything is paused until you resume\nNeeds you: photos waits for your answer",
        ),
    ],
)
def test_the_tooltip_says_where_everything_stands(known: Situation, words: str) -> None:
    assert summary.tooltip(known) == words


def test_a_pause_says_when_it_ends() -> None:
    assert summary.status(situation(pause=PAUSED)).startswith("Everything is paused until Sun 22")


# The menu


def test_as_many_runs_are_shown_as_can_be_looked_over() -> None:
    many = [make_run(f"r{number}", state="waiting") for number in range(4)]
    many += [run("r5"), run("r4"), run("r6", state="suspended"), asking("r9")]
    lines = summary.run_lines(situation(active=many))
    # The question and what runs before what waits; shown in the order they were asked for.
    assert [line.run.id for line in lines.shown] == ["r0", "r4", "r5", "r6", "r9"]
    assert lines.more == 3


def test_the_newest_failures_are_shown() -> None:
    known = situation(failures=[failed(f"r{number}", f"task {number}") for number in range(5)])
    lines = summary.failure_lines(known)
    assert [line.text for line in lines.shown] == [
        f"task {number} failed, {HOUR}:01" for number in (2, 3, 4)
    ]
    assert lines.more == 2


def test_a_failure_of_another_day_says_the_day() -> None:
    lost = failed("r", state="missed", completed_at="2026-11-20T15:01:00.000Z")
    [line] = summary.failure_lines(situation(failures=[lost])).shown
    assert line.text == f"backup was missed, Fri 20 Nov {HOUR}:01"


def test_without_the_agent_nothing_is_shown() -> None:
    known = situation(is_connected=False, active=MIXED, failures=[failed("r")])
    assert summary.run_lines(known) == summary.failure_lines(known) == ([], 0)


def test_a_line_is_about_the_task_too() -> None:
    task = make_task("t1")
    known = situation(active=[run()], task={"t1": task}.get)
    assert summary.run_lines(known).shown[0].subject == (task, known.active[0])


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (run(progress=progress(eta=42.0)), "62 %, 42 s left"),
        (run(progress=progress()), "62 %"),
        (run(progress=progress(done=3, total=None, unit="files")), "3 files"),
        (run(), "running for 2 min"),
        (make_run("r", state="waiting"), "waiting"),
        (make_run("r", state="waiting", waits_for=ASKS), ASKS[:-1].replace("Its", "its")),
        (make_run("r", state="waiting", waits_for="USB is away."), "USB is away"),
        (run(state="suspended"), "suspended"),
        (run(state="canceling"), "being cancelled"),
        (
            run(state="canceling", cleaning_up=True, grace_ends_at="2026-11-22T15:02:06.000Z"),
            "cleaning up, 6 s left",
        ),
    ],
)
def test_a_note_says_how_far_it_is_or_what_it_waits_for(one: shapes.RunView, words: str) -> None:
    assert summary.note(one, situation()) == words


def test_what_was_asked_is_said_until_it_is_confirmed() -> None:
    known = situation(asked={"r1": "Asked to suspend…"}.get)
    assert summary.note(run("r1"), known) == "asked to suspend…"


def test_long_names_and_notes_are_cut_and_stay_on_one_line() -> None:
    one = make_run("r", state="waiting", task_name="a\nb" + "c" * 90, waits_for="d" * 90)
    [line] = summary.run_lines(situation(active=[one])).shown
    assert line.text.startswith("a b" + "c" * 28 + "…: ddd")
    assert line.text.endswith("d…")
    assert len(line.text) == 72


def test_every_state_that_has_not_ended_has_words() -> None:
    for state in set(runs.RunState) - runs.ENDED:
        one = make_run("r", state=str(state))
        assert summary.note(one, situation())
        assert summary.status(situation(active=[one]))[0] == "1"


def test_ends_that_need_nobody_are_told_with_their_reason() -> None:
    why = views.reason("Cancelled by you: disk is needed.")
    stopped = failed("r2", state="canceled", reason=why)
    known = situation(stops=[stopped])
    [line] = summary.failure_lines(known).shown
    assert line.text == f"backup cancelled, {HOUR}:01: by you: disk is needed"
    assert not summary.look(known).needs_you
    assert "Needs you" not in summary.tooltip(known)
