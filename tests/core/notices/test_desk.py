from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bgtasks_gui.core import events, ports, progress, reasons, runs, tasks
from bgtasks_gui.core.notices import desk, notice, orders, rules, surface
from tests.core import samples
from tests.core.samples import MINUTE, NOW

A, K = notice.Action, notice.Kind
S, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
ONE = samples.run_id(1)
LIVE, FAILED, NEEDS = f"live:{ONE}", f"failed:{ONE}", f"needs_you:{ONE}"
ASK = samples.make_task(missed=tasks.Missed(policy=tasks.MissedPolicy.ASK))
QUESTION = f"missed:{ASK.id}"
ALWAYS = rules.Rules(policy=tasks.NoticePolicy.ALWAYS)


def transfer(state: str = "running", code: str | None = None, number: int = 1) -> runs.Run:
    reason = None if code is None else samples.make_reason(code)
    return samples.make_run(
        number, state, kind="download", started_at=NOW - MINUTE, reason=reason,
        task_id=samples.run_id(100 + number),
    )  # fmt: skip


def asking(number: int = 1, state: str = "waiting", **fields: object) -> runs.Run:
    firing = samples.make_firing(caught_up=True, planned_at=NOW - HOUR)
    return samples.make_run(number, state, firing=firing, **fields)


class Scene:
    """A desk with a hand on its clock."""

    def __init__(self, how: rules.Rules | None = None) -> None:
        self.desk = desk.Desk(how)
        self.now = NOW
        self.is_quiet = False

    def hear(self, run: runs.Run, task: tasks.Task | None = None) -> tuple[orders.Order, ...]:
        event = events.of_move(None, run, self.now)
        return self.desk.hear(event, task, self.now, self.is_quiet)

    def event(self, event: events.AnyEvent) -> tuple[orders.Order, ...]:
        return self.desk.hear(event, None, self.now, self.is_quiet)

    def after(self, passed: timedelta = S) -> tuple[orders.Order, ...]:
        self.now += passed
        return self.desk.tick(self.now, self.is_quiet)

    def press(self, key: str, action: notice.Action) -> tuple[orders.Order, ...]:
        return self.desk.heard(surface.Heard(key=key, action=action), self.now)

    def close(self, key: str, closed: str) -> tuple[orders.Order, ...]:
        heard = surface.Heard(key=key, closed=surface.Closed(closed))
        return self.desk.heard(heard, self.now)

    @property
    def up(self) -> list[str]:
        return [told.key for told in self.desk.up]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def shown(found: tuple[orders.Order, ...]) -> list[str]:
    return [order.notice.key for order in found if isinstance(order, orders.Show)]


def taken(found: tuple[orders.Order, ...]) -> list[tuple[str, str]]:
    return [(o.outcome, o.key) for o in found if isinstance(o, orders.Withdraw)]


def test_a_transfer_is_shown_moves_and_is_told_of_when_it_fails(scene: Scene) -> None:
    assert shown(scene.hear(transfer())) == [LIVE]
    figure = progress.Progress(done=1, total=2, unit="bytes")
    moved = events.RunProgressed(at=NOW, run_id=ONE, task_id="", progress=figure)
    assert scene.event(moved) == ()
    assert scene.desk.next_at == NOW + S
    found = scene.after()
    assert isinstance(found[0], orders.Show)
    assert (found[0].is_update, found[0].moves_only) == (True, True)
    assert taken(scene.hear(transfer("failed", "connection"))) == [("cleared", LIVE)]
    assert shown(scene.after()) == [FAILED]
    assert scene.up == [FAILED]
    assert scene.desk.next_at is None


def test_a_success_is_told_only_where_that_is_wanted(scene: Scene) -> None:
    scene.hear(transfer())
    scene.hear(transfer("completed"))
    assert scene.after() == ()
    wanted = Scene(ALWAYS)
    wanted.hear(transfer("completed"))
    assert shown(wanted.after()) == [f"ended:{ONE}"]


