"""Killed in the middle of writing, again and again: every planned time is exactly one run."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bgtasks_gui.core import ports, runs
from bgtasks_gui.store import SqliteStore, database
from tests.fakes import samples
from tests.store.durability.endless_writer import MINUTE, OWNERS

KILLS = 6
ROOT = Path(__file__).resolve().parents[3]


async def _write_and_kill(path: Path, first_ms: int, lines: int) -> list[str]:
    """Let a child write until it acknowledged so much, kill it; returns all it acknowledged."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.durability.endless_writer", str(path), str(first_ms)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        said = [await asyncio.wait_for(child.stdout.readline(), 60) for _ in range(lines)]
    finally:
        child.kill()
    # What it said before it died counts too; the last line may be cut.
    rest = (await child.stdout.read()).splitlines(keepends=True)
    await child.wait()
    return [line.decode() for line in (*said, *rest) if line.endswith(b"\n")]


def _is_sound(path: Path) -> bool:
    connection = database.connect_writer(path)
    found = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    return found == [("ok",)]


async def test_every_planned_time_is_one_run_however_often_it_is_killed(path: Path) -> None:
    fired: set[str] = set()
    ended: set[str] = set()
    for number in range(KILLS):
        lines = await _write_and_kill(
            path, 1_800_000_000_000 + number * 1_000_000, 50 + 150 * number
        )
        fired |= {line.split()[1] for line in lines if line.startswith("fired")}
        ended |= {line.split()[1] for line in lines if line.startswith("ended")}
        assert _is_sound(path)
    store = SqliteStore(path)
    await store.open()
    stored = await store.runs(ports.RunQuery(limit=1_000_000))
    assert fired <= {run.id for run in stored}
    assert ended <= {run.id for run in stored if run.state is runs.RunState.COMPLETED}
    for task in OWNERS:
        mine = [run for run in stored if run.task_id == task.id]
        (entry,) = await store.planned(task.id)
        assert entry.next_at is not None
        times = [run.firing.planned_at for run in reversed(mine)]
        assert times == [samples.NOW + MINUTE * number for number in range(len(mine))]
        assert entry.next_at == samples.NOW + MINUTE * len(mine)
        standing = await store.standing(task.id)
        assert standing is not None
        assert standing.last_run == mine[0]
        assert standing.last_scheduled_at == mine[0].firing.planned_at
    assert len(ended) > 100
    await store.close()
