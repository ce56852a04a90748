from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from bgtasks_gui.cli import params
from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import times
from tests.cli.fakes import views
from tests.cli.fakes.scripted_agent import ScriptedAgent

OPTION = click.Option(["--every"])
CONTEXT = click.Context(click.Command("x"))


def test_each_text_is_read() -> None:
    read = params.reads(int)
    assert read(CONTEXT, OPTION, "3") == 3
    assert read(CONTEXT, OPTION, ("3", "4")) == (3, 4)
    assert read(CONTEXT, OPTION, ()) == ()
    assert read(CONTEXT, OPTION, None) is None


def test_what_cannot_be_read_is_an_error_of_the_option() -> None:
    read = params.reads(durations.parse_duration)
    with pytest.raises(click.BadParameter, match="'soon' is not a duration") as caught:
        read(CONTEXT, OPTION, ("5m", "soon"))
    assert caught.value.param is OPTION


def test_moments() -> None:
    # The clock of these tests shows 16:10 in Berlin.
    assert times.stamp(params.moment("9:00")) == "2026-11-23T08:00:00.000Z"
    assert times.stamp(params.past_moment("9:00")) == "2026-11-22T08:00:00.000Z"


def test_json_from_the_line_and_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "arguments.json"
    file.write_text('{"width": 800}')
    assert params.json_object('{"n": [1]}') == {"n": [1]}
    assert params.json_object(f"@{file}") == {"width": 800}
    assert params.json_array('["a", 3]') == ["a", 3]


@pytest.mark.parametrize(
    ("parse", "text", "says"),
    [
        (params.json_object, "[1]", "must be a JSON object"),
        (params.json_array, "{}", "must be a JSON array"),
        (params.json_object, "{", "not JSON"),
        (params.json_object, '{"a": "\udcff"}', "JSON"),
        (params.json_object, "@/nowhere/at.all", "/nowhere/at.all cannot be read: No such file"),
    ],
)
def test_json_that_is_none(parse: Callable[[str], object], text: str, says: str) -> None:
    with pytest.raises(errors.InvalidField, match=says):
        parse(text)


def test_names_are_completed(agent: ScriptedAgent) -> None:
    agent.on(
        "GET /v1/tasks", [views.task(name="backup"), views.task(name="bake"), views.task(name="x")]
    )
    found = params.complete_tasks(CONTEXT, OPTION, "ba")
    assert [(one.value, one.help) for one in found] == [
        ("backup", "runs `./backup.sh`"), ("bake", "runs `./backup.sh`"),
    ]  # fmt: skip


def test_without_an_agent_nothing_is_completed(home: Path) -> None:
    assert params.complete_tasks(CONTEXT, OPTION, "") == []


def test_examples_keep_their_lines() -> None:
    assert params.examples("a b", "c") == "\b\nExamples:\n  a b\n  c"
