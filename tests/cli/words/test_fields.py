from __future__ import annotations

import pytest

from bgtasks_gui.cli.words import fields


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("name", "NAME"),
        ("payload.argv[0]", "ARGV"),
        ("payload.cwd", "--cwd"),
        ("payload.env[...]", "--env"),
        ("payload.callable", "MODULE:FUNCTION"),
        ("payload.kwargs.folder", "--kwargs"),
        ("payload.path[1]", "--path"),
        ("payload.url", "URL"),
        ("payload.file", "FILE"),
        ("payload.headers.X-Token", "--header"),
        ("payload.rate", "--limit"),
        ("payload.floor_window", "--min-speed-time"),
        ("payload.certificate_key", "--key"),
        ("payload.checksum", "--checksum"),
        ("payload.request_timeout", "--request-timeout"),
        ("triggers[0].every", "--every"),
        ("triggers[1].expression", "--cron"),
        ("triggers[1].zone", "--zone"),
        ("triggers[0].anchor", "--anchor"),
        ("triggers[1]", "--cron"),
        ("conditions[2].zone", "--if"),
        ("stop_on_condition_loss", "--on-loss"),
        ("overlap.limit", "--overlap"),
        ("retry.attempts", "--retries"),
        ("retry.max_delay", "--max-delay"),
        ("resources.memory_max", "--memory-max"),
        ("time_limit", "--time-limit"),
        ("modes[0]", "--mode"),
        ("expires_at", "--expires"),
        ("progress_pattern", "--progress-pattern"),
    ],
)
def test_fields_of_the_agent_as_people_wrote_them(field: str, option: str) -> None:
    assert fields.option_for(field, ["--every", "--cron"]) == option


@pytest.mark.parametrize("field", [None, "body", "triggers[7].every", "kind"])
def test_fields_that_no_option_stands_for(field: str | None) -> None:
    assert fields.option_for(field, ["--every"]) is None
