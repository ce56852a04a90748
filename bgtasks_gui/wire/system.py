"""The JSON shapes about the agent itself: its health, the machine, the catalogue, the pause."""

from __future__ import annotations

import msgspec


class PauseView(msgspec.Struct, frozen=True, kw_only=True):
    paused: bool
    #: null while paused: until somebody resumes.
    until: str | None


class HealthView(msgspec.Struct, frozen=True, kw_only=True):
    api: int
    version: str
    pid: int
    home: str
    started_at: str
    #: Sequence number of the newest event.
    seq: int


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    value: str
    ok: bool


class SystemView(msgspec.Struct, frozen=True, kw_only=True):
    health: HealthView
    pause: PauseView
    #: Runs by state that have not ended.
    active: dict[str, int]
    tasks: int
    next_wake_at: str | None
    facts: tuple[FactView, ...]
    #: What the person should know: a database set aside, a full disk.
    notices: tuple[str, ...]


class ReasonEntry(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    actor: str
    sentence: str
    remedy: str | None
    remedy_action: str | None
    windows: int | None
    ohos: int | None


class CatalogEntry(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    #: JSON Schema (2020-12) of its parameters.
    schema: msgspec.Raw
    can_suspend: bool | None = None


class CatalogView(msgspec.Struct, frozen=True, kw_only=True):
    kinds: tuple[CatalogEntry, ...]
    triggers: tuple[CatalogEntry, ...]
    conditions: tuple[CatalogEntry, ...]
    reasons: tuple[ReasonEntry, ...]
    #: JSON Schema of a whole registration.
    task: msgspec.Raw


class StoppingView(msgspec.Struct, frozen=True, kw_only=True):
    stopping: bool
    #: Runs that go on under the supervisor.
    left_running: int
