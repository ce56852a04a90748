"""What of a form differs from what is usual."""

from __future__ import annotations

import pytest

from bgtasks_gui.gui.editor.schema import reading, summary, tree
from bgtasks_gui.wire import codec
from tests.gui.editor.support import catalogs


def task_form() -> tree.Object:
    form = reading.read(codec.plain(catalogs.catalog().task))
    assert isinstance(form, tree.Object)
    return form


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, []),
        ({"grace": "PT10S", "flex": "PT0S", "group": "", "time_limit": None}, []),
        ({"retry": {"attempts": 0, "max_delay": "PT15M"}}, []),
        ({"time_limit": "PT1H"}, ["Time limit: 1 h"]),
        ({"overlap": {"policy": "queue"}}, ["While it still runs: let the new run wait"]),
        # What is not shown is not said.
        ({"overlap": {"policy": "skip", "limit": 3}}, []),
        (
            {"overlap": {"policy": "parallel", "limit": 3}},
            ["While it still runs: run both at once", "Runs at once: 3"],
        ),
        ({"retry": {"attempts": 3}}, ["Try again after a failure: 3 times"]),
        ({"resources": {"memory_max": 524_288_000}}, ["Memory limit: 500 MiB"]),
        ({"enabled": False}, ["Switched on: no"]),
        ({"modes": ["voip", "taskKeeping"]}, ["Continuous work: Makes calls, Computes for long"]),
        ({"environment": {"A": "1"}}, ["Environment: 1 entry"]),
        ({"environment": {}}, ["Environment: 0 entries"]),
        ({"progress_pattern": "{done} of\n{total}"}, ["Progress in its output: {done} of {total}"]),
        ({"group": "x" * 99}, [f"Group: {'x' * 59}…"]),
        ({"expires_at": "no time"}, ["Expires: no time"]),
    ],
)
def test_differences_in_words(value: codec.JsonObject, said: list[str]) -> None:
    assert list(summary.differences(task_form(), {"name": "n"} | value))[1:] == said


def test_a_point_in_time_is_said_on_this_computers_clock() -> None:
    said = summary.say(tree.Moment(), "2001-02-03T12:00:00Z")
    assert said.startswith("Sat 3 Feb 2001 ")


def test_null_is_what_the_schema_calls_it() -> None:
    assert summary.say(tree.Text(empty="The agent's own"), None) == "the agent's own"
    assert summary.say(tree.Text(), None) == "none"
