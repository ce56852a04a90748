from __future__ import annotations

import msgspec
import pytest

from bgtasks_gui.core import processes

RAW = msgspec.Raw(b"{}")
COMMAND = processes.CommandProcess(argv=("true",), cwd="/", env={"A": "1"})
PYTHON = processes.PythonProcess(
    callable="module:function",
    args=msgspec.Raw(b"[]"),
    kwargs=RAW,
    arguments=RAW,
    trigger=RAW,
    task="backup",
    attempt=1,
    path=(),
    interpreter=None,
    cwd="/",
    env={},
)


@pytest.mark.parametrize("spec", [COMMAND, PYTHON])
def test_what_is_to_be_started_says_its_type(spec: processes.ProcessSpec) -> None:
    text = msgspec.json.encode(spec)
    decoded: processes.ProcessSpec = msgspec.json.decode(text, type=processes.ProcessSpec)
    assert type(decoded) is type(spec)
    assert msgspec.json.encode(decoded) == text


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    first = processes.Identity(pid=1, start_ticks=5, boot_id="a")
    assert first != processes.Identity(pid=1, start_ticks=6, boot_id="a")
    assert first != processes.Identity(pid=1, start_ticks=5, boot_id="b")


def test_an_exit_says_little_where_little_is_known() -> None:
    text = b'{"exit_code": 3, "signal": null, "at": 17}'
    assert msgspec.json.decode(text, type=processes.Exit) == processes.Exit(
        exit_code=3, signal=None, at=17
    )
