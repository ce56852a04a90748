from __future__ import annotations

from collections.abc import Iterator

import pytest

from bgtasks_gui.cli.transfers import fetching, telling
from bgtasks_gui.client import blocking, connect
from bgtasks_gui.core import errors, reasons
from bgtasks_gui.core.runs import RunState
from tests.cli.fakes import receipts, views
from tests.cli.fakes.scripted_agent import Script, ScriptedAgent

S = RunState
RUN = views.RUN_ID
SHOW, SUSPEND, CANCEL = (
    f"GET /v1/runs/{RUN}", f"POST /v1/runs/{RUN}/suspend", f"POST /v1/runs/{RUN}/cancel"
)  # fmt: skip
EXPIRED = views.reason("It needs a new address.", code=str(reasons.Code.ADDRESS_EXPIRED))


@pytest.fixture
def client(agent: ScriptedAgent) -> Iterator[blocking.BlockingClient]:
    agent.on("GET /v1/health", views.health())
    agent.on(SHOW, receipts.run())
    with connect() as one:
        yield one


def test_to_its_end(
    client: blocking.BlockingClient, agent: ScriptedAgent, capsys: pytest.CaptureFixture[str]
) -> None:
    figure = views.progress(50, 100, unit="bytes")
    agent.stream(
        views.event(8, "run_progressed", run_id=RUN, progress=figure),
        views.event(9, "run_suspended", run=receipts.run(
            state=S.SUSPENDED, reason=views.reason("Suspended by you.")
        )),
        views.event(10, "run_finished", run=receipts.completed()),
    )  # fmt: skip
    ended = fetching.fetch(client, receipts.run(), telling.FewLines())
    assert ended == receipts.completed()
    assert capsys.readouterr().err == "disc.iso: suspended by you.\n"


def test_until_it_needs_another_address(
    client: blocking.BlockingClient, agent: ScriptedAgent
) -> None:
    held = receipts.run(state=S.SUSPENDED, reason=EXPIRED)
    agent.stream(views.event(8, "run_suspended", run=held))
    assert fetching.fetch(client, receipts.run(), telling.FewLines()) == held


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"state": S.SUSPENDED, "reason": EXPIRED}, True),
        ({"state": S.WAITING, "reason": EXPIRED}, False),
        ({"state": S.SUSPENDED, "reason": views.reason("Suspended by you.")}, False),
        ({"state": S.SUSPENDED}, False),
    ],
)
def test_what_only_a_person_can_lift(changes: dict[str, object], needs: bool) -> None:
    assert fetching.needs_person(receipts.run(**changes)) is needs


def test_stopping_suspends(client: blocking.BlockingClient, agent: ScriptedAgent) -> None:
    agent.on(SUSPEND, receipts.run(state=S.SUSPENDED))
    assert fetching.stop(client, receipts.run()).state is S.SUSPENDED


def test_stopping_twice_cancels(client: blocking.BlockingClient, agent: ScriptedAgent) -> None:
    class Impatient:
        """A client whose person presses Ctrl-C again while it suspends."""

        def __call__(self, call: object) -> object:
            if getattr(call, "path", "").endswith("/suspend"):
                raise KeyboardInterrupt
            return client(call)  # type: ignore[arg-type]

        events = client.events

    agent.on(CANCEL, receipts.run(state=S.CANCELING))
    agent.on(SHOW, Script(receipts.run(state=S.CANCELING), views.ended(S.CANCELED)))
    agent.stream(views.event(8, "run_finished", run=views.ended(S.CANCELED)))
    ended = fetching.stop(Impatient(), receipts.run())  # type: ignore[arg-type]
    assert ended.state is S.CANCELED


def test_stopping_what_is_being_cancelled(
    client: blocking.BlockingClient, agent: ScriptedAgent
) -> None:
    agent.on(SUSPEND, errors.NotPossibleNow("The run is being cancelled."))
    assert fetching.stop(client, receipts.run()) == receipts.run()
