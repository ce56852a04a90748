"""Kinds are told apart by how their runs come about."""

from __future__ import annotations

import msgspec

from bgtasks_gui.core import kind_ports, processes, runs, tasks


class Payload(msgspec.Struct, frozen=True):
    pass


class Note:
    """A kind that starts no process."""

    name = "note"
    payload_type = Payload
    can_suspend = False

    def describe(self, payload: msgspec.Struct) -> str:
        return "writes something down"

    async def prepared(
        self, payload: msgspec.Struct, spec: tasks.TaskSpec, checker: kind_ports.Checker
    ) -> msgspec.Struct:
        return payload


class Program(Note):
    def process(
        self, payload: msgspec.Struct, task: tasks.Task, run: runs.Run
    ) -> processes.ProcessSpec:
        return processes.CommandProcess(argv=("true",), cwd="/", env={})


def test_only_some_start_a_process() -> None:
    plain: kind_ports.TaskKind = Note()
    assert not isinstance(plain, kind_ports.ProcessKind)
    assert isinstance(Program(), kind_ports.ProcessKind)
