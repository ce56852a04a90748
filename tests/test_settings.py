"""Settings in their file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bgtasks_gui import settings
from bgtasks_gui.core import errors, policies
from bgtasks_gui.core.notices import rules


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_without_a_file_the_defaults_hold(path: Path) -> None:
    assert settings.load(path) == settings.Settings()
    assert not path.exists()


def test_what_is_saved_is_loaded(path: Path) -> None:
    changed = settings.Settings(history_days=0.5, history_rows=500, max_running=4)
    settings.save(path, changed)
    assert settings.load(path) == changed
    assert changed.history.age == timedelta(hours=12)
    assert changed.history.rows == 500
    assert [one.name for one in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (b'{"history_days":0}', "history_days"),
        (b'{"history_rows":"many"}', "history_rows"),
        (b'{"max_running":0}', "max_running"),
        (b'{"colour":"red"}', "colour"),
        (b'{"notices":"sometimes"}', "notices"),
        (b'{"notices_by_group":{"backups":"loud"}}', "notices_by_group"),
        (b'{"quiet_from":"24:00","quiet_to":"07:00"}', "quiet_from"),
        (b'{"quiet_from":"22:00","quiet_to":"7:00"}', "quiet_to"),
        (b'{"quiet_from":"22:00\\n","quiet_to":"07:00"}', "quiet_from"),
        (b'{"quiet_from":"22:00"}', "quiet_to"),
        (b'{"quiet_to":"07:00"}', "quiet_from"),
        (b"{", "settings"),
        (b"[]", "settings"),
        (b"\xff", "settings"),
        (b"[" * 99_999, "settings"),
    ],
)
def test_a_file_that_is_wrong_names_the_setting(path: Path, text: bytes, field: str) -> None:
    path.write_bytes(text)
    with pytest.raises(errors.InvalidField) as caught:
        settings.load(path)
    assert caught.value.field == field
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"quiet_from": "22:00"}, "set quiet_to as well, or turn quiet_from off."),
        ({"quiet_to": "07:00"}, "set quiet_from as well, or turn quiet_to off."),
        ({"quiet_from": "late", "quiet_to": "07:00"}, "'late' is no time of day like \"22:30\"."),
    ],
)
def test_half_of_quiet_hours_is_none(path: Path, given: dict[str, str], says: str) -> None:
    keeper = settings.Keeper(path)
    with pytest.raises(errors.InvalidField) as caught:
        keeper.change(settings.Settings(**given))
    assert caught.value.message.endswith(says)
    assert keeper.settings == settings.Settings()
    assert not path.exists()


def test_how_the_person_wants_to_be_told(path: Path) -> None:
    chosen = settings.Settings(
        notices=policies.NoticePolicy.NEVER,
        notices_by_group={"backups": policies.NoticePolicy.ALWAYS},
        quiet_from="22:00",
        quiet_to="07:00",
    )
    settings.save(path, chosen)
    found = settings.load(path)
    assert found == chosen
    assert found.rules == rules.Rules(
        policy=policies.NoticePolicy.NEVER,
        groups={"backups": policies.NoticePolicy.ALWAYS},
        quiet_from="22:00",
        quiet_to="07:00",
    )
    assert settings.Settings().rules == rules.Rules()


def test_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(errors.HomeUnusable, match="cannot be read"):
        settings.load(path)


def test_a_file_that_cannot_be_written_leaves_the_old_one(path: Path) -> None:
    settings.save(path, settings.Settings(max_running=4))
    (path.parent / "settings.new").mkdir()
    with pytest.raises(errors.StorageUnavailable, match="cannot be written"):
        settings.save(path, settings.Settings(max_running=5))
    assert settings.load(path).max_running == 4


def test_the_keeper_holds_what_is_in_the_file(path: Path) -> None:
    keeper = settings.Keeper(path)
    assert keeper.settings == settings.Settings()
    changed = settings.Settings(max_running=9)
    keeper.change(changed)
    assert keeper.settings == settings.Keeper(path).settings == changed
