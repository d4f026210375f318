"""The plots of a run, from its results document: digits of agreement, share of the bound, ulps, cancellation, sizes,
times. A plot without data is left out.

>>> [plot.key for plot in plots_of_run({"summary": {"claims": []}, "cases": []})]
[]
>>> case = {"ulps": "12", "facts": {"vertices": 9, "paths": "40", "fan_out": 2, "dimension": 1}, "reach": {}}
>>> ulps, *sizes = plots_of_run({"summary": {"claims": []}, "cases": [case]})
>>> ulps.classes, [series.counts for series in ulps.series], [plot.key for plot in sizes]
(('0', '1', 'to 10', 'to 100'), [(0, 0, 0, 1)], ['sizes'])
>>> plots_of_run({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from backproof.reports.document import Record, Results
from backproof.reports.html.plots.plot import Bar, Bars, Columns, Grid, Group, Plot, Series
from backproof.reports.text import RAISED, counted
from backproof.reports.vocabulary import BIN_EDGES

MOST_CLASSES = 10  # columns of a plot; chosen: a count of four digits still stands on each
ROUNDED_DIGITS, ALL_DIGITS = 16, 17  # of a float64: what a rounding may leave, and the class of what agrees in all of them
MOST_LOST = 16  # digits, and decades of κ, from which on cells are one
MOST_POWERS = 8  # of ten, up to which each is a class; chosen: with 0 and 1 they are as many as there is room for
SIZES = (("vertices", "vertices"), ("paths", "paths from a leaf"), ("fan_out", "largest fan-out"), ("dimension", "largest dimension"))


def plots_of_run(results: Results) -> list[Plot]:
    """The plots of a results document that it has data for, in the order of the page."""
    parts = (_agreed, _shares, _ulps, _cancellation, _sizes, _times)
    return [plot for part in parts for plot in part(results)]


def _agreed(results: Results) -> Iterator[Plot]:
    claims = [claim for claim in results["summary"]["claims"] if claim.get("agreed")]
    if not claims:
        return
    several = len({claim["claim"] for claim in claims}) > 1
    counts = [{int(digits): count for digits, count in claim["agreed"].items()} for claim in claims]
    first = min(min(each) for each in counts) // 2 * 2
    spans = [
        *(range(low, low + 2) for low in range(first, ROUNDED_DIGITS, 2)),
        range(ROUNDED_DIGITS, ALL_DIGITS),
        range(ALL_DIGITS, ALL_DIGITS + 1),
    ]
    exact = [f"{claim['system']}: to {counted(claim['digits'], 'digit')} at least" for claim in _by_digits(results)]
    more = f" Beyond floats, and not drawn: {'; '.join(exact)}." if exact else ""
    yield Columns(
        "digits",
        "Digits of agreement",
        "How many decimal digits each adjoint has in common with the certified derivative: −log₁₀ of the error relative to the "
        f"derivative itself, rounded down, so that a sum which cancels shows. Left out: derivatives that are 0.{more}",
        "digits of agreement",
        "entries",
        (*(f"{span.start}–{span.stop - 1}" for span in spans[:-2]), str(ROUNDED_DIGITS), "all"),
        tuple(
            Series(_series(claim, several), tuple(sum(each.get(digits, 0) for digits in span) for span in spans))
            for claim, each in zip(claims, counts, strict=True)
        ),
    )


def _by_digits(results: Results) -> list[Record]:
    """The claims that hold to some number of digits, the one with the most cases of each number system."""
    best: dict[str, Record] = {}
    for claim in results["summary"]["claims"]:
        if claim.get("digits") is not None and claim.get("held", 0) > best.get(claim["system"], {}).get("held", 0):
            best[claim["system"]] = claim
    return list(best.values())


def _shares(results: Results) -> Iterator[Plot]:
    claims = [claim for claim in results["summary"]["claims"] if claim["bins"]]
    if claims:
        several = len({claim["claim"] for claim in claims}) > 1
        yield Columns(
            "share",
            "Errors, as a share of the rounding bound",
            "How far each entry lies from the certified value, divided by what rounding can explain there; the classes are half decades. "
            "At most 1 is what rounding can explain; beyond it a derivative is INACCURATE.",
            "|error| / bound, logarithmic",
            "entries",
            BIN_EDGES,
            tuple(Series(_series(claim, several), tuple(claim["bins"])) for claim in claims),
            limit=len(BIN_EDGES) - 1,
            limit_words="the bound",
            several=several,
        )


def _series(claim: Record, several: bool) -> str:
    return f"{claim['system']}, {claim['claim']}" if several else str(claim["system"])


def _ulps(results: Results) -> Iterator[Plot]:
    found = [int(case["ulps"]) for case in results["cases"] if case["ulps"] is not None]
    if found:
        classes, counts = _decades(found)
        yield Columns(
            "ulps",
            "Most ulps of a case",
            f"For each of {counted(len(found), 'case')}: how many float64 numbers lie between its worst leaf adjoint and the certified "
            "value. Sums that cancel are left out, since there an ulp means nothing.",
            "ulps, logarithmic",
            "cases",
            classes,
            (Series("float64", counts),),
        )


def _decades(found: Sequence[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Classes 0, 1, to 10, to 100, … as far as they are needed, of three powers of ten each where they would be many; and
    how many fall into each.

    >>> _decades([0, 1, 2, 10, 11])
    (('0', '1', 'to 10', 'to 100'), (1, 1, 2, 1))
    >>> _decades([10**9])
    (('0', '1', 'to 10³', 'to 10⁶', 'to 10⁹'), (0, 0, 0, 0, 1))
    """
    powers = max(len(str(n - 1)) for n in found) if found and max(found) > 1 else 0
    step = 1 if powers <= MOST_POWERS else 3
    places = Counter(n if n <= 1 else 1 + -(-len(str(n - 1)) // step) for n in found)
    names = [f"to {10**k}" if k < 3 else f"to 10{str(k).translate(RAISED)}" for k in range(step, powers + step, step)]
    classes = ["0", "1", *names][: max(places, default=0) + 1]
    return tuple(classes), tuple(places.get(place, 0) for place in range(len(classes)))


def _cancellation(results: Results) -> Iterator[Plot]:
    found = results["summary"].get("cancellation")
    if not found:
        return
    counts = Counter[tuple[int, int]]()
    for entry in found:
        counts[min(entry["lost"], MOST_LOST), min(entry["kappa"], MOST_LOST)] += entry["entries"]
    lost, kappa = (range(max(place[axis] for place in counts) + 1) for axis in (0, 1))
    powers = [f"10{str(power).translate(RAISED)}" for power in kappa]
    yield Grid(
        "cancellation",
        "Cancellation and lost digits",
        "Each float64 leaf entry by its cancellation κ = Σ|products of paths| / |their sum|, from one power of ten to the next, and by how "
        "many digits it lost: the powers of ten of its relative error beside that of one rounding. Below the line more is lost than κ "
        "explains: by several roundings, or by the backward pass.",
        "lost digits",
        "κ, at least",
        "leaf entries",
        tuple(map(str, lost)),
        (Group("", tuple(powers)),),
        tuple(tuple(counts[place, power] for power in kappa) for place in lost),
        levels=(10, 100, 1000),
        stairs="as many digits as κ has powers of ten",
    )


def _sizes(results: Results) -> Iterator[Plot]:
    facts = [case["facts"] for case in results["cases"]]
    if not facts:
        return
    powers = [[_power(int(fact[name])) for fact in facts] for name, _ in SIZES]
    top = min(max(map(max, powers)), MOST_CLASSES - 1)
    listed = f" {counted(results['unlisted'], 'case')} more without a row are not in it." if results.get("unlisted") else ""
    yield Columns(
        "sizes",
        "Sizes of the cases",
        f"How large the graphs of {counted(len(facts), 'case')} are; each class goes up to a power of two.{listed}",
        "size, logarithmic",
        "cases",
        (*(_upto(power) for power in range(top)), "beyond" if max(map(max, powers)) > top else _upto(top)),
        tuple(
            Series(words, tuple(Counter(min(power, top) for power in each).get(place, 0) for place in range(top + 1)))
            for (_, words), each in zip(SIZES, powers, strict=True)
        ),
    )


def _power(size: int) -> int:
    """The class of a size: 0 for at most 1, then one for each power of two.

    >>> [_power(size) for size in (0, 1, 2, 3, 4, 5)]
    [0, 0, 1, 2, 2, 3]
    """
    return max(size - 1, 0).bit_length()


def _upto(power: int) -> str:
    return "to 1" if power == 0 else str(2**power)


def _times(results: Results) -> Iterator[Plot]:
    times: Sequence[Mapping[str, object]] = results["summary"].get("times", ())
    if times:
        seconds = [(str(part["part"]), float(str(part["seconds"]))) for part in times]
        yield Bars(
            "times",
            "Time by part",
            f"Seconds of processor time, added over all processes: {sum(each for _, each in seconds):.1f} in all. Times change from run to "
            "run; nothing is decided by them.",
            "seconds",
            tuple(Bar(name, each, f"{each:.2f}") for name, each in seconds),
        )
