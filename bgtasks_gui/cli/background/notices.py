"""`bgtasks notices`: what the person was told, what became of it, and who tells."""

from __future__ import annotations

from typing import Final

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client import blocking, connect
from bgtasks_gui.client.calls import notices as calls
from bgtasks_gui.client.phrases import notices as phrases
from bgtasks_gui.client.phrases import times
from bgtasks_gui.core.notices import notice
from bgtasks_gui.wire import shapes

TITLES: Final = ("WHEN", "NOTICE", "TEXT", "OUTCOME")
#: Notices asked for at once where more may be wanted.
PAGE: Final = 1000


def _check_outcome(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> str | None:
    if given is None:
        return None
    wanted = given.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted not in set(notice.Outcome):
        message = f'"{given}" is no outcome; there are: {", ".join(notice.Outcome)}.'
        raise click.BadParameter(message, context, parameter)
    return wanted


@click.command(
    epilog=params.examples("bgtasks notices -n 5", "bgtasks notices --outcome held_back --json")
)
@click.option(
    "-n", "count", metavar="N", type=click.IntRange(min=1), default=20, show_default=True,
    help="At most so many.",
)  # fmt: skip
@click.option(
    "--outcome", metavar="OUTCOME", callback=_check_outcome,
    help="Only those of which this became: added, removed, expired, cleared, held_back.",
)  # fmt: skip
@params.as_json
def notices(count: int, outcome: str | None, as_json: bool) -> None:
    """What you were told, newest first, and who shows notices now.

    With --json an object with "telling", who shows them, and "notices".
    """
    with connect() as client:
        telling = client(calls.show_telling())
        found = _newest(client, count, outcome)
    if as_json:
        outlet.say_json({"telling": telling, "notices": found})
        return
    now = times.now()
    outlet.say(phrases.told_by(telling, now))
    if not found:
        outlet.remark("There are no such notices in the history.")
        return
    outlet.say()
    tables.show(
        TITLES,
        [(times.when(one.at, now), one.title, one.body, phrases.outcome(one)) for one in found],
    )


def _newest(
    client: blocking.BlockingClient, count: int, outcome: str | None
) -> list[shapes.NoticeView]:
    """So many at most, newest first, in as many questions as it takes."""
    found = list[shapes.NoticeView]()
    while len(found) < count:
        wanted = min(count - len(found), PAGE)
        before = found[-1].id if found else None
        page = client(calls.list_notices(outcome, wanted, before))
        found += page
        if len(page) < wanted:
            break
    return found
