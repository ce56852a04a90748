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
    assert home.window_socket == Path("/some/where/run/window.sock")
    assert {one.parent for one in (home.database, home.settings, home.agent_log)} == {home.root}
    assert {home.exits.parent, home.agent_lock.parent, home.window_lock.parent} == {home.root}


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
    for socket in (one.supervisor_socket, one.agent_socket, one.window_socket):
        assert len(os.fsencode(socket)) <= paths.SOCKET_PATH_LIMIT
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


def test_resources_of_a_checkout_and_of_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (paths.find_resources() / "samples").is_dir()
    package = tmp_path / "bgtasks_gui"
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    with pytest.raises(errors.ResourcesMissing, match="Install it again") as caught:
        paths.find_resources()
    assert str(package / "resources") in caught.value.message
    (tmp_path / "resources").mkdir()
    assert paths.find_resources() == tmp_path / "resources"
    # What was installed goes before what happens to lie beside it.
    (package / "resources").mkdir(parents=True)
    assert paths.find_resources() == package / "resources"


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


# The folders of a home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_is_made_for_this_person_alone(home: Path) -> None:
    home.rmdir()
    found = paths.find_home()
    paths.make_home(found)
    assert [mode(folder) for folder in (found.root, found.runtime, found.logs)] == [0o700] * 3


def test_a_home_that_is_there_stays_as_it_is(home: Path) -> None:
    found = paths.find_home()
    (home / "tasks.sqlite").write_text("mine")
    paths.make_home(found)
    paths.make_home(found)
    assert (home / "tasks.sqlite").read_text() == "mine"


def test_sockets_lie_in_a_private_folder_whatever_it_was_before(home: Path) -> None:
    found = paths.find_home()
    found.runtime.mkdir(mode=0o755)
    paths.make_home(found)
    assert mode(found.runtime) == 0o700


def test_a_file_in_the_way_is_told_with_what_to_do(home: Path) -> None:
    home.rmdir()
    home.write_text("no folder")
    try:
        with pytest.raises(errors.HomeUnusable) as caught:
            paths.make_home(paths.find_home())
    finally:
        home.unlink()
    assert str(home) in caught.value.message


def test_a_home_below_a_file_is_told_too(home: Path) -> None:
    (home / "file").write_text("")
    below = home / "file" / "home"
    with pytest.raises(errors.HomeUnusable, match="Not a directory"):
        paths.make_home(paths.Home(root=below, runtime=below / "run"))


def test_a_folder_that_cannot_be_written_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != home)
    with pytest.raises(errors.HomeUnusable, match="cannot be written"):
        paths.make_home(paths.find_home())


def test_somebody_elses_folder_for_sockets_is_not_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = paths.find_home()
    paths.make_home(found)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(errors.HomeUnusable, match="yours"):
        paths.make_home(found)
