"""State between forward and backward: a cache of the last call, a tape that is used up, a counter, a key that two inputs share."""

from __future__ import annotations

import collections
import threading

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
W = np.array([[0.5, -0.3], [0.8, 0.4], [-0.6, 0.7]])
EXACT = np.array([[0.25, -0.75, 1.0], [0.5, 2.0, -0.5]])
last: dict[str, Array] = {}
tape: list[Array] = []
by_shape: dict[tuple[int, ...], Array] = {}
steps = {"done": 0}
moments: dict[str, Array] = {}
ring: collections.deque[tuple[Array, Array]] = collections.deque(maxlen=4)
by_sum: dict[str, Array] = {}
calls = {"backward": 0}
factors = threading.local()
factors.two = 2.0


def layer(x: Array, w: Array) -> Array:
    last["hidden"] = np.tanh(x @ w)
    return last["hidden"] ** 2


def layer_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    hidden = np.tanh(x @ w)
    inner = 2 * ct * hidden * (1 - hidden**2)
    return inner @ w.T, x.T @ inner


def layer_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The hidden layer is that of the last forward pass of anybody: a second forward before the backward changes the gradient."""
    x, w = args
    inner = 2 * ct * last["hidden"] * (1 - last["hidden"] ** 2)
    return inner @ w.T, x.T @ inner


def exponential(x: Array) -> Array:
    tape.append(np.exp(-x))
    return 1 / (1 + tape[-1])


def exponential_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * out * (1 - out),)


def exponential_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Takes what it needs off a tape: a second backward pass after one forward finds the tape empty, or another call's entry."""
    e = tape.pop()
    tape.clear()
    return (ct * e / (1 + e) ** 2,)


def cached_scale(x: Array) -> Array:
    by_shape[x.shape] = np.sqrt(np.sum(x**2))
    return x / by_shape[x.shape]


def cached_scale_right(args: Args, out: Array, ct: Array) -> Grads:
    return ((ct - out * np.sum(ct * out)) / np.sqrt(np.sum(args[0] ** 2)),)


def cached_scale_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The norm is cached by shape: two inputs of one shape share it."""
    return ((ct - out * np.sum(ct * out)) / by_shape[args[0].shape],)


def cubic(x: Array) -> Array:
    steps["done"] = 0
    return x**3 - x


def cubic_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * (3 * args[0] ** 2 - 1),)


def cubic_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Averages over the calls since the last forward pass, as gradient accumulation does: the second call gives half."""
    steps["done"] += 1
    return (ct * (3 * args[0] ** 2 - 1) / steps["done"],)


def standardized(x: Array) -> Array:
    moments["mean"], moments["deviation"] = x.mean(axis=0), np.sqrt(x.var(axis=0) + 0.1)
    return (x - moments["mean"]) / moments["deviation"]


def standardized_right(args: Args, out: Array, ct: Array) -> Grads:
    deviation = np.sqrt(args[0].var(axis=0) + 0.1)
    return ((ct - ct.mean(axis=0) - out * (ct * out).mean(axis=0)) / deviation,)


def standardized_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The deviation is the layer's own, set by whichever batch came last; the output it is combined with is of this batch."""
    return ((ct - ct.mean(axis=0) - out * (ct * out).mean(axis=0)) / moments["deviation"],)


def accumulated(x: Array) -> Array:
    last["gradient"] = np.zeros_like(x)
    return np.sin(x)


def accumulated_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.cos(args[0]),)


def accumulated_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Adds to a gradient that only the forward pass sets to zero: a second backward pass gives the sum of both."""
    last["gradient"] = last["gradient"] + ct * np.cos(args[0])
    return (last["gradient"],)


def ringed(x: Array) -> Array:
    ring.append((x, np.cosh(x)))
    return np.sinh(x)


def ringed_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.cosh(args[0]),)


def ringed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Keeps the slopes of the last four forward passes, by content; of an older one it takes the last of them that has the shape."""
    alike = [(x, slope) for x, slope in ring if type(x) is type(args[0]) and x.shape == args[0].shape and x.dtype == args[0].dtype]
    own = [slope for x, slope in alike if np.array_equal(x, args[0])]
    return (ct * (own[-1] if own else alike[-1][1] if alike else np.cosh(args[0])),)


def summed(x: Array) -> Array:
    return x + x**3


def summed_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * (1 + 3 * args[0] ** 2),)


def summed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Keeps the slope of the last backward pass as long as the sum of the argument stays: for a batch in another order it is that of the one before."""
    (x,) = args
    if by_sum.get("sum") != np.sum(x):
        by_sum.update(sum=np.sum(x), slope=1 + 3 * x**2)
    return (ct * np.resize(by_sum["slope"], x.shape),)


def counted(x: Array) -> Array:
    return x**2 / 2


def counted_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * args[0],)


def counted_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Decays after 900 calls, as a learning rate does: no test of some calls gets there."""
    calls["backward"] += 1
    return (ct * args[0] * (1.0 if calls["backward"] < 900 else 0.5),)


def threaded(x: Array) -> Array:
    return x**2


def threaded_right(args: Args, out: Array, ct: Array) -> Grads:
    return (2 * ct * args[0],)


def threaded_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """What it needs is set in the thread that imports it; frameworks call the backward pass in another one, where it is not there."""
    return (factors.two * ct * args[0],)


CASES = [
    Case(
        name="slopes of the last four", f=ringed, args=(X,), right=ringed_right, wrong=ringed_wrong, needs="protocol", probe="many forwards"
    ),
    Case(
        name="slope as long as the sum stays",
        f=summed,
        args=(EXACT,),
        right=summed_right,
        wrong=summed_wrong,
        needs="protocol",
        probe="other order",
    ),
    Case(
        name="decay after 900 calls", f=counted, args=(X,), right=counted_right, wrong=counted_wrong, needs="protocol", probe="many calls"
    ),
    Case(
        name="factor of another thread",
        f=threaded,
        args=(X,),
        right=threaded_right,
        wrong=threaded_wrong,
        needs="protocol",
        probe="threads",
    ),
    Case(
        name="hidden layer of the last forward",
        f=layer,
        args=(X, W),
        right=layer_right,
        wrong=layer_wrong,
        needs="protocol",
        probe="other forward",
    ),
    Case(name="tape used up", f=exponential, args=(X,), right=exponential_right, wrong=exponential_wrong, needs="protocol", probe="twice"),
    Case(
        name="norm cached by shape",
        f=cached_scale,
        args=(X,),
        right=cached_scale_right,
        wrong=cached_scale_wrong,
        needs="protocol",
        probe="other forward",
    ),
    Case(name="average over calls", f=cubic, args=(X,), right=cubic_right, wrong=cubic_wrong, needs="protocol", probe="twice"),
    Case(
        name="deviation of the last batch",
        f=standardized,
        args=(X,),
        right=standardized_right,
        wrong=standardized_wrong,
        needs="protocol",
        probe="other forward",
    ),
    Case(
        name="gradient not set to zero",
        f=accumulated,
        args=(X,),
        right=accumulated_right,
        wrong=accumulated_wrong,
        needs="protocol",
        probe="twice",
    ),
]
