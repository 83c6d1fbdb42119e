"""`xcaas completion`: scripts with which shells complete commands, options and known values."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ._main import COMPLETION

__all__ = ["completion"]

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    help=(
        "Print the completion script of a shell.\n\n\b\n"
        '  bash  eval "$(xcaas completion bash)"   in ~/.bashrc\n'
        '  zsh   eval "$(xcaas completion zsh)"    in ~/.zshrc, after compinit\n'
        "  fish  xcaas completion fish | source    in ~/.config/fish/config.fish"
    )
)
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    from ._root import root

    completion_class = get_completion_class(shell)
    if completion_class is not None:
        click.echo(completion_class(root, {}, "xcaas", COMPLETION).source())
