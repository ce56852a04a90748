"""An agent with very many suspended transfers: `python -m tests.benchmarks suspended`.

They were under way, so that everything is loaded that moves files; then all were suspended. Beside
an agent that has none.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bgtasks_gui.client import commands
from bgtasks_gui.client.blocking import BlockingClient
from bgtasks_gui.settings import Settings
from tests.benchmarks import agents, bench_idle, table
from tests.benchmarks.transfers import drip

COUNT: Final = 1000
SIZE: Final = 4 * 1024 * 1024
RATE: Final = 10_000
PATIENCE_S: Final = 120.0
#: Milliseconds of the processor a minute, and wake-ups a second, at most.
CPU_MS: Final = 10.0
WAKEUPS: Final = 0.1


def begin_and_suspend(client: BlockingClient, task_id: str) -> float:
    """All under way, then none. Gives the seconds that the suspending took."""
    client(commands.change_settings(Settings(transfers_at_once=COUNT, transfers_per_host=COUNT)))
    for _ in range(COUNT):
        client(commands.run_task(task_id))
    # Not only begun, but bytes have come for each of them.
    wait_for(client, "running", least=1)
    begin = time.perf_counter()
    client(commands.suspend_task(task_id))
    wait_for(client, "suspended")
    return time.perf_counter() - begin


def wait_for(client: BlockingClient, state: str, least: int = 0) -> None:
    """Return once all are in this state, and have so many bytes."""
    until, count = time.monotonic() + PATIENCE_S, 0
    while count < COUNT:
        if time.monotonic() > until:
            raise TimeoutError(f"only {count} of {COUNT} are {state} with {least} bytes")
        time.sleep(0.1)
        listed = client(commands.list_runs(state=state, limit=COUNT))
        count = sum(1 for run in listed if ((run.progress and run.progress.done) or 0) >= least)


def measure(shown: table.Table) -> None:
    shown.begin(f"{COUNT:,} suspended transfers")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bgt-suspended-")))
        server = stack.enter_context(drip.dripping(RATE, SIZE))
        payload = {"url": f"{server.url}/file.bin", "to": f"{folder}/", "segments": 1}
        task = agents.make_task("many", "download", payload)
        agent = stack.enter_context(agents.running(task))
        empty = stack.enter_context(agents.running())
        taken = begin_and_suspend(stack.enter_context(agent.client()), task.id)
        [(own, _), (plain, _)] = bench_idle.watch([agent, empty])
        shown.add("suspend all, until the last one is", taken, "s")
        shown.add("CPU a minute", own.cpu_ms_a_minute, "ms", target=table.at_most(CPU_MS),
                  beside=table.Peer("none", plain.cpu_ms_a_minute))  # fmt: skip
        shown.add("wake-ups a second", own.wakeups_a_second, "", target=table.at_most(WAKEUPS),
                  beside=table.Peer("none", plain.wakeups_a_second))  # fmt: skip
        shown.add("memory (PSS)", agents.memory(agent.pid), "MB",
                  beside=table.Peer("none", agents.memory(empty.pid)))  # fmt: skip


if __name__ == "__main__":
    table.run(measure)
