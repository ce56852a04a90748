from __future__ import annotations

import msgspec

from bgtasks_gui.agent.running.transfers.conveyance import Conveyance
from bgtasks_gui.core import transfers
from tests.agent.support.embedded import Embedded
from tests.core.samples import NOW, make_task

RECORD = transfers.Record(url="https://example.org/a", failures=3)


def make(agent: Embedded) -> Conveyance:
    return Conveyance(agent.agent.runner, "1", make_task(kind="download"), 20)


async def test_what_the_engine_does_not_know_is_kept_with_its_record(agent: Embedded) -> None:
    found = make(agent)
    assert found.with_wishes(RECORD) == RECORD
    found.rate = 4096
    found.wishes.address = "https://example.org/b"
    record = found.with_wishes(RECORD)
    assert (record.url, record.rate, record.failures) == ("https://example.org/b", 4096, 0)


async def test_only_what_people_read_in_a_receipt_is_news(agent: Embedded) -> None:
    found = make(agent)
    assert not found.is_news(transfers.Receipt())
    attempts = (transfers.Attempt(at=NOW, url="https://example.org/a"),)
    began = transfers.Receipt(attempts=attempts)
    assert found.is_news(began)
    assert not found.is_news(msgspec.structs.replace(began, moved=100, active_s=1.0))
    assert found.is_news(msgspec.structs.replace(began, notes=("the server is odd",)))


async def test_a_rate_chosen_for_the_run_takes_the_place_of_the_tasks(agent: Embedded) -> None:
    found = make(agent)
    spec = transfers.DownloadSpec(url="https://example.org/a", method="GET", to="/a", rate=5000)
    assert found.at_rate(spec, None) == spec
    assert found.at_rate(spec, 9000).rate == 9000
    assert found.at_rate(spec, 0).rate is None
    assert found.rate == 0
