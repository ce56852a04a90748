from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from bgtasks_gui.gui import prefs
from bgtasks_gui.gui.prefs import Keeper, Prefs
from tests.gui.support import looping


async def test_what_is_kept_is_there_the_next_time(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "new" / "window.json")
    keeper.prefs.theme = "dark"
    keeper.prefs.columns = {"tasks": {"sorted_by": "next", "descending": True}}
    keeper.keep()
    await keeper.close()
    assert Keeper(tmp_path / "new" / "window.json").prefs == keeper.prefs


async def test_changes_in_a_row_end_with_the_last(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "window.json")
    for height in range(200, 260):
        keeper.prefs.pane_height = height
        keeper.keep()
    await keeper.close()
    assert Keeper(tmp_path / "window.json").prefs.pane_height == 259
    assert [path.name for path in tmp_path.iterdir()] == ["window.json"]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b'{"theme": "pink"}', b"\xff\xfe", b'{"width": "wide"}'),
        *(b'{"columns": {"tasks": ["name"]}}', b'{"columns": {"tasks": {"widths": ' + b"[" * 9999),
    ],
)
def test_a_damaged_file_is_forgotten(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    file.write_bytes(content)
    assert Keeper(file).prefs == Prefs()


def test_what_a_newer_version_wrote_besides_is_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    file.write_bytes(b'{"theme": "light", "wallpaper": "waves"}')
    assert Keeper(file).prefs.theme == "light"


async def test_a_place_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keeper = Keeper(tmp_path / "file" / "window.json")
    keeper.keep()
    await keeper.close()


class Written:
    """How often, and what, instead of a file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heights: list[int] = []
        monkeypatch.setattr(prefs, "_save", self._save)

    def _save(self, _path: Path, text: bytes) -> None:
        self.heights.append(msgspec.json.decode(text, type=Prefs).pane_height)


async def test_many_changes_are_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, keeper = Written(monkeypatch), Keeper(tmp_path / "window.json")
    for height in range(200, 260):
        keeper.prefs.pane_height = height
        keeper.keep()
        await asyncio.sleep(0)
    await keeper.close()
    assert written.heights == [259]


async def test_what_changed_is_written_without_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefs, "_SETTLE_S", 0.01)
    written, keeper = Written(monkeypatch), Keeper(tmp_path / "window.json")
    for height in (200, 201):
        keeper.prefs.pane_height = height
        keeper.keep()
        await looping.until(lambda height=height: written.heights[-1:] == [height])
    assert written.heights == [200, 201]


async def test_what_changes_while_it_is_written_is_written_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(tmp_path / "window.json")
    heights: list[int] = []
    loop = asyncio.get_running_loop()

    def save(_path: Path, text: bytes) -> None:
        heights.append(msgspec.json.decode(text, type=Prefs).pane_height)
        if len(heights) == 1:
            loop.call_soon_threadsafe(change)

    def change() -> None:
        keeper.prefs.pane_height = 300
        keeper.keep()

    monkeypatch.setattr(prefs, "_save", save)
    keeper.keep()
    await keeper.close()
    assert heights == [240, 300]


async def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "window.json")
    await keeper.close()
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_damaged_is_made_good_by_the_next_change(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    file.write_text("{")
    keeper = Keeper(file)
    keeper.prefs.pane_height = 300
    keeper.keep()
    await keeper.close()
    assert Keeper(file).prefs == Prefs(pane_height=300)


def test_a_folder_in_its_place_is_no_harm(tmp_path: Path) -> None:
    assert Keeper(tmp_path).prefs == Prefs()
