from __future__ import annotations

from pathlib import Path

import pytest

from bgtasks_gui.gui.prefs import Keeper, Prefs


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
    "content", [b"", b"{", b"[]", b'{"theme": "pink"}', b"\xff\xfe", b'{"width": "wide"}']
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
