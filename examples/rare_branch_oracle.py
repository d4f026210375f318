"""A loss with a branch that samples never reach: no checker that draws inputs finds the fault in it, reading the code does.

Run it: `python examples/rare_branch_oracle.py`. It draws 100,000 inputs first, and compares with central differences at each: nothing. Then it asks `check`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify import check

DELTA = 6.5


def huber(r: Any) -> Any:
    """Half the square up to DELTA, linear beyond."""
    return np.where(np.abs(r) <= DELTA, 0.5 * r * r, DELTA * (np.abs(r) - 0.5 * DELTA))


def backward(args: Any, out: Any, ct: Any) -> Any:
    """Right up to DELTA; beyond, the slope is 1 where it should be DELTA."""
    (r,) = args
    return (ct * np.where(np.abs(r) <= DELTA, r, np.sign(r)),)


def sampled(count: int, seed: int = 0) -> float:
    """The largest difference between the backward pass and central differences over so many draws from the normal distribution."""
    r = np.random.default_rng(seed).normal(size=count)
    slope = (huber(r + 1e-6) - huber(r - 1e-6)) / 2e-6
    (gradient,) = backward((r,), huber(r), np.ones(count))
    return float(np.max(np.abs(gradient - slope)))


def main() -> None:
    """Sample, then check."""
    print(f"100,000 samples: the largest difference is {sampled(100_000):.1e}")
    print(check(huber, (np.array([0.4, -1.3, 2.2]),), backward, name="huber").explain())


if __name__ == "__main__":
    main()
