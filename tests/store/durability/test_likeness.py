"""The file and the dictionaries answer alike, whatever is done to them in whatever order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import hypothesis
import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bgtasks_gui.core import errors, ports, reasons, runs, tasks
from bgtasks_gui.store import SqliteStore
from tests.fakes import samples
from tests.fakes.memory_store import MemoryStore

S = runs.RunState
Answer = TypeVar("Answer")

numbers = st.integers(1, 4)
topics = st.sampled_from(["startup", "event:saved"])
times = st.integers(0, 20).map(lambda quarter: samples.at(quarter / 4))
codes = st.sampled_from([reasons.Code.USER_CANCEL, reasons.Code.TIME_LIMIT])


@st.composite
def some_tasks(draw: st.DrawFn) -> tuple[tuple[tasks.Task, ...], tuple[tasks.Listener, ...]]:
    task = samples.a_task(
        draw(numbers),
        name=draw(st.sampled_from(["a", "B", "ß", "ss"])),
        group=draw(st.sampled_from(["", "night"])),
        triggers=(msgspec.Raw(b"{}"),) * draw(st.integers(0, 2)),
        enabled=draw(st.booleans()),
        is_twin=draw(st.booleans()),
        unscheduled=draw(st.sampled_from([None, "gave up"])),
        environment=draw(st.sampled_from([None, {}, {"A": "1"}, {"A": "2"}])),
    )
    found = draw(st.lists(st.tuples(numbers, st.integers(0, 1), topics), max_size=2))
    return (task,), tuple(
        tasks.Listener(task_id=samples.an_id(number), position=position, topic=topic)
        for number, position, topic in found
        if samples.an_id(number) == task.id
    )


plans = st.builds(
    lambda number, position, next_at, flex: tasks.Planned(
        task_id=samples.an_id(number), position=position, next_at=next_at, flex=flex
    ),
    numbers,
    st.integers(0, 1),
    st.none() | times,
    st.sampled_from([timedelta(0), timedelta(seconds=2.5)]),
)
queries = st.builds(
    ports.RunQuery,
    task_id=st.none() | numbers.map(samples.an_id),
    states=st.lists(st.sampled_from(S), unique=True, max_size=4).map(tuple),
    since=st.none() | times,
    limit=st.integers(1, 5),
    before_id=st.none() | st.integers(1, 40).map(samples.an_id),
)


class Likeness(RuleBasedStateMachine):
    """Does the same to both, and asks both the same."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="bgt-"))
        self.memory = MemoryStore()
        self.file = SqliteStore(self.folder / "tasks.db")
        self.wait(self.file.open())
        self.made: list[runs.Run] = []

    def wait(self, asked: Coroutine[object, object, Answer]) -> Answer:
        return self.loop.run_until_complete(asked)

    def teardown(self) -> None:
        self.wait(self.file.close())
        self.wait(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)

    async def write_to(self, store: ports.Store, changes: list[ports.Change]) -> list[type]:
        """Hand in all at once; the kinds of answers."""
        writing = (store.write(change) for change in changes)
        return [type(one) for one in await asyncio.gather(*writing, return_exceptions=True)]

    def write(self, *changes: ports.Change) -> None:
        answers = [
            self.wait(self.write_to(store, list(changes))) for store in (self.memory, self.file)
        ]
        assert answers[0] == answers[1]
        assert set(answers[0]) <= {type(None), errors.DuplicateName}

    @rule(registered=st.lists(some_tasks(), min_size=1, max_size=3), planned=st.lists(plans))
    def register(
        self,
        registered: list[tuple[tuple[tasks.Task, ...], tuple[tasks.Listener, ...]]],
        planned: list[tasks.Planned],
    ) -> None:
        self.write(
            *(ports.Change(tasks=some, listeners=listeners) for some, listeners in registered),
            ports.Change(planned=tuple(planned)),
        )

    @rule(gone=numbers, registered=some_tasks(), fact=st.text(max_size=3))
    def replace(
        self,
        gone: int,
        registered: tuple[tuple[tasks.Task, ...], tuple[tasks.Listener, ...]],
        fact: str,
    ) -> None:
        some, listeners = registered
        removed = (samples.an_id(gone),)
        change = ports.Change(
            tasks=some, listeners=listeners, removed_tasks=removed, facts={"fact": fact}
        )
        self.write(change, ports.Change(removed_tasks=removed))

    @rule(
        number=numbers,
        state=st.sampled_from([S.PENDING, S.WAITING, S.SKIPPED, S.MISSED]),
        plan=plans,
    )
    def fire(self, number: int, state: runs.RunState, plan: tasks.Planned) -> None:
        task = samples.a_task(number)
        run = samples.a_run(len(self.made) + 1, task, state=state)
        self.made.append(run)
        self.write(ports.Change(runs=(run,), planned=(plan,)))

    @rule(pick=st.integers(0, 99), choose=st.integers(0, 99), code=codes, twice=st.booleans())
    def move(self, pick: int, choose: int, code: reasons.Code, twice: bool) -> None:
        """Move a run along the table, by one or two steps written at once."""
        changes = []
        for _ in range(1 + twice):
            going = [index for index, run in enumerate(self.made) if not run.has_ended]
            if not going:
                break
            index = going[pick % len(going)]
            run = self.made[index]
            to = sorted(runs.MOVES[run.state])[choose % len(runs.MOVES[run.state])]
            more: dict[str, object] = {}
            if to is S.RUNNING:
                more["started_at"] = run.triggered_at
            if to in runs.ENDED:
                more = {
                    "completed_at": samples.at(choose),
                    "reason": reasons.make(code, samples.NOW),
                }
            self.made[index] = runs.move(run, to, **more)
            changes.append(ports.Change(runs=(self.made[index],)))
        self.write(*changes)

    @rule()
    def reopen(self) -> None:
        self.wait(self.file.close())
        self.file = SqliteStore(self.folder / "tasks.db")
        self.wait(self.file.open())
        assert self.file.notice is None

    @rule(query=queries)
    def ask_for_runs(self, query: ports.RunQuery) -> None:
        assert self.wait(self.file.runs(query)) == self.wait(self.memory.runs(query))

    @rule(
        group=st.sampled_from([None, "", "night"]),
        search=st.sampled_from([None, "", "b", "SS"]),
        after_name=st.sampled_from([None, "", "B", "a"]),
        after=st.none() | numbers,
        limit=st.integers(1, 4),
    )
    def ask_for_tasks(
        self,
        group: str | None,
        search: str | None,
        after_name: str | None,
        after: int | None,
        limit: int,
    ) -> None:
        answers = [
            self.wait(
                store.standings(
                    group=group,
                    search=search,
                    after_name=after_name,
                    after_id=None if after is None else samples.an_id(after),
                    limit=limit,
                )
            )
            for store in (self.memory, self.file)
        ]
        assert answers[0] == answers[1]

    async def look(self, store: ports.Store) -> list[object]:
        known = [samples.an_id(number) for number in range(1, 5)]
        return [
            await store.standings(),
            [await store.task(task_id) for task_id in known],
            [await store.planned(task_id) for task_id in known],
            await store.all_planned(),
            [await store.listeners(topic) for topic in ("startup", "event:saved")],
            await store.open_runs(),
            await store.count_runs(),
            await store.count_tasks(),
            await store.fact("fact"),
        ]

    @invariant()
    def answers_are_alike(self) -> None:
        for one, other in zip(
            self.wait(self.look(self.memory)), self.wait(self.look(self.file)), strict=True
        ):
            assert one == other


Likeness.TestCase.settings = hypothesis.settings(max_examples=30, stateful_step_count=30)
TestLikeness = Likeness.TestCase
