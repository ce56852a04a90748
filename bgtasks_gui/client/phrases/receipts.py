"""The receipt of a transfer in sentences: how its file was put together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bgtasks_gui.client.phrases import text, times
from bgtasks_gui.core import durations
from bgtasks_gui.wire import receipts

#: A fact: its title, and what is said, a line each.
Fact = tuple[str, list[str]]


def facts(known: receipts.ReceiptView, now: datetime) -> Iterator[Fact]:
    """Everything that there is to say, the most important first."""
    yield "Address", [text.one_line(known.url)]
    if known.part or known.path:
        yield "File", [text.one_line(known.part or known.path or "")]
    yield "So far", [so_far(known)]
    if moved := movement(known):
        yield "Speed", [moved]
    if known.checked:
        yield "Checked", [text.one_line(known.checked)]
    if known.etag or known.modified:
        yield "Known by", [text.one_line(known.etag or known.modified or "")]
    if known.attempts:
        yield "Attempts", list(_attempts(known, now))
    if known.again:
        yield "Again", list(_again(known))
    if known.suspended_s >= 1:
        yield "Suspended", [f"For {times.length(known.suspended_s)} in all"]
    if known.notes:
        yield "Note", [_first_up(text.one_line(one)) for one in known.notes]


def so_far(known: receipts.ReceiptView) -> str:
    """ "50 MiB of 100 MiB, in 2 pieces; it can go on from there"."""
    done = durations.say_size(known.done)
    is_whole = known.length is not None and known.done >= known.length
    if is_whole:
        return f"All of {done}"
    whole = "" if known.length is None else f" of {durations.say_size(known.length)}"
    pieces = sum(end > start for start, end in known.offsets)
    parts = f", in {pieces} pieces" if pieces > 1 else ""
    return f"{done}{whole}{parts}{_resuming(known)}"


def _resuming(known: receipts.ReceiptView) -> str:
    if known.can_resume is None:
        return ""
    return "; it can go on from there" if known.can_resume else "; it would begin again"


def movement(known: receipts.ReceiptView) -> str:
    """ "2 MiB/s on average, over 25 s; 52 MiB moved in all; up to 4 connections"."""
    parts = []
    if known.mean_speed is not None:
        mean = durations.say_size(round(known.mean_speed))
        parts.append(f"{mean}/s on average, over {times.length(known.active_s)}")
    moved = durations.say_size(known.moved)
    if known.moved > known.done and moved != durations.say_size(known.done):
        parts.append(f"{moved} moved in all")
    if known.connections > 1:
        parts.append(f"up to {known.connections} connections")
    return "; ".join(parts)


def _attempts(known: receipts.ReceiptView, now: datetime) -> Iterator[str]:
    """The newest first."""
    first = known.attempts_left_out + 1
    for number, one in reversed(list(enumerate(known.attempts, first))):
        yield f"{number}. {attempt(one, now)}"
    if known.attempts_left_out:
        yield f"… and {known.attempts_left_out} before"


def attempt(one: receipts.AttemptView, now: datetime) -> str:
    """ "today 14:02 from 30 MiB to 50 MiB, answer 206: the server closed the connection"."""
    way = f"from {durations.say_size(one.first)} to {durations.say_size(one.last)}"
    answer = "" if one.status is None else f", answer {one.status}"
    end = text.one_line(one.end or "goes on")
    return f"{_first_up(times.when(one.at, now))} {way}{answer}: {end}"


def _again(known: receipts.ReceiptView) -> Iterator[str]:
    for one in reversed(known.again):
        start, end = durations.say_size(one.start), durations.say_size(one.end)
        yield f"{start} to {end}: {text.one_line(one.why)}"
    if known.again_left_out:
        yield f"… and {known.again_left_out} before"


def _first_up(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
