"""Every number that README states is one that was recorded, or that the code holds: each has its source in a table here.

A number without a source fails, and so does one that its source no longer gives. What is a name and no measurement
(L14, float64, Theorem 1) is listed apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backproof.engine.limits import LIMITS
from backproof.verify.cases.coverage import GATE
from backproof.verify.cases.large import FARTHEST
from backproof.verify.commands import exit_codes
from backproof.verify.gradient_oracle.looking import MOST_ENTRIES
from backproof.verify.gradient_oracle.planned.effort import EFFORTS
from backproof.verify.gradient_oracle.variants import VARIANTS
from backproof.verify.paths.choice import ENUMERATED
from backproof.verify.proofs.development import FOLDER, recorded
from backproof.verify.results.settings import MANY_CASES
from backproof.verify.results.tally import KEPT_ROWS
from backproof.verify.selftest.mutants import MUTANTS
from benchmarks.scoreboard import corpus

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
Source = Callable[[], tuple[str, ...]]


@cache
def tables(name: str) -> list[dict[str, Any]]:
    """The tables of one benchmark, as they were recorded."""
    results = json.loads((ROOT / "benchmarks/results/results.json").read_text(encoding="utf-8"))["results"]
    return next(result["tables"] for result in results if result["name"] == name)


def lines(name: str) -> list[dict[str, Any]]:
    return [line for table in tables(name) for line in table["lines"]]


def median(name: str, start: str) -> float:
    return next(line["median"] for line in lines(name) if str(line["name"]).startswith(start))


def share(*parts: str) -> str:
    return f"{100 * sum(line['share'] for line in lines('cost-by-part') if line['name'] in parts):.0f}"


def ratio(name: str, start: str) -> float:
    return next(line["ratio"]["median"] for line in lines(name) if line["name"].startswith(start))


def checker(start: str) -> tuple[str, ...]:
    """How many wrong ones a checker caught on every seed, and how many right ones it flagged, and its time."""
    line = next(line for line in lines("scoreboard") if line["name"].startswith(f"{start}:"))
    found = re.search(r"(\d+) on every seed.*?(\d+) of \d+ correct", line["name"])
    assert found is not None
    milliseconds = 1000 * line["median"]
    time = f"{milliseconds:.0f}" if milliseconds >= 10 else f"{milliseconds:.1f}"
    return found[1], found[2], time


def of(name: str, pattern: str) -> tuple[str, ...]:
    """What a pattern finds in the words of the tables and lines of one benchmark."""
    words = [table.get("workload") or table.get("what") for table in tables(name)] + [line["name"] for line in lines(name)]
    return next(match.groups() for text in words if (match := re.search(pattern, str(text))))


def in_all(name: str, pattern: str) -> str:
    """The sum of what a pattern finds in each line of one benchmark."""
    found = [re.search(pattern, str(line["name"])) for line in lines(name)]
    return f"{sum(int(match[1].replace(',', '')) for match in found if match):,}"


def seconds(name: str, size: str) -> str:
    value = median(name, size)
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def python_of_the_benchmarks() -> str:
    machine = json.loads((ROOT / "benchmarks/results/results.json").read_text(encoding="utf-8"))["machine"]
    return str(machine["Python"]).rpartition(".")[0]


@cache
def independent() -> tuple[str, ...]:
    """Of the independent corpus: wrong ones, flagged, said in a note, unseen, right ones without a wrong twin."""
    cases = corpus(independent=True)
    wrong = [case for case in cases if case.wrong is not None]
    noted, unseen = sum(case.note is not None for case in wrong), sum(case.unseen is not None for case in wrong)
    alone = len(cases) - len(wrong)
    return str(len(wrong)), str(len(wrong) - noted - unseen), str(noted), str(unseen), str(alone)


def hardest() -> tuple[str, ...]:
    """Wrong ones, those that are right and hard to check."""
    cases = corpus(independent=False)
    wrong = sum(case.wrong is not None for case in cases)
    return str(wrong), str(len(cases) - wrong)


def times(start: str, digits: int) -> str:
    return f"{ratio('certificates', start):.{digits}f}"


def proved() -> tuple[str, ...]:
    kept = recorded(FOLDER)
    assert kept is not None
    return tuple(re.findall(r"\d+", kept["count"]))


def between(start: str) -> tuple[str, ...]:
    """The least and the largest ratio of another engine."""
    found = [line["ratio"]["median"] for line in lines("engines") if line["name"] == start]
    return f"{min(found):.1f}", f"{max(found):.1f}"


def magnitudes() -> tuple[str, ...]:
    factors = [variant.factor for variant in VARIANTS]
    return f"{min(factors):.0e}", f"{max(factors):.0e}".replace("+0", "")


def codes() -> tuple[str, ...]:
    names = ("HOLDS", "FAILS", "INTERRUPTED", "INTERNAL", "USAGE", "NOTHING")
    return tuple(str(getattr(exit_codes, name)) for name in names)


STATED: dict[str, tuple[str, Source]] = {
    "paths that networkx lists": (r"by networkx up to ([\d,]+) paths\s+a pair", lambda: (f"{ENUMERATED:,}",)),
    "blocks": (
        r"(10)⁹ paths in\s+seconds",
        lambda: ("10",) if float(of("frontier", r"([\d,]+) paths to")[0].replace(",", "")) > 1e9 else (),
    ),
    "factored": (r"beyond (2)³⁰ paths", lambda: ("2",)),
    "coverage": (r"From ([\d,]+) random graphs on", lambda: (f"{GATE:,}",)),
    "tables of words": (r"on each of ([\d,]+) graphs is the list", lambda: (f"{(recorded(FOLDER) or {})['tables']:,}",)),
    "proved": (r"CORRECT  (\d+) proved without axioms, (\d+) over ℝ with (\d+) classical ones", proved),
    "consumers and the like": (r"cases with ([\d,]+) consumers, entries, vertices", lambda: (f"{FARTHEST:,}",)),
    "differences on all": (r"every case of a run of up to ([\d,]+)", lambda: (f"{MANY_CASES:,}",)),
    "corpus when measured": (r"measured when it had (\d+) wrong ones", lambda: of("scoreboard", r"(\d+) wrong and \d+ correct")),
    "grades": (r"faults of (0\.99), (1\.01), (2) and (10) times", lambda: ("0.99", "1.01", "2", "10")),
    "wrong engines": (r"# (\d+) wrong engines and wrong verifiers", lambda: (str(len(MUTANTS)),)),
    "exit code of words": (r"ends with exit code (\d)\. Sampled", lambda: (str(exit_codes.INTERNAL),)),
    "example": (r"beyond (6\.5) the slope should be (6\.5), not (1)", lambda: ("6.5", "6.5", "1")),
    "nan": (r"\(nan⁰ = (1)\)", lambda: ("1",)),
    "magnitudes": (r"magnitudes\s+from (1e-15) to (1e8)", magnitudes),
    "entries": (r"larger\s+arguments\s+than ([\d,]+) entries", lambda: (f"{MOST_ENTRIES:,}",)),
    "limits of an engine": (
        r"has (\d+) s and (\d) GB for each call",
        lambda: (f"{LIMITS.engine_seconds:g}", f"{LIMITS.engine_bytes / 1e9:.0f}"),
    ),
    "corpus": (r"(\d+) wrong backward passes with correct twins and (\d+) correct ones", hardest),
    "flagged of": (r"correct ones flagged, of (\d+)", lambda: of("scoreboard", r"and (\d+) correct backward passes")),
    "check": (
        r"`check` \| (\d+), and (\d+) said in a note \| (\d+) \| (\d+) ms",
        lambda: (*of("scoreboard", r"backproof: .* (\d+) on every seed, (\d+) more"), *checker("backproof")[1:]),
    ),
    **{
        name: (rf"\| {re.escape(name)} \| (\d+) \| (\d+) \| ([\d.]+) ms", lambda start=start: checker(start))
        for name, start in {
            "PyTorch gradcheck": "PyTorch gradcheck",
            "PyTorch gradcheck, fast mode": "PyTorch gradcheck, fast mode",
            "JAX check_grads": "JAX check_grads",
            "autograd check_grads": "autograd check_grads",
            "scipy check_grad": "scipy check_grad",
            "central differences, allclose": "central differences",
        }.items()
    },
    "independent": (
        r"has (\d+) wrong ones,\s+of which `check` flags (\d+), says (\d+) in a note and does not see (\d+), and\s+(\d+)\s+right",
        independent,
    ),
    "next to zero": (r"sin\(x\)/x next to\s+(0)\)", lambda: ("0",)),
    "a norm": (r"\(a norm at (0)\)", lambda: ("0",)),
    "exit codes": (r"(\d) all hold, (\d) something.*?, (\d) interrupted.*?, (\d)\s+internal.*?, (\d) usage error, (\d)\s+nothing", codes),
    "exit of limits": (r"refused with the place \(exit (\d)\)", lambda: (str(exit_codes.USAGE),)),
    "memory": (r"from the ([\d,]+)th case on .*? less than (0\.5) kB", lambda: (f"{KEPT_ROWS:,}", "0.5")),
    "python": (
        r"Python ≥ (3\.11)",
        lambda: tuple(re.findall(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))),
    ),
    "measured with": (r"with Python (3\.11)", lambda: (python_of_the_benchmarks(),)),
    "certificate": (
        r"nine entries, (\d+) digits proved, takes ([\d.]+) ms: PyTorch's gradcheck of the same function in\s+float64 takes ([\d.]+) times as long, "
        r"central differences in mpmath, written by hand, ([\d.]+) times; checks along one direction\s+take (\d+) times as long with JAX's check_grads, "
        r"([\d.]+) times where the function was compiled beforehand, and ([\d.]+) times",
        lambda: (
            *of("certificates", r"backproof, (\d+) digits"),
            f"{1000 * median('certificates', 'backproof'):.1f}",
            times("PyTorch", 1),
            times("central", 1),
            times("JAX check_grads, one direction", 0),
            times("JAX check_grads, one direction, compiled", 1),
            times("autograd", 1),
        ),
    ),
    "inside": (
        r"(\d) of ([\d,]+) comparisons of a derivative with its enclosure lie outside, on random graphs over every function, chains\s+of up to (\d+) vertices and (10)⁻¹⁵⁰",
        lambda: (
            "0",
            *of("containment", r"([\d,]+) comparisons of derivatives, all inside"),
            *of("containment", r"up to (\d+) vertices"),
            "10",
        ),
    ),
    "alarms": (r"flags none of ([\d,]+) correct backward passes", lambda: of("alarms", r"([\d,]+) correct passes, 0 flagged")),
    "other engines": (r"any of ([\d,]+) by PyTorch, JAX and autograd", lambda: (in_all("other-engines", r": ([\d,]+) passes, 0 flagged"),)),
    "smallest fault": (
        r"scaled by (1) \+ (10)⁻¹³ \(median\), where\s+gradcheck's tolerance sees (2)·(10)⁻³",
        lambda: ("1", "10", "2", "10") if of("rounding", r"rounding bound: (\d\.\d)e-13, 1e-5 \+ 1e-3 \|g\|: (2\.\d)e-03") else (),
    ),
    "blocked": (
        r"a million paths in (\d+) ms, naive enumeration in (\d+) s; a graph with (1\.07)·(10)⁹ paths\s+takes (\d+) s",
        lambda: (
            f"{1000 * median('frontier', 'blocked'):.0f}",
            f"{median('frontier', 'naive'):.0f}",
            f"{int(of('frontier', r'([0-9,]+) paths to')[0].replace(',', '')) / 1e9:.2f}",
            "10",
            f"{median('frontier', 'blocked, all'):.0f}",
        ),
    ),
    "a case": (
        r"costs (\d+) ms on one core.*?: (\d+)\s+% for the differences, (\d+) % for the paths, (\d) % for the three passes",
        lambda: (
            f"{1000 * sum(line['median'] for line in lines('cost-by-part')):.0f}",
            share("differences"),
            share("paths"),
            share("forward", "Jacobians", "backward"),
        ),
    ),
    "campaigns": (
        r"a thousand cases take\s+([\d.]+) s on both cores, two thousand (\d+) s, and the processes hold (\d+) MB",
        lambda: (seconds("campaigns", "1000"), seconds("campaigns", "2000"), *of("campaigns", r"and (\d+) MB after")),
    ),
    "autograd": (r"autograd takes between ([\d.]+) and ([\d.]+) times", lambda: between("autograd")),
}
"""What README says, as a pattern that must be found once, and what its source gives for its groups."""

NAMES = (r"\bL\d+(?: … L\d+|–L\d+)?", r"\bTheorem\s+[12]\b", r"\bb?float(?:64|32|16)\b", r"Apache-2\.0", r"O\(\d\)")
"""Numbers that are parts of names."""
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")


def prose(readme: str) -> str:
    """A README with spaces in the place of examples, code and addresses: what is left states things."""
    for hidden in (r"^```.*?^```$", r"`[^`\n]+`", r"\]\([^)]+\)"):
        readme = re.sub(hidden, lambda match: " " * len(match[0]), readme, flags=re.DOTALL | re.MULTILINE)
    return readme


def without_source(readme: str) -> list[str]:
    """The numbers that no pattern of the table finds, with the words around them."""
    patterns = [pattern for pattern, _ in STATED.values()] + list(NAMES)
    spans = [match.span() for pattern in patterns for match in re.finditer(pattern, readme, re.DOTALL)]
    text = prose(readme)
    return [
        text[max(0, match.start() - 40) : match.end() + 20].replace("\n", " ")
        for match in NUMBER.finditer(text)
        if not any(start <= match.start() < end for start, end in spans)
    ]


@pytest.mark.parametrize("name", STATED)
def test_a_number_is_what_its_source_says(name: str) -> None:
    pattern, source = STATED[name]
    found = [match.groups() for match in re.finditer(pattern, README, re.DOTALL)]
    assert found == [source()], pattern


def test_every_number_has_a_source() -> None:
    assert without_source(README) == [], "say where these come from in STATED, record them, or leave them out"


@pytest.mark.parametrize("added", ["It flags 99.9 % of them.", "In 1,234 cases it holds.", "It takes 3 ms."])
def test_a_number_without_a_source_is_seen(added: str) -> None:
    assert len(without_source(f"{README}\n{added}\n")) == 1


def test_the_effort_that_is_named_is_the_one_that_is_taken() -> None:
    assert "more than a million numbers" in " ".join(README.split())
    assert EFFORTS["default"].operations == 10**6