def test_what_the_person_cancelled_is_no_news(scene: Scene) -> None:
    scene.hear(transfer())
    assert taken(scene.hear(transfer("canceled", "user_cancel"))) == [("cleared", LIVE)]
    assert scene.after() == ()


def test_five_hundred_endings_at_once_are_one_digest(scene: Scene) -> None:
    found: list[orders.Order] = []
    for number in range(500):
        scene.now += S / 500
        found += scene.hear(transfer("failed", "connection", number))
    found += scene.after()
    assert [order.notice.title for order in found if isinstance(order, orders.Show)] == [
        "500 runs failed"
    ]


def test_what_needs_the_person_takes_the_place_of_its_live_notice(scene: Scene) -> None:
    scene.hear(transfer())
    stuck = transfer("suspended", "address_expired")
    assert taken(scene.hear(stuck)) == [("cleared", LIVE)]
    assert shown(scene.after()) == [NEEDS]
    assert scene.hear(stuck) == ()
    assert scene.after() == ()
    other = transfer("suspended", "resource_revoked")
    scene.hear(other)
    assert [order.is_update for order in scene.after() if isinstance(order, orders.Show)] == [True]
    found = scene.hear(transfer())
    assert taken(found) == [("cleared", NEEDS)]
    assert shown(found) == [LIVE]


def test_a_warning_is_told_until_the_run_is_over(scene: Scene) -> None:
    run = samples.make_run(state="running")
    warned = events.RunWarned(at=NOW, run=run, warning="90 % is used up")
    scene.desk.hear(warned, samples.make_task(notice=tasks.NoticePolicy.NEVER), NOW, False)
    assert scene.after() == ()
    scene.event(warned)
    assert shown(scene.after()) == [f"warning:{ONE}"]
    assert taken(scene.hear(samples.make_run(state="completed"))) == [("cleared", f"warning:{ONE}")]


def test_what_is_of_no_interest_is_not_told(scene: Scene) -> None:
    assert scene.event(events.RunPrinted(at=NOW, run_id=ONE, task_id="", total=1)) == ()
    assert scene.event(events.SystemChanged(at=NOW)) == ()
    assert scene.hear(samples.make_run(state="running")) == ()
    assert scene.hear(samples.make_run(2, "waiting")) == ()


def test_an_edited_task_and_other_rules_count_at_once(scene: Scene) -> None:
    scene.hear(samples.make_run(state="running"), samples.make_task())
    loud = samples.make_task(notice=tasks.NoticePolicy.ALWAYS)
    changed = events.TaskChanged(at=NOW, standing=ports.Standing(task=loud))
    assert shown(scene.event(changed)) == [LIVE]
    scene.hear(transfer(number=2))
    scene.desk.rules = rules.Rules(policy=tasks.NoticePolicy.NEVER)
    assert scene.desk.rules.policy is tasks.NoticePolicy.NEVER
    assert scene.desk.next_at is not None
    assert scene.desk.next_at < scene.now
    assert taken(scene.after()) == [("cleared", f"live:{samples.run_id(2)}")]


def test_buttons_of_a_live_notice_act_and_leave_it_up(scene: Scene) -> None:
    scene.hear(transfer())
    act = orders.Act(action=A.SUSPEND, run_id=ONE, task_id=transfer().task_id)
    assert scene.press(LIVE, A.SUSPEND) == (act,)
    assert scene.press(LIVE, A.SHOW) == (orders.Act(action=A.SHOW, run_id=ONE,
                                                    task_id=transfer().task_id),)  # fmt: skip
    # A button of an older state.
    assert scene.press(LIVE, A.RESUME) == ()
    assert scene.up == [LIVE]


def test_to_dismiss_a_transfer_hides_it_and_continuous_work_ends(scene: Scene) -> None:
    scene.hear(transfer())
    assert scene.close(LIVE, "dismissed") == (
        orders.Withdraw(key=LIVE, outcome=notice.Outcome.REMOVED),
    )
    player = Scene()
    player.hear(samples.make_run(state="running"), samples.make_task(modes=("audioPlayback",)))
    found = player.close(LIVE, "dismissed")
    assert isinstance(found[1], orders.Act)
    assert (found[1].action, found[1].reason) == (A.CANCEL, reasons.Code.USER_REMOVED_NOTICE)


