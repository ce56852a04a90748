"""What a run's process is: how to start it, how to recognise it again, how it ended."""

from __future__ import annotations

from typing import Literal

import msgspec

IoPriority = Literal["normal", "low", "idle"]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    #: Start time in clock ticks since boot (field 22 of /proc/PID/stat on Linux).
    start_ticks: int
    #: The boot these ticks count from.
    boot_id: str


class CommandProcess(msgspec.Struct, frozen=True, kw_only=True, tag="command"):
    """A program with its arguments."""

    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]


class PythonProcess(msgspec.Struct, frozen=True, kw_only=True, tag="python"):
    """A Python function called in a process of its own."""

    callable: str
    args: msgspec.Raw
    kwargs: msgspec.Raw
    arguments: msgspec.Raw
    trigger: msgspec.Raw
    task: str
    attempt: int
    #: Folders searched for modules before the interpreter's own.
    path: tuple[str, ...]
    #: Interpreter to call it with; None is the agent's own, which starts warm.
    interpreter: str | None
    cwd: str
    env: dict[str, str]


ProcessSpec = CommandProcess | PythonProcess


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """How a process ended, as the supervisor saw it."""

    exit_code: int | None
    signal: int | None
    #: Unix time in milliseconds.
    at: int
    cpu_s: float = 0.0
    max_rss: int = 0
    #: Processes of the run's tree that were still alive.
    leftover: int = 0
    #: Last word of a Python function: its result, its exception, or why it gave up.
    message: msgspec.Raw | None = None
