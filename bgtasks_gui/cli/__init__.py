"""The `bgtasks` command: one file per subject, each loaded only when it is asked for."""
