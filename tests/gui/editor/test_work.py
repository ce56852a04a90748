"""What a dialog does beside the window."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bgtasks_gui.core import errors
from bgtasks_gui.gui.editor.work import Work


async def test_what_is_refused_is_told() -> None:
    told: list[errors.UserError] = []
    work = Work(told.append)

    async def refuse() -> None:
        raise errors.TaskNotFound("It is gone.")

    work.start(refuse())
    await work.settle()
    assert [error.message for error in told] == ["It is gone."]


async def test_a_mistake_of_ours_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    told: list[errors.UserError] = []
    work = Work(told.append)

    async def break_down() -> None:
        raise KeyError("x")

    with caplog.at_level(logging.ERROR):
        work.start(break_down())
        await work.settle()
    assert "it is written in its log" in told[0].message
    assert "KeyError" in caplog.text


async def test_it_ends_when_it_is_stopped_and_may_tidy_up() -> None:
    tidied = []
    work = Work(lambda error: None)

    async def linger() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    task = work.start(linger())
    await asyncio.sleep(0)
    work.stop()
    await work.settle()
    assert task.cancelled()
    assert tidied == [True]
