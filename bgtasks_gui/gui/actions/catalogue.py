"""Every action on tasks and runs: its words, its key, whom it fits, and what it asks the agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bgtasks_gui.client import commands
from bgtasks_gui.core import runs
from bgtasks_gui.gui.actions import files
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.models.transfers import transfer_rows
from bgtasks_gui.wire import codec, shapes

_S = runs.RunState


class Subject(NamedTuple):
    """What an action is about: a task, a run, or a run with its task."""

    task: shapes.TaskView | None
    run: shapes.RunView | None

    @property
    def ids(self) -> frozenset[str]:
        """Of the run where there is one, else of the task."""
        one = self.run or self.task
        return frozenset() if one is None else frozenset({one.id})

    @property
    def name(self) -> str:
        if self.task is not None:
            return self.task.name
        return "" if self.run is None else self.run.task_name


Ask = Callable[[Subject], commands.Call[Any]]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do."""

    name: str
    #: On a button, and in a menu where more words help.
    text: str
    icon: str
    #: As Qt writes key sequences; "" is none.
    key: str = ""
    #: What is said of it until the agent confirms.
    asked: str = ""
    fits: Callable[[Subject], bool]
    #: What the agent is asked; None where the window itself has to show something first.
    ask: Ask | None = None
    #: Whether the agent is asked about the task, or else about the run.
    is_of_task: bool = False
    #: Whether it is done to each of several runs of one task, rather than once to the task.
    is_for_each: bool = False
    #: Whether it can be done to several at once.
    is_for_many: bool = True
    is_grave: bool = False
    #: Whether its key counts only in lists: where text is, the key means something else.
    is_for_lists: bool = False

    def about(self, subject: Subject) -> str:
        """Id of what the agent is asked about; it is marked until the answer is there."""
        one = subject.task if self.is_of_task else subject.run
        return "" if one is None else one.id


def _can_suspend(subject: Subject) -> bool:
    run = subject.run
    return run is not None and run.can_suspend and run.state in (_S.RUNNING, _S.WAITING, _S.PENDING)


def _can_resume(subject: Subject) -> bool:
    run = subject.run
    return run is not None and (run.state is _S.SUSPENDED or states.needs_you(run))


def _can_cancel(subject: Subject) -> bool:
    run = subject.run
    return run is not None and run.state not in runs.ENDED and run.state is not _S.CANCELING


def _can_retry(subject: Subject) -> bool:
    run = subject.run
    return (
        subject.task is not None
        and run is not None
        and run.state in runs.ENDED
        and run.state is not _S.COMPLETED
    )


def _is_open_transfer(subject: Subject) -> bool:
    run = subject.run
    return run is not None and run.kind in transfer_rows.WAYS and run.state not in runs.ENDED


def _has_file(subject: Subject) -> bool:
    """Whether its file is whole: that of an upload always is."""
    run = subject.run
    is_whole = run is not None and (run.state is _S.COMPLETED or run.kind == "upload")
    return is_whole and _has_place(subject)


def _has_place(subject: Subject) -> bool:
    return bool(files.path_of(subject.task, subject.run))


def _has_address(subject: Subject) -> bool:
    return bool(files.address_of(subject.task, subject.run))


def _has_task(subject: Subject) -> bool:
    return subject.task is not None


def _is_enabled(subject: Subject) -> bool:
    return subject.task is not None and subject.task.enabled and subject.task.unscheduled is None


def _is_disabled(subject: Subject) -> bool:
    return subject.task is not None and not _is_enabled(subject)


def _of_task(call: Callable[[str], commands.Call[Any]]) -> Ask:
    def ask(subject: Subject) -> commands.Call[Any]:
        assert subject.task is not None
        return call(subject.task.id)

    return ask


def _of_run(call: Callable[[str], commands.Call[Any]]) -> Ask:
    def ask(subject: Subject) -> commands.Call[Any]:
        assert subject.run is not None
        return call(subject.run.id)

    return ask


def _ask_retry(subject: Subject) -> commands.Call[Any]:
    """The same again, with the arguments it had."""
    assert subject.task is not None
    assert subject.run is not None
    return commands.run_task(subject.task.id, codec.plain(subject.run.trigger.arguments))


