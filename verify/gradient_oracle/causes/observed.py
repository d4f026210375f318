"""What is to be explained: `Observed` holds the right gradients and those that were found, the forward's edges, and a way
to ask the backward again with another cotangent.

>>> edges = Edges([], [], [], [np.array([0])], (0,), [])
>>> seen = Observed(("`x`",), [np.array([1.0])], [np.array([2.0])], edges, np.ones(1))
>>> seen.wrong, seen.name(0), seen.fit({0: np.array([2.0])}), seen.asked(np.zeros(1)) is None
((0,), '`x`', True, True)
>>> seen.fit({})
Traceback (most recent call last):
    ...
ValueError: no gradient is predicted
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.edges import Edges
from backproof.verify.gradient_oracle.causes.fitting import fits, wrong_ones

MOST_OTHERS = 3  # chosen: cotangents beyond the one at hand; a local derivative that fits four of them is no chance
SEED = 1  # chosen: any; the same in every run

Again: TypeAlias = Callable[[Any], Sequence[Array] | None]
"""The backward once more, with another cotangent; None where it does not return numbers of the right shapes."""

Beside: TypeAlias = Callable[[int, Array], tuple[Sequence[Array], Sequence[Array]] | None]
"""The right gradients, and those that are found, with the argument of this number changed; None where there are none."""


@dataclass(frozen=True)
class Observed:
    """Gradients by place among the lifted arguments; `names` by number among all arguments."""

    names: tuple[str, ...]
    right: Sequence[Array]
    found: Sequence[Array]
    edges: Edges
    cotangent: Any
    again: Again | None = None
    beside: Beside | None = None

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """The places of the gradients that are wrong."""
        return tuple(wrong_ones(self.right, self.found))

    def name(self, k: int) -> str:
        """The name of an argument, by its place among the lifted ones."""
        return self.names[self.edges.positions[k]]

    def fit(self, predicted: Mapping[int, Array]) -> bool:
        """Whether each of these gradients was found so. ValueError if there is none."""
        if not predicted:
            raise ValueError("no gradient is predicted")
        return all(
            array.shape == self.right[k].shape and bool(np.isfinite(array).all()) and fits([array], [self.found[k]], [self.right[k]])
            for k, array in predicted.items()
        )

    def fit_all(self, predicted: Sequence[Array]) -> bool:
        """Whether all gradients together were found so."""
        return fits(predicted, self.found, self.right)

    @cached_property
    def adjoints(self) -> list[float]:
        """The derivative of cotangent · output by every number on the way."""
        one = isinstance(self.cotangent, np.ndarray)
        return self.edges.adjoints_with(np.asarray(self.cotangent, dtype=float)) if one else self.edges.adjoints()

    @property
    def gradients(self) -> list[Array]:
        """What flows back to the arguments by the edges."""
        adjoints = np.array(self.adjoints)
        return [adjoints[numbers] for numbers in self.edges.leaves]

    def other(self) -> Observed | None:
        """The same for another cotangent; None where the output is one number or several arrays, or the backward does not
        answer."""
        return self.others[0] if self.others else None

    @cached_property
    def others(self) -> tuple[Observed, ...]:
        """The same for as many other cotangents as say something new: they are random, and fewer than the outputs have
        entries."""
        if not isinstance(self.cotangent, np.ndarray):
            return ()
        rng, found = np.random.default_rng(SEED), list[Observed]()
        for _ in range(min(MOST_OTHERS, self.cotangent.size - 1)):
            cotangent = rng.normal(size=self.cotangent.shape)
            answer = self.asked(cotangent)
            if answer is None:
                return ()
            right = self.edges.pulled_with(cotangent)
            found.append(Observed(self.names, right, [np.asarray(part, dtype=float) for part in answer], self.edges, cotangent))
        return tuple(found)

    def asked(self, cotangent: Array) -> Sequence[Array] | None:
        """The gradients for another cotangent."""
        found = None if self.again is None else self.again(cotangent)
        if found is None or [np.shape(part) for part in found] != [part.shape for part in self.right]:
            return None
        return found if all(np.isfinite(part).all() for part in found) else None
