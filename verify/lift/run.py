"""How a front end runs somebody's code on lifted numbers: `run`. The arguments are made with `Inputs`, and what comes
out is a `Lifted`.

A run may continue another (a backward pass its forward): then the numbers of that are `adopted`. Messages name the line
of the user's code inside of `run`; what called it is not looked at.

>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> def lift(f, x):
...     inputs = Inputs(Tape(100, front=ARRAYS))
...     return run(inputs, lambda: (f, (inputs.take(x, 0, x.dtype),)), again=lift)
>>> lift(lambda x: x * x, np.array([3.0, 5.0])).values[0].tolist()
[9.00000000000000, 25.0000000000000]
>>> lift(lambda x: x * "2", np.array([3.0]))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: a value of type str ('2') among lifted numbers has no lifted rule (<doctest ...>:1)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, is_plain, leaves, plain, wrapped
from backproof.verify.lift.arrays.complex_numbers import holds_complex
from backproof.verify.lift.lifted import Function, Lifted
from backproof.verify.lift.tape.errors import called
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.lift.tape.tape import Scalar, Tape, running, scalar


class Inputs:
    """The lifted inputs of a run on `tape`, as they are made: those of the run that it continues first. With `at`, of
    other values than the arguments'."""

    def __init__(self, tape: Tape, forward: Lifted | None = None, at: Sequence[Array] | None = None) -> None:
        self.tape = tape
        self.at: Iterator[Array] | None = None if at is None else iter(at)
        self.arrays: list[Array] = [] if forward is None else list(forward.inputs)
        self.positions: list[int] = [] if forward is None else list(forward.positions)
        self.dtypes: list[Any] = [] if forward is None else list(forward.dtypes)

    def take(self, values: Any, position: int, dtype: Any) -> Any:
        """A float or an array of floats of the argument at `position` as a lifted array, a leaf for each entry."""
        array = leaves(values if self.at is None else next(self.at), self.tape)
        self.arrays.append(plain(array).copy())
        self.positions.append(position)
        self.dtypes.append(dtype)
        return array


def adopted(value: Any, tape: Tape) -> Any:
    """What another run left as numbers of this one: constants, unless this one continues it."""
    if type(value) is Scalar:
        return tape.adopted(value) if value.index >= 0 else value
    if isinstance(value, list | tuple):
        parts = [adopted(part, tape) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, np.ndarray) and not is_plain(value):
        return wrapped(np.asarray(np.frompyfunc(lambda x: adopted(scalar(x), tape), 1, 1)(plain(value)), dtype=object))
    return value


def run(inputs: Inputs, prepared: Callable[[], tuple[Function, Sequence[Any]]], again: Callable[..., Lifted], state: Any = None) -> Lifted:
    """Run the code and the arguments that `prepared()` makes. `again` and `state` are for `Lifted`; the code returns an
    array, a number or None, or a tuple or list of such."""
    tape = inputs.tape
    with running(tape):
        result = called(*prepared())
        parts = result if isinstance(result, tuple | list) else (result,)
        outputs = tuple(_output(part, tape) for part in parts)
    return Lifted(
        inputs=tuple(inputs.arrays),
        outputs=outputs,
        reads=tuple(tape.reads),
        result=result,
        positions=tuple(inputs.positions),
        dtypes=tuple(inputs.dtypes),
        rough_constants=tape.rough,
        stale=tape.stale,
        casts=tuple(tape.casts),
        tape=tape,
        again=again,
        state=state,
    )


def _output(value: Any, tape: Tape) -> Array | None:
    if value is None:
        return None
    rough = tape.rough
    if holds_complex(value):
        raise NotLifted("a result of complex numbers has no lifted rule", "where the code ends", "return its real and imaginary parts")
    array = value if isinstance(value, LiftedArray) else None
    if array is None:
        array = array_of(value)
        tape.rough = rough
    found = np.asarray(np.frompyfunc(lambda x: adopted(scalar(x), tape), 1, 1)(plain(array)), dtype=object)
    return found.reshape(array.shape)
