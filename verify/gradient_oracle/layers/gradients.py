"""Where people keep gradients: in containers beside those of the parameters (`grads` beside `params`), in attributes
beside the arrays (`dW` beside `W`), on parameter objects (`p.grad` beside `p.data`), or in what the backward returns.

>>> from backproof.verify.gradient_oracle.handed.trees import name_of
>>> class Dense:
...     def __init__(self):
...         self.W, self.b = np.ones((3, 2)), np.zeros(2)
>>> layer = Dense()
>>> layer.dW, layer.db = np.ones((3, 2)), np.ones(2)
>>> kept = kept_gradients(layer)
>>> [(name_of("", array), name_of("", gradient)) for array, gradient in kept]
[('W', 'dW'), ('b', 'db')]
>>> layer = Dense()
>>> candidates = [(path, value) for path, value in held_in(layer)]
>>> returned = (np.ones((4, 3)), np.ones((3, 2)), np.ones(2))
>>> inputs, found = returned_gradients(returned, [np.ones((4, 3))], candidates)
>>> [name_of("returned", path) for path in inputs], [(name_of("", a), name_of("returned", g)) for a, g in found]
(['returned[0]'], [('W', 'returned[1]'), ('b', 'returned[2]')])
>>> returned_gradients("nothing", [np.ones(2)], [])
([None], [])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.handed.trees import Path, is_container, paths_of, taken_apart
from backproof.verify.gradient_oracle.layers.objects import held_in
from backproof.verify.gradient_oracle.running import is_gradient

PARAMETERS = ("params", "parameters", "_params", "_parameters", "trainable_params", "trainable_weights", "weights", "W", "theta")
CONTAINERS = ("grads", "gradients", "_grads", "_gradients", "dparams", "d_params", "param_grads", "grad", "gradient", "dweights", "dW")
"""Names of containers of parameters, and of those of their gradients."""
BESIDE = (
    "d{}",
    "d_{}",
    "{}_grad",
    "{}grad",
    "grad_{}",
    "grad{}",
    "{}_gradient",
    "gradient_{}",
    "g_{}",
    "delta_{}",
    "nabla_{}",
    "{}_g",
    "{}_d",
    "D{}",
)
"""What a gradient is called whose array is called {}; in small letters too."""
VALUES = ("data", "value", "values", "array", "val", "_data", "_value", "w", "W", "weight", "param", "tensor", "arr", "x", "v")
OF_OBJECTS = ("grad", "gradient", "_grad")
"""Attributes of parameter objects: the array, and its gradient."""


def kept_gradients(layer: Any) -> list[tuple[Path, Path | None]]:
    """The paths of arrays, each with that of its gradient: None where the container of gradients has none for it. One
    array may have several paths, and several gradients."""
    found: dict[Path, Path | None] = {}
    for path, thing in [((), layer), *held_in(layer)]:
        for array, gradient in (
            *_in_containers(path, thing),
            *_on_objects(path, thing),
            *_beside(path, thing),
            *_by_attribute(path, thing),
        ):
            if found.get(array) is None:
                found[array] = gradient
    return list(found.items())


def _attributes(thing: Any) -> Mapping[str, Any]:
    return getattr(thing, "__dict__", {}) if not isinstance(thing, type | np.ndarray) else {}


def _in_containers(path: Path, thing: Any) -> Iterator[tuple[Path, Path | None]]:
    own = _attributes(thing)
    for parameters in PARAMETERS:
        arrays = own.get(parameters)
        if not isinstance(arrays, dict | list | tuple) or not arrays:
            continue
        for gradients in CONTAINERS:
            there = own.get(gradients)
            if isinstance(there, dict | list | tuple) and there:
                pairs = list(_matching(arrays, there, (*path, ("attribute", parameters)), (*path, ("attribute", gradients))))
                if any(gradient is not None for _, gradient in pairs):
                    yield from pairs
                    break


def _by_attribute(path: Path, thing: Any) -> Iterator[tuple[Path, Path]]:
    """Attributes whose gradients stand in a dictionary, by their names."""
    own = _attributes(thing)
    for container in CONTAINERS:
        gradients = own.get(container)
        if not isinstance(gradients, dict):
            continue
        for name, array in own.items():
            key = _key_for(name, gradients) if is_float(array) else None
            if key is not None and gradients[key] is not None:
                yield (*path, ("attribute", name)), (*path, ("attribute", container), ("item", key))


def _matching(arrays: Any, gradients: Any, at_arrays: Path, at_gradients: Path) -> Iterator[tuple[Path, Path | None]]:
    """The arrays of one container with the gradients of another one of its kind."""
    if isinstance(arrays, dict) and isinstance(gradients, dict):
        for key, array in arrays.items():
            other = _key_for(key, gradients)
            yield from _one(array, gradients.get(other), (*at_arrays, ("item", key)), (*at_gradients, ("item", other)), other is not None)
    elif isinstance(arrays, list | tuple) and isinstance(gradients, list | tuple) and len(arrays) == len(gradients):
        for k, (array, gradient) in enumerate(zip(arrays, gradients, strict=True)):
            yield from _one(array, gradient, (*at_arrays, ("item", k)), (*at_gradients, ("item", k)), True)


def _one(array: Any, gradient: Any, at_array: Path, at_gradient: Path, there: bool) -> Iterator[tuple[Path, Path | None]]:
    if is_container(array) and is_container(gradient):
        yield from _matching(array, gradient, at_array, at_gradient)
    elif is_float(array):
        yield at_array, at_gradient if there and gradient is not None else None


def _key_for(key: Any, gradients: Mapping[Any, Any]) -> Any:
    """The key of a gradient: that of the array, or one that is made of it."""
    if key in gradients or not isinstance(key, str):
        return key if key in gradients else None
    return next((name for name in _names_beside(key) if name in gradients), None)


def _names_beside(name: str) -> list[str]:
    lead = "_" if name.startswith("_") else ""
    bare = name.removeprefix("_")
    forms = [form.format(part) for form in BESIDE for part in dict.fromkeys((bare, bare.lower()))]
    return [*(lead + form for form in forms), *(forms if lead else ())]


def _beside(path: Path, thing: Any) -> Iterator[tuple[Path, Path]]:
    own = _attributes(thing)
    for name, array in own.items():
        if is_float(array):
            other = next((other for other in _names_beside(name) if other in own and is_gradient(own[other])), None)
            if other is not None:
                yield (*path, ("attribute", name)), (*path, ("attribute", other))


def _on_objects(path: Path, thing: Any) -> Iterator[tuple[Path, Path]]:
    names = (*_attributes(thing), *(getattr(type(thing), "__slots__", ()) if not isinstance(thing, np.ndarray) else ()))
    for gradient in OF_OBJECTS:
        if gradient not in names or not is_gradient(getattr(thing, gradient, None)):
            continue
        arrays = [name for name in VALUES if name in names and is_float(getattr(thing, name, None))]
        same = [name for name in arrays if np.shape(getattr(thing, name)) == np.shape(getattr(thing, gradient))] or arrays
        if same:
            yield (*path, ("attribute", same[0])), (*path, ("attribute", gradient))
            return


def returned_gradients(
    returned: Any, inputs: Sequence[Any], candidates: Sequence[tuple[Path, Any]], names: Sequence[str] = ()
) -> tuple[list[Path | None], list[tuple[Path, Path]]]:
    """For each input of the forward the path of its gradient in what the backward returned, None where there is none;
    and the arrays of the layer with the paths of theirs there."""
    floats = [k for k, value in enumerate(inputs) if is_float(value)]
    found: list[Path | None] = [None] * len(inputs)
    if is_gradient(returned) and floats:
        same = [k for k in floats if np.shape(inputs[k]) == np.shape(returned)]
        found[same[0] if same else floats[0]] = ()
        return found, []
    if isinstance(returned, dict):
        for k in floats:
            key = _key_for(names[k], returned) if k < len(names) and names[k] else None
            found[k] = None if key is None else (("item", key),)
        return found, list(_by_key(returned, candidates))
    if not isinstance(returned, tuple | list):
        return found, []
    begins = 0
    if len(floats) <= len(returned) and all(_is_input(returned[n], inputs[k], candidates) for n, k in enumerate(floats)):
        for n, k in enumerate(floats):
            found[k] = (("item", n),)
        begins = len(floats)
    rest = list(returned)[begins:]
    if len(rest) == 1 and isinstance(rest[0], dict):
        return found, [(path, (("item", begins), *key)) for path, key in _by_key(rest[0], candidates)]
    leaves, structure = taken_apart(rest)
    paths = [((step, key + begins), *more) for (step, key), *more in paths_of(structure)]
    return found, list(_in_order([(path, leaf) for path, leaf in zip(paths, leaves, strict=True) if is_gradient(leaf)], candidates))


def _is_input(gradient: Any, value: Any, candidates: Sequence[tuple[Path, Any]]) -> bool:
    """Whether what was returned at the place of an input is for it: None, or of its shape, or of no array's shape."""
    if gradient is None or not is_gradient(gradient):
        return gradient is None
    shape = np.shape(gradient)
    return shape == np.shape(value) or all(shape != np.shape(array) for _, array in candidates)


