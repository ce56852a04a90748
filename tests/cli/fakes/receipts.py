"""A download and how its file was put together, half-way."""

from __future__ import annotations

import msgspec

from bgtasks_gui.wire import receipts, shapes
from tests.cli.fakes import views

MIB = 1 << 20
PART = "/tmp/disc.iso.part"


def receipt(**changes: object) -> receipts.ReceiptView:
    attempt = receipts.AttemptView(
        at=views.AT, url="https://a.example/disc.iso", status=200, first=0, last=34 * MIB,
        validator='"one"', end="stopped",
    )  # fmt: skip
    known = receipts.ReceiptView(
        url="https://a.example/disc.iso", path="/tmp/disc.iso", part=PART, length=100 * MIB,
        done=34 * MIB, offsets=((0, 34 * MIB),), etag='"one"', modified=None, can_resume=True,
        attempts=(attempt,), attempts_left_out=0, again=(), again_left_out=0, moved=34 * MIB,
        active_s=17.0, suspended_s=0.0, mean_speed=2.0 * MIB, connections=1, checked=None,
        notes=(),
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def run(**changes: object) -> shapes.RunView:
    return views.run(**({"task_name": "disc.iso", "kind": "download", "pid": None} | changes))


def completed(**changes: object) -> shapes.RunView:
    whole = receipt(
        done=100 * MIB, part=None, offsets=((0, 100 * MIB),), mean_speed=8.1 * MIB,
        checked="its sha256 is as expected",
    )  # fmt: skip
    known = {
        "task_name": "disc.iso", "kind": "download", "receipt": whole, "exit_code": None,
        "result": {"path": "/tmp/disc.iso", "bytes": 100 * MIB},
    }  # fmt: skip
    return views.ended(**(known | changes))
