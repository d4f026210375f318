"""A change that the commands notice, one that only a test does, and one that nothing does; the copy is as before."""

from __future__ import annotations

import pytest

from benchmarks.mutants import trial
from benchmarks.mutants.places import Place, places
from benchmarks.mutants.sample import ROOT, Mutant
from benchmarks.mutants.trial import Bench, bench, holds, mirror_of, outcome_of, tried

SHORT = ("-m", "backproof.verify", "theorems", "backward-pass", "--exhaustive", "3")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(ROOT, tmp_path_factory.mktemp("mutants"))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a second for each command."""
    monkeypatch.setattr(trial, "NAMED", SHORT)
    monkeypatch.setattr(trial, "VERIFY", SHORT)
    monkeypatch.setattr(trial, "SELFTEST", ("-c", "import backproof.verify.verdicts"))


def mutant(path: str, before: str, after: str) -> Mutant:
    """The first change of a file from this to that."""
    source = (ROOT / path).read_text(encoding="utf-8")
    (place, *_) = [place for place in places(source) if (place.before, place.after) == (before, after)] or [
        Place(source[: source.index(before)].count("\n") + 1, "told", before, after, *span(source, before))
    ]
    return Mutant(path, place)


def span(source: str, text: str) -> tuple[int, int]:
    """Where a text stands, in bytes."""
    start = len(source[: source.index(text)].encode())
    return start, start + len(text.encode())


def test_the_unchanged_copy_holds(copy: Bench) -> None:
    assert holds(copy) == ""


@pytest.mark.parametrize(
    ("path", "before", "after", "by", "how"),
    [
        ("engine/passes.py", "system.add(p[j], system", "system.subtract(p[j], system", "verify", "verdict"),
        ("verify/verdicts.py", "from enum import", "from enums import", "verify", "crash"),
    ],
)
def test_what_a_command_notices_is_told_by_its_word(copy: Bench, path: str, before: str, after: str, by: str, how: str) -> None:
    source = (copy.root / path).read_bytes()
    found = tried(copy, mutant(path, before, after))
    assert (found.by, found.how, found.noticed) == (by, how, True)
    assert found.seconds > 0
    assert (copy.root / path).read_bytes() == source


def test_what_the_commands_do_not_notice_its_own_tests_may(copy: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    one = mutant("verify/results/shares.py", "import math", "import cmath as math")
    monkeypatch.setattr(trial, "PYTEST", ("-c", "raise SystemExit(1)"))
    monkeypatch.setattr(trial, "VERIFY", trial.SELFTEST)
    assert (tried(copy, one).by, tried(copy, one).how) == ("its tests", "verdict")
    monkeypatch.setattr(trial, "PYTEST", ("-c", "pass"))
    assert not tried(copy, one, all_tests=True).noticed


def test_a_command_that_does_not_come_back_is_a_hang(copy: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "VERIFY", ("-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(trial, "PATIENCE", 0.2)
    assert tried(copy, mutant("engine/passes.py", "system.add(p[j], system", "system.subtract(p[j], system")).how == "hang"


def test_the_test_file_of_a_source() -> None:
    assert mirror_of(ROOT, "engine/passes.py") == "tests/engine/test_passes.py"
    assert mirror_of(ROOT, "engine/nothing.py") == ""


def test_exit_codes_are_words() -> None:
    assert [outcome_of(code) for code in (0, 1, 3, -11)] == ["survives", "verdict", "crash", "crash"]
