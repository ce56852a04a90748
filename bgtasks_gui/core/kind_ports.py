"""The seams to kinds of tasks: what each kind is asked, and what it may ask itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

from bgtasks_gui.core import processes, runs, tasks


class Checker(Protocol):
    """What a kind may ask while a task is checked at registration."""

    async def find_folder(self, folder: str) -> str:
        """The absolute path of the folder a run shall work in; empty is the person's home.

        Raises `errors.InvalidField` (field "cwd") where there is no such folder.
        """
        ...

    async def find_program(self, program: str, cwd: str, env: Mapping[str, str]) -> str | None:
        """The path this program would be started from, or None."""
        ...

    async def find_file(self, path: str, field: str) -> str:
        """The absolute path of a file that can be read. Raises `errors.InvalidField`."""
        ...

    async def find_target(self, path: str, field: str) -> str:
        """Where a file shall be written: absolute, with a slash at its end where it is a folder.

        Empty is the person's folder for downloads. Raises `errors.InvalidField` where nothing can
        be written there.
        """
        ...

    async def check_callable(
        self, spec: processes.PythonProcess, environment: Mapping[str, str] | None
    ) -> str | None:
        """None when module and function can be imported, else a sentence that names them."""
        ...


class TaskKind(Protocol):
    """What a task does. `payload_type` is a frozen `msgspec.Struct`; its fields are the form."""

    name: ClassVar[str]
    payload_type: ClassVar[type[msgspec.Struct]]
    #: Whether a run of this kind can be suspended; said up front where it cannot.
    can_suspend: ClassVar[bool]

    def describe(self, payload: msgspec.Struct) -> str:
        """What it does, as a phrase for people."""
        ...

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: Checker
    ) -> msgspec.Struct:
        """The payload as it is stored: checked, with open defaults filled in.

        Raises `errors.InvalidField` with a field relative to the payload.
        """
        ...


@runtime_checkable
class ProcessKind(TaskKind, Protocol):
    """A kind whose runs are child processes."""

    def process(
        self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run
    ) -> processes.ProcessSpec:
        """What to start for this run."""
        ...
