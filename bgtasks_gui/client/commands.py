"""Everything that can be asked of the agent, as data: one function for each route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bgtasks_gui.client.calls import call
from bgtasks_gui.core import tasks
from bgtasks_gui.wire import codec, shapes

if TYPE_CHECKING:
    from bgtasks_gui import settings

Call = call.Call
_path, _query = call.path, call.query


# The agent


def show_health() -> Call[shapes.HealthView]:
    return Call("GET", "/v1/health", shapes.HealthView)


def show_system() -> Call[shapes.SystemView]:
    return Call("GET", "/v1/system", shapes.SystemView)


def show_catalog() -> Call[shapes.CatalogView]:
    return Call("GET", "/v1/catalog", shapes.CatalogView)


def show_settings() -> Call[settings.Settings]:
    from bgtasks_gui import settings

    return Call("GET", "/v1/settings", settings.Settings)


def change_settings(new: settings.Settings) -> Call[settings.Settings]:
    return Call("PUT", "/v1/settings", type(new), body=codec.encode(new))


def pause_everything(until: str | None = None) -> Call[shapes.PauseView]:
    """`until` is a stamp; None pauses until somebody resumes."""
    body = codec.encode(shapes.PauseRequest(until=until))
    return Call("POST", "/v1/pause", shapes.PauseView, body=body)


def resume_everything() -> Call[shapes.PauseView]:
    return Call("POST", "/v1/resume", shapes.PauseView)


def emit_event(event: str, values: Mapping[str, object] | None = None) -> Call[shapes.EmittedView]:
    """Raise a custom event; `values` is what its triggers tell their runs."""
    body = codec.encode(shapes.EmitRequest(data=codec.raw(values or {})))
    return Call("POST", _path("emit", event=event), shapes.EmittedView, body=body)


def stop_agent(*, cancel: bool = False) -> Call[shapes.StoppingView]:
    """`cancel` ends the runs too, instead of leaving them to the supervisor."""
    body = codec.encode(shapes.StopRequest(cancel=cancel))
    return Call("POST", "/v1/stop", shapes.StoppingView, body=body)


# Tasks. `task` is an id or a name.


def list_tasks(
    *, group: str | None = None, limit: int | None = None, after: str | None = None
) -> Call[tuple[shapes.TaskView, ...]]:
    """By name; `after` is the last name of the page before."""
    query = _query(group=group, limit=limit, after=after)
    return Call("GET", "/v1/tasks", tuple[shapes.TaskView, ...], query)


def register_task(
    spec: tasks.TaskSpec, *, if_exists: shapes.IfExists = "refuse"
) -> Call[shapes.TaskView]:
    query = _query(if_exists=if_exists)
    return Call("POST", "/v1/tasks", shapes.TaskView, query, codec.encode(spec))


def check_task(spec: tasks.TaskSpec) -> Call[shapes.CheckedView]:
    """Look at a registration without storing it."""
    return Call("POST", "/v1/check", shapes.CheckedView, body=codec.encode(spec))


def show_task(task: str) -> Call[shapes.TaskView]:
    return Call("GET", _path("tasks", task=task), shapes.TaskView)


def edit_task(task: str, spec: tasks.TaskSpec) -> Call[shapes.TaskView]:
    """Replace what a task is, keeping its id."""
    path = _path("tasks", task=task)
    return Call("PUT", path, shapes.TaskView, body=codec.encode(spec))


def remove_task(task: str, *, cancel: bool = False) -> Call[shapes.RemovedView]:
    """`cancel` ends its runs too (concepts R41)."""
    query = _query(cancel=cancel)
    return Call("DELETE", _path("tasks", task=task), shapes.RemovedView, query)


def restore_task(task_id: str) -> Call[shapes.TaskView]:
    """Register a removed task again under its id, as it was; the agent keeps the last ones."""
    return Call("POST", _path("tasks", "restore", task=task_id), shapes.TaskView)


def run_task(task: str, arguments: Mapping[str, object] | None = None) -> Call[shapes.RunView]:
    """Run it now; `arguments` is the JSON object handed to the run."""
    body = codec.encode(shapes.RunRequest(arguments=codec.raw(arguments or {})))
    return Call("POST", _path("tasks", "run", task=task), shapes.RunView, body=body)


def enable_task(task: str) -> Call[shapes.TaskView]:
    return Call("POST", _path("tasks", "enable", task=task), shapes.TaskView)


def disable_task(task: str) -> Call[shapes.TaskView]:
    return Call("POST", _path("tasks", "disable", task=task), shapes.TaskView)


def suspend_task(task: str, reason: str | None = None) -> Call[shapes.ActedView]:
    """Suspend its runs; `reason` is the person's own words, here and below."""
    path = _path("tasks", "suspend", task=task)
    return Call("POST", path, shapes.ActedView, body=_action(reason))


