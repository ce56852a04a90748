"""One file per subject; `cli.app.COMMANDS` says which command lies where."""