def test_a_notice_that_is_lost_is_still_to_be_shown(scene: Scene) -> None:
    scene.hear(transfer())
    scene.hear(transfer("failed", "connection", 2))
    scene.after()
    before = scene.up
    assert [scene.close(key, "lost") for key in before] == [(), ()]
    assert scene.up == before


def test_a_live_notice_that_is_taken_down_for_a_button_comes_back_at_once(scene: Scene) -> None:
    scene.hear(transfer())
    for action in (A.SHOW, A.SUSPEND, A.SHOW):
        scene.press(LIVE, action)
        (order,) = scene.close(LIVE, "withdrawn")
        assert isinstance(order, orders.Show)
        assert (order.notice.key, order.is_update, order.moves_only) == (LIVE, False, False)
    assert scene.up == [LIVE]
    # What is over has no notice, and news was told.
    scene.hear(transfer("failed", "connection"))
    assert scene.close(LIVE, "withdrawn") == ()
    scene.after()
    assert scene.close(FAILED, "withdrawn") == ()
    assert scene.up == [FAILED]


def test_an_action_takes_along_what_lets_a_window_come_to_the_front(scene: Scene) -> None:
    scene.hear(transfer())
    scene.hear(transfer("failed", "connection", 2))
    scene.after()
    for key in scene.up:
        heard = surface.Heard(key=key, action=A.SHOW, token="panel-1")
        act = scene.desk.heard(heard, scene.now)[0]
        assert isinstance(act, orders.Act)
        assert act.token == "panel-1"


def test_a_notice_that_expired_is_not_dismissed(scene: Scene) -> None:
    player = samples.make_task(modes=("audioPlayback",))
    scene.hear(samples.make_run(state="running"), player)
    assert scene.close(LIVE, "expired") == (
        orders.Withdraw(key=LIVE, outcome=notice.Outcome.EXPIRED),
    )
    assert shown(scene.hear(samples.make_run(state="suspended"), player)) == [LIVE]
    scene.hear(transfer("failed", "connection", 2))
    scene.after()
    assert taken(scene.close(f"failed:{samples.run_id(2)}", "expired")) == [
        ("expired", f"failed:{samples.run_id(2)}")
    ]


def test_a_button_of_news_acts_and_takes_it_down(scene: Scene) -> None:
    scene.hear(transfer("failed", "connection"))
    scene.after()
    assert scene.press(FAILED, A.OPEN_FILE) == ()
    act = orders.Act(action=A.RETRY, run_id=ONE, task_id=transfer().task_id)
    gone = orders.Withdraw(key=FAILED, outcome=notice.Outcome.REMOVED)
    assert scene.press(FAILED, A.RETRY) == (act, gone)
    assert scene.press(FAILED, A.RETRY) == ()


def test_a_missed_time_is_asked_about_and_answered(scene: Scene) -> None:
    scene.hear(asking(), ASK)
    assert shown(scene.after()) == [QUESTION]
    found = scene.press(QUESTION, A.RUN)
    assert found[0] == orders.Act(action=A.RUN, run_id=ONE, task_id=ASK.id)
    assert taken(found) == [("removed", QUESTION)]
    assert scene.hear(asking(asked=True), ASK) == ()
    assert scene.after(2 * DAY) == ()


def test_the_answer_is_for_what_still_asks(scene: Scene) -> None:
    scene.hear(asking(1), ASK)
    scene.hear(asking(2), ASK)
    assert shown(scene.after()) == [QUESTION]
    scene.hear(asking(2, asked=True), ASK)
    assert scene.press(QUESTION, A.RUN)[0] == orders.Act(
        action=A.RUN, run_id=ONE, task_id=ASK.id
    )  # fmt: skip


def test_an_answer_from_elsewhere_takes_the_question_down(scene: Scene) -> None:
    scene.hear(asking(), ASK)
    scene.after()
    assert taken(scene.hear(asking(state="missed"), ASK)) == [("cleared", QUESTION)]


