"""`lift(f, args)`: run somebody's plain NumPy code in certified balls and keep the tape; `lift_backward` does so with a
backward pass.

Floats among the arguments are taken at exactly their values; whole numbers, truth values, strings and None stay as they
are. The values and the derivatives are proved for the outcomes of the decisions in `reads`. `NotLifted` and `Undecided`
say where the code could not be followed.

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
>>> lift(lambda x: np.linalg.eigvals(np.diag(x)), (np.array([1.0, 2.0]),))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eigvals has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import plain
from backproof.verify.lift.arrays.dispatch import ARRAYS
from backproof.verify.lift.arrays.whole import whole
from backproof.verify.lift.lifted import Function, Lifted
from backproof.verify.lift.numpy_code.classes import while_running
from backproof.verify.lift.numpy_code.globals import lifted_value
from backproof.verify.lift.numpy_code.stand_ins import shown
from backproof.verify.lift.run import Inputs, adopted, run
from backproof.verify.lift.tape.literals import LeftOut, Literals
from backproof.verify.lift.tape.tape import Scalar, Tape, of_python

NUMPY = replace(ARRAYS, shown=shown)


def lift(
    f: Function,
    args: Sequence[Any],
    *,
    bits: int = 200,
    flips: Set[int] = frozenset(),
    patched: bool = True,
    widen_constants: bool | float = False,
    shake: Callable[[Any], Any] | None = None,
    at_ties: Callable[[Any, str, Any, int], bool] | None = None,
    at: Sequence[Array] | None = None,
    left_out: LeftOut | None = None,
    folds: bool = True,
) -> Lifted:
    """Run `f(*args)` on lifted numbers at a precision of `bits`.

    `flips` are the numbers of reads whose outcome is inverted (for the Clarke hull). `patched=False` runs f with its
    own globals. `widen_constants` replaces every float constant that looks rounded by a ball of ± half a unit in its
    last place, or of so many halves. `shake` is applied to the value of every operation. `at_ties(left, relation,
    right, side)` says how a decision falls. `at` are other values of the lifted inputs, one array of balls for each.
    With `left_out`, literals are marked, and these uses of them left out. Without `folds`, what is computed from plain
    numbers alone is kept on the tape too.
    """
    same: dict[str, Any] = {"bits": bits, "patched": patched, "left_out": left_out, "folds": folds}
    tape = Tape(bits, frozenset(flips), float(widen_constants), NUMPY)
    tape.shake, tape.at_ties, tape.folds = shake, at_ties, folds
    tape.literals = None if left_out is None else Literals(left_out)
    overlays: dict[Any, Any] = {}
    tape.dtype = _common_dtype(args)
    inputs, kept = Inputs(tape, at=at), _keeper(patched, overlays)

    def prepared() -> tuple[Function, Sequence[Any]]:
        lifted = [_with_floats(value, _leaves(inputs, k), kept) for k, value in enumerate(args)]
        return (lifted_value(f, overlays) if patched else f), lifted

    with while_running(overlays):
        return run(inputs, prepared, lambda **options: lift(f, args, **{**same, **options}), overlays)


def lift_backward(
    vjp: Function,
    args: Sequence[Any],
    out: Any,
    cotangent: Any,
    *,
    forward: Lifted | None = None,
    bits: int = 200,
    flips: Set[int] = frozenset(),
    patched: bool = True,
    widen_constants: bool | float = False,
    left_out: LeftOut | None = None,
) -> Lifted:
    """Run `vjp(args, out, cotangent)` on lifted numbers; `out` are balls or scalars, the outputs of the forward run.

    With `forward`, the run continues that one: args and out are its very numbers (`args` and `out` are then taken from
    it where they are lifted), what f left behind in closures and globals is still valid, and the gradient of a read
    goes through `out` back to the arguments. The cotangent is lifted too. `left_out` are literals of the backward.
    """
    same: dict[str, Any] = {"forward": forward, "bits": bits, "patched": patched, "left_out": left_out}
    flipped, widen = frozenset(flips), float(widen_constants)
    tape = forward.tape.fork(flipped, widen) if forward else Tape(bits, flipped, widen, NUMPY)
    tape.literals = None if left_out is None else Literals(left_out)
    overlays = forward.state if forward else {}
    inputs, kept = Inputs(tape, forward), _keeper(patched, overlays)

    def prepared() -> tuple[Function, Sequence[Any]]:
        if forward is None:
            lifted = tuple(_with_floats(value, _leaves(inputs, k), kept) for k, value in enumerate(args))
            result = _with_floats(out, _leaves(inputs, len(args)), kept)
            tape.dtype = _common_dtype(args)
        else:
            remaining = iter(forward.inputs)
            lifted = tuple(_with_floats(value, lambda _: adopted(next(remaining), tape), kept) for value in args)
            result = adopted(forward.result, tape)
        seed = _with_floats(cotangent, _leaves(inputs, len(args) + 1), kept)
        return (lifted_value(vjp, overlays) if patched else vjp), (lifted, result, seed)

    with while_running(overlays):
        return run(inputs, prepared, lambda **options: lift_backward(vjp, args, out, cotangent, **{**same, **options}), overlays)


# arguments


def _is_float(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind == "f" or value.dtype == object or value.dtype.name == "bfloat16"
    return isinstance(value, float) or type(value) is Scalar


def _with_floats(value: Any, becomes: Callable[[Any], Array], kept: Callable[[Any], Any]) -> Any:
    """An argument in which every float or array of floats is what it `becomes`, in lists, tuples and dictionaries too;
    anything else is `kept` in its way."""
    if isinstance(value, list):
        return [_with_floats(part, becomes, kept) for part in value]
    if type(value) is tuple:
        return tuple(_with_floats(part, becomes, kept) for part in value)
    if type(value) is dict:
        return {key: _with_floats(part, becomes, kept) for key, part in value.items()}
    if not _is_float(value) and not _is_ball(value):
        return kept(value)
    array = becomes(value)
    return array if isinstance(value, np.ndarray) else of_python(array[()], type(value) is float)


def _leaves(inputs: Inputs, position: int) -> Callable[[Any], Array]:
    """Floats of the argument at a position become leaves of the tape."""
    return lambda value: inputs.take(_as_objects(value), position, getattr(value, "dtype", None))


def _keeper(patched: bool, overlays: dict[Any, Any]) -> Callable[[Any], Any]:
    """What becomes of arguments that are no floats: arrays are copied, functions and objects of user code patched."""

    def kept(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return whole(value.copy()) if patched else value.copy()
        return lifted_value(value, overlays) if patched else value

    return kept


def _is_ball(value: Any) -> bool:
    return type(value).__name__ == "arb"


def _as_objects(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return plain(value)
    array: Array = np.empty((), dtype=object)
    array[()] = value
    return array


def _common_dtype(args: Any) -> Any:
    kinds = {value.dtype for value in _flat(args) if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fV"}
    return kinds.pop() if len(kinds) == 1 else np.dtype(np.float64)


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in _flat(part)]
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _flat(part)]
    return [value]
