# ruff: noqa: ARG002, ARG003
"""More of `stateful.py`: what is kept of arrays themselves, of workspaces, flags and cotangents; and right layers without
a wrong one beside them."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from stateful import CHANGED, PALINDROME, POSITIVE, SIGNS, M, Made, Stateful, square, v


def nearly(close: Callable[[Any, Any], bool]) -> Callable[[], Made]:
    """The slope of the last argument, as long as the new one is close to it."""

    def make() -> Made:
        kept: dict[str, Any] = {}

        def f(x: Any) -> Any:
            if "x" not in kept or kept["x"].shape != x.shape or kept["x"].dtype != x.dtype or not close(kept["x"], x):
                kept.update(x=x.copy(), slope=2 * x)
            return x * x

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            f(args[0])
            return (ct * kept["slope"],)

        return f, vjp

    return make


def by_identity(content_too: bool) -> Callable[[], Made]:
    def make() -> Made:
        kept: dict[str, Any] = {}

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            (x,) = args
            if kept.get("x") is not x or (content_too and not np.array_equal(kept["was"], x)):
                kept.update(x=x, was=x.copy(), slope=2 * x)
            return (ct * kept["slope"],)

        return square, vjp

    return make


def by_id(refreshed: bool) -> Callable[[], Made]:
    """2x under id(x), with x kept so that no other array has its id; a right one refreshes it in every forward."""

    def make() -> Made:
        kept: dict[int, Any] = {}

        def f(x: Any) -> Any:
            if refreshed:
                kept[id(x)] = x, 2 * x
            return x * x

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            (x,) = args
            held, slope = kept[id(x)] if id(x) in kept else kept.setdefault(id(x), (x, 2 * x))
            return (ct * (slope if held is x else 2 * x),)

        return f, vjp

    return make


def workspace(copied: bool, of_forward: bool) -> Callable[[], Made]:
    """One workspace for each shape and dtype, returned as it is, or as a copy."""

    def make() -> Made:
        spaces: dict[Any, Any] = {}

        def space(x: Any) -> Any:
            return spaces.setdefault((x.shape, x.dtype), np.empty_like(x))

        def f(x: Any) -> Any:
            if not of_forward:
                return np.exp(x)
            found = np.exp(x, out=space(x))
            return found.copy() if copied else found

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            if of_forward:
                return (ct * out,)
            found = np.multiply(ct, out, out=space(out))
            return (found.copy() if copied else found,)

        return f, vjp

    return make


def workspace_dtype(by_dtype: bool) -> Callable[[], Made]:
    """A workspace that the last forward made, in its dtype."""

    def make() -> Made:
        kept: dict[Any, Any] = {}

        def f(x: Any) -> Any:
            kept["last"] = kept[x.dtype] = np.empty(x.shape, x.dtype)
            return np.exp(x)

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            space = kept[args[0].dtype if by_dtype else "last"]
            space = space if space.shape == ct.shape else np.empty_like(ct)
            space[...] = ct * np.exp(args[0])
            return (space.astype(ct.dtype),)

        return f, vjp

    return make


def sticky(wrong: bool) -> Callable[[], Made]:
    """Whether any negative entry was ever seen, or is there."""

    def make() -> Made:
        class Layer:
            seen = False

            @classmethod
            def forward(cls, x: Any) -> Any:
                cls.seen = bool(np.any(x < 0)) or (wrong and cls.seen)
                return np.where(x > 0, x, 0.25 * x)

            @classmethod
            def backward(cls, args: Any, out: Any, ct: Any) -> Any:
                slope = np.where(args[0] > 0, 1.0, 0.25)
                return (ct * (0.5 * slope if wrong and cls.seen and np.all(args[0] > 0) else slope),)

        return Layer.forward, Layer.backward

    return make


def momentum(wrong: bool) -> Callable[[], Made]:
    """The cotangent of the last backward, in part of the next gradient, or only kept."""

    def make() -> Made:
        kept: dict[Any, Any] = {}

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            before, kept[ct.shape] = kept.get(ct.shape, ct), ct.copy()
            return (2 * args[0] * (0.5 * (ct + before) if wrong else ct),)

        return square, vjp

    return make


def half_done(wrong: bool) -> Callable[[], Made]:
    """A forward that keeps its mask, and then refuses what it does not take, or refuses first."""

    def make() -> Made:
        kept: dict[str, Any] = {}

        def f(x: Any) -> Any:
            if not wrong and x.shape != (3,):
                raise ValueError
            kept["mask"] = x > 0
            if x.shape != (3,):
                raise ValueError
            return x * kept["mask"]

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            mask = kept["mask"] if wrong and kept["mask"].shape != (3,) else args[0] > 0
            return (ct * np.resize(mask[::-1], (3,))[::-1],)

        return f, vjp

    return make


KEPT = [
    Stateful("kept where it is close", nearly(np.allclose), nearly(np.array_equal), (v(1.0, 2.0),), "changed"),
    Stateful("the slope of the same array", by_identity(False), by_identity(True), (v(1.0, 2.0),), "with the arguments changed in place"),
    Stateful("the slope under an id", by_id(False), by_id(True), (v(1.0, 2.0),), "with the arguments changed in place"),
    Stateful("the forward's workspace", workspace(False, True), workspace(True, True), (M,), CHANGED + SIGNS),
    Stateful("the backward's workspace", workspace(False, False), workspace(True, False), (M,), "both are the same memory"),
    Stateful("a workspace of the last dtype", workspace_dtype(False), workspace_dtype(True), (v(1.0, 2.0),), "in float32"),
    Stateful("a flag that stays", sticky(True), sticky(False), (POSITIVE,), "changed when"),
    Stateful("a forward that refuses half-way", half_done(True), half_done(False), (PALINDROME,), CHANGED + "of another size (4 for 3)"),
    Stateful("the last cotangent", momentum(True), momentum(False), (M,), "changed when"),
]  # fmt: skip


# right ones without a wrong one beside them


def memoized() -> Made:
    @functools.lru_cache(maxsize=4)
    def slope(shape: Any, dtype: Any, content: bytes) -> Any:
        return 2 * np.frombuffer(content, dtype=dtype).reshape(shape)

    return square, lambda args, out, ct: (ct * slope(args[0].shape, args[0].dtype, args[0].tobytes()),)


def running_statistics() -> Made:
    class Norm:
        mean, count = 0.0, 0

        def forward(self, x: Any) -> Any:
            self.mean = 0.9 * self.mean + 0.1 * np.nan_to_num(np.mean(x))
            self.count += 1
            return x - x.mean(axis=0)

        def backward(self, args: Any, out: Any, ct: Any) -> Any:
            return (ct - ct.mean(axis=0),)

    layer = Norm()
    return layer.forward, layer.backward


def seeded_dropout() -> Made:
    def mask(x: Any) -> Any:
        return (np.random.default_rng(7).random(x.shape) < 0.5) * 2.0

    return lambda x: x * mask(x), lambda args, out, ct: (ct * mask(args[0]),)


def warm_up() -> Made:
    ready: list[bool] = []

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        if not ready:
            ready.append(True)
            np.exp(np.zeros(3))
        return (2 * ct * args[0],)

    return square, vjp


def lazy_constant() -> Made:
    constants: dict[Any, Any] = {}

    def window(n: int) -> Any:
        if n not in constants:
            constants[n] = np.linspace(0.5, 1.0, n)
        return constants[n]

    return lambda x: x * window(x.shape[-1]), lambda args, out, ct: (ct * window(args[0].shape[-1]),)


def fresh_objects() -> Made:
    class Relu:
        def forward(self, x: Any) -> Any:
            self.mask = x > 0
            return x * self.mask

        def backward(self, ct: Any) -> Any:
            return ct * self.mask

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        layer = Relu()
        layer.forward(args[0])
        return (layer.backward(ct),)

    return lambda x: Relu().forward(x), vjp


def pull_back() -> Made:
    def with_pull_back(x: Any) -> Any:
        mask = x > 0
        return x * mask, lambda ct: ct * mask

    return lambda x: with_pull_back(x)[0], lambda args, out, ct: (with_pull_back(args[0])[1](ct),)


def logging_calls() -> Made:
    log: list[str] = []

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        log.append(f"backward {len(log)}")
        return (2 * ct * args[0],)

    return square, vjp


def fresh_generators() -> Made:
    layers = [0.5, 1.5]

    def backwards() -> Any:
        yield from reversed(layers)

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        for w in backwards():
            ct = ct * w
        return (ct,)

    return lambda x: x * 0.5 * 1.5, vjp


def locked() -> Made:
    lock = threading.RLock()

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        with lock:
            return (2 * ct * args[0],)

    return square, vjp


RIGHT: dict[str, tuple[Callable[[], Made], tuple[Any, ...]]] = {
    "lru_cache by bytes, shape and dtype": (memoized, (M,)),
    "running statistics": (running_statistics, (M,)),
    "dropout with a given seed": (seeded_dropout, (M,)),
    "warm-up in the first call": (warm_up, (M,)),
    "constants that are built when they are needed": (lazy_constant, (M,)),
    "a fresh object in every call": (fresh_objects, (PALINDROME,)),
    "y, pull_back = vjp(x)": (pull_back, (PALINDROME,)),
    "a log that grows": (logging_calls, (M,)),
    "a generator made in every call": (fresh_generators, (M,)),
    "a lock": (locked, (M,)),
}
