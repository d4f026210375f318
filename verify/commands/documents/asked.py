"""What `backproof report` was asked for, as one frozen value.

>>> Target("badge", Path("badge.svg")).kind, Target("badge", Path("-")).kind
('badge.svg', 'badge.json')
>>> ReportOptions((Path("r.json"),)).targets
()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from backproof.verify.commands.options import Output


@dataclass(frozen=True)
class Target:
    """A format and where it goes: a file, or `-`, standard output. `typed`: its name as it was typed."""

    option: str
    path: Path
    typed: str = ""

    @property
    def kind(self) -> str:
        """Which text it is: that of its option; a badge is a picture where its name ends so."""
        if self.option != "badge":
            return self.option
        return "badge.svg" if self.path.suffix.lower() == ".svg" else "badge.json"


@dataclass(frozen=True)
class ReportOptions:
    """`backproof report FILE…`. `baseline`: the results that they are compared with; `fail_on_regression`: the exit code is
    that of the comparison.
    """

    files: tuple[Path, ...]
    targets: tuple[Target, ...] = ()
    baseline: Path | None = None
    fail_on_regression: bool = False
    output: Output = field(default_factory=Output)
