# ruff: noqa: ARG002
"""Layers with state: for each kind a wrong one, the right one beside it that keeps as much, arguments, and words that
`check` must say of the wrong one. Every layer is made afresh by a function that returns its forward and its backward."""

from __future__ import annotations

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Made = tuple[Callable[..., Any], Callable[..., Any]]
SIGNS, ORDER, SIZE = "of an argument with other signs", "of an argument in another order", "of another size"
OTHERS = "with other whole numbers and truth values"
AT_A_POINT = "the gradient changed when another forward, at the point"
CHANGED = "the gradient of the first call changed when another forward, "


@dataclass(frozen=True)
class Stateful:
    """A kind of state: the wrong layer, the right one, arguments, and what is said of the wrong one."""

    name: str
    wrong: Callable[[], Made]
    right: Callable[[], Made]
    args: tuple[Any, ...]
    says: str


def v(*entries: float) -> Any:
    return np.array(entries)


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
POSITIVE, PALINDROME = v(1.0, 2.0, 3.0, 4.0), v(0.4, -1.3, 2.2)


def keeping(keep: Callable[..., Any], f: Callable[..., Any], slope: Callable[..., Any], own: bool) -> Callable[[], Made]:
    """f, of which the backward needs what `keep` takes of the arguments: that of its own (right), or of the last
    forward (wrong). `slope(kept, ct, args)` gives the gradients."""

    def make() -> Made:
        class Layer:
            def forward(self, *args: Any) -> Any:
                out = f(*args)
                self.kept = keep(*args)
                return out

            def backward(self, args: Any, out: Any, ct: Any) -> Any:
                return slope(keep(*args) if own else self.kept, ct, args)

        layer = Layer()
        return layer.forward, layer.backward

    return make


def last(name: str, args: tuple[Any, ...], says: str, keep: Any, f: Any, slope: Any) -> Stateful:
    return Stateful(name, keeping(keep, f, slope, own=False), keeping(keep, f, slope, own=True), args, says)


def relu(x: Any) -> Any:
    return np.maximum(x, 0.0)


def positive(x: Any) -> Any:
    return x > 0


def of_size(size: int, f: Callable[..., Any]) -> Callable[..., Any]:
    """f, which refuses a last argument of any other size."""

    def forward(*args: Any) -> Any:
        if np.size(args[-1]) != size:
            raise ValueError
        return f(*args)

    return forward


def masked(kept: Any, ct: Any, args: Any) -> Any:
    return (ct * kept,)


def scattered(kept: Any, ct: Any, args: Any) -> Any:
    gradient = np.zeros_like(args[0])
    np.add.at(gradient, kept, ct)
    return (gradient, *(None for _ in args[1:]))


def largest_size(x: Any) -> Any:
    return np.argmax(x * x)


def largest_slope(kept: Any, ct: Any, args: Any) -> Any:
    return (2 * ct * args[0] * (np.arange(args[0].size) == kept),)


def kept_mask(kept: Any, ct: Any, args: Any) -> Any:
    return ct * kept, None


def deviation(x: Any) -> Any:
    return x.std(axis=0)


def standardized_slope(kept: Any, ct: Any, args: Any) -> Any:
    (x,) = args
    out = (x - x.mean(axis=0)) / x.std(axis=0)
    return ((ct - ct.mean(axis=0) - out * (ct * out).mean(axis=0)) / kept,)


OF_THE_LAST_FORWARD = [
    last("mask, all positive", (POSITIVE,), CHANGED + SIGNS, positive, relu, masked),
    last("mask, signs that read the same backward", (PALINDROME,), CHANGED + SIGNS, positive, relu, masked),
    last("mask of one entry", (v(0.7),), CHANGED + SIGNS, positive, relu, masked),
    last("mask without axes", (np.array(0.7),), CHANGED + SIGNS, positive, relu, masked),
    last("mask of a float", (0.7,), CHANGED + SIGNS, positive, relu, masked),
    last("mask, all negative", (-POSITIVE,), CHANGED + SIGNS, positive, relu, masked),
    last("mask in float32", (POSITIVE.astype(np.float32),), CHANGED + SIGNS, positive, relu, masked),
    last("order of a sort", (v(3.0, 1.0, 2.0),), CHANGED + SIGNS, np.argsort, np.sort, scattered),
    last("place of the largest", (v(1.0, 3.0, 2.0),), CHANGED, np.argmax, np.max, scattered),
    last("place of the largest size", (v(1.0, 3.0, -2.0),), CHANGED + ORDER, largest_size, lambda x: np.max(x * x), largest_slope),
    last("window of a clip", (v(0.4, 2.0),), CHANGED, lambda x: np.abs(x) < 1, lambda x: np.clip(x, -1, 1), masked),
    last("threshold far away", (v(0.4, 2.0),), CHANGED + "of an argument a thousand times as large", lambda x: x < 50, of_size(2, lambda x: np.minimum(x, 50.0)), masked),
    last("threshold that only the code knows", (v(0.4, 2.0),), AT_A_POINT, lambda x: x < 4e4, of_size(2, lambda x: np.minimum(x, 4e4)), masked),
    last("number of entries", (v(0.4, -2.0, 1.0),), CHANGED + SIZE, np.size, np.mean, lambda n, ct, a: (np.broadcast_to(ct / n, a[0].shape).copy(),)),
    last("shape of a flattened one", (M,), "raises ValueError", np.shape, lambda x: 3 * x.reshape(-1), lambda shape, ct, a: (3 * ct.reshape(shape),)),
    last("norm", (M,), CHANGED, lambda x: np.sqrt(np.sum(x * x)), lambda x: x / np.sqrt(np.sum(x * x)), lambda n, ct, a: (ct / n - a[0] * np.sum(ct * a[0]) / n**3,)),
    last("indices", (M, np.array([1, 0, 1])), OTHERS, lambda w, k: k.copy(), of_size(3, lambda w, k: w[k]), scattered),
    last("truth values", (v(1.0, 2.0), np.array([True, False])), OTHERS, lambda x, m: m.copy(), of_size(2, lambda x, m: x * m), kept_mask),
    last("the weights alone", (M, M.T.copy()), CHANGED, lambda x, w: w.copy(), lambda x, w: x @ w, lambda w, ct, a: (ct @ w.T, a[0].T @ ct)),
    last("deviation of a batch", (M,), "changed when", deviation, lambda x: (x - x.mean(axis=0)) / x.std(axis=0), standardized_slope),
]  # fmt: skip


