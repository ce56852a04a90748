from __future__ import annotations

import json
import os
import subprocess
import sys

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from bgtasks_gui import paths
from bgtasks_gui.gui.style import fonts, icons, theme

#: Dresses an application and says what was opened for it, and what while it was used.
_PROGRAM = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from PySide6.QtWidgets import QApplication, QPushButton
from bgtasks_gui import paths
from bgtasks_gui.gui.style import dress, icons
application = QApplication([])
look = dress.dress(application, paths.find_resources())
before = len(opened)
button = QPushButton("Pause")
icons.bind(button, "pause")
button.show()
look.choose("dark")
print(json.dumps([one for one in opened[before:] if not one.endswith((".py", ".pyc", ".pyi"))]))
"""


def test_everything_is_there_before_the_first_widget(dressed: theme.Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    # The sheet hides which style is below it.
    assert application.style().metaObject().className() == "QStyleSheetStyle"
    assert dressed.palette.accent in application.styleSheet()
    assert application.font().family() == fonts.FAMILY
    assert fonts.FAMILY in QFontDatabase.families()
    assert {"pause", "search"} <= icons.names()


def test_nothing_is_read_from_the_disk_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=paths.find_resources().parent, text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
