"""A page that is a list: chips that filter it, the rows, and what stands where there are none."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout

from bgtasks_gui.client.phrases import text
from bgtasks_gui.gui.models.rows import RowTable
from bgtasks_gui.gui.style import mark, metrics
from bgtasks_gui.gui.views.page import Page, Parts
from bgtasks_gui.gui.widgets.empty import EmptyState
from bgtasks_gui.gui.widgets.row_view import RowView

#: A chip: its word and the states it lets through; none is all.
Chip = tuple[str, frozenset[str]]
_ALL: Final[Chip] = ("All", frozenset())
#: Characters of a search that are said again.
_LONGEST: Final = 40


class ListPage(Page):
    """A list of rows in states."""

    #: Beside "All".
    chips: ClassVar[tuple[Chip, ...]] = ()

    def __init__(self, parts: Parts, table: RowTable[Any]) -> None:
        super().__init__(parts)
        self.table = table
        self.view = RowView(table, self.title)
        self.empty = EmptyState(self.icon)
        self._search = ""
        self._chosen: Chip = _ALL
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._make_chips())
        self._stack = QStackedLayout()
        # Part of the page first: it shows what it is given, without a parent as a window.
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self.view.set_columns(parts.keeper.prefs.columns.get(self.name, {}))
        self.view.picked.connect(self.selection_changed)
        self.view.menu_wanted.connect(self._on_menu_wanted)
        self.view.opened.connect(self._on_opened)
        self.view.columns_changed.connect(self._on_columns_changed)
        self.empty.acted.connect(self.add)
        self.empty.other_acted.connect(self.samples_wanted)
        table.counted.connect(self._on_counted)
        table.counted.connect(self.counted)
        for signal in (table.rowsInserted, table.rowsRemoved, table.layoutChanged):
            signal.connect(self._show_rows)
        parts.bridge.connection_changed.connect(self._on_counted)
        self._on_counted()

    def say_empty(self) -> None:
        """Say why nothing is here, where no filter is the cause."""
        raise NotImplementedError

    # As a page

    def search(self, words: str) -> None:
        self._search = words.strip()
        self.table.search(words)
        self._on_counted()
        self.view.show_picked()

    def show_state(self, state: str) -> None:
        wanted = [at for at, chip in enumerate(self.chips, 1) if state in chip[1]]
        self._group.button(wanted[0] if wanted else 0).click()

    def pick(self, row_id: str) -> bool:
        if self.view.pick(row_id):
            return True
        if self.table.find(row_id) is None:
            return False
        # It is here, but a filter hides it.
        self._group.button(0).click()
        self.search("")
        return self.view.pick(row_id)

    def set_stale(self, *, is_stale: bool) -> None:
        self.view.set_stale(is_stale=is_stale)

    def focus_list(self) -> None:
        if not self.table.rowCount():
            self.empty.take_keyboard()
            return
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.selectionModel().hasSelection():
            self.view.selectRow(max(self.view.currentIndex().row(), 0))

    def refresh(self) -> None:
        self.table.settle()
        self.table.refresh()

    # Inside

    def _make_chips(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(metrics.EDGE, 0, metrics.EDGE, 0)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._buttons: list[tuple[QPushButton, Chip]] = []
        for at, chip in enumerate((_ALL, *self.chips)):
            button = QPushButton(chip[0])
            mark(button, role="chip")
            button.setCheckable(True)
            button.setChecked(at == 0)
            self._group.addButton(button, at)
            self._buttons.append((button, chip))
            row.addWidget(button)
        row.addStretch(1)
        self._group.idClicked.connect(self._on_chip_clicked)
        return row

    def _on_chip_clicked(self, at: int) -> None:
        self._chosen = self._buttons[at][1]
        wanted = self._chosen[1]
        self.table.only((lambda row: row.state in wanted) if wanted else None)
        self._on_counted()
        self.view.show_picked()

    def _on_counted(self) -> None:
        counts = self.table.counts
        for button, (word, wanted) in self._buttons:
            count = sum(counts[state] for state in wanted or counts)
            button.setText(f"{word}  {count:,}")
            button.setVisible(not wanted or count > 0 or self._chosen[0] == word)
        self._show_rows()

    def _show_rows(self) -> None:
        """The rows; where there are none, why."""
        is_filled = self.table.rowCount() > 0
        if not is_filled:
            self._say_nothing()
        focused = self.window().focusWidget()
        had_keyboard = focused is self.empty or self.empty.isAncestorOf(focused)
        self._stack.setCurrentWidget(self.view if is_filled else self.empty)
        if is_filled and had_keyboard:
            # It waited for rows to come.
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_nothing(self) -> None:
        if not self.parts.bridge.is_loaded:
            self.empty.say("Reaching the agent…", icon="loader-circle")
        elif self._search:
            self.empty.say(
                f"Nothing here holds “{_short(self._search)}”.", self._tip(), icon="search"
            )
        elif self._chosen is not _ALL:
            self.empty.say(f"Nothing here is {self._chosen[0].lower()}.")
        else:
            self.say_empty()

    def _tip(self) -> str:
        if self._chosen is not _ALL:
            return f"Only “{self._chosen[0]}” is searched; choose “All” to search everything."
        return "Search looks at names, commands and reasons."

    def _on_menu_wanted(self, place: QPoint) -> None:
        self.menu_wanted.emit(place)

    def _on_opened(self, row_id: str) -> None:
        subjects = self.subjects()
        if subjects:
            self.opened.emit(subjects[0])

    def _on_columns_changed(self) -> None:
        keeper = self.parts.keeper
        keeper.prefs.columns = {**keeper.prefs.columns, self.name: self.view.columns()}
        keeper.keep()


def _short(words: str) -> str:
    """What was searched for, on one line that does not widen the window."""
    line = text.one_line(words)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
