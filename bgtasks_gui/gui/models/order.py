"""Which rows of a list are shown, and in which order.

The order is a sorted list of (key, id): a row is found by bisection, so nothing is numbered anew
when rows come and go.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

from bgtasks_gui.gui.models.columns import Column, Row

#: Rows out of order that are placed one by one; of more, if they are so large a part of all of
#: them, everything is sorted anew.
_FEW: Final = 100
_PART: Final = 50
R = TypeVar("R", bound=Row)
_Key = str | float
_Pair = tuple[_Key, str]


class Order(Generic[R]):
    """All rows of a list, sorted by a column and through a filter. It tells nobody anything."""

    def __init__(self, column: Column[R], *, is_descending: bool) -> None:
        self.column = column
        self.is_descending = is_descending
        self.rows: dict[str, R] = {}
        #: Rows that a column which changes all the time got out of order.
        self._stale: set[str] = set()
        self._keys: dict[str, _Key] = {}
        #: All rows in ascending order, and those of them that the filter lets through.
        self._sorted: list[_Pair] = []
        self._shown: list[_Pair] = []
        #: Words that a shown row holds, all of them.
        self._search: list[str] = []
        self._is_wanted: Callable[[R], bool] | None = None

    def __len__(self) -> int:
        """How many rows are shown."""
        return len(self._shown)

    def id_at(self, row: int) -> str:
        return self._shown[self._flipped(row)][1]

    def position(self, row_id: str) -> int:
        """Where a row is shown; -1 where it is not."""
        found = self._found(row_id)
        return -1 if found < 0 else self._flipped(found)

    # All at once

    def sort_by(self, column: Column[R], *, is_descending: bool) -> None:
        self.column, self.is_descending = column, is_descending
        self.arrange()

    def search(self, text: str) -> bool:
        """Look for rows that hold these words, in any order; whether they are other words."""
        words = text.casefold().split()
        is_other = words != self._search
        self._search = words
        return is_other

    def only(self, is_wanted: Callable[[R], bool] | None) -> None:
        """Look for rows that this wants; None is all."""
        self._is_wanted = is_wanted

    def replace(self, rows: dict[str, R]) -> None:
        """Hold these rows instead."""
        self.rows = rows
        self.arrange()

    def arrange(self, without: Iterable[str] = ()) -> None:
        """Sort and filter everything anew, and forget some rows."""
        rows = self.rows
        for row_id in without:
            del rows[row_id]
        self._stale.clear()
        keys = self._keys = self._all_keys()
        ids = sorted(keys)
        ids.sort(key=keys.__getitem__)
        self._sorted = list(zip(map(keys.__getitem__, ids), ids, strict=True))
        self.filter()

    @property
    def is_stale(self) -> bool:
        """Whether a column that changes all the time got out of order."""
        return bool(self._stale)

    def settle(self) -> None:
        """Bring it back into order."""
        if len(self._stale) > _FEW and len(self._stale) > len(self.rows) // _PART:
            self.arrange()
        else:
            for row_id in list(self._stale):
                self.place(row_id)

    def filter(self) -> None:
        """Filter everything anew."""
        if self._is_wanted is None and not self._search:
            self._shown = list(self._sorted)
            return
        rows, found, is_wanted = self.rows, self._sorted, self._is_wanted
        # One word after the other: nearly all rows are gone after the first.
        for word in self._search:
            found = [pair for pair in found if word in rows[pair[1]].haystack]
        if is_wanted is not None:
            found = [pair for pair in found if is_wanted(rows[pair[1]])]
        self._shown = found

    # One by one

    def take(self, row: R) -> bool:
        """Hold a new state of a row, or a new row; whether it has to be placed anew."""
        row_id = row.id
        self.rows[row_id] = row
        if row_id not in self._keys or (self._found(row_id) >= 0) != self._passes(row):
            return True
        if self._key(row) == self._keys[row_id]:
            return False
        if self.column.is_live:
            self._stale.add(row_id)
        return not self.column.is_live

    def target(self, row_id: str) -> int:
        """Where a row belongs among those that are shown; -1 where it is not to be shown."""
        row = self.rows[row_id]
        if not self._passes(row):
            return -1
        at, found, count = bisect.bisect_left(self._shown, (self._key(row), row_id)), -1, len(self)
        if row_id in self._keys:
            found = self._found(row_id)
        # Its own old place does not count.
        at, last = (at, count) if found < 0 else (at - (found < at), count - 1)
        return last - at if self.is_descending else at

    def place(self, row_id: str) -> None:
        """Put a row where it belongs, from wherever it was."""
        self._lift(row_id)
        row = self.rows[row_id]
        pair = (self._key(row), row_id)
        self._keys[row_id] = pair[0]
        bisect.insort(self._sorted, pair)
        if self._passes(row):
            bisect.insort(self._shown, pair)

    def drop(self, row_id: str) -> None:
        """Forget a row."""
        self._lift(row_id)
        del self.rows[row_id]

    # Inside

    def _flipped(self, row: int) -> int:
        return len(self._shown) - 1 - row if self.is_descending else row

    def _found(self, row_id: str) -> int:
        """Where a row is in `_shown`; -1 where it is not."""
        key = self._keys.get(row_id)
        if key is None:
            return -1
        found = bisect.bisect_left(self._shown, (key, row_id))
        return found if self._shown[found : found + 1] == [(key, row_id)] else -1

    def _key(self, row: R) -> _Key:
        key = self.column.key(row)
        return self._last_key() if key is None else key

    def _last_key(self) -> _Key:
        """Rows that have no key come last, whichever way the others are sorted."""
        if self.is_descending:
            return "" if self.column.is_text else float("-inf")
        return "\U0010ffff" if self.column.is_text else float("inf")

    def _all_keys(self) -> dict[str, _Key]:
        # The same as `_key` of each row, in a third of the time where there are many.
        key_of, last = self.column.key, self._last_key()
        return {
            row_id: last if (key := key_of(row)) is None else key
            for row_id, row in self.rows.items()
        }

    def _passes(self, row: R) -> bool:
        if self._is_wanted is not None and not self._is_wanted(row):
            return False
        return all(word in row.haystack for word in self._search)

    def _lift(self, row_id: str) -> None:
        self._stale.discard(row_id)
        if row_id not in self._keys:
            return
        found, pair = self._found(row_id), (self._keys.pop(row_id), row_id)
        if found >= 0:
            del self._shown[found]
        del self._sorted[bisect.bisect_left(self._sorted, pair)]
