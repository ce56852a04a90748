from __future__ import annotations

import msgspec

from bgtasks_gui.core import runs, tasks
from bgtasks_gui.store import records
from tests.fakes import samples


class _Shape(msgspec.Struct, frozen=True, kw_only=True):
    sides: list[int] = []
    colour: str = "red"
    name: str


def test_defaults_are_left_out_and_come_back() -> None:
    encode = records.make_encoder(_Shape)
    plain = _Shape(name="line")
    assert encode(plain) == '{"name":"line"}'
    assert msgspec.json.decode(encode(plain), type=_Shape) == plain
    bent = _Shape(name="angle", sides=[1, 2], colour="blue")
    assert msgspec.json.decode(encode(bent), type=_Shape) == bent


def test_fields_can_be_left_out_on_purpose() -> None:
    encode = records.make_encoder(_Shape, "sides")
    assert encode(_Shape(name="angle", sides=[1, 2])) == '{"name":"angle"}'


def test_tasks_and_runs_come_back() -> None:
    task = samples.a_task()
    assert msgspec.json.decode(records.make_encoder(tasks.Task)(task), type=tasks.Task) == task
    run = samples.ended(samples.a_run())
    assert msgspec.json.decode(records.make_encoder(runs.Run)(run), type=runs.Run) == run
