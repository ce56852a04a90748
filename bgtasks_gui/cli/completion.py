"""`bgtasks completion`: what a shell needs to complete commands, options and names of tasks."""

from __future__ import annotations

import click
from click import shell_completion

from bgtasks_gui.cli import app, params
from bgtasks_gui.cli.show import outlet

_SHELLS = {
    "bash": shell_completion.BashComplete,
    "zsh": shell_completion.ZshComplete,
    "fish": shell_completion.FishComplete,
}


@click.command(
    epilog=params.examples(
        'eval "$(bgtasks completion bash)"          # in ~/.bashrc',
        'eval "$(bgtasks completion zsh)"           # in ~/.zshrc',
        "bgtasks completion fish > ~/.config/fish/completions/bgtasks.fish",
    )
)
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice([*_SHELLS]))
def completion(shell: str) -> None:
    """Print the completion script of a shell. Names of tasks are completed too."""
    made = _SHELLS[shell](app.root, {}, "bgtasks", app.COMPLETION_VARIABLE)
    # Not made.source(), which runs the shell to look at its version.
    outlet.say(made.source_template % made.source_vars())
