"""Whom each action fits, over every state a run can be in."""

from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import runs
from bgtasks_gui.gui.actions.catalogue import ACTIONS, BY_NAME, STARTS_GROUP, Action, Subject
from tests.gui.fakes import moves
from tests.gui.support import views

TASK = views.task()
OPEN = {"pending", "waiting", "running", "suspended"}
#: Action: the states of a run that it fits, where its task is known.
FITS = {
    "suspend": {"pending", "waiting", "running"},
    "resume": {"suspended"},
    "cancel": OPEN,
    "cancel_because": OPEN,
    "retry": {"failed", "canceled", "skipped", "missed"},
    "logs": set(map(str, runs.RunState)),
    **{
        name: set(runs.RunState) for name in ("run", "run_with", "why", "edit", "disable", "remove")
    },
    "enable": set(),
    # Of transfers alone, see below.
    **{name: set() for name in ("new_address", "limit")},
    **{name: set() for name in ("open_file", "open_folder", "copy_address")},
}


@pytest.mark.parametrize("state", list(runs.RunState))
@pytest.mark.parametrize("name", FITS)
def test_it_fits_the_states_it_should(name: str, state: runs.RunState) -> None:
    subject = Subject(TASK, views.run(state=state))
    assert BY_NAME[name].fits(subject) is (str(state) in FITS[name])


def test_every_action_is_looked_at_here() -> None:
    assert FITS.keys() == BY_NAME.keys()
    assert len(BY_NAME) == len(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_nothing_selected_fits_nothing(action: Action) -> None:
    assert not BY_NAME[action.name].fits(Subject(None, None))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_run_whose_task_was_removed_can_only_be_stopped_and_read(action: Action) -> None:
    fitting = {
        one.name
        for one in ACTIONS
        for state in runs.RunState
        if one.fits(Subject(None, views.run(state=state)))
    }
    assert fitting == {"suspend", "resume", "cancel", "cancel_because", "logs"}


def test_a_task_is_enabled_or_disabled_never_both() -> None:
    for changes in ({}, {"enabled": False}, {"unscheduled": "it is done"}):
        task = msgspec.structs.replace(TASK, **changes)
        subject = Subject(task, None)
        assert BY_NAME["enable"].fits(subject) is not BY_NAME["disable"].fits(subject)
        assert BY_NAME["enable"].fits(subject) is bool(changes)


def test_a_kind_that_cannot_suspend_is_not_offered_it() -> None:
    assert not BY_NAME["suspend"].fits(Subject(TASK, views.run(can_suspend=False)))


def test_a_run_that_asks_can_be_answered() -> None:
    asking = views.run(state="waiting", **views.caught_up())
    assert BY_NAME["resume"].fits(Subject(TASK, asking))


def test_a_task_that_never_ran_has_no_log() -> None:
    assert not BY_NAME["logs"].fits(Subject(TASK, None))
    assert BY_NAME["logs"].fits(Subject(views.ended_task(1, "failed"), None))


def test_what_is_asked_names_the_task_or_the_run() -> None:
    subject = Subject(TASK, views.run(state="failed"))
    paths = {one.name: one.ask(subject).path for one in ACTIONS if one.ask is not None}
    task, run = f"/v1/tasks/{TASK.id}", f"/v1/runs/{views.run().id}"
    assert paths == {
        "run": f"{task}/run", "retry": f"{task}/run", "enable": f"{task}/enable",
        "disable": f"{task}/disable", "remove": task, "suspend": f"{run}/suspend",
        "resume": f"{run}/resume", "cancel": f"{run}/cancel",
    }  # fmt: skip


def test_running_again_hands_over_the_same_arguments() -> None:
    firing = msgspec.structs.replace(views.run().trigger, arguments=msgspec.Raw(b'{"n": 3}'))
    ask = BY_NAME["retry"].ask
    assert ask is not None
    body = ask(Subject(TASK, views.run(state="failed", trigger=firing))).body
    assert msgspec.json.decode(body or b"") == {"arguments": {"n": 3}}


def test_words_and_keys_are_each_ones_own() -> None:
    keys = [one.key for one in ACTIONS if one.key]
    assert len(set(keys)) == len(keys)
    assert len({one.text for one in ACTIONS}) == len(ACTIONS)
    assert BY_NAME.keys() >= STARTS_GROUP


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_what_is_asked_of_the_agent_says_so_until_it_answers(action: Action) -> None:
    found = BY_NAME[action.name]
    assert bool(found.asked) is (found.ask is not None)


def test_a_subject_is_known_by_its_run_and_named_by_its_task() -> None:
    run = views.run()
    assert Subject(TASK, run).ids == {run.id}
    assert Subject(TASK, None).ids == {TASK.id}
    assert Subject(None, None).ids == frozenset()
    assert (Subject(TASK, None).name, Subject(None, run).name) == (TASK.name, run.task_name)
    assert Subject(None, None).name == ""


# Transfers

DOWNLOAD, UPLOAD = moves.task(), moves.task(2, "upload")
OF_TRANSFERS = {
    "new_address": OPEN | {"canceling"},
    "limit": OPEN | {"canceling"},
    "open_file": {"completed"},
    "open_folder": set(map(str, runs.RunState)),
    "copy_address": set(map(str, runs.RunState)),
}


@pytest.mark.parametrize("state", list(runs.RunState))
@pytest.mark.parametrize("name", OF_TRANSFERS)
def test_what_fits_a_download(name: str, state: runs.RunState) -> None:
    subject = Subject(DOWNLOAD, moves.run(state=str(state)))
    assert BY_NAME[name].fits(subject) is (str(state) in OF_TRANSFERS[name])


def test_the_file_of_an_upload_is_there_all_the_time() -> None:
    for state in runs.RunState:
        assert BY_NAME["open_file"].fits(Subject(UPLOAD, moves.run(state=str(state), of=UPLOAD)))


def test_what_is_not_known_is_not_offered() -> None:
    # Neither task nor receipt: it was removed before it began.
    subject = Subject(None, moves.run(1, "completed"))
    for name in ("open_file", "open_folder", "copy_address"):
        assert not BY_NAME[name].fits(subject)
