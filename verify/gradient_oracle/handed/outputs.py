"""Several outputs, or a tree of them, as one vector; the cotangent of that vector as one cotangent for each output.

Outputs without a derivative (indices, counts, words) are left out: the backward gets None in their place.

>>> values = (np.array([[1.0, 2.0]]), np.array([1]), 0.5)
>>> out = joined(np, values, {})
>>> out, parted(np, out, np.array([10.0, 20.0, 30.0]), {})
(Joined([1. , 2. , 0.5]), ((array([[1., 2.]]), array([1]), np.float64(0.5)), (array([[10., 20.]]), None, np.float64(30.0))))
>>> left_out(values)
['output[1] (an ndarray of shape (1,) and dtype int64)']
>>> must_have_a_derivative((np.array([1]), "two"))
Traceback (most recent call last):
    ...
ValueError: f returns a tuple of 2, and no float is among them; it must return an array of floats, or a tree of such
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.floats import is_float_dtype
from backproof.verify.gradient_oracle.given.outputs import COMPLEX_OUTPUTS
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.trees import Structure, is_container, name_of, paths_of, put_together, taken_apart

FORM = "form"


@dataclass(frozen=True)
class Form:
    """How outputs are made of a vector: their structure, and for each leaf its shape and dtype, None for what has no
    derivative and is in `rest`; `numbers` are the leaves that were no arrays."""

    structure: Structure
    shapes: tuple[tuple[int, ...] | None, ...]
    dtypes: tuple[Any, ...]
    rest: tuple[Any, ...]
    numbers: tuple[bool, ...]


class Joined(np.ndarray):
    """Several outputs as one vector; it knows their form."""

    form: Form | None = None

    def __array_finalize__(self, obj: Any) -> None:
        self.form = getattr(obj, "form", None)


def joined(numpy: Any, out: Any, kept: dict[str, Any]) -> Any:
    """Outputs as one vector; what is no container as it is. On lifted numbers `numpy` is the lifted one, and the form is
    left in `kept`, where the backward of the same run finds it."""
    if not is_container(out):
        return out
    leaves, structure = taken_apart(out)
    counted = [_is_real(leaf) for leaf in leaves]
    arrays = [numpy.asarray(leaf) if counts else None for leaf, counts in zip(leaves, counted, strict=True)]
    form = Form(
        structure,
        tuple(None if array is None else tuple(array.shape) for array in arrays),
        tuple(None if array is None else array.dtype for array in arrays),
        tuple(None if counts else leaf for leaf, counts in zip(leaves, counted, strict=True)),
        tuple(not isinstance(leaf, np.ndarray) for leaf in leaves),
    )
    vectors = [array.reshape(-1) for array in arrays if array is not None]
    whole = numpy.concatenate(vectors)
    kept[FORM] = form
    if type(whole) is not np.ndarray or whole.dtype == object:
        return whole
    found = whole.view(Joined)
    found.form = form
    return found


def parted(numpy: Any, out: Any, cotangent: Any, kept: dict[str, Any]) -> tuple[Any, Any]:
    """The outputs and their cotangents in the form in which f returned them."""
    form = out.form if type(out) is Joined else kept.get(FORM)
    if form is None:
        return out, cotangent
    vector = out.view(np.ndarray) if type(out) is Joined else out
    outputs = [rest if part is None else part for part, rest in zip(_parts(form, vector), form.rest, strict=True)]
    return put_together(form.structure, outputs), put_together(form.structure, _parts(form, cotangent))


def _parts(form: Form, vector: Any) -> list[Any]:
    sizes = [0 if shape is None else int(np.prod(shape, dtype=int)) for shape in form.shapes]
    ends = list(accumulate(sizes))
    parts: list[Any] = []
    for shape, dtype, size, end, number in zip(form.shapes, form.dtypes, sizes, ends, form.numbers, strict=True):
        if shape is None:
            parts.append(None)
            continue
        part = vector[end - size : end].reshape(shape)
        if type(part) is np.ndarray and part.dtype not in (object, dtype):
            part = part.astype(dtype)
        parts.append(part[()] if number else part)
    return parts


def _is_real(leaf: Any) -> bool:
    """Whether an output has a derivative: floats, also where they are lifted numbers."""
    if isinstance(leaf, np.ndarray):
        return is_float_dtype(leaf.dtype)
    return not isinstance(leaf, bool | int | np.integer | np.bool_ | str | bytes) and hasattr(type(leaf), "__float__")


def ones_like(out: Any) -> Any:
    """A cotangent of ones, for each output that has one.

    >>> ones_like((np.zeros(2), np.array([3])))
    (array([1., 1.]), None)
    """
    leaves, structure = taken_apart(out)
    return put_together(structure, [np.ones_like(leaf) if _is_real(leaf) else None for leaf in leaves])


def left_out(out: Any) -> list[str]:
    """The outputs without a derivative, with their names; None is none to speak of."""
    if not is_container(out):
        return []
    leaves, structure = taken_apart(out)
    pairs = zip(paths_of(structure), leaves, strict=True)
    return [f"{name_of('output', path)} ({of_what(leaf)})" for path, leaf in pairs if leaf is not None and not _is_real(leaf)]


def must_have_a_derivative(out: Any) -> None:
    """ValueError for outputs of which none is a float; and for complex ones, which are not taken yet."""
    leaves: Sequence[Any] = taken_apart(out)[0]
    if any(isinstance(leaf, complex | np.complexfloating) or getattr(leaf, "dtype", np.dtype(bool)).kind == "c" for leaf in leaves):
        raise ValueError(f"f returns {of_what(out)}; {COMPLEX_OUTPUTS}")
    if not any(map(_is_real, leaves)):
        what = "it must return an array of floats, or a tree of such"
        raise ValueError(f"f returns {of_what(out)}, and no float is among them; {what}")


def must_be_for_each(cotangent: Any, out: Any) -> None:
    """ValueError unless there is a cotangent for each of several outputs.

    >>> must_be_for_each((np.ones(2),), (np.ones(2), np.ones(3)))
    Traceback (most recent call last):
        ...
    ValueError: cotangent has 1 part, and f returns 2 outputs; write one for each, in the form in which f returns them
    """
    parts, outputs = (len(taken_apart(value)[0]) for value in (cotangent, out))
    if parts != outputs:
        what = f"{parts} part{'s' if parts > 1 else ''}"
        raise ValueError(f"cotangent has {what}, and f returns {outputs} outputs; write one for each, in the form in which f returns them")
