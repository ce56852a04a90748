"""The shapes about the agent itself."""

from __future__ import annotations

import msgspec

from bgtasks_gui.wire import codec, system

HEALTH = system.HealthView(
    api=1, version="1.0", pid=7, home="/home", started_at="2026-11-22T15:00:00.000Z", seq=9
)


def test_the_system_comes_back_as_it_was_told() -> None:
    view = system.SystemView(
        health=HEALTH,
        pause=system.PauseView(paused=True, until=None),
        active={"running": 2},
        tasks=3,
        next_wake_at=None,
        facts=(system.FactView(name="supervisor", value="pid 8", ok=True),),
        notices=("The disk is full.",),
    )
    assert codec.decode(codec.encode(view), system.SystemView) == view


def test_a_catalogue_keeps_schemas_as_they_are() -> None:
    entry = system.CatalogEntry(name="n", title="t", schema=msgspec.Raw(b'{"type":"object"}'))
    assert codec.encode(entry) == (
        b'{"name":"n","title":"t","schema":{"type":"object"},"can_suspend":null}'
    )
