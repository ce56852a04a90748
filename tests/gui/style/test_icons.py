from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QGuiApplication, QIcon, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from bgtasks_gui import gui, paths
from bgtasks_gui.gui.actions import catalogue
from bgtasks_gui.gui.models import states
from bgtasks_gui.gui.style import icons, theme

FOLDER = paths.find_resources() / "icons"
FILES = sorted(FOLDER.glob("*.svg"))
#: What takes the name of an icon first.
_TAKERS = {"icon", "pixmap", "bind", "Shape", "EmptyState", "set_icon"}


def sources() -> Iterator[ast.AST]:
    for path in Path(gui.__file__).parent.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text()))


def strings(node: ast.AST) -> Iterator[str]:
    """The texts an expression can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from strings(node.body)
        yield from strings(node.orelse)


def taken() -> set[str]:
    """Names that are given where an icon is asked for."""
    found = set[str]()
    for node in sources():
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for argument in node.args[:2] if name in _TAKERS else ():
                found |= {text for text in strings(argument) if text.islower()}
            for keyword in node.keywords:
                found |= set(strings(keyword.value)) if keyword.arg == "icon" else set()
    return found


def painted(image: QImage) -> set[str]:
    """The colours of what is not see-through."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_icon_takes_the_colour_it_is_given(path: Path) -> None:
    text = path.read_text()
    assert "currentColor" in text
    assert QSvgRenderer(QByteArray(text.encode())).isValid()


def test_every_icon_is_used_somewhere() -> None:
    said = {text for node in sources() for text in strings(node)}
    templates = (paths.find_resources() / "templates").glob("*.json")
    said |= {json.loads(path.read_text())["icon"] for path in templates}
    assert sorted(path.stem for path in FILES if path.stem not in said) == []


def test_every_icon_that_is_used_exists(dressed: theme.Theme) -> None:
    named = {look.icon for look in states.SHAPES.values()}
    named |= {action.icon for action in catalogue.ACTIONS}
    roles = set(vars(dressed.palette))
    assert named <= icons.names()
    assert {"search", "x", "pause", "triangle-alert"} <= taken() - roles | named
    assert sorted(taken() - roles - icons.names() - {""}) == []


def test_the_licence_is_shipped_with_the_icons() -> None:
    assert "ISC License" in (FOLDER / "Lucide-LICENSE.txt").read_text()


@pytest.mark.parametrize(("ratio", "pixels"), [(1.0, 16), (1.5, 24), (2.0, 32)])
def test_pixmap_is_as_sharp_as_the_screen(dressed: theme.Theme, ratio: float, pixels: int) -> None:
    picture = icons.pixmap("circle-x", "failed", 16, ratio)
    assert picture.size() == QSize(pixels, pixels)
    assert picture.devicePixelRatio() == ratio
    assert painted(icons.pixmap("circle-x", "failed", 64).toImage()) == {
        dressed.color("failed").name()
    }


def test_icon_is_faded_where_its_button_is_disabled(dressed: theme.Theme) -> None:
    made = icons.icon("pause", "text")
    assert {size.width() for size in made.availableSizes()} == {16}
    whole, faded = (
        max(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(16))
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)
        for image in [made.pixmap(QSize(16, 16), 1.0, mode).toImage()]
    )
    assert 0 < faded < whole / 2


def test_an_unknown_icon_is_a_bug(dressed: theme.Theme) -> None:
    with pytest.raises(KeyError):
        icons.pixmap("no such icon", "text")


def test_bound_buttons_follow_the_theme(dressed: theme.Theme, qtbot: QtBot) -> None:
    button, plain = QPushButton("Pause"), QPushButton("Plain")
    qtbot.addWidget(button)
    qtbot.addWidget(plain)
    icons.bind(button, "pause", "text", 32)
    assert button.iconSize() == QSize(32, 32)
    light = dressed.color("text").name()
    assert painted(button.icon().pixmap(32).toImage()) == {light}
    dressed.choose("dark")
    dark = dressed.color("text").name()
    assert dark != light
    assert painted(button.icon().pixmap(32).toImage()) == {dark}
    assert plain.icon().isNull()


def test_binding_keeps_words_apart_from_the_icon_and_out_of_the_name(
    dressed: theme.Theme, qtbot: QtBot
) -> None:
    button = QPushButton("Pause all")
    qtbot.addWidget(button)
    icons.bind(button, "pause")
    assert (button.text(), button.accessibleName()) == (" Pause all", "Pause all")
    button.setText("Resume all")
    icons.bind(button, "play")
    assert (button.text(), button.accessibleName()) == (" Resume all", "Resume all")
    tool = QToolButton()
    qtbot.addWidget(tool)
    tool.setAccessibleName("Close")
    icons.bind(tool, "x")
    assert (tool.text(), tool.accessibleName()) == ("", "Close")


def test_drawing_anew_leaves_other_widgets_alone(dressed: theme.Theme, qtbot: QtBot) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    label.setProperty("iconName", "pause")
    icons.refresh()
    assert label.text() == "words"


class Screen:
    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def devicePixelRatio(self) -> float:
        return self.ratio


@pytest.mark.parametrize(("screens", "widths"), [([], {16}), ([Screen(1), Screen(1.25)], {16, 20})])
def test_icon_is_sharp_on_every_screen_there_is(
    dressed: theme.Theme, monkeypatch: pytest.MonkeyPatch, screens: list[Screen], widths: set[int]
) -> None:
    monkeypatch.setattr(QGuiApplication, "screens", lambda: screens)
    assert {size.width() for size in icons.icon("pause").availableSizes()} == widths
