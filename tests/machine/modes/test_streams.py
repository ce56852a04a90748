"""What `pactl` tells, with answers as real servers give them."""

from __future__ import annotations

import asyncio

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


@pytest.mark.parametrize(
    "more",
    [
        {"driver": "module-loopback.c"},
        {"resample_method": "peaks"},
        {"driver": None, "properties": {"stream.monitor": "true"}},
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
    sound.says('#!/bin/sh\nprintf \'[{"properties": {"media.name": "caf\\351"}}]\'\n')
    assert (await streams.running("sink-inputs", ANY)).used is True
