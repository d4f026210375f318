"""The gradient by a symmetric matrix. `eigvalsh` and `cholesky` read one triangle: taken literally, the derivative by the
other is zero, and twice as large in the first. What is returned instead is symmetric, and right along all symmetric
directions. So it is compared there: with f(½(B + Bᵀ)), whose gradient is ½(G + Gᵀ).

That is a convention only where the forward reads the diagonal and one triangle, all of it, and nothing of the other, or
where the domain holds symmetric matrices alone. A gradient that is transposed by mistake gets none.

>>> a = np.array([[2.0, 0.3], [0.3, 1.0]])
>>> is_symmetric(a), is_symmetric(np.ones((2, 3))), restricts(lambda a: np.array_equal(a, a.T), (a,), 0)
(True, False, True)
>>> lower = symmetrised(lambda a: a[0, 0] + a[1, 0] + a[1, 1], [0])
>>> lower(np.array([[0.0, 6.0], [2.0, 0.0]]))
np.float64(4.0)
>>> symmetrised(lambda a: a, [3])(a)
Traceback (most recent call last):
    ...
IndexError: list index out of range
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.lifted import Function, Lifted
from backproof.verify.numbers.float_model import unit_of
from backproof.verify.time_limits import PASSING

ROUNDINGS = 64.0  # chosen: of the largest entry; how far apart what is computed for two places may be
STEP = 2.0**-10  # chosen: of the largest entry; large beside any tolerance of a domain, small beside its size


def is_square(a: Any) -> bool:
    """Whether something is a square matrix of floats, or a stack of such, with entries beside the diagonal."""
    return isinstance(a, np.ndarray) and is_float(a) and a.ndim > 1 and a.shape[-1] == a.shape[-2] > 1 and a.size > 0


def is_symmetric(a: Any) -> bool:
    """Whether something is a symmetric matrix of floats, or a stack of such, but for rounding."""
    if not is_square(a):
        return False
    values = a.astype(float)
    apart = np.abs(values - np.swapaxes(values, -1, -2))
    return bool(np.max(apart) <= ROUNDINGS * unit_of(a.dtype).u * np.max(np.abs(values)))


def restricts(domain: Callable[..., Any] | None, args: Sequence[Any], k: int) -> bool:
    """Whether a domain that holds the arguments holds symmetric changes of argument k, and no other one."""
    if domain is None or not is_symmetric(args[k]):
        return False
    step = STEP * float(np.max(np.abs(args[k])) or 1.0)
    one = np.zeros(args[k].shape)
    one[..., 1, 0] = step
    try:
        answers = [bool(contained(domain, *_with(args, k, args[k] + change))) for change in (one + np.swapaxes(one, -1, -2), one)]
    except PASSING:
        raise
    except Exception:
        return False
    return answers == [True, False]


def reads_one_triangle(forward: Lifted, k: int) -> bool:
    """Whether the diagonal and one triangle of an argument have been read, all of it, and nothing of the other."""
    if k not in forward.positions:
        return False
    tape, numbers = forward.tape, forward.tape.shapes[forward.positions.index(k)]
    used = {x.index for _, operands, _ in tape.nodes for x in operands}
    used |= {x.index for output in forward.outputs if output is not None for x in output.reshape(-1)}
    read = np.isin(numbers, list(used))
    return any(np.array_equal(read, np.broadcast_to(triangle, read.shape)) for triangle in _triangles(read.shape[-1]))


def computes_from_one_triangle(f: Function, args: Sequence[Any], k: int, out: Any) -> bool:
    """The same, of code that cannot be followed: it gives the very same whatever stands in the other triangle."""
    rng, known = np.random.default_rng(0), np.asarray(out)
    a = args[k]
    for triangle in _triangles(a.shape[-1]):
        moved = np.where(triangle, a, a * (1 + STEP * rng.uniform(1, 2, size=a.shape)) + STEP).astype(a.dtype)
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(contained(f, *_with(args, k, moved)))
        except PASSING:
            raise
        except Exception:
            continue
        if found.shape == known.shape and found.tobytes() == known.tobytes():
            return True
    return False


def _triangles(n: int) -> tuple[Any, Any]:
    """Both triangles, with the diagonal."""
    return np.tril(np.ones((n, n), dtype=bool)), np.triu(np.ones((n, n), dtype=bool))


def _with(args: Sequence[Any], k: int, value: Any) -> list[Any]:
    given = [b.copy() if isinstance(b, np.ndarray) else b for b in args]
    given[k] = value
    return given


def halved(a: Any) -> Any:
    """½(A + Aᵀ)."""
    return 0.5 * (a + np.swapaxes(a, -1, -2))


def with_symmetric_parts(args: Sequence[Any], ks: Collection[int]) -> tuple[Any, ...]:
    """The arguments, with the symmetric part in place of those of these matrices that are not symmetric."""
    given = list(args)
    for k in ks:
        a = args[k]
        if is_square(a) and not is_symmetric(a):
            given[k] = halved(a).astype(a.dtype)
    return tuple(given)


def symmetrised(f: Function, ks: Sequence[int]) -> Function:
    """f of ½(A + Aᵀ) in the place of each of these arguments."""

    def of_halves(*args: Any) -> Any:
        return contained(f, *symmetric_in(args, ks))

    return of_halves


def symmetrised_backward(vjp: Function, ks: Sequence[int], places: Sequence[int]) -> Function:
    """Its backward: ½(G + Gᵀ) of what `vjp` returns there, one for each argument or for those in these places."""

    def of_halves(args: Sequence[Any], out: Any, cotangent: Any) -> Any:
        found = contained(vjp, symmetric_in(args, ks), out, cotangent)
        several = isinstance(found, tuple | list)
        gradients = list(found) if several else [found]
        for k in ks:
            place = k if len(gradients) == len(args) else places.index(k)
            gradients[place] = halved(gradients[place])
        return tuple(gradients) if several else gradients[0]

    return of_halves


def symmetric_in(args: Sequence[Any], ks: Sequence[int]) -> tuple[Any, ...]:
    """The arguments with the symmetric part in each of these places."""
    given = list(args)
    for k in ks:
        given[k] = halved(given[k])
    return tuple(given)
