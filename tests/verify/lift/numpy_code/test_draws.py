"""Random draws: the numbers of the generator, in arrays that can be written into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([0.5, -1.25])

RNG, OLD = np.random.default_rng(0), np.random.RandomState(0)
draw = np.random.randn


def into(buffer: Any, x: Any) -> Any:
    buffer[...] = x
    return 3 * buffer**2


class Weights:
    def __init__(self, rng: Any) -> None:
        assert isinstance(rng, np.random.Generator)
        self.params = [0.1 * rng.standard_normal((2,)), rng.uniform(-1.0, 1.0, size=2)]


def constructed(x: Any) -> Any:
    weights = Weights(np.random.default_rng(3))
    weights.params[0][...] = x
    weights.params[1][:] = 3.0
    return weights.params[1] * weights.params[0] ** 2


def reparameterised(x: Any) -> Any:
    rng = np.random.RandomState(1)
    return 3 * rng.normal(x, 0.0) * rng.uniform(x, x)


def shuffled(x: Any) -> Any:
    y, z = x.copy(), np.arange(2)
    np.random.default_rng(0).shuffle(y)
    np.random.default_rng(0).shuffle(z)
    out = np.empty(2)
    out[z] = y
    return 3 * out * np.random.default_rng(5).permutation(x)[np.argsort(np.random.default_rng(5).permutation(2))]


def seeded(x: Any) -> Any:
    np.random.seed(7)
    first = np.random.normal(0, 1, size=x.shape)
    np.random.seed(7)
    return 3 * x * x + (first - np.random.normal(0, 1, size=x.shape))


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "np.random.rand": lambda x: into(np.random.rand(2), x),
    "np.random.normal": lambda x: into(np.random.normal(0.0, 1.0, size=(2,)), x),
    "a function that was imported": lambda x: into(draw(2), x),
    "RandomState": lambda x: into(np.random.RandomState(0).randn(2), x),
    "default_rng": lambda x: into(np.random.default_rng(0).random(2), x),
    "Generator": lambda x: into(np.random.Generator(np.random.PCG64(0)).random(2), x),
    "a generator that was there before": lambda x: into(RNG.normal(size=2) + OLD.uniform(size=2), x),
    "spawned": lambda x: into(np.random.default_rng(0).spawn(1)[0].random(2), x),
    "choice": lambda x: into(np.random.default_rng(0).choice(np.array([0.5, 2.0]), size=2), x),
    "a layer that draws its weights": constructed,
    "parameters of a draw": reparameterised,
    "shuffle and permutation": shuffled,
    "a seed": seeded,
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_code_that_draws_is_certified_and_a_wrong_backward_caught(name: str, certified_and_caught: Callable[..., None]) -> None:
    certified_and_caught(CONSTRUCTS[name], X)


def test_the_draws_are_those_of_the_floats_and_the_generator_moves_on_as_there() -> None:
    def f(x: Any) -> Any:
        rng = np.random.default_rng(11)
        return (
            x * rng.normal(x, 2.0) + rng.laplace(0.0, x * x) + rng.exponential(x * x) + rng.gumbel(x, 1.0) + rng.integers(5) + rng.random()
        )

    assert [float(v.mid()) for v in np.ravel(np.asarray(lift(f, (X,)).values[0]))] == pytest.approx(list(f(X)), rel=1e-14)


def test_probabilities_that_depend_on_an_input_are_refused() -> None:
    with pytest.raises(NotLifted, match="a choice with lifted probabilities"):
        lift(lambda x: np.random.default_rng(0).choice(np.arange(2.0), size=2, p=x / x.sum()), (np.array([0.25, 0.75]),))
