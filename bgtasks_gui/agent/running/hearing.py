"""What the supervisor tells of a run, and what a worker says through it."""

from __future__ import annotations

import logging
from typing import Protocol

import msgspec

from bgtasks_gui.agent.line import supervision
from bgtasks_gui.agent.running import activity, stopping
from bgtasks_gui.core import processes, progress
from bgtasks_gui.wire import codec

_log = logging.getLogger(__name__)


class Host(activity.Host, Protocol):
    """What is asked of the runner."""

    stopping: stopping.Stopping

    def find(self, run_id: str) -> activity.Activity | None: ...
    def process_ended(self, found: activity.Activity, exit_: processes.Exit) -> None: ...
    def forget(self, run_id: str) -> None: ...


class Hearing:
    """Brings every event to the run it is about."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def hear(self, message: codec.JsonObject) -> None:
        run_id = message["run"]
        found = self._host.find(run_id)
        if found is None:
            if message["event"] == "exited" and self._host.ledger.find(run_id) is None:
                self._host.forget(run_id)
        elif found.identity is None:
            # It overtook the answer to "start".
            found.early.append(message)
        else:
            try:
                self._hear_of(found, message)
            except Exception:
                # A bug of ours with one run must not cut the line for all others.
                _log.exception("an event was not dealt with", extra={"run_id": run_id})

    def _hear_of(self, found: activity.Activity, message: codec.JsonObject) -> None:
        match message["event"]:
            case "output":
                found.printed(message["total"], message.get("lost", 0))
            case "message":
                self.hear_worker(found, message["message"])
            case "exited":
                self._host.process_ended(found, supervision.exit_of(message))

    def hear_worker(self, found: activity.Activity, said: codec.JsonObject) -> None:
        try:
            word = msgspec.convert(said, activity.WorkerWord)
        except msgspec.ValidationError:
            _log.warning("a worker said something odd", extra={"run_id": found.run_id})
            return
        if word.type == "progress" and word.done is not None:
            found.came_to(
                progress.Progress(
                    done=word.done, total=word.total, unit=word.unit, message=word.message
                )
            )
        elif word.type == "deferral":
            deferral = activity.Deferral(open=word.open, seconds=word.seconds)
            self._host.stopping.deferred(found, deferral)