def resume_task(task: str, reason: str | None = None) -> Call[shapes.ActedView]:
    path = _path("tasks", "resume", task=task)
    return Call("POST", path, shapes.ActedView, body=_action(reason))


def cancel_task(task: str, reason: str | None = None) -> Call[shapes.ActedView]:
    path = _path("tasks", "cancel", task=task)
    return Call("POST", path, shapes.ActedView, body=_action(reason))


def explain_task(task: str) -> Call[shapes.WhyView]:
    """What keeps it from starting."""
    return Call("GET", _path("tasks", "why", task=task), shapes.WhyView)


def plan_task(task: str, n: int | None = None) -> Call[tuple[shapes.ChanceView, ...]]:
    """Its next `n` planned times."""
    path = _path("tasks", "next", task=task)
    return Call("GET", path, tuple[shapes.ChanceView, ...], _query(n=n))


# Runs. `run` is an id.


def list_runs(
    *,
    task: str | None = None,
    state: str | None = None,
    since: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Call[tuple[shapes.RunView, ...]]:
    """Newest first; `state` is one or several with commas, `cursor` the last id of a page."""
    query = _query(task=task, state=state, since=since, limit=limit, cursor=cursor)
    return Call("GET", "/v1/runs", tuple[shapes.RunView, ...], query)


def show_run(run: str) -> Call[shapes.RunView | None]:
    """None is a run older than the history (concepts R118)."""
    return Call("GET", _path("runs", run=run), shapes.RunView | None)


def explain_run(run: str) -> Call[shapes.WhyView]:
    """What keeps this run from going on."""
    return Call("GET", _path("runs", "why", run=run), shapes.WhyView)


def suspend_run(run: str, reason: str | None = None) -> Call[shapes.RunView]:
    path = _path("runs", "suspend", run=run)
    return Call("POST", path, shapes.RunView, body=_action(reason))


def resume_run(run: str, reason: str | None = None) -> Call[shapes.RunView]:
    path = _path("runs", "resume", run=run)
    return Call("POST", path, shapes.RunView, body=_action(reason))


def cancel_run(run: str, reason: str | None = None) -> Call[shapes.RunView]:
    path = _path("runs", "cancel", run=run)
    return Call("POST", path, shapes.RunView, body=_action(reason))


def readdress_run(run: str, url: str) -> Call[shapes.RunView]:
    """Let a transfer go on from another address."""
    body = codec.encode(shapes.AddressRequest(url=url))
    return Call("POST", _path("runs", "address", run=run), shapes.RunView, body=body)


def limit_run(run: str, rate: int | None) -> Call[shapes.RunView]:
    """Limit the speed of a transfer, to bytes a second; None lifts the limit."""
    body = codec.encode(shapes.RateRequest(rate=rate))
    return Call("POST", _path("runs", "rate", run=run), shapes.RunView, body=body)


def read_log(
    run: str, *, offset: int = 0, limit: int | None = None, wait: float | None = None
) -> Call[shapes.LogPiece]:
    """A piece of its output. A negative `offset` counts from the end; `wait` is how many seconds
    (30 at most) to wait for more where there is nothing yet."""
    query = _query(offset=offset, limit=limit, wait=wait)
    return Call("GET", _path("runs", "log", run=run), shapes.LogPiece, query)


def _action(reason: str | None) -> bytes:
    return codec.encode(shapes.ActionRequest(reason=reason))
