"""Turns a process just forked from the supervisor into a task's own, then calls the function."""

from __future__ import annotations

import atexit
import gc
import io
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

from bgtasks_gui.worker import calling, channel, importing, limits

TYPE_CHECKING = False  # typing itself is not worth its memory here
if TYPE_CHECKING:
    from typing import NoReturn, TextIO

#: File descriptor that the channel has here.
CHANNEL_FD = 3
#: Environment variable that marks every process of a run.
MARK = "BGTASKS_RUN_ID"
#: The environment of the supervisor, which a process just forked from it has too.
_OWN_ENVIRONMENT = dict(os.environ)
#: Up to this number all file descriptors are closed without looking which are open.
_MANY_FDS = 65536
#: Exit status when the worker itself is at fault.
EXIT_BUG = 70


class Surroundings:
    """Where and how gently a program runs."""

    def __init__(
        self, cwd: str, env: Mapping[str, str], nice: int = 0, io_priority: str = "normal"
    ) -> None:
        self.cwd = cwd
        self.env = env
        self.nice = nice
        self.io_priority = io_priority
        #: Soft and hard limit of open files, where it is not to be inherited.
        self.open_files: tuple[int, int] | None = None

    @property
    def is_usual(self) -> bool:
        """Whether nothing but the environment differs from any other program."""
        return self.nice == 0 and self.io_priority == "normal" and self.open_files is None

    def limit_open_files(self) -> None:
        """Last of all: closing and loading may need more than the limit."""
        if self.open_files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, self.open_files)

    def with_variable(self, name: str, value: str) -> Surroundings:
        env = {**self.env, name: value}
        other = Surroundings(self.cwd, env, self.nice, self.io_priority)
        other.open_files = self.open_files
        return other


def become_session(around: Surroundings, output: Sequence[int]) -> list[str]:
    """Make this process a session with these as 0, 1 and 2; what could not be set, in words.

    OSError with the folder as its file name when that cannot be entered.
    """
    os.setsid()
    for target, fd in enumerate(output):
        os.dup2(fd, target)
    os.chdir(around.cwd)
    return limits.set_limits(around.nice, around.io_priority)


def close_above(last: int) -> None:
    """Close every file descriptor greater than this."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= limit <= _MANY_FDS:
        os.closerange(last + 1, limit)
        return
    try:
        highest = max(map(int, os.listdir("/proc/self/fd")))
    except OSError:
        highest = os.sysconf("SC_OPEN_MAX")
    os.closerange(last + 1, highest + 1)


def run(
    spec: Mapping[str, object],
    around: Surroundings,
    end: socket.socket,
    output: Sequence[int],
    mark_place: tuple[int, int] | None,
) -> NoReturn:
    """Be the process of this run; `output` is what becomes 0, 1 and 2. Never returns."""
    status = EXIT_BUG
    try:
        notes = become_session(around, output)
        os.dup2(end.fileno(), CHANNEL_FD, inheritable=False)
        close_above(CHANNEL_FD)
        around.limit_open_files()
        reset_signals()
        _take_environment(around.env, mark_place)
        _refresh_interpreter(spec, around)
        for note in notes:
            calling.print_line(note)
        status = work(spec, channel.Channel(socket.socket(fileno=CHANNEL_FD)))
    except SystemExit as stop:  # SIGTERM between two steps
        status = stop.code if isinstance(stop.code, int) else EXIT_BUG
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        _leave(status)


def work(spec: Mapping[str, object], line: channel.Channel) -> int:
    """Do what the spec asks for: call its function, or only see that it is there."""
    if not spec.get("is_check"):
        return calling.perform(spec, line)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    return importing.check(str(spec.get("callable", "")), line)


def search_path(spec: Mapping[str, object], cwd: str, own: Sequence[str]) -> list[str]:
    """Where modules are looked for: the working folder, the task's folders, the interpreter's."""
    folders = spec.get("path")
    return [cwd, *(map(str, folders) if isinstance(folders, list) else ()), *own]


def take_main_module() -> None:
    """Leave `__main__` to the program."""
    sys.modules["__main__"] = ModuleType("__main__")


def prepare() -> None:
    """Do here, once, what every process forked from this one would have to do."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _stream(fd)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    take_main_module()


def reset_signals() -> None:
    """What a Python program finds when it starts. Still blocked: the run's own handler comes."""
    signal.set_wakeup_fd(-1)
    for signum in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM):
        signal.signal(signum, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _take_environment(env: Mapping[str, str], mark_place: tuple[int, int] | None) -> None:
    # Only what differs: each variable costs time, and most are those of the supervisor.
    for name in _OWN_ENVIRONMENT.keys() - env.keys():
        del os.environ[name]
    for name, value in env.items() - _OWN_ENVIRONMENT.items():
        os.environ[name] = value
    if "TZ" in env or "TZ" in _OWN_ENVIRONMENT:
        time.tzset()
    if mark_place is not None:
        _show_mark(env[MARK], *mark_place)


def _show_mark(run_id: str, address: int, length: int) -> None:
    """Make /proc/PID/environ say whose process this is.

    It shows memory that only exec() fills, with the supervisor's own environment here; the mark
    has a place kept free there. Processes that the task forks carry it on.
    """
    mark = os.fsencode(run_id)
    if len(mark) > length:
        return
    try:
        memory = os.open("/proc/self/mem", os.O_WRONLY)
        try:
            os.pwrite(memory, mark.ljust(length, b"\0"), address)
        finally:
            os.close(memory)
    except OSError:
        pass  # a locked-down system: such processes are then known by parent and session only


def _refresh_interpreter(spec: Mapping[str, object], around: Surroundings) -> None:
    gc.enable()
    atexit._clear()
    given = around.env.get("PYTHONPATH", "").split(os.pathsep)
    own = [os.path.abspath(folder) for folder in given if folder] + sys.path
    sys.path[:] = search_path(spec, around.cwd, own)
    sys.argv = [str(spec.get("callable", ""))]


def _stream(fd: int) -> TextIO:
    if fd == 0:
        source = io.BufferedReader(io.FileIO(fd, closefd=False))
        return io.TextIOWrapper(source, "utf-8", "surrogateescape")
    # Lines go out as they come, and no character can make a print() fail.
    target = io.BufferedWriter(io.FileIO(fd, "w", closefd=False))
    return io.TextIOWrapper(target, "utf-8", "backslashreplace", line_buffering=True)


def _leave(status: int) -> NoReturn:
    """End as the interpreter does, without the time it takes to tear itself down."""
    ends: list[Callable[[], object]] = [atexit._run_exitfuncs]
    ends += [stream.flush for stream in (sys.stdout, sys.stderr) if stream is not None]
    for end in ends:
        try:
            end()
        except BaseException:  # nothing may keep this process from ending here
            status = status or EXIT_BUG
    os._exit(status)
