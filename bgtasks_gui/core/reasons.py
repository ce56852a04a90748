"""The catalogue of reasons: why a run stands still, ended, or never started (design 7)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, TypedDict, Unpack

import msgspec

Actor = Literal["user", "task", "system", "agent"]

#: What a person can do about it: the verb of a button.
Action = Literal["run", "edit", "logs", "resume", "enable", "environment", "address"]


class Code(enum.StrEnum):
    """One word for each reason; the sentence is for people."""

    USER_CANCEL = "user_cancel"
    USER_SUSPEND = "user_suspend"
    USER_REMOVED_NOTICE = "user_removed_notice"
    ABORT = "abort"
    TERMINATING = "terminating"
    LOGGING_OFF = "logging_off"
    SERVICING_UPDATE = "servicing_update"
    IDLE_TASK = "idle_task"
    UNINSTALL = "uninstall"
    CONDITION_LOSS = "condition_loss"
    SYSTEM_POLICY = "system_policy"
    QUIET_HOURS = "quiet_hours"
    TIME_LIMIT = "time_limit"
    RESOURCE_REVOKED = "resource_revoked"
    ENERGY_SAVER = "energy_saver"
    LOW_SPEED = "low_speed"
    NO_PROGRESS = "no_progress"
    MODE_NOT_USED_AUDIO_SESSION = "mode_not_used_audio_session"
    MODE_NOT_USED_AUDIO_PLAYBACK = "mode_not_used_audio_playback"
    MODE_NOT_USED_AUDIO_RECORDING = "mode_not_used_audio_recording"
    MODE_NOT_USED_LOCATION = "mode_not_used_location"
    MODE_NOT_USED_BLUETOOTH = "mode_not_used_bluetooth"
    MODE_NOT_USED_MULTI_DEVICE = "mode_not_used_multi_device"
    MODE_NOT_USED_VOIP = "mode_not_used_voip"
    MODE_MISUSE = "mode_misuse"
    INTERRUPTED = "interrupted"
    REPLACED = "replaced"
    OVERLAP = "overlap"
    MISSED_ASLEEP = "missed_asleep"
    MISSED_OFF = "missed_off"
    MISSED_LATE = "missed_late"
    MERGED = "merged"
    EXPIRED = "expired"
    DISABLED = "disabled"
    QUOTA = "quota"
    PAUSED = "paused"
    DECLINED = "declined"
    EXIT_STATUS = "exit_status"
    KILLED = "killed"
    CANNOT_START = "cannot_start"
    EXCEPTION = "exception"
    CONNECTION = "connection"
    SERVER_ANSWER = "server_answer"
    ADDRESS_EXPIRED = "address_expired"
    WRONG_CONTENT = "wrong_content"
    FILE_UNUSABLE = "file_unusable"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why one run stands where it stands."""

    code: Code
    actor: Actor
    at: datetime
    #: The measured value behind it, as a phrase ("used 612 MB of 500 MB").
    detail: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue knows of one code."""

    code: Code
    actor: Actor
    #: The rest of "Cancelled by the system: ..." without a measured value.
    because: str
    #: The same with one; `{detail}` is its place.
    because_detail: str = "{detail}"
    remedy: str | None = None
    action: Action | None = None
    #: Windows BackgroundTaskCancellationReason (concepts 2.1).
    windows: int | None = None
    #: OpenHarmony ContinuousTaskCancelReason (concepts 2.3).
    ohos: int | None = None
    #: Seed 0's LastExitReason (concepts R9).
    exit_reason: str = "Terminated"


_C = Code
_AGAIN: Final[tuple[str, Action]] = ("Run again", "run")
_MODE: Final = "it declared {mode}, and does not use it"


def _mode(code: Code, mode: str, ohos: int) -> Entry:
    return Entry(
        code=code,
        actor="agent",
        because=_MODE.format(mode=mode),
        windows=7,
        ohos=ohos,
        because_detail=f"{_MODE.format(mode=mode)} ({{detail}})",
        remedy="Change the task",
        action="edit",
    )


class _More(TypedDict, total=False):
    because_detail: str
    windows: int
    ohos: int
    exit_reason: str


def _entry(
    code: Code,
    actor: Actor,
    because: str,
    remedy: tuple[str, Action] | None = None,
    **more: Unpack[_More],
) -> Entry:
    label, action = remedy or (None, None)
    return Entry(code=code, actor=actor, because=because, remedy=label, action=action, **more)


ENTRIES: Final[tuple[Entry, ...]] = (
    _entry(_C.USER_CANCEL, "user", "", _AGAIN, windows=0, ohos=1, exit_reason="Aborted"),
    _entry(_C.USER_SUSPEND, "user", "", ("Resume", "resume")),
    _entry(_C.USER_REMOVED_NOTICE, "user", "its notice was dismissed", _AGAIN, ohos=3),
    _entry(_C.ABORT, "task", "its own program asked for it", ("Enable", "enable"), windows=0,
           exit_reason="Aborted"),
    _entry(_C.TERMINATING, "system", "the agent was stopped", _AGAIN, windows=1, ohos=2,
           because_detail="the agent was stopped ({detail})"),
    _entry(_C.LOGGING_OFF, "system", "the session ended", _AGAIN, windows=2, ohos=2),
    _entry(_C.SERVICING_UPDATE, "system", "the program is being updated", _AGAIN, windows=3,
           ohos=2),
    _entry(_C.IDLE_TASK, "agent", "it showed no sign of work", ("Change the limit", "edit"),
           because_detail="no output, progress or CPU use for {detail}", windows=4, ohos=2),
    _entry(_C.UNINSTALL, "system", "its owner was removed", windows=5, ohos=2),
    _entry(_C.CONDITION_LOSS, "system", "a condition no longer held", _AGAIN, windows=6, ohos=2),
    _entry(_C.SYSTEM_POLICY, "system", "refused by a rule of this computer", windows=7, ohos=14,
           because_detail="refused by a rule of this computer ({detail})"),
    _entry(_C.QUIET_HOURS, "system", "quiet hours began", _AGAIN, windows=8, ohos=2),
    _entry(_C.TIME_LIMIT, "agent", "its time limit was used up", ("Change the limit", "edit"),
           because_detail="it ran for its whole time limit of {detail}", windows=9, ohos=2,
           exit_reason="ExecutionTimeExceeded"),
    _entry(_C.RESOURCE_REVOKED, "system", "memory or disk ran out", ("Change the limit", "edit"),
           windows=10, ohos=2, exit_reason="MemoryQuotaExceeded"),
    _entry(_C.ENERGY_SAVER, "system", "the computer saves energy", _AGAIN, windows=11, ohos=2,
           because_detail="the computer saves energy ({detail})"),
    _entry(_C.LOW_SPEED, "agent", "it was too slow", ("Change the limit", "edit"),
           because_detail="it was too slow ({detail})", windows=7, ohos=4),
    _entry(_C.NO_PROGRESS, "agent", "it made no progress", _AGAIN,
           because_detail="it made no progress for {detail}", windows=7, ohos=12),
    _mode(_C.MODE_NOT_USED_AUDIO_SESSION, "an audio session", 5),
    _mode(_C.MODE_NOT_USED_AUDIO_PLAYBACK, "audio playback", 6),
    _mode(_C.MODE_NOT_USED_AUDIO_RECORDING, "audio recording", 7),
    _mode(_C.MODE_NOT_USED_LOCATION, "location", 8),
    _mode(_C.MODE_NOT_USED_BLUETOOTH, "Bluetooth", 9),
    _mode(_C.MODE_NOT_USED_MULTI_DEVICE, "other devices", 10),
    _mode(_C.MODE_NOT_USED_VOIP, "a call", 13),
    _entry(_C.MODE_MISUSE, "agent", "it does what it did not declare", ("Change the task", "edit"),
           because_detail="it does what it did not declare ({detail})", windows=7, ohos=11),
    _entry(_C.INTERRUPTED, "system", "it was cut off", _AGAIN, windows=1, ohos=2,
           because_detail="it was cut off ({detail})"),
    _entry(_C.REPLACED, "agent", "a newer run of this task took its place",
           because_detail="a newer run of this task took its place ({detail})",
           exit_reason="Other"),
    _entry(_C.OVERLAP, "agent", "an earlier run of this task was not over", _AGAIN,
           because_detail="an earlier run of this task was not over ({detail})",
           exit_reason="Other"),
    _entry(_C.MISSED_ASLEEP, "agent", "the computer was asleep", _AGAIN,
           because_detail="the computer was asleep ({detail})", exit_reason="Other"),
    _entry(_C.MISSED_OFF, "agent", "Background Tasks was not running", _AGAIN,
           because_detail="Background Tasks was not running ({detail})", exit_reason="Other"),
    _entry(_C.MISSED_LATE, "agent", "it could not be started in time", _AGAIN,
           because_detail="it could not be started in time ({detail})", exit_reason="Other"),
    _entry(_C.MERGED, "agent", "one run makes up for several planned times",
           because_detail="one run makes up for several planned times ({detail})",
           exit_reason="Other"),
    _entry(_C.EXPIRED, "agent", "the task has expired", ("Change the task", "edit"),
           because_detail="the task expired {detail}", exit_reason="Other"),
    _entry(_C.DISABLED, "agent", "the task is disabled", ("Enable", "enable"),
           exit_reason="Other"),
    _entry(_C.QUOTA, "agent", "its quota is used up",
           because_detail="its quota is used up ({detail})", exit_reason="Other"),
    _entry(_C.PAUSED, "user", "everything is paused", ("Resume", "resume"),
           because_detail="everything is paused {detail}"),
    _entry(_C.DECLINED, "user", "you chose not to make up for it", _AGAIN, exit_reason="Other"),
    _entry(_C.EXIT_STATUS, "task", "its program reported an error", ("Show log", "logs"),
           because_detail="its program ended with exit status {detail}", exit_reason="Other"),
    _entry(_C.KILLED, "system", "its process was killed by a signal", ("Show log", "logs"),
           because_detail="its process was killed by {detail}"),
    _entry(_C.CANNOT_START, "agent", "its program cannot be started", ("Change the task", "edit"),
           because_detail="its program cannot be started ({detail})", exit_reason="Other"),
    _entry(_C.EXCEPTION, "task", "its function raised an error", ("Show log", "logs"),
           because_detail="its function raised {detail}", exit_reason="UnhandledException"),
    _entry(_C.CONNECTION, "system", "the connection failed", _AGAIN, exit_reason="Other"),
    _entry(_C.SERVER_ANSWER, "system", "the server refused it", _AGAIN,
           because_detail="the server answered {detail}", exit_reason="Other"),
    _entry(_C.ADDRESS_EXPIRED, "system", "it needs a new address", ("New address", "address"),
           because_detail="it needs a new address ({detail})", exit_reason="Other"),
    _entry(_C.WRONG_CONTENT, "agent", "what arrived is not what was expected", _AGAIN,
           because_detail="what arrived is not what was expected ({detail})", exit_reason="Other"),
    _entry(_C.FILE_UNUSABLE, "system", "its file cannot be used", ("Change the task", "edit"),
           because_detail="its file cannot be used ({detail})", exit_reason="Other"),
)  # fmt: skip

CATALOGUE: Final[dict[Code, Entry]] = {entry.code: entry for entry in ENTRIES}

_WORDS: Final[dict[str, str]] = {
    "canceling": "Being cancelled",
    "canceled": "Cancelled",
    "suspended": "Suspended",
    "waiting": "Waiting",
    "skipped": "Skipped",
    "missed": "Missed",
    "failed": "Failed",
}
_ACTORS: Final[dict[Actor, str]] = {
    "user": "by you", "task": "by the task", "system": "by the system", "agent": "by its rules",
}  # fmt: skip
#: States whose word says nothing about who did it.
_PASSIVE: Final = frozenset(
    {"pending", "waiting", "running", "missed", "failed", "skipped", "completed"}
)
#: A longer detail (the message of an exception) is cut; the log has the whole.
_LONGEST_DETAIL: Final = 300


def make(code: Code, at: datetime, detail: str | None = None, actor: Actor | None = None) -> Reason:
    """A reason of the catalogue, at a time; the actor is the catalogue's unless it is given."""
    return Reason(code=code, actor=actor or CATALOGUE[code].actor, at=at, detail=detail)


