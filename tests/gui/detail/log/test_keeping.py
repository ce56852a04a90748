from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextDocument

from bgtasks_gui.gui.detail.log import ansi, keeping, writing
from bgtasks_gui.gui.style import theme
from tests.gui.support import views


@pytest.fixture
def document(window_loop: asyncio.AbstractEventLoop, dressed: theme.Theme) -> QTextDocument:
    found = QTextDocument()
    parser = ansi.Parser()
    lines = parser.feed("\x1b[31mone\x1b[m é😀\n" + "x" * (ansi.LONGEST_LINE + 1) + "\nlast\n")
    writing.insert(QTextCursor(found), lines, writing.Inks())
    return found


WHOLE = "one é😀\n" + "x" * (ansi.LONGEST_LINE + 1) + "\nlast\n"


async def test_the_whole_text_goes_to_the_clipboard(document: QTextDocument) -> None:
    await keeping.copy(document)
    assert QGuiApplication.clipboard().text() == WHOLE


async def test_the_whole_text_goes_into_a_file(document: QTextDocument, tmp_path: Path) -> None:
    await keeping.save(document, tmp_path / "kept.log")
    assert (tmp_path / "kept.log").read_bytes() == WHOLE.encode()


async def test_a_file_that_cannot_be_written_is_an_error(
    document: QTextDocument, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No such file"):
        await keeping.save(document, tmp_path / "no" / "folder")


async def test_others_have_their_turn_while_much_is_gathered(document: QTextDocument) -> None:
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText("\nmore" * 50_000)
    turns: list[int] = []

    async def count() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    text = await keeping.text_of(document)
    counting.cancel()
    assert text.count("more") == 50_000
    assert len(turns) > 3


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("Home backup", "Home backup 20"),
        ("../../etc/passwd", "etc passwd 20"),
        ("..", "output 20"),
        ("a\nb:c*?", "a b c 20"),
        ("x" * 300, "x" * 80 + " 20"),
    ],
)
def test_a_name_is_suggested_that_any_system_takes(name: str, beginning: str) -> None:
    found = keeping.suggested_name(views.run(1, "completed", task_name=name))
    assert found.startswith(beginning)
    assert found.endswith(".log")
    assert ":" not in found
    assert Path(found).name == found
