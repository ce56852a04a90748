from __future__ import annotations

from typing import get_args

import pytest

from bgtasks_gui.core import events, ports, runs
from tests.core import samples

S = runs.RunState
NOW = samples.NOW


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, S.PENDING, events.RunQueued),
        (None, S.MISSED, events.RunFinished),
        (S.PENDING, S.WAITING, events.RunQueued),
        (S.WAITING, S.RUNNING, events.RunStarted),
        (S.RUNNING, S.RUNNING, events.RunChanged),
        (S.RUNNING, S.SUSPENDED, events.RunSuspended),
        (S.SUSPENDED, S.RUNNING, events.RunResumed),
        (S.SUSPENDED, S.WAITING, events.RunQueued),
        (S.RUNNING, S.WAITING, events.RunQueued),
        (S.RUNNING, S.CANCELING, events.RunCanceling),
        (S.CANCELING, S.CANCELED, events.RunFinished),
        (S.RUNNING, S.COMPLETED, events.RunFinished),
        (S.COMPLETED, S.COMPLETED, events.RunChanged),
    ],
)
def test_which_event_tells_of_a_move(
    before: S | None, after: S, kind: type[events.RunEvent]
) -> None:
    run = samples.make_run(state=after)
    event = events.of_move(before, run, NOW)
    assert type(event) is kind
    assert (event.run, event.at) == (run, NOW)


@pytest.mark.parametrize("before", list(S))
def test_every_move_of_the_table_has_its_event(before: S) -> None:
    told = {type(events.of_move(before, samples.make_run(state=to), NOW)) for to in _ways(before)}
    assert events.RunChanged not in told


def _ways(state: S) -> frozenset[S]:
    return runs.MOVES[state]


def test_every_event_says_its_type_in_its_own_word() -> None:
    kinds = get_args(events.AnyEvent)
    tags = {kind.__struct_config__.tag for kind in kinds}
    assert len(tags) == len(kinds)
    assert {kind.__struct_config__.tag_field for kind in kinds} == {"type"}


def test_an_event_of_a_task_carries_all_that_is_known_of_it() -> None:
    standing = ports.Standing(task=samples.make_task())
    assert events.TaskAdded(at=NOW, standing=standing).standing.last_exit_reason == "None"
