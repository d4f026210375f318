"""The scoreboard: every checker on the corpus of wrong backward passes (`tests/corpus`), their correct twins, and correct ones that are hard to check.

A fault is *caught* by a checker if the wrong backward is flagged and its correct twin, at the same arguments and with the same seed, is not. All checkers see the same
arguments, and the draws of their own five seeds. A checker that is not installed is named and left out.

>>> from benchmarks.checkers import by_differences
>>> score = play("differences", by_differences, [case for case in corpus() if case.category == "signs"], seeds=1)
>>> score.caught > 0, score.alarms
(True, 0)
>>> corpus("no such category")
Traceback (most recent call last):
    ...
FileNotFoundError: no module of the corpus is called 'no such category'; the modules are the files of this folder
"""

from __future__ import annotations

import importlib.util
import itertools
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.checkers import CHECKERS, Checker, by_backproof, of_arrays, says
from benchmarks.measure import Comparison, NotMeasured, Result, line, ratios

NAME = "scoreboard"
TITLE = "The scoreboard of gradient checkers"
ABOUT = (
    "Wrong backward passes in NumPy, each with a correct twin, and correct ones that are hard to check (`tests/corpus`). Caught: the wrong one is flagged and its twin is "
    "not. scipy's check_grad is given the scalar Σ cotangent · f, with a random cotangent; its difference counts against 1e-5, relative to the gradient. autograd's check_grads "
    "sees a primitive with the backward pass registered, all arguments; PyTorch's gradcheck an autograd.Function and JAX's check_grads a custom_vjp around the NumPy code, "
    "with the defaults of each (JAX in reverse mode, first order, and once: its direction does not depend on a seed). JAX's callback refuses a gradient of a wrong shape or "
    "dtype, which counts as caught; what a checker raises, an error of f at the points that it chose included, counts as flagged. Whole numbers are constants. "
    "Central differences use a step of 1e-6 and allclose "
    "with 1e-5 and 1e-7. Times are medians for one "
    "check. The corpus was written for this project, most of it before `check` existed, the rest to show what single rules of `check` are for. Said in a note: not flagged, since "
    "right backward passes do the same (a gradient that is not finite where there is no derivative, a shape or rank that they are not meant for), and yet said."
)
SEEDS = 5
SEEDLESS = ("JAX check_grads",)  # it draws the same direction every time
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "corpus"


@dataclass(frozen=True)
class Score:
    """Of `wrong` faults, those caught on at least one seed and on every seed; false alarms among `right` correct backward passes on any seed; seconds of each check."""

    name: str
    wrong: int
    caught: int
    always: int
    right: int
    alarms: int
    seconds: tuple[float, ...]
    seeds: int = 1
    noted: int = 0


def corpus(category: str | None = None, independent: bool = False) -> list[Any]:
    """The cases of one of the corpora, freshly loaded."""
    if "cases" not in sys.modules:
        spec = importlib.util.spec_from_file_location("cases", FOLDER / "cases.py")
        if spec is None or spec.loader is None:
            raise NotMeasured(f"not measured: needs {FOLDER}")
        sys.modules["cases"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["cases"])
    cases = sys.modules["cases"]
    return list(cases.load_cases(category, cases.INDEPENDENT if independent else cases.FOLDER))


def play(name: str, checker: Checker, cases: Sequence[Any], seeds: int = SEEDS) -> Score:
    """One checker on all cases and seeds; an exception of a checker is a flag."""
    flags: dict[tuple[int, str, int], bool] = {}
    seconds: list[float] = []
    for number, case in enumerate(cases):
        for what, seed in itertools.product(("wrong", "right"), range(seeds)):
            fresh = case.anew() if checker is by_backproof else of_arrays(case.anew())
            vjp = getattr(fresh, what)
            if vjp is None:
                continue
            start = time.perf_counter()
            try:
                with np.errstate(all="ignore"):
                    flags[number, what, seed] = checker(fresh, vjp, seed)
            except Exception:
                flags[number, what, seed] = True
            seconds.append(time.perf_counter() - start)
    wrong = [number for number, case in enumerate(cases) if case.wrong is not None]
    hits = [[flags[n, "wrong", s] and not flags[n, "right", s] for s in range(seeds)] for n in wrong]
    alarms = sum(any(flags[n, "right", s] for s in range(seeds)) for n in range(len(cases)))
    noted = sum(says(case.anew()) for case in cases if case.note) if checker is by_backproof else 0
    return Score(name, len(wrong), sum(map(any, hits)), sum(map(all, hits)), len(cases), alarms, tuple(seconds), seeds, noted)


def words(score: Score) -> str:
    """A score in words.

    >>> words(Score("a checker", 100, 61, 54, 140, 14, (0.001,)))
    'a checker: 61 of 100 wrong backward passes caught, 54 on every seed; 14 of 140 correct ones flagged'
    >>> words(Score("a checker", 100, 61, 54, 140, 14, (0.001,), noted=3))
    'a checker: 61 of 100 wrong backward passes caught, 54 on every seed, 3 more said in a note; 14 of 140 correct ones flagged'
    """
    said = f", {score.noted} more said in a note" if score.noted else ""
    return f"{score.name}: {score.caught} of {score.wrong} wrong backward passes caught, {score.always} on every seed{said}; {score.alarms} of {score.right} correct ones flagged"


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def measure(quick: bool) -> Result:
    """All checkers on the first corpus with five seeds; on two categories with one seed if `quick`."""
    return Result(NAME, TITLE, ABOUT, (table(False, ("signs", "exact_kinks") if quick else None),))


def table(independent: bool, categories: Sequence[str] | None) -> Comparison:
    """All checkers on one corpus with five seeds; with one seed on some categories."""
    import warnings

    missing = [f"{name}: not measured: needs {package}" for name, (package, _) in CHECKERS.items() if not _installed(package)]
    checkers = {name: checker for name, (package, checker) in CHECKERS.items() if _installed(package)}
    scores: list[Score] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, checker in checkers.items():
            cases = [case for case in corpus(independent=independent) if categories is None or case.category in categories]
            scores.append(play(name, checker, cases, 1 if categories is not None or name in SEEDLESS else SEEDS))
    medians = [[statistics.median(score.seconds[seed :: score.seeds]) for seed in range(score.seeds)] for score in scores]
    lines = tuple(line(words(score), own, ratio=ratios(own, medians[0][: len(own)])) for score, own in zip(scores, medians, strict=True))
    return Comparison(f"{scores[0].wrong} wrong and {scores[0].right} correct backward passes", None, lines, tuple(missing))
