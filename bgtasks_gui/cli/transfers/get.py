"""`bgtasks get`: a file from a web server, now, with a bar."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

import click

from bgtasks_gui import paths
from bgtasks_gui.cli import asking, bar, failures, params, registering
from bgtasks_gui.cli.show import outlet, runs
from bgtasks_gui.cli.transfers import fetching, options, payloads, telling
from bgtasks_gui.client import blocking, commands, connect
from bgtasks_gui.client.phrases import runs as phrases
from bgtasks_gui.client.phrases import text, times, transfers
from bgtasks_gui.core import errors, tasks
from bgtasks_gui.core.runs import RunState
from bgtasks_gui.wire import codec, shapes

#: What stands for standard output.
_OUTPUT = "-"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was asked for."""

    spec: tasks.TaskSpec
    host: str
    to_output: bool
    as_json: bool


@click.command(
    epilog=params.examples(
        "bgtasks get https://example.org/disc.iso",
        "bgtasks get https://example.org/disc.iso -o ~/discs/ --checksum sha256:9f86d0...",
        "bgtasks get https://example.org/list.csv -o - | wc -l",
    )
)
@click.argument("url", metavar="URL")
@click.option(
    "-o", "--to", metavar="PATH", type=click.Path(),
    help="The file, a folder with a slash at its end, or - for standard output; "
    "the folder you are in is the default.",
)  # fmt: skip
@options.of_a_download
@params.as_json
@click.pass_context
def get(context: click.Context, /, url: str, to: str | None, as_json: bool, **_: object) -> None:
    """Download a file now, and print where it is.

    The agent fetches it, and is started where none runs: it goes on when this terminal is closed.
    Ctrl-C suspends it and says how to go on; pressed twice it cancels. With -o - the content is
    written once it is whole and checked, and Ctrl-C cancels.

    It exits as the run did: 0 completed, 1 failed or in need of a new address, 5 cancelled, 130
    suspended by Ctrl-C.
    """
    to_output = to == _OUTPUT
    if to_output and as_json:
        raise click.UsageError("With -o - the content is what is printed; leave --json out.")
    asking.ensure_agent()
    with _place(to, to_output=to_output) as place:
        try:
            spec = _spec(context, url, place, to_output=to_output)
        except errors.InvalidField as error:
            registering.refuse(error, as_json=as_json)
        wanted = Wanted(spec=spec, host=_host(url), to_output=to_output, as_json=as_json)
        with connect() as client:
            ended = _get(client, wanted)
        _finish(ended, wanted)


@contextlib.contextmanager
def _place(to: str | None, *, to_output: bool) -> Iterator[str]:
    """Where the agent puts the file; what goes to standard output is removed with the block."""
    if not to_output:
        yield to or "./"
        return
    home = paths.find_home().root
    with tempfile.TemporaryDirectory(prefix="get-", dir=home, ignore_cleanup_errors=True) as folder:
        yield os.path.join(folder, "content")


def _spec(context: click.Context, url: str, place: str, *, to_output: bool) -> tasks.TaskSpec:
    given = {**context.params, "to": place}
    payload = payloads.payload(given, payloads.DOWNLOAD)
    if to_output:
        payload["segments"] = 1
    name = payloads.name_of(url, "/" if to_output else place)
    return tasks.TaskSpec(name=name, kind="download", payload=codec.raw(payload))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "a server"
    except ValueError:
        return "a server"


def _get(client: blocking.BlockingClient, wanted: Wanted) -> shapes.RunView:
    """The run as it ended or was left; its task is gone where nothing is left to do for it."""
    try:
        task = client(commands.register_task(wanted.spec, if_exists="keep_both"))
    except errors.InvalidField as error:
        registering.refuse(error, as_json=wanted.as_json)
    run = None
    try:
        run = client(commands.run_task(task.id))
        with telling.make_bar() as shown:
            if isinstance(shown, telling.FewLines):
                outlet.remark(f"Downloading {text.one_line(task.name)} from {wanted.host}.")
            run = _watch(client, run, shown, wanted)
    finally:
        if run is None or wanted.to_output or not _can_go_on(run):
            with contextlib.suppress(errors.UserError):
                client(commands.remove_task(task.id, cancel=True))
    return run


def _can_go_on(run: shapes.RunView) -> bool:
    """Whether there is something for which its task is worth keeping."""
    if not phrases.has_ended(run):
        return True
    is_kept = run.receipt is not None and run.receipt.done > 0
    return run.state is RunState.FAILED and is_kept


def _watch(
    client: blocking.BlockingClient, run: shapes.RunView, shown: bar.Bar, wanted: Wanted
) -> shapes.RunView:
    try:
        return fetching.fetch(client, run, shown)
    except KeyboardInterrupt:
        return (fetching.give_up if wanted.to_output else fetching.stop)(client, run)


# How it ended


def _finish(run: shapes.RunView, wanted: Wanted) -> NoReturn:
    """Tell it, and end as the run did."""
    if wanted.as_json:
        outlet.say_json(run)
    if run.state is RunState.COMPLETED and wanted.to_output:
        with open(transfers.path_of(run), "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    if not phrases.has_ended(run):
        _leave(run, can_go_on=not wanted.to_output)
    outlet.remark(runs.ending(run, times.now()))
    if run.state is RunState.FAILED and _can_go_on(run) and not wanted.to_output:
        outlet.remark(
            f"{transfers.stopped_at(run)} are kept. Go on with: bgtasks run {run.task_id}"
        )
    if run.state is RunState.COMPLETED and not (wanted.as_json or wanted.to_output):
        outlet.say(transfers.path_of(run))
    failures.end(failures.exit_code_of(run.state))


def _leave(run: shapes.RunView, *, can_go_on: bool) -> NoReturn:
    """Say how to go on with one that stands still."""
    name, far = text.one_line(run.task_name), transfers.stopped_at(run)
    at = f" at {far}" if far else ""
    if fetching.needs_person(run):
        assert run.reason is not None
        go_on = f" Go on with: bgtasks set-url {run.id} URL" if can_go_on else ""
        outlet.remark(f"{name}: stopped{at}. {text.clean(run.reason.sentence)}{go_on}")
        failures.end(failures.RUN_FAILED)
    word = phrases.word(run.state)
    outlet.remark(f"{name}: {word}{at}. Go on with: bgtasks resume {run.id}")
    failures.end(failures.INTERRUPTED)
