"""What keeps a run from starting or going on now: each with its live value and what lifts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from bgtasks_gui.core import durations, machine, overlap, reasons, runs, tasks, verdicts

#: `Firing.type` of a run asked for by a person or a program.
MANUAL: Final = "manual"

_S = runs.RunState
_C = reasons.Code
#: A run suspended for one of these goes on by itself.
PASSING: Final = frozenset({_C.CONDITION_LOSS, _C.PAUSED})
#: Codes of blockers that are gone when some transfer has ended.
PLACES: Final = frozenset({"transfer_slots", "host_slots"})


class Load(msgspec.Struct, frozen=True):
    """How many runs are under way, of how many there may be."""

    running: int
    limit: int


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The places for transfers, as one that wants to start finds them."""

    running: int
    limit: int
    #: The server that the transfer is with, how many others are, and how many may be.
    host: str
    with_host: int
    host_limit: int
    #: A folder on the same disk as the target, for which another transfer waits for room.
    full_folder: str = ""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything beside the task that decides whether one of its runs may start."""

    now: datetime
    machine: machine.MachineState
    #: The runs of this task that have not ended; the one in question may be among them.
    active: tuple[runs.Run, ...]
    load: Load
    #: None for a task that is no transfer.
    places: Places | None = None
    #: Until when everything is paused; None with `is_paused` is until somebody resumes.
    paused_until: datetime | None = None
    is_paused: bool = False


class Blocker(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps a run from starting or going on now."""

    code: str
    sentence: str
    #: Its live value, short.
    value: str
    #: What would lift it.
    lifts: str | None = None


class Obstacle(NamedTuple):
    """A blocker, and when it changes by itself."""

    blocker: Blocker
    at: datetime | None = None
    note: str | None = None


def judge_all(task: tasks.Task, situation: Situation) -> tuple[verdicts.Verdict, ...]:
    """Every condition of the task, in its order."""
    return tuple(
        verdicts.judge(condition, situation.machine, situation.now) for condition in task.conditions
    )


def is_paused(situation: Situation) -> bool:
    """Whether everything is paused; a pause that is over by its own time is none."""
    until = situation.paused_until
    return situation.is_paused and (until is None or until > situation.now)


def obstacles(
    task: tasks.Task,
    situation: Situation,
    run: runs.Run | None,
    checks: tuple[verdicts.Verdict, ...],
) -> list[Obstacle]:
    """Everything in the way of this run, the strongest first.

    That is what a person has to change, then what passes by itself. A run that has begun keeps
    its place, its slot and its right to run.
    """
    has_begun = run is not None and overlap.has_begun(run)
    found = list[Obstacle]()
    if not has_begun:
        found += _of_schedule(task, situation.now, run)
    if run is not None:
        found += _of_person(task, situation.now, run)
    found += _of_pause(situation)
    found += (_of_condition(check) for check in checks if not check.holds)
    if not has_begun:
        found += _of_overlap(task, situation, run)
        found += _of_retry(situation.now, run)
        found += _of_load(situation.load)
        found += _of_places(situation.places)
    return found


def _of_schedule(task: tasks.Task, now: datetime, run: runs.Run | None) -> Iterator[Obstacle]:
    if task.expires_at is not None and task.has_expired(now):
        since = durations.say_time(task.expires_at, now)
        yield _obstacle(
            "expired",
            f"The task expired at {since}.",
            f"since {since}",
            "when the task is given a later expiry",
        )
    if run is not None and run.firing.type == MANUAL:
        return
    if not task.enabled:
        yield _obstacle("disabled", "The task is disabled.", "disabled", "when you enable it")
    if task.unscheduled is not None:
        why = reasons.tidy(task.unscheduled)
        yield _obstacle(
            "unscheduled",
            f"The task took itself out of the schedule: {why}.",
            "out of the schedule",
            "when you enable it again",
        )


