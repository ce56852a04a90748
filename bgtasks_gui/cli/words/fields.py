"""The name of the option a person wrote for a field that the agent speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_TRIGGER: Final = re.compile(r"triggers\[(?P<position>\d+)\](?:\.(?P<name>\w+))?.*")
#: Fields whose option has another name than the field.
_OPTIONS: Final = {
    "name": "NAME",
    "payload.argv": "ARGV",
    "payload.callable": "MODULE:FUNCTION",
    "payload.interpreter": "--python",
    "payload.url": "URL",
    "payload.file": "FILE",
    "payload.headers": "--header",
    "payload.rate": "--limit",
    "payload.floor": "--min-speed",
    "payload.floor_window": "--min-speed-time",
    "payload.certificate": "--cert",
    "payload.certificate_key": "--key",
    "payload.authorities": "--cacert",
    "stop_on_condition_loss": "--on-loss",
    "conditions": "--if",
    "retry.attempts": "--retries",
    "retry.backoff": "--backoff",
    "retry.max_delay": "--max-delay",
    "resources.nice": "--nice",
    "resources.io_priority": "--io-priority",
    "resources.memory_max": "--memory-max",
    "expires_at": "--expires",
    "modes": "--mode",
    "environment": "--env",
}
#: Parameters of triggers that have an option of their own.
_OF_TRIGGERS: Final = frozenset({"zone", "anchor"})
_AS_NAMED: Final = frozenset(
    {"payload.cwd", "payload.env", "payload.args", "payload.kwargs", "payload.path"}
    | {"payload.to", "payload.checksum", "payload.segments", "payload.method", "payload.body"}
    | {"payload.request_timeout", "payload.resource_timeout", "payload.connect_timeout"}
    | {"payload.attempts", "payload.priority", "payload.proxy", "payload.user", "payload.http2"}
    | {"payload.repeat", "payload.protocol"}
    | {"overlap", "missed", "flex", "time_limit", "idle_limit", "grace", "progress_pattern"}
    | {"notice", "group", "owner", "anchor", "zone", "on"}
)


def option_for(field: str | None, origins: Sequence[str] = ()) -> str | None:
    """The option or argument of `add` behind a field; None where none stands for it.

    `origins` names the option that each trigger came from.
    """
    if field is None:
        return None
    found = _TRIGGER.fullmatch(field)
    if found is not None:
        if found["name"] in _OF_TRIGGERS:
            return f"--{found['name']}"
        position = int(found["position"])
        return origins[position] if position < len(origins) else None
    path = re.sub(r"\[.*?\]", "", field)
    while path:
        if path in _OPTIONS:
            return _OPTIONS[path]
        if path in _AS_NAMED:
            return f"--{path.rpartition('.')[2].replace('_', '-')}"
        path = path.rpartition(".")[0]
    return None
