"""How a run ended: from what the supervisor saw to a state and a reason."""

from __future__ import annotations

import signal
from datetime import datetime

import msgspec

from bgtasks_gui.core import processes, reasons, runs

_S = runs.RunState
_C = reasons.Code

#: What shells and `env` mean by these exit statuses (POSIX sh 2.8.2).
_EXPLAINED = {
    126: "126 (found, but it cannot be run)",
    127: "127 (program not found: is its folder on the PATH of this task?)",
}


class LastWord(msgspec.Struct, frozen=True, kw_only=True):
    """The last message of a Python function, as its process sent it."""

    type: str
    value: msgspec.Raw = runs.NULL
    error: str | None = None
    message: str | None = None
    where: str | None = None
    text: str | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a run's end."""

    state: runs.RunState
    reason: reasons.Reason | None = None
    result: msgspec.Raw = runs.NULL
    #: Its own program asked not to be started again (concepts R11).
    unschedules: bool = False


def ending(run: runs.Run, exit_: processes.Exit, at: datetime, *, ended_by_itself: bool) -> Ending:
    """The end of a run whose process is gone.

    `ended_by_itself`: a cancel was under way but had not reached the process yet; then the
    run is what it ended as (wishes W12).
    """
    word = _last_word(exit_)
    if word is not None and word.type == "aborted":
        why = f"its own program gave up: {word.text}" if word.text else None
        reason = reasons.make(_C.ABORT, at, why)
        return Ending(state=_S.CANCELED, reason=reason, unschedules=True)
    if run.state is _S.CANCELING and not ended_by_itself:
        return Ending(state=_S.CANCELED, reason=run.reason)
    if word is not None and word.type == "exception":
        return Ending(state=_S.FAILED, reason=reasons.make(_C.EXCEPTION, at, _raised(word)))
    if word is not None and word.type == "import_error":
        return Ending(state=_S.FAILED, reason=reasons.make(_C.CANNOT_START, at, word.message))
    if exit_.signal is not None:
        reason = reasons.make(_C.KILLED, at, signal_name(exit_.signal))
        return Ending(state=_S.FAILED, reason=reason)
    if exit_.exit_code:
        status = _EXPLAINED.get(exit_.exit_code, str(exit_.exit_code))
        return Ending(state=_S.FAILED, reason=reasons.make(_C.EXIT_STATUS, at, status))
    return Ending(state=_S.COMPLETED, result=runs.NULL if word is None else word.value)


def vanished(at: datetime, why: str) -> Ending:
    """The end of a run of which nobody saw the exit (wishes W14)."""
    return Ending(state=_S.CANCELED, reason=reasons.make(_C.INTERRUPTED, at, why))


def signal_name(number: int) -> str:
    """ "SIGSEGV (signal 11)"; the number alone where the system names none."""
    try:
        return f"{signal.Signals(number).name} (signal {number})"
    except ValueError:
        return f"signal {number}"


def _last_word(exit_: processes.Exit) -> LastWord | None:
    if exit_.message is None:
        return None
    try:
        return msgspec.json.decode(exit_.message, type=LastWord | None)
    except msgspec.DecodeError:
        # A broken worker may say anything; its exit status still counts.
        return None


def _raised(word: LastWord) -> str:
    said = f"{word.error or 'an error'}: {word.message}" if word.message else word.error
    place = f" ({word.where})" if word.where else ""
    return f"{said or 'an error'}{place}"
