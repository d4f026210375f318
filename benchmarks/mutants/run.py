"""The mutation score of the judge: a sample of small changes of its own code, and the share that `backproof verify --cases 300` and `backproof selftest` notice alone, and with
the tests.

`python -m benchmarks mutants` goes on where it was stopped: each finished mutant is a line of `mutants.jsonl` in the folder where it is started. Changes that cannot be seen
stand in `equivalent.json`, each with a proof in one line; a mutant that was noticed cannot be one of them.

>>> score([Outcome("a", "verify", "verdict", 1.0), Outcome("b", "its tests", "verdict", 1.0), Outcome("c", "", "survives", 1.0)], {"c": "x + 0 is x"})
Score(mutants=3, equivalent=1, commands=1, crashes=0, tests=1, seconds=3.0)
>>> score([Outcome("a", "verify", "verdict", 1.0)], {"a": "not seen"})
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: a is called equivalent, and verify notices it
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from backproof.verify.results.summed import read_summed, summed
from benchmarks.measure import Comparison, Disagreement, Result, line
from benchmarks.mutants.sample import ROOT, Mutant, digest, sample
from benchmarks.mutants.trial import Outcome, bench, holds, tried

NAME = "mutants"
TITLE = "The judge with small faults of its own"
ABOUT = (
    "One change at a time in the code of the judge; noticed is an exit code other than 0: a verdict, or a crash, an internal error or a hang, which are counted apart. The share "
    "is of the changes that are not shown to be equivalent. Seconds are of the processors, for one change."
)
SEED, COUNT, QUICK_COUNT = 0, 300, 1
FILE = Path("mutants.jsonl")
EQUIVALENT = Path(__file__).with_name("equivalent.json")
COMMANDS = ("verify", "selftest")


@dataclass(frozen=True)
class Score:
    """How many mutants, how many of them are equivalent, noticed by the commands alone (of these crashes), and by the tests after them."""

    mutants: int
    equivalent: int
    commands: int
    crashes: int
    tests: int
    seconds: float


def equivalent() -> dict[str, str]:
    """The mutants that were shown to be equivalent, each with its proof."""
    return json.loads(EQUIVALENT.read_text(encoding="utf-8"))


def score(outcomes: Sequence[Outcome], proofs: Mapping[str, str]) -> Score:
    """The counts. Disagreement if one is called equivalent and was noticed."""
    for one in outcomes:
        if one.id in proofs and one.noticed:
            raise Disagreement(f"{one.id} is called equivalent, and {one.by} notices it")
    by_commands = [one for one in outcomes if one.by in COMMANDS]
    return Score(
        mutants=len(outcomes),
        equivalent=sum(one.id in proofs for one in outcomes),
        commands=len(by_commands),
        crashes=sum(one.how != "verdict" for one in by_commands),
        tests=sum(one.noticed for one in outcomes) - len(by_commands),
        seconds=sum(one.seconds for one in outcomes),
    )


def kept(file: Path, header: Mapping[str, object]) -> dict[str, Outcome]:
    """The finished mutants of a file, by name; the file is written anew without what is damaged. Disagreement if it is of another sample."""
    if not file.exists() or not file.stat().st_size:
        file.write_bytes(summed(dict(header)))
    first, *rest = file.read_bytes().splitlines(keepends=True)
    if read_summed(first) != header:
        raise Disagreement(f"{file} is of another sample, or of other code of the judge; remove it to begin anew")
    found = [Outcome(**data) for data in map(read_summed, rest) if data is not None]
    file.write_bytes(first + b"".join(summed(asdict(one)) for one in found))
    return {one.id: one for one in found}


def run(file: Path, count: int, seed: int = SEED, all_tests: bool = False) -> list[Outcome]:
    """Every mutant of the sample, those of the file first. Disagreement where the unchanged copy does not hold."""
    mutants = sample(ROOT, seed, count)
    finished = kept(file, {"seed": seed, "judge": digest(ROOT)})
    waiting = [mutant for mutant in mutants if mutant.id not in finished]
    if waiting:
        with tempfile.TemporaryDirectory() as place:
            copy = bench(ROOT, Path(place, "copy"))
            if failing := holds(copy):
                raise Disagreement(f"{failing} does not hold on the unchanged code")
            for mutant in waiting:
                finished[mutant.id] = one = tried(copy, mutant, all_tests)
                with file.open("ab") as lines:
                    lines.write(summed(asdict(one)))
    return [finished[mutant.id] for mutant in mutants]


def survivors(outcomes: Sequence[Outcome], mutants: Sequence[Mutant], proofs: Mapping[str, str]) -> list[str]:
    """What nothing notices, a line each: where, what was changed, and the proof where it is equivalent."""
    by_id = {mutant.id: mutant for mutant in mutants}
    lines: list[str] = []
    for one in outcomes:
        if not one.noticed:
            place = by_id[one.id].place
            change = f"{' '.join(place.before.split())[:60]} → {' '.join(place.after.split())[:60]}"
            lines.append(f"{one.id}: {change} ({'equivalent: ' + proofs[one.id] if one.id in proofs else 'not noticed'})")
    return lines


def words(found: Score) -> str:
    """The score in a sentence."""
    real = found.mutants - found.equivalent
    alone, together = found.commands / max(1, real), (found.commands + found.tests) / max(1, real)
    return (
        f"{found.mutants} changes, {found.equivalent} equivalent; the commands notice {found.commands} of {real} ({alone:.0%}, {found.crashes} of them by crash or hang), "
        f"with the tests {found.commands + found.tests} ({together:.1%}); {found.seconds / 3600:.2f} CPU hours"
    )


def measure(quick: bool) -> Result:
    """The whole sample; one mutant, in a file of its own, if `quick`."""
    mutants, proofs = sample(ROOT, SEED, QUICK_COUNT if quick else COUNT), equivalent()
    if quick:
        with tempfile.TemporaryDirectory() as folder:
            outcomes = run(Path(folder, FILE), QUICK_COUNT)
    else:
        outcomes = run(FILE, COUNT)
    names = sorted({f"{one.by or 'nothing'}: {one.how}" for one in outcomes})
    by_how = {name: [one.seconds for one in outcomes if f"{one.by or 'nothing'}: {one.how}" == name] for name in names}
    lines = [line(f"{name} ({len(took)})", took) for name, took in by_how.items()]
    table = Comparison(words(score(outcomes, proofs)), None, tuple(lines))
    return Result(NAME, TITLE, ABOUT, (table,), tuple(survivors(outcomes, mutants, proofs)))
