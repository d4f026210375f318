"""The certified gradient of the reference graph against what other checkers need for an uncertified one.

The reference graph has n = 12 vertices of d = 3 entries, l = 3 of them leaves: nine inputs, one output, the sum of the last vertex. Every other vertex is tanh(s), s·u,
exp(−s²) or sin(s) of s = Σ W u over each earlier vertex with probability ½, and always the one before.

>>> sketch = reference()
>>> graph, leaves = as_graph(sketch)
>>> graph.dimension(graph.n), [len(x) for x in leaves]
(1, [3, 3, 3])
>>> from backproof.engine import forward
>>> bool(np.isclose(value(sketch, np, leaves), forward(graph, leaves)[graph.n][0]))
True
>>> certified_digits(graph, leaves, asked=1000)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: only ... digits are certified where 1000 are asked for
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine import Graph, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.derivatives.certificates import certify_all
from backproof.verify.derivatives.enclosures import Enclosure
from benchmarks.measure import FULL, QUICK, Comparison, Disagreement, Result, Side, agreement, compare

NAME = "certificates"
TITLE = "A certified gradient, and what an uncertified one costs"
ABOUT = (
    "One check of the nine derivatives of the reference graph (n = 12, l = 3, d = 3). Backproof encloses all nine, proved, to at least 18 digits, from function values alone. "
    "gradcheck (PyTorch) compares all nine with differences in float64; check_grads (JAX and autograd, reverse mode, order 1) compares one number, the derivative along one "
    "random direction in all nine entries. JAX retraces the function in every check; compiled beforehand, it does not, and the time to compile is not counted. The differences in "
    "mpmath are central ones at 50 digits, about 34 of which are right. Each library evaluates the function with its own operations, the weights in its own arrays."
)
SEED, N, LEAVES, D = 7, 12, 3, 3
BITS, DIGITS = 64, 18


@dataclass(frozen=True)
class Sketch:
    """For each vertex after the leaves: its kind, its parents, one matrix for each, and the parent that a product uses."""

    kinds: tuple[str, ...]
    parents: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[Array, ...], ...]
    leaves: tuple[Array, ...]


def reference(seed: int = SEED) -> Sketch:
    """The reference graph with random weights, normal and scaled by 1/√(d · parents)."""
    rng = np.random.default_rng(seed)
    kinds, parents, weights = [], [], []
    for k in range(LEAVES, N):
        read = tuple(j for j in range(k) if j == k - 1 or rng.random() < 0.5)
        kinds.append(str(rng.choice(["tanh", "product", "bell", "sin"])))
        parents.append(read)
        weights.append(tuple(rng.normal(size=(D, D)) / math.sqrt(D * len(read)) for _ in read))
    return Sketch(tuple(kinds), tuple(parents), tuple(weights), tuple(rng.normal(size=D) for _ in range(LEAVES)))


def as_graph(sketch: Sketch) -> tuple[Graph, list[Any]]:
    """The sketch as a graph of backproof's engine, and its leaf values."""
    vertices = [leaf(f"x{j + 1}", (D,)) for j in range(LEAVES)]
    place = {j: j + 1 for j in range(LEAVES)}

    def add(function: str, operands: tuple[int, ...], **attributes: Any) -> int:
        vertices.append(vertex(f"v{len(vertices) + 1}", function, operands, **attributes))
        return len(vertices)

    for k, (kind, parents, weights) in enumerate(zip(sketch.kinds, sketch.parents, sketch.weights, strict=True), start=LEAVES):
        s = add("weighted_sum", tuple(place[j] for j in parents), weights=[w.tolist() for w in weights])
        if kind == "product":
            place[k] = add("multiply", (s, place[parents[0]]))
        elif kind == "bell":
            place[k] = add("exp", (add("negate", (add("square", (s,)),)),))
        else:
            place[k] = add(kind, (s,))
    add("sum", (place[N - 1],))
    return Graph(LEAVES, tuple(vertices)), [x.tolist() for x in sketch.leaves]


