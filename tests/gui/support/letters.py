"""A small list to test lists with: rows of a name, a size and a share that changes all the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QModelIndex

from bgtasks_gui.gui.models.columns import Column, Words
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.wire import shapes
from tests.gui.support.clocks import ManualNow


@dataclass(frozen=True)
class Letter:
    """A row."""

    id: str
    name: str = ""
    size: float | None = None
    share: float | None = None
    note: str | None = None
    state: str = "idle"
    run: shapes.RunView | None = None

    @property
    def haystack(self) -> str:
        return self.name.casefold()


def _name(row: Letter, now: datetime) -> Words:
    return Words(row.name, f"at {now:%H:%M}", state=row.state)


def _share(row: Letter, _now: datetime) -> Words:
    return Words("" if row.share is None else f"{row.share}")


COLUMNS: tuple[Column[Letter], ...] = (
    Column(
        name="name", title="Name", look="name", width=0, words=_name, key=lambda row: row.name,
        depends_on=frozenset({"name", "state"}), is_text=True, is_optional=False,
    ),
    Column(
        name="size", title="Size", look="figures", width=120, is_right=True, importance=2,
        words=lambda row, _now: Words(f"{row.size}", "bytes"), key=lambda row: row.size,
        depends_on=frozenset({"size"}),
    ),
    Column(
        name="share", title="Share", look="words", width=150, words=_share, importance=1,
        key=lambda row: row.share, depends_on=frozenset({"share"}), is_live=True,
    ),
    Column(
        name="note", title="Note", look="words", width=150, importance=3, is_text=True,
        words=lambda row, _now: Words(row.note or ""), key=lambda row: row.note,
        depends_on=frozenset({"note"}),
    ),
)  # fmt: skip
PLACES = {column.name: at for at, column in enumerate(COLUMNS)}


def make_table(
    *names: str, sorted_by: str = "name", descending: bool = False, now: ManualNow | None = None
) -> RowTable[Letter]:
    """A list of letters with these names, which are their ids as well."""
    table = RowTable(COLUMNS, now or ManualNow(), sorted_by=sorted_by, descending=descending)
    table.replace([Letter(name, name) for name in names])
    return table


def ids(table: RowTable[Letter]) -> list[str]:
    """What is shown, from top to bottom."""
    return [table.id_at(row) for row in range(table.rowCount())]


class Told:
    """Every span of cells that a list said has changed."""

    def __init__(self, table: RowTable[Letter]) -> None:
        self.spans: list[tuple[int, int, int, int]] = []
        table.dataChanged.connect(self._on_data_changed)

    def take(self) -> list[tuple[int, int, int, int]]:
        """Top, bottom, left and right of each since the last time."""
        found, self.spans = self.spans, []
        return found

    def _on_data_changed(self, top_left: QModelIndex, bottom_right: QModelIndex) -> None:
        self.spans.append(
            (top_left.row(), bottom_right.row(), top_left.column(), bottom_right.column())
        )
