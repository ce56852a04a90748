"""One request as data, and how its path and query are spelled."""

from __future__ import annotations

from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from bgtasks_gui.core import errors

T_co = TypeVar("T_co", covariant=True)


class Call(msgspec.Struct, Generic[T_co], frozen=True):
    """One request: any client turns it into its answer, a `T_co`."""

    method: str
    path: str
    #: The type the answer is decoded as; a type, a tuple of one, or a union with None.
    answer: object
    query: dict[str, str] = {}
    body: bytes | None = None

    @property
    def target(self) -> str:
        """Path and query as they stand in the request."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def is_repeatable(self) -> bool:
        """Whether asking twice is the same as asking once, the answer included."""
        return self.method in ("GET", "PUT")


def path(subject: str, verb: str | None = None, **named: str) -> str:
    """The path of one thing, whatever its name holds. Raises `errors.InvalidField` for no name."""
    [(parameter, text)] = named.items()
    if not text:
        # An empty segment would be another route: the whole list.
        raise errors.InvalidField(f"Name the {parameter}; this is empty.", field=parameter)
    whole = f"/v1/{subject}/{quote(text, safe='')}"
    return whole if verb is None else f"{whole}/{verb}"


def query(**values: str | float | bool | None) -> dict[str, str]:
    """What is given, as it stands in a query string."""
    return {name: _spell(value) for name, value in values.items() if value is not None}


def _spell(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
