"""The lecture's network on real data: a mini-run of SGD on scikit-learn's handwritten digits, every gradient of which
is a case.

The network is scaled down so that differences of every parameter fit: the 8 × 8 images are averaged to 4 × 4, and there
are 4 hidden units. Where scikit-learn is not installed, `digits_cases` says so in a sentence for the summary.

>>> found = digits_cases(0)
>>> isinstance(found, Missing) or [case.name for case in found][0]
'SGD step 1 on digits (scaled down: 8×8 images averaged to 4×4, 4 hidden units)'
>>> Missing("scikit-learn is not installed").cases
Traceback (most recent call last):
    ...
AttributeError: 'Missing' object has no attribute 'cases'
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backproof.engine.network import leaf_values, network, random_parameters, sgd
from backproof.verify.cases.case import Case, make_case

STEPS = 5  # chosen: each step of SGD is a case, and its parameters differ from those of the step before
HIDDEN = 4  # units, and
SIDE = 4  # pixels of an image's side: chosen so that differences of every parameter fit into a run
RATE = 0.5  # chosen: large enough that five steps change the parameters visibly


@dataclass(frozen=True)
class Missing:
    """The digits cannot be run here, and why, in words."""

    sentence: str


def digits_cases(seed: int) -> tuple[Case, ...] | Missing:
    """Five steps of SGD (L9) on handwritten digits from random parameters: the graph and leaf values of each step."""
    table = _table()
    if table is None:
        return Missing("the lecture's network on handwritten digits: scikit-learn is not installed (pip install 'backproof[examples]')")
    images = table[:, :-1].reshape(-1, 8, 8) / 16
    small = images.reshape(len(images), SIDE, 8 // SIDE, SIDE, 8 // SIDE).mean(axis=(2, 4)).reshape(len(images), SIDE * SIDE)
    labels = [int(label) for label in table[:, -1]]
    rng = np.random.default_rng([seed, 16])
    graph = network(SIDE * SIDE, HIDDEN, 10)
    before = random_parameters(SIDE * SIDE, HIDDEN, 10, rng)
    cases: list[Case] = []
    for step in sgd(graph, before, small, labels, STEPS, RATE, rng):
        name = f"SGD step {step.t} on digits (scaled down: 8×8 images averaged to {SIDE}×{SIDE}, {HIDDEN} hidden units)"
        cases.append(make_case(name, "digits", graph, leaf_values(before, small[step.example], labels[step.example])))
        before = step.parameters
    return tuple(cases)


def _table() -> Any:
    """64 pixels and a label in each row: from scikit-learn's data file, because to import scikit-learn takes a second;
    None where it is not installed."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None:
        return None
    for folder in spec.submodule_search_locations or ():
        file = Path(folder, "datasets", "data", "digits.csv.gz")
        if file.is_file():
            return np.loadtxt(file, delimiter=",")
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    return np.column_stack([data.data, data.target])
