"""The agent as a process of its own: until a signal, or until somebody asks it to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys

from bgtasks_gui import logs, paths
from bgtasks_gui.agent import lock
from bgtasks_gui.agent.line import launch
from bgtasks_gui.core import errors

_log = logging.getLogger(__name__)


def run_agent(home: paths.Home, *, log_to_stderr: bool) -> int:
    """Serve this home until told to stop; the exit status.

    What keeps it from starting is one sentence on standard error and in the log.
    """
    supervisor = launch.Launch(home)
    try:
        paths.make_home(home)
        logs.set_up(None if log_to_stderr else home.agent_log)
        with lock.hold(home.agent_lock):
            # It comes up while everything else of the agent is loaded.
            if not home.supervisor_socket.exists():
                supervisor.begin()
        asyncio.run(_live(home, supervisor))
    except errors.UserError as error:
        logging.getLogger().error("%s", error.message)
        if not log_to_stderr:
            sys.stderr.write(f"{error.message}\n")
        return 1
    return 0


async def _live(home: paths.Home, supervisor: launch.Launch) -> None:
    from bgtasks_gui.agent import app  # this is what takes its time

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_bug)
    agent = app.Agent(home, supervisor=supervisor)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, agent.stopped.set)
    await agent.start()
    # What was built for the start stays: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    try:
        await agent.stopped.wait()
    finally:
        await agent.stop()


def _log_bug(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    _log.error(
        "%s", context.get("message"),
        exc_info=error if isinstance(error, BaseException) else None,
    )  # fmt: skip
