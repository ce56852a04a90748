"""A million runs asked for over the API: `python -m tests.benchmarks.bench_history`.

Fills the database of a home with them first (about 1 GB in the folder for temporary files).
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from bgtasks_gui import paths
from bgtasks_gui.client import commands
from bgtasks_gui.core import ports, runs
from bgtasks_gui.store import SqliteStore
from tests.benchmarks import agents, bench_store, table
from tests.fakes import samples

ASKED = 200
LIMIT = 200


def measure(shown: table.Table) -> None:
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        agent = agents.Agent(Path(name) / "home")
        for folder in (agent.home.root, agent.home.runtime):
            paths.make_private(folder)
        bench_store.fill(agent.home.database)
        shown.begin(f"the newest {LIMIT} of a million runs")
        in_store = asyncio.run(ask_store(agent.home))
        # Its own pruning begins a minute later, so it has none of this in its way.
        taken = agent.start()
        try:
            over_api = ask_api(agent)
        finally:
            agent.stop()
    for what, figures in in_store.items():
        target = table.at_most(2)
        shown.add(f"{what}, store, p50", table.part(figures, 0.5), "ms", target=target)
        api = over_api[what]
        shown.add(f"{what}, API and client, p50", table.part(api, 0.5), "ms")
        shown.add(f"{what}, API and client, p99", table.part(api, 0.99), "ms")
    shown.add("start to first answer", taken * 1000, "ms")


async def ask_store(home: paths.Home) -> dict[str, list[float]]:
    """Milliseconds of each question to the store itself."""
    questions = {
        "all": ports.RunQuery(limit=LIMIT),
        "failed": ports.RunQuery(limit=LIMIT, states=(runs.RunState.FAILED,)),
        "of a task": ports.RunQuery(limit=LIMIT, task_id=samples.an_id(7)),
    }
    store = SqliteStore(home.database)
    await store.open()
    found: dict[str, list[float]] = {}
    for what, query in questions.items():
        found[what] = [await bench_store.timed(store.runs(query)) for _ in range(ASKED)]
    await store.close()
    return found


def ask_api(agent: agents.Agent) -> dict[str, list[float]]:
    """Milliseconds of the same over the socket, until all of it is decoded here."""
    questions = {
        "all": commands.list_runs(limit=LIMIT),
        "failed": commands.list_runs(limit=LIMIT, state="failed"),
        "of a task": commands.list_runs(limit=LIMIT, task=samples.an_id(7)),
    }
    found: dict[str, list[float]] = {}
    with agent.client() as ask:
        for what, call in questions.items():
            found[what] = []
            for _ in range(ASKED):
                begin = time.perf_counter()
                answered = ask(call)
                found[what].append((time.perf_counter() - begin) * 1000)
                if len(answered) != LIMIT:
                    raise RuntimeError(f"{len(answered)} runs of {LIMIT}")
    return found


if __name__ == "__main__":
    table.run(measure)
