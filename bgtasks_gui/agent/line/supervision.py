"""The agent's line to the supervisor: starts, signals and hears of runs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec

from bgtasks_gui import paths
from bgtasks_gui.agent.line import launch
from bgtasks_gui.core import errors, processes, tasks
from bgtasks_gui.wire import codec

_log = logging.getLogger(__name__)

Action = Literal["stop", "continue", "terminate", "kill"]
#: Seconds a supervisor gets to come up or to answer before it counts as lost.
PATIENCE_S: Final = 15.0
#: Seconds it gets to say goodbye.
GOODBYE_S: Final = 2.0
#: Seconds between two attempts to reach one that is coming up or about to end.
RETRY_S: Final = 0.005
#: Longest line either side sends: output is never sent, only its length.
LINE_LIMIT: Final = 8 * 1024 * 1024


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A run that the supervisor knows of."""

    run: str
    identity: processes.Identity
    #: Stream bytes of its log, and bytes that could not be written.
    total: int
    lost: int
    #: The last message of each type that a Python function sent.
    messages: tuple[codec.JsonObject, ...]
    exit: processes.Exit | None


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a run's whole tree of processes uses."""

    cpu_s: float
    rss: int
    processes: int


class Supervision:
    """One connection to the supervisor, which is started when none answers.

    Callbacks: `on_event(message)` for each event; `on_lost()` once when the line breaks.
    """

    def __init__(self, home: paths.Home, launched: launch.Launch | None = None) -> None:
        self._home = home
        self._numbers = 0
        self._asked: dict[int, asyncio.Future[codec.JsonObject]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._launch = launched or launch.Launch(home)
        self._is_open = False
        self.on_event: Callable[[codec.JsonObject], None] = lambda message: None
        self.on_lost: Callable[[], None] = lambda: None
        self.pid: int | None = None

    def prepare(self) -> None:
        """Start a supervisor already where none seems to be, so that it is up by `open`."""
        if not self._home.supervisor_socket.exists():
            self._launch.begin()

    async def open(self) -> list[Known]:
        """Connect, starting a supervisor where none is; what it knows of runs.

        Raises `errors.SupervisorLost` where none can be had.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            reader = await self._connect_or_start(deadline)
            self._reading = asyncio.create_task(self._read(reader))
            try:
                answer = await self._ask("hello", agent_pid=os.getpid())
                # One that was about to end may hang up behind its answer.
                await self._ask("stats")
            except errors.SupervisorLost:
                # It was about to end; another one takes its place.
                await self._hang_up()
                _fail_after(deadline)
                continue
            self._is_open = True
            self.pid = answer["pid"]
            return [_known(entry) for entry in answer["runs"]]

    async def close(self) -> None:
        """Leave. Runs go on; an idle supervisor ends."""
        was_open, self._is_open = self._is_open, False
        is_ending = await self._say_goodbye() if was_open else True
        await self._hang_up()
        if self._writer is None:
            self._launch.take_back()
        await self._launch.end(is_ending=is_ending)

    async def start(
        self, run_id: str, spec: processes.ProcessSpec, resources: tasks.Resources
    ) -> processes.Identity:
        """Start a run. Asked twice for one run, it is started once.

        Raises `errors.CannotStart` with the field and a sentence.
        """
        message = self._start_message(run_id, spec, resources)
        answer = await self._ask("start", **message)
        return processes.Identity(
            pid=answer["pid"], start_ticks=answer["start_ticks"], boot_id=answer["boot_id"]
        )

    async def signal(self, run_id: str, identity: processes.Identity, action: Action) -> bool:
        """Act on the whole tree of a run; whether its main process was still alive."""
        answer = await self._ask("signal", run=run_id, action=action, **_who(identity))
        return bool(answer["alive"])

    async def usage(self, run_id: str, identity: processes.Identity) -> Usage:
        """What the tree of a run uses now."""
        answer = await self._ask("usage", run=run_id, **_who(identity))
        return Usage(cpu_s=answer["cpu_s"], rss=answer["rss"], processes=answer["processes"])

    async def check_callable(
        self, spec: processes.PythonProcess, env: Mapping[str, str]
    ) -> str | None:
        """None when the function can be imported, else a sentence."""
        answer = await self._ask(
            "check", callable=spec.callable, path=list(spec.path), interpreter=spec.interpreter,
            cwd=spec.cwd, env=dict(env),
        )  # fmt: skip
        return None if answer["ok"] else str(answer["message"])

    async def stats(self) -> codec.JsonObject:
        """Figures of the supervisor itself, for `doctor`."""
        return await self._ask("stats")

    async def tell(self, run_id: str, message: codec.JsonObject) -> bool:
        """Hand a message to a Python function; whether there was one that could hear it."""
        answer = await self._ask("message", run=run_id, message=message)
        return bool(answer["delivered"])

    def forget(self, run_ids: list[str]) -> None:
        """These exits are stored; the supervisor may drop them."""
        if run_ids:
            self._send("forget", runs=run_ids)

    # Inside

    def _start_message(
        self, run_id: str, spec: processes.ProcessSpec, resources: tasks.Resources
    ) -> codec.JsonObject:
        # Variables may hold what is no text (bytes of a file name), so they go as they are.
        bare = msgspec.structs.replace(spec, env={})
        message: codec.JsonObject = codec.plain(codec.encode(bare))
        message["kind"] = message.pop("type")
        message |= {"run": run_id, "log": self._home.run_log_text(run_id), "env": spec.env}
        return message | {"nice": resources.nice, "io_priority": resources.io_priority}

    async def _connect_or_start(self, deadline: float) -> asyncio.StreamReader:
        while (reader := await self._connect()) is None:
            self._launch.begin()
            self._launch.check()
            _fail_after(deadline)
            await asyncio.sleep(RETRY_S)
        return reader

    async def _connect(self) -> asyncio.StreamReader | None:
        try:
            reader, writer = await asyncio.open_unix_connection(
                str(self._home.supervisor_socket), limit=LINE_LIMIT
            )
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        self._writer = writer
        return reader

    async def _say_goodbye(self) -> bool:
        """Whether nothing keeps the supervisor from ending."""
        try:
            answer = await asyncio.wait_for(self._ask("bye"), GOODBYE_S)
        except (errors.SupervisorLost, TimeoutError):
            _log.info("the supervisor was gone before goodbye")
            return True
        return bool(answer["idle"])

    async def _hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _ask(self, verb: str, **fields: object) -> codec.JsonObject:
        number = self._send(verb, **fields)
        answer: asyncio.Future[codec.JsonObject] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            message = await asyncio.wait_for(answer, PATIENCE_S)
        except TimeoutError:
            raise errors.SupervisorLost("The process that starts runs does not answer.") from None
        finally:
            self._asked.pop(number, None)
        problem = message.get("error")
        if problem is not None:
            raise errors.CannotStart(problem["message"], field=problem.get("field"))
        return message

    def _send(self, verb: str, **fields: object) -> int:
        if self._writer is None or self._writer.is_closing():
            raise errors.SupervisorLost
        self._numbers += 1
        self._writer.write(_line({"id": self._numbers, "do": verb, **fields}))
        return self._numbers

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._hear(msgspec.json.decode(line))
        except (ConnectionError, ValueError, msgspec.DecodeError) as error:
            _log.warning("the line to the supervisor broke: %s", error)
        finally:
            self._break()

    def _hear(self, message: codec.JsonObject) -> None:
        if "reply" in message:
            answer = self._asked.get(message["reply"])
            if answer is not None and not answer.done():
                answer.set_result(message)
            return
        try:
            self.on_event(message)
        except Exception:
            # A bug over one run must not cut the line that all others hang on.
            _log.exception("an event was not dealt with", extra={"run_id": message.get("run")})

    def _break(self) -> None:
        if self._writer is not None:
            self._writer.close()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(errors.SupervisorLost())
        if self._is_open:
            self._is_open = False
            self.on_lost()


def _fail_after(deadline: float) -> None:
    if asyncio.get_running_loop().time() > deadline:
        raise errors.SupervisorLost("The process that starts runs did not come up.")


def _line(message: codec.JsonObject) -> bytes:
    try:
        return codec.encode(message) + b"\n"
    except (UnicodeEncodeError, OverflowError):  # bytes of a file name; a number beyond 64 bits
        return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def _who(identity: processes.Identity) -> codec.JsonObject:
    # Not every system tells its boots apart.
    return msgspec.structs.asdict(identity) | {"boot_id": identity.boot_id or None}


def exit_of(message: codec.JsonObject) -> processes.Exit:
    """How a process ended, out of the supervisor's event."""
    word = message.get("failure") or message.get("result")
    return processes.Exit(
        exit_code=message["exit_code"],
        signal=message["signal"],
        at=message["at"],
        cpu_s=message.get("cpu_s", 0.0),
        max_rss=message.get("max_rss", 0),
        leftover=message.get("leftover", 0),
        message=None if word is None else codec.raw(word),
    )


def _known(entry: codec.JsonObject) -> Known:
    exit_ = entry["exit"]
    return Known(
        run=entry["run"],
        identity=processes.Identity(
            pid=entry["pid"], start_ticks=entry["start_ticks"], boot_id=entry["boot_id"]
        ),
        total=entry["total"],
        lost=entry["lost"],
        messages=tuple(entry["messages"].values()),
        exit=None if exit_ is None else exit_of(exit_),
    )
