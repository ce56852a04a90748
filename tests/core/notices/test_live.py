from __future__ import annotations

from datetime import timedelta

import msgspec

from bgtasks_gui.core import tasks
from bgtasks_gui.core.notices import live, notice, rules
from tests.core import samples
from tests.core.samples import MINUTE, NOW

RULES = rules.Rules()


def told(number: int = 1, **fields: object) -> notice.Notice:
    base: dict[str, object] = {
        "key": f"continuous:{number}", "kind": notice.Kind.LIVE, "at": NOW, "title": "Player",
        "body": "Song A", "continuous_id": number,
    }  # fmt: skip
    return notice.Notice(**(base | fields))


def run(
    number: int = 1, task: int = 0, after: timedelta = MINUTE, **fields: object
) -> live.RunWork:
    made = samples.make_run(number, "running", task_id=samples.run_id(task), kind="download")
    return live.RunWork(msgspec.structs.replace(made, **fields), None, NOW + after)


def test_a_run_is_shown_as_its_rules_say_and_not_beside_what_needs_the_person() -> None:
    assert run().is_wanted(RULES)
    assert not run(kind="command").is_wanted(RULES)
    stuck = samples.make_run(state="suspended", reason=samples.make_reason("address_expired"))
    assert not live.RunWork(stuck, None, NOW).is_wanted(RULES)


def test_what_a_program_tells_is_always_shown() -> None:
    work = live.ToldWork(told(), NOW)
    assert work.is_wanted(rules.Rules(policy=tasks.NoticePolicy.NEVER))
    assert (work.key, work.task_id, work.make(NOW)) == ("continuous:1", "continuous:1", told())
    assert live.ToldWork(told(task_id="7"), NOW).task_id == "7"


def test_the_text_of_a_program_is_how_it_stands_unless_it_has_figures() -> None:
    def stance(**fields: object) -> live.Stance:
        return live.ToldWork(told(**fields), NOW).stance

    assert stance(body="Song B") != stance()
    assert stance(body="3 %", fraction=0.03) == stance(body="4 %", fraction=0.04)
    assert stance(title="Recorder", fraction=0.1) != stance(fraction=0.1)


def test_of_each_task_one_is_shown_the_first_or_what_its_program_tells() -> None:
    first, later, other = run(1), run(2, after=2 * MINUTE), run(3, 9, after=3 * MINUTE)
    assert live.one_each([later, other, first]) == [first, other]
    words = live.ToldWork(told(task_id=first.task_id), NOW + 9 * MINUTE)
    assert live.one_each([first, words, other]) == [other, words]


def test_one_that_was_dismissed_is_not_followed_by_its_like() -> None:
    first, later = run(1), run(2, after=2 * MINUTE)
    first.is_hidden = True
    assert live.one_each([first, later]) == []


def test_several_are_wanted_in_one() -> None:
    works = (run(1), live.ToldWork(told(), NOW))
    alone, both = live.Wanted(works[0].key, works[:1]), live.Wanted(live.ALL, works)
    assert (alone.stance, alone.may_wait) == (works[0].stance, False)
    assert (both.stance, both.may_wait) == ((works[0].key, "continuous:1"), True)
    assert live.Wanted(works[1].key, works[1:]).may_wait
    assert alone.make(NOW).title == "backup"
    assert both.make(NOW).title == "2 under way"


def test_only_what_it_says_makes_a_notice_another_one() -> None:
    shown = live.Shown(told(), live.Wanted("", ()), (), NOW, NOW)
    assert shown.is_same(told(at=NOW + MINUTE))
    assert not shown.is_same(told(body="Song B"))


def test_there_is_nothing_to_wait_for_after_the_time_or_before_it() -> None:
    assert live.wait(NOW, NOW, MINUTE) == NOW + MINUTE
    assert live.wait(NOW, NOW + MINUTE, MINUTE) is None
    assert live.wait(NOW, NOW - MINUTE, MINUTE) is None
