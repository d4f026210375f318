"""What `backproof limits` does: print every limit of `engine/limits.py`, and what this system cannot enforce.

>>> run_limits(LimitsOptions())
document_bytes ... 16,777,216 bytes ... a document, also one that a replay line unpacks to; ...
...
0
>>> from pathlib import Path
>>> from backproof.verify.commands.options import Output
>>> run_limits(LimitsOptions(Output(json_file=Path("no/such/folder/limits.json"))))  # said on stderr: Cannot write ...
3
"""

from __future__ import annotations

import json
import signal
from importlib.util import find_spec

from backproof.engine.limits import Stated, stated_limits
from backproof.reports.outputs import write_whole
from backproof.reports.streams import put_data
from backproof.reports.terminal import say, say_table, say_wrapped
from backproof.verify.commands.exit_codes import HOLDS
from backproof.verify.commands.options import LimitsOptions
from backproof.verify.commands.session import unwritable
from backproof.verify.engine_oracle.child import POSSIBLE
from backproof.verify.engine_oracle.supervisor import HAS_MEMORY_LIMITS
from backproof.verify.time_limits import unenforced

NUMBER = "{:,} {}"


def run_limits(options: LimitsOptions) -> int:
    """Print the limits, write them as JSON if asked to, and return the exit code."""
    limits, missing = stated_limits(), not_enforced()
    data = {"limits": [limit._asdict() for limit in limits], "not_enforced": list(missing)}
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    try:
        if options.output.json_file is not None:
            write_whole(options.output.json_file, text)
    except OSError as error:
        return unwritable(error)
    if options.output.on_stdout == "json":
        put_data(text)
    say_table([_row(limit)[: 2 if options.output.quiet else 3] for limit in limits])
    if not options.output.quiet:
        say()
    for what in missing:
        say_wrapped(f"not enforced here: {what}")
    if options.output.quiet:
        return HOLDS
    if not missing:
        say("All of them are enforced on this system.")
    for name in options.output.files:
        say(f"wrote {name}")
    return HOLDS


def not_enforced() -> tuple[str, ...]:
    """The limits that this system cannot enforce, in words.

    >>> isinstance(not_enforced(), tuple)
    True
    """
    lacking = {
        "processes end without a last word: no SIGTERM here": hasattr(signal, "SIGTERM") and hasattr(signal, "SIGKILL"),
        "two runs may write one file: no file locks here": find_spec("fcntl") is not None,
        "an engine on trial runs in this process only (--in-process), without limits: no fork here": POSSIBLE,
        "the memory of an engine on trial: this system does not limit that of a process": HAS_MEMORY_LIMITS,
    }
    return (*unenforced(), *(what for what, has in lacking.items() if not has))


def _row(limit: Stated) -> tuple[str, str, str]:
    """A limit, its value, and what it limits and why."""
    value = NUMBER.format(int(limit.value) if limit.value == int(limit.value) else limit.value, limit.unit)
    return limit.name, value, f"{limit.what}; {limit.why}; beyond: {limit.beyond}"
