"""Kinds and triggers by name; registrations checked whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from bgtasks_gui.agent.catalog import Catalog
from bgtasks_gui.core import conditions, errors, ports, reasons, tasks
from bgtasks_gui.kinds import KINDS
from bgtasks_gui.triggers import TRIGGERS
from bgtasks_gui.wire import codec, masks
from tests.fakes import samples, scripted_checker

NOW = samples.NOW
INTERVAL = msgspec.Raw(b'{"type":"interval","every":"PT15M"}')
MANUAL = msgspec.Raw(b'{"type":"manual"}')
EVENT = msgspec.Raw(b'{"type":"custom_event","name":"backup-wanted"}')


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(TRIGGERS, KINDS)


def a_spec(**changes: object) -> tasks.TaskSpec:
    spec = tasks.TaskSpec(
        name="n", kind="command", payload=msgspec.Raw(b'{"argv":["/bin/sh","-c","true"]}')
    )
    return msgspec.structs.replace(spec, **changes)


async def prepared(catalog: Catalog, **changes: object) -> tasks.TaskSpec:
    return await catalog.prepared(a_spec(**changes), NOW, scripted_checker.ScriptedChecker())


async def refused(catalog: Catalog, **changes: object) -> tuple[str | None, str]:
    with pytest.raises(errors.InvalidField) as caught:
        await prepared(catalog, **changes)
    return caught.value.field, caught.value.message


# Kinds and triggers


def test_a_kind_by_name(catalog: Catalog) -> None:
    assert catalog.kind("command").name == "command"
    with pytest.raises(errors.InvalidField, match="known are command, python, download") as caught:
        catalog.kind("phone")
    assert caught.value.field == "kind"


def test_what_can_be_suspended(catalog: Catalog) -> None:
    assert catalog.can_suspend("command") is catalog.kind("command").can_suspend
    assert catalog.can_suspend("of another version") is False


def test_a_payload_is_its_kinds_own_type(catalog: Catalog) -> None:
    payload = catalog.payload("command", a_spec().payload)
    assert type(payload) is catalog.kind("command").payload_type
    with pytest.raises(errors.InvalidField) as caught:
        catalog.payload("command", msgspec.Raw(b"{}"))
    assert caught.value.field == "payload.argv"


def test_a_trigger_by_its_json(catalog: Catalog) -> None:
    trigger = catalog.trigger(INTERVAL)
    assert isinstance(trigger, ports.TimeTrigger)
    assert catalog.trigger(msgspec.Raw(bytes(INTERVAL))) is trigger
    assert [type(one) for one in catalog.triggers(a_spec(triggers=(INTERVAL, MANUAL)))] == [
        type(trigger), type(catalog.trigger(MANUAL)),
    ]  # fmt: skip


def test_which_triggers_know_their_times(catalog: Catalog) -> None:
    for _ in range(2):
        assert catalog.time_trigger(INTERVAL) is catalog.trigger(INTERVAL)
        assert catalog.time_trigger(MANUAL) is None


def test_which_kinds_are_processes(catalog: Catalog) -> None:
    assert catalog.process_kind("command") is catalog.kind("command")
    with pytest.raises(errors.InvalidField, match="There is no kind 'phone'"):
        catalog.process_kind("phone")
    with pytest.raises(errors.InvalidField, match="Runs of the kind download are no processes"):
        catalog.process_kind("download")


def test_which_kinds_are_transfers(catalog: Catalog) -> None:
    assert catalog.transfer_kind("download") is catalog.kind("download")
    assert catalog.transfer_kind("command") is None
    assert catalog.transfer_kind("phone") is None


@pytest.mark.parametrize("raw", [b'{"type":"phone_call"}', b"{}", b"[]", b'{"type":1}'])
def test_an_unknown_trigger_is_refused(catalog: Catalog, raw: bytes) -> None:
    with pytest.raises(errors.InvalidField):
        catalog.trigger(msgspec.Raw(raw))


def test_when_each_time_trigger_is_due_next(catalog: Catalog) -> None:
    date = msgspec.Raw(b'{"type":"date","at":"2026-11-22T16:00:00Z"}')
    flex = timedelta(minutes=1)
    task = samples.a_task(triggers=(MANUAL, date, EVENT, INTERVAL), flex=flex)
    first, second = catalog.planned_after(task, NOW)
    assert (first.position, first.next_at) == (1, datetime(2026, 11, 22, 16, tzinfo=UTC))
    assert (second.position, second.task_id, second.flex) == (3, task.id, flex)
    (over, _) = catalog.planned_after(task, NOW + timedelta(days=1))
    assert (over.position, over.next_at) == (1, None)


def test_nothing_is_planned_past_the_expiry(catalog: Catalog) -> None:
    task = samples.a_task(expires_at=NOW + timedelta(minutes=1))
    (planned,) = catalog.planned_after(task, NOW)
    assert planned.next_at is None


def test_what_event_triggers_listen_to(catalog: Catalog) -> None:
    startup = msgspec.Raw(b'{"type":"startup"}')
    task = samples.a_task(triggers=(INTERVAL, EVENT, startup))
    found = [(one.task_id, one.position, one.topic) for one in catalog.listeners(task)]
    assert found == [(task.id, 1, "event:backup-wanted"), (task.id, 2, "startup")]


# Registrations


async def test_a_registration_is_stored_in_one_spelling(catalog: Catalog) -> None:
    one = await prepared(
        catalog, triggers=(msgspec.Raw(b'{ "every" : "PT900S", "type":"interval" }'),)
    )
    two = await prepared(catalog, triggers=(INTERVAL,))
    assert bytes(one.triggers[0]) == bytes(two.triggers[0])
    assert codec.plain(one.triggers[0])["every"] == "PT900S"
    payload = codec.plain(one.payload)
    assert payload["argv"] == ["/bin/sh", "-c", "true"]
    # What was left open is filled in.
    assert payload["cwd"] == scripted_checker.HOME
    # Prepared once more it stays as it is.
    again = await catalog.prepared(two, NOW, scripted_checker.ScriptedChecker())
    assert bytes(again.triggers[0]) == bytes(two.triggers[0])
    assert bytes(again.payload) == bytes(two.payload)


async def test_the_expiry_is_kept_in_utc(catalog: Catalog) -> None:
    berlin = timezone(timedelta(hours=1))
    spec = await prepared(catalog, expires_at=datetime(2027, 1, 1, 1, tzinfo=berlin))
    assert spec.expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert spec.expires_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "phone"}, "kind"),
        ({"payload": b"{}"}, "payload.argv"),
        ({"payload": b"[]"}, "payload"),
        ({"payload": b'{"argv":["/bin/sh"],"argw":1}'}, "payload.argw"),
        ({"payload": b'{"argv":["/bin/sh",7]}'}, "payload.argv[1]"),
        ({"payload": b'{"argv":["nothing"]}'}, "payload.argv[0]"),
        ({"payload": b'{"argv":["/bin/sh"],"cwd":"/nowhere"}'}, "payload.cwd"),
        ({"triggers": [b"{}"]}, "triggers[0].type"),
        ({"triggers": [b"[]"]}, "triggers[0]"),
        ({"triggers": [b'{"type":"phone_call"}']}, "triggers[0].type"),
        ({"triggers": [b'{"type":"manual"}', b'{"type":"interval"}']}, "triggers[1].every"),
        ({"triggers": [b'{"type":"manual","x":1}']}, "triggers[0].x"),
        ({"triggers": [b'{"type":"interval","every":"PT0S"}']}, "triggers[0].every"),
        (
            {"triggers": [b'{"type":"cron","expression":"* * * * *","zone":"Mars"}']},
            "triggers[0].zone",
        ),
        ({"conditions": (conditions.BatteryAbove(percent=101),)}, "conditions[0].percent"),
        ({"payload": b'{"argv":["/bin/sh"],"env":{"API_KEY":"***"}}'}, "payload.env.API_KEY"),
        ({"environment": {"A_TOKEN": masks.HIDDEN}}, "environment.A_TOKEN"),
    ],
)
async def test_what_is_wrong_is_named(
    catalog: Catalog, changes: dict[str, object], field: str
) -> None:
    payload, triggers = changes.get("payload"), changes.get("triggers")
    if isinstance(payload, bytes):
        changes = changes | {"payload": msgspec.Raw(payload)}
    if isinstance(triggers, list):
        changes = changes | {"triggers": tuple(msgspec.Raw(one) for one in triggers)}
    named, message = await refused(catalog, **changes)
    assert named == field
    assert message.endswith(".")


async def test_known_words_are_listed(catalog: Catalog) -> None:
    _, message = await refused(catalog, triggers=(msgspec.Raw(b'{"type":"phone_call"}'),))
    assert "There is no trigger 'phone_call'; known are interval, cron," in message
    _, message = await refused(catalog, triggers=(msgspec.Raw(b'{"type":"manual","x":1}'),))
    assert message == "There is no field 'x' here; known are type."


async def test_too_large_stays_too_large(catalog: Catalog) -> None:
    argument = "x" * 200_000
    payload = codec.raw({"argv": ["/bin/sh", argument]})
    with pytest.raises(errors.TooLarge) as caught:
        await prepared(catalog, payload=payload)
    assert caught.value.field == "payload.argv[1]"


# Words


def test_a_task_in_words(catalog: Catalog) -> None:
    found = (conditions.OnAcPower(), conditions.BatteryAbove(percent=20))
    spec = a_spec(triggers=(INTERVAL,), conditions=found)
    does, when, only_if = catalog.phrases(spec)
    assert does == "runs `/bin/sh -c true`"
    assert when == ("every 15 minutes",)
    assert only_if == ("on mains power", "with the battery above 20 %")


def test_words_hide_secrets(catalog: Catalog) -> None:
    payload = codec.raw({"argv": ["curl", "https://ada:love@example.org/x"]})
    does, _, _ = catalog.phrases(a_spec(payload=payload))
    assert "love" not in does
    assert "https://ada:***@example.org/x" in does


def test_a_task_of_another_version_is_still_shown(catalog: Catalog) -> None:
    spec = a_spec(kind="phone", triggers=(msgspec.Raw(b'{"type":"phone_call"}'),))
    does, when, _ = catalog.phrases(spec)
    assert does.startswith("cannot be read: There is no kind 'phone'")
    assert when[0].startswith("cannot be read: There is no trigger 'phone_call'")
    assert catalog.phrases(a_spec(payload=msgspec.Raw(b"[]")))[0].startswith("cannot be read: ")


# The whole


def test_the_view_lists_everything_with_its_schema(catalog: Catalog) -> None:
    view = catalog.view()
    assert catalog.view() is view
    assert [one.name for one in view.kinds] == [kind.name for kind in KINDS]
    assert [one.name for one in view.triggers] == [
        str(one.__struct_config__.tag) for one in TRIGGERS
    ]
    assert {"on_ac_power", "time_window"} <= {one.name for one in view.conditions}
    for entry in (*view.kinds, *view.triggers, *view.conditions):
        schema = codec.plain(entry.schema)
        name = schema["$ref"].rsplit("/", 1)[1]
        assert schema["$defs"][name]["type"] == "object"
        assert entry.title
        assert "(concepts" not in entry.title
    assert "TaskSpec" in codec.plain(view.task)["$defs"]
    assert all(one.can_suspend is not None for one in view.kinds)


def test_the_view_lists_every_reason_with_a_sentence(catalog: Catalog) -> None:
    told = {one.code: one for one in catalog.view().reasons}
    assert set(told) == set(reasons.Code)
    assert told["overlap"].sentence == "Skipped: an earlier run of this task was not over."
    assert told["user_cancel"].sentence == "Cancelled by you."
    assert told["user_cancel"].windows == 0
    assert all(one.sentence.endswith(".") for one in told.values())


async def test_a_trigger_that_is_sent_back_as_it_was_is_not_checked_anew(catalog: Catalog) -> None:
    past = msgspec.Raw(b'{"type":"date","at":"2001-01-01T00:00:00Z"}')
    spelled = msgspec.Raw(b'{ "at": "2001-01-01T00:00:00Z", "type": "date" }')
    checker = scripted_checker.ScriptedChecker()
    spec = a_spec(triggers=(MANUAL, spelled))
    found = await catalog.prepared(spec, NOW, checker, kept=(past,))
    assert found.triggers == (MANUAL, past)
    field, _ = await refused(catalog, triggers=(MANUAL, spelled))
    assert field == "triggers[1].at"
