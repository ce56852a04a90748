from __future__ import annotations

from datetime import datetime, timedelta

from bgtasks_gui.core.notices import reminders
from tests.core import samples
from tests.core.samples import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TASK = samples.make_task()
KEY = f"missed:{TASK.id}"


def put(asked: reminders.Reminders, now: datetime) -> list[str]:
    """The runs whose answer is asked for now."""
    found = list(asked.settle(now))
    assert all((told.key, name) == (KEY, "backup") for told, name in found)
    return [told.run_id or "" for told, _ in found]


def asking(*numbers: int, now: datetime = NOW) -> reminders.Reminders:
    asked = reminders.Reminders()
    for number in numbers:
        asked.ask(samples.make_run(number, "waiting"), TASK, now)
    return asked


def test_a_question_is_put_once_for_all_runs_of_a_task() -> None:
    asked = asking(1, 2)
    assert asked.next_at == NOW
    assert put(asked, NOW) == [samples.run_id(2)]
    assert put(asked, NOW + HOUR) == []


def test_without_an_answer_it_is_put_again_after_a_day() -> None:
    asked = asking(1)
    put(asked, NOW)
    asked.ask(samples.make_run(1, "waiting"), TASK, NOW + HOUR)
    assert asked.next_at == NOW + DAY
    assert put(asked, NOW + DAY) == [samples.run_id(1)]


def test_another_missed_time_is_no_reason_to_ask_twice_a_day() -> None:
    asked = asking(1)
    put(asked, NOW)
    asked.put_off(TASK.id, None)
    assert asked.next_at is None
    asked.ask(samples.make_run(2, "waiting"), TASK, NOW + HOUR)
    assert asked.next_at == NOW + DAY
    asked.put_off(TASK.id, None)
    asked.ask(samples.make_run(3, "waiting"), TASK, NOW + 2 * DAY)
    assert put(asked, NOW + 2 * DAY) == [samples.run_id(3)]


def test_who_wants_to_be_reminded_is() -> None:
    asked = asking(1)
    put(asked, NOW)
    asked.put_off(TASK.id, NOW + HOUR)
    assert put(asked, NOW + HOUR) == [samples.run_id(1)]


def test_an_answer_ends_the_question_with_its_last_run() -> None:
    asked = asking(1, 2)
    assert asked.newest(TASK.id) == samples.run_id(2)
    assert asked.answered(samples.make_run(1, "waiting")) is None
    assert asked.answered(samples.make_run(1, "waiting")) is None
    assert asked.answered(samples.make_run(2, "running")) == KEY
    assert asked.answered(samples.make_run(3, task_id="other")) is None
    assert asked.next_at is None
    assert put(asked, NOW) == []


def test_the_day_counts_on_after_an_answer_and_is_then_forgotten() -> None:
    asked = asking(1)
    put(asked, NOW)
    asked.answered(samples.make_run(1, "running"))
    assert put(asked, NOW + HOUR) == []
    asked.ask(samples.make_run(2, "waiting"), TASK, NOW + HOUR)
    assert asked.next_at == NOW + DAY
    asked.answered(samples.make_run(2, "running"))
    assert put(asked, NOW + DAY) == []
    asked.ask(samples.make_run(3, "waiting"), TASK, NOW + DAY)
    assert asked.next_at == NOW + DAY
