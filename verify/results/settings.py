"""What was asked for."""

from __future__ import annotations

from dataclasses import dataclass

LISTED_PATHS = 64

DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Settings:
    """What was asked for (`max_paths`: the most paths of a pair that the report lists; `target`: the engine on trial, None for backproof's own).

    It stands in the results document and decides the exit code.
    """

    command: str
    seed: int
    cases: int
    max_paths: int
    digits: int
    allow_inconclusive: bool = False
    dtypes: tuple[str, ...] = DTYPES
    target: str | None = None
