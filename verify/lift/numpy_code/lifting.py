"""`lift(f, args)`: run somebody's plain NumPy code in certified balls and keep the tape; `pull_back`: the certified cotangent · Jacobian.

Floats among the arguments are taken at exactly their values; whole numbers, truth values, strings and None stay as they are. The values and the derivatives
are proved for the outcomes of the decisions in `reads`. `NotLifted` and `Undecided` say where the code could not be followed.

>>> from backproof.verify.lift.lifted import pull_back
>>> def f(x, w):
...     return np.maximum(w @ x, 0.0)
>>> lifted = lift(f, (np.array([1.0, 2.0]), np.array([[1.0, 1.0], [0.5, -3.0]])))
>>> [float(value.mid()) for value in lifted.values[0]]
[3.0, 0.0]
>>> gradients = pull_back(lifted, np.array([1.0, 1.0]))
>>> [float(entry.mid()) for entry in gradients[0]]
[1.0, 1.0]
>>> [(read.what, read.outcome) for read in lifted.reads]
[('maximum', True), ('maximum', False)]
>>> lift(lambda x: np.fft.fft(x), (np.array([1.0, 2.0]),))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.fft.fft has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, is_plain, leaves, plain, wrapped
from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.numpy_code.globals import patched as with_lifted_globals
from backproof.verify.lift.tape.errors import explained, is_the_codes_own
from backproof.verify.lift.tape.reads import RAISED
from backproof.verify.lift.tape.tape import Scalar, Tape, of_python, running, scalar


def lift(
    f: Callable[..., Any],
    args: Sequence[Any],
    *,
    bits: int = 200,
    flips: Set[int] = frozenset(),
    patched: bool = True,
    widen_constants: bool | float = False,
    shake: Callable[[Any], Any] | None = None,
) -> Lifted:
    """Run `f(*args)` on lifted numbers at a precision of `bits`.

    `flips` are the numbers of reads whose outcome is inverted (for the Clarke hull). `patched=False` runs f with its own globals.
    `widen_constants` replaces every float constant that looks rounded by a ball of ± half a unit in its last place, or of so many halves.
    """
    tape = Tape(bits, frozenset(flips), float(widen_constants))
    tape.shake = shake
    overlays: dict[Any, Any] = {}
    with running(tape):
        inputs: list[Array] = []
        positions: list[int] = []
        tape.dtype = _common_dtype(args)
        kept = _keeper(patched, overlays)
        lifted = [_lifted(value, tape, inputs, positions, k, kept) for k, value in enumerate(args)]
        result = _run(with_lifted_globals(f, overlays) if patched else f, lifted)
        return _collected(result, tape, inputs, positions, overlays)


def lift_backward(
    vjp: Callable[..., Any],
    args: Sequence[Any],
    out: Any,
    cotangent: Any,
    *,
    forward: Lifted | None = None,
    bits: int = 200,
    flips: Set[int] = frozenset(),
    patched: bool = True,
    widen_constants: bool | float = False,
) -> Lifted:
    """Run `vjp(args, out, cotangent)` on lifted numbers; `out` are balls or scalars, the outputs of the forward run.

    With `forward`, the run continues that one: args and out are its very numbers (`args` and `out` are then taken from it where they are lifted), what f
    left behind in closures and globals is still valid, and the gradient of a read goes through `out` back to the arguments. The cotangent is lifted too.
    """
    continued = forward is not None
    tape = forward.tape.fork(frozenset(flips), float(widen_constants)) if forward else Tape(bits, frozenset(flips), float(widen_constants))
    overlays = forward.overlays if forward else {}
    kept = _keeper(patched, overlays)
    with running(tape):
        inputs: list[Array] = [] if forward is None else list(forward.inputs)
        positions: list[int] = [] if forward is None else list(forward.positions)
        if forward is None:
            lifted = tuple(_lifted(value, tape, inputs, positions, k, kept) for k, value in enumerate(args))
            result = _lifted(out, tape, inputs, positions, len(args), kept)
            tape.dtype = _common_dtype(args)
        else:
            remaining = iter(forward.inputs)
            lifted = tuple(_again(value, remaining, tape, kept) for value in args)
            result = _adopted(forward.result if out is None or continued else out, tape)
        seed = _lifted(cotangent, tape, inputs, positions, len(args) + 1, kept)
        found = _run(with_lifted_globals(vjp, overlays) if patched else vjp, (lifted, result, seed))
        return _collected(found, tape, inputs, positions, overlays)


def _run(f: Callable[..., Any], args: Sequence[Any]) -> Any:
    """f(*args), or the first error of lifting, also where NumPy or the code put one of its own in front of it or caught it."""
    RAISED.clear()
    try:
        result = f(*args)
    except Exception as error:
        if RAISED:
            raise RAISED[0] from None
        if is_the_codes_own(error):
            raise
        raise explained(error) from error
    if RAISED:
        raise RAISED[0]
    return result


# arguments and results


def _is_float(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind == "f" or value.dtype == object or value.dtype.name == "bfloat16"
    return isinstance(value, float) or type(value) is Scalar


def _lifted(value: Any, tape: Tape, inputs: list[Array], positions: list[int], position: int, kept: Callable[[Any], Any]) -> Any:
    """A float or an array of floats as leaves; in lists, tuples and dictionaries too."""
    if isinstance(value, list):
        return [_lifted(part, tape, inputs, positions, position, kept) for part in value]
    if type(value) is tuple:
        return tuple(_lifted(part, tape, inputs, positions, position, kept) for part in value)
    if type(value) is dict:
        return {key: _lifted(part, tape, inputs, positions, position, kept) for key, part in value.items()}
    if not _is_float(value) and not _is_ball(value):
        return kept(value)
    array = leaves(_as_objects(value), tape)
    inputs.append(plain(array).copy())
    positions.append(position)
    return array if isinstance(value, np.ndarray) else of_python(array[()], type(value) is float)


def _keeper(patched: bool, overlays: dict[Any, Any]) -> Callable[[Any], Any]:
    """What becomes of arguments that are no floats: arrays are copied, functions and objects of user code patched."""

    def kept(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.copy()
        return with_lifted_globals(value, overlays) if patched else value

    return kept


def _is_ball(value: Any) -> bool:
    return type(value).__name__ == "arb"


def _as_objects(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return plain(value)
    array: Array = np.empty((), dtype=object)
    array[()] = value
    return array


def _again(value: Any, inputs: Any, tape: Tape, kept: Callable[[Any], Any]) -> Any:
    """The arguments of the forward run once more, for a tape that continues its."""
    if isinstance(value, list):
        return [_again(part, inputs, tape, kept) for part in value]
    if type(value) is tuple:
        return tuple(_again(part, inputs, tape, kept) for part in value)
    if type(value) is dict:
        return {key: _again(part, inputs, tape, kept) for key, part in value.items()}
    if not _is_float(value):
        return kept(value)
    array = _adopted(next(inputs), tape)
    return array if isinstance(value, np.ndarray) else of_python(array[()], type(value) is float)


def _adopted(value: Any, tape: Tape) -> Any:
    if type(value) is Scalar:
        return tape.adopted(value) if value.index >= 0 else value
    if isinstance(value, list | tuple):
        parts = [_adopted(part, tape) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, np.ndarray) and not is_plain(value):
        return wrapped(np.asarray(np.frompyfunc(lambda x: _adopted(scalar(x), tape), 1, 1)(plain(value)), dtype=object))
    return value


def _common_dtype(args: Any) -> Any:
    kinds = {value.dtype for value in _flat(args) if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fV"}
    if any(isinstance(value, float) and not isinstance(value, np.generic) for value in _flat(args)) and not kinds:
        return np.dtype(np.float64)
    if len(kinds) == 1:
        return kinds.pop()
    return np.dtype(np.float64)


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in _flat(part)]
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _flat(part)]
    return [value]


def _collected(result: Any, tape: Tape, inputs: list[Array], positions: list[int], overlays: dict[Any, Any]) -> Lifted:
    parts = result if isinstance(result, tuple | list) else (result,)
    outputs = tuple(_output(part, tape) for part in parts)
    return Lifted(
        tuple(inputs), outputs, tuple(tape.reads), result, tuple(positions), tape.rough, tape.stale, tuple(tape.casts), tape, overlays
    )


def _output(value: Any, tape: Tape) -> Array | None:
    if value is None:
        return None
    rough = tape.rough
    array = value if isinstance(value, LiftedArray) else None
    if array is None:
        array = array_of(value)
        tape.rough = rough
    found = np.asarray(np.frompyfunc(lambda x: _adopted(scalar(x), tape), 1, 1)(plain(array)), dtype=object)
    return found.reshape(array.shape)
