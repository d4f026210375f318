"""One changed file in a copy of the checkout, and what notices: `tried(bench, mutant)`.

The commands first, `backproof verify --cases 300` and `backproof selftest`; for what they let through the test file of the changed file; and where that is asked, all tests.
The named cases of `verify` are run before its random ones: they are part of every run, so what fails on them fails the whole.
What ends with the exit code of a verdict, of an internal error or of the time limit is noticed, each counted by its own word. The clock is that of the processors.

>>> Outcome("a:1:0", "verify", "verdict", 12.5).noticed
True
>>> Outcome("a:1:0", "", "survives", 90.0).noticed
False
>>> outcome_of(7)
Traceback (most recent call last):
    ...
ValueError: exit code 7
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutants.places import changed
from benchmarks.mutants.sample import Mutant

LAYERS = ("engine", "theorems", "verify", "reports")
COPIED = (*LAYERS, "face", "tests", "benchmarks", "examples", "docs", "README.md", "ARCHITECTURE.md", "pyproject.toml")
VERIFY = ("-m", "backproof.verify", "verify", "--cases", "300", "--jobs", "1", "--quiet")
NAMED = ("-m", "backproof.verify", "verify", "--cases", "0", "--jobs", "1", "--quiet")
SELFTEST = ("-m", "backproof.verify", "selftest")
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
PATIENCE = 900  # seconds of wall clock for a command; chosen: twenty times what it takes on a quiet machine
PATIENCE_ALL = 7200  # the same for all tests
WORDS = {0: "survives", 1: "verdict", 3: "crash", 4: "crash", 5: "crash", 2: "crash"}


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant: what noticed it (or ''), how, and the seconds of processor time that it took."""

    id: str
    by: str
    how: str
    seconds: float

    @property
    def noticed(self) -> bool:
        """Whether anything noticed it."""
        return self.how != "survives"


@dataclass(frozen=True)
class Bench:
    """A copy of the checkout in which one file at a time is changed, and where Python finds its packages."""

    root: Path

    @property
    def path(self) -> str:
        """For PYTHONPATH: the layers as sub-packages of `backproof`."""
        return os.pathsep.join([str(self.root / "packages"), str(self.root)])


def bench(checkout: Path, place: Path) -> Bench:
    """A copy of what the commands and the tests read."""
    for name in COPIED:
        source = checkout / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        elif source.exists():
            shutil.copy(source, place / name)
    shutil.copytree(place / "face", place / "packages" / "backproof")
    for layer in LAYERS:
        (place / "packages" / "backproof" / layer).symlink_to(place / layer)
    return Bench(place)


def tried(bench: Bench, mutant: Mutant, all_tests: bool = False) -> Outcome:
    """Change the file, ask the commands and then the tests, and put the file back."""
    start, asked = _processor_seconds(), [("verify", NAMED, PATIENCE), ("verify", VERIFY, PATIENCE), ("selftest", SELFTEST, PATIENCE)]
    own = mirror_of(bench.root, mutant.path)
    asked += [("its tests", (*PYTEST, own), PATIENCE)] if own else []
    asked += [("all tests", (*PYTEST, "tests"), PATIENCE_ALL)] if all_tests else []
    with _changed(bench, mutant):
        for name, arguments, patience in asked:
            how = _asked(bench, arguments, patience)
            if how != "survives":
                return Outcome(mutant.id, name, how, _processor_seconds() - start)
    return Outcome(mutant.id, "", "survives", _processor_seconds() - start)


def holds(bench: Bench) -> str:
    """What the commands say of the unchanged copy: '' if all hold, else which does not."""
    for name, arguments in (("verify", VERIFY), ("selftest", SELFTEST)):
        if _asked(bench, arguments, PATIENCE) != "survives":
            return name
    return ""


def mirror_of(root: Path, path: str) -> str:
    """The test file that mirrors a source; '' where there is none."""
    mirrored = Path("tests", path)
    named = str(mirrored.with_name(f"test_{mirrored.name}"))
    return named if (root / named).exists() else ""


def outcome_of(code: int) -> str:
    """How a command ended, in a word. ValueError for an exit code that no command of ours has."""
    if code < 0:
        return "crash"
    if code not in WORDS:
        raise ValueError(f"exit code {code}")
    return WORDS[code]


@contextmanager
def _changed(bench: Bench, mutant: Mutant) -> Generator[None]:
    file = bench.root / mutant.path
    source = file.read_text(encoding="utf-8")
    file.write_text(changed(source, mutant.place), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(source, encoding="utf-8")


def _asked(bench: Bench, arguments: Sequence[str], patience: float) -> str:
    """How one command ends on the changed copy. No byte code is kept: two changes of one second may have one size."""
    environment = {**os.environ, "PYTHONPATH": bench.path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    try:
        found = subprocess.run(
            [sys.executable, *arguments], cwd=bench.root, env=environment, capture_output=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return "hang"
    unforeseen = found.returncode == 1 and b"Traceback (most recent call last)" in found.stderr
    return "crash" if unforeseen else outcome_of(found.returncode)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
