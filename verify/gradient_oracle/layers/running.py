"""Forward and backward of a fresh object, as functions of its inputs, its parameters and its mode. They use an object by
the paths of its `Form` alone, so that they run on lifted numbers too.

>>> class Scale:
...     def __init__(self):
...         self.w = 2.0
...     def forward(self, x):
...         self.x = x
...         return self.w * x
...     def backward(self, d):
...         self.dw = np.sum(d * self.x)
...         return d * self.w
>>> form = Form("forward", "backward", (Parameter("w", ((("attribute", "w"),),), (("attribute", "dw"),)),), ((),))
>>> args = (np.array([1.0, 2.0]), {"w": 3.0}, None)
>>> out = run_forward(Scale, form, np, *args)
>>> out, run_backward(Scale, form, np, args, out, np.ones(2))
(array([3., 6.]), (array([3., 3.]), {'w': np.float64(3.0)}, None))
>>> run_forward(Scale, Form("call", "backward"), np, *args)
Traceback (most recent call last):
    ...
AttributeError: 'Scale' object has no attribute 'call'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.functions import times
from backproof.verify.gradient_oracle.handed.trees import Path
from backproof.verify.gradient_oracle.layers.form import Form, Parameter
from backproof.verify.gradient_oracle.layers.objects import at, put

WITH_MORE = 2  # an output, and the cache or the gradients beside it


def run_forward(make: Callable[[], Any], form: Form, numpy: Any, *args: Any) -> Any:
    """The output of a fresh object with these inputs, parameters and mode: what the forward returns, without the cache,
    or the gradients, that it may return with it."""
    return forward(fresh(make, form, numpy, args), form, args)[0]


def run_backward(make: Callable[[], Any], form: Form, numpy: Any, args: Sequence[Any], out: Any, cotangent: Any) -> tuple[Any, ...]:
    """The gradients of a fresh object behind its forward: of each input, of its parameters by name, and None for the
    mode."""
    layer = fresh(make, form, numpy, args)
    _, more = forward(layer, form, args)
    return gradients(layer, form, args, cotangent, more)


def fresh(make: Callable[[], Any], form: Form, numpy: Any, args: Sequence[Any]) -> Any:
    """A fresh object with the parameters and in the mode of `args`."""
    *inputs, parameters, training = args
    layer = contained(make)
    if form.lazy:
        contained(getattr(layer, form.forward), *inputs)
    for parameter in form.parameters:
        value = parameters[parameter.name]
        own = numpy.array(value) if parameter.applied else value
        for path in parameter.paths:
            put(layer, path, own)
        if parameter.gradient is not None and not parameter.returned:
            _fit(layer, (parameter.gradient, *parameter.beside), value, numpy)
    set_mode(layer, form, training)
    zero(layer, form)
    return layer


def _fit(layer: Any, paths: Sequence[Path], value: Any, numpy: Any) -> None:
    """Zeros of the shape of a parameter where its gradient will be, if there are some already, of another shape."""
    there = at(layer, paths[0])
    if isinstance(there, np.ndarray) and isinstance(value, np.ndarray) and there.shape != value.shape:
        zeros = numpy.zeros_like(value)
        for path in paths:
            put(layer, path, zeros)


def set_mode(layer: Any, form: Form, training: Any) -> None:
    """Let an object train, or not; nothing where it has no modes, or the forward is told."""
    if training is None:
        return
    for path in form.modes:
        put(layer, path, training)
    if form.mode_methods:
        contained(getattr(layer, form.mode_methods[0 if training else 1]))


def forward(layer: Any, form: Form, args: Sequence[Any]) -> tuple[Any, Any]:
    """The output, and what else the backward needs: the cache, or the gradients."""
    *inputs, _, training = args
    options = {form.mode_keyword: training} if form.mode_keyword and training is not None else {}
    found = contained(getattr(layer, form.forward), *inputs, **options)
    if form.output:
        return at(layer, form.output), None
    if "cache" in form.calls or form.calls == ("value",):
        if not isinstance(found, tuple | list) or len(found) != WITH_MORE:
            what = "gradients" if form.calls == ("value",) else "the cache"
            raise TypeError(f"{form.forward} returns {of_what(found)}; it must return its output with {what}")
        return found[0], found[1]
    return found, None


def gradients(layer: Any, form: Form, args: Sequence[Any], cotangent: Any, more: Any) -> tuple[Any, ...]:
    """The gradients that a backward leaves and returns, behind a forward."""
    returned = more if form.calls == ("value",) else backward(layer, form, args, cotangent, more)
    of_inputs = [None if path is None else at(layer if form.kept else returned, path) for path in form.inputs]
    of_parameters = {parameter.name: _of_parameter(layer, parameter, args, returned) for parameter in form.parameters}
    found = (*of_inputs, of_parameters, None)
    return times(cotangent, found) if form.ignores or form.calls in (("value",), ("inputs",), ()) else found


def _of_parameter(layer: Any, parameter: Parameter, args: Sequence[Any], returned: Any) -> Any:
    if parameter.applied:
        return args[-2][parameter.name] - at(layer, parameter.paths[0])
    return None if parameter.gradient is None else at(returned if parameter.returned else layer, parameter.gradient)


def backward(layer: Any, form: Form, args: Sequence[Any], cotangent: Any, more: Any) -> Any:
    """What the backward of an object returns."""
    *inputs, _, _ = args
    given: list[Any] = []
    for kind in form.calls:
        if kind == "inputs":
            given += inputs
        else:
            given.append({"cotangent": cotangent, "cache": more, "rate": 1.0}[kind])
    method = getattr(layer, form.backward)
    return contained(method) if form.ignores else contained(method, *given)


def zero(layer: Any, form: Form) -> None:
    """Let an object set its gradients to zero, if it can."""
    if form.zero:
        contained(getattr(layer, form.zero))


def copied(value: Any) -> Any:
    """Gradients that no later call can change.

    >>> copied({"w": np.ones(1), "n": None, "b": 2.0})
    {'w': array([1.]), 'n': None, 'b': 2.0}
    """
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    return value.copy() if isinstance(value, np.ndarray) and is_float(value) else value
