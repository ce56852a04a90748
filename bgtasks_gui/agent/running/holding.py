"""Suspending a run where it stands, and letting it go on."""

from __future__ import annotations

from typing import Protocol

from bgtasks_gui.agent.running import activity
from bgtasks_gui.core import blockers, reasons, runs

_S = runs.RunState


class Host(activity.Host, Protocol):
    """What suspending asks of the runner."""

    def find(self, run_id: str) -> activity.Activity | None: ...


class Holding:
    """Every suspend and resume goes through here, whoever asked."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def suspend(self, run_id: str, reason: reasons.Reason) -> None:
        """Stop the whole tree of a run; one that has not begun does not begin."""
        found = self._host.find(run_id)
        if found is None:
            await self._suspend_unbegun(run_id, reason)
        elif found.identity is None:
            # Its process is being started: it is stopped as soon as it exists.
            found.suspend_wanted = reason
        else:
            async with found.turn:
                run = self._host.ledger.find(run_id)
                if run is not None and run.state is _S.SUSPENDED:
                    await self._suspend_again(run, reason)
                elif run is not None and run.state is _S.RUNNING and await found.signal("stop"):
                    await self._stopped(found, reason)

    async def _suspend_unbegun(self, run_id: str, reason: reasons.Reason) -> None:
        run = self._host.ledger.find(run_id)
        if run is None:
            return
        if run.state is _S.SUSPENDED:
            await self._suspend_again(run, reason)
        else:
            activity.check_watched(run)
            await self._host.ledger.move(run_id, _S.SUSPENDED, reason=reason, waits_for=None)

    async def _suspend_again(self, run: runs.Run, reason: reasons.Reason) -> None:
        """What would go on by itself stays where it is for a reason that does not pass."""
        if run.reason is not None and run.reason.code in blockers.PASSING:
            held_s = activity.held_seconds(run, reason.at) if run.is_alive else run.suspended_s
            await self._host.ledger.amend(run.id, reason=reason, suspended_s=held_s)

    async def _stopped(self, found: activity.Activity, reason: reasons.Reason) -> None:
        run = self._host.ledger.find(found.run_id)
        if run is None or run.state is not _S.RUNNING:
            return
        if found.limits is not None:
            found.limits.pause()
        count = run.suspended_count + 1
        await self._host.ledger.move(run.id, _S.SUSPENDED, reason=reason, suspended_count=count)

    async def resume(self, run_id: str) -> None:
        """Let a suspended run go on; one that had not begun waits for its start again."""
        run, found = self._host.ledger.find(run_id), self._host.find(run_id)
        if found is None:
            if run is not None and run.state is _S.SUSPENDED:
                activity.check_watched(run)
                await self._host.ledger.move(run_id, _S.WAITING, reason=None)
            return
        found.suspend_wanted = None
        async with found.turn:
            run = self._host.ledger.find(run_id)
            is_held = run is not None and run.state is _S.SUSPENDED
            if is_held and await found.signal("continue"):
                await self._continued(found)

    async def _continued(self, found: activity.Activity) -> None:
        run = self._host.ledger.find(found.run_id)
        if run is None or run.state is not _S.SUSPENDED:
            return
        if found.limits is not None:
            found.limits.go_on()
        held_s = activity.held_seconds(run, self._host.clock.now())
        await self._host.ledger.move(run.id, _S.RUNNING, reason=None, suspended_s=held_s)
