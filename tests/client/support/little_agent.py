"""Enough of an agent for a client: tasks, runs and events, over ASGI and over a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from uvicorn.server import ServerState

from bgtasks_gui.core import runs
from bgtasks_gui.wire import shapes

View = TypeVar("View", bound=msgspec.Struct)

AT = "2026-11-22T15:00:00.123Z"
_FIRING = shapes.FiringView(
    type="manual",
    position=None,
    planned_at=None,
    caught_up=False,
    arguments=msgspec.Raw(b"{}"),
    details=msgspec.Raw(b"{}"),
)


def make_run(run_id: str, **fields: object) -> shapes.RunView:
    state = runs.RunState(fields.get("state", "running"))
    known = {
        "id": run_id,
        "task_id": "t1",
        "task_name": "backup",
        "kind": "command",
        "state": state,
        "status": runs.COARSE[state],
        "triggered_at": AT,
        "trigger": _FIRING,
        "attempt": 1,
        "forced": False,
        "cleaning_up": False,
        "suspended_s": 0.0,
        "suspended_count": 0,
        "can_suspend": True,
    }
    return _made(shapes.RunView, known | fields)


def make_task(task_id: str, **fields: object) -> shapes.TaskView:
    known = {
        "id": task_id,
        "name": f"task {task_id}",
        "kind": "command",
        "payload": {"argv": ["true"]},
        "triggers": (),
        "conditions": (),
        "stop_on_condition_loss": "suspend",
        "overlap": {},
        "missed": {},
        "flex": "PT0S",
        "retry": {},
        "grace": "PT10S",
        "resources": {},
        "modes": (),
        "notice": "auto",
        "group": "",
        "owner": "",
        "enabled": True,
        "registered": True,
        "registered_at": AT,
        "last_exit_reason": "None",
        "can_suspend": True,
        "does": "runs true",
        "when": (),
        "only_if": (),
        "warnings": (),
    }
    return _made(shapes.TaskView, known | fields)


def make_progress(done: float) -> shapes.ProgressView:
    return shapes.ProgressView(done=done, total=100, unit="%", message=None, rate=None, eta=None)


def _made(kind: type[View], fields: dict[str, object]) -> View:
    everything = dict.fromkeys(kind.__struct_fields__) | fields
    return msgspec.json.decode(msgspec.json.encode(everything), type=kind)


class LittleAgent:
    """State, the events that changed it, and the routes a follower needs."""

    def __init__(self) -> None:
        self.tasks: dict[str, shapes.TaskView] = {}
        self.runs: dict[str, shapes.RunView] = {}
        self.told: list[shapes.EventView] = []
        self.seq = 0
        #: Events before this number are no longer kept.
        self.oldest = 1
        self.streams: set[asyncio.Queue[shapes.EventView | None]] = set()
        #: Awaited before a request is answered, by path.
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}
        self.asked: list[str] = []
        self.finished: list[str] = []
        self._listened = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/v1/health", self._health),
                Route("/v1/tasks", self._list_tasks),
                Route("/v1/tasks/{task}", self._show_task, methods=["GET", "DELETE"]),
                Route("/v1/runs", self._list_runs),
                Route("/v1/runs/{run}", self._show_run),
                Route("/v1/events", self._events),
            ]
        )

    # What happens

    def put_run(self, run: shapes.RunView, type_: str = "run_changed") -> None:
        self.runs[run.id] = run
        self.tell(type_, run=run)

    def put_task(self, task: shapes.TaskView) -> None:
        self.tasks[task.id] = task
        self.tell("task_changed", task=task)

    def remove_task(self, task_id: str) -> None:
        self.tell("task_removed", task=self.tasks.pop(task_id))

    def progress(self, run_id: str, done: float) -> None:
        figure = make_progress(done)
        self.runs[run_id] = msgspec.structs.replace(self.runs[run_id], progress=figure)
        self.tell("run_progressed", run_id=run_id, task_id="t1", progress=figure)

    def tell(self, type_: str, **about: object) -> None:
        self.seq += 1
        event = shapes.EventView(seq=self.seq, at=AT, type=type_, **about)
        self.told.append(event)
        for stream in self.streams:
            stream.put_nowait(event)

    def forget(self) -> None:
        """Keep no event any more, so that whoever was away has to read everything anew."""
        self.oldest = self.seq + 1

    def tell_gap(self) -> None:
        """Say that events were lost; a gap has no number of its own."""
        for stream in self.streams:
            stream.put_nowait(shapes.EventView(seq=self.seq, at=AT, type="resync"))

    def end_streams(self) -> None:
        for stream in self.streams:
            stream.put_nowait(None)

    async def listened(self) -> None:
        """Wait until the first stream is open."""
        await asyncio.wait_for(self._listened.wait(), 10)

    # What is asked

    async def _begin(self, request: Request) -> None:
        self.asked.append(f"{request.method} {request.url.path}")
        if before := self.before.get(request.url.path):
            await before()
        self.finished.append(request.url.path)

    async def _health(self, request: Request) -> Response:
        await self._begin(request)
        return _json(
            shapes.HealthView(api=1, version="1", pid=1, home="/home", started_at=AT, seq=self.seq)
        )

    async def _list_tasks(self, request: Request) -> Response:
        await self._begin(request)
        after, limit = request.query_params.get("after", ""), request.query_params["limit"]
        found = sorted(self.tasks.values(), key=lambda task: (task.name, task.id))
        return _json([task for task in found if task.name > after][: int(limit)])

    async def _show_task(self, request: Request) -> Response:
        await self._begin(request)
        task = self.tasks.get(request.path_params["task"])
        if task is None:
            return _refusal(404, "task_not_found", "There is no task of this name.", "task")
        return _json(task)

    async def _list_runs(self, request: Request) -> Response:
        await self._begin(request)
        query = request.query_params
        wanted = runs.ENDED if query["state"] == "ended" else frozenset(runs.RunState) - runs.ENDED
        cursor = query.get("cursor", "~")
        newest = sorted(self.runs.values(), key=lambda run: run.id, reverse=True)
        found = [run for run in newest if run.state in wanted and run.id < cursor]
        return _json(found[: int(query["limit"])])

    async def _show_run(self, request: Request) -> Response:
        await self._begin(request)
        return _json(self.runs.get(request.path_params["run"]))

    async def _events(self, request: Request) -> Response:
        await self._begin(request)
        after = int(request.query_params.get("after", self.seq))
        stream: asyncio.Queue[shapes.EventView | None] = asyncio.Queue()
        is_known = self.oldest - 1 <= after <= self.seq
        place = after if is_known else self.seq
        stream.put_nowait(shapes.EventView(seq=place, at=AT, type="hello"))
        if not is_known:
            stream.put_nowait(shapes.EventView(seq=place, at=AT, type="resync"))
        for event in self.told[place:]:
            stream.put_nowait(event)
        self.streams.add(stream)
        self._listened.set()
        return StreamingResponse(self._frames(stream), media_type="text/event-stream")

    async def _frames(self, stream: asyncio.Queue[shapes.EventView | None]) -> AsyncIterator[bytes]:
        try:
            while (event := await stream.get()) is not None:
                yield b"id: %d\ndata: %s\n\n" % (event.seq, msgspec.json.encode(event))
        finally:
            self.streams.discard(stream)


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


def _refusal(status: int, code: str, message: str, field: str) -> Response:
    detail = shapes.ErrorDetail(code=code, message=message, field=field)
    return Response(msgspec.json.encode(shapes.ErrorView(error=detail)), status_code=status)


class Server:
    """An application behind uvicorn's protocol on a Unix socket; can die and come back."""

    def __init__(self, app: Starlette, path: Path) -> None:
        self._config = uvicorn.Config(app, log_config=None, lifespan="off")
        self._config.load()
        self._state = ServerState()
        self._path = path
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_unix_server(
            lambda: self._config.http_protocol_class(
                config=self._config, server_state=self._state, app_state={}
            ),
            self._path,
        )

    async def settled(self) -> None:
        """Wait until every client has left and every request is over."""
        for _ in range(10_000):
            if not self._state.connections and not self._state.tasks:
                return
            await asyncio.sleep(0)
        raise AssertionError(f"still there: {self._state.connections}, {self._state.tasks}")

    async def die(self) -> None:
        """Leave as a killed process does: every connection is cut."""
        assert self._server is not None
        self._server.close()
        for connection in list(self._state.connections):
            connection.transport.abort()
        for serving in self._state.tasks:
            serving.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        self._path.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def serving(app: Starlette, path: Path) -> AsyncIterator[Server]:
    server = Server(app, path)
    await server.start()
    try:
        yield server
    finally:
        await server.die()
