"""An effort bounds points, numbers that are read, and seconds."""

from __future__ import annotations

from backproof.verify.gradient_oracle.planned.effort import EFFORTS, Effort


def test_an_effort_bounds_points_and_the_numbers_that_are_read() -> None:
    effort = Effort(2, 100)
    assert effort.allows(1, 100)
    assert not effort.allows(2, 100)
    assert not effort.allows(1, 101)
    assert [EFFORTS[name].points for name in ("quick", "default", "thorough")] == [6, 40, 200]
    assert [EFFORTS[name].operations for name in ("quick", "default", "thorough")] == [200_000, 1_000_000, 20_000_000]
    assert [EFFORTS[name].seconds for name in ("quick", "default", "thorough")] == [60, 600, 3600]
