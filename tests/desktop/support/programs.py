"""Programs that a desktop session starts, and the end of all that came of them."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

#: Every program carries this in its environment, and so does what it starts, however detached.
MARK = "DESKTOP_SESSION_MARK"
#: A machine under test is shared; what takes so long does not come any more.
PATIENCE_S = 20.0
#: What has not ended so long after it was asked is killed.
GRACE_S = 5.0
_LOOK_S = 0.005
# With it, programs end with the thread that started them, even when that is killed.
_TIED = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()


class NotReady(AssertionError):
    """What was waited for did not come."""


class Program:
    """A program with its output in a file."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log: Path,
        mark: str,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.argv = tuple(str(word) for word in argv)
        self.log = log
        self._mark = mark
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*_TIED, *self.argv],
                **{"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT},
                env={**env, MARK: mark},
                cwd=cwd,
                pass_fds=pass_fds,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def output(self) -> str:
        """What it has said so far."""
        return self.log.read_text(errors="replace")

    def wait(self, within_s: float = PATIENCE_S) -> int:
        """Its exit status, when it ends by itself."""
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise NotReady(f"{self} goes on:\n{self.output()}") from None

    def wait_for(
        self, has_come: Callable[[], object], what: str, within_s: float = PATIENCE_S
    ) -> None:
        """Wait for a sign of it; fail with its output when it ends before, or takes too long."""
        until = time.monotonic() + within_s
        while not has_come():
            if not self.is_running:
                raise NotReady(f"{self} ended before {what}:\n{self.output()}")
            if time.monotonic() > until:
                raise NotReady(f"{self}: no {what} within {within_s:g} s:\n{self.output()}")
            time.sleep(_LOOK_S)

    def stop(self, grace_s: float = GRACE_S) -> None:
        """End it and everything that it started."""
        end({*marked(self._mark), *([self.pid] if self.is_running else [])}, grace_s)
        self.process.wait(GRACE_S)

    def __repr__(self) -> str:
        return f"<{' '.join(self.argv)[:80]}, pid {self.pid}>"


def wait_until(
    has_come: Callable[[], object],
    what: str,
    within_s: float = PATIENCE_S,
    *,
    look_s: float = _LOOK_S,
) -> None:
    """Look again and again, for what sends no signal when it comes."""
    until = time.monotonic() + within_s
    while not has_come():
        if time.monotonic() > until:
            raise NotReady(f"no {what} within {within_s:g} s")
        time.sleep(look_s)


class _Seen(NamedTuple):
    """One process, as the kernel lists it."""

    state: str
    parent: int
    began: int


def marked(mark: str) -> set[int]:
    """Living processes with a mark that begins so, and those below them, marked or not."""
    wanted = f"{MARK}={mark}".encode()
    own = _see(os.getpid())
    assert own is not None
    seen = {pid: found for pid in _all_pids() if (found := _see(pid)) is not None}
    # Older ones cannot be of a session that this process began; they are not even looked into.
    young = {pid for pid, found in seen.items() if found.began >= own.began and found.state != "Z"}
    found = {pid for pid in young if any(each.startswith(wanted) for each in _environment(pid))}
    while below := {pid for pid in young - found if seen[pid].parent in found}:
        found |= below
    return found - {os.getpid()}


def is_alive(pid: int) -> bool:
    """If a process goes on; one that only waits to be counted does not."""
    found = _see(pid)
    return found is not None and found.state != "Z"


def end(pids: Iterable[int], grace_s: float = GRACE_S) -> None:
    """Ask these to end, and kill those that do not."""
    with contextlib.ExitStack() as stack:
        # A descriptor means this very process, even when its number is given to another one.
        going = set()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                process = os.pidfd_open(pid)
                stack.callback(os.close, process)
                going.add(process)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in going:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(process, number)
            going = _still_going(going, grace_s)


def _still_going(processes: set[int], within_s: float) -> set[int]:
    ends = select.poll()
    for process in processes:
        ends.register(process, select.POLLIN)
    left, until = set(processes), time.monotonic() + within_s
    while left and (rest_s := until - time.monotonic()) > 0:
        for process, _ in ends.poll(rest_s * 1000):
            ends.unregister(process)
            left.discard(process)
    return left


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _see(pid: int) -> _Seen | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    return _Seen(state=fields[0], parent=int(fields[1]), began=int(fields[19]))


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        # It is somebody else's, or has ended.
        return []
