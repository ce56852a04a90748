"""The processes of runs: how they are started, recognised and signalled."""
