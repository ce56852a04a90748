from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QTextCursor, QTextDocument

from bgtasks_gui.gui.detail.log import ansi, writing
from bgtasks_gui.gui.detail.log.terminal import sgr, shades
from bgtasks_gui.gui.style import theme

RED = "\x1b[31m"
PLAIN = "\x1b[m"


@pytest.fixture
def document(dressed: theme.Theme) -> QTextDocument:
    found = QTextDocument()
    found.setUndoRedoEnabled(False)
    return found


def parsed(text: str) -> list[ansi.Line]:
    parser = ansi.Parser()
    return [*parser.feed(text), parser.open_line]


def write(document: QTextDocument, text: str, inks: writing.Inks | None = None) -> writing.Inks:
    inks = inks or writing.Inks()
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    writing.insert(cursor, parsed(text), inks)
    return inks


def colours(document: QTextDocument) -> Iterator[tuple[str, str]]:
    """Each stretch of text with its colour."""
    for block in writing.blocks(document):
        at = block.begin()
        while not at.atEnd():
            span = at.fragment()
            yield span.text(), span.charFormat().foreground().color().name().upper()
            at += 1


def test_lines_become_blocks(document: QTextDocument) -> None:
    write(document, "one\n\nthree")
    assert [block.text() for block in writing.blocks(document)] == ["one", "", "three"]


def test_styles_become_formats(document: QTextDocument) -> None:
    write(document, "\x1b[1;3;4;31;42mall\x1b[m plain")
    at = document.begin().begin()
    span = at.fragment()
    assert span.text() == "all"
    look = span.charFormat()
    assert look.fontItalic()
    assert look.fontUnderline()
    assert look.fontWeight() == 700
    want = shades.shade(sgr.Style(1, 2), theme.current().palette)
    assert look.foreground().color().name().upper() == want.foreground
    assert look.background().color().name().upper() == want.background


def test_the_parts_of_a_long_line_are_joined_when_they_are_kept_or_copied(
    document: QTextDocument,
) -> None:
    long = "x" * (ansi.LONGEST_LINE + 10)
    write(document, f"before\n{long}\nafter")
    assert document.blockCount() == 4
    kept = "".join(writing.kept_text(block) for block in writing.blocks(document))
    assert kept == f"before\n{long}\nafter\n"
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    assert writing.selected_text(cursor) == f"before\n{long}\nafter"


def test_a_selection_within_lines(document: QTextDocument) -> None:
    write(document, "one\ntwo\nthree")
    cursor = QTextCursor(document)
    cursor.setPosition(1)
    cursor.setPosition(9, QTextCursor.MoveMode.KeepAnchor)
    assert writing.selected_text(cursor) == "ne\ntwo\nt"


def test_a_note_is_seen_to_be_none_of_the_output(document: QTextDocument) -> None:
    inks = write(document, "one\n")
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    writing.insert_note(cursor, "5 MiB of output are not kept", inks)
    assert writing.kept_text(cursor.block()) == "[5 MiB of output are not kept]\n"
    band = cursor.block().blockFormat().background().color()
    assert band == theme.current().color("hover")


def test_everything_wears_the_colours_of_a_new_look(
    document: QTextDocument, dressed: theme.Theme
) -> None:
    inks = write(document, f"plain {RED}red{PLAIN}\nline\n{RED}red again")
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertBlock()
    writing.insert_note(cursor, "note", inks)
    before = dict(colours(document))
    dressed.choose("dark")
    inks.renew()
    assert len(list(writing.recolour(document, inks))) == document.blockCount() - 1
    look = dressed.palette
    after = dict(colours(document))
    assert (before["red"], after["red"], after["red again"]) == ("#BE2626", "#FF8F86", "#FF8F86")
    assert after["note"] == look.second
    assert cursor.block().blockFormat().background().color() == dressed.color("hover")


def test_blocks_are_gone_through_while_the_document_changes(document: QTextDocument) -> None:
    write(document, "one\ntwo\nthree\nfour")
    seen = []
    for block in writing.blocks(document, document.findBlockByNumber(1).position()):
        seen.append(block.text())
        if len(seen) == 1:
            first = QTextCursor(document)
            first.insertText("zero\n")
    assert seen == ["two", "three", "four"]
