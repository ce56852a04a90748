"""Runs that outlived the last agent: taken over, ended as they ended, or never begun."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from bgtasks_gui.agent.line import supervision
from bgtasks_gui.agent.running import activity, runner
from bgtasks_gui.core import ports, processes, runs, tasks
from bgtasks_gui.supervisor.children import processes as table

_log = logging.getLogger(__name__)
_S = runs.RunState

#: How often a process that no supervisor watches is looked for, in seconds.
ORPHAN_INTERVAL_S: Final = 1.0


class Adoption:
    """Matches what the store, the supervisor and the machine say of open runs.

    A run is taken over only when pid, start time and boot agree (wishes W14), and is never
    started a second time.
    """

    def __init__(self, store: ports.Store, hands: runner.Runner) -> None:
        self._store = store
        self._runner = hands

    async def adopt(self, known: Iterable[supervision.Known]) -> None:
        """Settle every open run; those that had not begun are left to the dispatcher."""
        by_run = {entry.run: entry for entry in known}
        for run in self._runner.ledger.live():
            if not self._runner.is_busy(run.id):
                await self._settle(run, self._taken(run, by_run))
        self._drop_strangers(by_run)
        self._runner.go_on()

    def _taken(
        self, run: runs.Run, by_run: dict[str, supervision.Known]
    ) -> supervision.Known | None:
        entry = by_run.get(run.id)
        if entry is None or _is_of_earlier_attempt(run, entry):
            # What stays with the others is forgotten together with them.
            return None
        return by_run.pop(run.id)

    async def _settle(self, run: runs.Run, known: supervision.Known | None) -> None:
        task = await self._store.task(run.task_id) or _stand_in(run)
        if known is not None:
            run = await self._as_running(run, known)
            self._runner.adopt(run, task, known)
        elif run.process is None:
            # Never began, or is a transfer: it waits for the dispatcher like any other.
            self._runner.transfers.take_up(run)
            return
        elif _is_alive(run.process):
            _log.warning("a run lost its supervisor", extra={"run_id": run.id})
            self._runner.adopt(run, task, None)
            self._watch_orphan(run.id)
        else:
            self._runner.finishing.vanish(run, _why_gone(run.process))
        self._match_process(run.id)

    async def _as_running(self, run: runs.Run, known: supervision.Known) -> runs.Run:
        """The last agent died between the start and storing it: it has begun all the same."""
        if run.is_alive and run.process == known.identity:
            return run
        ledger, now = self._runner.ledger, self._runner.clock.now()
        if run.is_alive:
            return await ledger.amend(run.id, process=known.identity)
        return await ledger.move(
            run.id, _S.RUNNING, process=known.identity, waits_for=None, reason=None, retry_at=None,
            started_at=run.started_at or now, attempt_started_at=now,
        )  # fmt: skip

    def _match_process(self, run_id: str) -> None:
        """The last agent died between stopping or continuing a process and storing it."""
        run, found = self._runner.ledger.find(run_id), self._runner.find(run_id)
        if run is None or run.process is None or found is None:
            return
        process = table.look_at(run.process.pid)
        is_stopped = process is not None and process.state in "Tt"
        if run.state is _S.SUSPENDED and not is_stopped:
            self._runner.spawn(_signal(found, "stop"))
        elif run.state is _S.RUNNING and is_stopped:
            self._runner.spawn(_signal(found, "continue"))

    def _watch_orphan(self, run_id: str) -> None:
        found = self._runner.find(run_id)
        if found is not None:
            found.call_later("orphan", ORPHAN_INTERVAL_S, lambda: self._look_for(run_id))

    def _look_for(self, run_id: str) -> None:
        run, found = self._runner.ledger.find(run_id), self._runner.find(run_id)
        if run is None or run.process is None or found is None:
            return
        if _is_alive(run.process):
            self._watch_orphan(run_id)
        elif run.state is _S.CANCELING and found.terminated:
            now_ms = int(self._runner.clock.now().timestamp() * 1000)
            exit_ = processes.Exit(exit_code=None, signal=None, at=now_ms)
            self._runner.finishing.finish(found, exit_)
        else:
            why = "the process that watched it was killed, so nobody saw how it ended"
            self._runner.finishing.vanish(run, why)

    def _drop_strangers(self, unknown: dict[str, supervision.Known]) -> None:
        """Exits that are dealt with already: the last agent could not say so any more."""
        ended = [run_id for run_id, entry in unknown.items() if entry.exit is not None]
        self._runner.line.forget(ended)
        for run_id, entry in unknown.items():
            if entry.exit is None:
                _log.error(
                    "the supervisor runs what nobody asked for (pid %d)", entry.identity.pid,
                    extra={"run_id": run_id},
                )  # fmt: skip


async def _signal(found: activity.Activity, action: supervision.Action) -> None:
    await found.signal(action)


def _is_of_earlier_attempt(run: runs.Run, known: supervision.Known) -> bool:
    """Whether this is the exit of an attempt that is stored as failed already.

    The next one cannot have begun before its time.
    """
    if known.exit is None or run.process is not None or run.retry_at is None:
        return False
    return known.exit.at <= int(run.retry_at.timestamp() * 1000)


def _is_alive(who: processes.Identity) -> bool:
    if who.boot_id != table.boot_id():
        return False
    found = table.look_at(who.pid)
    return found is not None and found.start_ticks == who.start_ticks and found.is_alive


def _why_gone(process: processes.Identity) -> str:
    if process.boot_id != table.boot_id():
        return "the computer was switched off or restarted"
    return "its process is gone and nobody saw it end"


def _stand_in(run: runs.Run) -> tasks.Task:
    """The task of a run whose task was removed meanwhile: without limits of its own."""
    return tasks.Task(
        id=run.task_id,
        name=run.task_name,
        kind=run.kind,
        payload=runs.NOTHING,
        registered_at=run.triggered_at,
        updated_at=run.triggered_at,
    )


def own_boot_id() -> str:
    """The boot this agent lives in."""
    return table.boot_id()
