from __future__ import annotations

import io
import os

import pytest

from bgtasks_gui.cli.show import outlet


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_answers_and_remarks_go_their_ways(capsys: pytest.CaptureFixture[str]) -> None:
    outlet.say("answer")
    outlet.remark("remark")
    outlet.say_json({"name": "Müller"})
    out, err = capsys.readouterr()
    assert (out, err) == ('answer\n{"name":"Müller"}\n', "remark\n")


def test_what_a_stream_is_good_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert outlet.is_fancy(Terminal())
    assert not outlet.is_fancy(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not outlet.is_fancy(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not outlet.is_fancy(Terminal())
    assert not outlet.is_terminal(_Closed())


class _Closed(io.StringIO):
    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")


def test_what_an_encoding_lacks_is_shown_as_an_escape() -> None:
    behind = io.BytesIO()
    stream = io.TextIOWrapper(behind, encoding="ascii")
    outlet.relax(stream)
    stream.write("grün")
    stream.flush()
    assert behind.getvalue() == rb"gr\xfcn"
    outlet.relax(io.StringIO())


def test_a_silenced_output_takes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        outlet.silence_output()
        stream.write("nobody hears this")
        stream.flush()
