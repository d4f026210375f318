"""What was asked for: the settings of a run, which stand in its results document and decide its exit code.

>>> settings = Settings("backproof verify --seed 3", seed=3, cases=300, max_paths=LISTED_PATHS, digits=50)
>>> settings.dtypes, settings.allow_inconclusive, settings.target
(('float64', 'float32'), False, None)
>>> Settings("backproof verify", 0, 300)
Traceback (most recent call last):
    ...
TypeError: Settings.__init__() missing 2 required positional arguments: 'max_paths' and 'digits'
"""

from __future__ import annotations

from dataclasses import dataclass

from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.shard import Shard

LISTED_PATHS = 64  # of a pair, in the report, unless --max-paths says otherwise; chosen: as many as one can follow
ALL, SAMPLE = "all", "sample"
"""The cases of a run on which differences are taken."""
MANY_CASES = 1000  # random cases above which differences are taken on a sample unless asked for; chosen: they cost as much as all else
DTYPES = ("float64", "float32")  # in which adjoints are compared unless --dtype says otherwise; chosen: the usual two


@dataclass(frozen=True)
class Settings:
    """What was asked for.

    `command`    the command line that runs the same again
    `seed`       decides which random cases are drawn, `cases` how many
    `max_paths`  the most paths of a pair that the report lists
    `digits`     to which differences decide
    `allow_inconclusive`  whether a run holds in which a few cases are INCONCLUSIVE
    `allow_nondeterminism`  whether the answers of an engine on trial may change between two calls, within the bound
    `dtypes`     the hardware number systems
    `target`     the engine on trial; None for backproof's own
    `differences`  the cases on which `backproof verify` takes differences: all, or a sample; None where none was asked for
    `shard`      the share of the places that is run; None for all of them
    """

    command: str
    seed: int
    cases: int
    max_paths: int
    digits: int
    allow_inconclusive: bool = False
    dtypes: tuple[str, ...] = DTYPES
    target: str | None = None
    allow_nondeterminism: bool = False
    differences: str | None = None
    shard: Shard | None = None


def differences_of(cases: int, asked: str | None) -> str:
    """The cases on which differences are taken in a run of so many random ones, where that was not asked for.

    >>> differences_of(1000, None), differences_of(1001, None), differences_of(1001, ALL)
    ('all', 'sample', 'all')
    """
    return asked or (ALL if cases <= MANY_CASES else SAMPLE)


def verify_command(settings: Settings) -> str:
    """The command line of `backproof verify` that runs the same again.

    >>> verify_command(Settings("", 3, 20, LISTED_PATHS, DIGITS, differences=ALL, shard=Shard(1, 2)))
    'backproof verify --cases 20 --seed 3 --shard 1/2'
    """
    command = (
        f"backproof verify --cases {settings.cases} --seed {settings.seed}",
        f" --max-paths {settings.max_paths}" * (settings.max_paths != LISTED_PATHS),
        " --allow-inconclusive" * settings.allow_inconclusive,
        f" --differences {settings.differences}" * (settings.differences != differences_of(settings.cases, None)),
        f" --digits {settings.digits}" * (settings.digits != DIGITS),
        *(f" --dtype {name}" for name in settings.dtypes if settings.dtypes != DTYPES),
        f" --shard {settings.shard}" * (settings.shard is not None),
    )
    return "".join(command)


@dataclass(frozen=True)
class NotRun:
    """Cases that were planned and not run. `excused`: a run holds all the same, because they say nothing of any engine
    (graphs that are undecidable in float64, say).
    """

    why: str
    cases: int
    excused: bool = False
