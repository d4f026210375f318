"""The script that checks a page again in the browser, from its parts: `audit_script()`.

The parts in `audit/` are plain functions, in the order in which they build on each other; together they are one script,
which defines nothing outside itself.

>>> audit_script().startswith('(() => {\\n"use strict";\\n'), audit_script().endswith("})();\\n")
(True, True)
>>> audit_script(("no such part",))
Traceback (most recent call last):
    ...
FileNotFoundError: the audit has no part 'no such part'; its parts are ...
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

PARTS = (
    *("numbers", "intervals", "sums", "page", "ledger", "held", "inflate", "replay"),
    *("case", "passes", "routes", "comparisons", "coverage", "sections", "counts", "section"),
)

_COMMENT = re.compile(r"^ *//[^\n]*$|^ */\*\*.*?\*/$|(?<=[;{,)]) // [^\n]*$", re.MULTILINE | re.DOTALL)
"""Of a line of its own, or after code; no text in the parts looks like one."""


@cache
def audit_script(parts: Sequence[str] = PARTS) -> str:
    """The parts of the audit as one script, without comments and indentation. FileNotFoundError of a part that there is
    not."""
    lines = [line.strip() for part in parts for line in _COMMENT.sub("", audit_part(part)).split("\n")]
    return "\n".join(['(() => {\n"use strict";', *filter(None, lines), "})();\n"])


def audit_part(name: str) -> str:
    """The functions of one part. FileNotFoundError of a part that there is not."""
    if name not in PARTS:
        raise FileNotFoundError(f"the audit has no part {name!r}; its parts are {', '.join(PARTS)}")
    return files("backproof.reports.html").joinpath("audit").joinpath(f"{name}.js").read_text(encoding="utf-8")
