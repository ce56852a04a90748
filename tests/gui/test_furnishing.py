from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bgtasks_gui import paths
from bgtasks_gui.gui.dialogs.quitting import QuitDialog
from bgtasks_gui.gui.frame.window import Window
from bgtasks_gui.gui.furnishing import Furniture

# Offscreen there is no tray, and Qt is surprised to be asked for one.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged")


@pytest.fixture
async def furniture(window: Window) -> AsyncIterator[Furniture]:
    one = Furniture(window, paths.find_resources())
    one.tray.start()
    yield one
    one.tray.close()
    await one.opening.close()


@pytest.mark.parametrize("where", ["tray", "opening"])
async def test_whoever_quits_is_asked_what_becomes_of_the_tasks(
    window: Window, furniture: Furniture, where: str
) -> None:
    getattr(furniture, where).quit_wanted.emit()
    [dialog] = [one for one in window.findChildren(QuitDialog) if one.isVisible()]
    dialog.close()


async def test_a_window_without_a_tray_is_not_lost(window: Window, furniture: Furniture) -> None:
    assert not furniture.tray.is_there
    window.close()
    assert window.isMinimized()
