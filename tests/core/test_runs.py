from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bgtasks_gui.core import errors, runs
from tests.core import samples

S = runs.RunState
STATES = st.sampled_from(list(S))
#: How far the coarse word of seed 5 has come.
ORDER = {"pending": 0, "processing": 1, "completed": 2, "errors": 2}


class Moves(RuleBasedStateMachine):
    """A run is asked to go anywhere; the table decides, and nothing else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.run = samples.make_run()
        self.been = [self.run.state]

    @rule(to=STATES)
    def ask(self, to: S) -> None:
        if to in runs.MOVES[self.run.state]:
            self.go(to)
            return
        with pytest.raises(errors.IllegalMove, match=f"{self.run.state} -> {to}"):
            runs.move(self.run, to)

    @precondition(lambda self: not self.run.has_ended)
    @rule(draw=st.data())
    def go_on(self, draw: st.DataObject) -> None:
        self.go(draw.draw(st.sampled_from(sorted(runs.MOVES[self.run.state]))))

    def go(self, to: S) -> None:
        moved = runs.move(self.run, to, attempt=self.run.attempt + 1)
        assert (moved.state, moved.attempt) == (to, self.run.attempt + 1)
        assert (moved.id, moved.firing) == (self.run.id, self.run.firing)
        self.run = moved
        self.been.append(to)

    @invariant()
    def an_end_is_final(self) -> None:
        assert not any(state in runs.ENDED for state in self.been[:-1])
        assert self.run.has_ended == (self.been[-1] in runs.ENDED)

    @invariant()
    def the_coarse_word_goes_back_only_to_wait_again(self) -> None:
        for before, after in zip(self.been, self.been[1:], strict=False):
            if ORDER[runs.COARSE[after]] < ORDER[runs.COARSE[before]]:
                assert before in (S.RUNNING, S.SUSPENDED)
                assert after is S.WAITING

    @invariant()
    def what_never_started_is_neither_completed_nor_left_out_after_a_start(self) -> None:
        if S.RUNNING not in self.been and S.SUSPENDED not in self.been:
            assert self.run.state is not S.COMPLETED
        if S.CANCELING in self.been:
            assert self.run.state not in (S.SKIPPED, S.MISSED)


TestMoves = Moves.TestCase


def test_the_table_names_every_state_and_the_ends_have_no_way_out() -> None:
    assert set(runs.MOVES) == set(runs.COARSE) == set(S)
    assert {S.COMPLETED, S.FAILED, S.CANCELED, S.SKIPPED, S.MISSED} == runs.ENDED
    assert all(state not in ways for state, ways in runs.MOVES.items())


@pytest.mark.parametrize("state", sorted(set(S) - runs.ENDED))
def test_every_run_can_still_end(state: S) -> None:
    reached, edge = {state}, {state}
    while edge := {to for one in edge for to in runs.MOVES[one]} - reached:
        reached |= edge
    assert {S.FAILED, S.CANCELED} <= reached


@pytest.mark.parametrize(
    ("state", "fields", "is_alive"),
    [
        ("running", {}, True),
        ("suspended", {}, True),
        ("canceling", {}, True),
        ("suspended", {"process": None}, False),
        ("waiting", {"process": samples.IDENTITY}, False),
        ("completed", {"process": samples.IDENTITY}, False),
    ],
)
def test_a_run_is_alive_while_its_process_exists(
    state: str, fields: dict[str, object], is_alive: bool
) -> None:
    assert samples.make_run(state=state, **fields).is_alive is is_alive


def test_a_firing_by_hand_has_no_place_among_the_triggers() -> None:
    firing = runs.Firing(type="manual")
    assert (firing.position, firing.planned_at, firing.caught_up) == (None, None, False)
    assert bytes(firing.arguments) == bytes(firing.details) == b"{}"
