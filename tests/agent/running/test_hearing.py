"""What is heard of a run, beyond what `test_runner` tries with real processes."""

from __future__ import annotations

import logging

import pytest

from tests.agent.support.embedded import Embedded


async def test_nonsense_of_a_worker_is_left_alone(
    agent: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    run = await agent.run(await agent.add("idle", "sleep 60"))
    await agent.reached(run, "running")
    caplog.set_level(logging.WARNING)
    agent.agent.runner.hear({"run": run.id, "event": "message", "message": {"type": 7}})
    assert "a worker said something odd" in caplog.text
    await agent.cancel(run)
    await agent.ended(run)


async def test_an_event_that_cannot_be_dealt_with_is_logged(
    agent: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    run = await agent.run(await agent.add("idle", "sleep 60"))
    await agent.reached(run, "running")
    agent.agent.runner.hear({"run": run.id, "event": "output"})
    assert "an event was not dealt with" in caplog.text
    await agent.cancel(run)
    await agent.ended(run)


async def test_progress_of_a_function_is_told(agent: Embedded) -> None:
    run = await agent.run(await agent.add("idle", "sleep 60"))
    await agent.reached(run, "running")
    said = {"type": "progress", "done": 2, "total": 8, "unit": "files"}
    agent.agent.runner.hear({"run": run.id, "event": "message", "message": said})
    figure = agent.now(run).progress
    assert figure is not None
    assert (figure.done, figure.total, figure.unit) == (2, 8, "files")
    await agent.cancel(run)
    await agent.ended(run)


async def test_the_end_of_a_run_nobody_knows_is_forgotten(agent: Embedded) -> None:
    agent.agent.runner.hear({"run": "nobody", "event": "exited"})
    assert agent.agent.runner.find("nobody") is None
