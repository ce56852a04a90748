"""The JSON of a receipt: how the file of a download or upload was put together."""

from __future__ import annotations

import msgspec


class AttemptView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    at: str
    url: str
    status: int | None
    #: Bytes that were there when it began, and when it ended.
    first: int
    last: int
    validator: str | None
    end: str | None


class AgainView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    start: int
    end: int
    why: str


class ReceiptView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the file of a download or upload was put together."""

    #: The address in force, without a password; where the file is or will be.
    url: str
    path: str | None
    #: Where the bytes are kept meanwhile.
    part: str | None
    length: int | None
    #: Bytes that are safe, and the offsets up to which each range of the file is.
    done: int
    offsets: tuple[tuple[int, int], ...]
    etag: str | None
    modified: str | None
    can_resume: bool | None
    attempts: tuple[AttemptView, ...]
    attempts_left_out: int
    again: tuple[AgainView, ...]
    again_left_out: int
    moved: int
    active_s: float
    suspended_s: float
    #: Bytes a second, over the time it was moving.
    mean_speed: float | None
    connections: int
    checked: str | None
    notes: tuple[str, ...]
