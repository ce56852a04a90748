from __future__ import annotations

from pathlib import PurePath

import pytest

from bgtasks_gui.core import openable


@pytest.mark.parametrize("name", ["a.sh", "A.EXE", "x.tar.desktop", "photo.jpg.js"])
def test_what_a_desktop_might_run(name: str) -> None:
    assert openable.is_dangerous(PurePath("/home/me") / name)


@pytest.mark.parametrize("name", ["a.pdf", "sh", "archive.sh.zip", "README", ".zsh"])
def test_what_it_shows(name: str) -> None:
    assert not openable.is_dangerous(PurePath("/home/me") / name)
