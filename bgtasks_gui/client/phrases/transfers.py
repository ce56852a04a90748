"""Downloads and uploads in a few words; `receipts` has all there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from bgtasks_gui.client.phrases import runs, text, times
from bgtasks_gui.core import durations
from bgtasks_gui.wire import codec, receipts, shapes

#: Kinds whose runs are transfers.
KINDS: Final = frozenset({"download", "upload"})


def outcome(known: receipts.ReceiptView) -> str:
    """ "100 MiB, 8.1 MiB/s on average, 2 attempts, suspended for 3 min, its sha256 is as expected".

    How it went, of one that is over.
    """
    return ", ".join(_outcome(known))


def _outcome(known: receipts.ReceiptView) -> Iterator[str]:
    yield durations.say_size(known.done)
    if known.mean_speed is not None:
        yield f"{durations.say_size(round(known.mean_speed))}/s on average"
    count = len(known.attempts) + known.attempts_left_out
    if count > 1:
        yield f"{count} attempts"
    if known.suspended_s >= 1:
        yield f"suspended for {times.length(known.suspended_s)}"
    if known.checked and known.checked.endswith("as expected"):
        yield text.one_line(known.checked)


def stopped_at(run: shapes.RunView) -> str:
    """ "34 of 100 MiB": how far one is that does not move; nothing where it never began."""
    if run.receipt is not None and run.receipt.done:
        done, total = run.receipt.done, run.receipt.length
        return runs.amount(
            shapes.ProgressView(
                done=done, total=total, unit="bytes", message=None, rate=None, eta=None
            )
        )
    return "" if run.progress is None else runs.amount(run.progress)


def path_of(run: shapes.RunView) -> str:
    """Where the file of a completed download is; "" where that is not told."""
    result = run.result
    if isinstance(result, msgspec.Raw):
        result = codec.plain(result)
    path = result.get("path") if isinstance(result, dict) else None
    return path if isinstance(path, str) else ""
