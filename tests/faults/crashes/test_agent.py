"""A real agent, killed while people, the network and the server do this and that."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import hypothesis
from hypothesis import strategies as st

from bgtasks_gui.client import commands
from bgtasks_gui.core import errors
from tests.faults.support import scripts
from tests.faults.support.entities import Entity, make_content
from tests.faults.support.scripts import say, serve
from tests.faults.support.server import Exchange, Server, running
from tests.flows.living import Living

#: Longest a step waits for what may happen, or not, in seconds.
STEP_S: Final = 0.3
SIZE: Final = 1_000_000

_CAREFUL: Final = """
import sys
from bgtasks_gui.core import transfers
transfers.SAFE_EVERY_BYTES = 32 * 1024
from bgtasks_gui import __main__
sys.argv[1:] = ["agent", "run"]
__main__.main()
"""

steps = st.one_of(
    st.sampled_from(["kill", "kill", "suspend", "resume", "drop", "busy", "change", "restart"]),
    st.integers(1, 300_000),
)


class Careful(Living):
    """An agent that makes safe what has come after a few kilobytes."""

    command = (sys.executable, "-c", _CAREFUL)


class Story:
    """One download of one agent, from its start to its end."""

    def __init__(self, agent: Living, server: Server, folder: Path, name: str) -> None:
        self.agent = agent
        self.server = server
        self.folder = folder
        self._meter = scripts.Meter()
        self._lock = threading.Lock()
        self._is_busy = False
        self._version = 0
        self._entity = self._make_version()
        self.right = {self._entity.sha256}
        payload = {"url": server.on("/file.bin", self._answer), "to": str(folder / "file.bin")}
        retry = {"attempts": 100, "backoff": "PT0.02S", "max_delay": "PT0.02S"}
        agent.register(name, "download", payload, (), retry=retry)
        self.run_id = agent.run(name).id

    def _make_version(self) -> Entity:
        return Entity(make_content(SIZE, self._version), etag=f'"v{self._version}"')

    def _answer(self, exchange: Exchange) -> None:
        with self._lock:
            entity, is_busy, self._is_busy = self._entity, self._is_busy, False
        (say(503) if is_busy else serve(entity, by=self._meter))(exchange)

    def do(self, step: str | int) -> None:
        if isinstance(step, int):
            self._meter.allow(step)
            self.server.wait_a_while(lambda: self._meter.is_used_up, STEP_S)
        else:
            getattr(self, step)()

    def kill(self) -> None:
        self.agent.kill()
        self.agent.start()

    def restart(self) -> None:
        self.agent.stop()
        self.server.wait_until(lambda: self.server.open == 0)
        self.agent.start()

    def suspend(self) -> None:
        # One that has ended, or stands still already, says so.
        with contextlib.suppress(errors.UserError), self.agent.client() as ask:
            ask(commands.suspend_run(self.run_id))
            self.server.wait_until(lambda: self.server.open == 0)

    def resume(self) -> None:
        with contextlib.suppress(errors.UserError), self.agent.client() as ask:
            ask(commands.resume_run(self.run_id))

    def drop(self) -> None:
        self.server.drop()

    def busy(self) -> None:
        with self._lock:
            self._is_busy = True

    def change(self) -> None:
        self._version += 1
        with self._lock:
            self._entity = self._make_version()
        self.right.add(self._entity.sha256)

    def end_well(self) -> None:
        """The server is honest and free from now on, and the person lets it go on."""
        with self._lock:
            self._is_busy = False
        self._meter.allow(float("inf"))
        self.resume()
        run = self.agent.wait(self.run_id)
        assert run.state == "completed", run.reason
        [file] = self.folder.iterdir()
        assert hashlib.sha256(file.read_bytes()).hexdigest() in self.right
        assert run.receipt is not None
        assert run.receipt.path == str(file)
        assert run.receipt.part is None
        assert run.receipt.done == run.receipt.length == SIZE <= run.receipt.moved
        assert run.receipt.moved <= self.server.sent
        assert run.receipt.attempts[-1].end == "done"
        self.server.wait_until(lambda: self.server.open == 0)


@contextlib.contextmanager
def living(home: Path) -> Iterator[Living]:
    agent = Careful(home)
    try:
        agent.start()
        yield agent
    finally:
        agent.clear_away()


def test_whatever_happens_the_file_is_right(home: Path) -> None:
    with living(home) as agent:
        number = iter(range(1000))

        @hypothesis.settings(max_examples=8, deadline=None, database=None)
        @hypothesis.given(told=st.lists(steps, min_size=3, max_size=9))
        def tell(told: list[str | int]) -> None:
            with running() as server, tempfile.TemporaryDirectory(prefix="g-") as folder:
                story = Story(agent, server, Path(folder), f"story {next(number)}")
                for step in told:
                    story.do(step)
                story.end_well()

        tell()
