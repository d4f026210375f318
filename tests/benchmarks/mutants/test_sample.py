"""The sample is the same for a seed, and no file fills it."""

from __future__ import annotations

from collections import Counter

from benchmarks.mutants.sample import MUTATED, ROOT, digest, sample


def test_the_files_take_turns() -> None:
    found = Counter(mutant.path for mutant in sample(ROOT, 0, 300))
    assert set(found) == set(MUTATED)
    assert max(found.values()) <= 9
    assert sum(count < 7 for count in found.values()) <= 1  # a file with fewer changes than turns


def test_names_are_unique_and_a_longer_sample_begins_with_the_shorter() -> None:
    short, long = sample(ROOT, 0, 100), sample(ROOT, 0, 500)
    assert long[:100] == short
    assert len({mutant.id for mutant in long}) == 500


def test_every_file_is_there_and_the_digest_knows_them() -> None:
    assert all((ROOT / path).is_file() for path in MUTATED)
    assert len(set(MUTATED)) == len(MUTATED)
    assert digest(ROOT) == digest(ROOT)
