"""What a command was asked for, one frozen value for each. The defaults stand here once: click shows them, tests start
from them. Nothing heavy is imported.

>>> VerifyOptions(cases=20)
VerifyOptions(cases=20, seed=0, max_paths=64, digits=50, dtypes=('float64', 'float32'), ...)
>>> VerifyOptions(case=20)
Traceback (most recent call last):
    ...
TypeError: ...unexpected keyword argument 'case'
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.settings import ALL, DTYPES, LISTED_PATHS
from backproof.verify.results.shard import Shard

DERIVATION, PROVE = "derivation", "prove"
"""The commands that follow the word `theorems`."""
NOTATIONS = ("text", "latex", "mathml")
"""How theorems and derivations are written."""
QUICK_SIZE = 5
"""Every graph of up to so many vertices is tried by default: 1,099 graphs take a tenth of a second, those of 6 vertices
are 32,768 and take four.
"""


@dataclass(frozen=True)
class Output:
    """Where results go, and how much is shown of them. `on_stdout`: what standard output carries (`--json -`), `json` or
    `html`; then words go to standard error. `typed`: the names of files as they were typed, where the files have their
    whole paths.
    """

    json_file: Path | None = None
    html_file: Path | None = None
    split_folder: Path | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    no_progress: bool = False
    on_stdout: str | None = None
    typed: tuple[tuple[Path, str], ...] = ()

    @property
    def silent(self) -> bool:
        """Whether no progress is shown: not asked for, or every case has its line."""
        return self.quiet or self.verbose or self.no_progress

    @property
    def files(self) -> list[str]:
        """The names of the files that were asked for, as they were typed."""
        return [self.named(path) for path in (self.json_file, self.html_file, self.split_folder) if path is not None]

    def named(self, path: Path) -> str:
        """The name of a file as it was typed."""
        return dict(self.typed).get(path, str(path))

    def without(self, kind: str) -> Output:
        """The same without its `json`, its `html` or its `split`.

        >>> Output(Path("r.json"), Path("r.html")).without("json").files
        ['r.html']
        """
        left = None if self.on_stdout == kind else self.on_stdout
        if kind == "split":
            return replace(self, split_folder=None)
        return replace(self, on_stdout=left, json_file=None) if kind == "json" else replace(self, on_stdout=left, html_file=None)


@dataclass(frozen=True)
class VerifyOptions:
    """`backproof verify`. `differences`: `all` or `sample` of the cases, None for what their number asks for; `jobs`: None
    for the available cores; `resume_file`: the lines of an interrupted run; `scheduler`: the address of a cluster's;
    `shard`: the share of the cases that is run, None for all.
    """

    cases: int = 200
    seed: int = 0
    max_paths: int = LISTED_PATHS
    digits: int = DIGITS
    dtypes: tuple[str, ...] = DTYPES
    differences: str | None = None
    jobs: int | None = None
    allow_inconclusive: bool = False
    resume_file: Path | None = None
    scheduler: str | None = None
    shard: Shard | None = None
    output: Output = Output()


@dataclass(frozen=True)
class ReplayOptions:
    """`backproof replay CASE`: a replay line, or a file that holds a case or a graph (then `seed` chooses its leaf
    values); with `results`, a results file, the id of one of its cases. `timeout`: seconds after which it is INCONCLUSIVE (None: `LIMITS.case_seconds`). `differences`: as those of
    all cases of a run, or of a sample, which are entry by entry whatever the size.
    """

    case: str
    seed: int = 0
    timeout: float | None = None
    max_paths: int = LISTED_PATHS
    allow_inconclusive: bool = False
    differences: str = ALL
    results: Path | None = None
    output: Output = Output()


@dataclass(frozen=True)
class TheoremsOptions:
    """`backproof theorems [LABEL]`. `notation`: one of `NOTATIONS`; `resume_file` keeps the finished blocks of
    `exhaustive`; `scheduler` is the address of a cluster's.
    """

    label: str | None = None
    case: str | None = None
    cases: int = 24
    seed: int = 0
    exhaustive: int = QUICK_SIZE
    notation: str = NOTATIONS[0]
    jobs: int | None = None
    resume_file: Path | None = None
    scheduler: str | None = None
    output: Output = Output()


@dataclass(frozen=True)
class DerivationOptions:
    """`backproof theorems derivation`. `case`: as in `ReplayOptions`, None for the lecture's network; `leaf`: None for
    every leaf; `notation`: one of `NOTATIONS`.
    """

    case: str | None = None
    seed: int = 0
    leaf: str | None = None
    notation: str = NOTATIONS[0]
    output: Output = Output()


@dataclass(frozen=True)
class ProveOptions:
    """`backproof theorems prove`. `deep`: the independent checker, too; `record`: keep the result beside the proofs;
    `mutants`: try every sneaky change instead, `jobs` at a time, None for the available cores.
    """

    deep: bool = False
    record: bool = False
    mutants: bool = False
    jobs: int | None = None
    output: Output = Output()


@dataclass(frozen=True)
class OracleOptions:
    """`backproof oracle TARGET`. `functions`: those that the engine has, none for the whole table; `scalars`: it has no
    arrays; `shard`: the share of the cases that is tried, None for all; `jobs`: processes of the engine; `timeout` in
    seconds and `memory` in bytes: what one call may take, None for `engine.limits`;
    `in_process`: the engine has no process of its own; `allow_nondeterminism`: its answers may change between two
    calls, within the bound; `results`: a results file, of which `case` is then an id.
    """

    target: str
    case: str | None = None
    results: Path | None = None
    cases: int = 200
    seed: int = 0
    functions: tuple[str, ...] = ()
    scalars: bool = False
    jobs: int = 1
    timeout: float | None = None
    memory: int | None = None
    in_process: bool = False
    allow_inconclusive: bool = False
    allow_nondeterminism: bool = False
    shard: Shard | None = None
    output: Output = Output()

    @property
    def restricted(self) -> bool:
        """Whether random graphs must be drawn for what this engine has."""
        return bool(self.functions) or self.scalars


@dataclass(frozen=True)
class SelftestOptions:
    """`backproof selftest`. `graded`: faults near the bounds, in the place of the wrong engines."""

    graded: bool = False
    seed: int = 0
    jobs: int | None = None
    output: Output = Output()


@dataclass(frozen=True)
class LimitsOptions:
    """`backproof limits`."""

    output: Output = Output()


@dataclass(frozen=True)
class CompletionOptions:
    """`backproof completion SHELL`."""

    shell: str
    output: Output = Output()


@dataclass(frozen=True)
class ListOptions:
    """`backproof list [WHAT]`. `what`: None for how many there are of each."""

    what: str | None = None
    output: Output = Output()


@dataclass(frozen=True)
class ExplainOptions:
    """`backproof explain WORD`."""

    word: str
    output: Output = Output()


@dataclass(frozen=True)
class DoctorOptions:
    """`backproof doctor`."""

    output: Output = Output()
