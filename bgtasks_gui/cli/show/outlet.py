"""Where answers go: people's words and JSON to standard output, remarks to standard error."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import click

from bgtasks_gui.wire import codec


def say(text: str = "") -> None:
    click.echo(text)


def remark(text: str) -> None:
    """What is no part of the answer: it must not end up in a pipe."""
    click.echo(text, err=True)


def say_json(value: object) -> None:
    """The value as one line of JSON, in UTF-8 whatever the locale is, and at once."""
    click.echo(codec.encode(value))


def is_fancy(stream: TextIO) -> bool:
    """Whether colours, bars and the like are welcome on this stream."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        # Closed already.
        return False


def relax(stream: TextIO) -> None:
    """Let a stream show as an escape what its encoding lacks, instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def silence_output() -> None:
    """Nobody reads any more: let nothing complain about it when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
