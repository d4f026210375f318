# ruff: noqa: ARG002, ARG003
"""Layers with state: for each kind a wrong one, the right one beside it that keeps as much, arguments, and words that
`check` must say of the wrong one. Every layer is made afresh by a function that returns its forward and its backward."""

from __future__ import annotations

import collections
import functools
import itertools
import threading
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
                self.kept = keep(*args)
                return f(*args)

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
    Stateful(
        "a queue of forwards", tape(lambda t: t.popleft() if len(t) > 1 else t[0]), tape_by_content, (M,), "a gradient of dtype object"
    ),
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
            return (ct * np.resize(mask, (3,)),)

        return f, vjp

    return make


KEPT = [
    Stateful("kept where it is close", nearly(np.allclose), nearly(np.array_equal), (v(1.0, 2.0),), "changed"),
    Stateful("the slope of the same array", by_identity(False), by_identity(True), (v(1.0, 2.0),), "with the arguments changed in place"),
    Stateful("the slope under an id", by_id(False), by_id(True), (v(1.0, 2.0),), "with the arguments changed in place"),
    Stateful("the forward's workspace", workspace(False, True), workspace(True, True), (M,), CHANGED + "of arguments with other signs".replace("arguments", "an argument")),
    Stateful("the backward's workspace", workspace(False, False), workspace(True, False), (M,), "both are the same memory"),
    Stateful("a workspace of the last dtype", workspace_dtype(False), workspace_dtype(True), (v(1.0, 2.0),), "in float32"),
    Stateful("a flag that stays", sticky(True), sticky(False), (POSITIVE,), "changed when"),
    Stateful("the last cotangent", momentum(True), momentum(False), (M,), "changed when"),
]  # fmt: skip


def from_call(n: int, where: str) -> Callable[[bool], Callable[[], Made]]:
    """A backward that is another one from its n-th call on, by a count that is kept in one of several places; the right
    one counts and does no more."""

    def of(wrong: bool) -> Callable[[], Made]:
        def make() -> Made:
            calls = [0]
            steps = itertools.count(1)

            def generated() -> Any:
                count = 0
                while True:
                    count += 1
                    yield count

            numbers = generated()
            array = np.zeros(1)
            total = 0

            class Counter:
                count = 0

                def __call__(self) -> int:
                    self.count += 1
                    return self.count

            counter = Counter()

            def next_number() -> int:
                nonlocal total
                if where == "list":
                    calls[0] += 1
                    return calls[0]
                if where == "iterator":
                    return next(steps)
                if where == "generator":
                    return next(numbers)
                if where == "array":
                    array[0] += 1
                    return int(array[0])
                if where == "object":
                    return counter()
                if where == "class":
                    Counter.count += 1
                    return Counter.count
                total += 1
                return total

            def vjp(args: Any, out: Any, ct: Any) -> Any:
                late = next_number() >= n
                return ((2.5 if wrong and late else 2) * ct * args[0],)

            return square, vjp

        return make

    return of


COUNTS = [
    Stateful(
        f"another one from call {n} on, counted in {where}", from_call(n, where)(True), from_call(n, where)(False), (v(1.0, 2.0),), says
    )
    for n, where, says in (
        (2, "list", ""),
        (40, "list", ""),
        (300, "iterator", "more calls with the same arguments"),
        (500, "generator", "more calls with the same arguments"),
        (700, "array", "more calls with the same arguments"),
        (900, "object", "more calls with the same arguments"),
        (1000, "class", "more calls with the same arguments"),
        (1024, "closure", "more calls with the same arguments"),
    )
]


def of_a_thread(wrong: bool) -> Callable[[], Made]:
    """What only the thread has that made the layer; or every thread, when it first asks."""

    def make() -> Made:
        local = threading.local()
        local.two = 2.0

        def vjp(args: Any, out: Any, ct: Any) -> Any:
            if not wrong and not hasattr(local, "two"):
                local.two = 2.0
            return (local.two * ct * args[0],)

        return square, vjp

    return make


def by_thread(wrong: bool) -> Callable[[], Made]:
    """A factor that is another one in other threads than the first."""

    def make() -> Made:
        own = threading.get_ident()
        return square, lambda args, out, ct: ((2 if threading.get_ident() == own or not wrong else 1) * ct * args[0],)

    return make


THREADS = [
    Stateful("what another thread does not have", of_a_thread(True), of_a_thread(False), (v(1.0, 2.0),), "in two threads, the backward of the first call raises AttributeError"),
    Stateful("another factor in another thread", by_thread(True), by_thread(False), (v(1.0, 2.0),), "in two threads, the gradient of the first call changed"),
]  # fmt: skip

CASES = [*OF_THE_LAST_FORWARD, *TAPES, *CACHES, *KEPT, *COUNTS, *THREADS]


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
    "a forward that refuses before it keeps anything": (half_done(False), (PALINDROME,)),
}
