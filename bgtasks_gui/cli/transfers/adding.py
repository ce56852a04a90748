"""`bgtasks add download`, `add upload`: register a transfer."""

from __future__ import annotations

import click

from bgtasks_gui.cli import options, params, registering
from bgtasks_gui.cli.transfers import options as own
from bgtasks_gui.cli.transfers import payloads
from bgtasks_gui.core import errors


@click.command(
    "download",
    epilog=params.examples(
        "bgtasks add download backup https://example.org/db.dump --to ~/backups/ --every 1d",
        "bgtasks add download disc https://example.org/disc.iso --checksum sha256:9f86d0...",
        "bgtasks add download films https://example.org/a.mkv --if free_network --limit 2M",
    ),
)
@click.argument("name", metavar="NAME")
@click.argument("url", metavar="URL")
@click.option(
    "--to", metavar="PATH", type=click.Path(),
    help="The file, or with a slash at its end the folder; your downloads are the default.",
)  # fmt: skip
@own.of_a_download
@options.of_a_task
@click.pass_context
def add_download(context: click.Context, /, **_: object) -> None:
    """Register a download.

    No file is ever overwritten: a second one becomes "name (1).ext".
    """
    _register(context, "download", payloads.DOWNLOAD)


@click.command(
    "upload",
    epilog=params.examples(
        "bgtasks add upload report report.pdf https://example.org/inbox/report.pdf",
        "bgtasks add upload film a.mkv https://example.org/files/ --protocol tus --limit 500K",
    ),
)
@click.argument("name", metavar="NAME")
@click.argument("file", metavar="FILE", type=click.Path())
@click.argument("url", metavar="URL")
@own.of_an_upload
@options.of_a_task
@click.pass_context
def add_upload(context: click.Context, /, **_: object) -> None:
    """Register an upload."""
    _register(context, "upload", payloads.UPLOAD)


def _register(context: click.Context, kind: str, names: tuple[str, ...]) -> None:
    try:
        payload = payloads.payload(context.params, names)
    except errors.InvalidField as error:
        registering.refuse(error, as_json=bool(context.params["as_json"]))
    registering.register(context, kind, payload)
