"""Many tasks and none due: `python -m tests.benchmarks.bench_idle`.

Beside plain APScheduler, which reads its jobs from SQLite when it needs them.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bgtasks_gui.core import tasks
from tests.benchmarks import agents, table

COUNTS = (1_000, 10_000, 100_000)
#: Most milliseconds to the first answer, and most MB, with so many tasks.
START_MS = {1_000: 200.0, 10_000: 250.0}
MEMORY_MB = {1_000: 45.0, 10_000: 60.0}
#: Tasks that the peer gets too.
PEER_COUNT = 10_000
STARTS = 5
SETTLE_S = 3.0
WATCHED_S = 20.0
EVERY = timedelta(hours=6)


class Idle(NamedTuple):
    """What an agent with its supervisor uses while nothing happens."""

    cpu_ms_a_minute: float
    wakeups_a_second: float


def make_tasks(count: int) -> Iterator[tasks.Task]:
    anchor = datetime.now(UTC).replace(microsecond=0)
    trigger = {"type": "interval", "every": "PT6H", "anchor": anchor.isoformat()}
    for number in range(count):
        yield agents.make_task(f"task {number}", "command", {"argv": ["/bin/true"]}, trigger)


def measure_starts(agent: agents.Agent) -> list[float]:
    """Milliseconds from start to first answer, several times. The last one goes on."""
    taken = []
    for number in range(STARTS):
        taken.append(agent.start() * 1000)
        if number < STARTS - 1:
            agent.stop()
    return taken


def watch(running: list[agents.Agent]) -> list[tuple[Idle, Idle]]:
    """What each of these agents and its supervisor use, side by side."""
    time.sleep(SETTLE_S)
    pids = [(agent.pid, agent.supervisor_pid) for agent in running]
    before = [[agents.used(pid) for pid in pair] for pair in pids]
    time.sleep(WATCHED_S)
    after = [[agents.used(pid) for pid in pair] for pair in pids]
    found = []
    for then, now in zip(before, after, strict=True):
        spent = [later.since(earlier) for earlier, later in zip(then, now, strict=True)]
        own, other = (
            Idle(each.own_s * 1000 / WATCHED_S * 60, each.wakeups / WATCHED_S) for each in spent
        )
        found.append((own, other))
    return found


# The peer


def measure_theirs() -> tuple[list[float], float]:
    """Milliseconds to start with stored jobs, several times, and MB."""
    taken, used = [], 0.0
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        command = [sys.executable, "-m", "tests.benchmarks.bench_idle", f"{name}/jobs.db"]
        subprocess.run([*command, "fill"], check=True)
        for _ in range(STARTS):
            begin = time.perf_counter()
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            ) as process:
                assert process.stdout is not None
                assert process.stdin is not None
                process.stdout.readline()
                taken.append((time.perf_counter() - begin) * 1000)
                used = agents.memory(process.pid)
                process.stdin.close()
    return taken, used


def be_peer(path: Path, *, is_filling: bool) -> None:
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    url = f"sqlite:///{path}"
    scheduler = BackgroundScheduler(timezone=UTC, jobstores={"default": SQLAlchemyJobStore(url)})
    if is_filling:
        fill_peer(scheduler, url)
        return
    scheduler.start()
    scheduler.get_job("job 1")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    scheduler.shutdown()


def fill_peer(scheduler: object, url: str) -> None:
    """The same jobs, with the disk's patience spared: this is not measured."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.interval import IntervalTrigger
    from sqlalchemy import create_engine, event

    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def hurry(connection: object, record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]  # sqlite3
        connection.execute("PRAGMA journal_mode = MEMORY")  # type: ignore[attr-defined]

    del scheduler
    filling = BackgroundScheduler(
        timezone=UTC, jobstores={"default": SQLAlchemyJobStore(engine=engine)}
    )
    filling.start(paused=True)
    start = datetime.now(UTC) + EVERY
    for number in range(PEER_COUNT):
        filling.add_job("time:time", IntervalTrigger(hours=6, start_date=start), id=f"job {number}")
    filling.shutdown()


# The table


def measure(shown: table.Table) -> None:
    their_starts, their_memory = measure_theirs()
    with contextlib.ExitStack() as stack:
        running, starts = [], []
        for count in COUNTS:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bgt-"))
            agent = agents.Agent(Path(folder) / "home")
            agents.fill(agent.home, make_tasks(count), datetime.now(UTC) + EVERY)
            stack.callback(agent.stop)
            starts.append(measure_starts(agent))
            running.append(agent)
        idle = watch(running)
        memory = [
            [agents.memory(pid, kind) for pid in (agent.pid, agent.supervisor_pid)]
            for agent in running
            for kind in ("Pss", "Rss")
        ]
    shown.begin("many tasks, none due")
    for index, count in enumerate(COUNTS):
        is_peered = count == PEER_COUNT
        beside = table.Peer("APScheduler + SQLAlchemy", their_starts) if is_peered else None
        target = table.at_most(START_MS[count]) if count in START_MS else None
        what = f"{count:,} tasks: start to first answer"
        shown.add(what, starts[index], "ms", beside=beside, target=target)
        (pss, their_pss), (rss, their_rss) = memory[2 * index], memory[2 * index + 1]
        beside = table.Peer("APScheduler + SQLAlchemy", their_memory) if is_peered else None
        target = table.at_most(MEMORY_MB[count]) if count in MEMORY_MB else None
        shown.add("  memory of the agent (PSS)", pss, "MB", beside=beside, target=target)
        shown.add("  memory of the supervisor (PSS)", their_pss, "MB")
        shown.note(f"RSS {rss:.0f} and {their_rss:.0f} MB")
        own, other = idle[index]
        limit = 10 if count == PEER_COUNT else None
        show_idle(shown, "agent", own, limit)
        show_idle(shown, "supervisor", other, None)


def show_idle(shown: table.Table, who: str, idle: Idle, limit: float | None) -> None:
    target = None if limit is None else table.at_most(limit)
    shown.add(f"  {who}: CPU a minute", idle.cpu_ms_a_minute, "ms", target=target)
    # One look at the clocks every 30 s is what notices that the machine slept.
    target = None if limit is None else table.at_most(0.1)
    shown.add(f"  {who}: wake-ups", idle.wakeups_a_second, "/s", target=target)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        be_peer(Path(sys.argv[1]), is_filling=sys.argv[2:] == ["fill"])
    else:
        table.run(measure)
