"""`make run`: the window where there is a display; else on a virtual screen, with the samples.

Without a display nobody can look, so it is photographed in both looks and ends by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bgtasks_gui import paths
from bgtasks_gui.client import commands, connect, launching
from bgtasks_gui.core import errors, runs
from bgtasks_gui.gui import starting

if TYPE_CHECKING:
    from bgtasks_gui.gui.program import Program

#: Where the pictures go, below the folder it is started in.
PICTURES: Final = Path("build")
_PICTURE: Final = (1280, 800)
#: Room for the window and for the frame that a desktop would draw round it.
_SCREEN: Final = "1280x840x24"
_SCREEN_S: Final = 10.0
#: Seconds in which the samples have come so far that there is something to see.
_PATIENCE_S: Final = 30.0
#: Samples that are started; the others wait for their time.
_STARTED: Final = (
    "Sample: slow steps",
    "Sample: checksums",
    "Sample: free space",
    "Sample: backup check",
    "Sample: copy to a large disk",
    "Sample: watch a folder",
)


def main() -> int:
    """Open the window; the exit status."""
    try:
        starting.check_display(os.environ)
    except errors.NoDisplay:
        return _show_without_display()
    home = paths.find_home()
    if starting.reach_window(home, minimized=False):
        return 0
    return starting.open_window(home, minimized=False)


def _show_without_display() -> int:
    folder = Path(tempfile.mkdtemp(prefix="bgt-run-"))
    os.environ["BGTASKS_HOME"] = str(folder)
    home = paths.find_home()
    try:
        with _virtual_screen() as screen:
            _say(f"There is no display here, so the window opens on {screen}.")
            launching.start_agent(home)
            try:
                starting.check_qt(os.environ)
                _show(home)
                _say_list()
            finally:
                _stop(home)
    except errors.UserError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _say("Everything it started has ended, and its home is gone.")
    return 0


@contextlib.contextmanager
def _virtual_screen() -> Iterator[str]:
    """Xvfb where it is installed, else Qt's own screen that nobody sees."""
    server = shutil.which("Xvfb")
    if server is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield "a screen in memory (Xvfb is not installed)"
        return
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(writing), "-screen", "0", _SCREEN, "-nolisten", "tcp"],
        pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with open(reading) as answer:
            number = answer.readline().strip()
        if not number:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
            yield "a screen in memory (Xvfb does not start)"
            return
        os.environ["DISPLAY"] = f":{number}"
        yield f"the virtual screen :{number}"
    finally:
        process.terminate()
        process.wait(_SCREEN_S)


def _show(home: paths.Home) -> None:
    from bgtasks_gui.gui import app
    from bgtasks_gui.gui.style import theme

    async def photograph(program: Program) -> None:
        await _set_going(home)
        # A screen in memory is small, but nothing stands beside the window there.
        program.window.resize(*_PICTURE)
        page = program.window.show_page("tasks")
        await _await_life(program)
        task = next(t for t in program.parts.bridge.mirror.tasks.values() if t.name == _STARTED[4])
        page.pick(task.id)
        program.window.show_tab("Why")
        # Long enough for the answer to be there and the first bars to have moved.
        await asyncio.sleep(1.0)
        PICTURES.mkdir(exist_ok=True)
        for look in ("light", "dark"):
            theme.current().choose(look)
            # A new look is there after the next turn of the loop, the answer to "why" soon after.
            await asyncio.sleep(0.5)
            picture = PICTURES / f"window-{look}.png"
            await asyncio.to_thread(program.window.grab().toImage().save, str(picture))
            _say(f"wrote {picture}")

    app.main(home, minimized=False, guest=photograph)


async def _set_going(home: paths.Home) -> None:
    from bgtasks_gui.gui.editor import samples

    async with connect(home) as client:
        for spec in await asyncio.to_thread(samples.load, paths.find_resources()):
            await client(commands.register_task(spec))
        for name in _STARTED:
            await client(commands.run_task(name))


async def _await_life(program: Program) -> None:
    changed = asyncio.Event()
    program.parts.tally.changed.connect(lambda *_: changed.set())
    async with asyncio.timeout(_PATIENCE_S):
        while not _is_lively(program):
            await changed.wait()
            changed.clear()


def _is_lively(program: Program) -> bool:
    """Whether one sample is under way with progress, one has failed and one waits."""
    known = program.parts.bridge.mirror.runs.values()
    states = {run.state for run in known}
    is_moving = any(run.progress is not None and run.progress.total for run in known)
    return is_moving and {runs.RunState.FAILED, runs.RunState.WAITING} <= states


def _say_list() -> None:
    command = [sys.executable, "-m", "bgtasks_gui", "list"]
    _say("\n$ bgtasks list")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _say(done.stdout.rstrip())


def _stop(home: paths.Home) -> None:
    with contextlib.suppress(errors.AgentUnreachable), connect(home) as client:
        pid = client(commands.show_health()).pid
        client(commands.stop_agent(cancel=True))
        launching.await_end(pid, launching.STOP_S)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
