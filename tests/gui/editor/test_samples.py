from __future__ import annotations

import sys

from bgtasks_gui import paths
from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor import samples


def test_placeholders_are_filled_in() -> None:
    found = samples.load(paths.find_resources())
    assert len({spec.name for spec in found}) == len(found) >= 5
    whole = b"".join(bytes(spec.payload) for spec in found).decode()
    assert "{" + "samples}" not in whole
    assert sys.executable in whole


async def test_every_sample_is_accepted(agent_client: Client) -> None:
    for spec in samples.load(paths.find_resources()):
        task = await agent_client(commands.register_task(spec))
        assert (task.name, task.warnings) == (spec.name, ())
