"""The sample: `sample(root, seed, count)`, the same for the same seed and sources. The files take turns, and each gives the changes that the seed picks, so that a long file
does not fill it.

>>> some = sample(ROOT, 0, 40)
>>> len(some), len({mutant.path for mutant in some}) == min(40, len(MUTATED))
(40, True)
>>> sample(ROOT, 0, 40) == some, sample(ROOT, 1, 40) == some
(True, False)
>>> sample(ROOT, 0, 10**6)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
ValueError: the judge has ... changes, fewer than 1,000,000
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from benchmarks.mutants.places import Place, places

ROOT = Path(__file__).resolve().parents[2]
MUTATED = (
    *("engine/passes.py", "engine/local_functions.py", "engine/number_systems.py"),
    *("engine/functions/row.py", "engine/functions/elementwise.py", "engine/functions/linear.py", "engine/functions/reductions.py"),
    "engine/functions/structural.py",
    *(
        "verify/paths/sums.py",
        "verify/paths/blocks.py",
        "verify/paths/choice.py",
        "verify/paths/enumeration.py",
        "verify/paths/products.py",
    ),
    *("verify/paths/magnitudes.py", "verify/paths/frontier.py", "verify/paths/factored.py"),
    *("verify/numbers/balls.py", "verify/numbers/ball_arrays.py", "verify/numbers/running_errors.py"),
    *("verify/derivatives/enclosures.py", "verify/derivatives/certificates.py", "verify/derivatives/polydiscs.py"),
    *("verify/derivatives/kinks.py", "verify/derivatives/differences.py", "verify/derivatives/exact.py"),
    *("verify/rounding/bounds.py", "verify/rounding/second_derivatives.py", "verify/rounding/higher_order.py"),
    *("verify/three_way/check.py", "verify/three_way/comparison.py", "verify/three_way/floats.py", "verify/three_way/routes.py"),
    *("verify/three_way/theorem_1.py", "verify/three_way/theorem_2.py", "verify/verdicts.py"),
    *("verify/results/case_record.py", "verify/results/tally.py", "verify/results/document.py", "verify/results/shares.py"),
)
"""The judge: the engine's passes and functions, the path sums, the certified derivatives, the bounds, the comparisons, the verdicts, and what counts and writes them."""


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    path: str
    place: Place

    @property
    def id(self) -> str:
        """Its name: the file, the line, and some digits of what is changed to what."""
        told = f"{self.place.start}:{self.place.kind}:{self.place.before}:{self.place.after}"
        return f"{self.path}:{self.place.line}:{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def sample(root: Path, seed: int, count: int) -> list[Mutant]:
    """`count` changes of the files of the judge in a checkout. ValueError where there are fewer."""
    drawn = _drawn(root, seed)
    if count > len(drawn):
        raise ValueError(f"the judge has {len(drawn):,} changes, fewer than {count:,}")
    return drawn[:count]


@cache
def _drawn(root: Path, seed: int) -> list[Mutant]:
    """Every change, in the order in which a sample takes them."""
    each: list[list[Mutant]] = []
    for path in MUTATED:
        found = [Mutant(path, place) for place in places((root / path).read_text(encoding="utf-8"))]
        random.Random(f"{seed} {path}").shuffle(found)
        each.append(found)
    return [mutant for turn in zip_longest(*each) for mutant in turn if mutant is not None]


def digest(root: Path) -> str:
    """A name for the code of the judge: a sample belongs to it."""
    found = hashlib.sha256()
    for path in MUTATED:
        found.update((root / path).read_bytes())
    return found.hexdigest()[:16]
