"""Transfers of a whole agent, from a server that misbehaves by script."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui import settings
from bgtasks_gui.agent.api import runs as runs_door
from bgtasks_gui.core import errors, runs
from bgtasks_gui.wire import codec, shapes
from tests.agent.conftest import Make
from tests.agent.support.embedded import Embedded, why
from tests.faults.support import scripts
from tests.faults.support.entities import LATER, Entity, make_content
from tests.faults.support.scripts import say, serve
from tests.faults.support.server import Server

FILE = Entity(make_content(300_000))
OTHER = Entity(make_content(300_000, seed=1), etag='"two"', modified=LATER)
HALF = 100_000
STALLING = serve(FILE, by=scripts.stall_after(HALF))


async def download(agent: Embedded, url: str, folder: Path, **payload: object) -> runs.Run:
    """A run of a task that fetches `file.bin`."""
    given = {"url": url, "to": str(folder / "file.bin"), **payload}
    task = await agent.register("file", "download", given, replace=True)
    return await agent.run(task)


async def half_way(agent: Embedded, server: Server, folder: Path, **payload: object) -> runs.Run:
    """A run of which the first bytes have come, and no more will."""
    run = await download(agent, server.on("/file.bin", STALLING), folder, **payload)

    def has_half() -> bool:
        now = agent.now(run)
        return now.progress is not None and now.progress.done == HALF

    await agent.until(has_half)
    return run


async def nothing_open(server: Server) -> None:
    await asyncio.to_thread(server.wait_until, lambda: server.open == 0)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Good ends


async def test_a_file_comes(agent: Embedded, server: Server, folder: Path) -> None:
    run = await download(agent, server.on("/file.bin", serve(FILE)), folder)
    ended = await agent.ended(run)
    assert ended.state is runs.RunState.COMPLETED
    assert names(folder) == ["file.bin"]
    assert (folder / "file.bin").read_bytes() == FILE.content
    assert codec.plain(ended.result)["path"] == str(folder / "file.bin")
    assert ended.progress is not None
    assert (ended.progress.done, ended.progress.total, ended.progress.unit) == (
        *(300_000, 300_000), "bytes",
    )  # fmt: skip
    assert ended.transfer is not None
    assert [one.status for one in ended.transfer.receipt.attempts] == [200]
    assert agent.states(run) == ["pending", "running", "completed"]


async def test_a_file_goes(agent: Embedded, server: Server, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(FILE.content)
    url = server.on("/inbox", say(201))
    payload = {"url": url, "file": str(tmp_path / "report.pdf"), "protocol": "plain"}
    task = await agent.register("report", "upload", payload)
    ended = await agent.ended(await agent.run(task))
    assert ended.state is runs.RunState.COMPLETED
    assert [request.method for request in server.asked("/inbox")] == ["PUT"]


async def test_its_log_says_what_happened(agent: Embedded, server: Server, folder: Path) -> None:
    run = await download(agent, server.on("/file.bin", serve(FILE)), folder)
    await agent.ended(run)
    await agent.stop()
    log = agent.log(run)
    assert f"GET {server.url('/file.bin')}" in log
    assert "200 OK" in log
    assert str(folder / "file.bin") in log


# Suspending, resuming, cancelling


async def test_suspended_means_no_connection(agent: Embedded, server: Server, folder: Path) -> None:
    run = await half_way(agent, server, folder)
    await agent.suspend(run)
    assert why(agent.now(run)) == ("suspended", "user_suspend")
    assert agent.agent.runner.busy_count == 0
    await nothing_open(server)
    server.on("/file.bin", serve(FILE))
    await agent.resume(run)
    ended = await agent.ended(run)
    assert (folder / "file.bin").read_bytes() == FILE.content
    assert agent.states(run) == [
        *("pending", "running", "suspended", "waiting", "running", "completed")
    ]
    assert ended.suspended_count == 1
    assert ended.suspended_s > 0
    assert ended.transfer is not None
    assert ended.transfer.receipt.moved == 300_000


async def test_a_cancelled_one_leaves_nothing(
    agent: Embedded, server: Server, folder: Path
) -> None:
    run = await half_way(agent, server, folder)
    await agent.cancel(run, "not needed any more")
    ended = await agent.ended(run)
    assert why(ended) == ("canceled", "user_cancel")
    assert ended.reason is not None
    assert ended.reason.detail == "not needed any more"
    assert "canceling" in agent.states(run)
    await nothing_open(server)
    await agent.agent.runner.settle()
    assert names(folder) == []


async def test_a_suspended_one_can_be_cancelled(
    agent: Embedded, server: Server, folder: Path
) -> None:
    run = await half_way(agent, server, folder)
    await agent.suspend(run)
    assert names(folder) == ["file.bin.part"]
    await agent.cancel(run)
    assert why(await agent.ended(run)) == ("canceled", "user_cancel")
    await agent.agent.runner.settle()
    assert names(folder) == []


async def test_a_time_limit_counts(agent: Embedded, server: Server, folder: Path) -> None:
    run = await half_way(agent, server, folder, resource_timeout="PT1S")
    assert why(await agent.ended(run)) == ("canceled", "time_limit")
    assert names(folder) == ["file.bin.part"], "it was no person who gave it up"


# What passes, and what does not


async def test_it_is_tried_again(agent: Embedded, server: Server, folder: Path) -> None:
    url = server.on("/file.bin", serve(FILE, by=scripts.cut_after(HALF)), serve(FILE))
    run = await download(agent, url, folder)
    waiting = await agent.reached(run, "waiting")
    assert waiting.retry_at is not None
    assert why(waiting) == ("waiting", "connection")
    assert waiting.attempt == 2
    agent.agent.runner.transfers.refresh()
    assert (await agent.ended(run)).state is runs.RunState.COMPLETED
    assert [each.first for each in server.requests][1] in (HALF, HALF - 65_536)


async def test_attempts_run_out(agent: Embedded, server: Server, folder: Path) -> None:
    url = server.on("/file.bin", say(503))
    run = await download(agent, url, folder, attempts=1)
    ended = await agent.ended(run)
    assert why(ended) == ("failed", "server_answer")
    assert ended.reason is not None
    assert ended.reason.detail is not None
    assert ended.reason.detail.startswith("503")


async def test_what_is_not_there_fails_at_once(
    agent: Embedded, server: Server, folder: Path
) -> None:
    run = await download(agent, server.on("/file.bin", say(404)), folder)
    assert why(await agent.ended(run)) == ("failed", "server_answer")
    assert names(folder) == []


async def test_what_a_failed_run_left_is_taken_over(
    agent: Embedded, server: Server, folder: Path
) -> None:
    url = server.on("/file.bin", serve(FILE, by=scripts.cut_after(HALF)), say(503))
    run = await download(agent, url, folder, attempts=1)
    await agent.ended(run)
    assert names(folder) == ["file.bin.part"]
    server.on("/file.bin", serve(FILE))
    task = await agent.agent.store.task(run.task_id)
    assert task is not None
    ended = await agent.ended(await agent.run(task))
    assert (folder / "file.bin").read_bytes() == FILE.content
    assert names(folder) == ["file.bin"]
    assert server.requests[-1].first > 0
    assert ended.transfer is not None
    assert "an earlier run" in ended.transfer.receipt.notes[0]


# A new address


async def test_an_expired_address_waits_for_a_new_one(
    agent: Embedded, server: Server, folder: Path
) -> None:
    url = server.on("/file.bin", serve(FILE, by=scripts.cut_after(HALF)), say(403))
    run = await download(agent, url, folder)
    await agent.reached(run, "waiting")
    agent.agent.runner.transfers.refresh()
    held = await agent.reached(run, "suspended")
    assert why(held) == ("suspended", "address_expired")
    door = runs_door.RunsDoor(agent.agent.office)
    with pytest.raises(errors.InvalidField) as caught:
        await door.readdress(run.id, body=shapes.AddressRequest(url="ftp://example.org/file"))
    assert caught.value.field == "url"
    fresh = server.on("/moved.bin", serve(FILE))
    await door.readdress(run.id, body=shapes.AddressRequest(url=fresh))
    ended = await agent.ended(run)
    assert (folder / "file.bin").read_bytes() == FILE.content
    assert ended.transfer is not None
    assert ended.transfer.url == fresh
    task = await agent.agent.store.task(run.task_id)
    assert task is not None
    assert codec.plain(task.payload)["url"] == fresh, "it has no plan that needs the old one"


async def test_a_new_address_while_it_moves(agent: Embedded, server: Server, folder: Path) -> None:
    run = await half_way(agent, server, folder)
    fresh = server.on("/moved.bin", serve(FILE))
    await runs_door.RunsDoor(agent.agent.office).readdress(
        run.id, body=shapes.AddressRequest(url=fresh)
    )
    assert (await agent.ended(run)).state is runs.RunState.COMPLETED
    assert len(server.asked("/moved.bin")) == 1


# Places and rates


async def test_only_so_many_at_once(agent: Embedded, server: Server, folder: Path) -> None:
    transfers = agent.agent.runner.transfers
    transfers.apply(settings.Settings(transfers_at_once=1))
    first = await half_way(agent, server, folder)
    url = server.on("/other.bin", serve(OTHER))
    payload = {"url": url, "to": str(folder / "other.bin")}
    task = await agent.register("other", "download", payload)
    second = await agent.run(task)
    waiting = await agent.reached(second, "waiting")
    assert waiting.waits_for == "1 of 1 transfers are under way."
    await agent.cancel(first)
    assert (await agent.ended(second)).state is runs.RunState.COMPLETED


async def test_who_matters_more_goes_first(agent: Embedded, server: Server, folder: Path) -> None:
    transfers = agent.agent.runner.transfers
    transfers.apply(settings.Settings(transfers_at_once=1))
    first = await half_way(agent, server, folder)
    waiting = []
    for priority in ("low", "normal", "high"):
        url = server.on(f"/{priority}", serve(OTHER))
        payload = {"url": url, "to": str(folder / priority), "priority": priority}
        waiting.append(await agent.run(await agent.register(priority, "download", payload)))
    for run in waiting:
        await agent.reached(run, "waiting")
    await agent.cancel(first)
    for run in waiting:
        await agent.ended(run)
    asked = [each.path for each in server.requests if each.path != "/file.bin"]
    assert asked == ["/high", "/normal", "/low"]


async def test_only_so_many_with_one_server(agent: Embedded, server: Server, folder: Path) -> None:
    transfers = agent.agent.runner.transfers
    transfers.apply(settings.Settings(transfers_at_once=5, transfers_per_host=1))
    first = await half_way(agent, server, folder)
    second = await agent.run(
        await agent.register(
            "again", "download", {"url": server.on("/b", serve(OTHER)), "to": str(folder / "b")}
        )
    )
    waiting = await agent.reached(second, "waiting")
    assert waiting.waits_for == "1 of 1 transfers with localhost are under way."
    await agent.suspend(first)
    assert (await agent.ended(second)).state is runs.RunState.COMPLETED


async def test_a_rate_for_the_rest_of_a_run(agent: Embedded, server: Server, folder: Path) -> None:
    run = await half_way(agent, server, folder)
    door = runs_door.RunsDoor(agent.agent.office)
    await door.limit(run.id, body=shapes.RateRequest(rate=4096))
    now = agent.now(run)
    assert now.transfer is not None
    assert now.transfer.rate == 4096
    command = await agent.run(await agent.add("command", "true"))
    with pytest.raises(errors.NotPossibleNow, match="no download or upload"):
        await door.limit(command.id, body=shapes.RateRequest(rate=4096))
    await agent.cancel(run)


# The end of the agent


async def test_it_goes_on_with_the_next_agent(make: Make, server: Server, folder: Path) -> None:
    agent = await make().start()
    run = await half_way(agent, server, folder)
    await agent.stop()
    await nothing_open(server)
    server.on("/file.bin", serve(FILE))
    fresh = await make().start()
    ended = await fresh.ended(run)
    assert ended.state is runs.RunState.COMPLETED
    assert (folder / "file.bin").read_bytes() == FILE.content
    assert ended.transfer is not None
    assert ended.transfer.receipt.moved < 300_000 + 2 * 65_536, "it did not start again"


async def test_a_suspended_one_stays_so(make: Make, server: Server, folder: Path) -> None:
    agent = await make().start()
    run = await half_way(agent, server, folder)
    await agent.suspend(run)
    await agent.stop()
    server.on("/file.bin", serve(FILE))
    fresh = await make().start()
    assert why(fresh.now(run)) == ("suspended", "user_suspend")
    assert len(server.requests) == 1
    await fresh.resume(run)
    assert (await fresh.ended(run)).state is runs.RunState.COMPLETED


async def test_a_receipt_is_shown_without_secrets(
    agent: Embedded, server: Server, folder: Path
) -> None:
    url = server.on("/file.bin?token=abc", serve(FILE)).replace("://", "://ada:secret@")
    run = await download(agent, url, folder)
    await agent.ended(run)
    view = agent.agent.office.view_run(agent.now(run))
    said = msgspec.json.encode(view).decode()
    assert view.receipt is not None
    assert view.receipt.url == server.url("/file.bin")
    assert "secret" not in said
    assert "abc" not in said
