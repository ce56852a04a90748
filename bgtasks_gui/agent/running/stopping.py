"""Cancelling a run: asked, given time to clean up, killed with its whole tree if it must be."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol

from bgtasks_gui.agent.line import cancelnotes
from bgtasks_gui.agent.running import activity, finishing
from bgtasks_gui.core import errors, processes, reasons, runs

_S = runs.RunState

#: The longest time that deferrals can stretch a run's grace to.
LONGEST_GRACE: Final = timedelta(seconds=60)
#: How often a tree whose main process has ended is looked at until it is gone, in seconds.
OUTWAIT_INTERVAL_S: Final = 0.1


class Host(activity.Host, Protocol):
    """What cancelling asks of the runner."""

    finishing: finishing.Finishing

    def find(self, run_id: str) -> activity.Activity | None: ...
    def process_ended(self, found: activity.Activity, exit_: processes.Exit) -> None: ...


class Stopping:
    """Every cancel goes through here, whoever asked."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._notes = cancelnotes.CancelNotes(host.home)

    async def cancel(self, run_id: str, reason: reasons.Reason) -> None:
        """Ask a run to end. One that has no process yet is over at once."""
        run, found = self._host.ledger.find(run_id), self._host.find(run_id)
        if run is None or run.state is _S.CANCELING:
            return
        if found is None:
            activity.check_watched(run)
            await self._host.finishing.drop(run, reason)
        elif found.identity is None:
            found.cancel_wanted = found.cancel_wanted or reason
        else:
            await self._cancel(found, reason)

    async def _cancel(self, found: activity.Activity, reason: reasons.Reason) -> None:
        now = self._host.clock.now()
        ends = _stretched(now + found.task.grace, now, now, found.deferral)
        told = self._host.ledger.move(
            found.run_id, _S.CANCELING, reason=reason, grace_ends_at=ends,
            cleaning_up=found.deferral.open > 0,
        )  # fmt: skip
        if found.limits is not None:
            found.limits.stop()
        found.is_asking = True
        try:
            why = cancelnotes.words(reason, (ends - now).total_seconds())
            await self._notes.leave(found.run_id, why)
            # Both at once: the signal must not wait until the function has had its say.
            heard, signalled = await asyncio.gather(
                # `text` is what functions asked for before they were told as much as this.
                self._host.line.tell(found.run_id, {"canceled": why | {"text": reason.detail}}),
                found.signal("terminate"),
            )
            # A function may have heard, cleaned up and returned before the signal came.
            found.terminated = heard or signalled
        except errors.SupervisorLost:
            # What becomes of the run is settled with the next supervisor.
            return
        finally:
            found.is_asking = False
            self._go_on(found)
        if found.exit is not None:
            self._host.process_ended(found, found.exit)
        await told

    def take_over(self, found: activity.Activity, run: runs.Run) -> None:
        """Go on with a cancel that the last agent began."""
        found.terminated = True
        self._arm(found, run.grace_ends_at or self._host.clock.now())

    def _go_on(self, found: activity.Activity) -> None:
        """It was asked to end, so that it may be killed when its time is over."""
        run = self._host.ledger.find(found.run_id)
        is_watched = self._host.find(found.run_id) is found
        if is_watched and run is not None and run.grace_ends_at is not None:
            self._arm(found, run.grace_ends_at)

    def deferred(self, found: activity.Activity, said: activity.Deferral) -> None:
        """A Python function holds deferrals, or gave the last one back (concepts R69)."""
        found.deferral = said
        run = self._host.ledger.find(found.run_id)
        if run is None or run.state is not _S.CANCELING:
            return
        ends = run.grace_ends_at
        if ends is not None and run.reason is not None:
            ends = _stretched(ends, run.reason.at, self._host.clock.now(), said)
            self._arm(found, ends)
        cleaning = said.open > 0
        if (cleaning, ends) != (run.cleaning_up, run.grace_ends_at):
            self._host.ledger.amend(run.id, cleaning_up=cleaning, grace_ends_at=ends)

    async def outwait(self, found: activity.Activity) -> None:
        """The main process has ended within the grace; its tree may still clean up."""
        usage = await found.usage()
        if usage is None or usage.processes == 0:
            assert found.exit is not None
            self._host.finishing.finish(found, found.exit)
        elif not found.forced:
            found.call_later(
                "outwait", OUTWAIT_INTERVAL_S, lambda: self._host.spawn(self.outwait(found))
            )

    def _arm(self, found: activity.Activity, ends: datetime) -> None:
        left_s = (ends - self._host.clock.now()).total_seconds()
        found.call_later("grace", left_s, lambda: self._host.spawn(self._force(found)))

    async def _force(self, found: activity.Activity) -> None:
        found.forced = True
        try:
            # Whatever the request to end found: this did reach it, or it was gone.
            found.terminated |= await found.signal("kill")
        except errors.SupervisorLost:
            return
        if found.exit is not None:
            self._host.finishing.finish(found, found.exit)


def _stretched(
    ends: datetime, asked_at: datetime, now: datetime, said: activity.Deferral
) -> datetime:
    """When the grace of a cancel is over, with the time that open deferrals ask for."""
    if not said.open or said.seconds is None:
        return ends
    # Whatever is asked for beyond that is no time at all.
    wanted = timedelta(seconds=min(said.seconds, LONGEST_GRACE.total_seconds()))
    return max(ends, min(now + wanted, asked_at + LONGEST_GRACE))
