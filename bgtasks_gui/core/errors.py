"""Every error raised on purpose. A `UserError` speaks to the person; anything else is a bug."""

from __future__ import annotations

from typing import Self


class BackgroundTasksError(Exception):
    """Something in Background Tasks went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").partition("\n")[0])

    @property
    def message(self) -> str:
        return str(self.args[0])


class UserError(BackgroundTasksError):
    """The request cannot be done as asked."""

    #: Stable word for programs; the sentence is for people.
    code = "invalid"
    #: The field the sentence is about, as the person wrote it ("triggers[0].zone"), or None.
    field: str | None = None

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        if field is not None:
            self.field = field


class InvalidField(UserError):
    """A value is not acceptable."""

    code = "invalid_field"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, field=field)

    def under(self, prefix: str) -> Self:
        """The same error seen from outside: `zone` becomes `triggers[0].zone`."""
        inner = self.field or ""
        joined = f"{prefix}{inner}" if inner.startswith("[") else f"{prefix}.{inner}".rstrip(".")
        return type(self)(self.message, field=joined)


class Malformed(InvalidField):
    """A text is not what its format demands (not JSON, not UTF-8)."""

    code = "malformed"


class TooLarge(InvalidField):
    """A value is larger than the program accepts."""

    code = "too_large"


class DuplicateName(InvalidField):
    """A task of this name is registered already."""

    code = "duplicate_name"


class NotFound(UserError):
    """There is no such thing."""

    code = "not_found"


class TaskNotFound(NotFound):
    """There is no such task."""

    code = "task_not_found"


class RunNotFound(NotFound):
    """There is no such run."""

    code = "run_not_found"


class AmbiguousName(UserError):
    """Several tasks carry this name; use the id."""

    code = "ambiguous_name"


class NotPossibleNow(UserError):
    """This cannot be done in the present state."""

    code = "not_possible_now"


class RunFailed(UserError):
    """The run did not complete; its reason says why (concepts R74)."""

    code = "run_failed"


class StorageUnavailable(UserError):
    """The database cannot be written; nothing was changed."""

    code = "storage_unavailable"


class NewerDatabase(UserError):
    """The database was written by a newer version of this program."""

    code = "newer_database"


class HomeUnusable(UserError):
    """The folder for tasks and history cannot be used."""

    code = "home_unusable"


class ResourcesMissing(UserError):
    """Files that belong to this program are missing; install it again."""

    code = "resources_missing"


class AgentAlreadyRunning(UserError):
    """Another agent serves this home."""

    code = "agent_already_running"


class WindowAlreadyOpen(UserError):
    """The window of this home is open already."""

    code = "window_already_open"


class NoDisplay(UserError):
    """There is no display for the window."""

    code = "no_display"


class WindowUnavailable(UserError):
    """The window cannot be opened on this computer."""

    code = "window_unavailable"


class AgentUnreachable(UserError):
    """The agent does not answer."""

    code = "agent_unreachable"


class SupervisorLost(UserError):
    """The process that starts and watches runs does not answer."""

    code = "supervisor_lost"


class CannotStart(UserError):
    """The program of this task cannot be started."""

    code = "cannot_start"


class IllegalMove(BackgroundTasksError):
    """A run was asked to go where the table of moves has no way: a bug."""