def because(reason: Reason) -> str:
    """The explaining half of the sentence, without who and without a full stop."""
    entry = CATALOGUE[reason.code]
    detail = tidy(reason.detail or "")
    return entry.because_detail.format(detail=detail) if detail else entry.because


def tidy(text: str) -> str:
    """A phrase as it stands within a sentence: one line, no full stop at its end, not too long."""
    phrase = " ".join(text.split()).rstrip(". ")
    return phrase if len(phrase) <= _LONGEST_DETAIL else phrase[: _LONGEST_DETAIL - 1] + "…"


def sentence(reason: Reason, state: str) -> str:
    """The whole sentence for a run in this state: what happened, by whom, and why."""
    word = _WORDS.get(state, state.capitalize())
    who = "" if state in _PASSIVE else f" {_ACTORS[reason.actor]}"
    why = because(reason)
    said = f"{word}{who}: {why}" if why else f"{word}{who}"
    return said if said.endswith(("!", "?")) else f"{said}."


def remedy(reason: Reason, state: str) -> tuple[str | None, Action | None]:
    """What a person can do about a run in this state; the catalogue's is for one that ended."""
    entry = CATALOGUE[reason.code]
    if state == "suspended" and entry.action in ("run", "edit"):
        return "Resume", "resume"
    if state == "waiting" and entry.action == "run":
        # It is tried again by itself.
        return None, None
    return entry.remedy, entry.action


def strongest(found: Iterable[Reason]) -> Reason | None:
    """The reason to show where several hold: a person's, then the first in catalogue order."""
    order = {entry.code: index for index, entry in enumerate(ENTRIES)}
    return min(found, key=lambda one: (one.actor != "user", order[one.code]), default=None)


def exit_reason(state: str, code: str | None, *, has_started: bool) -> str | None:
    """Seed 0's word for how a run ended (concepts R9); None for one that never ran (wishes W3)."""
    if not has_started:
        return None
    if state == "completed":
        return "Completed"
    return "Other" if code is None else CATALOGUE[Code(code)].exit_reason
