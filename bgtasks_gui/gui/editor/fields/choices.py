"""Fields that offer what there is: a switch, one of several, any of several, a task."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget

from bgtasks_gui.gui.editor.fields.base import (
    ABSENT,
    NEEDED,
    FieldWidget,
    Known,
    escaped,
    keep_still,
)
from bgtasks_gui.gui.editor.fields.flow import FlowLayout
from bgtasks_gui.gui.editor.schema import tree, words
from bgtasks_gui.wire import codec

_NONE = "None"


class SwitchField(FieldWidget):
    """Yes or no, with its label beside it."""

    def __init__(self, field: tree.Switch, known: Known) -> None:
        super().__init__(field, known)
        self.box = QCheckBox(escaped(field.label))
        self.box.clicked.connect(self._on_edited)
        self._place(self.box)
        self.label.hide()

    def _show(self, value: codec.JsonValue) -> None:
        self.box.setChecked(bool(value))

    def _read(self) -> codec.JsonValue:
        return self.box.isChecked()


class ChoiceField(FieldWidget):
    """One of several values; one that is set and unknown is offered as well."""

    is_wide = False

    def __init__(self, field: tree.Field, known: Known) -> None:
        super().__init__(field, known)
        self._options: list[tree.Option] = []
        self.list = QComboBox()
        self.list.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.list.setMinimumContentsLength(12)
        self.list.activated.connect(self._on_edited)
        keep_still(self.list)
        self._place(self.list)
        self._offer(self._offered())
        self._select(field.default)

    def _offered(self) -> list[tree.Option]:
        field = self.field
        assert isinstance(field, tree.Choice)
        nothing = tree.Option(value=None, label=field.empty or _NONE)
        return [*([nothing] if field.is_nullable else []), *field.options]

    def _offer(self, options: list[tree.Option]) -> None:
        self._options = options
        self.list.clear()
        self.list.addItems([one.label for one in options])

    def _show(self, value: codec.JsonValue) -> None:
        offered = self._offered()
        if value is not None and not any(words.is_same(one.value, value) for one in offered):
            offered.append(tree.Option(value=value, label=words.key(value)))
        if offered != self._options:
            self._offer(offered)
        self._select(value)

    def _select(self, value: codec.JsonValue) -> None:
        same = (i for i, one in enumerate(self._options) if words.is_same(one.value, value))
        first = 0 if self._options and self.field.is_required else -1
        self.list.setCurrentIndex(next(same, first))

    def _read(self) -> codec.JsonValue:
        index = self.list.currentIndex()
        return self._options[index].value if index >= 0 else ABSENT


class TaskField(ChoiceField):
    """Another task, chosen by its name and kept by its id."""

    is_wide = True

    def __init__(self, field: tree.Text, known: Known) -> None:
        super().__init__(field, known)
        self.list.setPlaceholderText("Choose a task")

    def problem(self) -> str | None:
        if self.list.currentIndex() >= 0 or not self.field.is_required:
            return None
        return NEEDED if self._options else "There is no other task yet."

    def _offered(self) -> list[tree.Option]:
        found = sorted(self.known.tasks(), key=lambda task: task.name.casefold())
        return [tree.Option(value=task.id, label=task.name) for task in found]

    def _select(self, value: codec.JsonValue) -> None:
        ids = [one.value for one in self._options]
        self.list.setCurrentIndex(ids.index(value) if value in ids else -1)


class SeveralField(FieldWidget):
    """Any of several values, each a button that stays down."""

    def __init__(self, field: tree.Several, known: Known) -> None:
        super().__init__(field, known)
        self._options: list[tree.Option] = list(field.options)
        self._row = QWidget()
        self._flow = FlowLayout(self._row)
        self.buttons: list[QPushButton] = []
        self._place(self._row)
        self._make_buttons()

    def _make_buttons(self) -> None:
        for option in self._options[len(self.buttons) :]:
            button = QPushButton(escaped(option.label))
            button.setCheckable(True)
            button.setProperty("small", True)
            button.setAccessibleName(f"{self.field.label}: {option.label}")
            button.clicked.connect(self._on_edited)
            self.buttons.append(button)
            self._flow.addWidget(button)
        if self.buttons:
            self.label.setBuddy(self.buttons[0])
            self._controls = [self.buttons[0]]

    def _show(self, value: codec.JsonValue) -> None:
        chosen = value if isinstance(value, list) else []
        for one in chosen:
            if not any(words.is_same(option.value, one) for option in self._options):
                self._options.append(tree.Option(value=one, label=words.key(one)))
        self._make_buttons()
        for option, button in zip(self._options, self.buttons, strict=True):
            button.setChecked(any(words.is_same(option.value, one) for one in chosen))

    def _read(self) -> codec.JsonValue:
        pairs = zip(self._options, self.buttons, strict=True)
        return [option.value for option, button in pairs if button.isChecked()]
