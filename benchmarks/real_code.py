"""Code as people write it (`tests/corpus/real_code`): how `check` judges right ones and wrong twins, what it says of the
fault, and what other checkers see.

>>> entries = load("physics")
>>> seen = judged(entries[0], seeds=1)
>>> seen.alarms, seen.flags
((False,), (True,))
>>> load("no_such_theme")
Traceback (most recent call last):
    ...
FileNotFoundError: no file of real code is called 'no_such_theme'
"""

from __future__ import annotations

import importlib.util
import inspect
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Diagnosis
from backproof.verify.gradient_oracle.causes.cause import Fault as Kind
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.layers.check_layer import check_layer
from backproof.verify.gradient_oracle.result import CheckResult
from benchmarks.checkers import CHECKERS, of_arrays
from benchmarks.measure import Comparison, NotMeasured, Result, line, ratios

NAME = "real-code"
TITLE = "Code as people write it"
ABOUT = (
    "Functions and layers in the shapes that people write them (`tests/corpus/real_code`), each with a wrong twin that differs in one line: class-based layers of ten designs, "
    "functional layers, losses, recurrent cells, attention, convolutions of four designs, embeddings, objectives, small engines, models. Certified: the right one is CORRECT, "
    "and its formula certified at every point, on every seed. Named: `result.diagnosis` of the wrong one carries kind, line and place of the fault as data. The other checkers "
    "are given the same arrays, parameters of layers and leaves of trees among the arguments, as functions and vjps. Hidden ones are faults that the given arguments do not show; "
    "no other checker looks for them. A wrong one counts as flagged if it is on every seed, and the right one on none. Times are medians for one check of a right one."
)
SEEDS = 5  # as many as the scoreboard's
PEERS = ("central differences", "scipy check_grad", "autograd check_grads", "PyTorch gradcheck")
SAME = {
    "missing factor": {Kind.FACTOR, Kind.LOCAL},
    "wrong factor": {Kind.FACTOR, Kind.LOCAL},
    "wrong constant": {Kind.FACTOR, Kind.LOCAL},
    "missing term": {Kind.MISSING, Kind.CONSTANT, Kind.LOCAL},
    "held constant": {Kind.CONSTANT, Kind.MISSING},
    "sign": {Kind.SIGN, Kind.LOCAL},
    "wrong axis": {Kind.AXIS, Kind.ORDER},
    "mean for sum": {Kind.FACTOR},
    "wrong cache": {Kind.LOCAL, Kind.FACTOR, Kind.EXCHANGED},
    "assigned, not added": {Kind.LAST_USE, Kind.MISSING},
    "repeated ids": {Kind.LAST_USE, Kind.MISSING},
    "wrong mask": {Kind.LOCAL, Kind.MISSING},
    "not transposed": {Kind.TRANSPOSED, Kind.ORDER},
    "not summed": {Kind.UNSUMMED, Kind.SHAPE, Kind.SLICE},
    "window": {Kind.SLICE, Kind.ORDER, Kind.MISSING},
    "remainder": {Kind.SHAPE, Kind.SLICE},
    "index ignored": {Kind.SLICE, Kind.LOCAL},
    "gamma outside of sums": {Kind.OUTSIDE},
    "cotangent not used": {Kind.COTANGENT},
    "gates exchanged": {Kind.EXCHANGED, Kind.LOCAL},
    "mode": {Kind.CONSTANT, Kind.MISSING, Kind.LOCAL},
    "wrong slice": {Kind.SLICE, Kind.ORDER},
    "wrong function": {Kind.LOCAL},
    "arguments exchanged": {Kind.EXCHANGED},
    "zero gradient": {Kind.ZERO},
}
"""The causes that name a kind of fault; a kind that is not here (protocol, overflow, ties) is named by no diagnosis."""
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "real_code"


def load(theme: str | None = None) -> list[Any]:
    """The entries of one theme, or of all, freshly loaded."""
    return list(entry_module().load(theme))


def entry_module() -> Any:
    """The module that holds the type of an entry."""
    if "entry" not in sys.modules:
        spec = importlib.util.spec_from_file_location("entry", FOLDER / "entry.py")
        if spec is None or spec.loader is None:
            raise NotMeasured(f"not measured: needs {FOLDER}")
        sys.modules["entry"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["entry"])
    return sys.modules["entry"]


