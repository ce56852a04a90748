from __future__ import annotations

from bgtasks_gui.client.phrases import text


def test_control_characters_are_never_shown() -> None:
    assert text.clean("a\x1b[31mb\x07c\x9bd") == "a\ufffd[31mb\ufffdc\ufffdd"
    assert text.clean("two\nlines\tand a tab") == "two\nlines\tand a tab"
    assert text.one_line(" two\nlines \x1b ") == "two lines \ufffd"
