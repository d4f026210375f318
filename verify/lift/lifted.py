"""What a lifted run leaves, whatever the front end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import plain
from backproof.verify.lift.tape.reads import Read
from backproof.verify.lift.tape.tape import Scalar, Tape, exact, running
from backproof.verify.numbers.ball_arrays import is_finite

Function: TypeAlias = Callable[..., Any]  # somebody's code


@dataclass(frozen=True)
class Lifted:
    """One run: `inputs` are the lifted arguments in order, `outputs` what came out (None stays None), both as object arrays of scalars.

    `result` is what the code returned, with its lists and tuples. `positions[k]` is the argument from which input k came. `rough_constants` counts uses of
    floats that look rounded (0.1, not 0.5). `stale` counts lifted numbers of other runs that the code had kept. `casts` are the places where it rounds to a
    smaller dtype, which is the identity here, or makes text of a lifted number: read back from there it is a constant.
    """

    inputs: tuple[Array, ...]
    outputs: tuple[Array | None, ...]
    reads: tuple[Read, ...]
    result: Any
    positions: tuple[int, ...]
    rough_constants: int
    stale: int
    casts: tuple[str, ...]
    tape: Tape = field(repr=False)
    overlays: dict[Any, Any] = field(repr=False)

    @property
    def values(self) -> tuple[Array | None, ...]:
        """The outputs as balls."""
        return tuple(None if output is None else balls_of(output) for output in self.outputs)

    @property
    def finite(self) -> bool:
        """Whether every output is a finite ball."""
        return all(is_finite(ball) for output in self.values if output is not None for ball in output.reshape(-1))

    @property
    def depends(self) -> bool:
        """Whether some output was computed from a lifted number at all."""
        return any(x.index >= 0 for output in self.outputs if output is not None for x in output.reshape(-1))


def balls_of(scalars: Array) -> Array:
    """The values of an array of scalars."""
    result: Array = np.empty(scalars.size, dtype=object)
    for k, x in enumerate(scalars.reshape(-1).tolist()):
        result[k] = x.value
    return result.reshape(scalars.shape)


def pull_back(lifted: Lifted, cotangents: Any) -> tuple[Array, ...]:
    """Σ cotangent · ∂output/∂input in balls, one array for each lifted input.

    `cotangents` is one array for each output, or the array itself where there is one output; entries are floats, balls or scalars.
    """
    outputs = [output for output in lifted.outputs if output is not None]
    several = isinstance(cotangents, tuple | list) and len(cotangents) == len(outputs)
    given = list(cotangents) if several else [cotangents]
    if len(given) != len(outputs):
        raise ValueError(f"pull_back got {len(given)} cotangents for {len(outputs)} outputs; give one array for each")
    seeds: dict[int, Any] = {}
    with running(lifted.tape):
        for output, cotangent in zip(outputs, given, strict=True):
            array = np.asarray(plain(cotangent), dtype=object)
            if array.shape != output.shape:
                raise ValueError(f"a cotangent has shape {array.shape}, its output {output.shape}; they must be equal")
            for x, seed in zip(output.reshape(-1).tolist(), array.reshape(-1).tolist(), strict=True):
                if x.index >= 0:
                    ball = seed.value if type(seed) is Scalar else exact(seed)
                    seeds[x.index] = seeds[x.index] + ball if x.index in seeds else ball
        return lifted.tape.gradient(seeds)
