"""Calls a task's function: imports it, runs it to its end, and tells how that went."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType, TracebackType

from bgtasks_gui.worker import cancellation, channel, importing, lines, run

#: Longest result that is kept, in bytes of JSON.
LONGEST_RESULT = 64 * 1024
#: Longest error message that is kept, in characters; the log has the whole.
LONGEST_MESSAGE = 4000
EXIT_FAILED = 1
#: What a shell reports for a program that ended by SIGTERM.
EXIT_TERMINATED = 128 + signal.SIGTERM

Message = Mapping[str, object]


class Terminated(SystemExit):
    """SIGTERM reached a program that never asked for its run."""


class SigtermHandler:
    """Turns SIGTERM into `canceled` where the program looks at it, else into an exit."""

    def __init__(self, cancel: cancellation.Cancellation) -> None:
        self._cancel = cancel
        self._masks = threading.local()
        self.is_over = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        self._cancel.set()
        if run.Presence.run is None and not self.is_over:
            self.is_over = True  # once: the clean-up it starts is not to be cut short
            raise Terminated(EXIT_TERMINATED)

    def install(self) -> None:
        """From now on take SIGTERM; what the task forks has no run to cancel, and just ends.

        A fork waits with it until the handler is gone there, or it would be lost.
        """
        signal.signal(signal.SIGTERM, self)
        os.register_at_fork(
            before=self._hold_back, after_in_parent=self._go_on, after_in_child=self._remove
        )
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    def _hold_back(self) -> None:
        self._masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM,))

    def _go_on(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._masks.before)

    def _remove(self) -> None:
        if signal.getsignal(signal.SIGTERM) is self:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._go_on()


def perform(spec: Message, line: channel.Channel) -> int:
    """Call the function of this run and tell how it ended; the exit status to end with."""
    cancel = cancellation.Cancellation(line, os.environ.get(cancellation.NOTE))
    run.Presence.make = functools.partial(run.CurrentRun, spec, line, cancel)
    handler = SigtermHandler(cancel)
    try:
        handler.install()
        message, status = _outcome(spec)
    except Terminated:
        message, status = None, EXIT_TERMINATED
    handler.is_over = True
    if run.Presence.run is not None:
        run.Presence.run.close()
    if message is not None:
        line.send(message)
    return status


def _outcome(spec: Message) -> tuple[Message | None, int]:
    target = str(spec.get("callable", ""))
    value: object = None
    try:
        value = _call(importing.resolve(target), spec)
        if run.Presence.run is not None:
            run.Presence.run.settle()
        _join_threads()
    except (run.Aborted, Terminated):
        if _abort_text() is None:
            raise
    except importing.CannotImport as error:
        _print_traceback(error.__cause__)
        sentence = f"cannot start {target}: {error}"
        print_line(sentence)
        return {"type": "import_error", "message": sentence}, EXIT_FAILED
    except SystemExit as stop:
        return _stopped(stop)
    except BaseException as error:
        _print_traceback(error)
        return _failure(error), EXIT_FAILED
    text = _abort_text()
    if text is not None:
        return {"type": "aborted", "text": text}, EXIT_FAILED
    return _result(value), 0


def _abort_text() -> str | None:
    return None if run.Presence.run is None else run.Presence.run.aborted


def _call(function: Callable[..., object], spec: Message) -> object:
    args, kwargs = spec.get("args"), spec.get("kwargs")
    value = function(
        *(args if isinstance(args, list) else ()),
        **(kwargs if isinstance(kwargs, dict) else {}),
    )
    if not hasattr(value, "__await__"):
        return value
    # Only an async function pays for this import.
    import asyncio

    async def awaited() -> object:
        return await value

    return asyncio.run(awaited())


def _join_threads() -> None:
    """Wait for the program's threads as the interpreter does before it exits."""
    # No public call does it: joining them one by one hangs on those of an idle thread pool.
    vars(threading)["_shutdown"]()


def _result(value: object) -> Message:
    message = {"type": "result", "value": value}
    try:
        length = len(lines.encode(message))
    except (TypeError, ValueError, RecursionError):
        kind = type(value).__name__
        print_line(f"the function returned a {kind} that is not JSON; no result is kept")
    else:
        if length <= LONGEST_RESULT:
            return message
        print_line(f"the result takes {length} bytes of at most {LONGEST_RESULT}; it is not kept")
    return {"type": "result", "value": None}


def _stopped(stop: SystemExit) -> tuple[Message | None, int]:
    """What sys.exit() means, as the interpreter itself sees it."""
    if stop.code is None or stop.code == 0:
        return {"type": "result", "value": None}, 0
    if isinstance(stop.code, int):
        return None, stop.code & 0xFF
    print_line(str(stop.code))
    return None, EXIT_FAILED


def _failure(error: BaseException) -> Message:
    try:
        text = str(error)[:LONGEST_MESSAGE]
    except Exception:  # whatever the task's own exception class does
        text = ""
    return {
        "type": "exception",
        "error": type(error).__name__,
        "message": text,
        "where": _where(error.__traceback__),
    }


def _where(trace: TracebackType | None) -> str | None:
    if trace is None:
        return None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _print_traceback(error: BaseException | None) -> None:
    if error is None:
        return
    import traceback

    traceback.print_exception(type(error), error, _own_part(error.__traceback__))


def _own_part(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the task's own first line on."""
    here = os.path.dirname(__file__)
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if os.path.dirname(name) != here and "importlib" not in name:
            break
        trace = trace.tb_next
    return trace


def print_line(text: str) -> None:
    """A word of ours in the log of the run."""
    if sys.stderr is not None:
        sys.stderr.write(text + "\n")
