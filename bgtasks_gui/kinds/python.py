"""The kind `python`: a function of a module, called in a process of its own."""

from __future__ import annotations

import os
from typing import Annotated, ClassVar

import msgspec

from bgtasks_gui.core import checks, errors, kind_ports, processes, runs, tasks
from bgtasks_gui.wire import codec


class PythonPayload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Call a Python function"""

    callable: Annotated[
        str,
        msgspec.Meta(
            title="Function",
            description="Its module and its name, with a colon between them.",
            examples=["reports:send_weekly"],
            extra_json_schema={"format": "callable"},
        ),
    ]
    args: Annotated[
        codec.JsonArray,
        msgspec.Meta(
            title="Arguments", description="By position, as JSON.", examples=[["week", 32]]
        ),
    ] = []
    kwargs: Annotated[
        codec.JsonObject,
        msgspec.Meta(
            title="Named arguments", description="By name, as JSON.", examples=[{"dry_run": True}]
        ),
    ] = {}
    path: Annotated[
        tuple[Annotated[str, msgspec.Meta(extra_json_schema={"format": "folder"})], ...],
        msgspec.Meta(
            title="Module folders",
            description="Searched for the module first.",
            extra_json_schema={"x-rare": True},
        ),
    ] = ()
    interpreter: Annotated[
        str | None,
        msgspec.Meta(
            title="Interpreter",
            description="Another Python to call it with; it starts slower.",
            examples=["~/project/.venv/bin/python"],
            extra_json_schema={"format": "file", "x-empty": "The agent's own", "x-rare": True},
        ),
    ] = None
    cwd: Annotated[
        str,
        msgspec.Meta(
            title="Folder",
            description="Where it runs.",
            examples=["~/Documents"],
            extra_json_schema={"format": "folder", "x-empty": "Your home folder"},
        ),
    ] = ""
    env: Annotated[
        dict[str, str],
        msgspec.Meta(
            title="Variables",
            description="Added to the environment it runs in.",
            extra_json_schema={"x-rare": True},
        ),
    ] = {}


class PythonKind:
    """Calls a Python function. Suspending stops its whole tree of processes."""

    name: ClassVar[str] = "python"
    payload_type: ClassVar[type[msgspec.Struct]] = PythonPayload
    can_suspend: ClassVar[bool] = hasattr(os, "killpg")

    def describe(self, payload: msgspec.Struct) -> str:
        assert isinstance(payload, PythonPayload)
        return f"calls the Python function `{payload.callable}`"

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: kind_ports.Checker
    ) -> msgspec.Struct:
        assert isinstance(payload, PythonPayload)
        module, colon, function = payload.callable.partition(":")
        if not (colon and _is_dotted(module) and _is_dotted(function)):
            raise errors.InvalidField(
                f"{payload.callable!r} is no function; write it as module:function, "
                "as in reports:send_weekly.",
                field="callable",
            )
        checks.check_variables(payload.env, "env")
        cwd = await checker.find_folder(payload.cwd)
        payload = msgspec.structs.replace(payload, cwd=cwd)
        if payload.interpreter is not None:
            found = await checker.find_program(payload.interpreter, cwd, spec.environment or {})
            if found is None:
                raise errors.InvalidField(
                    f"There is no Python at {payload.interpreter!r}; give the path of one.",
                    field="interpreter",
                )
            payload = msgspec.structs.replace(payload, interpreter=found)
        problem = await checker.check_callable(_spec_of(payload, spec.name), spec.environment)
        if problem is not None:
            raise errors.InvalidField(problem, field="callable")
        return payload

    def process(
        self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run
    ) -> processes.ProcessSpec:
        assert isinstance(payload, PythonPayload)
        return msgspec.structs.replace(
            _spec_of(payload, task.name),
            arguments=run.firing.arguments,
            trigger=codec.raw({"type": run.firing.type, "details": run.firing.details}),
            attempt=run.attempt,
        )


def _is_dotted(text: str) -> bool:
    return bool(text) and all(part.isidentifier() for part in text.split("."))


def _spec_of(payload: PythonPayload, task: str) -> processes.PythonProcess:
    return processes.PythonProcess(
        callable=payload.callable,
        args=codec.raw(payload.args),
        kwargs=codec.raw(payload.kwargs),
        arguments=msgspec.Raw(b"{}"),
        trigger=msgspec.Raw(b"{}"),
        task=task,
        attempt=1,
        path=payload.path,
        interpreter=payload.interpreter,
        cwd=payload.cwd,
        env=payload.env,
    )
