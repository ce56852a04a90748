from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from bgtasks_gui.gui.editor.adding import offers
from bgtasks_gui.gui.editor.adding.offers import Offer


def mime(*urls: str, text: str = "") -> QMimeData:
    given = QMimeData()
    if urls:
        given.setUrls([QUrl(one) for one in urls])
    if text:
        given.setText(text)
    return given


def test_links_are_fetched_as_they_are() -> None:
    given = mime("https://a.example/x%20y.", "https://a.example/x%20y.", "http://b.example/")
    assert offers.of_mime(given) == Offer(
        addresses=("https://a.example/x%20y.", "http://b.example/")
    )


def test_addresses_are_found_in_text() -> None:
    assert offers.of_mime(mime(text="see https://a.example/x.")).addresses == (
        "https://a.example/x",
    )


def test_local_files_are_sent(tmp_path: Path) -> None:
    given = mime(QUrl.fromLocalFile(str(tmp_path / "a b")).toString(), "https://a.example/x")
    assert offers.of_mime(given) == Offer(
        addresses=("https://a.example/x",), files=(tmp_path / "a b",)
    )


def test_what_holds_neither_is_no_offer() -> None:
    for given in (mime(), mime(text="words"), mime("ftp://a.example/x", "mailto:a@b.example")):
        assert not offers.of_mime(given)


def test_files_that_lead_to_an_address_are_followed(tmp_path: Path) -> None:
    shortcut, other = tmp_path / "Debian.URL", tmp_path / "report.pdf"
    shortcut.write_bytes(b"\xff\xfe[InternetShortcut]\nURL=https://a.example/x\n")
    other.write_text("words")
    offer = Offer(addresses=("https://b.example/y",), files=(shortcut, other))
    assert offers.resolve(offer) == Offer(
        addresses=("https://b.example/y", "https://a.example/x"), files=(other,)
    )


def test_folders_and_what_is_gone_are_left_out(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert not offers.resolve(Offer(files=(tmp_path, gone, tmp_path / "gone.url")))
