from __future__ import annotations

from tests.fakes.scripted_machine import ScriptedMachine


async def test_it_says_what_it_was_told_and_tells_of_changes() -> None:
    machine = ScriptedMachine(battery=31.0)
    assert machine.read(["/data"]).battery == 31.0
    assert machine.asked == ["/data"]
    machine.say(battery=50.0)
    async for _ in machine.changes():
        assert machine.read().battery == 50.0
        break