@dataclass(frozen=True)
class Given:
    """What a checker of arrays is given of an entry, or of its twin: a forward, arguments, and its backward in the place
    of the right one."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    right: Callable[..., Any]
    wrong: Callable[..., Any] | None = None


def given(entry: Any) -> Given:
    """One entry, made afresh."""
    made = entry_module().plain(entry)
    return Given(made.f, made.args, made.vjp)


def asked(entry: Any, seed: int) -> CheckResult:
    """What `check`, or `check_layer`, says of an entry, which is handed over as it stands."""
    options: Any = {"seed": seed, "name": entry.name}
    with np.errstate(all="ignore"):
        if entry.shape == "layer":
            forward, backward = entry.methods
            return check_layer(entry.make, entry.args, parameters=entry.parameters or None, forward=forward, backward=backward, **options)
        return check(entry.f, entry.args, wrt=entry.wrt, **{entry.shape: entry.backward}, **options)


@dataclass(frozen=True)
class Seen:
    """What a checker said of one entry, seed by seed: right ones flagged and certified, wrong ones flagged, diagnosed,
    named; seconds of each check of the right one."""

    name: str
    kind: str
    hidden: bool
    alarms: tuple[bool, ...]
    flags: tuple[bool, ...]
    certified: tuple[bool, ...] = ()
    diagnosed: tuple[bool, ...] = ()
    named: tuple[bool, ...] = ()
    seconds: tuple[float, ...] = ()

    @property
    def caught(self) -> bool:
        """Whether the wrong one is flagged on every seed, and the right one on none."""
        return all(self.flags) and not any(self.alarms)


def judged(entry: Any, seeds: int = SEEDS) -> Seen:
    """`check` on the right one and on its twin; what it raises counts as a flag."""
    right, seconds = timed(lambda seed: asked(entry, seed), seeds)
    wrong, _ = timed(lambda seed: asked(entry.wrong(), seed), seeds)
    return Seen(
        f"{entry.theme}: {entry.name}",
        entry.fault.kind,
        entry.exposes is not None or entry.shows != "values",
        alarms=tuple(isinstance(result, Exception) or not result.ok for result in right),
        flags=tuple(isinstance(result, Exception) or not result.ok for result in wrong),
        certified=tuple(sure(result) for result in right),
        diagnosed=tuple(getattr(result, "diagnosis", None) is not None for result in wrong),
        named=tuple(carries(getattr(result, "diagnosis", None), entry) for result in wrong),
        seconds=tuple(seconds),
    )


def sure(result: Any) -> bool:
    """Whether a result is CORRECT with the formula certified at every point that was judged."""
    if isinstance(result, Exception) or not result.ok:
        return False
    return result.certified if isinstance(result.certified, bool) else result.certified == result.points


def carries(diagnosis: Any, entry: Any) -> bool:
    """Whether a cause that a diagnosis holds is of the kind of an entry's fault, at its place: the gradient of the same
    argument, or the same line (that of the vertex in the forward, or of the wrong statement).

    >>> from backproof.verify.gradient_oracle.causes.cause import Cause
    >>> entry = load("physics")[0]
    >>> carries(None, entry), place_of(entry)
    (False, 0)
    >>> carries(Diagnosis(((Cause(Kind.FACTOR, "", argument=0),),)), entry)
    True
    >>> carries(Diagnosis(((Cause(Kind.FACTOR, "", argument=1),),)), entry)
    False
    """
    fault = entry.fault
    if not isinstance(diagnosis, Diagnosis):
        return False
    return any(
        cause.fault in SAME.get(fault.kind, frozenset())
        and (cause.argument == place_of(entry) if cause.argument is not None else cause.line in {fault.line, fault.vertex})
        for cause in diagnosis.causes
    )


def place_of(entry: Any) -> int | None:
    """Which of the flat arguments the fault is about; None where it is about none."""
    function = getattr(entry.make(), entry.methods[0]) if entry.make else entry.f
    names = [*inspect.signature(function).parameters]
    bound = (
        []
        if entry.wrt is None
        else [k for k, a in enumerate(entry.args) if k not in entry.wrt and any(map(is_float, entry_module().leaves(a)))]
    )
    flat = [path for k, a in enumerate(entry.args) if k not in bound for path in paths(names[k] if k < len(names) else "", a)]
    places = [*flat, *entry.parameters]
    return places.index(entry.fault.argument) if entry.fault.argument in places else None


def paths(name: str, tree: Any) -> list[str]:
    """The names of the leaves of an argument.

    >>> paths("p", {"W": 1.0, "b": [2.0, 3.0]})
    ["p['W']", "p['b'][0]", "p['b'][1]"]
    """
    if isinstance(tree, dict):
        return [path for key, part in tree.items() for path in paths(f"{name}[{key!r}]", part)]
    if isinstance(tree, list | tuple):
        return [path for k, part in enumerate(tree) for path in paths(f"{name}[{k}]", part)]
    return [name]


def by_peer(name: str, entry: Any, seeds: int = SEEDS) -> Seen:
    """Another checker on the same arrays."""
    _, checker = CHECKERS[name]

    def flagged(one: Any, seed: int) -> bool:
        case = of_arrays(given(one))
        with np.errstate(all="ignore"):
            return checker(case, case.right, seed)

    right, seconds = timed(lambda seed: flagged(entry, seed), seeds)
    wrong, _ = timed(lambda seed: flagged(entry.wrong(), seed), seeds)
    hidden = entry.exposes is not None or entry.shows != "values"
    # an exception of a checker is how it flags
    alarms, flags = (tuple(bool(found) for found in side) for side in (right, wrong))
    return Seen(f"{entry.theme}: {entry.name}", entry.fault.kind, hidden, alarms, flags, seconds=tuple(seconds))


def timed(ask: Callable[[int], Any], seeds: int) -> tuple[list[Any], list[float]]:
    """The answers for each seed, exceptions among them, and the seconds of each."""
    answers: list[Any] = []
    seconds: list[float] = []
    for seed in range(seeds):
        start = time.perf_counter()
        try:
            answers.append(ask(seed))
        except Exception as error:
            answers.append(error)
        seconds.append(time.perf_counter() - start)
    return answers, seconds


def share(count: int, whole: int) -> str:
    """A count of a whole, in percent.

    >>> share(97, 100), share(0, 0)
    ('97 of 100 (97.0 %)', '0 of 0')
    """
    return f"{count} of {whole} ({100 * count / whole:.1f} %)" if whole else f"{count} of {whole}"


def words(name: str, seen: Sequence[Seen]) -> str:
    """What a checker said of all entries.

    >>> one = Seen("a", "sign", False, (False, False), (True, True), (True, True), (True, True), (False, False))
    >>> two = Seen("b", "ties", True, (False, True), (True, False), (False, False), (False, False), (False, False))
    >>> words("a checker", [one, two]).split("; ")[1]
    'of wrong ones 1 of 2 (50.0 %) flagged, hidden ones 0 of 1 (0.0 %)'
    """
    flagged = [one for one in seen if one.caught]
    hidden = [one for one in seen if one.hidden]
    passed = share(sum(not any(one.alarms) for one in seen), len(seen))
    caught = f"of wrong ones {share(len(flagged), len(seen))} flagged, hidden ones {share(sum(one.caught for one in hidden), len(hidden))}"
    if not any(one.certified for one in seen):
        return f"{name}: of right ones {passed} passed; {caught}"
    sure = share(sum(all(one.certified) for one in seen), len(seen))
    diagnosed, named = (sum(map(all, found)) for found in ([one.diagnosed for one in flagged], [one.named for one in flagged]))
    said = f"of these {share(diagnosed, len(flagged))} diagnosed, {share(named, len(flagged))} named"
    return f"{name}: of right ones {passed} passed, {sure} certified; {caught}; {said}"


def failures(seen: Iterable[Seen]) -> dict[str, list[str]]:
    """The names of the entries that `check` does not judge as it should, on any seed: by what is wrong."""
    kinds = ("right and flagged", "right and not certified", "wrong and passed", "wrong and not named")
    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    for one in seen:
        found["right and flagged"] += [one.name] * any(one.alarms)
        found["right and not certified"] += [one.name] * (not any(one.alarms) and not all(one.certified))
        found["wrong and passed"] += [f"{one.name} ({one.kind})"] * (not all(one.flags))
        found["wrong and not named"] += [f"{one.name} ({one.kind})"] * (all(one.flags) and not all(one.named))
    return found


def measure(quick: bool) -> Result:
    """All entries with five seeds; one theme with one seed if `quick`."""
    entries = load("activations" if quick else None)
    seeds = 1 if quick else SEEDS
    peers = [name for name in PEERS if importlib.util.find_spec(CHECKERS[name][0]) is not None]
    missing = [f"{name}: not measured: needs {CHECKERS[name][0]}" for name in PEERS if name not in peers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sides = {"backproof": [judged(entry, seeds) for entry in entries]}
        sides |= {name: [by_peer(name, entry, seeds) for entry in entries] for name in peers}
    medians = {name: [statistics.median(one.seconds[seed] for one in seen) for seed in range(seeds)] for name, seen in sides.items()}
    lines = tuple(line(words(name, seen), medians[name], ratio=ratios(medians[name], medians["backproof"])) for name, seen in sides.items())
    wrong = [
        f"{what}: {'; '.join(names)}" for what, names in failures(sides["backproof"]).items() if names and what != "wrong and not named"
    ]
    return Result(
        NAME, TITLE, ABOUT, (Comparison(f"{len(entries)} functions and layers, each with a wrong twin", None, lines, (*missing, *wrong)),)
    )
