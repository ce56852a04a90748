"""A file as the body of requests, and what answers mean for an upload."""

from __future__ import annotations

from pathlib import Path

import pytest

from bgtasks_gui.core.transfers import Failed
from bgtasks_gui.transfers.uploads.sending import PASSING, answer_words
from tests.faults.support import uploads
from tests.faults.support.owners import Owner
from tests.faults.support.scenarios import WHOLE, make_upload
from tests.faults.support.scripts import redirect, say
from tests.faults.support.server import Server
from tests.transfers.uploads.conftest import CONTENT
from tests.transfers.uploads.test_draft import answer


async def test_the_whole_is_shown_while_it_moves(server: Server, owner: Owner, file: Path) -> None:
    run = owner.start(make_upload(server.on("/up", uploads.take()), file, rate=4_000_000))
    await owner.until(lambda: run.figure is not None and run.figure.message is None)
    assert run.figure is not None
    assert 0 < run.figure.done < len(CONTENT) == run.figure.total
    owner.engine.limit(None, run.run_id)
    WHOLE.check(await run.over())


async def test_headers_go_along(server: Server, owner: Owner, file: Path) -> None:
    url = server.on("/up", uploads.take())
    headers = {"X-Token": "abc", "Content-Type": "text/plain"}
    WHOLE.check(await owner.start(make_upload(url, file, headers=headers)).over())
    named = server.requests[0].named
    assert (named["x-token"], named["content-type"]) == ("abc", "text/plain")
    assert named["content-length"] == str(len(CONTENT))


async def test_the_body_is_sent_again_to_where_it_was_redirected(
    server: Server, owner: Owner, file: Path
) -> None:
    server.on("/there", uploads.take())
    run = owner.start(make_upload(server.on("/up", redirect("/there", 307)), file))
    WHOLE.check(await run.over())
    assert server.asked("/there")[0].received == len(CONTENT)


@pytest.mark.parametrize("status", [*sorted(PASSING), 400, 403, 404, 413, 501])
async def test_what_may_pass(status: int, server: Server, owner: Owner, file: Path) -> None:
    owner.goes_on = False
    outcome = await owner.start(make_upload(server.on("/up", say(status)), file)).over()
    assert isinstance(outcome, Failed)
    assert outcome.is_passing is (status in PASSING)


def test_words() -> None:
    assert answer_words(answer(404)) == "404 Not Found"
    assert answer_words(answer(599)) == "599"
