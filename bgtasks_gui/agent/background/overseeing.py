"""Sees to it that continuous tasks do what they declare, and that nobody sends them to sleep."""

from __future__ import annotations

import contextlib
from typing import Final

from bgtasks_gui.agent import bus
from bgtasks_gui.agent.background import checking, conducting, delaying, holds, trees
from bgtasks_gui.agent.running import runner
from bgtasks_gui.core import errors, events, reasons, runs
from bgtasks_gui.core.background import continuous
from bgtasks_gui.core.notices import figures
from bgtasks_gui.machine import inhibitor, modes
from bgtasks_gui.wire import shapes

_S = runs.RunState
_AWAKE: Final[inhibitor.What] = "sleep:shutdown"
#: The unit of a progress whose rate is a speed of transfer.
_BYTES: Final = "bytes"
#: What a transfer says while it works without moving bytes: a large file is checked for long.
_OTHERWISE: Final = frozenset({"checking", "finishing"})


class Overseeing:
    """Between continuous tasks and their checks, and between both, suspend delays and holds.

    What its modes are not used for is ended; so is all of a program that does other work than it
    declared. A run that does not work, as it is suspended or about to end, is not judged.
    """

    def __init__(
        self,
        hub: bus.Bus,
        hands: runner.Runner,
        conductor: conducting.Conducting,
        delayer: delaying.Delaying,
        holding: holds.Holds,
        look: checking.Look = modes.look,
    ) -> None:
        self._bus = hub
        self._runner = hands
        self._conducting = conductor
        self._delaying = delayer
        self._holds = holding
        self._trees = trees.Trees(hands.clock)
        self._checking = checking.Checking(hands.clock, look, self._unused, self._misused)
        self._subscription: bus.Subscription | None = None
        self._going: dict[int, continuous.ContinuousTask] = {}
        #: By run: its continuous tasks, and how far it was when it was told last.
        self._of_run: dict[str, set[int]] = {}
        self._done: dict[str, int | float] = {}
        #: Names of the holds of suspend delays.
        self._delays: frozenset[str] = frozenset()

    def restore(self) -> None:
        """Watch over what goes on, and from now on over what changes of it.

        To be called once `Conducting` and `Delaying` are restored.
        """
        self._subscription = self._bus.subscribe(
            self._hear, (events.ContinuousChanged, events.RunEvent, events.RunProgressed)
        )
        for task in self._conducting.going():
            self._open(task)
        self._delaying.on_changed = self._hold_for_delays
        self._hold_for_delays()

    async def close(self) -> None:
        """Watch no more. The holds stay until they are closed."""
        if self._subscription is not None:
            self._subscription.close()
        await self._checking.close()

    def checks_of(self, continuous_id: int) -> tuple[shapes.ModeCheckView, ...]:
        """What was found of the use of its modes, in the order they were declared."""
        return tuple(
            shapes.ModeCheckView(mode=mode.value, used=found.used, sentence=found.sentence)
            for mode, found in self._checking.findings(continuous_id).items()
        )

    # What is told

    def _hear(self, event: events.AnyEvent) -> None:
        if isinstance(event, events.RunProgressed):
            self._ran_on(event)
        elif isinstance(event, events.RunEvent):
            for number in self._of_run.get(event.run.id, ()):
                self._settle(self._going[number], event.run)
        elif isinstance(event, events.ContinuousChanged):
            self._hear_of(event)

    def _hear_of(self, event: events.ContinuousChanged) -> None:
        task = event.task
        match event.what:
            case "started":
                self._open(task)
            case "updated":
                self._going[task.id] = task
                self._checking.changed(task.id, task.modes)
                self._settle(task, self._run_of(task))
            case "progressed":
                self._said(task)
            case "stopped" | "canceled":
                self._close(task)

    def _open(self, task: continuous.ContinuousTask) -> None:
        run = self._run_of(task)
        self._going[task.id] = task
        if task.run_id is not None:
            self._of_run.setdefault(task.run_id, set()).add(task.id)
        if run is not None and run.progress is not None:
            self._done.setdefault(run.id, run.progress.done)
        self._checking.opened(
            task.id, task.modes, lambda: self._trees.pids_of(self._run_of(task))
        )  # fmt: skip
        self._settle(task, run)

    def _close(self, task: continuous.ContinuousTask) -> None:
        self._going.pop(task.id, None)
        self._checking.closed(task.id)
        self._holds.release(_name(task))
        if task.run_id is not None:
            others = self._of_run.get(task.run_id, set())
            others.discard(task.id)
            if not others:
                self._of_run.pop(task.run_id, None)
                self._done.pop(task.run_id, None)

    def _settle(self, task: continuous.ContinuousTask, run: runs.Run | None) -> None:
        """Judge it while its run works, and keep the computer awake unless that is suspended."""
        self._checking.held(task.id, run is not None and not _is_to_be_judged(run))
        if task.keeps_awake and (run is None or run.state is not _S.SUSPENDED):
            self._holds.take(
                _name(task), _AWAKE, f"{figures.line(task.title)}: {figures.line(task.text)}"
            )
        else:
            self._holds.release(_name(task))

    # Progress

    def _ran_on(self, event: events.RunProgressed) -> None:
        """A run told how far it is; only where that is another figure it got further."""
        numbers = self._of_run.get(event.run_id)
        if numbers is None:
            return
        run, figure = self._runner.ledger.find(event.run_id), event.progress
        for number in numbers:
            self._settle(self._going[number], run)
        if self._done.get(event.run_id, 0) != figure.done:
            self._done[event.run_id] = figure.done
            rate = figure.rate if figure.unit == _BYTES else None
            for number in numbers:
                self._checking.progressed(number, rate)

    def _said(self, task: continuous.ContinuousTask) -> None:
        """A program told how far it is; with its run, that counts for all that the run has."""
        before, self._going[task.id] = self._going[task.id], task
        if _figure(before) != _figure(task):
            for number in self._of_run.get(task.run_id or "", {task.id}):
                self._checking.progressed(number)

    # What checks find

    def _unused(self, continuous_id: int, code: reasons.Code, detail: str) -> None:
        self._runner.spawn(self._cancel(continuous_id, code, detail))

    def _misused(self, continuous_id: int, detail: str) -> None:
        owner = self._going[continuous_id].owner
        if owner:
            self._runner.spawn(self._conducting.misused(owner, detail))
        else:
            # A person has many programs; the others did nothing.
            self._runner.spawn(self._cancel(continuous_id, reasons.Code.MODE_MISUSE, detail))

    async def _cancel(self, continuous_id: int, code: reasons.Code, detail: str) -> None:
        reason = reasons.make(code, self._runner.clock.now(), detail)
        # It may be over by itself.
        with contextlib.suppress(errors.NotFound):
            await self._conducting.cancel(continuous_id, reason)

    # Suspend delays

    def _hold_for_delays(self) -> None:
        """Keep the computer awake for each that is open, and no longer."""
        opened = {
            f"delay {delay.id}": (
                f"{figures.line(delay.owner)} asked for time to finish: "
                f"{figures.line(delay.reason)}"
            )
            for budget in self._delaying.overview()
            for delay in budget.open
        }
        for name in self._delays - opened.keys():
            self._holds.release(name)
        for name, why in opened.items():
            self._holds.take(name, _AWAKE, why)
        self._delays = frozenset(opened)

    # Inside

    def _run_of(self, task: continuous.ContinuousTask) -> runs.Run | None:
        return None if task.run_id is None else self._runner.ledger.find(task.run_id)


def _is_to_be_judged(run: runs.Run) -> bool:
    """Whether its work goes on, and shows in figures where it has any."""
    is_otherwise_busy = (
        run.transfer is not None
        and run.progress is not None
        and run.progress.message in _OTHERWISE
    )  # fmt: skip
    return run.state is _S.RUNNING and not is_otherwise_busy


def _name(task: continuous.ContinuousTask) -> str:
    return f"continuous {task.id}"


def _figure(task: continuous.ContinuousTask) -> tuple[str, int] | None:
    said = task.transferred
    return None if said is None else (said.file_name, said.value)
