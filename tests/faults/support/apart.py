"""An engine in a process of its own, which can be killed like any agent."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import multiprocessing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any, Final

from bgtasks_gui.core import transfers
from bgtasks_gui.core.transfer_ports import TransferListener
from bgtasks_gui.core.transfers import Figure, Outcome, Record
from tests.faults.support.server import PATIENCE_S

_CONTEXT: Final = multiprocessing.get_context("forkserver")
# A process in which these are loaded is forked for each engine: that takes milliseconds.
_CONTEXT.set_forkserver_preload(["bgtasks_gui.transfers.engine", "httpx", __name__])


class Apart:
    """A `TransferEngine` whose process may be killed at any moment."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listener: TransferListener,
        *,
        safe_every: int = transfers.SAFE_EVERY_BYTES,
        aside_from: int = transfers.ASIDE_FROM,
    ) -> None:
        self._loop = loop
        self._listener = listener
        self._pipe, theirs = _CONTEXT.Pipe()
        given = (theirs, safe_every, aside_from)
        self._process = _CONTEXT.Process(target=_live, args=given, daemon=True)
        self._process.start()
        theirs.close()
        self._gone = asyncio.Event()
        loop.add_reader(self._pipe.fileno(), self._listen)

    def start(self, run_id: str, spec: transfers.Spec, record: Record) -> None:
        self._tell("start", run_id, spec, record)

    def stop(self, run_id: str) -> None:
        self._tell("stop", run_id)

    def limit(self, rate: int | None, run_id: str | None = None) -> None:
        self._tell("limit", rate, run_id)

    def refresh(self) -> None:
        self._tell("refresh")

    async def close(self) -> None:
        self._tell("close")
        await self._gone.wait()
        self._bury()

    def kill(self, *, heard: bool = True) -> None:
        """kill -9; what it said last may be heard no more."""
        self._process.kill()
        self._process.join(PATIENCE_S)
        while heard and not self._gone.is_set():
            self._listen()
        self._bury()

    def _bury(self) -> None:
        self._loop.remove_reader(self._pipe.fileno())
        self._pipe.close()
        self._process.join(PATIENCE_S)
        self._process.close()

    def _tell(self, *what: object) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._pipe.send(what)

    def _listen(self) -> None:
        try:
            name, *given = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            self._loop.remove_reader(self._pipe.fileno())
            self._gone.set()
        else:
            getattr(self._listener, name)(*given)


class _Teller:
    """A `TransferListener` at the other end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def moved(self, figures: Mapping[str, Figure]) -> None:
        self._pipe.send(("moved", dict(figures)))

    def recorded(self, run_id: str, record: Record) -> None:
        self._pipe.send(("recorded", run_id, record))

    def said(self, run_id: str, line: str) -> None:
        self._pipe.send(("said", run_id, line))

    def ended(self, run_id: str, record: Record, outcome: Outcome) -> None:
        self._pipe.send(("ended", run_id, record, outcome))


def _live(pipe: Connection, safe_every: int, aside_from: int) -> None:
    """What the process does."""
    transfers.ASIDE_FROM = aside_from  # type: ignore[misc]
    transfers.SAFE_EVERY_BYTES = safe_every  # type: ignore[misc]
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    from bgtasks_gui.transfers.engine import Engine

    loop = asyncio.get_running_loop()
    engine = Engine(loop, _Teller(pipe))
    over = loop.create_future()
    loop.add_reader(pipe.fileno(), functools.partial(_obey, pipe, engine, over))
    await over
    loop.remove_reader(pipe.fileno())
    await engine.close()
    pipe.close()


def _obey(pipe: Connection, engine: Any, over: asyncio.Future[None]) -> None:
    try:
        name, *given = pipe.recv()
    except (EOFError, ConnectionResetError):
        name, given = "close", []
    if name == "close":
        over.set_result(None)
    else:
        getattr(engine, name)(*given)
