"""`bgtasks agent start`, `stop`, `status`, `run`: the process that does the work."""

from __future__ import annotations

import gc
import sys

import click

from bgtasks_gui import paths
from bgtasks_gui.cli import app, failures, params
from bgtasks_gui.cli.show import outlet
from bgtasks_gui.client import commands, connect
from bgtasks_gui.client.phrases import tasks, text, times
from bgtasks_gui.core import errors
from bgtasks_gui.wire import shapes


@click.group()
def agent() -> None:
    """The agent: the process that starts runs and keeps their history."""


@agent.command(epilog=params.examples("bgtasks agent start"))
@params.as_json
def start(as_json: bool) -> None:
    """Start the agent where none runs, and wait until it answers."""
    from bgtasks_gui.client import launching

    home = paths.find_home()
    before = launching.find_agent(home)
    health = before or launching.start_agent(home)
    if as_json:
        outlet.say_json(health)
    else:
        runs = "runs already" if before else "started"
        outlet.say(f"The agent {runs} (pid {health.pid}, home {health.home}).")


@agent.command(epilog=params.examples("bgtasks agent stop", "bgtasks agent stop --cancel"))
@click.option("--cancel", is_flag=True, help="Cancel what runs, instead of leaving it running.")
@params.as_json
def stop(cancel: bool, as_json: bool) -> None:
    """Stop the agent and wait until it is gone.

    Runs go on without it, and the next agent takes them over; --cancel ends them.
    """
    from bgtasks_gui.client import launching

    health = launching.find_agent(paths.find_home())
    if health is None:
        stopping = shapes.StoppingView(stopping=False, left_running=0)
        outlet.say_json(stopping) if as_json else outlet.say("No agent is running.")
        return
    with connect() as client:
        stopping = client(commands.stop_agent(cancel=cancel))
    if not launching.await_end(health.pid, launching.STOP_S):
        raise errors.AgentUnreachable(
            f"The agent (pid {health.pid}) was asked to stop and has not ended after "
            f"{launching.STOP_S:g} s."
        )
    if as_json:
        outlet.say_json(stopping)
        return
    left = stopping.left_running
    runs = f"; {left} run{'s' * (left != 1)} go{'es' * (left == 1)} on without it" if left else ""
    outlet.say(f"The agent has stopped{runs}.")


@agent.command(epilog=params.examples("bgtasks agent status --json"))
@params.as_json
def status(as_json: bool) -> None:
    """How the agent and the machine stand. Exit status 4 when no agent runs."""
    with connect() as client:
        system = client(commands.show_system())
    if as_json:
        outlet.say_json(system)
        return
    now, health = times.now(), system.health
    outlet.say(f"Agent       {health.version}, pid {health.pid}, since "
               f"{times.when(health.started_at, now)}")  # fmt: skip
    outlet.say(f"Home        {text.one_line(health.home)}")
    active = ", ".join(f"{count} {state}" for state, count in sorted(system.active.items()))
    outlet.say(f"Runs        {active or 'none going on'}")
    waking = times.when(system.next_wake_at, now) if system.next_wake_at else "nothing planned"
    outlet.say(f"Tasks       {system.tasks}, next start {waking}")
    if system.pause.paused:
        outlet.say(f"Paused      {tasks.until(system.pause, now)}")
    for fact in system.facts:
        mark = "" if fact.ok else "  (!)"
        outlet.say(f"{fact.name.capitalize():<11} {text.one_line(fact.value)}{mark}")
    for notice in system.notices:
        outlet.say(f"Note        {text.one_line(notice)}")


@agent.command(epilog=params.examples("bgtasks agent run", "bgtasks agent run --verbose"))
@click.option("--verbose", is_flag=True, help="Log to standard error instead of a file.")
@click.pass_obj
def run(processes: app.Processes, /, verbose: bool) -> None:
    """Be the agent, in the foreground, until Ctrl-C or SIGTERM."""
    assert processes.serve is not None
    home = paths.find_home()
    if not verbose and outlet.is_terminal(sys.stderr):
        outlet.remark(f"Serving {home.root}; the log is {home.agent_log}. Ctrl-C stops it.")
    # The one command that lives long and makes garbage.
    gc.enable()
    failures.end(processes.serve(log_to_stderr=verbose))
