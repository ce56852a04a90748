"""A thousand functions due in the same second: `python -m tests.benchmarks.bench_firings`.

Beside plain APScheduler with a pool of two processes, which is cheaper and does less: its workers
are shared, so that a function cannot be stopped, limited or logged by itself, nothing says how it
ended once the scheduler is gone, and one that crashes takes the pool and all who wait with it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bgtasks_gui.client import commands
from tests.benchmarks import agents, table

COUNT = 1000
ROUNDS = 3
#: Seconds between the last preparation and the time at which all are due.
LEAD_S = 2.0
#: Seconds after which what has not begun counts as lost.
LOST_S = 60.0
#: The first thing each function does is to say when that is.
MODULE = """
import os, time

_NOW = time.time

def note(name):
    now = _NOW()
    fd = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, b"%.6f\\n" % now)
    os.close(fd)
"""


def measure_ours() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        folder = Path(name)
        (folder / "work.py").write_text(MODULE)
        begun = folder / "begun"
        at = agents.whole_second(LEAD_S + 1)
        trigger = {"type": "date", "at": at.isoformat()}
        payload = {
            "callable": "work:note", "path": [name], "cwd": name, "args": [str(begun)],
        }  # fmt: skip
        named = (f"note {number}" for number in range(COUNT))
        due = [agents.make_task(each, "python", payload, trigger) for each in named]
        with agents.running(*due, plan=at) as agent:
            before = [agents.used(pid) for pid in (agent.pid, agent.supervisor_pid)]
            wait_for_all(begun, at)
            states = wait_for_ends(agent)
            after = [agents.used(pid) for pid in (agent.pid, agent.supervisor_pid)]
        spent = [now.since(then) for now, then in zip(after, before, strict=True)]
        figures = lateness(begun, at)
        figures["lost"] = COUNT - min(len(times(begun)), states.count("completed"))
        figures["agent"], figures["supervisor"] = (each.own_s / COUNT * 1000 for each in spent)
        figures["children"] = spent[1].children_s / COUNT * 1000
        figures["cpu"] = sum(each.total_s for each in spent) / COUNT * 1000
        return figures


def wait_for_ends(agent: agents.Agent) -> list[str]:
    until = time.monotonic() + LOST_S
    with agent.client() as ask:
        while time.monotonic() < until:
            if not ask(commands.show_system()).active:
                break
            time.sleep(0.05)
        return [run.state for run in ask(commands.list_runs(limit=2 * COUNT))]


def measure_theirs() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bgt-") as name:
        folder = Path(name)
        (folder / "work.py").write_text(MODULE)
        command = [sys.executable, "-m", "tests.benchmarks.bench_firings", name]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        figures: dict[str, float] = json.loads(answer.stdout)
        return figures


def schedule_theirs(folder: Path) -> None:
    """In a process of its own: the same with plain APScheduler."""
    from apscheduler.executors.pool import ProcessPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.date import DateTrigger

    sys.path.insert(0, str(folder))
    import work  # type: ignore[import-not-found]  # just written there

    begun = folder / "begun"
    pool = ProcessPoolExecutor(2)
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": pool})
    scheduler.start(paused=True)
    # Both workers are up before it counts, as our supervisor is.
    warm = folder / "warm"
    for _ in range(2):
        scheduler.add_job(work.note, args=[str(warm)], misfire_grace_time=None)
    at = agents.whole_second(LEAD_S + 1)
    for _ in range(COUNT):
        scheduler.add_job(work.note, DateTrigger(at), [str(begun)], misfire_grace_time=None)
    scheduler.resume()
    wait_for_all(warm, datetime.now(UTC), 2)
    before = spent()
    wait_for_all(begun, at)
    scheduler.shutdown()
    figures = lateness(begun, at)
    figures["lost"] = COUNT - len(times(begun))
    figures["cpu"] = (spent() - before) / COUNT * 1000
    sys.stdout.write(json.dumps(figures))


def spent() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))


def wait_for_all(begun: Path, at: datetime, count: int = COUNT) -> None:
    until = at + timedelta(seconds=LOST_S)
    while len(times(begun)) < count and datetime.now(UTC) < until:
        time.sleep(0.05)


def times(begun: Path) -> list[float]:
    return [float(line) for line in begun.read_text().split()] if begun.exists() else []


def lateness(begun: Path, at: datetime) -> dict[str, float]:
    """Milliseconds from the due time to each function's first line."""
    late = sorted((time - at.timestamp()) * 1000 for time in times(begun)) or [float("nan")]
    return {"p50": table.part(late, 0.5), "p99": table.part(late, 0.99), "max": late[-1]}


def measure(shown: table.Table) -> None:
    shown.begin(f"{COUNT:,} functions due in the same second")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(measure_ours())
        theirs.append(measure_theirs())

    def row(what: str, name: str, unit: str, target: table.Target | None = None) -> None:
        beside = table.Peer("APScheduler, pool of 2", [each[name] for each in theirs])
        shown.add(what, [each[name] for each in ours], unit, beside=beside, target=target)

    row("due to first line, p50", "p50", "ms")
    row("due to first line, p99", "p99", "ms")
    row("all have begun", "max", "ms", table.at_most(3000))
    row("lost", "lost", "runs", table.at_most(0))
    row("CPU of one run, everything", "cpu", "ms")
    for who in ("agent", "supervisor", "children"):
        shown.add(f"of that: {who}", [each[who] for each in ours], "ms")
    shown.note(
        "The pool's workers are shared: none of its functions can be killed or logged alone."
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        schedule_theirs(Path(sys.argv[1]))
    else:
        table.run(measure)
