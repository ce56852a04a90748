"""How a round of fetching ends early, and what counts where several connections end at once."""

from __future__ import annotations

from collections.abc import Callable

from bgtasks_gui.core import transfers
from bgtasks_gui.transfers.downloads import ranges
from bgtasks_gui.transfers.web.failures import Trouble


class Restart(Exception):
    """What is there cannot be gone on from; the message says why."""

    def __init__(self, why: str, *, is_changed: bool = False) -> None:
        super().__init__(why)
        #: Whether that is since the server has another version of the file.
        self.is_changed = is_changed


class Over(Exception):
    """The attempt has ended."""

    def __init__(self, outcome: transfers.Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Unwelcome(Exception):
    """The server gives nothing over this connection."""

    def __init__(self, otherwise: Exception) -> None:
        super().__init__(otherwise)
        #: What it means where there is no other connection.
        self.otherwise = otherwise


class Comparison:
    """What the beginning of a body must be, for the rest of it to count."""

    def __init__(self, expected: bytes, on_equal: Callable[[], None]) -> None:
        self._expected = expected
        self._on_equal = on_equal

    def rest_of(self, view: memoryview) -> memoryview:
        """What of it is behind. Raises `Restart` where something else was expected."""
        size = min(len(self._expected), len(view))
        if view[:size] != self._expected[:size]:
            raise Restart(ranges.DIFFERENT, is_changed=True)
        self._expected = self._expected[size:]
        if size and not self._expected:
            self._on_equal()
        return view[size:]


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What counts of what several connections met at once."""
    order = (Restart, Over, OSError, Trouble)
    found = list(_leaves(group))
    for kind in order:
        for error in found:
            if isinstance(error, kind):
                return error
    return found[0]


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def say(error: Unwelcome | Trouble) -> str:
    if isinstance(error, Trouble):
        return error.detail
    cause = error.otherwise
    return getattr(cause.outcome, "detail", "") if isinstance(cause, Over) else str(cause)
