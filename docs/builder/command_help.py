"""The command line, from the commands themselves: a section for each, with the text that `--help` prints.

```{command-help}
```
"""

from __future__ import annotations

import os
from typing import Any

import click
from docutils import nodes
from docutils.parsers.rst import Directive

from backproof.verify.commands.main import backproof as program

WIDTH = 100


def helps() -> dict[str, str]:
    """The help of the program and of every command that it lists, by what one types.

    >>> helps()["backproof replay"].splitlines()[0]
    'Usage: backproof replay [OPTIONS] CASE'
    >>> helps()["backproof reply"]
    Traceback (most recent call last):
        ...
    KeyError: 'backproof reply'
    """
    return dict(_helps(program, "backproof", None))


def _helps(command: click.Command, name: str, parent: click.Context | None) -> list[tuple[str, str]]:
    settings: dict[str, Any] = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    found = [(context.command_path, command.get_help(context))]
    if isinstance(command, click.Group):
        for one in command.list_commands(context):
            below = command.get_command(context, one)
            if below is not None and not below.hidden:
                found += _helps(below, one, context)
    return found


class CommandHelp(Directive):
    """A section for each command."""

    def run(self) -> list[nodes.Node]:
        """The sections, in the order in which the program lists its commands."""
        found: list[nodes.Node] = []
        for name, text in helps().items():
            section = nodes.section(ids=[nodes.make_id(name)], names=[name])
            section += nodes.title(text=name)
            block = nodes.literal_block(text, text, language="none")
            section += block
            found.append(section)
        return found


def setup(app: Any) -> dict[str, bool]:
    """The directive `command-help`."""
    os.environ.pop("COLUMNS", None)  # the width of somebody's terminal is no part of the site
    app.add_directive("command-help", CommandHelp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
