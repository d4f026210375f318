"""What `backproof completion` does: print click's script for a shell.

>>> import click
>>> run_completion(CompletionOptions("fish"), click.Group("backproof"))
function _backproof_completion;
...
0
>>> run_completion(CompletionOptions("tcsh"), click.Group("backproof"))  # said on stderr: no script for 'tcsh'
4
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from backproof.reports.streams import put_data
from backproof.verify.commands.exit_codes import HOLDS
from backproof.verify.commands.options import CompletionOptions
from backproof.verify.commands.session import give_up, unwritable

VARIABLE = "_BACKPROOF_COMPLETE"
"""By this the script asks the command for completions (`commands/main.py`)."""


def run_completion(options: CompletionOptions, root: click.Command) -> int:
    """Print the script and return the exit code."""
    kind = get_completion_class(options.shell)
    if kind is None:
        return give_up(f"backproof completion: this version of click has no script for {options.shell!r}")
    try:
        put_data(kind(root, {}, "backproof", VARIABLE).source() + "\n")
    except OSError as error:
        return unwritable(error)
    return HOLDS