def value(sketch: Sketch, np_like: Any, leaves: Sequence[Any], convert: Callable[[Array], Any] = lambda w: w) -> Any:
    """The output, with the operations of a library that looks like NumPy (`tanh`, `exp`, `sin`, `sum`, and the operator @)."""
    u = list(leaves)
    for kind, parents, weights in zip(sketch.kinds, sketch.parents, sketch.weights, strict=True):
        s = sum(convert(w) @ u[j] for j, w in zip(parents, weights, strict=True))
        u.append(s * u[parents[0]] if kind == "product" else np_like.exp(-(s * s)) if kind == "bell" else getattr(np_like, kind)(s))
    return np_like.sum(u[-1])


def certified(graph: Graph, leaves: Sequence[Any], bits: int = BITS) -> list[float]:
    """The middles of the nine enclosures."""
    found = certify_all(graph, leaves, bits, targets=(graph.n,))
    return [float(ball.mid()) for j in range(1, LEAVES + 1) for ball in _enclosed(found[j, graph.n]).balls.reshape(-1)]


def certified_digits(graph: Graph, leaves: Sequence[Any], asked: int = DIGITS) -> float:
    """The fewest digits that are proved, of any of the nine. Disagreement if they are fewer than asked for."""
    found = certify_all(graph, leaves, BITS, targets=(graph.n,))
    blocks = [_enclosed(found[j, graph.n]) for j in range(1, LEAVES + 1)]
    digits = min(
        math.log10(abs(float(mid)) / rad) for block in blocks for mid, rad in zip(block.mid.reshape(-1), block.rad.reshape(-1), strict=True)
    )
    if digits < asked:
        raise Disagreement(f"only {digits:.1f} digits are certified where {asked} are asked for")
    return digits


def _enclosed(found: Any) -> Enclosure:
    if not isinstance(found, Enclosure):
        raise Disagreement(f"a derivative of the reference graph is not certified: {found.text}")
    return found


def by_mpmath(sketch: Sketch) -> Callable[[], list[float]]:
    """Central differences at 50 digits in each of the nine entries, written with lists of mpmath's numbers, as one would for speed."""
    from mpmath import mp

    matrices = [[[[mp.mpf(float(x)) for x in row] for row in w] for w in weights] for weights in sketch.weights]

    def output(leaves: Sequence[Any]) -> Any:
        u = list(leaves)
        for kind, parents, weights in zip(sketch.kinds, sketch.parents, matrices, strict=True):
            s = [mp.fdot((w[i][k], u[j][k]) for j, w in zip(parents, weights, strict=True) for k in range(D)) for i in range(D)]
            if kind == "product":
                u.append([x * y for x, y in zip(s, u[parents[0]], strict=True)])
            else:
                u.append([mp.exp(-x * x) if kind == "bell" else getattr(mp, kind)(x) for x in s])
        return mp.fsum(u[-1])

    def run() -> list[float]:
        with mp.workdps(50):
            step = mp.mpf(10) ** -17
            leaves = [[mp.mpf(float(x)) for x in values] for values in sketch.leaves]
            slopes: list[float] = []
            for values in leaves:
                for entry, x in enumerate(values):
                    sides: list[Any] = []
                    for moved in (x + step, x - step):
                        values[entry] = moved
                        sides.append(output(leaves))
                    values[entry] = x
                    slopes.append(float((sides[0] - sides[1]) / (2 * step)))
            return slopes

    return run


@dataclass(frozen=True)
class Peer:
    """A library's check, which raises if it flags the gradient, and the gradient that it looks at."""

    check: Callable[[], Any]
    gradient: Callable[[], list[float]]


