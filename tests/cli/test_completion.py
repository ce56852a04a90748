from __future__ import annotations

import shutil
import subprocess

import pytest

from bgtasks_gui.cli import app
from tests.cli.conftest import Bgtasks


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_ask_the_command(shell: str, bgtasks: Bgtasks) -> None:
    made = bgtasks("completion", shell)
    assert made.code == 0
    assert f"{app.COMPLETION_VARIABLE}={shell}_complete" in made.out
    assert "bgtasks_completion" in made.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_reads_its_script(bgtasks: Bgtasks) -> None:
    made = bgtasks("completion", "bash").out
    subprocess.run(["bash", "-n"], input=made, text=True, check=True, timeout=20)


def test_another_shell_is_refused(bgtasks: Bgtasks) -> None:
    assert bgtasks("completion", "tcsh").code == 2
