from __future__ import annotations

from datetime import timedelta

import pytest

from bgtasks_gui.core import progress, reasons, runs, tasks
from bgtasks_gui.core.notices import board, notice, orders, rules
from tests.core import samples
from tests.core.samples import MINUTE, NOW

S = timedelta(seconds=1)
PLAYER = samples.make_task(modes=("audioPlayback",))


def transfer(number: int = 1, state: str = "running", **fields: object) -> runs.Run:
    base: dict[str, object] = {"kind": "download", "task_id": samples.run_id(100 + number),
                               "task_name": f"file {number}"}  # fmt: skip
    return samples.make_run(number, state, **(base | fields))


def live(number: int) -> str:
    return f"live:{samples.run_id(number)}"


def words(body: str = "Song A", **fields: object) -> notice.Notice:
    base: dict[str, object] = {
        "key": "continuous:1", "kind": notice.Kind.LIVE, "at": NOW, "title": "Player",
        "body": body, "continuous_id": 1, "ends_work": True,
    }  # fmt: skip
    return notice.Notice(**(base | fields))


class Scene:
    """A board with a hand on its clock; what it orders, in short."""

    def __init__(self) -> None:
        self.board = board.Board()
        self.now = NOW
        self.rules = rules.Rules()
        self.is_quiet = False

    def keep(self, *kept: runs.Run) -> list[str]:
        for run in kept:
            self.board.keep(run, None, self.now, self.rules)
        return self.after(0 * S)

    def tell(self, told: notice.Notice) -> list[str]:
        self.board.keep_told(told, self.now, self.rules)
        return self.after(0 * S)

    def move(self, done: int, number: int = 1) -> list[str]:
        figure = progress.Progress(done=done, total=100, unit="%")
        self.board.progressed(samples.run_id(number), figure, self.rules)
        return self.after(0 * S)

    def end(self, *numbers: int) -> list[str]:
        for number in numbers:
            self.board.ended(samples.run_id(number))
        return self.after(0 * S)

    def after(self, passed: timedelta) -> list[str]:
        self.now += passed
        settled = self.board.settle(self.now, self.rules, self.is_quiet)
        return [short(order) for order in settled]


def short(order: orders.Order) -> str:
    match order:
        case orders.Show():
            word = "update" if order.is_update else "show"
            return f"{'move' if order.moves_only else word} {order.notice.key}"
        case orders.Withdraw():
            return f"{order.outcome} {order.key}"
        case orders.HoldBack():
            return f"hold {order.notice.key}"
        case orders.Act():
            return f"{order.action} {order.run_id or order.continuous_id} {order.reason}"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_run_is_shown_once_it_has_lasted_and_until_it_ends(scene: Scene) -> None:
    assert scene.keep(transfer(started_at=NOW)) == []
    assert scene.board.next_at == NOW + 2 * S
    assert scene.after(2 * S) == [f"show {live(1)}"]
    assert scene.board.next_at is None
    assert list(scene.board.up) == [live(1)]
    assert scene.end(1) == [f"cleared {live(1)}"]
    assert scene.end(1) == []


def test_what_is_over_soon_is_not_shown(scene: Scene) -> None:
    scene.keep(transfer(started_at=NOW))
    assert scene.end(1) == []
    assert scene.after(MINUTE) == []


def test_a_clock_that_is_set_back_hides_nothing(scene: Scene) -> None:
    scene.keep(transfer(started_at=NOW))
    assert scene.after(-60 * MINUTE) == [f"show {live(1)}"]
    assert scene.move(3) == []
    assert scene.after(-60 * MINUTE) == [f"move {live(1)}"]


def test_figures_move_once_a_second_and_a_state_changes_at_once(scene: Scene) -> None:
    scene.keep(transfer())
    moves = []
    for percent in range(40):
        moves += scene.move(percent)
        scene.now += S / 4
    assert moves == [f"move {live(1)}"] * 9
    assert scene.board.next_at == scene.now
    stopped = transfer(state="suspended", reason=samples.make_reason("user_suspend"))
    assert scene.keep(stopped) == [f"update {live(1)}"]
    assert scene.keep(stopped) == []


def test_the_last_figure_is_shown_though_none_follows(scene: Scene) -> None:
    scene.keep(transfer())
    assert scene.move(40) == []
    assert scene.board.next_at == scene.now + S
    assert scene.after(S) == [f"move {live(1)}"]
    assert scene.board.up[live(1)].fraction == 0.4


def test_a_run_that_is_not_known_does_not_move(scene: Scene) -> None:
    assert scene.move(5) == []
    assert scene.board.next_at is None


def test_an_edited_task_counts_from_then_on(scene: Scene) -> None:
    run = samples.make_run(state="running")
    assert scene.keep(run) == []
    scene.board.edited(samples.make_task(id=samples.run_id(9), notice=tasks.NoticePolicy.ALWAYS))
    assert scene.after(S) == []
    scene.board.edited(samples.make_task(notice=tasks.NoticePolicy.ALWAYS))
    assert scene.after(S) == [f"show {live(1)}"]
    # An event without its task leaves what is known.
    assert scene.keep(run) == []


