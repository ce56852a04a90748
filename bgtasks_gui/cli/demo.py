"""`python -m bgtasks_gui.cli.demo`: a tour with sample tasks, in a home that is gone afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import click

import bgtasks_gui
from bgtasks_gui import paths
from bgtasks_gui.client import commands, connect, launching
from bgtasks_gui.core import errors
from bgtasks_gui.core.runs import RunState

#: Seconds that one command may take.
_PATIENCE_S: Final = 60.0
#: Seconds until what was asked for must have happened.
_EVENT_S: Final = 20.0


class UnexpectedError(Exception):
    """Something in the tour did not go as it should."""


def samples() -> Path:
    """The folder of the sample tasks. Raises `errors.ResourcesMissing` where there is none."""
    return paths.find_resources() / "samples"


class Tour:
    """The tour in one temporary home."""

    def __init__(self, home: Path) -> None:
        self._samples = samples()
        #: A folder to play with: some files of different sizes.
        self._files = home / "files"
        self._home = paths.find_home({**os.environ, "BGTASKS_HOME": str(home)})
        self._environ = {**os.environ, "BGTASKS_HOME": str(home), "PAGER": "cat"}
        # Where the package lies, for a checkout that is not installed.
        self._environ["PYTHONPATH"] = str(Path(bgtasks_gui.__file__).resolve().parents[1])

    def prepare(self) -> None:
        for number in range(1, 41):
            file = self._files / f"folder-{number % 4}" / f"file-{number:02}.bin"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(bytes([number]) * number * 10_000)

    def bgtasks(self, *arguments: str, expect: int = 0) -> str:
        """Show and run a command; what it printed. Another exit status is unexpected."""
        click.echo(click.style(f"\n$ bgtasks {shlex.join(arguments)}", bold=True))
        done = subprocess.run(
            [sys.executable, "-m", "bgtasks_gui", *arguments],
            cwd=self._home.root, env=self._environ, timeout=_PATIENCE_S,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
        click.echo(_visible(done.stdout), nl=False)
        if done.returncode != expect:
            wrong = f"exit status {done.returncode} instead of {expect}"
            raise UnexpectedError(f"bgtasks {arguments[0]} ended with {wrong}.")
        return done.stdout

    def add_tasks(self) -> None:
        folder, empty = str(self._files), str(self._home.root / "backups")
        named = json.dumps({"folder": folder})
        where = ("--path", str(self._samples))
        self._add("command", "sums", "--", *self._program("hash_files"), folder)
        self._add("python", "largest", "largest_files:find_largest", "--kwargs", named, *where)
        self._add("python", "watch", "keep_watch:watch", "--kwargs", named, *where)
        self._add("command", "room", "--every", "2s", "--", *self._program("free_space"), folder)
        too_much = ("--every", "1d", "--if", "disk_free_above=/:900T")
        self._add("command", "big-copy", *too_much, "--", "cp", "-r", folder, "copy")
        self._add("command", "backup-check", "--", *self._program("check_backup"), empty)

    def _add(self, *arguments: str) -> None:
        self.bgtasks("add", *arguments)

    def _program(self, name: str) -> tuple[str, str]:
        return sys.executable, str(self._samples / f"{name}.py")

    def run_tasks(self) -> None:
        self.bgtasks("run", "sums", "--wait")
        self.bgtasks("run", "largest", "--wait")
        self.bgtasks("run", "backup-check", "--wait", expect=1)
        self.bgtasks("run", "big-copy")
        self.bgtasks("run", "watch")
        asyncio.run(self._happened("watch", RunState.RUNNING, with_progress=True))
        self.bgtasks("suspend", "watch")
        self.bgtasks("resume", "watch")
        self.bgtasks("cancel", "watch", "--reason", "the tour goes on")
        asyncio.run(self._happened("watch", RunState.CANCELED))
        asyncio.run(self._happened("room", RunState.COMPLETED, times=2))

    def look_around(self) -> None:
        self.bgtasks("list")
        self.bgtasks("runs")
        self.bgtasks("why", "big-copy")
        self.bgtasks("why", "backup-check")
        self.bgtasks("why", "watch")
        self.bgtasks("status", "largest")
        self.bgtasks("next", "room", "-n", "3")
        self.bgtasks("logs", "watch")
        self.bgtasks("logs", "backup-check")
        self.bgtasks("logs", "sums", "--tail", "2")

    def end(self) -> None:
        """Stop the agent and everything it started."""
        supervisor = self._supervisor()
        self.bgtasks("agent", "stop", "--cancel")
        if supervisor and not launching.await_end(supervisor, _PATIENCE_S):
            os.kill(supervisor, signal.SIGTERM)
            raise UnexpectedError("The supervisor did not end with the agent.")

    def _supervisor(self) -> int | None:
        with connect(self._home) as client:
            facts = client(commands.show_system()).facts
        said = next((fact.value for fact in facts if fact.name == "supervisor"), "")
        found = re.search(r"pid (\d+)", said)
        return int(found[1]) if found else None

    async def _happened(
        self, task: str, state: RunState, *, times: int = 1, with_progress: bool = False
    ) -> None:
        """Wait for so many runs of a task in this state, by following events."""
        try:
            async with asyncio.timeout(_EVENT_S), connect(self._home) as client:
                seq = (await client(commands.show_health())).seq
                call = commands.list_runs(task=task, state=state)
                events = client.events(after=seq)
                while True:
                    found = await client(call)
                    if len([run for run in found if run.progress or not with_progress]) >= times:
                        break
                    await anext(events)
                await events.aclose()
        except TimeoutError as error:
            raise UnexpectedError(f"No run of {task} became {state}.") from error


def _visible(text: str) -> str:
    """Without the sequences that would steer the terminal this is shown on."""
    return re.sub(r"\x1b\][^\x07]*\x07", "", text)


def main() -> int:
    """The tour; 0, or 1 with a sentence where something was unexpected."""
    home = Path(tempfile.mkdtemp(prefix="bgt-demo-"))
    try:
        tour = Tour(home)
        tour.prepare()
        tour.bgtasks("agent", "start")
        try:
            tour.add_tasks()
            tour.run_tasks()
            tour.look_around()
        finally:
            tour.end()
    except (UnexpectedError, errors.UserError, subprocess.TimeoutExpired) as error:
        click.echo(f"The tour went wrong: {error}", err=True)
        return 1
    finally:
        shutil.rmtree(home, ignore_errors=True)
    click.echo("\nThat was the tour. Everything it started has ended, and its home is gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
