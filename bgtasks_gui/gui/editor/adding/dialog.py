"""The dialog for new transfers: addresses or files, where to, and the rest folded away."""

from __future__ import annotations

import dataclasses
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from bgtasks_gui.client.client import Client
from bgtasks_gui.client.phrases import text as texts
from bgtasks_gui.core import errors
from bgtasks_gui.gui.dialogs.sheet import Sheet
from bgtasks_gui.gui.editor import tabs
from bgtasks_gui.gui.editor.adding import addresses, beginning
from bgtasks_gui.gui.editor.adding.offers import Offer
from bgtasks_gui.gui.editor.fields import Known
from bgtasks_gui.gui.editor.fields.base import make_label
from bgtasks_gui.gui.editor.form.form import Form
from bgtasks_gui.gui.editor.form.nested import make_form
from bgtasks_gui.gui.editor.schema import paths, reading, tree
from bgtasks_gui.gui.editor.work import Work
from bgtasks_gui.gui.style import mark, write_mono
from bgtasks_gui.wire import shapes

#: Members of a payload that the dialog asks for itself, and those that are not folded away.
_OWN: Final = frozenset({"url", "file"})
_OPEN: Final = frozenset({"to"})
_WIDTH: Final = 580
#: How much is seen of the options without scrolling, in pixels.
_MOST_SEEN: Final = 340
_FOOT: Final = 4
#: Files that are named one by one.
_NAMED: Final = 3
_TITLES: Final = {"download": "New download", "upload": "Upload {what}"}


class AddDialog(Sheet):
    """Asks what to move, and hands it to the agent; what the agent refuses is said at its field.

    Signals: `added` with the runs that were begun, when it is closed.
    """

    added = Signal(object)

    def __init__(
        self,
        client: Client,
        catalog: shapes.CatalogView,
        offer: Offer,
        parent: QWidget | None = None,
    ) -> None:
        self._files = offer.files
        self._kind = "upload" if offer.files else "download"
        super().__init__(_TITLES[self._kind].format(what=_say_files(offer)), "", parent)
        self._client = client
        self._work = Work(self._on_refused)
        self._begun: list[shapes.RunView] = []
        self.words = self._make_words(offer)
        self.note = make_label("", "second")
        self.body.addWidget(make_label("Address" if offer.files else "Addresses", "strong"))
        self.body.addWidget(self.words)
        self.body.addWidget(self.note)
        self._say(None)
        self.form = self._make_form(catalog)
        self._area = self._scrolled(self.form)
        self.body.addWidget(self._area, 1)
        self.add_button("Close").clicked.connect(self.reject)
        word = "Upload" if offer.files else "Download"
        self.confirm = self.add_button(word, "primary", is_default=True)
        self.confirm.setToolTip(f"{word} (Ctrl+Enter)")
        self.confirm.clicked.connect(self._on_confirmed)
        # Enter alone begins a new line, and keyboards have two of that key.
        send = QShortcut(self)
        send.setKeys([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        send.activated.connect(self._on_confirmed)
        self.form.rearranged.connect(self._on_rearranged)
        self._on_rearranged()
        self.words.setFocus()

    def done(self, result: int) -> None:
        self._work.stop()
        if self._begun:
            self.added.emit(tuple(self._begun))
        super().done(result)

    async def settle(self) -> None:
        """Return once nothing is under way."""
        await self._work.settle()

    # How it is built

    def _make_words(self, offer: Offer) -> QPlainTextEdit | QLineEdit:
        if offer.files:
            line = QLineEdit(next(iter(offer.addresses), ""))
            line.setPlaceholderText("https://")
            line.setAccessibleName("Address")
            line.textEdited.connect(lambda: self._say(None))
            return line
        field = QPlainTextEdit("\n".join(offer.addresses))
        write_mono(field)
        field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        field.setPlaceholderText("https://example.org/file.iso")
        field.setTabChangesFocus(True)
        field.setAccessibleName("Addresses")
        field.setFixedHeight(92)
        field.textChanged.connect(lambda: self._say(None))
        return field

    def _make_form(self, catalog: shapes.CatalogView) -> Form:
        entry = next((one for one in catalog.kinds if one.name == self._kind), None)
        shape = tree.Object() if entry is None else reading.read_entry(entry).form
        asked = [one for one in shape.fields if one.name not in _OWN]
        # What is seen first, then what is wanted more often.
        asked.sort(key=lambda one: (one.name not in _OPEN, one.is_rare))
        fields = tuple(dataclasses.replace(one, is_rare=one.name not in _OPEN) for one in asked)
        form = make_form(dataclasses.replace(shape, fields=fields), Known())
        form.changed.connect(form.clear_errors)
        return form

    def _scrolled(self, form: Form) -> QScrollArea:
        area, page = QScrollArea(), QWidget()
        mark(page, role="page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 8, 0)
        column.addWidget(form)
        column.addStretch(1)
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _on_rearranged(self) -> None:
        """As high as what is shown, and no higher than a small screen."""
        tabs.set_order(self)
        wanted = self.form.sizeHint().height() + _FOOT
        self._area.setMinimumHeight(min(wanted, _MOST_SEEN))
        self._whole.activate()
        self.resize(max(self.width(), _WIDTH), self.sizeHint().height())

    # What is typed

    def _typed(self) -> tuple[str, ...]:
        if isinstance(self.words, QLineEdit):
            return addresses.lines(self.words.text())
        return addresses.lines(self.words.toPlainText())

    def _say(self, error: str | None) -> None:
        hint = (
            "With a slash at its end, the name of each file is added to it."
            if self._files
            else "One on each line."
        )
        self.note.setText(error or hint)
        mark(self.note, role="error" if error else "second")
        self.words.setAccessibleDescription(error or hint)
        self.words.setProperty("wrong", error is not None)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        if error:
            self.words.setFocus()

    def _on_confirmed(self) -> None:
        if not self.confirm.isEnabled():
            return
        self.show_error("")
        typed = self._typed()
        if not typed:
            self._say("Fill in an address.")
            return
        for path, said in self.form.problems():
            self.form.show_error_at(path, said)
            self.form.focus_at(path)
            return
        self.confirm.setEnabled(False)
        self._work.start(self._add(typed))

    # What the agent says

    async def _add(self, typed: tuple[str, ...]) -> None:
        """Begin one after the other; what was begun is not asked for again after a refusal."""
        options, left = self.form.value(), list(beginning.wanted(typed, self._files))
        while left:
            run = await beginning.begin(self._client, left[0], options)
            self._begun.append(run)
            self._keep(left := left[1:])
        self.accept()

    def _keep(self, left: list[beginning.Wanted]) -> None:
        """Show what is still to be begun."""
        if self._files:
            self._files = tuple(one.file for one in left if one.file is not None)
        elif isinstance(self.words, QPlainTextEdit):
            self.words.setPlainText("\n".join(one.url for one in left))

    def _on_refused(self, error: errors.UserError) -> None:
        self.confirm.setEnabled(True)
        path = paths.parse(error.field or "")
        inside = path[1:] if path[:1] == ("payload",) else ()
        if inside[:1] == ("url",):
            self._say(error.message)
        elif inside:
            self.form.show_error_at(inside, error.message)
            self.form.focus_at(inside)
        else:
            self.show_error(error.message)


def _say_files(offer: Offer) -> str:
    names = [texts.one_line(one.name) for one in offer.files]
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{rest}"
