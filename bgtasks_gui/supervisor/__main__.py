"""Entry point: `python -I -m bgtasks_gui.supervisor --socket PATH --journal PATH`."""

from __future__ import annotations

import gc
import os
import sys

USAGE = "usage: python -m bgtasks_gui.supervisor --socket PATH --journal PATH [--idle-exit-s N]"
#: Exit statuses beside 0.
EXIT_USAGE, EXIT_SERVED, EXIT_CANNOT = 2, 3, 1
#: Seconds without an agent after which an idle supervisor ends.
IDLE_EXIT_S = 60.0
#: Environment variable that marks a run's processes, and the place kept for it in this process's
#: own environment, for functions forked from it.
MARK, _MARK_PLACE = "BGTASKS_RUN_ID", "_" * 64
#: Environment variable: whose orphans come to which process.
ADOPTS = "BGTASKS_ADOPTS"
_PR_SET_CHILD_SUBREAPER = 36


def main(arguments: list[str]) -> int:
    """Serve until nothing is left to do."""
    if os.name != "posix":
        return _say("The supervisor does not run on Windows yet.", EXIT_CANNOT)
    options = parse(arguments)
    if options is None:
        return _say(USAGE, EXIT_USAGE)
    if not os.environ.get(ADOPTS, "").startswith(f"{os.getpid()}:"):
        _start_again()
    _hold_standard_files()
    # Only now, since a program that is replaced would have read all this for nothing.
    from bgtasks_gui.supervisor import door, server
    from bgtasks_gui.worker import child

    try:
        serving = server.Server(*options)
    except door.AlreadyServed as error:
        return _say(str(error), EXIT_SERVED)
    except OSError as error:
        return _say(f"The supervisor cannot serve {options[0]}: {error}.", EXIT_CANNOT)
    child.prepare()
    # What is loaded now stays shared with every process forked from this one.
    gc.collect()
    gc.freeze()
    serving.run()
    return 0


def parse(arguments: list[str]) -> tuple[str, str, float] | None:
    """Socket, journal, seconds alone until it ends; None when that is not what was said."""
    given = dict(zip(arguments[::2], arguments[1::2], strict=False))
    idle_exit = given.pop("--idle-exit-s", str(IDLE_EXIT_S))
    if len(arguments) % 2 or set(given) != {"--socket", "--journal"}:
        return None
    paths = [os.path.abspath(given[name]) for name in ("--socket", "--journal")]
    try:
        idle_exit_s = float(idle_exit)
    except ValueError:
        return None
    return (paths[0], paths[1], idle_exit_s) if idle_exit_s >= 0 else None


def _start_again() -> None:
    """Become the parent of orphans, then this program once more.

    That trait outlives exec(), while the memory it took to ask for it does not; and exec() is the
    one moment to make room for a mark in the environment.
    """
    adopts = f"{os.getpid()}:{int(_adopt_orphans())}"
    env = {**os.environ, MARK: _MARK_PLACE, ADOPTS: adopts}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], env)


def _hold_standard_files() -> None:
    """See to it that 0, 1 and 2 are open, or some other file would get such a number."""
    while True:
        fd = os.open(os.devnull, os.O_RDWR)
        if fd > 2:
            os.close(fd)
            return


def _adopt_orphans() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (ImportError, OSError, AttributeError):
        return False


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(sentence + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
