"""Downloads and uploads as the agent tells of them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from bgtasks_gui.wire import codec, shapes
from tests.gui.support import views

MIB = 1 << 20
URL = "https://downloads.example.org/isos/debian-12.iso?token=1"


def payload(**members: object) -> msgspec.Raw:
    return codec.raw(members)


def task(number: int = 1, kind: str = "download", **changes: object) -> shapes.TaskView:
    """A task that moves a file."""
    members: dict[str, object] = {"url": URL, "to": "/home/ada/Downloads/"}
    if kind == "upload":
        members = {"url": "https://files.example.org/in/", "file": "/home/ada/report.pdf"}
    known = {"kind": kind, "payload": payload(**members), "name": f"file {number}"}
    return views.task(number, **(known | changes))


def run(
    number: int = 1, state: str = "running", of: shapes.TaskView | None = None, **changes: object
) -> shapes.RunView:
    """A run of it."""
    of = of or task()
    return views.run(number, state, of, **({"kind": of.kind} | changes))


def moving(done: float, total: float | None = 100 * MIB, **changes: object) -> shapes.ProgressView:
    known = {"unit": "bytes", "rate": 2.0 * MIB, "eta": 40.0}
    return views.progress(done, total, **(known | changes))


def expired() -> shapes.ReasonView:
    """The address is good for nothing any more."""
    return views.reason(
        "Suspended by the system: it needs a new address (the server answered 403).",
        code="address_expired", actor="system", remedy="New address", remedy_action="address",
        detail="the server answered 403",
    )  # fmt: skip


def receipt(**changes: object) -> shapes.ReceiptView:
    """One attempt that got half of it."""
    known = shapes.ReceiptView(
        url=URL, path="/home/ada/Downloads/debian-12.iso",
        part="/home/ada/Downloads/debian-12.iso.part", length=100 * MIB, done=50 * MIB,
        offsets=((0, 30 * MIB), (50 * MIB, 70 * MIB)), etag='"abc"', modified=None,
        can_resume=True, attempts=(attempt(),), attempts_left_out=0, again=(), again_left_out=0,
        moved=50 * MIB, active_s=25.0, suspended_s=0.0, mean_speed=2.0 * MIB, connections=2,
        checked=None, notes=(),
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


def attempt(**changes: object) -> object:
    known = shapes.receipts.AttemptView(
        at=views.stamp(0), url="https://downloads.example.org/isos/debian-12.iso", status=200,
        first=0, last=50 * MIB, validator='"abc"', end=None,
    )  # fmt: skip
    return msgspec.structs.replace(known, **changes)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what a download can be told."""

    url: Annotated[str, Meta(title="Address")]
    to: Annotated[
        str,
        Meta(
            title="Folder or file",
            description="Empty is the folder for downloads.",
            extra_json_schema={"format": "folder"},
        ),
    ] = ""
    checksum: Annotated[str, Meta(title="Checksum")] = ""
    rate: Annotated[
        int | None, Meta(title="Speed at most", extra_json_schema={"format": "size"})
    ] = None
    segments: Annotated[int, Meta(title="Connections", ge=0, le=16)] = 0


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what an upload can be told."""

    file: Annotated[str, Meta(title="File")]
    url: Annotated[str, Meta(title="Address")]
    method: Annotated[str, Meta(title="Method")] = "PUT"


def catalog() -> shapes.CatalogView:
    """A catalogue that knows how files are moved, and nothing else."""
    kinds = tuple(
        shapes.CatalogEntry(
            name=name, title=name.title(), schema=codec.raw(msgspec.json.schema(payload))
        )
        for name, payload in (("download", Options), ("upload", Sending))
    )
    return shapes.CatalogView(
        kinds=kinds, triggers=(), conditions=(), reasons=(), task=codec.raw({})
    )
