from __future__ import annotations

from pathlib import Path

import pytest

from bgtasks_gui.client.commands import Call
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.gui.editor.adding import beginning
from bgtasks_gui.gui.editor.adding.beginning import Wanted
from bgtasks_gui.wire import codec
from tests.gui.fakes import moves
from tests.gui.support import views
from tests.gui.support.stages import Stage

URL = "https://a.example/x.iso"
RUN = f"POST /v1/tasks/{views.task(1).id}/run"
REMOVE = f"DELETE /v1/tasks/{views.task(1).id}"
ONE = Wanted(kind="download", url=URL)


def registering(stage: Stage) -> list[tasks.TaskSpec]:
    """What the agent is asked to register."""
    asked: list[tasks.TaskSpec] = []

    def answer(call: Call[object]) -> object:
        asked.append(codec.decode(call.body, tasks.TaskSpec))
        assert call.query == {"if_exists": "keep_both"}, "others may be called so"
        return moves.task(1)

    stage.way.on("POST /v1/tasks", answer)
    return asked


def test_a_download_for_each_address_and_an_upload_for_each_file() -> None:
    assert beginning.wanted(("a", "b"), ()) == (
        Wanted(kind="download", url="a"), Wanted(kind="download", url="b"),
    )  # fmt: skip
    files = (Path("/a"), Path("/b"))
    assert beginning.wanted(("u",), files) == tuple(
        Wanted(kind="upload", url="u", file=one) for one in files
    )


@pytest.mark.parametrize(
    ("url", "target"),
    [("https://a.example/in/", "https://a.example/in/a%20b"), ("https://a.example/in",) * 2],
)
def test_an_address_with_a_slash_is_a_folder(url: str, target: str) -> None:
    one = Wanted(kind="upload", url=url, file=Path("/home/ada/a b"))
    assert one.payload({"method": "POST"}) == {
        "method": "POST", "url": target, "file": "/home/ada/a b",
    }  # fmt: skip
    assert one.name == "a b"


async def test_it_is_registered_with_its_options_and_run(stage: Stage) -> None:
    asked = registering(stage)
    stage.way.on(RUN, moves.run(1))
    run = await beginning.begin(stage.bridge.client, ONE, {"to": "/tmp/"})
    assert run == moves.run(1)
    [spec] = asked
    assert (spec.name, spec.kind, spec.triggers) == ("x.iso", "download", ())
    assert codec.plain(spec.payload) == {"to": "/tmp/", "url": URL}


async def test_a_task_that_did_not_begin_is_not_left_behind(stage: Stage) -> None:
    registering(stage)
    stage.way.on(RUN, errors.NotPossibleNow("The agent is stopping."))
    stage.way.on(REMOVE, {"id": views.task(1).id, "name": "x.iso", "canceled_runs": []})
    with pytest.raises(errors.NotPossibleNow):
        await beginning.begin(stage.bridge.client, ONE, {})
    assert stage.way.asked[-1] == REMOVE