def test_of_one_task_one_run_is_shown_then_the_next(scene: Scene) -> None:
    second = transfer(2, task_id=samples.run_id(101), started_at=NOW - MINUTE / 2)
    assert scene.keep(transfer(1), second) == [f"show {live(1)}"]
    assert scene.end(1) == []
    # In the same place, which the desktop does not pop up again.
    assert scene.after(S) == [f"move {live(1)}"]
    assert scene.board.up[live(1)].run_id == samples.run_id(2)


def test_many_are_summed_up_until_one_is_left(scene: Scene) -> None:
    scene.keep(*(transfer(number) for number in (1, 2, 3)))
    assert scene.keep(transfer(4)) == [
        *(f"cleared {live(1)}", f"cleared {live(2)}", f"cleared {live(3)}", "show live:all")
    ]
    scene.now += MINUTE
    assert scene.end(1, 2) == ["update live:all"]
    assert scene.board.up["live:all"].title == "2 under way"
    assert scene.end(3) == ["cleared live:all", f"show {live(4)}"]
    assert scene.end(4) == [f"cleared {live(4)}"]


def test_a_sum_that_changes_all_the_time_moves_and_is_told_in_full_now_and_then(
    scene: Scene,
) -> None:
    scene.keep(*(transfer(number) for number in (1, 2, 3, 4)))
    shown = []
    for number in range(5, 83):
        scene.end(number - 4)
        shown += scene.keep(transfer(number))
        shown += scene.after(S / 4)
    assert shown.count("update live:all") == 1
    assert shown.count("move live:all") == 18
    assert len(shown) == 19
    # What it came to is told in full, though nothing changes any more.
    assert scene.after(10 * S) == ["update live:all"]
    assert scene.board.next_at is None


def test_a_sum_of_the_same_names_is_not_shown_again_but_stands_for_others(scene: Scene) -> None:
    kept = [transfer(number, task_name="file") for number in (1, 2, 3, 4)]
    scene.keep(*kept)
    scene.end(1)
    assert scene.keep(transfer(5, task_name="file")) == []
    assert scene.board.next_at == NOW + 10 * S
    list(scene.board.dismissed("live:all"))
    assert scene.after(S) == []


def test_dismissing_a_transfer_hides_it_until_it_ends(scene: Scene) -> None:
    scene.keep(transfer())
    assert [short(order) for order in scene.board.dismissed(live(1))] == [f"removed {live(1)}"]
    assert scene.move(9) == []
    assert scene.keep(transfer(state="suspended")) == []
    assert scene.end(1) == []


def test_dismissing_continuous_work_ends_it(scene: Scene) -> None:
    scene.board.keep(samples.make_run(state="running"), PLAYER, NOW, scene.rules)
    scene.after(S)
    found = list(scene.board.dismissed(live(1)))
    assert found[1] == orders.Act(
        action=notice.Action.CANCEL, run_id=samples.run_id(1), task_id=PLAYER.id,
        reason=reasons.Code.USER_REMOVED_NOTICE,
    )  # fmt: skip


def test_dismissing_a_sum_hides_all_of_it_and_ends_nothing(scene: Scene) -> None:
    scene.keep(*(transfer(number) for number in (1, 2, 3, 4)))
    assert [short(order) for order in scene.board.dismissed("live:all")] == ["removed live:all"]
    assert scene.keep(transfer(5)) == [f"show {live(5)}"]


def test_what_the_desktop_took_down_comes_again_with_another_state(scene: Scene) -> None:
    scene.keep(transfer())
    assert short(scene.board.expired(live(1))) == f"expired {live(1)}"
    assert scene.move(50) == []
    assert scene.after(MINUTE) == []
    assert scene.keep(transfer(state="suspended")) == [f"show {live(1)}"]
    scene.board.expired(live(1))
    assert scene.end(1) == []


def test_a_sum_that_the_desktop_took_down_stays_down(scene: Scene) -> None:
    scene.keep(*(transfer(number) for number in (1, 2, 3, 4)))
    scene.board.expired("live:all")
    assert scene.keep(transfer(5)) == []
    assert scene.end(1, 2, 3, 4) == [f"show {live(5)}"]


def away(scene: Scene, key: str, *, acted: bool = False) -> list[str]:
    """The desktop takes it down, maybe for something that the person did."""
    if acted:
        scene.board.acted(key)
    scene.board.withdrawn(key)
    return scene.after(0 * S)


def test_what_is_taken_down_for_an_action_comes_back_at_once(scene: Scene) -> None:
    scene.keep(transfer())
    scene.move(30)
    for _ in range(3):
        assert away(scene, live(1), acted=True) == [f"show {live(1)}"]
    # With what is new since.
    assert scene.board.up[live(1)].fraction == 0.3
    assert scene.after(MINUTE) == []


