"""Which processes belong to a run, seen over a real supervisor."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bgtasks_gui.agent.background import trees
from bgtasks_gui.core import runs
from bgtasks_gui.supervisor.children import processes
from tests.agent.support.embedded import Embedded, Gate
from tests.fakes.manual_clock import ManualClock
from tests.fakes.samples import a_run

SECOND = timedelta(seconds=1)


async def start(agent: Embedded, name: str, script: str) -> runs.Run:
    """A run that has printed "ready"."""
    run = await agent.run(await agent.add(name, script))
    await agent.printed(run, "ready")
    return agent.now(run)


async def test_they_are_its_own_and_all_that_descend_from_it(agent: Embedded, gate: Gate) -> None:
    # Of the three shells the last is nobody's child any more, in a session of its own.
    script = f"sh -c 'echo $$; {gate.wait}' & setsid -f sh -c 'echo $$; echo ready; {gate.wait}'"
    run = await start(agent, "three", f"{script}; wait")
    assert run.process is not None
    found = await trees.Trees(ManualClock()).pids_of(run)
    printed = {int(line) for line in agent.log(run).splitlines() if line.isdigit()}
    assert len(printed) == 2
    assert found >= {run.process.pid, *printed}
    assert agent.agent.runner.line.pid not in found
    stranger = msgspec.structs.replace(run.process, boot_id="another")
    earlier = msgspec.structs.replace(run, id="r0", process=stranger)
    # Its session has the same number, but it is not known to be the same.
    assert await trees.Trees(ManualClock()).pids_of(earlier) == frozenset()


async def test_of_what_has_no_process_nothing_is_known() -> None:
    found = trees.Trees(ManualClock())
    assert await found.pids_of(None) == frozenset()
    assert await found.pids_of(a_run(1)) == frozenset()


async def test_of_what_is_over_nothing_is_left(agent: Embedded, gate: Gate) -> None:
    run = await start(agent, "short", f"echo ready; {gate.wait}")
    gate.open()
    await agent.ended(run)
    assert await trees.Trees(ManualClock()).pids_of(run) == frozenset()


async def test_one_look_serves_several_runs(
    agent: Embedded, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    look = processes.all_processes

    def count() -> dict[int, processes.Process]:
        nonlocal looks
        looks += 1
        return look()

    monkeypatch.setattr(processes, "all_processes", count)
    ran = [await start(agent, name, f"echo ready; {gate.wait}") for name in "ab"]
    clock = ManualClock()
    found = trees.Trees(clock)
    each = [await found.pids_of(run) for run in ran]
    assert all(each)
    assert not each[0] & each[1]
    assert looks == 1
    clock.advance(SECOND)
    assert await found.pids_of(ran[0]) == each[0]
    assert looks == 2
