"""What is on trial: a flat forward, a flat backward and flat arguments, made of what the caller gave, with what is to
be said of it; and how a point is written down in the caller's own form.

>>> from backproof.verify.gradient_oracle.handed.arguments import handed_over
>>> handed = handed_over((np.array([3.0]), {"a": 2.0}), lambda x, p: x * p["a"])
>>> def vjp(args, out, ct):
...     return ct * args[1]["a"], {"a": np.sum(ct * args[0])}
>>> trial = on_trial(handed, lambda x, p: x * p["a"], vjp)
>>> trial.names, trial.returned, trial.vjp(trial.args, trial.returned, np.ones(1))
(('x', "p['a']"), array([6.]), (array([2.]), np.float64(3.0)))
>>> trial.as_given((np.array([1.0]), 5.0))
(array([1.]), {'a': 5.0})
>>> on_trial(handed, lambda x, p: x > p["a"], vjp)  # doctest: +IGNORE_EXCEPTION_DETAIL
Traceback (most recent call last):
    ...
ValueError: f must return an array of floats, found one of dtype bool
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.outputs import called_at, must_agree, must_be_scalar, taken_output
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.arguments import Handed
from backproof.verify.gradient_oracle.handed.equations import must_solve, polished
from backproof.verify.gradient_oracle.handed.functions import flat, with_trees
from backproof.verify.gradient_oracle.handed.outputs import joined, left_out, must_be_for_each, must_have_a_derivative
from backproof.verify.gradient_oracle.handed.randomness import Sources, watched, with_seed
from backproof.verify.gradient_oracle.handed.trees import is_container
from backproof.verify.lift.lifted import Function


@dataclass(frozen=True, eq=False)
class Trial:
    """A backward pass on trial.

    `f`, `vjp`, `args`   flat: of arrays and numbers, the output one array
    `returned`  what f returned at the arguments, `cotangent` that of the caller for it
    `names`     what the arguments are called, where they have names
    `about`     what is to be said of what was given
    `as_given`  arguments in the form of the caller
    `several`   whether there are several outputs
    """

    f: Function
    vjp: Function
    args: tuple[Any, ...]
    returned: Any
    cotangent: Any = None
    names: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    as_given: Callable[[Sequence[Any]], tuple[Any, ...]] = field(default=tuple)
    several: bool = False


def on_trial(
    handed: Handed,
    f: Function,
    vjp: Function,
    *,
    reference: Function | None = None,
    residual: Function | None = None,
    scalar: bool = False,
    cotangent: Any = None,
    sources: Sources | None = None,
    watch: bool = True,
    seed: int = 0,
) -> Trial:
    """The trial of vjp as the backward of f, or of the `reference` of f. What f raises at the arguments passes; TypeError
    or ValueError if it does not return floats, or not one number where that is asked for, or another result than the
    reference, or no root of the `residual`. Where nobody is to `watch` for random numbers, they come from these `sources`."""
    forward = reference or (f if residual is None else polished(f, residual))
    whole = with_trees(forward, handed.frame) if not handed.plain else forward
    about = list(handed.about)
    if watch:
        out, sources = watched(lambda: called_at(whole, handed.core), [forward, vjp], seed)
        about += [] if sources is None else [sources.words]
    else:
        out = called_at(whole if sources is None else with_seed(whole, sources), handed.core)
    if reference is not None:
        must_agree(*(_as_vector(called_at(with_trees(g, handed.frame), handed.core)) for g in (f, reference)))
    if residual is not None:
        args = handed.frame.arguments(handed.core)
        must_solve(residual, args, called_at(with_trees(f, handed.frame), handed.core))
        about.append("judged against the equation residual=…, at its root")
    several = is_container(out)
    if several:
        must_have_a_derivative(out)
        about += [f"f returns {of_what(out)}: the backward gets a cotangent for each output, in that form"]
        about += [f"without a derivative, and left out: {', '.join(left_out(out))}"] if left_out(out) else []
        if cotangent is not None:
            must_be_for_each(cotangent, out)
            cotangent = joined(np, cotangent, {})
    else:
        taken_output(out)
    if scalar:
        must_be_scalar(_as_vector(out))
    if sources is not None:
        forward, vjp = with_seed(forward, sources), with_seed(vjp, sources)
    trial = Trial(forward, vjp, handed.core, out, cotangent, handed.names, tuple(about))
    if handed.plain and not several:
        return trial
    flat_forward, flat_backward = flat(forward, vjp, handed.frame)
    as_given = handed.frame.arguments
    return replace(trial, f=flat_forward, vjp=flat_backward, returned=joined(np, out, {}), as_given=as_given, several=several)


def _as_vector(out: Any) -> Array:
    return taken_output(joined(np, out, {}))