def test_a_service_that_takes_down_everything_is_not_asked_for_ever(scene: Scene) -> None:
    scene.keep(transfer())
    assert away(scene, live(1)) == [f"show {live(1)}"]
    assert away(scene, live(1)) == []
    assert scene.board.next_at == NOW + 10 * S
    assert scene.move(40) == []
    assert scene.after(9 * S) == []
    assert scene.after(S) == [f"show {live(1)}"]
    assert away(scene, live(1)) == []
    # What is new is shown all the same.
    assert scene.keep(transfer(state="suspended")) == [f"show {live(1)}"]
    assert away(scene, live(1)) == []
    assert scene.end(1) == [f"cleared {live(1)}"]


def test_what_changes_all_the_time_comes_back_now_and_then(scene: Scene) -> None:
    scene.tell(words())
    assert away(scene, "continuous:1") == ["show continuous:1"]
    assert away(scene, "continuous:1") == []
    assert scene.tell(words("Song B")) == []
    assert scene.after(10 * S) == ["show continuous:1"]
    assert scene.board.up["continuous:1"].body == "Song B"


def test_after_it_came_back_it_goes_on_as_before(scene: Scene) -> None:
    scene.keep(transfer())
    away(scene, live(1))
    assert scene.move(40) == []
    assert scene.after(S) == [f"move {live(1)}"]
    assert away(scene, live(1)) == []


def test_in_quiet_hours_nothing_comes_back(scene: Scene) -> None:
    scene.keep(transfer())
    scene.is_quiet = True
    scene.after(S)
    assert away(scene, live(1), acted=True) == []
    scene.is_quiet = False
    assert scene.after(MINUTE) == [f"show {live(1)}"]


def test_a_program_tells_of_its_continuous_task(scene: Scene) -> None:
    assert scene.tell(words()) == ["show continuous:1"]
    assert scene.tell(words("Song B")) == []
    assert scene.after(S) == ["move continuous:1"]
    assert scene.after(9 * S) == ["update continuous:1"]
    assert scene.after(MINUTE) == []
    assert scene.tell(words("Song C")) == ["update continuous:1"]
    scene.board.ended_told("continuous:1")
    assert scene.after(S) == ["cleared continuous:1"]
    scene.board.ended_told("continuous:1")
    assert scene.after(S) == []


def test_figures_of_a_program_only_move(scene: Scene) -> None:
    scene.tell(words("3 %", fraction=0.03))
    scene.now += MINUTE
    assert scene.tell(words("4 %", fraction=0.04)) == ["move continuous:1"]


def test_a_run_is_not_shown_beside_what_it_tells_itself(scene: Scene) -> None:
    scene.keep(transfer())
    run = samples.run_id(1)
    assert scene.tell(words(run_id=run)) == [f"cleared {live(1)}", "show continuous:1"]
    ended = [short(order) for order in scene.board.dismissed("continuous:1")]
    assert ended == ["removed continuous:1", f"cancel {run} user_removed_notice"]


def test_quiet_hours_show_nothing_and_take_down_what_ends(scene: Scene) -> None:
    scene.keep(transfer(1), transfer(2))
    scene.is_quiet = True
    assert scene.keep(transfer(3)) == [f"hold {live(3)}"]
    assert scene.move(7) == []
    assert scene.board.next_at is None
    assert scene.keep(transfer(2, "suspended")) == []
    assert scene.end(1) == [f"cleared {live(1)}"]
    assert scene.keep(transfer(3, "suspended")) == []
    scene.is_quiet = False
    assert scene.after(S) == [f"update {live(2)}", f"show {live(3)}"]


def test_in_quiet_hours_nothing_is_summed_up_anew(scene: Scene) -> None:
    scene.keep(*(transfer(number) for number in (1, 2, 3)))
    scene.is_quiet = True
    assert scene.keep(transfer(4), transfer(5)) == [f"hold {live(4)}", f"hold {live(5)}"]
    scene.is_quiet = False
    assert scene.after(S)[-1] == "show live:all"
    scene.is_quiet = True
    assert scene.end(1, 2, 3, 4) == []
    assert scene.end(5) == ["cleared live:all"]


def test_what_the_desktop_took_down_is_not_held_back(scene: Scene) -> None:
    scene.keep(transfer())
    scene.board.expired(live(1))
    scene.is_quiet = True
    assert scene.keep(transfer(state="suspended")) == []


def test_of_many_runs_of_a_task_one_after_another_takes_the_same_notice(scene: Scene) -> None:
    task = {"task_id": samples.run_id(100), "task_name": "many"}
    scene.keep(*(transfer(number, **task) for number in (1, 2, 3)))
    assert list(scene.board.up) == [live(1)]
    scene.after(S)
    assert scene.end(1) == [f"move {live(1)}"]
    assert scene.board.up[live(1)].run_id == samples.run_id(2)
    scene.after(S)
    # It is about the one that goes on, also where that stands otherwise.
    scene.keep(transfer(3, "canceling", **task))
    assert scene.end(2) == [f"update {live(1)}"]
    assert scene.board.up[live(1)].run_id == samples.run_id(3)
    assert scene.end(3) == [f"cleared {live(1)}"]
    assert scene.keep(transfer(4, **task)) == [f"show {live(4)}"]
