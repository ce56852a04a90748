"""Where things lie."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.core import errors, ids


def test_a_home_of_ones_own() -> None:
    home = paths.find_home({"BGTASKS_HOME": "/some/where"})
    assert home.root == Path("/some/where")
    assert home.agent_socket == Path("/some/where/run/agent.sock")
    assert home.supervisor_socket == Path("/some/where/run/supervisor.sock")
    assert {one.parent for one in (home.database, home.settings, home.agent_log)} == {home.root}
    assert {home.exits.parent, home.agent_lock.parent} == {home.root}


def test_a_relative_home_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths.find_home({"BGTASKS_HOME": "here"}).root == tmp_path / "here"
    assert paths.find_home({"BGTASKS_HOME": "~/x"}).root == Path.home() / "x"


@pytest.mark.parametrize(
    ("environ", "root"),
    [
        ({"XDG_DATA_HOME": "/data"}, Path("/data/bgtasks")),
        ({"XDG_DATA_HOME": "relative"}, Path.home() / ".local/share/bgtasks"),
        ({"BGTASKS_HOME": ""}, Path.home() / ".local/share/bgtasks"),
        ({}, Path.home() / ".local/share/bgtasks"),
    ],
)
def test_the_usual_home(environ: dict[str, str], root: Path) -> None:
    assert paths.find_home(environ).root == root


def test_the_environment_is_asked_unless_one_is_given(home: Path) -> None:
    assert paths.find_home().root == home


def test_looking_creates_nothing(tmp_path: Path) -> None:
    paths.find_home({"BGTASKS_HOME": str(tmp_path / "new")})
    assert list(tmp_path.iterdir()) == []


def test_a_deep_home_has_short_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    (tmp_path / "other").symlink_to(deep)
    one = paths.find_home({"BGTASKS_HOME": str(deep), "XDG_RUNTIME_DIR": "/run/user/1"})
    assert len(os.fsencode(one.supervisor_socket)) <= paths.SOCKET_PATH_LIMIT
    assert one.runtime.parent == Path("/run/user/1")
    # Every process finds the same one, however the home is spelled.
    spelled = f"{tmp_path}/other/../{deep.name}"
    again = paths.find_home({"BGTASKS_HOME": spelled, "XDG_RUNTIME_DIR": "/run/user/1"})
    assert again.runtime == one.runtime
    elsewhere = paths.find_home({"BGTASKS_HOME": f"{deep}y", "XDG_RUNTIME_DIR": "/run/user/1"})
    assert elsewhere.runtime != one.runtime


def test_runs_of_some_hours_share_a_folder() -> None:
    home = paths.find_home({"BGTASKS_HOME": "/h"})
    first, soon, later = (ids.make_id(ms, 1) for ms in (2**30, 2**30 + 2**23, 2**30 + 2**25))
    assert home.run_log(first) == Path(f"/h/runs/{first[:6]}/{first}.log")
    assert home.run_log(first).parent == home.run_log(soon).parent
    assert home.run_log(first).parent != home.run_log(later).parent


def test_a_private_folder_is_made_and_kept_private(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    paths.make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    paths.make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_no_folder_of_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "ours").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "ours")
    for name in ("file", "file/below", "link"):
        with pytest.raises(errors.HomeUnusable):
            paths.make_private(tmp_path / name)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(errors.HomeUnusable, match="not a folder of yours"):
        paths.make_private(tmp_path / "ours")
