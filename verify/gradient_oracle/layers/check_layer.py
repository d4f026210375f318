"""`check_layer(make, x)`: is the backward of a layer or a network the derivative of its forward, by its own protocol?

`make()` builds a fresh object; a call of it is its forward and then its backward, on the same object. Its parameters are
arguments like its inputs, put into the fresh object wherever they stand. Gradients are found where people keep them:
returned, in `grads` or `gradients` beside `params` (lists or dictionaries, also of nested layers), in `dW` beside `W`, on
parameter objects (`p.grad`); else `parameters={"W": "where its gradient is"}` says it.

>>> class Dense:
...     def __init__(self):
...         self.params = {"W": np.array([[1.0, -2.0]]), "b": np.zeros(2)}
...         self.grads = {}
...     def forward(self, x):
...         self.x = x
...         return np.tanh(x @ self.params["W"] + self.params["b"])
...     def backward(self, d):
...         d = d * (1 - np.tanh(self.x @ self.params["W"] + self.params["b"]) ** 2)
...         self.grads["W"], self.grads["b"] = self.x.T @ d, d.sum(axis=0)
...         return d @ self.params["W"].T
>>> check_layer(Dense, np.array([[0.5], [2.0]]), effort="quick").ok
True
>>> class Wrong(Dense):
...     def backward(self, d):
...         found = Dense.backward(self, d)
...         self.grads["b"] = d.sum(axis=0)
...         return found
>>> result = check_layer(Wrong, np.array([[0.5], [2.0]]))
>>> result.verdict, result.findings[0].where
(<Verdict.WRONG: 'WRONG'>, "params['b']")
>>> check_layer(Dense(), np.ones((1, 1)))
Traceback (most recent call last):
    ...
TypeError: make must be a function that builds a fresh layer, found a Dense; write check_layer(lambda: Dense(…), x)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np

from backproof.verify.gradient_oracle.check import Asked, answered
from backproof.verify.gradient_oracle.given.arguments import must_be_taken
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.functions import takes
from backproof.verify.gradient_oracle.given.names import named
from backproof.verify.gradient_oracle.given.options import taken_options
from backproof.verify.gradient_oracle.given.words import of_what, one_line
from backproof.verify.gradient_oracle.handed.arguments import Handed, handed_over, names_of_arguments
from backproof.verify.gradient_oracle.handed.randomness import Sources, seeded_states, watched, with_seed
from backproof.verify.gradient_oracle.handed.reproduction import of_layer
from backproof.verify.gradient_oracle.handed.sizes import all_of, together
from backproof.verify.gradient_oracle.handed.trees import name_of, paths_of, put_together, taken_apart
from backproof.verify.gradient_oracle.handed.trial import on_trial
from backproof.verify.gradient_oracle.layers import running
from backproof.verify.gradient_oracle.layers.finding import Seen, form_of
from backproof.verify.gradient_oracle.layers.protocol import Protocol, probe_layer
from backproof.verify.gradient_oracle.planned.effort import taken_effort
from backproof.verify.gradient_oracle.probes.calls import ProtocolFinding
from backproof.verify.gradient_oracle.result import CheckResult

MOST_SHOWN = 6  # chosen: arrays that a note names; a screen holds it


def check_layer(
    make: Callable[[], Any],
    x: Any,
    *,
    parameters: Mapping[str, str] | Sequence[str] | None = None,
    forward: str = "",
    backward: str = "",
    cotangent: Any = None,
    domain: Callable[..., bool] | None = None,
    effort: Literal["quick", "default", "thorough"] = "default",
    timeout: float | None = None,
    seed: int = 0,
    name: str | None = None,
) -> CheckResult:
    """Check the backward of what `make()` builds.

    `x` is the input of its forward, or a tuple of the inputs; labels and whatever else is no float go along.
    `parameters` names the arrays that are differentiated, by paths like "W" or "layers[0].W", or says for each where its
    gradient is ("dW", "grads['W']", "returned[1]"). `forward` and `backward` are the names of its methods, where they
    are unusual. `domain(*inputs)` says which inputs it is meant for; the other options are those of `check`.

    Train and evaluation mode are tried, where it has them; random numbers are the same in every call. TypeError where
    `make` does not build a layer, ValueError where no gradient is found.
    """
    if not callable(make) or (not isinstance(make, type) and hasattr(make, "backward") and not inspect.isroutine(make)):
        kind = one_line(type(make).__name__)
        found = of_what(make) if not callable(make) else f"a {kind}"
        raise TypeError(f"make must be a function that builds a fresh layer, found {found}; write check_layer(lambda: {kind}(…), x)")
    takes("make", make, 0, "no arguments", "check_layer(lambda: Layer(…), x)")
    taken_options(seed=seed, name=name, timeout=timeout)
    taken_effort(effort)
    inputs = x if isinstance(x, tuple) and not hasattr(x, "_fields") else (x,)
    for k, value in enumerate(inputs):
        for leaf in taken_apart(value)[0]:
            must_be_taken(f"input {k}", leaf)
    seen, sources = watched(lambda: form_of(make, inputs, parameters=parameters, forward=forward, backward=backward), [make], seed)
    about = _said_of(seen, make, inputs)
    if sources is not None:
        layer = contained(make)
        for _ in range(seen.form.lazy):
            contained(getattr(layer, seen.form.forward), *inputs)
        _, drawn = watched(lambda: contained(getattr(layer, seen.form.forward), *inputs), [make])
        about += [] if drawn is None else [drawn.words]
    seeds = sources or (Sources((), seeded_states(seed)) if seen.form.training is not None else None)
    seen = replace(seen, form=replace(seen.form, ignores=_ignores_cotangent(make, seen, inputs, seeds)))
    if seen.form.ignores:
        about.append("the backward uses no cotangent: checked as the gradient of the forward's one number")
    handed, names = _handed(seen, inputs, make)
    handed = replace(handed, about=tuple(about))
    f, vjp = partial(running.run_forward, make, seen.form, np), partial(running.run_backward, make, seen.form, np)
    rng = np.random.default_rng(seed)

    def seeded(code: Callable[[], Any]) -> Any:
        return code() if seeds is None else with_seed(code, seeds)()

    def probes() -> tuple[list[ProtocolFinding], list[str]]:
        args = (*inputs, seen.values, seen.form.training)
        protocol = Protocol(make, seen.form, args, _random_like(seen.out, rng), names, seeded)
        return probe_layer(protocol), protocol.said

    asked = Asked(
        name=one_line(name or _name_of(make)),
        functions=_methods(make, seen),
        prepare=lambda: on_trial(handed, f, vjp, cotangent=cotangent, sources=seeds, watch=False),
        paste=partial(
            _pasted,
            make,
            len(inputs),
            {"parameters": parameters, "forward": forward, "backward": backward, "effort": effort, "domain": domain},
        ),
        domain=all_of(
            together(handed.core, handed.frame.pinned), None if domain is None else partial(_inside, domain, handed.frame, len(inputs))
        ),
        effort=effort,
        timeout=timeout,
        seed=seed,
        named=name,
        probes=probes,
    )
    with named(handed.names):
        return answered(asked, handed.core)


def _handed(seen: Seen, inputs: Sequence[Any], make: Callable[[], Any]) -> tuple[Handed, tuple[str, ...]]:
    """The arguments of a call as flat ones, and the names of all leaves. ValueError where nothing has a gradient."""
    form = seen.form
    differentiated = [k for k, path in enumerate(form.inputs) if path is not None and any(map(is_float, taken_apart(inputs[k])[0]))]
    differentiated += [len(inputs)] if form.parameters else []
    if not differentiated:
        raise ValueError(
            "no gradient was found: the backward returns none of its input, and none stands beside an array of the layer; "
            f'write parameters={{"W": "where its gradient is"}}{_whole(inputs)}'
        )
    handed = handed_over((*inputs, seen.values, form.training), None, wrt=differentiated)
    roots = names_of_arguments(getattr(contained(make), form.forward), len(inputs))
    given = [root or ("x" if len(inputs) == 1 else f"x[{k}]") for k, root in enumerate(roots)]
    leaves = [name_of(root, path) for root, value in zip(given, inputs, strict=True) for path in paths_of(taken_apart(value)[1])]
    parts = [handed.frame.structure.parts[k].count for k in range(len(inputs))]
    if sum(parts) != len(leaves):  # an input that holds no float is one leaf
        leaves = [
            name
            for root, value, count in zip(given, inputs, parts, strict=True)
            for name in ([root] if count == 1 else [name_of(root, path) for path in paths_of(taken_apart(value)[1])])
        ]
    every = [
        *leaves,
        *(p.name for p in form.parameters or [None] if p is not None),
        *([] if form.parameters else ["parameters"]),
        "training",
    ]
    core = tuple(name for name, slot in zip(every, handed.frame.slots, strict=True) if slot is not None)
    return replace(handed, names=core), tuple(every)


def _whole(inputs: Sequence[Any]) -> str:
    """That the input holds no floats, and so has no gradient; "" where it does."""
    if any(is_float(leaf) for value in inputs for leaf in taken_apart(value)[0]):
        return ""
    return f"; x is {', '.join(map(of_what, inputs))}, which has no gradient: write np.asarray(x, dtype=float) if it should have one"


def _said_of(seen: Seen, make: Callable[[], Any], inputs: Sequence[Any]) -> list[str]:
    """What was found, in words."""
    form = seen.form
    roots = names_of_arguments(getattr(contained(make), form.forward), len(inputs))
    of_inputs = [
        f"{root or 'x'} ({name_of('', path) if form.kept else 'returned'})"
        for root, path in zip(roots, form.inputs, strict=True)
        if path is not None
    ]
    found = [*of_inputs, *(f"{p.name} ({p.where})" for p in form.parameters)]
    said = [f"gradients: {_few(found)}"]
    floats = [root or "x" for root, value in zip(roots, inputs, strict=True) if is_float(value)]
    with_gradient = {root or "x" for root, path in zip(roots, form.inputs, strict=True) if path is not None}
    data = [root for root in floats if root not in with_gradient]
    said += [f"no gradient is returned for {', '.join(data)}: taken as data"] if data else []
    return said + ([f"without a gradient, and left as they are: {_few(form.untouched)}"] if form.untouched else [])


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_SHOWN
    return ", ".join(names[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _ignores_cotangent(make: Callable[[], Any], seen: Seen, inputs: Sequence[Any], seeds: Sources | None) -> bool:
    """Whether the backward has a cotangent by default, and gives the same whatever it is: that of a loss."""
    form = seen.form
    if form.calls != ("cotangent",) or np.size(seen.out) != 1:
        return False
    parameters = [
        p for p in inspect.signature(getattr(contained(make), form.backward)).parameters.values() if p.name not in ("args", "kwargs")
    ]
    if not parameters or parameters[0].default is inspect.Parameter.empty:
        return False
    args = (*inputs, seen.values, form.training)
    run = partial(running.run_backward, make, form, np, args, seen.out)
    run = run if seeds is None else with_seed(run, seeds)
    found = [run(np.full(np.shape(seen.out), one)) for one in (1.0, 2.0)]
    pairs = list(zip(*(taken_apart(gradients)[0] for gradients in found), strict=True))
    return all(a is b or np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs) and any(
        np.any(a) for a, _ in pairs if a is not None
    )


def _random_like(out: Any, rng: np.random.Generator) -> Any:
    leaves, structure = taken_apart(out)
    return put_together(structure, [np.asarray(rng.normal(size=np.shape(leaf))) if is_float(leaf) else None for leaf in leaves])


def _inside(domain: Callable[..., bool], frame: Any, count: int, *core: Any) -> Any:
    return contained(domain, *frame.arguments(core)[:count])


def _methods(make: Callable[[], Any], seen: Seen) -> tuple[Any, ...]:
    layer = contained(make)
    return tuple(getattr(layer, name) for name in dict.fromkeys((seen.form.forward, seen.form.backward)))


def _name_of(make: Callable[[], Any]) -> str:
    return make.__name__ if isinstance(make, type) else type(contained(make)).__name__


def _pasted(
    make: Callable[[], Any], count: int, told: Mapping[str, Any], args: Sequence[Any], cotangent: Any, seed: int, held: Sequence[str]
) -> str:
    """Lines that check the layer again, and the parameters at which it failed."""
    values = args[count] if len(args) > count else {}
    options = {name: value for name, value in told.items() if value and name != "domain" and value != "default"}
    return of_layer(make, tuple(args[:count]), values, {"domain": told["domain"]}, options, seed, held)
