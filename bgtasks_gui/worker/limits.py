"""How gently a program uses the machine; set before its first instruction."""

from __future__ import annotations

import os
import resource
import sys

#: Classes and levels of ioprio_set(2); "normal" leaves what the system chose.
_IO_PRIORITIES = {"low": (2, 7), "idle": (3, 0)}
#: Number of the system call ioprio_set, which no library wraps.
_IOPRIO_SET = {
    "x86_64": 251,
    "i386": 289,
    "i686": 289,
    "aarch64": 30,
    "riscv64": 30,
    "ppc64le": 273,
    "s390x": 282,
    "armv7l": 314,
}
NICE_RANGE = range(-20, 20)


def problem(nice: int, io_priority: str) -> tuple[str, str] | None:
    """Field and sentence of what cannot be granted here; None when all can."""
    if nice not in NICE_RANGE:
        return "resources.nice", f"nice must be from -20 to 19, not {nice}"
    if nice < os.getpriority(os.PRIO_PROCESS, 0) and not _may_raise(nice):
        return "resources.nice", f"nice {nice} needs rights that this user does not have"
    if io_priority != "normal" and io_priority not in _IO_PRIORITIES:
        return (
            "resources.io_priority",
            f'io_priority must be "normal", "low" or "idle", not {io_priority!r}',
        )
    return None


def _may_raise(nice: int) -> bool:
    if os.geteuid() == 0:
        return True
    kind = getattr(resource, "RLIMIT_NICE", None)
    return kind is not None and nice >= 20 - resource.getrlimit(kind)[0]


def set_limits(nice: int, io_priority: str) -> list[str]:
    """Set them for this process and all it starts; what could not be set, in words."""
    failures = []
    if nice != 0:
        try:
            os.setpriority(os.PRIO_PROCESS, 0, nice)
            _set_group_nice(nice)
        except OSError as error:
            failures.append(f"nice {nice} could not be set: {error.strerror}")
    if io_priority in _IO_PRIORITIES:
        reason = _set_io_priority(*_IO_PRIORITIES[io_priority])
        if reason:
            failures.append(f"io_priority {io_priority} could not be set: {reason}")
    return failures


def _set_group_nice(nice: int) -> None:
    # Linux weighs sessions against one another by this; a run is a session of its own, so its
    # nice alone would only count among its own processes.
    try:
        with open("/proc/self/autogroup", "w") as group:
            group.write(str(nice))
    except OSError:
        pass


def _set_io_priority(kind: int, level: int) -> str | None:
    number = _IOPRIO_SET.get(os.uname().machine)
    if not sys.platform.startswith("linux") or number is None or sys.maxsize < 2**32:
        return "this system has no such priority"
    # Needed by few runs, so no other one pays for it.
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    if system.syscall(number, 1, 0, kind << 13 | level) != 0:
        return os.strerror(ctypes.get_errno())
    return None
