"""What a lifted run leaves, whatever the front end: `Lifted`; and the certified cotangent · Jacobian of it:
`pull_back`.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> lifted = lift(lambda x: x * x, (np.array([3.0, 5.0]),))
>>> [float(value.mid()) for value in lifted.values[0]], lifted.depends, lifted.positions
([9.0, 25.0], True, (0,))
>>> [float(entry.mid()) for entry in pull_back(lifted, np.array([1.0, 10.0]))[0]]
[6.0, 100.0]
>>> pull_back(lifted, np.ones(3))
Traceback (most recent call last):
    ...
ValueError: a cotangent has shape (3,), its output (2,); they must be equal
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.in_words import brief, counted
from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import plain
from backproof.verify.lift.tape.exact import exact
from backproof.verify.lift.tape.reads import Read
from backproof.verify.lift.tape.rule import Rule
from backproof.verify.lift.tape.tape import Scalar, Tape, running
from backproof.verify.numbers.ball_arrays import is_finite, precision

Function: TypeAlias = Callable[..., Any]  # somebody's code


@dataclass(frozen=True, repr=False)
class Lifted:
    """One run: `inputs` are the lifted arguments in order, `outputs` what came out (None stays None), both as object
    arrays of scalars.

    `result` is what the code returned, with its lists and tuples. `positions[k]` is the argument from which input k
    came, `dtypes[k]` the dtype that it had, None for Python's own float. `rough_constants` counts uses of floats that
    look rounded (0.1, not 0.5). `stale` counts lifted numbers of other runs that the code had kept. `casts` are the
    places where it rounds to a smaller dtype, which is the identity here, or makes text of a lifted number: read back
    from there it is a constant.

    `again(…)` runs the same code once more, with other `bits`, `flips`, `widen_constants`, `shake`, or at other values
    of the inputs (`at`, one array of balls for each); for a run that continues a `forward`, with another one of that
    name. `state` is what the front end keeps for such a run.
    """

    inputs: tuple[Array, ...]
    outputs: tuple[Array | None, ...]
    reads: tuple[Read, ...]
    result: Any
    positions: tuple[int, ...]
    dtypes: tuple[Any, ...]
    rough_constants: int
    stale: int
    casts: tuple[str, ...]
    tape: Tape = field(repr=False)
    again: Callable[..., Lifted] = field(repr=False)
    state: Any = field(repr=False)

    def __repr__(self) -> str:
        shapes = [str(output.shape) for output in self.outputs if output is not None]
        return brief("Lifted", counted(len(self.inputs), "input"), f"outputs {', '.join(shapes)}", counted(len(self.reads), "decision"))

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


def surely_undefined(lifted: Lifted) -> bool:
    """Whether the code came to something that is no number, and would anywhere in the balls of its operands: one that
    may be at the edge of a domain is another matter.

    >>> from backproof.verify.lift.numpy_code.lifting import lift
    >>> [surely_undefined(lift(lambda x: np.log(x) ** 0, (np.array([x]),))) for x in (-1.32, 0.5)]
    [True, False]
    """
    return any(value.is_nan() and _is_undefined(rule, operands) for rule, operands, value in lifted.tape.nodes)


def _is_undefined(rule: Rule, operands: tuple[Scalar, ...]) -> bool:
    """Whether the first value that is no number is none at the middles and at the ends of the operands."""
    balls = [x.value for x in operands]
    if not balls or any(ball.is_nan() for ball in balls):
        return False
    ways = ([ball.mid() for ball in balls], [ball.lower() for ball in balls], [ball.upper() for ball in balls])
    return all(rule.value(*way).is_nan() for way in ways)


def continue_derivatives(lifted: Lifted) -> bool:
    """Where the code came to something that is no number, give each function the derivative of its formula: 1/x of the
    log of a negative number. Whether there was any; what has none stays no number.

    >>> from backproof.verify.lift.numpy_code.lifting import lift
    >>> undefined = lift(lambda x: 2 * np.log(x), (np.array([-0.5]),))
    >>> continue_derivatives(undefined), [float(ball.mid()) for ball in pull_back(undefined, np.array([1.0]))[0]]
    (True, [-4.0])
    """
    tape, found = lifted.tape, False
    if not surely_undefined(lifted):
        return False
    with precision(tape.bits):
        for v, (rule, operands, value) in enumerate(tape.nodes):
            if operands and value.is_nan():
                tape.partials[v] = rule.partials(value, *[x.value for x in operands])
                found = True
    return found


def balls_of(scalars: Array) -> Array:
    """The values of an array of scalars."""
    result: Array = np.empty(scalars.size, dtype=object)
    for k, x in enumerate(scalars.reshape(-1).tolist()):
        result[k] = x.value
    return result.reshape(scalars.shape)


def pull_back(lifted: Lifted, cotangents: Any) -> tuple[Array, ...]:
    """Σ cotangent · ∂output/∂input in balls, one array for each lifted input.

    `cotangents` is one array for each output, or the array itself where there is one output; entries are floats, balls
    or scalars.
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
