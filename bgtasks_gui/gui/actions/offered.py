"""Actions as Qt shows them: one `QAction` each, enabled where it fits what is selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from bgtasks_gui.gui.actions.catalogue import ACTIONS, STARTS_GROUP, Subject
from bgtasks_gui.gui.actions.performer import Performer
from bgtasks_gui.gui.style import icons


class Offered(QObject):
    """The actions of one window on what is selected in it."""

    def __init__(
        self, performer: Performer, subjects: Callable[[], Sequence[Subject]], window: QWidget
    ) -> None:
        super().__init__(window)
        self._performer = performer
        self._subjects = subjects
        self.actions = {action.name: self._make(action.name, window) for action in ACTIONS}
        self.refresh()

    def refresh(self) -> None:
        """Enable what fits the selection now."""
        subjects = self._subjects()
        for action in ACTIONS:
            is_offered = (action.is_for_many or len(subjects) == 1) and any(
                action.fits(one) for one in subjects
            )
            self.actions[action.name].setEnabled(is_offered)

    def draw(self) -> None:
        """Draw the icons in the colours of the theme."""
        for action in ACTIONS:
            role = "failed" if action.is_grave else "text"
            self.actions[action.name].setIcon(icons.icon(action.icon, role))

    def menu(self, parent: QWidget) -> QMenu:
        """A menu of what can be done to the selection."""
        self.refresh()
        menu = QMenu(parent)
        self.draw()
        for action in ACTIONS:
            if action.name in STARTS_GROUP:
                menu.addSeparator()
            if self.actions[action.name].isEnabled():
                menu.addAction(self.actions[action.name])
        return menu

    def _make(self, name: str, window: QWidget) -> QAction:
        action = next(one for one in ACTIONS if one.name == name)
        made = QAction(action.text, self)
        if action.key:
            made.setShortcut(QKeySequence(action.key))
            made.setToolTip(f"{action.text.rstrip('…')} ({made.shortcut().toString()})")
        made.triggered.connect(lambda: self._performer.perform(name, self._subjects()))
        if action.is_for_lists:
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            window.addAction(made)
        return made

    def add_keys_of_lists(self, lists: QWidget) -> None:
        """Let the keys that count only in lists count below this."""
        for action in ACTIONS:
            if action.is_for_lists:
                lists.addAction(self.actions[action.name])
