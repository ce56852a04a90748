"""A hundred commands at once: `python -m tests.benchmarks.bench_processes`.

A thousand short commands are due in one second and a hundred may run at the same time. Beside
asyncio that starts as many and stores, logs and watches nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from bgtasks_gui import settings
from bgtasks_gui.client import blocking, commands
from bgtasks_gui.wire import times
from tests.benchmarks import agents, table

RUNS = 1000
AT_ONCE = 100
ROUNDS = 3
ARGV = ["/bin/true"]
#: Seconds between two questions that are asked while the commands run.
PAUSE_S = 0.01
PATIENCE_S = 120.0


def measure_ours() -> dict[str, float]:
    """Runs a second, milliseconds of an answer meanwhile, milliseconds of CPU for each run."""
    at = agents.whole_second(2.5)
    trigger = {"type": "date", "at": at.isoformat()}
    payload = {"argv": ARGV, "cwd": "/"}
    due = [agents.make_task(f"true {each}", "command", payload, trigger) for each in range(RUNS)]
    with agents.running(*due, plan=at) as agent, agent.client() as ask:
        ask(commands.change_settings(settings.Settings(max_running=AT_ONCE)))
        before = [agents.used(pid) for pid in (agent.pid, agent.supervisor_pid)]
        with answers(agent) as taken:
            wait_until(at)
            taken.clear()
            last = wait_for_ends(ask)
        spent = [
            agents.used(pid).since(then)
            for pid, then in zip((agent.pid, agent.supervisor_pid), before, strict=True)
        ]
    return {
        "rate": RUNS / (last - at).total_seconds(),
        "p99": table.part(taken, 0.99),
        "max": max(taken),
        "agent": spent[0].own_s / RUNS * 1000,
        "supervisor": spent[1].own_s / RUNS * 1000,
    }


@contextlib.contextmanager
def answers(agent: agents.Agent) -> Iterator[list[float]]:
    """How many milliseconds the agent takes to answer something small, again and again."""
    taken: list[float] = []
    is_over = threading.Event()

    def ask() -> None:
        with socket.socket(socket.AF_UNIX) as connected:
            connected.connect(str(agent.home.agent_socket))
            while not is_over.wait(PAUSE_S):
                begin = time.perf_counter()
                connected.sendall(agents.REQUEST)
                connected.recv(4096)
                taken.append((time.perf_counter() - begin) * 1000)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield taken
    finally:
        is_over.set()
        asking.join()


def wait_until(at: datetime) -> None:
    time.sleep(max((at - datetime.now(UTC)).total_seconds(), 0))


def wait_for_ends(ask: blocking.BlockingClient) -> datetime:
    """When the last of the runs ended."""
    until = time.monotonic() + PATIENCE_S
    while not _have_ended(ask):
        if time.monotonic() > until:
            raise TimeoutError("the commands did not all end")
        time.sleep(0.1)
    ended = ask(commands.list_runs(state="completed", limit=2 * RUNS))
    if len(ended) != RUNS:
        raise RuntimeError(f"{len(ended)} of {RUNS} runs were completed")
    return max(times.parse(run.completed_at or "") for run in ended)


def _have_ended(ask: blocking.BlockingClient) -> bool:
    begun = ask(commands.list_runs(limit=1))
    return bool(begun) and not ask(commands.list_runs(state="active", limit=1))


def measure_theirs() -> float:
    """Runs a second of the same with asyncio alone."""

    async def run(turn: asyncio.Semaphore) -> None:
        async with turn:
            process = await asyncio.create_subprocess_exec(
                *ARGV, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            await process.communicate()

    async def run_all() -> float:
        turn = asyncio.Semaphore(AT_ONCE)
        begin = time.perf_counter()
        await asyncio.gather(*(run(turn) for _ in range(RUNS)))
        return RUNS / (time.perf_counter() - begin)

    return asyncio.run(run_all())


def measure(shown: table.Table) -> None:
    shown.begin(f"{RUNS:,} commands due at once, {AT_ONCE} at the same time")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(measure_ours())
        theirs.append(measure_theirs())
    found = {name: [each[name] for each in ours] for name in ours[0]}
    beside = table.Peer("asyncio alone", theirs)
    shown.add("runs", found["rate"], "/s", beside=beside, target=table.at_least(1200))
    shown.add("small GET meanwhile, p99", found["p99"], "ms", target=table.at_most(10))
    shown.add("small GET meanwhile, longest", found["max"], "ms")
    shown.add("CPU of one run: agent", found["agent"], "ms")
    shown.add("CPU of one run: supervisor", found["supervisor"], "ms")


if __name__ == "__main__":
    table.run(measure)
