"""What `pactl` tells, with answers as real servers give them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bgtasks_gui.machine.modes import finding, streams
from tests.machine.modes.conftest import Sound, stream

ANY: frozenset[int] = frozenset()

#: As `pactl` 16.1 tells of PulseAudio, to the letter.
VERBATIM = (
    r'[{"index":0,"driver":"protocol-native.c","owner_module":"1","client":"1","sink":0,'
    r'"sample_specification":"s16le 2ch 44100Hz","channel_map":"front-left,front-right",'
    r'"format":"pcm, format.sample_format = \"\\\"s16le\\\"\"  format.rate = \"44100\"",'
    r'"corked":false,"mute":false,"volume":{"front-left":{"value":65536,"value_percent":"100%",'
    r'"db":"0.00 dB"},"front-right":{"value":65536,"value_percent":"100%","db":"0.00 dB"}},'
    r'"balance":0.00,"buffer_latency_usec":120000.00,"sink_latency_usec":914003.00,'
    r'"resample_method":"","properties":{"application.name":"pacat","media.name":"pacat",'
    r'"native-protocol.peer":"UNIX socket client","native-protocol.version":"35",'
    r'"application.process.id":"28510","application.process.user":"jo",'
    r'"application.process.host":"desk","application.process.binary":"pacat",'
    r'"application.language":"C.UTF-8"}}]'
)


#: As PipeWire tells of its own streams: whose they are stands with their clients only.
PIPEWIRE: dict[str, object] = {
    "index": 54, "driver": "PipeWire", "owner_module": None, "client": "54", "sink": 34,
    "corked": False, "mute": False, "balance": 0.0, "resample_method": "PipeWire",
    "properties": {
        "application.name": "pw-cat", "node.name": "pw-cat", "media.role": "music",
        "media.class": "Stream/Output/Audio", "node.want-driver": "true", "client.id": "48",
    },
}  # fmt: skip
LOOPBACK: dict[str, object] = {
    **PIPEWIRE, "client": None, "owner_module": "536870914",
    "properties": {
        "pulse.module.id": "536870914", "node.link-group": "loopback-17528-12",
        "media.class": "Stream/Output/Audio",
    },
}  # fmt: skip
CLIENTS: tuple[dict[str, object], ...] = (
    {
        "index": 48, "driver": "PipeWire", "owner_module": "2",
        "properties": {
            "pipewire.sec.pid": "17528", "client.api": "pipewire-pulse",
            "application.process.id": "17627", "application.process.binary": "pacat",
        },
    },
    {
        "index": 54, "driver": "PipeWire", "owner_module": "2",
        "properties": {
            "pipewire.sec.pid": "17624", "application.name": "pw-cat",
            "application.process.id": "17624", "application.process.binary": "pw-cat",
        },
    },
    {"index": 7, "properties": {"application.process.id": "12"}},
)  # fmt: skip


async def test_an_answer_to_the_letter(sound: Sound) -> None:
    sound.says(f"#!/bin/sh\ncat <<'END'\n{VERBATIM}\nEND\n")
    found = await streams.running("sink-inputs", ANY)
    assert found == streams.Running(used=True, pids=frozenset({28510}))


async def test_silence(sound: Sound) -> None:
    nothing = streams.Running(used=False, pids=frozenset())
    assert await streams.running("sink-inputs", ANY) == nothing
    # Versions before 16.1 print nothing at all.
    sound.says("#!/bin/sh\n")
    assert await streams.running("sink-inputs", frozenset({7})) == nothing


async def test_each_direction_for_itself(sound: Sound) -> None:
    sound.plays(stream(7))
    sound.records(stream(8))
    assert (await streams.running("sink-inputs", ANY)).pids == {7}
    assert (await streams.running("source-outputs", ANY)).pids == {8}


async def test_only_streams_of_these_processes(sound: Sound) -> None:
    sound.plays(stream(7), stream(8), stream(9))
    found = await streams.running("sink-inputs", frozenset({8, 9, 10}))
    assert found == streams.Running(used=True, pids=frozenset({8, 9}))
    assert (await streams.running("sink-inputs", frozenset({10}))).used is False


async def test_a_paused_stream_does_not_run(sound: Sound) -> None:
    sound.plays(stream(7, corked=True))
    assert (await streams.running("sink-inputs", ANY)).used is False


async def test_a_stream_that_does_not_say_whose_it_is(sound: Sound) -> None:
    sound.plays(stream(), stream(9))
    assert (await streams.running("sink-inputs", ANY)).used is True
    assert (await streams.running("sink-inputs", frozenset({7}))).used is None
    assert (await streams.running("sink-inputs", frozenset({9}))).used is True
    sound.plays(stream())
    assert await streams.running("sink-inputs", ANY) == streams.Running(used=True, pids=ANY)


async def test_the_client_of_a_stream_says_whose_it_is(sound: Sound) -> None:
    sound.plays(PIPEWIRE, LOOPBACK)
    sound.connects(*CLIENTS)
    assert (await streams.running("sink-inputs", ANY)).pids == {17624}
    assert (await streams.running("sink-inputs", frozenset({17624}))).used is True
    assert (await streams.running("sink-inputs", frozenset({17528}))).used is False
    # What speaks PulseAudio is connected by PipeWire's own process.
    sound.plays({**PIPEWIRE, "client": "48"})
    assert (await streams.running("sink-inputs", ANY)).pids == {17627}
    sound.plays({**PIPEWIRE, "client": "7"})
    assert (await streams.running("sink-inputs", ANY)).pids == {12}


@pytest.mark.parametrize(
    ("status", "used"), [("NSpid:\t7\n", False), ("NSpid:\t7\t2\n", None), ("", False)]
)
async def test_in_a_sandbox_the_numbers_are_others(
    sound: Sound, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str, used: bool | None
) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text(f"Name:\tplayer\n{status}")
    monkeypatch.setattr(streams, "_PROC", tmp_path)
    sound.plays(stream(2))
    assert (await streams.running("sink-inputs", frozenset({7, 8}))).used is used
    sound.plays()
    assert (await streams.running("sink-inputs", frozenset({7, 8}))).used is False


@pytest.mark.parametrize(
    "more",
    [
        {"driver": "module-loopback.c"},
        {"properties": LOOPBACK["properties"]},
        {"resample_method": "peaks"},
        {"properties": {"stream.monitor": "true"}},
        {"properties": {"resample.peaks": "true"}},
    ],
)
async def test_level_meters_and_plumbing_are_no_sound(
    sound: Sound, more: dict[str, object]
) -> None:
    sound.records(stream(7, **more))
    assert (await streams.running("source-outputs", ANY)).used is False


@pytest.mark.usefixtures("no_sound")
async def test_without_pactl_that_is_said() -> None:
    with pytest.raises(finding.Unavailable, match=r"^pactl is not installed$"):
        await streams.running("sink-inputs", ANY)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (
            "echo 'Connection failure: Connection refused' >&2; exit 1",
            r"^no sound server answers \(Connection failure: Connection refused\)$",
        ),
        ("exit 1", "^no sound server answers$"),
        ("echo 'Sink Input #52'", "^the answer of pactl is not understood"),
    ],
)
async def test_what_pactl_fails_by(sound: Sound, script: str, why: str) -> None:
    sound.says(f"#!/bin/sh\n{script}\n")
    with pytest.raises(finding.Unavailable, match=why):
        await streams.running("sink-inputs", ANY)


async def test_a_server_that_hangs_is_not_waited_for(sound: Sound) -> None:
    sound.says("#!/bin/sh\nexec sleep 600\n")
    with pytest.raises(finding.Unavailable, match="does not answer"):
        await asyncio.wait_for(streams.running("sink-inputs", ANY, timeout_s=0.05), 20)


async def test_names_in_other_encodings(sound: Sound) -> None:
    told = r"\"application.process.id\": \"7\", \"media.name\": \"caf\\351\""
    sound.says(f'#!/bin/sh\nprintf "[{{\\"properties\\": {{{told}}}}}]"\n')
    assert (await streams.running("sink-inputs", ANY)).pids == {7}