def test_who_snoozes_is_reminded_and_who_dismisses_is_not(scene: Scene) -> None:
    scene.hear(asking(), ASK)
    scene.after()
    assert scene.press(QUESTION, A.SNOOZE) == (
        orders.Withdraw(key=QUESTION, outcome=notice.Outcome.REMOVED),
    )
    assert scene.desk.next_at == scene.now + HOUR
    assert scene.after(HOUR) == ()
    assert shown(scene.after()) == [QUESTION]
    assert taken(scene.close(QUESTION, "dismissed")) == [("removed", QUESTION)]
    assert scene.desk.next_at is None


def test_a_question_without_an_answer_comes_again_the_next_day(scene: Scene) -> None:
    scene.hear(asking(), ASK)
    scene.after()
    scene.close(QUESTION, "expired")
    assert scene.desk.next_at == NOW + DAY
    scene.after(DAY)
    assert shown(scene.after()) == [QUESTION]


def test_quiet_hours_hold_back_and_count(scene: Scene) -> None:
    scene.hear(transfer())
    scene.is_quiet = True
    scene.after()
    found = (*scene.hear(transfer("failed", "connection")), *scene.hear(transfer(number=2)))
    found += scene.hear(transfer("failed", "connection", 3))
    assert taken(found) == [("cleared", LIVE)]
    assert shown(found) == []
    assert scene.desk.held_back == 3
    scene.is_quiet = False
    found = scene.after()
    assert shown(found) == [f"live:{samples.run_id(2)}", "digest:1"]
    assert scene.desk.held_back == 3


def told(at: datetime = NOW, **fields: object) -> notice.Notice:
    base: dict[str, object] = {"key": "", "kind": K.ENDED, "at": at, "title": "Player",
                               "body": "Song A", "task_id": None}  # fmt: skip
    return notice.Notice(**(base | fields))


@pytest.mark.parametrize("policy", ["auto", "never"])
def test_the_end_of_a_program_s_work_is_news(policy: str) -> None:
    how = rules.Rules(policy=tasks.NoticePolicy(policy))
    one, ended = desk.Desk(how), told(key="failed:continuous:3", kind=K.FAILED)
    one.continuous(3, told(), NOW)
    found = (*one.ended(3, ended, NOW, False), *one.tick(NOW + MINUTE, False))
    assert taken(found) == [("cleared", "continuous:3")]
    assert shown(found)[:1] == ([] if policy == "never" else ["failed:continuous:3"])


def test_a_continuous_task_of_a_program_has_its_notice(scene: Scene) -> None:
    found = scene.desk.continuous(3, told(), NOW)
    assert shown(found) == ["continuous:3"]
    (up,) = scene.desk.up
    assert (up.kind, up.continuous_id, up.ends_work, up.is_resident) == (K.LIVE, 3, True, True)
    changed = scene.desk.continuous(3, told(title="Recorder"), NOW + MINUTE)
    assert shown(changed) == ["continuous:3"]
    assert taken(scene.desk.continuous(3, None, NOW + MINUTE)) == [("cleared", "continuous:3")]
    assert scene.desk.continuous(3, None, NOW + MINUTE) == ()


def test_to_dismiss_it_ends_it(scene: Scene) -> None:
    scene.desk.continuous(3, told(), NOW)
    found = scene.close("continuous:3", "dismissed")
    assert found[1] == orders.Act(
        action=A.CANCEL, continuous_id=3, reason=reasons.Code.USER_REMOVED_NOTICE
    )
    assert scene.desk.continuous(3, told(title="Recorder"), NOW + MINUTE) == ()


def test_in_quiet_hours_a_continuous_task_is_held_back(scene: Scene) -> None:
    (order,) = scene.desk.continuous(3, told(), NOW, is_quiet=True)
    assert isinstance(order, orders.HoldBack)
    (order,) = scene.desk.continuous(4, told(), NOW)
    assert isinstance(order, orders.HoldBack)
    scene.is_quiet = False
    assert shown(scene.after()) == ["continuous:3", "continuous:4"]
