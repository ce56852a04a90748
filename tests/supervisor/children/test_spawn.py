from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from bgtasks_gui.supervisor.children import spawn
from tests.supervisor.support.client import Agent, Supervised


def refusal(agent: Agent, request: dict[str, object]) -> tuple[str, str | None, str]:
    error = agent.ask("start", **request)["error"]
    return error["code"], error["field"], error["message"]


def test_missing_program() -> None:
    with Supervised() as place:
        agent = place.agent()
        env = {"PATH": "/nowhere:/bin"}
        assert refusal(agent, place.command("r", "no-such-program", env=env)) == (
            "program_not_found",
            "payload.argv[0]",
            "There is no program 'no-such-program' in the folders of PATH: /nowhere:/bin.",
        )
        assert refusal(agent, place.command("r", "./nothing"))[::2] == (
            "program_not_found",
            "There is no program './nothing'.",
        )
        assert refusal(agent, place.command("r", ""))[0] == "program_not_found"
        assert refusal(agent, place.command("r"))[:2] == ("cannot_start", "payload.argv")
        assert agent.ask("hello")["runs"] == []
        assert not place.log("r").exists()


def test_missing_working_folder() -> None:
    with Supervised() as place:
        agent = place.agent()
        missing = place.command("r", "true", cwd="/no/such/folder")
        assert refusal(agent, missing) == (
            "cwd_missing",
            "payload.cwd",
            "The working folder '/no/such/folder' does not exist.",
        )
        file = place.command("r", "true", cwd=str(place.journal))
        assert refusal(agent, file)[::2] == (
            "cwd_missing",
            f"The working folder {str(place.journal)!r} is not a folder.",
        )


@pytest.mark.parametrize("nice", [0, 3])
def test_what_cannot_be_executed(nice: int) -> None:
    """By either way of starting: with limits it is another one."""
    with Supervised() as place:
        agent = place.agent()
        (place.folder / "plain").write_text("echo hello\n")
        for name, first_line in (("bare", ""), ("strange", "#!/no/such/interpreter")):
            script = place.folder / name
            script.write_text(f"{first_line}\necho hello\n")
            script.chmod(0o755)
        expected = {
            "./plain": "is not marked as executable.",
            "./bare": "a script needs a first line such as #!/bin/sh.",
            "./strange": "names does not exist.",
            str(place.folder): "is a folder.",
        }
        for program, ending in expected.items():
            code, field, message = refusal(agent, place.command("r", program, nice=nice))
            assert (code, field) == ("not_executable", "payload.argv[0]")
            assert message.endswith(ending)


@pytest.mark.parametrize("nice", [0, 3])
def test_arguments_that_are_too_long(nice: int) -> None:
    with Supervised() as place:
        agent = place.agent()
        code, field, _ = refusal(agent, place.command("r", "true", "x" * 3_000_000, nice=nice))
        assert (code, field) == ("argument_too_long", "payload.argv")


def test_the_environment_is_as_given_and_marked() -> None:
    with Supervised() as place:
        agent = place.agent()
        env = {"PATH": "/usr/bin:/bin", "A": "b\udcffc", "EMPTY": ""}
        agent.ask("start", **place.command("r-1", "env", "-0", env=env))
        agent.exit("r-1")
        shown = set(place.log("r-1").read_bytes().strip(b"\0").split(b"\0"))
        assert shown == {b"PATH=/usr/bin:/bin", b"A=b\xffc", b"EMPTY=", b"BGTASKS_RUN_ID=r-1"}


def signals(hexadecimal: str) -> set[int]:
    """The signals of such a line of /proc/PID/status, without the C library's own two."""
    bits = int(hexadecimal, 16)
    return {number + 1 for number in range(64) if bits >> number & 1} - {32, 33}


@pytest.mark.parametrize("nice", [0, 1])
def test_a_program_finds_what_any_other_finds(nice: int) -> None:
    """A session of its own, nothing on its input, no descriptor, mask or disposition of ours."""
    script = (
        "import os, json; status = dict(line.split(':', 1) for line in open('/proc/self/status'));"
        "print(json.dumps([os.getsid(0) == os.getpid(), os.readlink('/proc/self/fd/0'),"
        "len(os.listdir('/proc/self/fd')), os.getcwd()]"
        "+ [status[key].strip() for key in ('SigBlk', 'SigIgn', 'SigCgt')]))"
    )
    with Supervised() as place:
        agent = place.agent()
        agent.ask("start", **place.command("other", "sleep", "1000"))
        request = place.command("r", sys.executable, "-I", "-c", script, nice=nice)
        agent.ask("start", **request)
        agent.exit("r")
        *seen, blocked, ignored, caught = json.loads(place.log("r").read_text())
        assert seen == [True, "/dev/null", 4, str(place.folder)]
        # Python itself ignores SIGPIPE and SIGXFSZ and catches SIGINT.
        assert (signals(blocked), signals(caught)) == (set(), {signal.SIGINT})
        assert signals(ignored) == {signal.SIGPIPE, signal.SIGXFSZ}


def test_a_program_finds_no_signal_ignored_or_blocked() -> None:
    inherited = ("env", "--ignore-signal=QUIT,USR1,CHLD,HUP", "--block-signal=ALRM")
    with Supervised(prefix=inherited) as place:
        agent = place.agent()
        for run, nice in (("usual", 0), ("gentle", 1)):
            argv = ("grep", "-E", "SigBlk|SigIgn", "/proc/self/status")
            agent.ask("start", **place.command(run, *argv, nice=nice))
            agent.exit(run)
            lines = place.log(run).read_text().splitlines()
            assert [signals(line.split()[1]) for line in lines] == [set(), set()]


def test_a_program_from_the_working_folder() -> None:
    with Supervised() as place:
        agent = place.agent()
        script = place.folder / "hello.sh"
        script.write_text("#!/bin/sh\necho hello from $PWD\n")
        script.chmod(0o755)
        agent.ask("start", **place.command("r", "./hello.sh"))
        agent.exit("r")
        assert place.log("r").read_text() == f"hello from {place.folder}\n"


def test_a_missing_interpreter() -> None:
    with Supervised() as place:
        agent = place.agent()
        request = place.python("r", "m:f", interpreter="/no/such/python")
        assert refusal(agent, request) == (
            "program_not_found",
            "payload.interpreter",
            "There is no program '/no/such/python'.",
        )


def test_own_interpreter_is_known_by_its_path() -> None:
    assert spawn.is_own(None)
    assert spawn.is_own(sys.executable)
    assert not spawn.is_own("/usr/bin/python3-of-somebody")
    assert not spawn.is_own("python3")


def test_failing_to_start_leaves_no_descriptor(tmp_path: Path) -> None:
    with Supervised() as place:
        agent = place.agent()
        before = agent.ask("stats")["fds"]
        for number in range(20):
            for nice in (0, 1):
                run = f"r{number}-{nice}"
                assert "error" in agent.ask("start", **place.command(run, "nothing", nice=nice))
                request = place.python(run, "m:f", interpreter="nothing", nice=nice)
                assert "error" in agent.ask("start", **request)
        assert agent.ask("stats")["fds"] == before
        assert os.listdir(tmp_path) == []
