from __future__ import annotations

from pathlib import Path

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.gui.actions import files
from tests.gui.fakes import moves
from tests.gui.support import views


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "report.pdf"
    made.write_text("words")
    return made


def test_where_the_file_is_by_what_is_known_best() -> None:
    task = moves.task()
    assert files.path_of(task, None) == ""
    assert files.path_of(task, views.run()) == "", "no transfer"
    assert files.path_of(task, moves.run()) == "/home/ada/Downloads/"
    told = moves.run(receipt=moves.receipt())
    assert files.path_of(task, told) == "/home/ada/Downloads/debian-12.iso"
    done = moves.run(1, "completed", result={"path": "/tmp/a (1).iso"}, receipt=moves.receipt())
    assert files.path_of(None, done) == "/tmp/a (1).iso"
    up = moves.task(kind="upload")
    assert files.path_of(up, moves.run(of=up)) == "/home/ada/report.pdf"


def test_the_address_in_force_counts() -> None:
    assert files.address_of(moves.task(), moves.run()) == moves.URL
    same = moves.run(receipt=moves.receipt(url=moves.URL.partition("?")[0]))
    assert files.address_of(moves.task(), same) == moves.URL, "receipts leave out the query"
    newer = moves.run(receipt=moves.receipt(url="https://other.example/a"))
    assert files.address_of(moves.task(), newer) == "https://other.example/a"
    assert files.address_of(views.task(), views.run()) == ""


def test_the_limit_of_a_task() -> None:
    assert files.rate_of(None) is None
    assert files.rate_of(moves.task()) is None
    assert files.rate_of(moves.task(payload=moves.payload(rate=2048))) == 2048


def test_a_file_is_opened_and_its_folder_where_that_is_wanted(file: Path) -> None:
    assert files.choose(str(file), wants_folder=False) == files.Opening(path=file)
    assert files.choose(str(file), wants_folder=True) == files.Opening(path=file.parent)


def test_a_folder_is_its_own_folder(file: Path) -> None:
    assert files.choose(f"{file.parent}/", wants_folder=True).path == file.parent
    with pytest.raises(errors.NotFound, match="not there"):
        files.choose(f"{file.parent}/", wants_folder=False)


@pytest.mark.parametrize("name", ["run.sh", "a.desktop", "Setup.EXE", "x.AppImage", "go.py"])
def test_what_could_be_run_is_shown_in_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    opening = files.choose(str(tmp_path / name), wants_folder=False)
    assert opening.path == tmp_path
    assert opening.note == (
        f"{name} is of a kind that can be run, so its folder is shown; nothing is run."
    )


@pytest.mark.parametrize("mode", [0o744, 0o654, 0o645])
def test_whoever_may_execute_it_it_is_a_program(file: Path, mode: int) -> None:
    file.chmod(mode)
    opening = files.choose(str(file), wants_folder=False)
    assert opening.path == file.parent
    assert "is a program" in opening.note


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "evil.desktop").write_text("")
    (tmp_path / "harmless.txt").symlink_to(tmp_path / "evil.desktop")
    assert files.choose(str(tmp_path / "harmless.txt"), wants_folder=False).note


def test_what_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound, match=r"a\.iso is not there"):
        files.choose(str(tmp_path / "a.iso"), wants_folder=False)
    with pytest.raises(errors.NotFound, match="folder"):
        files.choose(str(tmp_path / "gone" / "a.iso"), wants_folder=True)
    assert files.choose(str(tmp_path / "a.iso"), wants_folder=True).path == tmp_path


def test_the_home_folder_may_be_short(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("HOME", str(file.parent))
    assert files.choose("~/report.pdf", wants_folder=False).path == file
