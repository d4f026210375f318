"""The form of a layer, seen by running it: `form_of(make, inputs)`.

It is run on two fresh objects: once with the inputs and its backward, which shows where gradients are; once with other
inputs behind, which shows what is kept of a forward and is no parameter.

>>> class Scale:
...     def __init__(self):
...         self.w = np.array([2.0])
...     def forward(self, x):
...         self.x = x
...         return self.w * x
...     def backward(self, d):
...         self.dw = np.sum(d * self.x, keepdims=True)
...         return d * self.w
>>> form = form_of(Scale, (np.array([1.0, 2.0]),)).form
>>> form.forward, form.backward, form.inputs, [(p.name, p.where) for p in form.parameters]
('forward', 'backward', ((),), [('w', 'dw')])
>>> form_of(dict, (np.ones(1),))
Traceback (most recent call last):
    ...
TypeError: make() returns a dict ({}), which has no forward; it must build a layer, or say forward="its name"
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.words import of_what, one_line
from backproof.verify.gradient_oracle.handed.arguments import names_of_arguments
from backproof.verify.gradient_oracle.handed.trees import Path, name_of, put_together, taken_apart
from backproof.verify.gradient_oracle.layers import running
from backproof.verify.gradient_oracle.layers.form import (
    BACKWARDS,
    FORWARDS,
    GRADIENTS,
    LOSSES,
    MODES,
    OF_INPUTS,
    OUTPUTS,
    ZEROING,
    Form,
    Parameter,
)
from backproof.verify.gradient_oracle.layers.gradients import kept_gradients, layers_arrays, returned_gradients
from backproof.verify.gradient_oracle.layers.objects import at, held_in, is_there, path_of

RATES = ("lr", "learning_rate", "alpha", "eta", "rate", "step_size", "learningrate")
CACHES = ("cache", "caches", "memory", "ctx", "context")
INPUTS = ("x", "input", "inputs", "a_prev", "x_in", "inp")
"""What parameters of a backward are called, in small letters, that are no cotangent."""
OTHER = 1.25  # chosen: by which other inputs are larger; exact, and near enough to stay in most domains
RETURNED = "returned"
Told = Mapping[str, str] | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class Seen:
    """The form of a layer, the values of its parameters by name, and its output."""

    form: Form
    values: dict[str, Any]
    out: Any


def form_of(make: Callable[[], Any], inputs: Sequence[Any], *, parameters: Told = None, forward: str = "", backward: str = "") -> Seen:
    """The form of what `make()` builds. TypeError where there is no forward or backward, ValueError where `parameters`
    names what is not there; what the layer raises passes."""
    layer = contained(make)
    form = _methods(layer, inputs, forward, backward)
    before = {path: value for path, value in held_in(layer) if is_float(value)}
    at_first = {path: np.array(value, copy=True) for path, value in before.items()}
    args = (*inputs, {}, None)
    out, more = _run(layer, form, args)
    if out is None and more is None:
        form = replace(form, output=_output_of(layer))
        out = at(layer, form.output) if form.output else None
    cotangent = _ones(out)
    before_it = {path: np.array(value, copy=True) for path, value in held_in(layer) if is_float(value)}
    try:
        returned = more if form.calls == ("value",) else running.backward(layer, form, args, cotangent, more)
    except Exception as error:
        if not is_the_codes(error):
            raise
        every = tuple(() if any(map(is_float, taken_apart(value)[0])) else None for value in inputs)
        return Seen(replace(form, inputs=every), {}, out)  # the judge will see it raise
    steady = _steady(make, form, inputs, layer)
    arrays = [(path, value) for path, value in layers_arrays(layer) if path in steady]
    if isinstance(parameters, Mapping):
        pairs = {path_of(name): _told(text) for name, text in parameters.items()}
        told = zip(parameters.values(), pairs.items(), strict=True)
        nowhere = [text for text, (own, (path, back)) in told if is_there(layer, own) and not (back or is_there(layer, path))]
        if nowhere:
            raise ValueError(
                f"parameters says that a gradient is at {', '.join(nowhere)}, where nothing is after the backward; say where it is"
            )
        kept: list[tuple[Path, Path | None, bool]] = [(path, gradient, back) for path, (gradient, back) in pairs.items()]
    else:
        kept = [(path, gradient, False) for path, gradient in kept_gradients(layer) if path in steady]
    no_inputs = form.calls in (("inputs",), ("value",))
    owned = {id(at(layer, path)) for path, _, _ in kept}
    free = [(path, value) for path, value in arrays if no_inputs or id(value) not in owned]
    names = names_of_arguments(getattr(layer, form.forward), len(inputs))
    of_inputs, of_returned = returned_gradients(returned, [] if no_inputs else inputs, free, names)
    if not isinstance(parameters, Mapping):
        kept = [*((path, gradient, True) for path, gradient in of_returned), *kept]
    if "rate" in form.calls and not kept:
        kept = [
            (path, None, False) for path in before if path in steady and not np.array_equal(np.asarray(at(layer, path)), before_it[path])
        ]
    found = _parameters(layer, kept)
    if "rate" in form.calls:
        found = [replace(p, applied=p.gradient is None) for p in found]
    if returned is None and not any(path is not None for path in of_inputs):
        of_inputs, form = _kept_inputs(layer, inputs, names, form)
    if parameters is not None and not isinstance(parameters, Mapping):
        found = _chosen(found, parameters)
    missing = [p.name for p in found if at(layer, p.paths[0]) is None]
    if missing:
        raise ValueError(f"parameters names {', '.join(missing)}, which the layer does not have; write a path as W or layers[0].W")
    known = {id(at(layer, path)) for p in found for path in p.paths}
    lazy = any(all(path not in before for path in p.paths) for p in found)
    found = [replace(p, paths=tuple(path for path in p.paths if path in before) or p.paths) for p in found]  # no caches
    form = replace(
        form,
        parameters=tuple(found),
        inputs=(None,) * len(inputs) if no_inputs else tuple(of_inputs),
        lazy=lazy,
        untouched=tuple(dict.fromkeys(name_of("", p) for p, v in arrays if id(v) not in known and not _is_gradient_of(found, p))),
    )
    values = {p.name: _value(at(layer, p.paths[0]), before, at_first, p) for p in found}
    return Seen(form, values, out)


def _output_of(layer: Any) -> Path:
    """Where a layer keeps its output, if its forward returns nothing. TypeError where that is not seen."""
    for name in OUTPUTS:
        if is_float(getattr(layer, name, None)):
            return (("attribute", name),)
    raise TypeError(f"the forward returns None, and no output is kept as {', '.join(OUTPUTS[:3])}: is a return missing?")


def _kept_inputs(layer: Any, inputs: Sequence[Any], names: Sequence[str], form: Form) -> tuple[list[Path | None], Form]:
    """Where a layer keeps the gradients of its inputs, if its backward returns nothing."""
    found: list[Path | None] = []
    for value, name in zip(inputs, names, strict=True):
        own = [f"d{name}", f"grad_{name}", f"{name}_grad"] if name else []
        known = [*own, *OF_INPUTS] if len(inputs) == 1 else own
        kept = next((other for other in known if is_float(value) and is_float(getattr(layer, other, None))), None)
        found.append(None if kept is None else (("attribute", kept),))
    return found, replace(form, kept=any(path is not None for path in found))


def _value(now: Any, before: Mapping[Path, Any], at_first: Mapping[Path, Any], parameter: Parameter) -> Any:
    """The value of a parameter as the layer was made, if it was there then."""
    path = parameter.paths[0]
    return at_first[path] if path in before and isinstance(now, np.ndarray) else now


def _is_gradient_of(parameters: Sequence[Parameter], path: Path) -> bool:
    return any(p.gradient == path and not p.returned for p in parameters)


def _told(text: str) -> tuple[Path, bool]:
    """Where a gradient is, as somebody writes it: `dW`, `grads['W']`, `returned[1]`."""
    path = path_of(text)
    return (path[1:], True) if path[0] == ("attribute", RETURNED) else (path, False)


def _methods(layer: Any, inputs: Sequence[Any], forward: str, backward: str) -> Form:
    """The methods of a layer, and how its backward is called."""
    has = lambda names: next((name for name in names if callable(getattr(layer, name, None))), "")  # noqa: E731
    back = backward or has(BACKWARDS)
    ahead = forward or has(FORWARDS)
    for name in filter(None, (forward, backward)):
        if not callable(getattr(layer, name, None)):
            raise TypeError(f"make() returns {of_what(layer)}, which has no method {name!r}; write the name of one that it has")
    if forward and backward == forward:
        form = Form(forward, forward, calls=("value",))
    elif back and ahead:
        form = Form(ahead, back, calls=_calls(getattr(layer, back), getattr(layer, ahead)))
    elif forward in LOSSES or (has(LOSSES) and not forward):
        loss, gradient = forward or has(LOSSES), backward or has(GRADIENTS)
        form = Form(loss, gradient, calls=("inputs",)) if gradient else Form(loss, loss, calls=("value",))
    else:
        what = "forward" if not ahead else "backward"
        raise TypeError(f'make() returns {of_what(layer)}, which has no {what}; it must build a layer, or say {what}="its name"')
    return replace(form, zero=has(ZEROING), **_modes(layer, form))


def _calls(backward: Any, forward: Any) -> tuple[str, ...]:
    """What a backward is given, by the names of the parameters that it needs."""
    try:
        parameters = [p for p in inspect.signature(backward).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        return ("cotangent",)
    if not parameters:
        return ()
    needed = [p.name for p in parameters if p.default is p.empty] or [parameters[0].name]
    own = [name.lower() for name in names_of_arguments(forward, 1)]
    kinds: list[str] = []
    for name in needed:
        small = name.lower().strip("_")
        if small in RATES:
            kinds.append("rate")
        elif small in CACHES or ("cotangent" in kinds and len(needed) == len(kinds) + 1):
            kinds.append("cache")
        elif len(needed) > 1 and (small in INPUTS or small in own):
            kinds.append("inputs")
        else:
            kinds.append("cotangent")
    return tuple(kinds)


def _modes(layer: Any, form: Form) -> dict[str, Any]:
    """Where it is kept whether a layer trains."""
    flags = [path for path, value in held_in(layer) if path[-1] in [("attribute", m) for m in MODES] and isinstance(value, bool)]
    if flags:
        return {"modes": tuple(flags), "training": bool(at(layer, flags[0]))}
    if callable(getattr(layer, "train", None)) and callable(getattr(layer, "eval", None)):
        return {"mode_methods": ("train", "eval"), "training": True}
    try:
        parameters = inspect.signature(getattr(layer, form.forward)).parameters
    except (TypeError, ValueError):
        return {}
    told = next((p for p in parameters.values() if p.name in MODES and isinstance(p.default, bool)), None)
    return {"mode_keyword": told.name, "training": bool(told.default)} if told else {}


def _run(layer: Any, form: Form, args: Sequence[Any]) -> tuple[Any, Any]:
    with np.errstate(all="ignore"):
        return running.forward(layer, form, args)


def _ones(out: Any) -> Any:
    """A cotangent of ones, for each output that has one."""
    leaves, structure = taken_apart(out)
    return put_together(structure, [np.ones_like(leaf) if is_float(leaf) else None for leaf in leaves])


def _steady(make: Callable[[], Any], form: Form, inputs: Sequence[Any], layer: Any) -> set[Path]:
    """The paths of arrays that no forward changes, and that are no input."""
    other = contained(make)
    own = [id(leaf) for leaf in taken_apart(tuple(inputs))[0]]
    contained(getattr(other, form.forward), *inputs)
    first = {path: np.array(value, copy=True) for path, value in held_in(other) if is_float(value) and id(value) not in own}
    try:
        contained(getattr(other, form.forward), *map(_changed, inputs))
    except Exception as error:
        if not is_the_codes(error):
            raise
    now = {path: value for path, value in held_in(other) if is_float(value)}
    same = {path for path, value in first.items() if path in now and np.array_equal(np.asarray(now[path]), value, equal_nan=True)}
    return {path for path in same if is_float(at(layer, path)) and not _is_of_a_forward(at(layer, path), inputs)}


def _changed(value: Any) -> Any:
    """Another input."""
    leaves, structure = taken_apart(value)
    return put_together(structure, [leaf * OTHER + 0.25 if isinstance(leaf, np.ndarray) and is_float(leaf) else leaf for leaf in leaves])


def _is_of_a_forward(value: Any, inputs: Sequence[Any]) -> bool:
    return any(value is leaf for leaf in taken_apart(tuple(inputs))[0])


def _parameters(layer: Any, kept: Sequence[tuple[Path, Path | None, bool]]) -> list[Parameter]:
    """One parameter for each array, with all paths at which it stands."""
    everywhere: dict[int, list[Path]] = {}
    for path, value in held_in(layer):
        if isinstance(value, np.ndarray) and is_float(value):
            everywhere.setdefault(id(value), []).append(path)
    found: dict[Any, Parameter] = {}
    for path, gradient, returned in kept:
        value = at(layer, path)
        key = id(value) if isinstance(value, np.ndarray) else path
        known = found.get(key)
        if known is None:
            paths = tuple(dict.fromkeys((path, *everywhere.get(id(value), ()))))
            found[key] = Parameter(name_of("", path), paths, gradient, returned)
        elif known.gradient is None and gradient is not None:
            found[key] = replace(known, gradient=gradient, returned=returned)
    return [replace(p, beside=_others(p, everywhere, layer)) for p in found.values()]


def _others(parameter: Parameter, everywhere: dict[int, list[Path]], layer: Any) -> tuple[Path, ...]:
    """The other paths at which its gradient stands."""
    if parameter.gradient is None or parameter.returned:
        return ()
    return tuple(path for path in everywhere.get(id(at(layer, parameter.gradient)), ()) if path != parameter.gradient)


def _chosen(found: Sequence[Parameter], names: Sequence[str]) -> list[Parameter]:
    """Those that are named, by one of their paths."""
    wanted = [names] if isinstance(names, str) else list(names)
    chosen: list[Parameter] = []
    for name in wanted:
        path = path_of(name)
        one = next((p for p in found if path in p.paths), None)
        if one is None:
            known = ", ".join(p.name for p in found) or "none"
            raise ValueError(
                f"parameters names {one_line(name)}, of which no gradient was found (found: {known}); "
                f'write parameters={{"{one_line(name)}": "where its gradient is"}}'
            )
        chosen.append(replace(one, name=name))
    return chosen
