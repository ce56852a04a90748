from __future__ import annotations

from bgtasks_gui.core import ids, runs
from tests.fakes import samples


def test_higher_numbers_were_made_later() -> None:
    assert sorted(samples.an_id(number) for number in (3, 1, 2)) == [
        samples.an_id(number) for number in (1, 2, 3)
    ]
    assert ids.made_at_ms(samples.an_id(5)) == samples.at(5).timestamp() * 1000


def test_a_run_ends_as_asked() -> None:
    run = samples.ended(samples.a_run(4), runs.RunState.FAILED, exit_code=2)
    assert (run.state, run.exit_code, run.completed_at) == ("failed", 2, samples.at(5))
