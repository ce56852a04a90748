"""What the local API costs: `python -m tests.benchmarks.bench_api`.

A server in a process of its own, over doors that do nothing, and raw clients in this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import msgspec

from bgtasks_gui import paths
from bgtasks_gui.agent import bus, wallclock
from bgtasks_gui.agent.api import server, views
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.core import events, progress, runs
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import routes, shapes
from tests.agent.api.fakes import scripted
from tests.benchmarks import table
from tests.fakes import samples

REQUEST = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n"
HEALTH = shapes.HealthView(
    api=1, version="1.0", pid=1, home="/home/ada", started_at=scripted.AT, seq=1
)
ROUNDS = 3
CALLS = 5000
CONNECTIONS = 16
RATE = 1000
BURST_S = 3
TICK_S = 0.01
WATCHED_S = 5
#: Seconds a burst is heard after its last event, so that the last frame counts too.
REST_S = 0.2

# The server's process


class Doors(scripted.Door):
    """Health, and bursts of events on demand."""

    def __init__(self, hub: bus.Bus) -> None:
        super().__init__(answer=HEALTH)
        self._bus = hub
        self._bursts: set[asyncio.Task[None]] = set()
        self._run = samples.started(samples.a_run(1))
        self._make = {"progress": self._progressed, "runs": self._changed}

    async def emit(self, event: str, *, body: shapes.EmitRequest) -> shapes.EmittedView:
        burst = asyncio.create_task(self._burst(self._make[event]))
        self._bursts.add(burst)
        burst.add_done_callback(self._bursts.discard)
        return shapes.EmittedView(event=event, runs=())

    async def _burst(self, make: Callable[[int], events.AnyEvent]) -> None:
        clock, begin, told = asyncio.get_running_loop().time, asyncio.get_running_loop().time(), 0
        while told < RATE * BURST_S:
            while told < (clock() - begin) * RATE:
                self._bus.publish(make(told))
                told += 1
            await asyncio.sleep(TICK_S)

    def _progressed(self, number: int) -> events.AnyEvent:
        # 250 runs, four times a second each: what the runner lets through.
        return events.RunProgressed(
            at=samples.NOW,
            run_id=f"run {number % 250}",
            task_id=self._run.task_id,
            progress=progress.Progress(done=number, total=10_000, unit="files", rate=1.0, eta=2.0),
        )

    def _changed(self, number: int) -> events.AnyEvent:
        run = msgspec.structs.replace(self._run, id=samples.an_id(number), attempt=number)
        assert run.state is runs.RunState.RUNNING
        return events.RunChanged(at=samples.NOW, run=run)


async def serve(path: Path) -> None:
    hub, catalog = bus.Bus(), Catalog(TRIGGERS, KINDS)
    home = paths.Home(root=path.parent, runtime=path.parent)
    doors = dict.fromkeys(get_args(routes.Subject), Doors(hub))

    def view(event: events.AnyEvent, seq: int) -> shapes.EventView:
        return views.event_view(event, seq, catalog=catalog, home=home)

    app = server.make_app(doors, hub, view=view, clock=wallclock.WallClock())
    await server.Server(app, path).start()
    gc.freeze()
    await asyncio.Event().wait()


# The client's process


@contextlib.contextmanager
def served() -> Iterator[tuple[Path, int, float]]:
    """Socket and process of a server, and the seconds from its start to its first answer."""
    with tempfile.TemporaryDirectory(prefix="bgt-") as folder:
        path = Path(folder) / "run" / "agent.sock"
        begin = time.perf_counter()
        command = [sys.executable, "-m", "tests.benchmarks.bench_api", str(path)]
        with subprocess.Popen(command) as process:
            try:
                connected = connect(path)
                ask(connected)
                taken = time.perf_counter() - begin
                connected.close()
                yield path, process.pid, taken
            finally:
                process.terminate()


def connect(path: Path) -> socket.socket:
    until = time.monotonic() + 20
    while True:
        connected = socket.socket(socket.AF_UNIX)
        try:
            connected.connect(str(path))
        except OSError:
            connected.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.001)
        else:
            return connected


def ask(connected: socket.socket, request: bytes = REQUEST) -> bytes:
    connected.sendall(request)
    answer = connected.recv(65536)
    while not answer.endswith(b"}"):
        answer += connected.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 OK"), answer
    return answer


def wait_for_hello(connected: socket.socket) -> None:
    answer = b""
    while b"hello" not in answer:
        answer += connected.recv(65536)


def measure_calls(path: Path) -> tuple[float, float]:
    """Microseconds of one small request, p50 and p99."""
    connected = connect(path)
    taken = []
    for _ in range(CALLS):
        begin = time.perf_counter()
        ask(connected)
        taken.append(time.perf_counter() - begin)
    connected.close()
    taken.sort()
    return taken[CALLS // 2] * 1e6, taken[CALLS * 99 // 100] * 1e6


def measure_rate(path: Path) -> float:
    """Requests a second over several connections, each asking again once it is answered."""
    chosen = selectors.DefaultSelector()
    for _ in range(CONNECTIONS):
        connected = connect(path)
        chosen.register(connected, selectors.EVENT_READ)
        connected.sendall(REQUEST)
    begin, answered = time.perf_counter(), 0
    while time.perf_counter() - begin < 2:
        for key, _ in chosen.select():
            assert isinstance(key.fileobj, socket.socket)
            # Head and body may come apart; the next is asked for once the body is there.
            if key.fileobj.recv(65536).endswith(b"}"):
                key.fileobj.sendall(REQUEST)
                answered += 1
    taken = time.perf_counter() - begin
    for key in list(chosen.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    return answered / taken


def measure_burst(path: Path, pid: int, kind: str, readers: int) -> tuple[float, float, int]:
    """Percent of a core the server takes during a burst; frames a second, events of a reader."""
    heard: list[tuple[int, int]] = []
    end = threading.Event()

    def listen(connected: socket.socket) -> None:
        frames = told = 0
        connected.settimeout(0.1)
        while not end.is_set():
            with contextlib.suppress(TimeoutError):
                piece = connected.recv(1 << 20)
                frames += piece.count(b"\r\nid: ") + piece.startswith(b"id: ")
                told += piece.count(b"\ndata: ")
        connected.close()
        heard.append((frames, told))

    threads = []
    for _ in range(readers):
        connected = connect(path)
        connected.sendall(REQUEST.replace(b"health", b"events"))
        wait_for_hello(connected)
        threads.append(threading.Thread(target=listen, args=(connected,)))
        threads[-1].start()
    asked = connect(path)
    cpu = cpu_seconds(pid)
    post = f"POST /v1/emit/{kind} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"
    ask(asked, post.encode())
    time.sleep(BURST_S + REST_S)
    taken = cpu_seconds(pid) - cpu
    asked.close()
    end.set()
    for thread in threads:
        thread.join()
    frames, told = heard[0] if heard else (0, 0)
    return taken / BURST_S * 100, frames / BURST_S, told


def measure_idle(path: Path, pid: int, readers: int) -> tuple[float, float]:
    """Wake-ups a second, and milliseconds of CPU a minute, while nothing happens."""
    connections = [connect(path) for _ in range(readers)]
    for connected in connections:
        connected.sendall(REQUEST.replace(b"health", b"events"))
        wait_for_hello(connected)
    time.sleep(1)
    before, cpu = wakeups(pid), cpu_nanoseconds(pid)
    time.sleep(WATCHED_S)
    woken, used = wakeups(pid) - before, cpu_nanoseconds(pid) - cpu
    for connected in connections:
        connected.close()
    return woken / WATCHED_S, used / 1e6 / WATCHED_S * 60


def wakeups(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))


def cpu_seconds(pid: int) -> float:
    return cpu_nanoseconds(pid) / 1e9


def cpu_nanoseconds(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def measure(shown: table.Table) -> None:
    starts = []
    for _ in range(ROUNDS):
        with served() as (_, _, taken):
            starts.append(taken * 1000)
    shown.begin("the API alone, over doors that do nothing")
    shown.add("start to first answer", starts, "ms")
    with served() as (path, pid, _):
        measure_calls(path)
        calls = [measure_calls(path) for _ in range(ROUNDS)]
        rates = [measure_rate(path) for _ in range(ROUNDS)]
        shown.add("small GET, p50", [c[0] for c in calls], "µs", target=table.at_most(250))
        shown.add("small GET, p99", [c[1] for c in calls], "µs")
        shown.add(f"requests, {CONNECTIONS} connections", rates, "/s")
        shown.add("memory (PSS)", memory_mb(pid), "MB")
        show_bursts(shown, path, pid)
        for readers in (0, 1):
            woken, used = measure_idle(path, pid, readers)
            what = f"idle, {readers} readers:"
            shown.add(f"{what} wake-ups", woken, "/s", target=table.at_most(0.1))
            shown.add(f"{what} CPU a minute", used, "ms", target=table.at_most(10))
        shown.add("memory (PSS) after all that", memory_mb(pid), "MB")


def show_bursts(shown: table.Table, path: Path, pid: int) -> None:
    # First without a reader: until one has been there, events are only counted.
    made = {kind: measure_burst(path, pid, kind, 0)[0] for kind in ("progress", "runs")}
    for kind, making in made.items():
        cpu, frames, told = measure_burst(path, pid, kind, 1)
        assert told >= RATE * BURST_S
        shown.add(f"{RATE:,} {kind} events/s: making them", making, "% CPU")
        what = f"{RATE:,} {kind} events/s: telling one reader ({frames:.0f} frames/s)"
        shown.add(what, cpu - making, "% CPU", target=table.at_most(1.5))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(Path(sys.argv[1])))
    else:
        table.run(measure)