ACTIONS: Final = (
    Action(
        name="run", text="Run now", icon="play", key="Ctrl+R", asked="Asked to run…",
        fits=_has_task, ask=_of_task(commands.run_task), is_of_task=True,
    ),
    Action(
        name="run_with", text="Run with arguments…", icon="sparkles", key="Ctrl+Shift+R",
        fits=_has_task, is_for_many=False,
    ),
    Action(
        name="suspend", text="Suspend", icon="pause", key="Ctrl+P", asked="Asked to suspend…",
        fits=_can_suspend, ask=_of_run(commands.suspend_run),
    ),
    Action(
        name="resume", text="Resume", icon="circle-play", key="Ctrl+U", asked="Asked to resume…",
        fits=_can_resume, ask=_of_run(commands.resume_run),
    ),
    Action(
        name="cancel", text="Cancel", icon="circle-stop", key="Ctrl+K", asked="Asked to cancel…",
        fits=_can_cancel, ask=_of_run(commands.cancel_run), is_grave=True,
    ),
    Action(
        name="cancel_because", text="Cancel with a reason…", icon="circle-stop",
        key="Ctrl+Shift+K", fits=_can_cancel, is_grave=True,
    ),
    Action(
        name="retry", text="Run again", icon="rotate-cw", key="Ctrl+Shift+Y",
        asked="Asked to run again…", fits=_can_retry, ask=_ask_retry, is_of_task=True,
        is_for_each=True,
    ),
    Action(
        name="new_address", text="New address…", icon="link", key="Ctrl+Shift+A",
        fits=_is_open_transfer, is_for_many=False,
    ),
    Action(
        name="limit", text="Limit speed…", icon="gauge", key="Ctrl+Shift+L",
        fits=_is_open_transfer,
    ),
    Action(
        name="open_file", text="Open file", icon="external-link", key="Ctrl+O", fits=_has_file,
        is_for_many=False,
    ),
    Action(
        name="open_folder", text="Open folder", icon="folder-open", key="Ctrl+Shift+O",
        fits=_has_place, is_for_many=False,
    ),
    Action(
        name="copy_address", text="Copy address", icon="copy", key="Ctrl+C", fits=_has_address,
        is_for_lists=True,
    ),
    Action(
        name="why", text="Show why", icon="circle-help", key="Ctrl+Y", fits=_has_task,
        is_for_many=False,
    ),
    Action(
        name="logs", text="Show log", icon="file-text", key="Ctrl+L", is_for_many=False,
        fits=lambda subject: subject.run is not None or _has_run(subject.task),
    ),
    Action(
        name="edit", text="Edit…", icon="pencil", key="Ctrl+E", fits=_has_task, is_for_many=False,
    ),
    Action(
        name="enable", text="Enable", icon="power", key="Ctrl+D", asked="Asked to enable…",
        fits=_is_disabled, ask=_of_task(commands.enable_task), is_of_task=True,
    ),
    Action(
        name="disable", text="Disable", icon="power-off", key="Ctrl+Shift+D",
        asked="Asked to disable…", fits=_is_enabled, ask=_of_task(commands.disable_task),
        is_of_task=True,
    ),
    Action(
        name="remove", text="Remove", icon="trash-2", key="Del", asked="Asked to remove…",
        fits=_has_task, ask=_of_task(commands.remove_task), is_of_task=True, is_grave=True,
        is_for_lists=True,
    ),
)  # fmt: skip
BY_NAME: Final = {action.name: action for action in ACTIONS}
#: Where a menu draws a line before an action.
STARTS_GROUP: Final = frozenset({"suspend", "new_address", "why", "enable", "remove"})
#: The action behind a remedy of the catalogue of reasons.
_REMEDIES: Final = {"run": "retry", "resume": "resume", "enable": "enable", "edit": "edit",
                    "logs": "logs", "environment": "edit", "address": "new_address"}  # fmt: skip


def remedy(subject: Subject) -> tuple[str, str]:
    """The action that helps a run where it stands, and its label; "" twice where none does."""
    reason = None if subject.run is None else subject.run.reason
    if reason is None or not reason.remedy:
        return "", ""
    name = _REMEDIES.get(reason.remedy_action or "", "")
    return (name, reason.remedy) if name and BY_NAME[name].fits(subject) else ("", "")


def _has_run(task: shapes.TaskView | None) -> bool:
    return task is not None and task.last_run is not None
