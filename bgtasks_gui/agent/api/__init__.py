"""The agent's HTTP API on a Unix socket: one door a subject, bound from `wire.routes`."""
