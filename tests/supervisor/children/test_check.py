from __future__ import annotations

import sys

import pytest

from tests.supervisor.support.client import Agent, Supervised, wait_gone

MODULES = {
    "good": '''
def work():
    """Does the work.

    More words.
    """
class Thing:
    @staticmethod
    def method(): pass
number = 5
''',
    "missing": "import no_such_library\ndef f(): pass",
    "broken": "def f(:",
    "failing": "raise ValueError('bad day')",
    "leaving": "import sys; sys.exit(3)",
    "crashing": "import os; os._exit(9)",
    "dying": "import os; os.kill(os.getpid(), 11)",
    "endless": "import os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: pass",
    "loud": "print('x' * 1000000)\ndef f(): pass",
}


def check(place: Supervised, agent: Agent, target: str, **fields: object) -> dict[str, object]:
    request = place.python("unused", target, **fields)
    names = ("callable", "path", "interpreter", "cwd", "env", "timeout_s")
    reply = agent.ask("check", **{name: request[name] for name in names if name in request})
    assert reply.pop("reply")
    return reply


@pytest.fixture(scope="module", params=["warm", "cold"])
def interpreter(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "warm" else f"{sys.prefix}/bin/../bin/python"


def test_what_is_there(interpreter: str | None) -> None:
    with Supervised() as place:
        for name, text in MODULES.items():
            place.module(name, text)
        agent = place.agent()
        fine = check(place, agent, "good:work", interpreter=interpreter)
        assert fine == {"ok": True, "doc": "Does the work."}
        fine = check(place, agent, "good:Thing.method", interpreter=interpreter)
        assert fine == {"ok": True, "doc": None}
        assert check(place, agent, "loud:f", interpreter=interpreter)["ok"] is True


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere:f", "cannot import module 'nowhere': No module named 'nowhere'"),
        ("missing:f", "cannot import module 'missing': No module named 'no_such_library'"),
        ("broken:f", "cannot import module 'broken': SyntaxError: invalid syntax"),
        ("failing:f", "cannot import module 'failing': ValueError: bad day"),
        ("leaving:f", "module 'leaving' exits when it is imported"),
        ("crashing:f", "importing module 'crashing' ended the interpreter: exit status 9"),
        ("dying:f", "importing module 'dying' ended the interpreter: signal 11"),
        ("good:nothing", "module 'good' has no function 'nothing'"),
        ("good:number", "'number' of module 'good' is not callable"),
        ("good", "'good' does not name a function; write it as module:function"),
    ],
)
def test_what_is_not(target: str, message: str) -> None:
    with Supervised() as place:
        for name, text in MODULES.items():
            place.module(name, text)
        answer = check(place, place.agent(), target)
        assert answer["ok"] is False
        assert str(answer["message"]).startswith(message)


def test_an_import_without_end_is_ended_and_blocks_nothing() -> None:
    with Supervised() as place:
        place.module("endless", MODULES["endless"])
        agent = place.agent()
        request = place.python("unused", "endless:f", timeout_s=0.5)
        del request["run"]
        number = agent.send("check", **request)
        agent.ask("start", **place.command("r", "true"))
        agent.exit("r")
        answer = agent.reply_to(number)
        message = "importing module 'endless' takes longer than 0.5 s"
        assert (answer["ok"], answer["message"]) == (False, message)
        wait_gone([int((place.folder / "pid").read_text())])
        fds = agent.ask("stats")["fds"]
        assert fds < 20


def test_a_missing_folder_is_refused() -> None:
    with Supervised() as place:
        request = place.python("unused", "m:f", cwd="/no/such")
        error = place.agent().ask("check", **request)["error"]
        assert (error["code"], error["field"]) == ("cwd_missing", "payload.cwd")
