"""`bgtasks doctor`: looks at all that must be in order, and says what to do where it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Final

import click

from bgtasks_gui import paths
from bgtasks_gui.cli import examination, failures, params
from bgtasks_gui.cli.show import outlet, tables
from bgtasks_gui.client.phrases import text

_LOOKS: Final[tuple[Callable[[paths.Home], Iterator[examination.Finding]], ...]] = (
    examination.look_at_home,
    examination.look_at_agent,
    examination.look_at_supervisor,
    examination.look_at_database,
    examination.look_at_disk,
    examination.look_at_clock,
    examination.look_at_authorities,
    examination.look_at_buses,
    examination.look_at_telling,
    examination.look_at_sleep,
)


@click.command(epilog=params.examples("bgtasks doctor", "bgtasks doctor --json"))
@params.as_json
def doctor(as_json: bool) -> None:
    """Check the home, the agent and the machine. Exit status 1 when something is bad."""
    home = paths.find_home()
    found = [finding for look in _LOOKS for finding in look(home)]
    if as_json:
        outlet.say_json(found)
    elif outlet.is_fancy(sys.stdout):
        tables.show(("", "WHAT", "FOUND"), [(one.verdict, one.subject, one.words) for one in found])
    else:
        for one in found:
            outlet.say(text.clean(f"{one.verdict:<5} {one.subject}: {one.words}"))
    if any(one.verdict == "bad" for one in found):
        failures.end(failures.RUN_FAILED)
