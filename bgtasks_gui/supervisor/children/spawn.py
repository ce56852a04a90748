"""Starts programs and Python functions, each a session of its own."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from bgtasks_gui.supervisor import loop
from bgtasks_gui.supervisor.children import processes, refusals
from bgtasks_gui.worker import child, cold

TYPE_CHECKING = False  # typing itself is not worth its memory here
if TYPE_CHECKING:
    from typing import NoReturn

#: File descriptors that a run takes here: its output, its log, its channel.
_FDS_A_RUN = 3
#: File descriptors kept for everything else.
_FDS_BESIDE = 64
_FAILURES = (OSError, ValueError, subprocess.SubprocessError)


class Started:
    """A child that runs, and our ends of what connects us."""

    def __init__(self, pid: int, output: int | None, channel: socket.socket | None) -> None:
        self.pid = pid
        #: Where its output is read; None when nobody wants it.
        self.output = output
        self.channel = channel
        #: What it waits for on its channel before it does anything.
        self.first_message: Mapping[str, object] | None = None


class _Wires:
    """The pipe for a child's output and its channel: both ends."""

    def __init__(self, null: int, *, has_output: bool, has_channel: bool) -> None:
        self.reading: int | None = None
        self.writing: int | None = None
        self.ours: socket.socket | None = None
        self.theirs: socket.socket | None = None
        if has_output:
            self.reading, self.writing = os.pipe()
        if has_channel:
            try:
                self.ours, self.theirs = socket.socketpair()
            except OSError:
                self.close_ours()
                self.close_theirs()
                raise
        output = null if self.writing is None else self.writing
        #: What becomes 0, 1 and 2 of the child.
        self.standard = (null, output, output)
        self.inherited = () if self.theirs is None else (self.theirs.fileno(),)

    def close_theirs(self) -> None:
        if self.writing is not None:
            os.close(self.writing)
        if self.theirs is not None:
            self.theirs.close()

    def close_ours(self) -> None:
        if self.reading is not None:
            os.close(self.reading)
        if self.ours is not None:
            self.ours.close()


class Spawner:
    """Starts children, with nothing on their standard input."""

    def __init__(self) -> None:
        self._null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        self._mark_place = processes.mark_place()
        self._limit, self._most = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._usual_limit = self._limit

    def start_command(self, run: str, argv: Sequence[str], around: child.Surroundings) -> Started:
        """Start a program. Refusal names the field at fault."""
        refusals.check(argv, around)
        own = self._own(run, around)
        try:
            wires = _Wires(self._null, has_output=True, has_channel=False)
            return self._start(wires, lambda: self._execute(argv, own, wires))
        except _FAILURES as error:
            raise refusals.explained(error, argv[0], around, "payload.argv[0]") from error

    def start_function(
        self,
        spec: Mapping[str, object],
        around: child.Surroundings,
        interpreter: str | None,
        *,
        is_silent: bool = False,
    ) -> Started:
        """Start a Python function: warm from this process, or under another interpreter.

        That one waits for the spec on its channel. Refusal names the field at fault.
        """
        argv = [interpreter or sys.executable, cold.__file__]
        refusals.check(argv, around)
        own = self._own(str(spec["run"]), around)
        try:
            wires = _Wires(self._null, has_output=not is_silent, has_channel=True)
            if is_own(interpreter):
                return self._start(wires, lambda: self._fork_function(spec, own, wires))
            started = self._start(wires, lambda: self._execute(argv, own, wires))
            started.first_message = spec
            return started
        except _FAILURES as error:
            raise refusals.explained(error, argv[0], around, "payload.interpreter") from error

    def make_room(self, runs: int) -> None:
        """See to it that this many runs find file descriptors, as far as the system grants them."""
        wanted = runs * _FDS_A_RUN + _FDS_BESIDE
        if wanted > self._limit and (self._limit < self._most or self._most < 0):
            limit = 2 * wanted if self._most < 0 else min(2 * wanted, self._most)
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, self._most))
            self._limit = limit

    def _own(self, run: str, around: child.Surroundings) -> child.Surroundings:
        """The same for a process of this run."""
        own = around.with_variable(child.MARK, run)
        if self._limit != self._usual_limit:
            # Programs rely on the usual number: select() cannot see beyond 1024.
            own.open_files = self._usual_limit, self._most
        return own

    def _start(self, wires: _Wires, start: Callable[[], int]) -> Started:
        try:
            pid = start()
        except BaseException:
            wires.close_ours()
            raise
        finally:
            wires.close_theirs()
        return Started(pid, wires.reading, wires.ours)

    def _execute(self, argv: Sequence[str], around: child.Surroundings, wires: _Wires) -> int:
        if wires.inherited:
            around = around.with_variable(cold.CHANNEL, str(wires.inherited[0]))
        if not around.is_usual:
            return self._fork_program(argv, around, wires)
        popen = subprocess.Popen(
            argv,
            stdin=wires.standard[0],
            stdout=wires.standard[1],
            stderr=wires.standard[2],
            cwd=around.cwd,
            env=around.env,
            pass_fds=wires.inherited,
            start_new_session=True,
        )
        popen.returncode = 0  # the loop reaps it
        return popen.pid

    def _fork_function(
        self, spec: Mapping[str, object], around: child.Surroundings, wires: _Wires
    ) -> int:
        end = wires.theirs
        if end is None:
            raise ValueError("a function needs a channel")
        return _fork(lambda: child.run(spec, around, end, wires.standard, self._mark_place))

    def _fork_program(self, argv: Sequence[str], around: child.Surroundings, wires: _Wires) -> int:
        """Start a program so that its limits hold before its first instruction."""
        reading, writing = os.pipe()
        try:
            pid = _fork(lambda: _become_program(argv, around, wires, writing))
        finally:
            os.close(writing)
        with open(reading, "rb") as report:
            failure = report.read()
        if failure:
            os.waitpid(pid, 0)
            raise OSError(int(failure), os.strerror(int(failure)))
        return pid


def is_own(interpreter: str | None) -> bool:
    """Whether this is the interpreter we run under; functions for it start warm."""
    return interpreter is None or os.path.abspath(interpreter) == sys.executable


def _fork(be: Callable[[], NoReturn]) -> int:
    # None of these may reach the child while it still has this process's handlers for them.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, loop.BORNE)
    try:
        pid = os.fork()
        if pid == 0:
            be()
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _become_program(
    argv: Sequence[str], around: child.Surroundings, wires: _Wires, report: int
) -> NoReturn:
    """In the forked child: be that program, or report the error number."""
    failure = b"5"  # EIO, for what is no error of the system
    try:
        for note in child.become_session(around, wires.standard):
            os.write(2, os.fsencode(note + "\n"))
        for fd in wires.inherited:
            os.set_inheritable(fd, True)
        child.reset_signals()
        for signum in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(signum, signal.SIG_DFL)  # Python ignores them, programs need not
        around.limit_open_files()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.execvpe(argv[0], list(argv), around.env)
    except OSError as error:
        failure = b"%d" % (error.errno or 5)
    finally:
        os.write(report, failure)
        os._exit(127)
