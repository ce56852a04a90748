from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from dbus_fast import Variant

from bgtasks_gui import paths
from bgtasks_gui.agent.surfaces.servers import Server
from bgtasks_gui.core import errors
from bgtasks_gui.core.notices import notice
from tests.agent.surfaces.samples import FAILED, LIVE

ALL = frozenset({"body", "actions", "body-markup"})
DUNST = Server(name="dunst", version="1.9.0", capabilities=ALL)
XFCE = Server(name="Xfce Notify Daemon", version="0.7.3", capabilities=ALL)
PLAIN = Server(name="notify-osd", version="1.0", capabilities=frozenset({"body"}))


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (DUNST, "dunst 1.9.0 shows progress and buttons"),
        (XFCE, "Xfce Notify Daemon 0.7.3 shows buttons"),
        (PLAIN, "notify-osd 1.0 shows messages only"),
        (Server(name="mako", version="1", capabilities=frozenset()), "mako 1 shows progress"),
    ],
)
def test_it_is_said_what_it_is_good_for(server: Server, sentence: str) -> None:
    assert server.sentence == sentence


def test_a_live_notice_with_all_that_it_can_do() -> None:
    name, number, icon, title, body, buttons, hints, timeout = DUNST.arguments(LIVE, 7)
    assert (name, number, title, body) == ("Background Tasks", 7, "Backup", LIVE.body)
    assert Path(urlsplit(str(icon)).path).exists()
    assert buttons == ["default", "Show", "suspend", "Suspend", "cancel", "Cancel"]
    assert hints == {
        "urgency": Variant("y", 0),
        "category": Variant("s", "transfer"),
        "desktop-entry": Variant("s", "bgtasks"),
        "resident": Variant("b", True),
        "transient": Variant("b", False),
        "value": Variant("i", 65),
    }
    assert timeout == 0


def test_one_that_tells_of_an_end() -> None:
    *_, body, buttons, hints, timeout = DUNST.arguments(FAILED, 0)
    assert body == "rsync &lt;a&gt; &amp; &lt;b&gt; ended with 23"
    assert buttons == ["default", "Show", "retry", "Retry"]
    assert hints == {
        "urgency": Variant("y", 2),
        "category": Variant("s", "transfer.error"),
        "desktop-entry": Variant("s", "bgtasks"),
        "resident": Variant("b", False),
        "transient": Variant("b", False),
    }
    assert timeout == -1


def test_a_service_that_can_do_little_gets_the_words() -> None:
    *_, body, buttons, hints, _ = PLAIN.arguments(FAILED, 0)
    assert body == FAILED.body
    assert buttons == []
    assert isinstance(hints, dict)
    for server in (PLAIN, XFCE):
        *_, hints, _ = server.arguments(LIVE, 0)
        assert isinstance(hints, dict)
        assert "value" not in hints


def test_dunst_gets_no_tags_even_where_it_does_not_say_that_it_reads_them() -> None:
    unset = msgspec.structs.replace(DUNST, capabilities=frozenset({"body"}))
    assert unset.arguments(FAILED, 0)[4] == "rsync \u2039a\u203a & \u2039b\u203a ended with 23"


@pytest.mark.parametrize(("fraction", "percent"), [(-0.1, 0), (0.005, 0), (0.996, 100), (1.5, 100)])
def test_progress_is_a_whole_number_of_hundred(fraction: float, percent: int) -> None:
    *_, hints, _ = DUNST.arguments(msgspec.structs.replace(LIVE, fraction=fraction), 0)
    assert isinstance(hints, dict)
    assert hints["value"] == Variant("i", percent)


def test_one_of_little_weight_is_not_kept() -> None:
    light = notice.Notice(
        key="ended:r3", kind=notice.Kind.ENDED, at=LIVE.at, title="a\0b", body="c\0d", urgency="low"
    )
    _, _, _, title, body, _, hints, _ = DUNST.arguments(light, 0)
    assert (title, body) == ("ab", "cd")
    assert isinstance(hints, dict)
    assert hints["transient"] == Variant("b", True)
    assert "category" not in hints


def test_without_our_files_the_icon_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing() -> Path:
        raise errors.ResourcesMissing("There are none.")

    monkeypatch.setattr(paths, "find_resources", find_nothing)
    assert DUNST.arguments(LIVE, 0)[2] == "bgtasks"