def _by_key(returned: Mapping[Any, Any], candidates: Sequence[tuple[Path, Any]]) -> Iterator[tuple[Path, Path]]:
    for path, array in candidates:
        key = _key_for(path[-1][1], returned)
        if key is not None and is_float(array):
            yield path, (("item", key),)


def _in_order(gradients: Sequence[tuple[Path, Any]], candidates: Sequence[tuple[Path, Any]]) -> Iterator[tuple[Path, Path]]:
    """Arrays and gradients of the same shapes, in the order in which they stand."""
    left = [(path, array) for path, array in candidates if is_float(array)]
    pairs = list(zip(gradients, left, strict=False))
    if len(pairs) == len(gradients) and all(np.size(gradient) == np.size(array) for (_, gradient), (_, array) in pairs):
        yield from ((at_array, at_gradient) for (at_gradient, _), (at_array, _) in pairs)
        return
    for path, gradient in gradients:
        place = next((n for n, (_, array) in enumerate(left) if np.shape(array) == np.shape(gradient)), None)
        if place is not None:
            yield left.pop(place)[0], path


def layers_arrays(layer: Any) -> list[tuple[Path, Any]]:
    """The arrays of floats in a layer, those in containers of parameters first, each once, at its nearest path."""
    everything = [(path, value) for path, value in held_in(layer) if is_float(value) and isinstance(value, np.ndarray)]
    listed = [(path, value) for path, value in everything if any(key in PARAMETERS for step, key in path[:-1] if step == "attribute")]
    known = set[int]()
    found: list[tuple[Path, Any]] = []
    for path, value in (*listed, *everything):
        if id(value) not in known:
            known.add(id(value))
            found.append((path, value))
    return found