def _of_person(task: tasks.Task, now: datetime, run: runs.Run) -> Iterator[Obstacle]:
    if overlap.is_unanswered(task, run):
        missed = durations.say_time(run.firing.planned_at or run.triggered_at, now)
        yield _obstacle(
            "ask",
            f"Its time, {missed}, was missed, and you decide whether it runs now.",
            "waits for your answer",
            "resume the run to make up for it, cancel it to leave it out",
        )
    if run.state is not _S.SUSPENDED:
        return
    if run.reason is None:
        yield _obstacle("suspended", "The run is suspended.", "suspended", "resume the run")
    elif run.reason.code not in PASSING:
        since = f"since {durations.say_time(run.reason.at, now)}"
        sentence = reasons.sentence(run.reason, run.state)
        yield _obstacle("suspended", sentence, since, "resume the run")


def _of_pause(situation: Situation) -> Iterator[Obstacle]:
    if not is_paused(situation):
        return
    until = situation.paused_until
    if until is None:
        value, lifts = "until you resume", "when you resume everything"
    else:
        value = f"until {durations.say_time(until, situation.now)}"
        lifts = f"{value.replace('until', 'at')}, or when you resume everything"
    found = _obstacle("paused", f"Everything is paused {value}.", value, lifts)
    yield found._replace(at=until, note="the pause ends")


def _of_condition(check: verdicts.Verdict) -> Obstacle:
    blocker = Blocker(
        code=check.code, sentence=check.sentence, value=check.value, lifts=check.lifts
    )
    return Obstacle(blocker, check.next_at, "its time window opens")


_LIFTED_BY: Final = {
    overlap.Answer.QUEUE: "when that run has ended",
    overlap.Answer.SKIP: "when that run has ended; a run asked for before then is skipped",
    overlap.Answer.REPLACE: "a new run cancels that one and takes its place",
}


def _of_overlap(task: tasks.Task, situation: Situation, run: runs.Run | None) -> Iterator[Obstacle]:
    others = overlap.ahead(task, run, situation.active)
    answer = overlap.answer(task, run, others)
    if answer is overlap.Answer.START:
        return
    first = others[0]
    since = standing_since(first, situation.now)
    count = f"{len(others)} earlier runs are not over, the first {since}"
    sentence = f"{count}." if len(others) > 1 else f"An earlier run is not over: {since}."
    yield _obstacle("overlap", sentence, f"run {first.id} {since}", _LIFTED_BY[answer])


def _of_retry(now: datetime, run: runs.Run | None) -> Iterator[Obstacle]:
    if run is None or run.retry_at is None or run.retry_at <= now:
        return
    at = durations.say_time(run.retry_at, now)
    left = durations.say_duration(run.retry_at - now)
    found = _obstacle("retry", f"It failed and is tried again at {at}.", f"in {left}", f"at {at}")
    yield found._replace(at=run.retry_at, note="it is tried again")


def _of_load(load: Load) -> Iterator[Obstacle]:
    if load.running < load.limit:
        return
    under_way = "1 run is" if load.running == 1 else f"{load.running} runs are"
    yield _obstacle(
        "slots",
        f"{under_way} under way, and at most {load.limit} may be.",
        f"{load.running} of {load.limit}",
        "when one of them has ended",
    )


def _of_places(places: Places | None) -> Iterator[Obstacle]:
    if places is None:
        return
    if places.running >= places.limit:
        said = f"{places.running} of {places.limit}"
        sentence = f"{said} transfers are under way."
        yield _obstacle("transfer_slots", sentence, said, "when one of them has ended")
    if places.with_host >= places.host_limit:
        said = f"{places.with_host} of {places.host_limit}"
        sentence = f"{said} transfers with {places.host} are under way."
        yield _obstacle("host_slots", sentence, said, "when one of them has ended")
    if places.full_folder:
        yield _obstacle(
            "disk_full",
            f"The disk is full: another transfer waits for room in {places.full_folder}.",
            "no room",
            "when there is room again",
        )


def _obstacle(code: str, sentence: str, value: str, lifts: str) -> Obstacle:
    return Obstacle(Blocker(code=code, sentence=sentence, value=value, lifts=lifts))


def standing_since(run: runs.Run, now: datetime) -> str:
    """ "running since 14:02"."""
    return f"{run.state} since {durations.say_time(run.started_at or run.triggered_at, now)}"
