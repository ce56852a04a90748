"""Each notice in words: title, body, buttons. The state is a sentence, never a bare code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final

import msgspec

from bgtasks_gui.core import blockers, durations, reasons, runs, tasks
from bgtasks_gui.core.notices import figures, notice, rules

_A = notice.Action
_K = notice.Kind
_S = runs.RunState
_C = reasons.Code

#: What a run does while nothing else is known of it.
_DOING: Final = {"download": "Downloading", "upload": "Uploading"}
#: Remedies that a button is good for; of the others the body tells, and a click leads to them.
_AGAIN: Final = frozenset({"run", "logs"})
#: Remedies that need no words: a button or a click does it.
_PLAIN: Final = frozenset({None, "run", "logs", "resume"})
_UNTIL_ROOM: Final = "It goes on by itself when there is room."


# Live


def live(run: runs.Run, task: tasks.Task | None, now: datetime) -> notice.Notice:
    """What a run does now, and how far it is."""
    known, is_running = run.progress, run.state is _S.RUNNING
    told = notice.Notice(
        key=f"live:{run.id}",
        kind=_K.LIVE,
        at=now,
        title=figures.line(run.task_name),
        body=_running(run) if is_running else _standing(run),
        still=_unmoving(run) if is_running else "",
        task_id=run.task_id,
        run_id=run.id,
        group=_group(task),
        actions=_live_actions(run),
        is_suspended=run.state is _S.SUSPENDED,
        urgency="low",
        is_resident=True,
        ends_work=_ends_work(run, task),
        category=_category(run, ""),
    )
    if known is None:
        return told
    return msgspec.structs.replace(
        told,
        fraction=figures.fraction(known),
        done=float(known.done),
        total=None if known.total is None else float(known.total),
        unit=known.unit or "",
        rate=known.rate if is_running else None,
    )


def stance(run: runs.Run, task: tasks.Task | None) -> tuple[object, ...]:
    """What of a run is told at once; all else of it only moves."""
    code = None if run.reason is None else run.reason.code
    return run.state, code, run.retry_at, run.cleaning_up, _ends_work(run, task)


def _ends_work(run: runs.Run, task: tasks.Task | None) -> bool:
    return task is not None and bool(task.modes) and run.state is not _S.CANCELING


def _running(run: runs.Run) -> str:
    doing, known = _DOING.get(run.kind, "Running"), run.progress
    if known is None:
        return f"{doing}."
    said = "" if known.message is None else reasons.tidy(figures.line(known.message))
    if said and run.kind in rules.TRANSFERS:
        # "Checking, 99 % of 1.2 GiB": a transfer's message is what it does.
        return f"{said[0].upper()}{said[1:]}, {figures.moving(known)}"
    return f"{doing}, {figures.moving(known)}" + (f": {said}" if said else "")


def _unmoving(run: runs.Run) -> str:
    """ "Downloading 1.2 GiB.": what stays true while it goes on."""
    doing, known = _DOING.get(run.kind, "Running"), run.progress
    if known is None or known.unit != "bytes" or not known.total or run.kind not in _DOING:
        return f"{doing}."
    return f"{doing} {durations.say_size(round(known.total))}."


def _standing(run: runs.Run) -> str:
    if run.state in runs.WAITING and run.waits_for is not None:
        said = run.waits_for
    elif run.reason is not None:
        said = reasons.sentence(run.reason, run.state)
    else:
        said = {_S.SUSPENDED: "Suspended.", _S.CANCELING: "Being cancelled."}.get(
            run.state, "Waiting."
        )
    reached = "" if run.progress is None else f"{figures.reached(run.progress)} done."
    return _sentences(figures.clean(said), reached)


def _live_actions(run: runs.Run) -> tuple[notice.Action, ...]:
    match run.state:
        case _S.CANCELING:
            return ()
        case _S.SUSPENDED if run.reason is None or run.reason.code not in blockers.PASSING:
            return _A.RESUME, _A.CANCEL
        case _S.RUNNING:
            return _A.SUSPEND, _A.CANCEL
    return (_A.CANCEL,)


def summary(live_ones: Sequence[notice.Notice], now: datetime) -> notice.Notice:
    """Several live notices in one. It ends nothing: to dismiss it is no word about each of them."""
    known = [one for one in live_ones if one.unit == "bytes" and one.total and one.done is not None]
    are_all = len(known) == len(live_ones)
    total = sum(one.total or 0.0 for one in known) if are_all else None
    done = sum(one.done or 0.0 for one in known) if are_all else None
    speed = sum(one.rate or 0.0 for one in live_ones if one.unit == "bytes") or None
    share = min(done / total, 1.0) if done is not None and total else None
    names = figures.names(figures.count_names(one.title for one in live_ones))
    said = [names]
    if share is not None:
        said.append(f"{figures.percent(share)} of {durations.say_size(round(total or 0))}")
    if speed is not None:
        said.append(figures.rate(speed, "bytes"))
    still = sum(one.is_suspended for one in live_ones)
    return notice.Notice(
        key="live:all",
        kind=_K.LIVE,
        at=now,
        title=f"{len(live_ones)} under way" + (f", {still} suspended" if still else ""),
        body=". ".join(said) + ".",
        still=f"{names}.",
        fraction=share,
        done=done,
        total=total,
        unit="bytes" if are_all else "",
        rate=speed,
        is_suspended=still == len(live_ones),
        urgency="low",
        is_resident=True,
    )


# News


def ended(
    run: runs.Run, task: tasks.Task | None, kind: notice.Kind, now: datetime
) -> notice.Notice:
    """That a run is over, as this kind of news (`Rules.told_end`)."""
    if kind is _K.ENDED:
        return _completed(run, task, now)
    name, said = figures.line(run.task_name), _why(run)
    if kind is _K.WARNING:
        told = _news(run, task, kind, now, f"{name} was missed", said)
        return msgspec.structs.replace(told, actions=(_A.RETRY,))
    title = f"{name} failed" if run.state is _S.FAILED else f"{name} was cancelled"
    body = _sentences(said, _kept(run), _remedy(run))
    told = _news(run, task, kind, now, title, body)
    action = None if run.reason is None else reasons.remedy(run.reason, run.state)[1]
    # One that has no word about it may be tried again as well.
    is_again = run.reason is None or action in _AGAIN
    return msgspec.structs.replace(
        told, actions=(_A.RETRY,) if is_again else (), is_resident=True,
        category=_category(run, ".error"),
    )  # fmt: skip


def needs_you(run: runs.Run, task: tasks.Task | None, now: datetime) -> notice.Notice:
    """That a run stands still until the person does something (`Rules.needs_person`)."""
    name = figures.line(run.task_name)
    code = None if run.reason is None else run.reason.code
    title, hint = f"{name} needs you", _remedy(run)
    actions: tuple[notice.Action, ...] = (_A.RESUME, _A.CANCEL)
    if code is _C.ADDRESS_EXPIRED:
        # The address is entered in the window, to which a click leads.
        title, hint, actions = f"{name} needs a new address", "", (_A.CANCEL,)
    elif code is _C.RESOURCE_REVOKED and run.kind in rules.TRANSFERS:
        title, hint = f"{name} needs room on the disk", _UNTIL_ROOM
    told = _news(run, task, _K.NEEDS_YOU, now, title, _sentences(_why(run), hint, _kept(run)))
    return msgspec.structs.replace(
        told, actions=actions, is_resident=True, category=_category(run, ".error")
    )


def missed(asking: Sequence[runs.Run], task: tasks.Task, now: datetime) -> notice.Notice:
    """Whether missed times of a task shall be made up for; the answer is for the last (wishes W8).

    `asking` are the runs that wait for it, oldest first.
    """
    last = asking[-1]
    at = durations.say_time(last.firing.planned_at or last.triggered_at, now)
    said = f"Its time, {at}, was missed."
    if len(asking) > 1:
        said = f"{len(asking)} of its times were missed, the last at {at}."
    name = figures.line(task.name)
    body = f"{said} Shall it run now?"
    told = _news(last, task, _K.NEEDS_YOU, now, f"{name} was missed", body)
    return msgspec.structs.replace(
        told, key=f"missed:{task.id}", actions=(_A.RUN, _A.SNOOZE), is_resident=True
    )


def warned(run: runs.Run, task: tasks.Task | None, warning: str, now: datetime) -> notice.Notice:
    """That a run comes near a limit of its task (wishes W9)."""
    title = f"{figures.line(run.task_name)} is near its limit"
    told = _news(run, task, _K.WARNING, now, title, f"{reasons.tidy(figures.clean(warning))}.")
    return msgspec.structs.replace(told, is_resident=True)


def _completed(run: runs.Run, task: tasks.Task | None, now: datetime) -> notice.Notice:
    name = figures.line(run.task_name)
    took = ""
    if run.started_at is not None and run.completed_at is not None:
        lasted = max(run.completed_at - run.started_at, timedelta(seconds=1))
        took = f" after {durations.say_duration(lasted)}"
    said, actions = f"Completed{took}.", tuple[notice.Action, ...]()
    if run.transfer is not None and run.transfer.path and run.kind == "download":
        size = durations.say_size(run.transfer.done)
        said = f"{figures.line(PurePath(run.transfer.path).name)} is here, {size}{took}."
        actions = _A.OPEN_FILE, _A.OPEN_FOLDER
    told = _news(run, task, _K.ENDED, now, f"{name} is done", said)
    return msgspec.structs.replace(
        told, actions=actions, urgency="low", category=_category(run, ".complete")
    )


def _news(
    run: runs.Run, task: tasks.Task | None, kind: notice.Kind, now: datetime, title: str, body: str
) -> notice.Notice:
    # Never critical: such a notice breaks through the desktop's own do-not-disturb.
    return notice.Notice(
        key=f"{kind}:{run.id}",
        kind=kind,
        at=now,
        title=title,
        body=body,
        task_id=run.task_id,
        run_id=run.id,
        group=_group(task),
    )


def _why(run: runs.Run) -> str:
    if run.reason is not None:
        # It may hold the message of an exception.
        return figures.clean(reasons.sentence(run.reason, run.state))
    return "Failed." if run.state is _S.FAILED else "Cancelled."


def _remedy(run: runs.Run) -> str:
    label, action = (None, None) if run.reason is None else reasons.remedy(run.reason, run.state)
    if label is None or action in _PLAIN:
        return ""
    return f"What helps: {label[0].lower()}{label[1:]}."


def _kept(run: runs.Run) -> str:
    """ "300 MiB of 1.2 GiB are kept.": of a transfer that may go on from there."""
    if run.transfer is None or not run.transfer.done:
        return ""
    known, where = run.transfer, "are kept" if run.kind == "download" else "are sent already"
    of = "" if known.length is None else f" of {durations.say_size(known.length)}"
    return f"{durations.say_size(known.done)}{of} {where}."


def _group(task: tasks.Task | None) -> str:
    return "" if task is None else task.group


def _category(run: runs.Run, tail: str) -> str:
    return f"transfer{tail}" if run.kind in rules.TRANSFERS else ""


def _sentences(*said: str) -> str:
    return " ".join(one for one in said if one)
