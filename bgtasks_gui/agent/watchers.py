"""Event triggers: hears signals, finds the tasks that listen, asks for their runs."""

from __future__ import annotations

import logging

from bgtasks_gui.agent import dispatcher
from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.core import ports, runs, tasks
from bgtasks_gui.wire import codec

_log = logging.getLogger(__name__)

BOOT_FACT = "boot_id"


class Watchers:
    """Turns signals into firings."""

    def __init__(self, store: ports.Store, catalog: Catalog, desk: dispatcher.Dispatcher) -> None:
        self._store = store
        self._catalog = catalog
        self._dispatcher = desk
        #: Triggers that fire once in the life of an agent and have.
        self._silent: set[tuple[str, int]] = set()

    async def started(self, boot_id: str, last_boot_id: str | None) -> list[runs.Run]:
        """The agent has started."""
        details = codec.raw({"first_since_boot": boot_id != last_boot_id})
        return await self.hear(ports.Signal(topic="startup", details=details))

    async def ended(self, run: runs.Run) -> list[runs.Run]:
        """A run has ended."""
        details = codec.raw({"run_id": run.id, "task_id": run.task_id, "state": run.state})
        signal = ports.Signal(topic=f"after:{run.task_id}", details=details, run=run)
        return await self.hear(signal)

    async def raised(self, event: str, data: codec.JsonObject) -> list[runs.Run]:
        """Somebody raised an event by name; its data are the arguments of the runs."""
        details = codec.raw(data)
        return await self.hear(ports.Signal(topic=f"event:{event}", details=details))

    async def hear(self, signal: ports.Signal) -> list[runs.Run]:
        """The runs that a signal asks for."""
        asked = []
        for listener in await self._store.listeners(signal.topic):
            try:
                run = await self._tell(listener, signal)
            except Exception:
                # One task that cannot be read must not keep the others from hearing.
                _log.exception("a task did not hear", extra={"task_id": listener.task_id})
                continue
            if run is not None:
                asked.append(run)
        return asked

    async def _tell(self, listener: tasks.Listener, signal: ports.Signal) -> runs.Run | None:
        task = await self._store.task(listener.task_id)
        if task is None or not task.is_scheduled or listener.position >= len(task.triggers):
            return None
        return await self._fire(task, listener.position, signal)

    async def _fire(self, task: tasks.Task, position: int, signal: ports.Signal) -> runs.Run | None:
        trigger = self._catalog.trigger(task.triggers[position])
        key = (task.id, position)
        if not isinstance(trigger, ports.EventTrigger):
            # The task was changed while it was being told.
            return None
        if key in self._silent or not trigger.matches(signal):
            return None
        if trigger.fires_once:
            self._silent.add(key)
        kind = codec.plain(task.triggers[position])["type"]
        is_raised = signal.topic.startswith("event:")
        firing = runs.Firing(
            type=kind,
            position=position,
            details=signal.details,
            arguments=signal.details if is_raised else runs.NOTHING,
        )
        return await self._dispatcher.fire(task, firing)
