"""`bgtasks logs`: the output of a run, byte for byte as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from bgtasks_gui.cli import asking, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import blocking, commands, connect, results
from bgtasks_gui.client.phrases import runs
from bgtasks_gui.core import durations, errors
from bgtasks_gui.wire import shapes

#: Bytes of a log's first file and of each further one (docs: the files of a run).
SEGMENT_BYTES: Final = 262_144
#: Seconds one question waits for more output.
_WAIT_S: Final = 25.0
#: What stands in a decoded text for bytes that are no UTF-8.
_REPLACEMENT: Final = "\ufffd"


@click.command(
    epilog=params.examples("bgtasks logs backup -f", "bgtasks logs 019a8f3c-... --tail 20")
)
@params.target_argument
@click.option("-f", "--follow", is_flag=True, help="Go on as output comes, until the run ends.")
@click.option("--tail", metavar="N", type=click.IntRange(min=0), help="Only the last N lines.")
@params.as_json
def logs(target: str, follow: bool, tail: int | None, as_json: bool) -> None:
    """What a run, or the newest run of a task, printed.

    Of a long output the beginning and the end are kept; what is left out between them is said on
    standard error. With --json each piece is one line.
    """
    with connect() as client:
        run = asking.find_run(client, target)
        if run is None:
            raise errors.RunNotFound(
                "There is no such run in the history: it is older, or the task has not run yet."
            )
        pieces = read(client, run, follow=follow)
        if as_json:
            for piece in pieces:
                outlet.say_json(piece)
            return
        for chunk in chunks(announced(pieces), run.log_path, tail):
            click.echo(chunk, nl=False)


def read(
    client: blocking.BlockingClient, run: shapes.RunView, *, follow: bool
) -> Iterator[shapes.LogPiece]:
    """The pieces of its log; when following, until the run has ended."""
    offset, wait_s = 0, 0.0
    while True:
        # Known before reading: nothing is written once a run has ended.
        over = runs.has_ended(run)
        piece = client(commands.read_log(run.id, offset=offset, wait=wait_s))
        offset = piece.next_offset
        yield piece
        if offset < piece.total:
            continue
        if over or not follow:
            return
        if piece.total == 0 and wait_s == 0:
            outlet.remark("Waiting for output...")
        # The first question does not wait: what is there already is wanted at once.
        wait_s = _WAIT_S
        if piece.ended:
            run = _once_it_goes_on(client, run)


def _once_it_goes_on(client: blocking.BlockingClient, run: shapes.RunView) -> shapes.RunView:
    """The run as soon as it may have more output: it waited to start, or has ended since."""
    changes = results.watch_run_blocking(client, run.id)
    return next(one for one in changes if one.pid is not None or runs.has_ended(one))


def announced(pieces: Iterator[shapes.LogPiece]) -> Iterator[shapes.LogPiece]:
    """The same pieces; gaps before them and losses are told on standard error."""
    end, lost = 0, 0
    for piece in pieces:
        if piece.offset > end:
            gone = durations.say_size(piece.offset - end)
            outlet.remark(f"[{gone} left out here: only the beginning and the end are kept]")
        if piece.lost > lost:
            gone = durations.say_size(piece.lost - lost)
            outlet.remark(f"[{gone} could not be written: the disk was full]")
        end, lost = piece.next_offset, piece.lost
        yield piece


def content(piece: shapes.LogPiece, base: str | None) -> bytes:
    """The bytes of a piece as the run wrote them.

    Text that is no UTF-8 comes decoded with replacements, so it is read from the log's own files.
    """
    if base is not None and _REPLACEMENT in piece.text:
        raw = read_segments(base, piece.offset, piece.next_offset)
        if len(raw) == piece.next_offset - piece.offset:
            return raw
    return piece.text.encode("utf-8", "replace")


def read_segments(base: str, start: int, end: int) -> bytes:
    """Stream bytes from `start` to `end`, as far as they are still in the files."""
    parts = []
    while start < end:
        number, within = divmod(start, SEGMENT_BYTES)
        path = base if number == 0 else f"{base}.{number - 1}"
        try:
            with open(path, "rb") as file:
                file.seek(within)
                part = file.read(min(end - start, SEGMENT_BYTES - within))
        except OSError:
            break
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def chunks(
    pieces: Iterator[shapes.LogPiece], base: str | None, tail: int | None
) -> Iterator[bytes]:
    """The bytes of the pieces; with `tail` only so many lines of what is there at first."""
    kept: bytes | None = None if tail is None else b""
    for piece in pieces:
        chunk = content(piece, base)
        if kept is None or tail is None:
            yield chunk
            continue
        kept = last_lines(kept + chunk, tail)
        if piece.next_offset >= piece.total:
            yield kept
            kept = None


def last_lines(text: bytes, count: int) -> bytes:
    """The last `count` lines; one that has no end yet is a line too."""
    if count == 0:
        return b""
    lines = text.split(b"\n")
    return b"\n".join(lines[-(count + text.endswith(b"\n")) :])
