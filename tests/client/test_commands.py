from __future__ import annotations

import inspect
import re
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui import settings
from bgtasks_gui.client import commands
from bgtasks_gui.client.calls import background, notices
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.wire import codec, routes, shapes
from tests.client.calls import test_background, test_notices

SPEC = tasks.TaskSpec(name="backup", kind="command", payload=msgspec.Raw(b'{"argv":["true"]}'))

#: Every command with every argument it takes, and the route it is for.
CALLS = {
    "show_health": (commands.show_health(), "system.health"),
    "show_system": (commands.show_system(), "system.show"),
    "show_catalog": (commands.show_catalog(), "system.catalog"),
    "show_settings": (commands.show_settings(), "system.settings"),
    "change_settings": (commands.change_settings(settings.Settings()), "system.change_settings"),
    "pause_everything": (commands.pause_everything("2026-11-22T15:00:00Z"), "system.pause"),
    "resume_everything": (commands.resume_everything(), "system.resume"),
    "emit_event": (commands.emit_event("door", {"open": True}), "system.emit"),
    "stop_agent": (commands.stop_agent(cancel=True), "system.stop"),
    "list_tasks": (commands.list_tasks(group="g", limit=5, after="a"), "tasks.list"),
    "register_task": (commands.register_task(SPEC, if_exists="replace"), "tasks.register"),
    "check_task": (commands.check_task(SPEC), "tasks.check"),
    "show_task": (commands.show_task("backup"), "tasks.show"),
    "edit_task": (commands.edit_task("backup", SPEC), "tasks.edit"),
    "remove_task": (commands.remove_task("backup", cancel=True), "tasks.remove"),
    "restore_task": (commands.restore_task("t1"), "tasks.restore"),
    "run_task": (commands.run_task("backup", {"n": 1}), "tasks.run"),
    "enable_task": (commands.enable_task("backup"), "tasks.enable"),
    "disable_task": (commands.disable_task("backup"), "tasks.disable"),
    "suspend_task": (commands.suspend_task("backup", "busy"), "tasks.suspend"),
    "resume_task": (commands.resume_task("backup", "free"), "tasks.resume"),
    "cancel_task": (commands.cancel_task("backup", "wrong"), "tasks.cancel"),
    "explain_task": (commands.explain_task("backup"), "tasks.why"),
    "plan_task": (commands.plan_task("backup", 3), "tasks.next"),
    "list_runs": (
        commands.list_runs(task="backup", state="failed", since="x", limit=1, cursor="y"),
        "runs.list",
    ),
    "show_run": (commands.show_run("r1"), "runs.show"),
    "explain_run": (commands.explain_run("r1"), "runs.why"),
    "suspend_run": (commands.suspend_run("r1", "busy"), "runs.suspend"),
    "resume_run": (commands.resume_run("r1", "free"), "runs.resume"),
    "cancel_run": (commands.cancel_run("r1", "wrong"), "runs.cancel"),
    "readdress_run": (commands.readdress_run("r1", "https://a.example/x"), "runs.readdress"),
    "limit_run": (commands.limit_run("r1", 2048), "runs.limit"),
    "read_log": (commands.read_log("r1", offset=-10, limit=100, wait=2.5), "runs.log"),
    **test_background.CALLS,
    **test_notices.CALLS,
}
ROUTES = {f"{route.subject}.{route.name}": route for route in routes.ROUTES}


def test_every_route_has_one_command_and_every_command_one_route() -> None:
    functions = {
        name
        for module in (commands, background, notices)
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and found.__module__ == module.__name__
    }
    assert functions == CALLS.keys()
    assert sorted(target for _, target in CALLS.values()) == sorted(ROUTES)


@pytest.mark.parametrize("name", CALLS)
def test_command_agrees_with_its_route(name: str) -> None:
    call, target = CALLS[name]
    route = ROUTES[target]
    assert call.method == route.method
    assert re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), call.path)
    assert call.answer == route.answer


@pytest.mark.parametrize("name", CALLS)
def test_query_and_body_are_what_the_route_reads(name: str) -> None:
    call, target = CALLS[name]
    route = ROUTES[target]
    if route.query is None:
        assert call.query == {}
    else:
        read = codec.convert(dict(call.query), route.query)
        assert set(call.query) == set(route.query.__struct_fields__)
        # Every argument is there: none of them has its default.
        assert read != route.query()
    if route.body is None:
        assert call.body is None
    else:
        assert call.body is not None
        assert codec.encode(codec.decode(call.body, route.body)) == call.body


def test_values_arrive_as_they_were_given() -> None:
    query = codec.convert(dict(commands.read_log("r", offset=-1).query), shapes.LogQuery)
    assert query == shapes.LogQuery(offset=-1)
    query = codec.convert(dict(commands.remove_task("t").query), shapes.RemoveQuery)
    assert query == shapes.RemoveQuery(cancel=False)
    assert commands.run_task("t", {"n": 1}).body == b'{"arguments":{"n":1}}'
    assert commands.run_task("t").body == b'{"arguments":{}}'
    assert commands.emit_event("door").body == b'{"data":{}}'
    assert commands.register_task(SPEC).query == {"if_exists": "refuse"}


@given(st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_any_name_stays_one_segment(name: str) -> None:
    path = commands.explain_task(name).path
    assert path.isascii()
    *_, segment, why = path.split("/")
    assert path == f"/v1/tasks/{segment}/{why}"
    assert unquote(segment) == name


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (commands.show_task, "task"),
        (commands.remove_task, "task"),
        (commands.show_run, "run"),
        (commands.emit_event, "event"),
    ],
)
def test_an_empty_name_is_no_route(make: object, field: str) -> None:
    with pytest.raises(errors.InvalidField, match=f"Name the {field}") as caught:
        make("")
    assert caught.value.field == field


def test_target_spells_the_query() -> None:
    assert commands.list_tasks().target == "/v1/tasks"
    assert commands.list_tasks(group="a b&c").target == "/v1/tasks?group=a+b%26c"


def test_only_what_answers_the_same_twice_is_repeatable() -> None:
    repeatable = {name for name, (call, _) in CALLS.items() if call.is_repeatable}
    assert {"show_task", "read_log", "edit_task", "change_settings"} <= repeatable
    assert repeatable.isdisjoint({"run_task", "register_task", "remove_task", "cancel_run"})
