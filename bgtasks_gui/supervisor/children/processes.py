"""The processes of this computer: who they are, whose child, in what state."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import time

from bgtasks_gui.worker import child

#: Environment variable that marks every process of a run.
MARK = child.MARK.encode() + b"="
#: Environment variable that says which process gets the orphans; set when the supervisor starts.
ADOPTS = "BGTASKS_ADOPTS"
IS_LINUX = sys.platform.startswith("linux")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Process:
    """One process as it was when looked at. `pid` and `start_ticks` together are never reused."""

    __slots__ = ("cpu_s", "has_memory", "pid", "ppid", "rss", "session", "start_ticks", "state")

    def __init__(self, pid: int, ppid: int, session: int, state: str, start_ticks: int) -> None:
        self.pid = pid
        self.ppid = ppid
        self.session = session
        #: As in proc(5): R, S, D, T (stopped), Z (ended, not yet reaped) ...
        self.state = state
        #: Clock ticks since boot; elsewhere than on Linux, Unix time in seconds.
        self.start_ticks = start_ticks
        #: Processor time of it and of the children it has waited for.
        self.cpu_s = 0.0
        #: Resident bytes.
        self.rss = 0
        #: Whether it has an address space: kernel threads and ended processes have none.
        self.has_memory = True

    @property
    def key(self) -> tuple[int, int]:
        return self.pid, self.start_ticks

    @property
    def is_alive(self) -> bool:
        return self.state not in "ZX"


@functools.cache
def boot_id() -> str:
    """The boot that start ticks count from; empty where they do not."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""


def look_at(pid: int) -> Process | None:
    """This process now, ended but not reaped ones included; None when there is none."""
    if not IS_LINUX:
        return _from_ps(str(pid)).get(pid)
    try:
        fd = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        stat = os.read(fd, 1024)
    except OSError:  # it ended meanwhile
        return None
    finally:
        os.close(fd)
    # The name in parentheses may hold spaces and parentheses itself.
    fields = stat[stat.rindex(b")") + 2 :].split()
    process = Process(pid, int(fields[1]), int(fields[3]), chr(fields[0][0]), int(fields[19]))
    process.cpu_s = sum(map(int, fields[11:15])) * _TICK_S
    process.has_memory = fields[20] != b"0"
    process.rss = int(fields[21]) * _PAGE
    return process


def all_processes() -> dict[int, Process]:
    """Every process of this computer."""
    if not IS_LINUX:
        return _from_ps()
    seen = (look_at(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {process.pid: process for process in seen if process is not None}


def own_children() -> list[int] | None:
    """Process ids of this process's children, orphans of its runs among them.

    None where orphans go elsewhere, or the system does not tell.
    """
    pid = os.getpid()
    if os.environ.get(ADOPTS) != f"{pid}:1":
        return None
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:
            return list(map(int, file.read().split()))
    except OSError:
        return None


def mark_of(process: Process) -> str | None:
    """The run that the environment of a process names, empty when it names none.

    None where it is not shown: another user's, or a program that is just being loaded.
    """
    try:
        with open(f"/proc/{process.pid}/environ", "rb") as file:
            environ = b"\0" + file.read()
    except OSError:
        return None
    _, _, rest = environ.partition(b"\0" + MARK)
    return os.fsdecode(rest.partition(b"\0")[0]) if len(environ) > 1 else None


def mark_place() -> tuple[int, int] | None:
    """Address and length of the place that this process's own mark takes in its memory."""
    try:
        with open("/proc/self/environ", "rb") as file:
            environ = b"\0" + file.read()
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    before, found, rest = environ.partition(b"\0" + MARK)
    if not found:
        return None
    return int(fields[47]) + len(before) + len(MARK), len(rest.partition(b"\0")[0])


def send(process: Process, signum: int) -> bool:
    """Send a signal to this very process, never to a later one with its number.

    Whether it was sent: not to a process that has ended or belongs to somebody else.
    """
    if process.pid <= 1:  # numbers that stand for many processes, or for the first of all
        return False
    if not hasattr(os, "pidfd_open"):
        return _is_same(process) and _kill(process.pid, signum)
    try:
        fd = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    except OSError:  # an old kernel
        return _is_same(process) and _kill(process.pid, signum)
    try:
        if not _is_same(process):
            return False
        signal.pidfd_send_signal(fd, signum)
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _is_same(process: Process) -> bool:
    now = look_at(process.pid)
    return now is not None and now.key == process.key


def _kill(pid: int, signum: int) -> bool:
    try:
        os.kill(pid, signum)
    except OSError:
        return False
    return True


def _from_ps(pid: str | None = None) -> dict[int, Process]:
    """The processes as ps(1) tells them, for systems without /proc."""
    import subprocess

    which = ["-p", pid] if pid else ["-ax"]
    columns = "pid=,ppid=,state=,rss=,time=,lstart="
    done = subprocess.run(
        ["ps", *which, "-o", columns],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    processes = {}
    for line in done.stdout.decode("ascii", "replace").splitlines():
        with contextlib.suppress(ValueError, OSError):
            process = parse_ps(line)
            processes[process.pid] = process
    return processes


def parse_ps(line: str) -> Process:
    """A process from a line of ps. ValueError when it is not one."""
    pid, ppid, state, rss, used, *started = line.split(None, 5)
    start = time.mktime(time.strptime(started[0], "%a %b %d %H:%M:%S %Y")) if started else 0
    try:
        session = os.getsid(int(pid))
    except OSError:
        session = 0
    process = Process(int(pid), int(ppid), session, state[0], int(start))
    process.rss = int(rss) * 1024
    process.cpu_s = _seconds(used)
    return process


def _seconds(used: str) -> float:
    """Seconds of a ps time: [days-][hours:]minutes:seconds[.hundredths]."""
    days, _, clock = used.rpartition("-")
    seconds = float(days or 0) * 86400
    for place, number in enumerate(reversed(clock.split(":"))):
        seconds += float(number) * 60**place
    return seconds
