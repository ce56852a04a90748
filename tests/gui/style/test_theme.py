from __future__ import annotations

import re
import shutil
import string
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bgtasks_gui import paths
from bgtasks_gui.gui.style import mark, metrics, palette, theme, write_mono

STYLE = paths.find_resources() / "style"
#: A picture that can be told from all others.
_FULL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="red" d="M0 0h9v9H0z"/>'
    "</svg>"
)
SHEET = (STYLE / "window.qss").read_text()


class System:
    """What the desktop says of its look; no platform of a test has one to be changed."""

    def __init__(self, hints: QStyleHints, monkeypatch: pytest.MonkeyPatch) -> None:
        self._hints = hints
        self._scheme = Qt.ColorScheme.Unknown
        monkeypatch.setattr(QStyleHints, "colorScheme", lambda _hints: self._scheme)

    def turn(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        self._hints.colorSchemeChanged.emit(scheme)


@pytest.fixture
def system(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> System:
    return System(qapp.styleHints(), monkeypatch)


def has_colour(widget: QWidget, name: str) -> bool:
    image = widget.grab().toImage()
    return any(
        image.pixelColor(x, y).name() == name
        for x in range(image.width())
        for y in range(image.height())
    )


def ground(widget: QWidget) -> str:
    return widget.grab().toImage().pixelColor(1, 1).name().upper()


@pytest.mark.parametrize("look", palette.PALETTES, ids=lambda look: look.name)
def test_sheet_substitutes_completely(dressed: theme.Theme, look: palette.Palette) -> None:
    dressed.choose(look.name)
    sheet = QApplication.instance().styleSheet()
    assert re.findall(r"\$(?!names\b)\S*", sheet) == []
    assert look.accent in sheet
    assert sheet.count("{") == sheet.count("}")


def test_sheet_names_only_what_there_is() -> None:
    names = set(string.Template(SHEET).get_identifiers())
    sizes = {name.lower() for name in vars(metrics) if name.isupper()}
    known = {field.name for field in fields(palette.Palette)} | sizes | {"folder", "mono"}
    assert names - known == set()


@pytest.mark.parametrize("look", palette.PALETTES, ids=lambda look: look.name)
def test_every_picture_of_the_sheet_exists(look: palette.Palette) -> None:
    named = set(re.findall(r"\$folder/([\w-]+)\$name\.svg", SHEET))
    assert named
    assert {f"{name}{look.name}.svg" for name in named} <= {path.name for path in STYLE.iterdir()}


def test_colours_come_from_the_palette_alone() -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", SHEET) == []


def test_choosing_a_look_dresses_everything_and_tells(dressed: theme.Theme, qtbot: QtBot) -> None:
    window = QWidget()
    mark(window, role="window")
    window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    qtbot.addWidget(window)
    assert ground(window) == palette.LIGHT.window
    with qtbot.waitSignal(dressed.changed):
        dressed.choose("dark")
    assert dressed.choice == "dark"
    assert dressed.palette is palette.DARK
    assert ground(window) == palette.DARK.window
    assert dressed.color("text") == QColor(palette.DARK.text)
    assert dressed.palette_color("text") == palette.DARK.text
    roles = QPalette.ColorRole
    worn = QApplication.palette()
    assert worn.color(roles.Window) == QColor(palette.DARK.window)
    assert worn.color(QPalette.ColorGroup.Disabled, roles.Text) == QColor(palette.DARK.second)
    with qtbot.assertNotEmitted(dressed.changed):
        dressed.choose("dark")


def test_system_is_followed_live(dressed: theme.Theme, system: System, qtbot: QtBot) -> None:
    dressed.choose("system")
    assert dressed.palette is palette.LIGHT
    with qtbot.waitSignal(dressed.changed):
        system.turn(Qt.ColorScheme.Dark)
    assert dressed.palette is palette.DARK
    with qtbot.assertNotEmitted(dressed.changed):
        system.turn(Qt.ColorScheme.Dark)
    with qtbot.waitSignal(dressed.changed):
        system.turn(Qt.ColorScheme.Unknown)
    assert dressed.palette is palette.LIGHT


def test_what_the_person_chose_holds_against_the_system(
    dressed: theme.Theme, system: System, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(dressed.changed):
        system.turn(Qt.ColorScheme.Dark)
    assert dressed.palette is palette.LIGHT
    with qtbot.waitSignal(dressed.changed):
        dressed.choose("system")
    assert dressed.palette is palette.DARK


def test_there_is_one_look(dressed: theme.Theme) -> None:
    assert theme.current() is dressed


def test_program_may_lie_in_any_folder(
    dressed: theme.Theme, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    resources = tmp_path / "my files (new); it's 100 % #1"
    shutil.copytree(STYLE, resources / "style")
    (resources / "style" / "chevron-down-light.svg").write_text(_FULL)
    box = QComboBox()
    qtbot.addWidget(box)
    other = theme.Theme(qapp, resources)
    try:
        box.resize(100, 32)
        # The arrow is a square of its own colour here.
        assert has_colour(box, "#ff0000")
    finally:
        other.setParent(None)
        other.deleteLater()
        theme._current = dressed
        dressed.choose("dark")


def test_a_mark_counts_also_after_the_widget_was_shown(dressed: theme.Theme, qtbot: QtBot) -> None:
    label = QLabel("0")
    qtbot.addWidget(label)
    label.show()
    plain = label.sizeHint().height()
    mark(label, role="figure")
    assert label.sizeHint().height() > plain
    mark(label, role="figure")
    assert label.property("role") == "figure"


@pytest.mark.parametrize(("is_small", "pixels"), [(False, metrics.TEXT), (True, metrics.SMALL)])
def test_widgets_write_in_the_fixed_width_font(
    dressed: theme.Theme, qtbot: QtBot, is_small: bool, pixels: int
) -> None:
    label = QLabel("rsync -a")
    qtbot.addWidget(label)
    write_mono(label, small=is_small)
    label.ensurePolished()
    found = QFontInfo(label.font())
    assert (found.fixedPitch(), found.pixelSize()) == (True, pixels)
