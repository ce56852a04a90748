"""A task, a run and a time to begin a test with; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from bgtasks_gui.core import admission, ids, machine, processes, reasons, runs, tasks

#: A Tuesday; 14:00 in Berlin.
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
IDENTITY = processes.Identity(pid=4242, start_ticks=99, boot_id="boot")


def run_id(number: int = 1) -> str:
    return ids.make_id(int(NOW.timestamp() * 1000) + number, 0)


def make_spec(**fields: object) -> tasks.TaskSpec:
    base = {"name": "backup", "kind": "command", "payload": msgspec.Raw(b'{"argv": ["true"]}')}
    return tasks.TaskSpec(**(base | fields))


def make_task(**fields: object) -> tasks.Task:
    base = {
        "name": "backup",
        "kind": "command",
        "payload": msgspec.Raw(b'{"argv": ["true"]}'),
        "id": run_id(0),
        "registered_at": NOW,
        "updated_at": NOW,
    }
    return tasks.Task(**(base | fields))


def make_firing(**fields: object) -> runs.Firing:
    return runs.Firing(**({"type": "interval", "position": 0} | fields))


def make_run(number: int = 1, state: str = "pending", **fields: object) -> runs.Run:
    """A run; one that is running, suspended or canceling has a process unless told otherwise."""
    base: dict[str, object] = {
        "id": run_id(number),
        "task_id": run_id(0),
        "task_name": "backup",
        "kind": "command",
        "state": runs.RunState(state),
        "triggered_at": NOW - MINUTE,
        "firing": make_firing(),
    }
    if state in ("running", "suspended", "canceling"):
        base |= {"started_at": NOW - MINUTE, "process": IDENTITY}
    return runs.Run(**(base | fields))


def make_reason(code: str = "user_suspend", **fields: object) -> reasons.Reason:
    made = reasons.make(reasons.Code(code), NOW)
    return msgspec.structs.replace(made, **fields)


def make_situation(**fields: object) -> admission.Situation:
    base: dict[str, object] = {
        "now": NOW,
        "machine": machine.MachineState(),
        "active": (),
        "load": admission.Load(running=0, limit=3),
    }
    return admission.Situation(**(base | fields))
