from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from bgtasks_gui.supervisor.children import refusals
from bgtasks_gui.worker import child


def around(cwd: Path, **env: str) -> child.Surroundings:
    return child.Surroundings(str(cwd), env)


def refused(argv: list[str], place: child.Surroundings) -> refusals.Refused:
    with pytest.raises(refusals.Refused) as found:
        refusals.check(argv, place)
    return found.value


def test_what_can_be_started_passes(tmp_path: Path) -> None:
    refusals.check(["a", ""], around(tmp_path, A="", B="="))


@pytest.mark.parametrize(
    ("argv", "env", "field"),
    [
        ([], {}, "payload.argv"),
        (["a", "b\0c"], {}, "payload.argv[1]"),
        (["a"], {"A=B": ""}, "payload.env"),
        (["a"], {"": "x"}, "payload.env"),
        (["a"], {"A": "x\0"}, "payload.env"),
    ],
)
def test_what_no_system_takes(
    tmp_path: Path, argv: list[str], env: dict[str, str], field: str
) -> None:
    found = refused(argv, child.Surroundings(str(tmp_path), env))
    assert (found.code, found.field) == ("cannot_start", field)


def test_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(["a"], around(tmp_path / "none")).code == "cwd_missing"
    assert refused(["a"], child.Surroundings("/\0", {})).code == "cwd_missing"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = refused(["a"], around(tmp_path))
    assert (found.code, found.field) == ("cannot_start", "payload.cwd")


def test_limits(tmp_path: Path) -> None:
    found = refused(["a"], child.Surroundings(str(tmp_path), {}, 99))
    assert (found.code, found.field) == ("cannot_start", "resources.nice")


@pytest.mark.parametrize(
    ("error", "code", "field"),
    [
        (OSError(errno.E2BIG, ""), "argument_too_long", "payload.argv"),
        (OSError(errno.ENOENT, ""), "program_not_found", "payload.argv[0]"),
        (OSError(errno.ENOTDIR, ""), "program_not_found", "payload.argv[0]"),
        (OSError(errno.EACCES, ""), "program_not_found", "payload.argv[0]"),
        (OSError(errno.ENOEXEC, ""), "not_executable", "payload.argv[0]"),
        (OSError(errno.EAGAIN, ""), "cannot_start", None),
        (ValueError("odd"), "cannot_start", None),
        (subprocess.SubprocessError("odd"), "cannot_start", None),
    ],
)
def test_what_the_system_said(
    tmp_path: Path, error: Exception, code: str, field: str | None
) -> None:
    found = refusals.explained(error, "nothing", around(tmp_path, PATH="/"), "payload.argv[0]")
    assert (found.code, found.field) == (code, field)
    assert str(found).endswith(".")


def test_programs_are_found_as_the_system_finds_them(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").touch()
    place = around(tmp_path, PATH=f"/nowhere:{tmp_path}/bin")
    assert refusals.find_program("tool", place) == f"{tmp_path}/bin/tool"
    assert refusals.find_program("bin/tool", place) == f"{tmp_path}/bin/tool"
    assert refusals.find_program("./tool", place) is None
    assert refusals.find_program("", place) is None
    assert refusals.find_program("bin", place) is None
