"""Starting the agent as a process of its own, and seeing it end."""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import bgtasks_gui
from bgtasks_gui import paths
from bgtasks_gui.client import blocking, commands
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes

if TYPE_CHECKING:
    import subprocess

#: Seconds an agent gets from its start to its first answer.
START_S: Final = 15.0
#: Seconds it gets to end; runs that are cancelled with it have their grace within them.
STOP_S: Final = 75.0
_LOOK_AGAIN_S: Final = 0.02
#: Seconds that one which did not answer gets to end.
_LAST_S: Final = 5.0
#: Agents this process started; each must be asked for once it has ended, or stays a zombie.
_children: Final[set[int]] = set()


def find_agent(home: paths.Home) -> shapes.HealthView | None:
    """The agent of this home as it says it is; None where none answers."""
    try:
        with blocking.BlockingClient(home.agent_socket, timeout_s=START_S) as client:
            return client(commands.show_health())
    except errors.AgentUnreachable:
        return None


def start_agent(home: paths.Home, *, patience_s: float = START_S) -> shapes.HealthView:
    """The agent of this home, started where none runs. Blocks until it answers.

    Raises `errors.AgentUnreachable` with what kept it from starting.
    """
    running = find_agent(home)
    if running is not None:
        return running
    import tempfile  # what most callers need not load, as they find an agent

    _bury()
    with tempfile.TemporaryFile() as said:
        process = _launch(home, said)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            running = find_agent(home)
            if running is not None:
                _leave(process)
                return running
            if process.poll() is not None:
                # Another may have been faster.
                running = find_agent(home)
                if running is not None:
                    return running
                raise errors.AgentUnreachable(_last_words(said, process.returncode))
            time.sleep(_LOOK_AGAIN_S)
    _end(process)
    raise errors.AgentUnreachable(
        f"The agent does not answer {patience_s:g} s after its start; {home.agent_log} may say why."
    )


def await_end(pid: int, patience_s: float) -> bool:
    """Whether a process of this person ended within this time."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        readable, _, _ = select.select([watched], [], [], patience_s)
    finally:
        os.close(watched)
    return bool(readable)


def _launch(home: paths.Home, said: IO[bytes]) -> subprocess.Popen[bytes]:
    import subprocess

    root = Path(bgtasks_gui.__file__).resolve().parents[1]
    # A checkout is found by the folder it lies in; an installed package needs none, and the
    # agent must not keep a folder of the person busy.
    folder = root if (root / "pyproject.toml").is_file() else Path("/")
    # One that is not the usual home is named, so that the agent serves this home and no other.
    named = {} if paths.find_home() == home else {"BGTASKS_HOME": str(home.root)}
    return subprocess.Popen(
        [sys.executable, "-m", "bgtasks_gui", "agent", "run"],
        cwd=folder,
        env={**os.environ, **named},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    import subprocess

    process.terminate()
    try:
        process.wait(_LAST_S)
    except subprocess.TimeoutExpired:
        _leave(process)


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Let it live on without us: nobody here waits for its end."""
    process.returncode = 0
    _children.add(process.pid)


def _bury() -> None:
    """Ask for those that have ended: a window lives long enough to see several."""
    for pid in tuple(_children):
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            _children.discard(pid)


def _last_words(said: IO[bytes], exit_code: int) -> str:
    """The last line it left, which is the sentence that says why."""
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").split("\n")
    words = [line.strip() for line in lines if line.strip()]
    if not words:
        return f"The agent ended at once, with exit status {exit_code} and without a word."
    return f"The agent could not start: {words[-1].removeprefix('Error: ')}"
