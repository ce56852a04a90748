"""Services on a bus of our own, and a `pactl` that says what a test lets it say."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.machine.conftest import WITHIN_S, PrivateBus

#: The address of a telephone.
PHONE = "11:22:33:44:55:66"
#: What a real server says of each stream, shortened.
PULSEAUDIO = {
    "index": 0, "driver": "protocol-native.c", "owner_module": "1", "client": "1", "sink": 0,
    "sample_specification": "s16le 2ch 44100Hz", "channel_map": "front-left,front-right",
    "corked": False, "mute": False, "balance": 0.0, "buffer_latency_usec": 120000.0,
    "volume": {"front-left": {"value": 65536, "value_percent": "100%", "db": "0.00 dB"}},
    "sink_latency_usec": 914003.0, "resample_method": "",
}  # fmt: skip

_DBUS = "org.freedesktop.DBus"
_DBUS_PATH = "/org/freedesktop/DBus"
_PACTL = """#!/bin/sh
# pactl -f json list WHAT, in the language of computers
[ "$LC_ALL" = C ] && [ "$1 $2 $3" = "-f json list" ] || exit 3
exec cat "{folder}/$4"
"""


class Sound:
    """The streams that `pactl` tells of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.program = folder / "pactl"
        self.says(_PACTL.format(folder=folder))
        self.plays()
        self.records()
        self.connects()

    def says(self, script: str) -> None:
        """Let another script answer."""
        self.program.write_text(script)
        self.program.chmod(0o755)

    def plays(self, *streams: dict[str, object]) -> None:
        self._write("sink-inputs", streams)

    def records(self, *streams: dict[str, object]) -> None:
        self._write("source-outputs", streams)

    def connects(self, *clients: dict[str, object]) -> None:
        self._write("clients", clients)

    def _write(self, direction: str, streams: tuple[dict[str, object], ...]) -> None:
        (self._folder / direction).write_text(json.dumps(streams))


def stream(pid: int | None = None, **more: object) -> dict[str, object]:
    """A stream of this process, as PulseAudio tells of it."""
    properties = {"application.name": "player", "media.name": "song"}
    if pid is not None:
        properties["application.process.id"] = str(pid)
    return {**PULSEAUDIO, "properties": properties, **more}


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sound:
    """A sound server, silent at first."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")
    return Sound(folder)


@pytest.fixture
def no_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without `pactl`."""
    monkeypatch.setenv("PATH", str(tmp_path))


class Service:
    """Answers like one that has these properties and methods, under "INTERFACE.NAME"."""

    def __init__(
        self,
        name: str,
        path: str,
        properties: Mapping[str, Variant] | None = None,
        methods: Mapping[str, Variant] | None = None,
    ) -> None:
        self.name = name
        self._path = path
        self.properties = dict(properties or {})
        self.methods = dict(methods or {})
        #: What it was asked with.
        self.asked: list[list[object]] = []

    def answer(self, message: Message) -> Message | bool | None:
        is_asked = (message.destination, message.path) == (self.name, self._path)
        if not is_asked or message.message_type is not MessageType.METHOD_CALL:
            return None
        self.asked.append(message.body)
        if message.member == "Get":
            value = self.properties.get(".".join(message.body))
            if value is not None:
                return Message.new_method_return(message, "v", [value])
        elif (value := self.methods.get(f"{message.interface}.{message.member}")) is not None:
            return Message.new_method_return(message, value.signature, [value.value])
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such")


class Desk:
    """A bus, and the services on it."""

    def __init__(self, bus: PrivateBus, folder: Path) -> None:
        self._bus = bus
        self._folder = folder
        self._mock: asyncio.subprocess.Process | None = None
        self.address = bus.address

    @contextlib.asynccontextmanager
    async def serving(self, *services: Service) -> AsyncIterator[None]:
        """They are there for as long as this is entered, all of this process."""
        async with self._bus.connected() as bus:
            for each in services:
                bus.add_message_handler(each.answer)
                await asyncio.wait_for(bus.request_name(each.name), WITHIN_S)
            yield

    async def install(self, *names: str) -> None:
        """Let the bus know how to start them; whether it does is in `was_started`."""
        for name in names:
            program = self._folder / "start"
            program.write_text(f"#!/bin/sh\n: > {self._folder}/started\n")
            program.chmod(0o755)
            words = f"[D-BUS Service]\nName={name}\nExec={program}\nUser=root\n"
            (self._folder / f"{name}.service").write_text(words)
        await self._bus.stop()
        folders = f"<servicedir>{self._folder}</servicedir>"
        self._bus.configure(f'</policy>{folders}<policy context="default">')
        await self._bus.start()

    @property
    def was_started(self) -> bool:
        """Whether somebody made the bus start a service."""
        return (self._folder / "started").exists()

    async def start_bluez(self) -> None:
        """A mock of BlueZ, with one adapter and one device that is not connected."""
        async with self._bus.connected() as bus:
            owned = asyncio.Event()
            bus.add_message_handler(
                lambda message: owned.set() if message.member == "NameOwnerChanged" else None
            )
            rule = "type='signal',member='NameOwnerChanged',arg0='org.bluez'"
            await self._call(bus, _DBUS, _DBUS_PATH, f"{_DBUS}.AddMatch", "s", rule)
            self._mock = await asyncio.create_subprocess_exec(
                *["/usr/bin/python3", "-m", "dbusmock", "--system", "-t", "bluez5"],
                env={"PATH": "/usr/bin:/bin", "DBUS_SYSTEM_BUS_ADDRESS": self.address},
                stdout=asyncio.subprocess.DEVNULL,
            )
            await asyncio.wait_for(owned.wait(), WITHIN_S)
        await self.bluez("AddAdapter", "ss", "hci0", "here")
        await self.bluez("AddDevice", "sss", "hci0", PHONE, "Phone")

    async def bluez(self, member: str, signature: str, *body: object) -> None:
        """What the mock is told to do."""
        async with self._bus.connected() as bus:
            mocked = f"org.bluez.Mock.{member}"
            await self._call(bus, "org.bluez", "/org/bluez", mocked, signature, *body)

    async def close(self) -> None:
        if self._mock is not None:
            self._mock.terminate()
            await asyncio.wait_for(self._mock.wait(), WITHIN_S)

    async def _call(
        self, bus: MessageBus, name: str, path: str, member: str, signature: str, *body: object
    ) -> None:
        interface, _, method = member.rpartition(".")
        call = Message(
            destination=name, path=path, interface=interface, member=method,
            signature=signature, body=list(body),
        )  # fmt: skip
        answer = await asyncio.wait_for(bus.call(call), WITHIN_S)
        assert answer is not None
        assert answer.error_name is None, answer.body


@pytest.fixture
async def desk(private_bus: PrivateBus, tmp_path: Path) -> AsyncIterator[Desk]:
    """The bus of the session and of the system, in one."""
    folder = tmp_path / "services"
    folder.mkdir()
    one = Desk(private_bus, folder)
    yield one
    await one.close()
