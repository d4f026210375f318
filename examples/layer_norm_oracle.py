"""A layer norm whose backward pass forgets that the variance depends on its input: found, and explained.

Run it: `python examples/layer_norm_oracle.py`. It prints what `check` says of the wrong backward pass, and of the right one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify import check


def layer_norm(x: Any, gain: Any, bias: Any) -> Any:
    """Every row of x with mean 0 and variance 1, then scaled and shifted."""
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    return gain * centred / deviation + bias


def forgetful(args: Any, out: Any, ct: Any) -> Any:
    """The backward pass of a constant deviation: the term through the variance is missing."""
    x, gain, _ = args
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    scaled = ct * gain / deviation
    return scaled - scaled.mean(axis=1, keepdims=True), (ct * centred / deviation).sum(axis=0), ct.sum(axis=0)


def complete(args: Any, out: Any, ct: Any) -> Any:
    """The same with the term through the variance."""
    x, gain, _ = args
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    normal = centred / deviation
    scaled = ct * gain
    by_x = (scaled - scaled.mean(axis=1, keepdims=True) - normal * (scaled * normal).mean(axis=1, keepdims=True)) / deviation
    return by_x, (ct * normal).sum(axis=0), ct.sum(axis=0)


def main() -> None:
    """Check both."""
    x = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
    args = x, np.array([1.0, 0.5, 2.0]), np.array([0.1, 0.0, -0.2])
    print(check(layer_norm, args, forgetful, name="forgetful").explain())
    print()
    print(check(layer_norm, args, complete, name="complete").explain())


if __name__ == "__main__":
    main()