def by_autograd(sketch: Sketch, lost: int | None = None) -> Peer:
    """check_grads of autograd: one random direction in all nine entries, reverse mode. The derivative by the argument `lost` is cut off, so that the check must fail."""
    import autograd
    import autograd.numpy as anp
    from autograd.test_util import check_grads
    from autograd.tracer import getval

    given = tuple(np.array(x) for x in sketch.leaves)
    everything = tuple(range(LEAVES))
    check: Any = check_grads
    slope: Any = autograd.grad

    def output(*xs: Any) -> Any:
        return value(sketch, anp, [getval(x) if k == lost else x for k, x in enumerate(xs)])

    return Peer(lambda: check(output, everything, modes=["rev"], order=1)(*given), lambda: _flat(slope(output, everything)(*given)))


def by_torch(sketch: Sketch, lost: int | None = None) -> Peer:
    """gradcheck of PyTorch, entry by entry. `lost` as in `by_autograd`."""
    import torch

    torch.set_num_threads(1)
    given = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in sketch.leaves]
    matrices = {id(w): torch.tensor(w) for weights in sketch.weights for w in weights}

    def output(*xs: Any) -> Any:
        return value(sketch, torch, [x.detach() if k == lost else x for k, x in enumerate(xs)], lambda w: matrices[id(w)])

    return Peer(lambda: torch.autograd.gradcheck(output, given), lambda: _flat(torch.autograd.grad(output(*given), given)))


def by_jax(sketch: Sketch, lost: int | None = None, compiled: bool = False) -> Peer:
    """check_grads of JAX, reverse mode, first order, one direction in all nine entries, in float64. `lost` as in `by_autograd`.

    If `compiled`, the function is under jax.jit, and compiled by a call beforehand.
    """
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    given = tuple(jnp.array(x) for x in sketch.leaves)
    matrices = {id(w): jnp.array(w) for weights in sketch.weights for w in weights}

    def output(*xs: Any) -> Any:
        return value(sketch, jnp, [jax.lax.stop_gradient(x) if k == lost else x for k, x in enumerate(xs)], lambda w: matrices[id(w)])

    function: Any = jax.jit(output) if compiled else output
    slope: Any = jax.grad(function, argnums=tuple(range(LEAVES)))
    return Peer(lambda: check_grads(function, given, order=1, modes=["rev"]), lambda: _flat(slope(*given)))


def by_compiled_jax(sketch: Sketch, lost: int | None = None) -> Peer:
    """`by_jax`, compiled."""
    return by_jax(sketch, lost, compiled=True)


def _flat(parts: Sequence[Any]) -> list[float]:
    return [float(entry) for part in parts for entry in np.asarray(part).reshape(-1)]


PEERS: tuple[tuple[str, str, Callable[..., Peer]], ...] = (
    ("PyTorch gradcheck", "torch", by_torch),
    ("JAX check_grads, one direction", "jax", by_jax),
    ("JAX check_grads, one direction, compiled beforehand", "jax", by_compiled_jax),
    ("autograd check_grads, one direction", "autograd", by_autograd),
)


def compared(quick: bool) -> Comparison:
    """All checkers that are installed, on the same function. Disagreement unless the gradients that they look at are the certified one."""
    sketch = reference()
    graph, leaves = as_graph(sketch)
    digits = certified_digits(graph, leaves)
    sides = [
        Side(f"backproof, {digits:.0f} digits proved", lambda: certified(graph, leaves)),
        Side("central differences in mpmath, 50 digits", by_mpmath(sketch)),
    ]
    gradients = {side.name: side.run() for side in sides}
    missing: list[str] = []
    for name, package, make in PEERS:
        if importlib.util.find_spec(package) is None:
            missing.append(f"{name}: not measured: needs {package}")
        else:
            peer = make(sketch)
            gradients[name] = peer.gradient()
            sides.append(Side(name, peer.check, answers=False))
    agreed = agreement(gradients)
    return replace(compare("the reference graph, nine derivatives", sides, QUICK if quick else FULL, missing), digits=agreed)


def measure(quick: bool) -> Result:
    """One table."""
    return Result(NAME, TITLE, ABOUT, (compared(quick),))
