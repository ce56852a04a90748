from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.agent.running.transfers import settling
from bgtasks_gui.core import reasons, runs, tasks, transfers
from tests.core.samples import NOW, make_task

_C = reasons.Code
DONE = transfers.Done(result=msgspec.Raw(b'{"path":"/a"}'))
CUT = transfers.Failed(code=_C.CONNECTION, detail="the server went away", is_passing=True)
GONE = transfers.Failed(code=_C.SERVER_ANSWER, detail="404 Not Found")
FULL = transfers.Held(code=_C.RESOURCE_REVOKED, detail="it needs 1 GiB", folder="/a", needs=1)
SLOW = transfers.Exceeded(code=_C.LOW_SPEED, detail="12 kB/s")
STOPPED = transfers.Stopped()
OUTCOMES = (DONE, CUT, GONE, FULL, SLOW, STOPPED)
USER = reasons.make(_C.USER_SUSPEND, NOW)
ENOUGH = reasons.make(_C.USER_CANCEL, NOW)
POLICY = tasks.Retry(attempts=3, backoff=timedelta(seconds=5), jitter=False)


def settle(
    outcome: transfers.Outcome, *, failures: int = 1, policy: tasks.Retry = POLICY, **wishes: object
) -> settling.Settled | None:
    return settling.settle(
        outcome, wishes=settling.Wishes(**wishes), failures=failures, policy=policy, now=NOW,
        draw=0.5,
    )  # fmt: skip


def where(settled: settling.Settled | None) -> tuple[str, str | None]:
    assert settled is not None
    return settled.state.value, None if settled.reason is None else settled.reason.code.value


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (DONE, ("completed", None)),
        (CUT, ("waiting", "connection")),
        (GONE, ("failed", "server_answer")),
        (FULL, ("suspended", "resource_revoked")),
        (SLOW, ("canceled", "low_speed")),
    ],
)
def test_what_each_outcome_means(
    outcome: transfers.Outcome, expected: tuple[str, str | None]
) -> None:
    assert where(settle(outcome)) == expected


def test_an_agent_that_stops_leaves_the_run_as_it_is() -> None:
    assert settle(STOPPED) is None


@pytest.mark.parametrize("outcome", OUTCOMES[1:])
def test_a_cancel_counts_more_than_anything_but_the_end(outcome: transfers.Outcome) -> None:
    assert where(settle(outcome, cancel=ENOUGH, suspend=USER)) == ("canceled", "user_cancel")
    assert where(settle(DONE, cancel=ENOUGH)) == ("completed", None)


def test_suspended_is_what_would_have_been_tried_again() -> None:
    assert where(settle(STOPPED, suspend=USER)) == ("suspended", "user_suspend")
    assert where(settle(CUT, suspend=USER)) == ("suspended", "user_suspend")
    assert where(settle(GONE, suspend=USER)) == ("failed", "server_answer")


def test_another_address_is_tried_whatever_the_old_one_gave() -> None:
    for outcome in (CUT, GONE, FULL, STOPPED):
        assert where(settle(outcome, address="https://example.org/")) == ("waiting", None)
    assert where(settle(STOPPED, address="https://example.org/", suspend=USER)) == (
        *("suspended", "user_suspend"),
    )


def test_attempts_in_a_row_run_out() -> None:
    waits = [settle(CUT, failures=count) for count in (1, 2, 3)]
    assert [one.retry_at - NOW for one in waits if one and one.retry_at] == [
        timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20),
    ]  # fmt: skip
    assert where(settle(CUT, failures=4)) == ("failed", "connection")


def test_one_that_brought_something_begins_the_count_anew() -> None:
    settled = settle(CUT, failures=0)
    assert settled is not None
    assert settled.retry_at == NOW + timedelta(seconds=5)


def test_what_the_server_asks_for_is_the_least() -> None:
    for wait_s, expected in ((60.0, 60), (1.0, 5)):
        settled = settle(msgspec.structs.replace(CUT, wait_s=wait_s))
        assert settled is not None
        assert settled.retry_at == NOW + timedelta(seconds=expected)


def test_the_tasks_own_policy_goes_first() -> None:
    assert settling.policy_of(make_task(), 20) == tasks.Retry(
        attempts=19, backoff=timedelta(seconds=5), max_delay=timedelta(minutes=15), jitter=True
    )
    own = tasks.Retry(attempts=2)
    assert settling.policy_of(make_task(retry=own), 20) is own


@given(
    st.sampled_from(OUTCOMES),
    st.integers(0, 50),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "https://example.org/"]),
)
def test_every_case_is_a_move_that_runs_may_make(
    outcome: transfers.Outcome, failures: int, suspends: bool, cancels: bool, address: str | None
) -> None:
    settled = settle(
        outcome, failures=failures, suspend=USER if suspends else None,
        cancel=ENOUGH if cancels else None, address=address,
    )  # fmt: skip
    if settled is None:
        assert outcome is STOPPED
        return
    before = runs.RunState.CANCELING if cancels else runs.RunState.RUNNING
    assert settled.state in runs.MOVES[before]
    assert (settled.retry_at is not None) == (
        settled.state is runs.RunState.WAITING and settled.reason is not None
    )
