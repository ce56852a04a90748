"""What is looked at on the machine while a task is registered."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bgtasks_gui.agent import checker
from bgtasks_gui.core import errors, processes, runs
from tests.agent.support.embedded import Embedded


@pytest.fixture
def looks(agent: Embedded) -> checker.MachineChecker:
    return checker.MachineChecker(agent.agent.runner)


def function(callable_: str, folder: Path) -> processes.PythonProcess:
    return processes.PythonProcess(
        callable=callable_, args=runs.NULL, kwargs=runs.NULL, arguments=runs.NOTHING,
        trigger=runs.NOTHING, task="checked", attempt=1, path=(str(folder),), interpreter=None,
        cwd=str(folder), env={},
    )  # fmt: skip


async def test_a_folder_is_absolute_and_exists(
    looks: checker.MachineChecker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await looks.find_folder("") == str(tmp_path)
    assert await looks.find_folder("~") == str(tmp_path)
    assert await looks.find_folder(str(tmp_path)) == str(tmp_path)
    with pytest.raises(errors.InvalidField, match="not an absolute path") as relative:
        await looks.find_folder("work")
    with pytest.raises(errors.InvalidField, match="There is no folder") as missing:
        await looks.find_folder(str(tmp_path / "nowhere"))
    assert relative.value.field == missing.value.field == "cwd"


async def test_a_program_is_found_as_the_run_will_find_it(
    looks: checker.MachineChecker, tmp_path: Path
) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\n")
    assert await looks.find_program("./tool", str(tmp_path), {}) is None
    program.chmod(0o755)
    assert await looks.find_program("./tool", str(tmp_path), {}) == f"{tmp_path}/./tool"
    assert await looks.find_program("tool", "/", {"PATH": str(tmp_path)}) == str(program)
    assert await looks.find_program("tool", "/", {"PATH": "/nowhere"}) is None
    assert await looks.find_program(str(tmp_path), "/", {}) is None
    assert await looks.find_program("sh", "/", {}) is not None


async def test_a_function_is_imported_in_a_process_of_its_own(
    looks: checker.MachineChecker, tmp_path: Path
) -> None:
    (tmp_path / "looked_at.py").write_text(
        "import os\nopen('who', 'w').write(str(os.getpid()))\ndef works(): ...\nsize = 3\n"
    )
    assert await looks.check_callable(function("looked_at:works", tmp_path), None) is None
    assert int((tmp_path / "who").read_text()) != os.getpid()
    missing = await looks.check_callable(function("looked_at:fails", tmp_path), {"PATH": "/bin"})
    assert missing is not None
    assert "'looked_at'" in missing
    assert "'fails'" in missing
    assert "size" in (await looks.check_callable(function("looked_at:size", tmp_path), None) or "")


async def test_a_target_is_a_folder_or_a_file_to_be(
    looks: checker.MachineChecker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert await looks.find_target("", "to") == f"{tmp_path}/Downloads/", "a folder, though missing"
    assert await looks.find_target("~", "to") == f"{tmp_path}/"
    assert await looks.find_target("~/new/file.bin", "to") == f"{tmp_path}/new/file.bin"
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/Geladen"\n')
    assert await looks.find_target("", "to") == f"{tmp_path}/Geladen/"
    (tmp_path / "file").write_text("")
    for path, said in [
        ("work", "not an absolute path"),
        ("~/file/name", "is no folder"),
        (f"~/{'x' * 250}", "longer than"),
    ]:
        with pytest.raises(errors.InvalidField, match=said) as caught:
            await looks.find_target(path, "to")
        assert caught.value.field == "to"


async def test_a_file_exists_and_can_be_read(looks: checker.MachineChecker, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert await looks.find_file(f"{tmp_path}/file", "body") == f"{tmp_path}/file"
    for path, said in [
        ("file", "not an absolute path"),
        (f"{tmp_path}/none", "There is no file"),
        (str(tmp_path), "is a folder"),
        ("/dev/null", "no file that can be read"),
    ]:
        with pytest.raises(errors.InvalidField, match=said) as caught:
            await looks.find_file(path, "body")
        assert caught.value.field == "body"
