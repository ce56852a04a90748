from __future__ import annotations

from bgtasks_gui.core.background import codes
from bgtasks_gui.wire import shapes
from tests.cli.conftest import Bgtasks
from tests.cli.fakes.scripted_agent import ScriptedAgent

PLAYER = shapes.AccessView(owner="player", keep_running=True, modes=("audioPlayback", "voip"))
INDEXER = shapes.AccessView(owner="indexer", keep_running=True, modes=(), is_system=True)
BARRED = shapes.AccessView(owner="ads", keep_running=False, modes=())


def test_the_list(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("GET /v1/access", [BARRED, INDEXER, PLAYER])
    assert bgtasks("access", "list").out == (
        "OWNER    KEEPS RUNNING  SYSTEM  MODES\n"
        "ads      no             no      -\n"
        "indexer  yes            yes     -\n"
        "player   yes            no      audioPlayback voip\n"
    )
    found = bgtasks("access", "list", "--json").json
    assert [one["owner"] for one in found] == ["ads", "indexer", "player"]
    agent.on("GET /v1/access", [])
    empty = "No program may keep work running in the background.\n"
    assert bgtasks("access", "list").out == empty


def test_a_program_is_allowed(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("PUT /v1/access/player", PLAYER)
    shown = bgtasks("access", "allow", "player", "--mode", "audioPlayback", "--mode", "voip")
    assert shown.out == "player may keep work running: audioPlayback voip.\n"
    modes = ["audioPlayback", "voip"]
    assert agent.asked[-1].body == {"keep_running": True, "modes": modes, "is_system": False}
    assert bgtasks("access", "allow", "player", "--json").json["keep_running"] is True
    agent.on("PUT /v1/access/player", shapes.AccessView(owner="p", keep_running=True, modes=()))
    assert "no mode yet; --mode names one" in bgtasks("access", "allow", "player").out


def test_a_program_is_taken_for_one_of_the_system(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("PUT /v1/access/indexer", INDEXER)
    shown = bgtasks("access", "allow", "indexer", "--system")
    assert shown.out.endswith("It is a program of the system, and may hold resources.\n")
    assert agent.asked[-1].body == {"keep_running": True, "modes": [], "is_system": True}


def test_what_is_no_mode_is_refused(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("PUT /v1/access/player", codes.BadParameter("'flying' is no mode."))
    shown = bgtasks("access", "allow", "player", "--mode", "flying")
    assert (shown.code, shown.err) == (2, "Error: 'flying' is no mode.\n")


def test_a_program_is_denied(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("PUT /v1/access/ads", BARRED)
    assert bgtasks("access", "deny", "ads").out == "ads may not keep work running any more.\n"
    assert agent.asked[-1].body == {"keep_running": False, "modes": [], "is_system": False}
    assert bgtasks("access", "deny", "ads", "--json").json["keep_running"] is False


def test_a_program_is_forgotten(bgtasks: Bgtasks, agent: ScriptedAgent) -> None:
    agent.on("DELETE /v1/access/ads", BARRED)
    assert bgtasks("access", "deny", "ads", "--forget").out == "ads is forgotten.\n"
