"""Runs that print what a test says, and a way to the agent that can be cut."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

from bgtasks_gui.client import asgi, commands, exchange
from bgtasks_gui.core import errors, runs
from bgtasks_gui.wire import shapes
from tests.agent.support import embedded


class Way:
    """A transport that loses its agent when the test says so."""

    def __init__(self, way: asgi.AsgiTransport) -> None:
        self._way = way
        #: How many of the next calls fail before they are heard; and after they were answered.
        self.cut_before = 0
        self.cut_after = 0
        self.asked: list[commands.Call[object]] = []
        #: Bytes of all answers.
        self.received = 0

    async def ask(self, call: commands.Call[object]) -> exchange.Answer:
        self.asked.append(call)
        if self.cut_before:
            self.cut_before -= 1
            raise errors.AgentUnreachable("The agent was cut off.")
        answer = await self._way.ask(call)
        if self.cut_after:
            self.cut_after -= 1
            raise errors.AgentUnreachable("The agent was cut off in the middle of its answer.")
        self.received += len(answer.body)
        return answer

    def listen(self, call: commands.Call[object]) -> AsyncGenerator[bytes, None]:
        return self._way.listen(call)

    async def close(self) -> None:
        await self._way.close()


class Printer:
    """Makes runs of a real agent."""

    def __init__(self, agent: embedded.Embedded, folder: Path) -> None:
        self.agent = agent
        self._folder = folder
        self._made = 0

    async def begin(self, script: str) -> runs.Run:
        """A run of these lines of shell."""
        self._made += 1
        task = await self.agent.add(f"task {self._made}", script)
        return await self.agent.run(task)

    async def print(self, output: bytes) -> runs.Run:
        """A run that has printed this and ended."""
        return await self.agent.ended(await self.begin(f"cat '{self.file(output)}'"))

    def file(self, output: bytes) -> Path:
        """A file that holds this, for `cat`."""
        self._made += 1
        path = self._folder / f"output-{self._made}"
        path.write_bytes(output)
        return path

    def view(self, run: runs.Run) -> shapes.RunView:
        """The run as the window gets it."""
        return self.agent.agent.office.view_run(self.agent.now(run))


def numbered(count: int, start: int = 0) -> bytes:
    """So many lines, each different; about 50 bytes a line."""
    return b"".join(
        b"%07d  na\xc3\xafve \xf0\x9f\x98\x80 line number %d of them\n" % (one, one)
        for one in range(start, start + count)
    )
