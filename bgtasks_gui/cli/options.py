"""The options that tasks take, in the order that `--help` lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar, get_args

import click

from bgtasks_gui.cli import params
from bgtasks_gui.cli.words import calendars, conditions, policies
from bgtasks_gui.core import durations, processes, tasks

F = TypeVar("F", bound=Callable[..., object])

_LENGTH: Final = params.reads(durations.parse_duration)
_MOMENT: Final = params.reads(params.moment)

_WHEN: Final = (
    click.option(
        "--every", metavar="DURATION", multiple=True, callback=_LENGTH,
        help="Again and again (repeat it for several).",
    ),
    click.option(
        "--anchor", metavar="TIME", callback=_MOMENT,
        help="What --every counts from; the time of adding is the default.",
    ),
    click.option(
        "--once-after", metavar="DURATION", multiple=True, callback=_LENGTH,
        help="Once, so long after adding.",
    ),
    click.option(
        "--cron", metavar="EXPR", multiple=True,
        help='By five fields, as in "0 18 * * 1-5": minute, hour, day, month, weekday.',
    ),
    click.option("--zone", metavar="ZONE", help='Zone of --cron and --calendar: "Asia/Tokyo".'),
    click.option("--at", metavar="TIME", multiple=True, callback=_MOMENT, help="Once, then."),
    click.option(
        "--calendar", metavar="DAYS", multiple=True, callback=params.reads(calendars.parse),
        help='"last fri 17:30", "1st mon 9:00", "fri 17:30", "day 15 9:00", "last day 18:00".',
    ),
    click.option(
        "--on", metavar="EVENT", multiple=True,
        help='"startup", "startup:boot", "after:TASK[=failed,...]" or what `bgtasks emit` raises.',
    ),
)  # fmt: skip

_ONLY_IF: Final = (
    click.option(
        "--if", "conditions", metavar="CONDITION", multiple=True,
        callback=params.reads(conditions.parse),
        help='"on_ac_power", "battery_above=40", "disk_free_above=/home:5G", '
        '"time_window=22:00-06:00[@ZONE][:mon-fri]", ... All of them must hold.',
    ),
    click.option(
        "--on-loss", type=click.Choice([str(one) for one in tasks.ConditionLoss]),
        help="What a run does when a condition ends; suspend is the default.",
    ),
)  # fmt: skip

_HOW: Final = (
    click.option(
        "--overlap", metavar="POLICY", callback=params.reads(policies.parse_overlap),
        help='While a run goes on: "skip" (default), "queue", "parallel(3)" or "replace".',
    ),
    click.option(
        "--missed", metavar="POLICY", callback=params.reads(policies.parse_missed),
        help='Times missed while off or asleep: "once" (default), "skip", "all(10)" or "ask".',
    ),
    click.option(
        "--flex", metavar="DURATION", callback=_LENGTH,
        help="How late it may start, so that wake-ups are shared.",
    ),
    click.option("--retries", metavar="N", type=int, help="Further tries of a failed run."),
    click.option(
        "--backoff", metavar="DURATION", callback=_LENGTH, help="Wait before the first try (5s)."
    ),
    click.option(
        "--max-delay", metavar="DURATION", callback=_LENGTH, help="Longest wait for a try (15m)."
    ),
    click.option(
        "--notice", type=click.Choice([str(one) for one in tasks.NoticePolicy]),
        help="When you are told: auto is progress and failures.",
    ),
)  # fmt: skip

_LIMITS: Final = (
    click.option("--time-limit", metavar="DURATION", callback=_LENGTH, help="Longest run; none."),
    click.option(
        "--idle-limit", metavar="DURATION", callback=_LENGTH,
        help="Longest time without output, progress or CPU use; none.",
    ),
    click.option(
        "--grace", metavar="DURATION", callback=_LENGTH, help="Time to clean up on a cancel (10s)."
    ),
    click.option("--expires", metavar="TIME", callback=_MOMENT, help="Never fire from then on."),
)  # fmt: skip

#: Only where there is a process.
_PROCESS: Final = (
    click.option("--progress-pattern", metavar="TEXT", help='As in "{done} of {total} files".'),
    click.option("--nice", metavar="N", type=int, help="Niceness, 0 to 19."),
    click.option("--io-priority", type=click.Choice(get_args(processes.IoPriority)),
                 help="How it competes for the disk."),
    click.option(
        "--memory-max", metavar="SIZE", callback=params.reads(durations.parse_size),
        help='Memory of all its processes: "500M".',
    ),
    click.option("--cwd", metavar="DIR", help="Folder it runs in; this one is the default."),
    click.option(
        "--env", metavar="NAME=VALUE", multiple=True, help="A variable for its runs (repeat it)."
    ),
    click.option("--no-environment", is_flag=True, help="Store no variables of this shell."),
)  # fmt: skip

_WHOSE: Final = (
    click.option("--group", metavar="GROUP", help="A named set of tasks."),
    click.option("--owner", metavar="OWNER", help="The program that registers it."),
    click.option("--mode", "modes", metavar="MODE", multiple=True, help="A mode it declares."),
    click.option("--disabled", is_flag=True, help="Add it with its triggers switched off."),
)

_IF_EXISTS: Final = (
    click.option("--replace", is_flag=True, help="Take the place of a task of this name."),
    click.option("--keep-both", is_flag=True, help="Add it beside a task of this name."),
    params.as_json,
)


def of_a_task(function: F) -> F:
    """Give a command those of `words.specs.Chosen`, `--replace`, `--keep-both` and `--json`,
    without those of programs and functions."""
    return _given((*_WHEN, *_ONLY_IF, *_HOW, *_LIMITS, *_WHOSE, *_IF_EXISTS), function)


def of_a_process(function: F) -> F:
    """Give a command all of them."""
    groups = (*_WHEN, *_ONLY_IF, *_HOW, *_LIMITS, *_PROCESS, *_WHOSE, *_IF_EXISTS)
    return _given(groups, function)


def _given(options: Sequence[Callable[[F], F]], function: F) -> F:
    for option in reversed(options):
        function = option(function)
    return function
