from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgtasks_gui.client import asgi, blocking, results, transport
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, runs
from bgtasks_gui.wire import shapes
from tests.client.support.little_agent import AT, LittleAgent, make_progress, make_run, serving

REASON = {
    "code": "time_limit",
    "actor": "agent",
    "sentence": "Cancelled by its rules: its time limit was used up.",
    "remedy": None,
    "remedy_action": None,
    "detail": None,
    "at": AT,
    "windows": 9,
    "ohos": 2,
}


@pytest.mark.parametrize("state", runs.RunState)
def test_only_a_completed_run_passes(state: runs.RunState) -> None:
    run = make_run("r1", state=state, reason=REASON)
    if state is runs.RunState.COMPLETED:
        results.check_result(run)
        return
    with pytest.raises(errors.RunFailed) as caught:
        results.check_result(run)
    if state in runs.ENDED:
        assert caught.value.message == REASON["sentence"]
    else:
        assert caught.value.message == f"The run has not ended; it is {state.value}."


def test_a_failure_without_a_reason_has_words_too() -> None:
    with pytest.raises(errors.RunFailed, match="did not complete"):
        results.check_result(make_run("r1", state="failed"))


# Waiting, in both forms


@pytest.fixture(params=["awaiting", "blocking"])
async def watched(
    request: pytest.FixtureRequest, agent: LittleAgent, socket_path: Path
) -> AsyncIterator[Watched]:
    async with serving(agent.app, socket_path) as server:
        made = Watched(socket_path, is_blocking=request.param == "blocking")
        yield made
        await made.close()
        await server.settled()


class Watched:
    """One run waited for in either form."""

    def __init__(self, path: Path, *, is_blocking: bool) -> None:
        self._way = transport.UnixTransport(path)
        self._client = Client(self._way)
        self._blocking = blocking.BlockingClient(path) if is_blocking else None

    async def wait(self, run_id: str) -> shapes.RunView:
        if self._blocking is None:
            return await results.wait_for_run(self._client, run_id)
        return await asyncio.to_thread(results.wait_for_run_blocking, self._blocking, run_id)

    async def watch(self, run_id: str) -> list[shapes.RunView]:
        if self._blocking is None:
            return [run async for run in results.watch_run(self._client, run_id)]
        return await asyncio.to_thread(
            lambda: list(results.watch_run_blocking(self._blocking, run_id))
        )

    async def close(self) -> None:
        await self._way.close()
        if self._blocking is not None:
            self._blocking.close()


async def test_an_ended_run_is_there_at_once(agent: LittleAgent, watched: Watched) -> None:
    agent.runs["r1"] = make_run("r1", state="failed")
    assert await watched.wait("r1") == agent.runs["r1"]
    assert await watched.watch("r1") == [agent.runs["r1"]]
    assert "GET /v1/events" not in agent.asked


async def test_each_change_is_seen_up_to_the_end(agent: LittleAgent, watched: Watched) -> None:
    first = make_run("r1")
    agent.runs["r1"] = first
    agent.runs["r2"] = make_run("r2")
    watching = asyncio.create_task(watched.watch("r1"))
    await agent.listened()
    agent.progress("r1", 5)
    agent.progress("r2", 7)
    agent.put_run(agent.runs["r1"])
    agent.put_run(make_run("r2", state="completed"))
    agent.tell("system_changed")
    agent.put_run(make_run("r1", state="canceling"))
    agent.put_run(make_run("r1", state="canceled", reason=REASON))
    assert await watching == [
        first,
        make_run("r1", progress=_figure(5)),
        make_run("r1", state="canceling"),
        make_run("r1", state="canceled", reason=REASON),
    ]


def _figure(done: float) -> object:
    return make_progress(done)


async def test_an_end_between_question_and_stream_is_not_missed(
    agent: LittleAgent, watched: Watched
) -> None:
    agent.runs["r1"] = make_run("r1")

    async def end() -> None:
        agent.put_run(make_run("r1", state="completed"))

    agent.before["/v1/events"] = end
    assert (await watched.wait("r1")).state is runs.RunState.COMPLETED


async def test_a_gap_is_closed_by_asking_again(agent: LittleAgent, watched: Watched) -> None:
    agent.runs["r1"] = make_run("r1")
    waiting = asyncio.create_task(watched.wait("r1"))
    await agent.listened()
    agent.tell_gap()
    agent.runs["r1"] = make_run("r1", state="completed")
    agent.tell_gap()
    assert (await waiting).state is runs.RunState.COMPLETED


async def test_a_run_older_than_the_history(watched: Watched) -> None:
    with pytest.raises(errors.RunNotFound, match="no longer in the history"):
        await watched.wait("r9")


async def test_a_run_that_left_the_history_while_it_was_waited_for(
    agent: LittleAgent, watched: Watched
) -> None:
    agent.runs["r1"] = make_run("r1")
    waiting = asyncio.create_task(watched.wait("r1"))
    await agent.listened()
    del agent.runs["r1"]
    agent.tell_gap()
    with pytest.raises(errors.RunNotFound):
        await waiting


async def test_an_agent_that_goes_away_is_told(agent: LittleAgent, watched: Watched) -> None:
    agent.runs["r1"] = make_run("r1")
    waiting = asyncio.create_task(watched.wait("r1"))
    await agent.listened()
    agent.end_streams()
    with pytest.raises(errors.AgentUnreachable):
        await waiting


async def test_who_stops_watching_leaves_no_stream(agent: LittleAgent) -> None:
    agent.runs["r1"] = make_run("r1")
    async with Client(asgi.AsgiTransport(agent.app)) as client:
        waiting = asyncio.create_task(results.wait_for_run(client, "r1"))
        await agent.listened()
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        assert agent.streams == set()
