"""The limits are one frozen value of positive numbers."""

from __future__ import annotations

from dataclasses import asdict

from backproof.engine.limits import LIMITS


def test_every_limit_is_a_positive_number() -> None:
    assert all(limit > 0 for limit in asdict(LIMITS).values())
