"""Every route of API version 1, as data: the server binds them, the client calls them."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from bgtasks_gui import settings
from bgtasks_gui.core import tasks
from bgtasks_gui.wire import shapes

API_VERSION: Final = 1
#: Largest request body the agent reads.
MAX_BODY_BYTES: Final = 4 * 1024 * 1024

Method = Literal["GET", "POST", "PUT", "DELETE"]
Subject = Literal["tasks", "runs", "system", "background", "notices"]


class Route(msgspec.Struct, frozen=True):
    """One request: `subject` and `name` say which method of the agent answers it."""

    method: Method
    #: Path with {parameters}, handed to the method in order.
    path: str
    subject: Subject
    name: str
    summary: str
    answer: object
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    status: int = 200


_S = shapes
ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/v1/health", "system", "health", "Whether the agent lives", _S.HealthView),
    Route("GET", "/v1/tasks", "tasks", "list", "Registered tasks by name",
          tuple[_S.TaskView, ...], query=_S.TasksQuery),
    Route("POST", "/v1/tasks", "tasks", "register", "Register a task", _S.TaskView,
          query=_S.RegisterQuery, body=tasks.TaskSpec, status=201),
    Route("POST", "/v1/check", "tasks", "check", "Look at a registration without storing it",
          _S.CheckedView, body=tasks.TaskSpec),
    Route("GET", "/v1/tasks/{task}", "tasks", "show", "One task with its environment",
          _S.TaskView),
    Route("PUT", "/v1/tasks/{task}", "tasks", "edit", "Replace what a task is, keeping its id",
          _S.TaskView, body=tasks.TaskSpec),
    Route("DELETE", "/v1/tasks/{task}", "tasks", "remove", "Unregister a task",
          _S.RemovedView, query=_S.RemoveQuery),
    Route("POST", "/v1/tasks/{task}/restore", "tasks", "restore",
          "Register a removed task again, as it was", _S.TaskView),
    Route("POST", "/v1/tasks/{task}/run", "tasks", "run", "Run a task now", _S.RunView,
          body=_S.RunRequest, status=201),
    Route("POST", "/v1/tasks/{task}/enable", "tasks", "enable", "Let its triggers fire",
          _S.TaskView),
    Route("POST", "/v1/tasks/{task}/disable", "tasks", "disable", "Keep its triggers from firing",
          _S.TaskView),
    Route("POST", "/v1/tasks/{task}/suspend", "tasks", "suspend", "Suspend its runs",
          _S.ActedView, body=_S.ActionRequest),
    Route("POST", "/v1/tasks/{task}/resume", "tasks", "resume", "Resume its runs", _S.ActedView,
          body=_S.ActionRequest),
    Route("POST", "/v1/tasks/{task}/cancel", "tasks", "cancel", "Cancel its runs", _S.ActedView,
          body=_S.ActionRequest),
    Route("GET", "/v1/tasks/{task}/why", "tasks", "why", "What keeps it from starting",
          _S.WhyView),
    Route("GET", "/v1/tasks/{task}/next", "tasks", "next", "Its next planned times",
          tuple[_S.ChanceView, ...], query=_S.NextQuery),
    Route("GET", "/v1/runs", "runs", "list", "Runs, newest first", tuple[_S.RunView, ...],
          query=_S.RunsQuery),
    Route("GET", "/v1/runs/{run}", "runs", "show",
          "One run; null when it is older than the history", _S.RunView | None),
    Route("GET", "/v1/runs/{run}/why", "runs", "why", "What keeps this run from going on",
          _S.WhyView),
    Route("POST", "/v1/runs/{run}/suspend", "runs", "suspend", "Suspend a run", _S.RunView,
          body=_S.ActionRequest),
    Route("POST", "/v1/runs/{run}/resume", "runs", "resume", "Resume a run", _S.RunView,
          body=_S.ActionRequest),
    Route("POST", "/v1/runs/{run}/cancel", "runs", "cancel", "Cancel a run", _S.RunView,
          body=_S.ActionRequest),
    Route("POST", "/v1/runs/{run}/address", "runs", "readdress",
          "Go on from another address", _S.RunView, body=_S.AddressRequest),
    Route("POST", "/v1/runs/{run}/rate", "runs", "limit", "Limit the speed of a transfer",
          _S.RunView, body=_S.RateRequest),
    Route("GET", "/v1/runs/{run}/log", "runs", "log", "A piece of its output", _S.LogPiece,
          query=_S.LogQuery),
    Route("GET", "/v1/catalog", "system", "catalog", "Every kind, trigger, condition and reason",
          _S.CatalogView),
    Route("GET", "/v1/system", "system", "show", "The agent and the machine", _S.SystemView),
    Route("GET", "/v1/settings", "system", "settings", "The settings", settings.Settings),
    Route("PUT", "/v1/settings", "system", "change_settings", "Replace the settings",
          settings.Settings, body=settings.Settings),
    Route("POST", "/v1/emit/{event}", "system", "emit", "Raise a custom event", _S.EmittedView,
          body=_S.EmitRequest),
    Route("POST", "/v1/pause", "system", "pause", "Pause everything", _S.PauseView,
          body=_S.PauseRequest),
    Route("POST", "/v1/resume", "system", "resume", "Lift the pause", _S.PauseView),
    Route("POST", "/v1/stop", "system", "stop", "Stop the agent", _S.StoppingView,
          body=_S.StopRequest),
    Route("GET", "/v1/notices", "notices", "list", "What was told and held back, newest first",
          tuple[_S.NoticeView, ...], query=_S.NoticesQuery),
    Route("GET", "/v1/telling", "notices", "telling", "How the person is told things now",
          _S.TellingView),
    Route("GET", "/v1/background", "background", "show", "What programs do in the background",
          _S.BackgroundView),
    Route("GET", "/v1/continuous", "background", "list_continuous", "Continuous tasks that go on",
          tuple[_S.ContinuousView, ...]),
    Route("POST", "/v1/continuous", "background", "start",
          "Start a continuous task; null is answered to a start by `mode`",
          _S.ContinuousView | None, body=_S.ContinuousRequest, status=201),
    Route("PUT", "/v1/continuous", "background", "update", "Change the modes of a continuous task",
          _S.ContinuousView, body=_S.ContinuousRequest),
    Route("DELETE", "/v1/continuous", "background", "stop", "Stop a continuous task",
          _S.ContinuousView, query=_S.ContinuousQuery),
    Route("POST", "/v1/continuous/{id}/cancel", "background", "cancel",
          "Cancel a continuous task, and the run it belongs to", _S.ContinuousView,
          body=_S.ActionRequest),
    Route("POST", "/v1/continuous/{id}/progress", "background", "progress",
          "Say how far a data transfer is", _S.ContinuousView, body=_S.ProgressRequest),
    Route("GET", "/v1/access", "background", "list_access", "What owners may do in the background",
          tuple[_S.AccessView, ...]),
    Route("PUT", "/v1/access/{owner}", "background", "grant",
          "Say what an owner may do in the background", _S.AccessView, body=_S.AccessRequest),
    Route("DELETE", "/v1/access/{owner}", "background", "forget",
          "Forget an owner, and end what it does in the background", _S.AccessView),
    Route("GET", "/v1/delays", "background", "list_budgets",
          "Time that owners have used for suspend delays, and those that are open",
          tuple[_S.BudgetView, ...]),
    Route("POST", "/v1/delays", "background", "request_delay", "Ask for a suspend delay",
          _S.DelayView, body=_S.DelayRequest, status=201),
    Route("GET", "/v1/delays/{id}", "background", "remaining", "What is left of a suspend delay",
          _S.RemainingView, query=_S.DelayQuery),
    Route("DELETE", "/v1/delays/{id}", "background", "cancel_delay", "Take a suspend delay back",
          _S.DelayView, query=_S.DelayQuery),
    Route("PUT", "/v1/front", "background", "move_front",
          "Say that an owner came to the front of the person, or left it",
          _S.BudgetView | None, body=_S.FrontRequest),
    Route("POST", "/v1/resources", "background", "act_on_resources",
          "Apply for efficiency resources, or release them; answers what the owner holds then",
          tuple[_S.ResourceView, ...], body=_S.ResourceRequest),
    Route("DELETE", "/v1/resources", "background", "reset_resources",
          "Release all resources of an owner", tuple[_S.ResourceView, ...],
          query=_S.ResourceQuery),
)  # fmt: skip

#: The stream of events is no request with one answer; the server has its own place for it.
EVENTS_PATH: Final = "/v1/events"
OPENAPI_PATH: Final = "/openapi.json"
