"""A list of tagged objects, each a card that is added from a menu: triggers, conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bgtasks_gui.gui.editor.fields import ABSENT, Known
from bgtasks_gui.gui.editor.fields.base import escaped, make_label
from bgtasks_gui.gui.editor.form.nested import make_form
from bgtasks_gui.gui.editor.schema import paths, tree, words
from bgtasks_gui.gui.style import icons, mark
from bgtasks_gui.wire import codec


class Card(QFrame):
    """One object of the list, under its title.

    Signals: `changed` after the person changed it; `removed` when it shall go.
    """

    changed = Signal()
    removed = Signal()

    def __init__(self, branch: tree.Branch, known: Known, value: codec.JsonValue = ABSENT) -> None:
        super().__init__()
        mark(self, role="card")
        self.branch = branch
        self._given = value
        self.form = make_form(branch.form, known)
        self.form.set_value(value)
        self.form.changed.connect(self.changed)
        self.title = make_label(branch.title, "strong")
        self.sentence = make_label("", "second")
        self.error = make_label("", "error")
        self.close_button = QToolButton()
        mark(self.close_button, role="quiet")
        icons.bind(self.close_button, "x", "second")
        self.close_button.setAccessibleName(f"Remove: {branch.title}")
        self.close_button.setToolTip("Remove")
        self.close_button.clicked.connect(self.removed)
        self._arrange()
        self.say("")

    def _arrange(self) -> None:
        words_ = QVBoxLayout()
        words_.setSpacing(2)
        words_.addWidget(self.title)
        words_.addWidget(self.sentence)
        words_.addWidget(self.error)
        head = QHBoxLayout()
        head.addLayout(words_, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 8, 12)
        box.setSpacing(10)
        box.addLayout(head)
        inner = QHBoxLayout()
        inner.setContentsMargins(0, 0, 6, 2)
        inner.addWidget(self.form)
        box.addLayout(inner)
        self.form.setVisible(not self.form.is_empty)
        self.error.hide()

    def value(self) -> codec.JsonValue:
        if self._given is ABSENT or isinstance(self._given, dict):
            return self.form.value()
        return self._given

    def say(self, sentence: str) -> None:
        """What the agent understands by it."""
        said = "" if sentence.rstrip(".") == self.branch.title.rstrip(".") else sentence
        self.sentence.setText(said[:1].upper() + said[1:])
        self.sentence.setVisible(bool(said))

    def show_error(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def clear_errors(self) -> None:
        self.show_error("")
        self.form.clear_errors()


class Cards(QWidget):
    """The list, and the menu that adds to it.

    Signals: `changed` after the person changed anything; `rearranged` after a card came or went;
    `added` with a new card.
    """

    changed = Signal()
    rearranged = Signal()
    added = Signal(QWidget)

    def __init__(self, branches: Sequence[tree.Branch], known: Known, add_label: str) -> None:
        super().__init__()
        self._branches = {one.tag: one for one in branches}
        self._known = known
        self.cards: list[Card] = []
        self.add_button = QPushButton(add_label)
        icons.bind(self.add_button, "plus")
        self.menu = QMenu(self.add_button)
        for branch in branches:
            action = QAction(escaped(branch.title), self.menu)
            action.setData(branch.tag)
            self.menu.addAction(action)
        self.menu.triggered.connect(self._on_chosen)
        self.add_button.setMenu(self.menu)
        self._error = make_label("", "error")
        self._error.hide()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.addWidget(self._error)
        self._box.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    # The value

    def value(self) -> list[codec.JsonValue]:
        return [card.value() for card in self.cards]

    def set_value(self, value: codec.JsonValue) -> None:
        for card in list(self.cards):
            self._take(card)
        for one in value if isinstance(value, list) else []:
            tag = str(one.get("type")) if isinstance(one, dict) else ""
            # What this agent does not know is kept as it is, and can be removed.
            unknown = tree.Branch(tag=tag, title=words.in_words(tag), form=tree.Object())
            self._add(self._branches.get(tag, unknown), one)
        self.rearranged.emit()

    def add(self, tag: str) -> Card:
        """A new card, as the menu makes it."""
        card = self._add(self._branches[tag], ABSENT)
        self.rearranged.emit()
        self.changed.emit()
        card.form.focus_at(())
        self.added.emit(card)
        return card

    def _add(self, branch: tree.Branch, value: codec.JsonValue) -> Card:
        card = Card(branch, self._known, value)
        card.changed.connect(self.changed)
        card.form.rearranged.connect(self.rearranged)
        card.removed.connect(lambda: self._on_removed(card))
        self._box.insertWidget(len(self.cards), card)
        self.cards.append(card)
        return card

    def _take(self, card: Card) -> None:
        self.cards.remove(card)
        self._box.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _on_removed(self, card: Card) -> None:
        at = self.cards.index(card)
        self._take(card)
        self.rearranged.emit()
        self.changed.emit()
        # The focus stays near: on the next card, or on the button that adds.
        near = self.cards[at:] + self.cards[:at][::-1]
        (near[0].close_button if near else self.add_button).setFocus()

    def _on_chosen(self, action: QAction) -> None:
        self.add(str(action.data()))

    # Words and errors

    def say(self, sentences: Sequence[str]) -> None:
        """What the agent understands by each entry; nothing where it understands none."""
        for place, card in enumerate(self.cards):
            card.say(sentences[place] if place < len(sentences) else "")

    def _card_at(self, path: paths.Path) -> Card | None:
        place = path[0] if path else None
        return dict(enumerate(self.cards)).get(place) if isinstance(place, int) else None

    def show_error_at(self, path: paths.Path, text: str) -> None:
        card = self._card_at(path)
        if card is None:
            self._error.setText(text)
            self._error.show()
        elif path[1:] and str(path[1]) in card.form.fields:
            card.form.show_error_at(path[1:], text)
        else:
            card.show_error(text)

    def clear_errors(self) -> None:
        self._error.hide()
        for card in self.cards:
            card.clear_errors()

    def is_touched_at(self, path: paths.Path) -> bool:
        card = self._card_at(path)
        return card is not None and card.form.is_touched_at(path[1:])

    def problems(self) -> Iterator[tuple[paths.Path, str]]:
        for place, card in enumerate(self.cards):
            for inner, text in card.form.problems():
                yield (place, *inner), text

    def focus_at(self, path: paths.Path) -> None:
        card = self._card_at(path)
        if card is None:
            self.add_button.setFocus()
        else:
            card.form.focus_at(path[1:])

    def label_at(self, path: paths.Path) -> str:
        card = self._card_at(path)
        return "" if card is None else card.branch.title

    def widget_at(self, path: paths.Path) -> QWidget:
        card = self._card_at(path)
        return self if card is None else card.form.widget_at(path[1:])
