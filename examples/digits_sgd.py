"""Train the lecture's network on scikit-learn's handwritten digits with the engine's own backward pass, showing the loss as it goes.

    python examples/digits_sgd.py [--steps 6000] [--hidden 32] [--rate 0.1] [--seed 0]

64 pixels → 32 hidden units → 10 labels, one example at a time, as the lecture's algorithm has it (L9).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.engine.network import accuracy, network, random_parameters, sgd

SHOWN = 20


def at_least(least: int) -> Callable[[str], int]:
    """The type of a command-line option that takes whole numbers from `least` on."""

    def whole(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, found {text!r}")
        return int(text)

    return whole


def positive(text: str) -> float:
    """The type of a command-line option that takes numbers above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number above 0, found {text!r}")
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the lecture's network on handwritten digits.")
    parser.add_argument("--steps", type=at_least(1), default=6000)
    parser.add_argument("--hidden", type=at_least(1), default=32)
    parser.add_argument("--rate", type=positive, default=0.1)
    parser.add_argument("--seed", type=at_least(0), default=0)
    options = parser.parse_args()
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        print("This example needs scikit-learn: pip install 'backproof[examples]'", file=sys.stderr)
        return 4

    data: Any = load_digits()
    images, labels = np.asarray(data.data, dtype=float) / 16, [int(label) for label in data.target]
    rng = np.random.default_rng(options.seed)
    order = [int(i) for i in rng.permutation(len(labels))]
    train, test = order[: 3 * len(order) // 4], order[3 * len(order) // 4 :]
    graph = network(images.shape[1], options.hidden, 10)
    parameters = random_parameters(images.shape[1], options.hidden, 10, rng)
    print(f"{len(train)} training images, {len(test)} test images, {options.hidden} hidden units, {options.steps} steps")
    recent: list[float] = []
    for step in sgd(graph, parameters, images[train], [labels[i] for i in train], options.steps, options.rate, rng):
        recent.append(step.loss)
        parameters = step.parameters
        if step.t % max(1, options.steps // SHOWN) == 0 or step.t == options.steps:
            print(f"step {step.t:>6}   mean loss {np.mean(recent):.4f}")
            recent.clear()
    print(f"test accuracy {accuracy(graph, parameters, images[test], [labels[i] for i in test]):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
