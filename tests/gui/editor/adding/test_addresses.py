from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgtasks_gui.gui.editor.adding import addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("nothing here", ()),
        ("https://a.example/x", ("https://a.example/x",)),
        ("HTTP://A.example/X", ("HTTP://A.example/X",)),
        ("get https://a.example/x, or http://b.example/y.", (
            "https://a.example/x", "http://b.example/y")),
        ("(see https://a.example/x)", ("https://a.example/x",)),
        ("https://a.example/x_(disc)", ("https://a.example/x_(disc)",)),
        ("[https://a.example/[1]]", ("https://a.example/[1]",)),
        ('<a href="https://a.example/x">', ("https://a.example/x",)),
        ("\u201chttps://a.example/x\u201d", ("https://a.example/x",)),
        ("https://a.example/x?y=1&z=2#top", ("https://a.example/x?y=1&z=2#top",)),
        ("https://a.example/x\nhttps://a.example/x\r\n", ("https://a.example/x",)),
        ("https://a.example/über/grüße", ("https://a.example/über/grüße",)),
        ("http://[::1]:8080/x", ("http://[::1]:8080/x",)),
        ("https:///x https://", ()),
        ("https://[::1", ()),
        ("ftp://a.example/x file:///etc/passwd javascript:alert(1)", ()),
        ("https://a.example/x!?", ("https://a.example/x",)),
    ],
)  # fmt: skip
def test_addresses_in_a_text(text: str, found: tuple[str, ...]) -> None:
    assert addresses.find(text) == found


def test_there_is_an_end_to_them() -> None:
    many = "\n".join(f"https://a.example/{number}" for number in range(2000))
    assert len(addresses.find(many)) == addresses.MOST
    assert addresses.find("https://a.example/" + ")" * 1_000_000) == ("https://a.example/",)


@given(st.text())
def test_whatever_is_pasted_each_is_an_address_of_the_text(text: str) -> None:
    for one in addresses.find(text):
        assert one in text
        assert one.lower().startswith(("http://", "https://"))
        assert addresses.find(one) == (one,)


def test_a_shortcut_leads_to_its_address() -> None:
    shortcut = "[InternetShortcut]\r\nURL=https://a.example/x\r\nIconFile=https://b.example/i\r\n"
    assert addresses.of_shortcut(shortcut) == ("https://a.example/x",)
    assert addresses.of_shortcut("[Desktop Entry]\nURL=file:///etc\n") == ()


def test_what_is_typed_is_taken_line_by_line_as_it_is() -> None:
    typed = " https://a.example/x \n\n nonsense\nhttps://a.example/x\n"
    assert addresses.lines(typed) == ("https://a.example/x", "nonsense")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/isos/debian%2012.iso?token=1", "debian 12.iso"),
        ("https://a.example/isos/", "isos"),
        ("https://a.example", "a.example"),
        ("https://a.example/%0Aevil%00", "evil\ufffd"),
        ("https://[::1", "Download"),
        ("", "Download"),
        ("https://a.example/" + "x" * 500, "x" * addresses.LONGEST_NAME),
    ],
)
def test_a_task_is_called_as_its_file(url: str, name: str) -> None:
    assert addresses.name_of(url) == name
