"""May what runs go on? Suspends, cancels and resumes as conditions and the pause say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bgtasks_gui.agent import dispatcher, pause
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import admission, machine, ports, reasons, runs, tasks

_log = logging.getLogger(__name__)
_S = runs.RunState


class Continuance:
    """Looks at everything that runs or stands still, whenever something may have changed.

    `on_wanted(wanted)` says whether any run depends on facts of the machine now.
    """

    def __init__(
        self,
        store: ports.Store,
        hands: runner.Runner,
        paused: pause.Pause,
        desk: dispatcher.Dispatcher,
    ) -> None:
        self._store = store
        self._runner = hands
        self._pause = paused
        self._dispatcher = desk
        self._depending: set[str] = set()
        self.on_wanted: Callable[[bool], None] = lambda wanted: None

    def depend(self, run: runs.Run, task: tasks.Task, situation: admission.Situation) -> None:
        """Watch the machine and the time as long as this run depends on them."""
        if not task.conditions:
            return
        self._depending.add(run.id)
        self.on_wanted(True)
        change = admission.next_change(task, situation)
        if change is not None:
            self._dispatcher.look_again_at(change)

    async def check(self) -> None:
        """Stop what may not go on, go on with what may, and decide over what waits."""
        await self._pause.end_if_over()
        changed = True
        while changed:
            # Once more, since facts may have changed while processes were stopped.
            changed = await self._check_all()
        self._dispatcher.reconsider()

    async def _check_all(self) -> bool:
        """Whether some run changed its state by this."""
        live = self._runner.ledger.live()
        self._depending &= {run.id for run in live}
        if not self._depending:
            self.on_wanted(False)
        acting: dict[asyncio.Future[None], runs.Run] = {}
        for run in live:
            try:
                action = await self._act(run)
            except Exception:
                # One run that cannot be judged must not keep the others as they are.
                _log.exception("a run was not looked at", extra={"run_id": run.id})
                continue
            if action is not None:
                acting[action] = run
        await asyncio.gather(*acting, return_exceptions=True)
        return any(_has_moved(run, self._runner.ledger.find(run.id)) for run in acting.values())

    async def _act(self, run: runs.Run) -> asyncio.Future[None] | None:
        """What is done with this run now, if anything."""
        task = await self._store.task(run.task_id)
        if task is None:
            return None
        facts = await self._dispatcher.look(task)
        current = self._runner.ledger.find(run.id)
        return None if current is None else self._check(current, task, facts)

    def _check(
        self, run: runs.Run, task: tasks.Task, facts: machine.MachineState
    ) -> asyncio.Future[None] | None:
        if run.state not in {_S.RUNNING, _S.SUSPENDED}:
            return None
        situation = self._dispatcher.situation(task, facts)
        self.depend(run, task, situation)
        if admission.regained(task, situation, run):
            return self._runner.resume(run.id)
        reason = admission.lost(task, situation, run)
        if reason is None:
            return None
        if task.stop_on_condition_loss is tasks.ConditionLoss.CANCEL:
            return self._runner.cancel(run.id, reason)
        if run.state is _S.SUSPENDED and (situation.is_paused or not _was_paused(run)):
            return None
        # Also where a pause is over, and now something else keeps the run.
        return self._runner.suspend(run.id, reason)


def _was_paused(run: runs.Run) -> bool:
    return run.reason is not None and run.reason.code is reasons.Code.PAUSED


def _has_moved(before: runs.Run, now: runs.Run | None) -> bool:
    return now is None or now.state is not before.state