def square(x: Any) -> Any:
    return x * x


def tape(take: Callable[[collections.deque[Any]], Any]) -> Callable[[], Made]:
    """Every forward leaves its argument on a tape; the backward takes one off, as long as there is another."""

    def make() -> Made:
        kept: collections.deque[Any] = collections.deque(maxlen=64)

        def f(x: Any) -> Any:
            kept.append(x)
            return x * x

        return f, lambda args, out, ct: (2 * ct * take(kept),)

    return make


def tape_by_content() -> Made:
    """The right entry, wherever it is; else computed anew."""
    kept: collections.deque[Any] = collections.deque(maxlen=4)

    def f(x: Any) -> Any:
        kept.append(x.copy())
        return x * x

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        found = next((x for x in kept if x.dtype == args[0].dtype and np.array_equal(x, args[0])), args[0])
        return (2 * ct * found,)

    return f, vjp


def ring(size: int, fallback: bool) -> Callable[[], Made]:
    """The last few arguments; of an older call the last one is taken, or its own."""

    def make() -> Made:
        kept: collections.OrderedDict[Any, Any] = collections.OrderedDict()

        def f(x: Any) -> Any:
            kept[x.tobytes()] = x.copy()
            while len(kept) > size:
                kept.popitem(last=False)
            return x * x

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            x = kept.get(args[0].tobytes())
            if x is None or x.shape != args[0].shape or x.dtype != args[0].dtype:
                x = next(reversed(kept.values())) if fallback else args[0]
            return (2 * ct * np.resize(x, args[0].shape).astype(ct.dtype),)

        return f, vjp

    return make


TAPES = [
    Stateful("a stack of forwards", tape(lambda t: t.pop() if len(t) > 1 else t[0]), tape_by_content, (M,), "changed when"),
    Stateful("a queue of forwards", tape(lambda t: t.popleft() if len(t) > 1 else t[0]), tape_by_content, (M,), "changed when"),
    Stateful("the last three forwards", ring(3, True), ring(3, False), (v(1.0, 2.0),), "other forwards ran before its backward"),
]


def by_key(key: Callable[[Any], Any], forward: bool = True) -> Callable[[], Made]:
    """2x kept under a key of x, by the forward, or by the first backward that asks."""

    def make() -> Made:
        cache: dict[Any, Any] = {}

        def f(x: Any) -> Any:
            if forward:
                cache[key(x)] = 2 * x
            return x * x

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            (x,) = args
            if not forward and key(x) not in cache:
                cache[key(x)] = 2 * x
            return (ct * cache[key(x)],)

        return f, vjp

    return make


def whole_key(x: Any) -> Any:
    return x.dtype, x.shape, x.tobytes()


def keyed(name: str, key: Callable[[Any], Any], says: str, args: tuple[Any, ...] = (v(1.0, 2.0, 4.0),), forward: bool = True) -> Stateful:
    return Stateful(f"a cache by {name}", by_key(key, forward), by_key(whole_key, forward), args, says)


CACHES = [
    keyed("shape", np.shape, CHANGED + SIGNS),
    keyed("size", np.size, CHANGED + SIGNS),
    keyed("sum", lambda x: float(np.sum(x)), CHANGED + ORDER),
    keyed("norm", lambda x: float(np.sum(x * x)), CHANGED),
    keyed("the entries, sorted", lambda x: tuple(np.sort(x)), CHANGED + ORDER),
    keyed("the set of the entries", lambda x: frozenset(x.tolist()), CHANGED + ORDER),
    keyed("the absolute values", lambda x: np.abs(x).tobytes(), CHANGED + SIGNS),
    keyed("the ends", lambda x: (x.size, x[0], x[-1]), "of an argument with one other entry"),
    keyed("four digits", lambda x: tuple(np.round(x, 4)), "of an argument that is nearly the same"),
    keyed("what is printed", lambda x: np.array2string(x, precision=4), "of an argument that is nearly the same"),
    keyed("bytes without the shape", lambda x: x.tobytes(), "of an argument of turned shape", (M,)),
    keyed("nothing at all", lambda x: 0, CHANGED + SIGNS),
]
