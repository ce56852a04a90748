"""Runs through the API of a whole agent: listed, shown, read, acted upon."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import pytest

from bgtasks_gui.agent.api import runs as runs_door
from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.core import errors, ids, ports, runs, tasks
from bgtasks_gui.supervisor import segments
from bgtasks_gui.wire import shapes, times
from tests.agent.support import embedded

PARALLEL = tasks.Overlap(policy=tasks.OverlapPolicy.PARALLEL, limit=100)


async def refused(ask: Client, call: commands.Call[object]) -> tuple[str, str | None, str]:
    with pytest.raises(errors.UserError) as caught:
        await ask(call)
    return caught.value.code, caught.value.field, caught.value.message


async def ran(agent: embedded.Embedded, script: str, name: str = "t") -> runs.Run:
    """A run of this line of shell that has ended."""
    return await agent.ended(await agent.run(await agent.add(name, script)))


# Lists


async def test_pages_hold_every_run_once_newest_first(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    ending = await agent.add("ends", "true", overlap=PARALLEL)
    staying = await agent.add("stays", gate.wait, overlap=PARALLEL)
    made = []
    for _ in range(5):
        made += [await agent.run(ending), await agent.run(staying)]
    for run in made[::2]:
        await agent.ended(run)
    expected = [run.id for run in reversed(made)]
    assert [run.id for run in await ask(commands.list_runs())] == expected
    found, cursor = [], None
    while page := await ask(commands.list_runs(limit=3, cursor=cursor)):
        assert len(page) <= 3
        found += [run.id for run in page]
        cursor = found[-1]
        if len(found) == 3:
            # What comes meanwhile does not move the pages.
            await agent.ended(await agent.run(ending))
    assert found == expected


async def test_runs_are_chosen_by_task_state_and_time(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    good = await ran(agent, "true", "good")
    bad = await ran(agent, "exit 2", "bad")
    staying = await agent.reached(await agent.run(await agent.add("stays", gate.wait)), "running")

    async def chosen(**by: str) -> list[str]:
        return [run.id for run in await ask(commands.list_runs(**by))]

    assert await chosen(task="bad") == [bad.id]
    assert await chosen(task=good.task_id) == [good.id]
    assert await chosen(state="failed") == [bad.id]
    assert await chosen(state="failed,completed") == [bad.id, good.id]
    assert await chosen(state="active") == [staying.id]
    assert await chosen(state="ended") == [bad.id, good.id]
    assert await chosen(state="ended,running") == [staying.id, bad.id, good.id]
    assert await chosen(since=times.stamp(bad.triggered_at)) == [staying.id, bad.id]
    assert await chosen(since=times.stamp(staying.triggered_at + timedelta(hours=1))) == []
    assert await chosen(task="bad", state="completed") == []


@pytest.mark.parametrize(
    ("by", "field", "words"),
    [
        ({"state": "finished"}, "state", "active, ended"),
        ({"state": "failed,"}, "state", "no state"),
        ({"since": "yesterday"}, "since", "2026-11-22T15:00:00Z"),
        ({"since": "2026-11-22T15:00:00"}, "since", "no time"),
        ({"limit": 0}, "limit", "between 1 and"),
        ({"limit": runs_door.MOST_RUNS + 1}, "limit", "between 1 and"),
        ({"task": "nope"}, "task", "no task 'nope'"),
    ],
)
async def test_what_is_wrong_with_a_question_is_named(
    ask: Client, by: dict[str, object], field: str, words: str
) -> None:
    _, named, message = await refused(ask, commands.list_runs(**by))
    assert named == field
    assert words in message


# One run


async def test_a_run_that_was_forgotten_and_one_that_never_was(
    agent: embedded.Embedded, ask: Client
) -> None:
    """Concepts R118."""
    now_ms = int(agent.agent.clock.now().timestamp() * 1000)
    forgotten = ids.make_id(now_ms - 8 * 86_400_000, 1)
    assert await ask(commands.show_run(forgotten)) is None
    assert (await refused(ask, commands.read_log(forgotten)))[0] == "run_not_found"
    for never in (ids.make_id(now_ms - 6 * 86_400_000, 1), "nothing"):
        code, _, message = await refused(ask, commands.show_run(never))
        assert code == "run_not_found"
        assert never in message


async def test_a_task_stands_for_its_newest_run(agent: embedded.Embedded, ask: Client) -> None:
    task = await agent.add("t", "true")
    await agent.ended(await agent.run(task))
    newest = await agent.ended(await agent.run(task))
    for text in ("t", task.id):
        shown = await ask(commands.show_run(text))
        assert shown is not None
        assert shown.id == newest.id


async def test_why_a_run_waits(agent: embedded.Embedded, ask: Client, gate: embedded.Gate) -> None:
    queue = tasks.Overlap(policy=tasks.OverlapPolicy.QUEUE)
    task = await agent.add("t", gate.wait, overlap=queue)
    first = await agent.reached(await agent.run(task), "running")
    waiting = await agent.reached(await agent.run(task), "waiting")
    found = await ask(commands.explain_run(waiting.id))
    assert (found.run_id, found.can_start) == (waiting.id, False)
    shown = await ask(commands.show_run(waiting.id))
    assert shown is not None
    assert found.blockers[0].sentence == shown.waits_for
    gate.open()
    await agent.ended(first)
    gate.open()
    await agent.ended(waiting)
    over = await ask(commands.explain_run(waiting.id))
    assert (over.run_id, over.can_start) == (None, True)
    await ask(commands.remove_task("t"))
    assert (await refused(ask, commands.explain_run(waiting.id)))[0] == "not_possible_now"


# Acting


async def test_what_has_ended_answers_with_what_it_ended_as(
    agent: embedded.Embedded, ask: Client
) -> None:
    run = await ran(agent, "exit 2")
    for act in (commands.cancel_run, commands.suspend_run, commands.resume_run):
        shown = await ask(act(run.id, "too late"))
        assert (shown.state, shown.exit_code) == ("failed", 2)
        assert shown.reason is not None
        assert shown.reason.code == "exit_status"


async def test_a_run_is_suspended_resumed_and_canceled(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    run = await agent.reached(await agent.run(await agent.add("t", gate.wait)), "running")
    suspended = await ask(commands.suspend_run(run.id, "lunch"))
    assert (suspended.state, suspended.suspended_count) == ("suspended", 1)
    assert suspended.reason is not None
    assert (suspended.reason.actor, suspended.reason.detail) == ("user", "lunch")
    assert (await ask(commands.resume_run(run.id))).state == "running"
    canceled = await ask(commands.cancel_run(run.id, "enough"))
    assert canceled.state in {"canceling", "canceled"}
    ended = await agent.ended(run)
    assert embedded.why(ended) == ("canceled", "user_cancel")


async def test_a_run_that_is_being_canceled_cannot_be_suspended(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    script = f"trap '' TERM; echo ready; {gate.wait}"
    run = await agent.run(await agent.add("t", script, grace=timedelta(seconds=30)))
    await agent.printed(run, "ready")
    assert (await ask(commands.cancel_run(run.id))).state == "canceling"
    code, _, message = await refused(ask, commands.suspend_run(run.id))
    assert code == "not_possible_now"
    assert "being cancelled" in message
    gate.open()
    assert (await agent.ended(run)).state == "canceled"


# Logs


def put_log(agent: embedded.Embedded, run: runs.Run, content: bytes) -> None:
    """As if the run had printed this, with what is left out in the middle."""
    base = agent.home.run_log(run.id)
    base.parent.mkdir(exist_ok=True)
    base.write_bytes(content[: segments.SEGMENT])
    rest = range(segments.SEGMENT, len(content), segments.SEGMENT)
    for number, start in list(enumerate(rest))[-segments.KEPT :]:
        piece = content[start : start + segments.SEGMENT]
        base.with_name(f"{base.name}.{number}").write_bytes(piece)


async def pieces(ask: Client, run: runs.Run, limit: int | None = None) -> list[shapes.LogPiece]:
    """The whole log, piece by piece."""
    found, offset = [], 0
    for _ in itertools.count():
        found.append(await ask(commands.read_log(run.id, offset=offset, limit=limit)))
        offset = found[-1].next_offset
        if found[-1].ended:
            return found
    raise AssertionError


async def test_a_log_is_read_from_any_byte(agent: embedded.Embedded, ask: Client) -> None:
    run = await ran(agent, "echo one; echo two >&2; echo three")
    whole = await ask(commands.read_log(run.id))
    assert (whole.text, whole.total, whole.ended) == ("one\ntwo\nthree\n", 14, True)
    part = await ask(commands.read_log(run.id, offset=4, limit=4))
    assert (part.offset, part.next_offset, part.text, part.ended) == (4, 8, "two\n", False)
    last = await ask(commands.read_log(run.id, offset=-6))
    assert (last.offset, last.text, last.ended) == (8, "three\n", True)
    assert (await ask(commands.read_log(run.id, offset=-100))).text == whole.text
    beyond = await ask(commands.read_log(run.id, offset=100))
    assert (beyond.offset, beyond.text, beyond.ended) == (14, "", True)
    for field, wrong in (("limit", {"limit": 0}), ("offset", {"offset": 2**54})):
        assert (await refused(ask, commands.read_log(run.id, **wrong)))[1] == field


async def test_what_is_left_out_is_counted(agent: embedded.Embedded, ask: Client) -> None:
    run = await ran(agent, "true")
    size, kept = segments.SEGMENT, segments.KEPT
    put_log(agent, run, b"h" * size + b"x" * 2 * size + b"t" * (kept * size - 5))
    found = await pieces(ask, run)
    assert {piece.left_out for piece in found} == {2 * size}
    assert "".join(piece.text for piece in found) == "h" * size + "t" * (kept * size - 5)
    assert found[-1].total == (3 + kept) * size - 5
    gap = await ask(commands.read_log(run.id, offset=size + 7))
    assert gap.offset == 3 * size


async def test_a_reader_waits_for_more(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    run = await agent.run(await agent.add("t", f"echo one; {gate.wait}; echo two"))
    await agent.printed(run, "one\n")
    nothing = await ask(commands.read_log(run.id, offset=4))
    assert (nothing.text, nothing.ended) == ("", False)
    waiting = asyncio.create_task(ask(commands.read_log(run.id, offset=4, wait=30)))
    await asyncio.sleep(0)
    gate.open()
    assert (await waiting).text == "two\n"
    last = await ask(commands.read_log(run.id, offset=8, wait=30))
    assert (last.text, last.ended) == ("", True)


async def test_what_is_no_utf8_is_shown_as_such(agent: embedded.Embedded, ask: Client) -> None:
    run = await ran(agent, r"printf 'a\377b\200\200\200\200\200c\342\202'")
    whole = await ask(commands.read_log(run.id))
    assert whole.text == "a\ufffdb" + "\ufffd" * 5 + "c\ufffd"
    assert (whole.next_offset, whole.ended) == (11, True)
    assert (await ask(commands.read_log(run.id, offset=-7))).text == "\ufffd" * 4 + "c\ufffd"


@pytest.mark.parametrize("limit", range(1, 12))
async def test_no_character_is_cut_by_the_edge_of_a_piece(
    agent: embedded.Embedded, ask: Client, limit: int
) -> None:
    text = "aé€😀" * 3 + "é"
    run = await ran(agent, f"printf %s '{text}'")
    found = await pieces(ask, run, limit)
    assert "".join(piece.text for piece in found) == text
    assert [piece.offset for piece in found[1:]] == [piece.next_offset for piece in found[:-1]]
    assert all(len(piece.text.encode()) <= max(limit, 4) for piece in found)
    from_behind = await ask(commands.read_log(run.id, offset=-limit))
    assert from_behind.text in text
    assert from_behind.next_offset == len(text.encode())


async def test_a_character_on_its_way_is_waited_for(
    agent: embedded.Embedded, ask: Client, gate: embedded.Gate
) -> None:
    run = await agent.run(await agent.add("t", rf"printf 'a\342'; {gate.wait}; printf '\202\254'"))
    base = str(agent.home.run_log(run.id))
    await agent.until(lambda: segments.extent(base)[0] == 2)
    begun = await ask(commands.read_log(run.id))
    assert (begun.text, begun.next_offset, begun.total) == ("a", 1, 1)
    waiting = asyncio.create_task(ask(commands.read_log(run.id, offset=1, wait=30)))
    await asyncio.sleep(0)
    gate.open()
    rest = await waiting
    assert (rest.text, rest.next_offset, rest.total) == ("€", 4, 4)


async def test_a_character_at_the_edge_of_what_is_left_out(
    agent: embedded.Embedded, ask: Client
) -> None:
    run = await ran(agent, "true")
    euros = "€".encode() * (2 * segments.SEGMENT)
    put_log(agent, run, euros)
    found = await pieces(ask, run, 100_000)
    assert sum(piece.text.count("\ufffd") for piece in found) <= 3
    assert sum(piece.next_offset - piece.offset for piece in found) + found[0].left_out == len(
        euros
    )


async def test_the_door_lists_as_the_store_does(agent: embedded.Embedded, ask: Client) -> None:
    run = await ran(agent, "true")
    [stored] = await agent.agent.store.runs(ports.RunQuery(task_id=run.task_id))
    [shown] = await ask(commands.list_runs(task=run.task_id))
    assert (shown.id, shown.state, shown.triggered_at) == (
        stored.id, stored.state, times.stamp(stored.triggered_at),
    )  # fmt: skip
