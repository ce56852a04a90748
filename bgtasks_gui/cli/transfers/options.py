"""The options of transfers, in the order that `--help` lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, get_args

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.transfers import payloads
from bgtasks_gui.core import durations, transfers

F = TypeVar("F", bound=Callable[..., object])

#: Completed by shells, and otherwise only a text: the agent looks at what is there.
_PATH: Final = click.Path()
_LENGTH: Final = params.reads(durations.parse_duration)


def _headers(
    context: click.Context, parameter: click.Parameter, given: object
) -> dict[str, str] | None:
    read = params.reads(payloads.parse_header)(context, parameter, given)
    return payloads.join_headers(read) if isinstance(read, tuple) else None


def _least(text: str) -> int | None:
    return durations.parse_rate(text, least=1)


_FILE: Final = (
    click.option("--checksum", metavar="ALGO:HEX", help='What the file must have: "sha256:9f86…".'),
    click.option(
        "--segments", metavar="N", type=int,
        help="Connections at once, 16 at most; by itself it uses several for large files.",
    ),
    click.option("--body", metavar="FILE", type=_PATH, help="Send this file with the request."),
)  # fmt: skip

_COMMON: Final = (
    click.option("--limit", "rate", metavar="RATE", callback=params.reads(durations.parse_rate),
                 help='Speed at most: "500K", "2M", "1.5MB/s"; "off" is none.'),
    click.option("--priority", type=click.Choice(get_args(transfers.Priority)),
                 help="Who goes first where several wait."),
    click.option("--request-timeout", metavar="T", callback=_LENGTH,
                 help="Connect anew after so long without any data (60s)."),
    click.option("--resource-timeout", metavar="T", callback=_LENGTH,
                 help="Longest time in all, waiting and suspended left out (7d)."),
    click.option("--connect-timeout", metavar="T", callback=_LENGTH,
                 help="Longest time to connect (30s)."),
    click.option("--attempts", metavar="N", type=int,
                 help="Attempts in a row that may bring nothing (20)."),
    click.option("--min-speed", "floor", metavar="RATE", callback=params.reads(_least),
                 help="Cancel it when it is slower; none."),
    click.option("--min-speed-time", "floor_window", metavar="T", callback=_LENGTH,
                 help="Measured over so long (60s)."),
    click.option("--header", "headers", metavar="'K: V'", multiple=True, callback=_headers,
                 help="Send this header (repeat it); the same one twice is joined."),
    click.option("--method", metavar="M", help="GET for downloads, PUT for uploads."),
    click.option("--repeat", is_flag=True,
                 help="It may be sent again by itself, although it is a POST or the like."),
    click.option("--proxy", metavar="URL",
                 help='Address of a proxy, or "direct"; that of this shell is the default '
                 "(HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)."),
    click.option("--user", metavar="NAME",
                 help="Whose password the keyring has under bgtasks: and the host."),
    click.option("--cert", "certificate", metavar="FILE", type=_PATH,
                 help="Client certificate, in PEM."),
    click.option("--key", "certificate_key", metavar="FILE", type=_PATH,
                 help="Its key, where it is apart."),
    click.option("--cacert", "authorities", metavar="FILE", type=_PATH,
                 help="Authorities to trust in place of the system's, in PEM."),
    click.option("--http2", is_flag=True, help="Offer HTTP/2, which is slower for large files."),
)  # fmt: skip

_PROTOCOL: Final = click.option(
    "--protocol", type=click.Choice(get_args(transfers.Protocol)),
    help="How it is sent: auto asks the server; tus and draft can go on where they stopped.",
)  # fmt: skip


def of_a_download(function: F) -> F:
    """Give a command the options whose names are in `payloads.DOWNLOAD`, but `url` and `to`."""
    for option in reversed((*_FILE, *_COMMON)):
        function = option(function)
    return function


def of_an_upload(function: F) -> F:
    """Give a command the options whose names are in `payloads.UPLOAD`, but `url` and `file`."""
    for option in reversed((_PROTOCOL, *_COMMON)):
        function = option(function)
    return function
