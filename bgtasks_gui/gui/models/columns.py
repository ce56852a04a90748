"""What a column of a list shows, how it is sorted, and which changes it is touched by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from bgtasks_gui.wire import shapes

#: How a cell is drawn: a state with name and second line, a bar, an outcome, two lines of words.
Look = Literal["name", "progress", "outcome", "words", "figures"]


class Row(Protocol):
    """One line of a list."""

    @property
    def id(self) -> str: ...

    @property
    def haystack(self) -> str:
        """What a search looks through, case folded."""
        ...

    @property
    def state(self) -> str:
        """What it is counted and filtered by; a key of `states.APPEARANCES` where it has a bar."""
        ...

    @property
    def run(self) -> shapes.RunView | None:
        """The run whose progress is shown."""
        ...


class Words(NamedTuple):
    """The two lines of a cell, and the role of the second one's colour."""

    first: str = ""
    second: str = ""
    role: str = "second"
    #: State whose shape stands before the words; "" is none.
    state: str = ""
    #: Icon before the first line, and what it says to those who do not see it.
    icon: str = ""
    meaning: str = ""


R_row = TypeVar("R_row", bound=Row)


@dataclass(frozen=True, kw_only=True)
class Column(Generic[R_row]):
    """One column of a list over rows of one sort."""

    name: str
    title: str
    look: Look
    #: Width in pixels at first; 0 takes what is left.
    width: int
    words: Callable[[R_row, datetime], Words]
    #: What it is sorted by; all of one type, or None, which comes last in both directions.
    key: Callable[[R_row], str | float | None]
    #: Fields of a task or run whose change touches it.
    depends_on: frozenset[str]
    #: Whether its order changes all the time, as progress does.
    is_live: bool = False
    #: Whether `key` gives text.
    is_text: bool = False
    is_right: bool = False
    #: Whether the person can leave it out.
    is_optional: bool = True
    #: On a narrow window the least important columns are left out first.
    importance: int = 0
