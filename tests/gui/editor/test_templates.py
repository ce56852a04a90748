"""Common tasks to begin with."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from bgtasks_gui import paths
from bgtasks_gui.client import commands
from bgtasks_gui.client.client import Client
from bgtasks_gui.gui.editor import asking, templates
from bgtasks_gui.gui.style import icons, theme

OURS = templates.load(paths.find_resources())


def test_ours_are_in_the_order_of_their_names() -> None:
    assert [one.title for one in OURS] == [
        "Back up a folder with rsync",
        "Run a script every night",
        "Clean up a folder",
        "Call a Python function",
        "Check free space",
        "Download a file",
        "Upload a file every evening",
        "Empty task",
    ]


@pytest.mark.parametrize("template", OURS, ids=lambda template: template.name)
def test_each_has_words_and_an_icon(template: templates.Template, dressed: theme.Theme) -> None:
    assert template.description.endswith(".")
    assert template.icon in icons.names()
    assert template.first


@pytest.mark.parametrize("template", OURS, ids=lambda template: template.name)
async def test_each_is_understood_by_the_agent(
    template: templates.Template,
    agent_client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once the person has what it needs, and has filled in what is theirs."""
    for program in ("rsync", "nightly.sh"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "file").write_text("words")
    address, here = {"url": "https://example.org/x"}, {"cwd": str(tmp_path)}
    filled = {"argv": ["true"]} if template.spec["kind"] == "command" else {}
    mine = {
        "python": {"callable": "json:dumps"} | here,
        "download": address,
        "upload": address | {"file": str(tmp_path / "file")},
    }.get(template.spec["kind"], here)
    payload = filled | template.spec.get("payload", {}) | mine
    spec = asking.spec_of(template.spec | {"name": "n", "payload": payload})
    checked = await agent_client(commands.check_task(spec))
    assert len(checked.when) == len(template.spec.get("triggers", []))
    assert checked.warnings == ()


def test_cleaning_up_deletes_nothing_by_itself() -> None:
    argv = OURS[2].spec["payload"]["argv"]
    assert argv[0] == "find"
    assert "-delete" not in argv
    assert "-exec" not in argv


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"title": "T", "odd": 1}'])
def test_one_that_cannot_be_read_is_left_out(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / templates.FOLDER
    folder.mkdir()
    good = {"title": "T", "description": "D.", "icon": "plus", "spec": {"kind": "command"}}
    (folder / "2.json").write_text(json.dumps(good))
    (folder / "1.json").write_text(text)
    with caplog.at_level(logging.WARNING):
        found = templates.load(tmp_path)
    assert [(one.name, one.title, one.first) for one in found] == [("2", "T", "name")]
    assert "1.json cannot be read" in caplog.text


def test_without_the_folder_there_are_none(tmp_path: Path) -> None:
    assert templates.load(tmp_path) == ()
