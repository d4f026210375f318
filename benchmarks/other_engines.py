"""Backward passes of other libraries on the graphs of `benchmarks.rounding`, held against the rounding bound: none may be flagged, in any dtype.

>>> case = random_case(0)
>>> ours = list(passes_of(case, FLOAT64))[0]
>>> share_of(case, FLOAT64, [ours[j][0] for j in (1, 2, 3)]) < 1
True
>>> share_of(case, FLOAT64, [2 * ours[j][0] for j in (1, 2, 3)]) > 1e6
True
>>> by_torch(case, mpmath_system(30))
Traceback (most recent call last):
    ...
KeyError: 'mpmath(30)'
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.engine import FLOAT32, FLOAT64, NumberSystem, backward, forward, jacobians, mpmath_system
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case, rounded_case
from backproof.verify.rounding.bounds import rounding_bounds
from benchmarks.measure import Comparison, NotMeasured, Result, line, ratios
from benchmarks.rounding import HIGH, SYSTEMS, passes_of, random_case

__all__ = ["FLOAT64", "measure", "mpmath_system", "passes_of", "share_of"]

NAME = "other-engines"
TITLE = "Other libraries' backward passes within the rounding bound"
ABOUT = (
    "The graphs of the rounding benchmark, written with PyTorch's operations in four dtypes, with JAX's in two and with autograd's in float64; leaf values and weights are "
    "rounded to the dtype first, and the derivative at those is taken in 60 digits. The bound is that for engines other than backproof's own (`verify.rounding.textbook`). Times "
    "are for one backward "
    "pass with its forward pass."
)

Gradients = Callable[[Case, NumberSystem], list[Array] | None]


def outputs(case: Case, library: Any, leaves: Sequence[Any], convert: Callable[[Any], Any], softmax: Callable[[Any], Any]) -> Any:
    """The output of the graph with the operations of a library that looks like NumPy."""
    graph = case.graph
    u: dict[int, Any] = dict(enumerate(leaves, start=1))
    for i in range(graph.l + 1, graph.n + 1):
        xs = [u[j] for j in graph.operands(i)]
        name = graph.row(i).name
        if name == "weighted_sum":
            u[i] = sum(convert(np.array(w)) @ x for w, x in zip(graph.attributes(i)["weights"], xs, strict=True))
        elif name == "multiply":
            u[i] = xs[0] * xs[1]
        elif name in ("square", "negate"):
            u[i] = xs[0] * xs[0] if name == "square" else -xs[0]
        else:
            u[i] = softmax(xs[0]) if name == "softmax" else getattr(library, name)(xs[0])
    return u[graph.n][0]


def by_torch(case: Case, system: NumberSystem) -> list[Array]:
    """PyTorch's reverse mode."""
    import torch

    dtype = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[system.name]
    leaves = [torch.tensor(x, dtype=dtype, requires_grad=True) for x in case.leaves]
    out = outputs(case, torch, leaves, lambda w: torch.tensor(w, dtype=dtype), lambda x: torch.softmax(x, 0))
    out.backward()
    return [np.zeros(3) if x.grad is None else x.grad.double().numpy() for x in leaves]


def by_jax(case: Case, system: NumberSystem) -> list[Array] | None:
    """JAX's reverse mode; its 16-bit products accumulate in another way on every platform, so they are left out."""
    if system not in (FLOAT64, FLOAT32):
        return None
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    dtype = jnp.float64 if system is FLOAT64 else jnp.float32
    leaves = [jnp.array(x, dtype=dtype) for x in case.leaves]
    found = jax.grad(lambda xs: outputs(case, jnp, xs, lambda w: jnp.array(w, dtype=dtype), lambda x: jax.nn.softmax(x)))(leaves)
    return [np.asarray(g, dtype=float) for g in found]


def by_autograd(case: Case, system: NumberSystem) -> list[Array] | None:
    """autograd's reverse mode."""
    if system is not FLOAT64:
        return None
    import autograd
    import autograd.numpy as anp

    library: Any = anp

    def softmax(x: Any) -> Any:
        weights = library.exp(x - library.max(x))
        return weights / library.sum(weights)

    gradient: Any = autograd.grad
    found = gradient(lambda xs: outputs(case, library, xs, lambda w: w, softmax))([np.array(x) for x in case.leaves])
    return [np.asarray(g, dtype=float) for g in found]


PEERS: dict[str, tuple[str, Gradients]] = {"PyTorch": ("torch", by_torch), "JAX": ("jax", by_jax), "autograd": ("autograd", by_autograd)}


def share_of(case: Case, system: NumberSystem, gradients: Sequence[Array]) -> float:
    """The largest error as a share of the bound, infinite where a derivative is nan; NotMeasured where nothing can be said in this dtype. The case must be rounded to it.

    ValueError unless there is one derivative for every entry of every leaf.
    """
    graph = case.graph
    bounds = rounding_bounds(graph, case.leaves, None, system, textbook=True)
    if bounds.undecidable:
        raise NotMeasured(bounds.undecidable)
    true = backward(graph, jacobians(graph, forward(graph, case.leaves, HIGH), HIGH), None, HIGH)
    worst = 0.0
    for j, found in zip(range(1, graph.l + 1), gradients, strict=True):
        if np.shape(found) != true[j][0].shape:
            raise ValueError(f"leaf {j}: the gradient has shape {np.shape(found)}, expected {true[j][0].shape}")
        error = np.abs((HIGH.array(np.asarray(found, dtype=float)) - true[j][0]).astype(float))
        share = error / np.maximum(bounds.allowed[j][0], 1e-320)
        worst = max(worst, float(np.max(np.where(np.isnan(share), np.inf, share))))
    return worst


def judged(name: str, gradients: Gradients, system: NumberSystem, graphs: int) -> tuple[str, list[float]] | None:
    """What became of one library in one dtype, in words, and the seconds of its passes."""
    shares: list[float] = []
    seconds: list[float] = []
    undecidable = 0
    for number in range(graphs):
        case = rounded_case(random_case(number), system)
        start = time.perf_counter()
        found = gradients(case, system)
        seconds.append(time.perf_counter() - start)
        if found is None:
            return None
        try:
            shares.append(share_of(case, system, found))
        except NotMeasured:
            undecidable += 1
    alarms = sum(not share <= 1 for share in shares)
    words = f"{name}, {system.name}: {len(shares):,} passes, {alarms} flagged, largest error {max(shares, default=0.0):.2f} of the bound; {undecidable} graphs undecidable"
    return words, seconds


def measure(quick: bool) -> Result:
    """All libraries that are installed, on 400 graphs (4 if `quick`)."""
    lines: list[Any] = []
    missing: list[str] = []
    graphs = 4 if quick else 400
    for name, (package, gradients) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            missing.append(f"{name}: not measured: needs {package}")
            continue
        for system in SYSTEMS:
            found = judged(name, gradients, system, graphs)
            if found is not None:
                seconds = [statistics.median(found[1])]
                lines.append(line(found[0], seconds, ratio=ratios(seconds, lines[0].seconds if lines else seconds)))
    return Result(NAME, TITLE, ABOUT, (Comparison(f"{graphs} random graphs", None, tuple(lines), tuple(missing)),))
