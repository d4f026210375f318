"""Small functions as people write them, unmodified: the lifted value against NumPy's, the derivative against differences at 400 bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import scipy.stats
from flint import arb
from numpy import exp as exponential
from scipy.special import erf, expit, gammaln, logsumexp, softmax, xlogy

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.numbers.ball_arrays import precision

BITS = 400
STEP = arb(2) ** -100
X = np.array([0.3, -0.7, 1.2])
Y = np.array([0.8, 0.4, -1.1])
P = np.array([0.5, 1.7, 2.3])
U = np.array([0.2, 0.55, 0.85])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])
B = np.array([[1.5, 0.2], [-0.3, 0.9], [0.6, -1.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])
SPD = np.array([[2.0, 0.3, 0.5], [0.3, 1.7, 0.4], [0.5, 0.4, 1.3]])
W = np.array([[0.4, -0.2, 0.9], [1.3, 0.6, -0.8]])
LABELS = np.array([2, 0])


def stack_filled(x: Any) -> Any:
    out = np.zeros((2, 3))
    out[0] = x
    out[1, 1:] = x[:2] * x[1:]
    return out


def accumulated(x: Any) -> Any:
    out = np.zeros(2)
    np.add.at(out, [0, 1, 0], x * x)
    return out


def scan(x: Any) -> Any:
    h, states = np.zeros(2), list[Any]()
    for value in x:
        h = np.tanh(0.5 * h + value)
        states.append(h)
    return np.stack(states)


def elu(x: Any) -> Any:
    out = np.empty_like(x)
    mask = x > 0
    out[mask] = x[mask]
    out[~mask] = np.exp(x[~mask]) - 1
    return out


def branch(x: Any) -> Any:
    if x[0] > 0 and x.sum() < 10:
        return x * x
    return -x


def layer_norm(x: Any, g: Any, b: Any, eps: Any = 1e-5) -> Any:
    mu = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return g * (x - mu) / np.sqrt(var + eps) + b


def attention(q: Any, k: Any, v: Any) -> Any:
    s = q @ k.T / np.sqrt(q.shape[-1])
    s = np.where(np.tril(np.ones(s.shape, dtype=bool)), s, -np.inf)
    s = s - s.max(axis=-1, keepdims=True)
    p = np.exp(s)
    return (p / p.sum(axis=-1, keepdims=True)) @ v


def cross_entropy(x: Any) -> Any:
    z = x - x.max(axis=1, keepdims=True)
    return -(z - np.log(np.exp(z).sum(axis=1, keepdims=True)))[np.arange(2), LABELS].mean()


def convolution(x: Any, w: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, 2)
    return windows @ w[:2]


def gelu(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def in_place(x: Any) -> Any:
    y = x.copy()
    y *= 2
    y += x[::-1]
    y[0] -= y[1]
    return y


def newton(x: Any) -> Any:
    y = np.ones_like(x)
    for _ in range(4):
        y = 0.5 * (y + x / y)
    return y


def python_loop(x: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i]) * float(x[i])
    return total


def max_pool(x: Any) -> Any:
    return x[:, :2].reshape(2, 1, 2).max(axis=2)


def with_out(x: Any) -> Any:
    out = np.empty(3)
    np.multiply(x, x, out=out)
    np.add(out, 1.0, out=out)
    return out


def horner(x: Any) -> Any:
    return reduce(lambda total, c: total * x + c, [0.5, -1.0, 2.0])


def rotate(x: Any) -> Any:
    c, s = np.cos(x[0]), np.sin(x[0])
    return np.array([[c, -s], [s, c]]) @ x[1:]


def quadratic(x: Any, a: Any) -> Any:
    return 0.5 * x @ a @ x


def where_written(x: Any) -> Any:
    out = np.full(x.shape, 0.25)
    np.multiply(x, x, out=out, where=x > 0)
    return out


def forward_algorithm(x: Any) -> Any:
    """log Σ over monotone paths, with log 0 for what cannot be reached."""
    states = np.full(3, -np.inf)
    states[0] = x[0, 0]
    for row in x[1:]:
        states = np.logaddexp(states, np.concatenate([[-np.inf], states[:-1]])) + row
    return np.logaddexp.reduce(states)


def _bordered(line: Any, width: Any, axis: Any, options: Any) -> Any:
    line[: width[0]] = options["of"][0, 0] * 3
    line[-width[1] :] = 2.0


EINSUM: Any = np.einsum
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "exp": (lambda x: np.exp(x), (X,)),
    "imported exp": (lambda x: exponential(x), (X,)),
    "log": (lambda x: np.log(x), (P,)),
    "log2": (lambda x: np.log2(x), (P,)),
    "log10": (lambda x: np.log10(x), (P,)),
    "log1p": (lambda x: np.log1p(x), (X,)),
    "expm1": (lambda x: np.expm1(x), (X,)),
    "exp2": (lambda x: np.exp2(x), (X,)),
    "sqrt": (lambda x: np.sqrt(x), (P,)),
    "cbrt": (lambda x: np.cbrt(x), (X,)),
    "square": (lambda x: np.square(x), (X,)),
    "reciprocal": (lambda x: np.reciprocal(x), (X,)),
    "sin cos": (lambda x: np.sin(x) * np.cos(x), (X,)),
    "tan": (lambda x: np.tan(x), (X,)),
    "arcsin": (lambda x: np.arcsin(x), (U,)),
    "arccos": (lambda x: np.arccos(x), (U,)),
    "arctan": (lambda x: np.arctan(x), (X,)),
    "arctan2": (lambda y, x: np.arctan2(y, x), (X, Y)),
    "sinh": (lambda x: np.sinh(x), (X,)),
    "cosh": (lambda x: np.cosh(x), (X,)),
    "tanh": (lambda x: np.tanh(x), (X,)),
    "arcsinh": (lambda x: np.arcsinh(x), (X,)),
    "arccosh": (lambda x: np.arccosh(x + 1), (P,)),
    "arctanh": (lambda x: np.arctanh(x), (U,)),
    "hypot": (lambda x, y: np.hypot(x, y), (X, Y)),
    "logaddexp": (lambda x, y: np.logaddexp(x, y), (X, Y)),
    "logaddexp2": (lambda x, y: np.logaddexp2(x, y), (X, Y)),
    "logaddexp reduce": (lambda x: np.logaddexp.reduce(x), (X,)),
    "deg2rad": (lambda x: np.sin(np.deg2rad(x)), (X,)),
    "rad2deg": (lambda x: np.degrees(x), (X,)),
    "sinc": (lambda x: np.sinc(x), (X,)),
    "power": (lambda x: x**3 - x**-2, (X,)),
    "power of floats": (lambda x: x**2.5 + x**0.5, (P,)),
    "power of arrays": (lambda x, y: x**y, (P, Y)),
    "constant base": (lambda x: 2.0**x, (X,)),
    "division": (lambda x, y: (x + y) / (x - 3 * y), (X, Y)),
    "mod": (lambda x: x % 1.0, (P,)),
    "fmod": (lambda x: np.fmod(x, 0.4), (P,)),
    "floor divide": (lambda x: (x // 0.7) * x, (P,)),
    "divmod": (lambda x: np.divmod(x, 0.7)[1], (P,)),
    "modf": (lambda x: np.modf(x)[0], (P,)),
    "floor ceil": (lambda x: np.floor(x) * x + np.ceil(x), (P,)),
    "trunc rint": (lambda x: np.trunc(x) * x + np.rint(x) * x, (X,)),
    "round": (lambda x: np.round(x, 1) * x, (X,)),
    "abs": (lambda x: np.abs(x), (X,)),
    "fabs": (lambda x: np.fabs(x) ** 1.5, (X,)),
    "sign": (lambda x: np.sign(x) * x, (X,)),
    "copysign": (lambda x, y: np.copysign(x, y), (X, Y)),
    "heaviside": (lambda x: np.heaviside(x, 0.5) * x, (X,)),
    "maximum": (lambda x, y: np.maximum(x, y), (X, Y)),
    "fmin": (lambda x, y: np.fmin(x, y), (X, Y)),
    "clip": (lambda x: np.clip(x, -0.5, 1.0), (X,)),
    "clip method": (lambda x: x.clip(0.0), (X,)),
    "relu": (lambda x: np.maximum(x, 0), (X,)),
    "leaky relu": (lambda x: np.where(x > 0, x, 0.01 * x), (X,)),
    "relu by mask": (lambda x: x * (x > 0), (X,)),
    "mask as float": (lambda x: x * (x > 0).astype(float), (X,)),
    "elu": (elu, (X,)),
    "gelu": (gelu, (X,)),
    "silu": (lambda x: x / (1 + np.exp(-x)), (X,)),
    "softplus": (lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0), (X,)),
    "sum": (lambda x: np.sum(x * x), (A,)),
    "sum over axis": (lambda x: x.sum(axis=0) ** 2, (A,)),
    "sum where": (lambda x: np.sum(x * x, where=x > 0), (A,)),
    "mean": (lambda x: x.mean(axis=1, keepdims=True) * x, (A,)),
    "var": (lambda x: np.var(x, axis=0, ddof=1), (A,)),
    "std": (lambda x: x.std(), (A,)),
    "prod": (lambda x: np.prod(x, axis=1), (A,)),
    "max": (lambda x: x.max(axis=1), (A,)),
    "min": (lambda x: np.min(x), (A,)),
    "argmax": (lambda x: x[np.arange(2), x.argmax(axis=1)], (A,)),
    "ptp": (lambda x: np.ptp(x, axis=1), (A,)),
    "cumsum": (lambda x: np.cumsum(x, axis=1) ** 2, (A,)),
    "cumprod": (lambda x: np.cumprod(x), (X,)),
    "diff": (lambda x: np.diff(x) ** 2, (X,)),
    "gradient": (lambda x: np.gradient(x, 0.5) ** 2, (X,)),
    "trapezoid": (lambda x: np.trapezoid(x * x, dx=0.5), (X,)),
    "median": (lambda x: np.median(x, axis=1), (A,)),
    "quantile": (lambda x: np.quantile(x, 0.25), (X,)),
    "sort": (lambda x: np.sort(x) * np.arange(3), (X,)),
    "argsort": (lambda x: x[np.argsort(-x)] * np.array([1.0, 2.0, 3.0]), (X,)),
    "partition": (lambda x: np.partition(x, 1)[:2] ** 2, (X,)),
    "top two": (lambda x: x[np.argpartition(x, -2)[-2:]] ** 2, (X,)),
    "unique": (lambda x: np.unique(x) ** 2, (X,)),
    "maximum accumulate": (lambda x: np.maximum.accumulate(x), (X,)),
    "average": (lambda x, y: np.average(x, weights=y), (X, P)),
    "cov": (lambda x: np.cov(x), (A,)),
    "corrcoef": (lambda x: np.corrcoef(x), (A,)),
    "nansum": (lambda x: np.nansum(x * x), (A,)),
    "dot": (lambda x, y: np.dot(x, y), (X, Y)),
    "matvec": (lambda a, x: a @ x, (A, X)),
    "matmul": (lambda a, b: np.matmul(a, b), (A, B)),
    "batched matmul": (lambda a, b: a.reshape(2, 1, 3) @ b.reshape(1, 3, 2), (A, B)),
    "dot of matrices": (lambda a, b: a.dot(b), (A, B)),
    "inner": (lambda a: np.inner(a, a), (A,)),
    "outer": (lambda x, y: np.outer(x, y), (X, Y)),
    "kron": (lambda a, b: np.kron(a, b), (A, B)),
    "cross": (lambda x, y: np.cross(x, y), (X, Y)),
    "tensordot": (lambda a, b: np.tensordot(a, b, axes=([1], [0])), (A, B)),
    "einsum": (lambda a, b: np.einsum("ij,jk->ik", a, b), (A, B)),
    "einsum optimized": (lambda a, b: np.einsum("ij,jk,il->kl", a, b, a, optimize=True), (A, B)),
    "einsum with constants": (lambda a: np.einsum("ij,kj->k", W, a), (A,)),
    "vdot": (lambda x, y: np.vdot(x, y), (X, Y)),
    "multi_dot": (lambda a, b: np.linalg.multi_dot([a, b, a]), (A, B)),
    "convolve": (lambda x, y: np.convolve(x, y), (X, Y)),
    "correlate": (lambda x, y: np.correlate(x, y, "full"), (X, Y)),
    "polyval": (lambda x: np.polyval([0.5, -1.0, 2.0], x), (X,)),
    "vander": (lambda x: np.vander(x, 3), (X,)),
    "trace": (lambda a: np.trace(a @ a), (M,)),
    "interp": (lambda x: np.interp(x, [-1.0, 0.0, 1.0, 2.0], [1.0, 3.0, 2.0, 0.0]), (X,)),
    "bincount": (lambda x: np.bincount([0, 1, 0], weights=x * x, minlength=3), (X,)),
    "digitize": (lambda x: np.array([1.0, 5.0, 2.0])[np.digitize(x, [0.0, 1.0])] * x, (X,)),
    "digitize with an array": (lambda x: np.array([1.0, 5.0, 2.0])[np.digitize(x, np.array([0.0, 1.0]))] * x, (X,)),
    "searchsorted": (lambda x: np.array([1.0, 5.0, 2.0, 7.0])[np.searchsorted(np.array([0.0, 1.0, 1.0]), x, side="right")] * x, (X,)),
    "searchsorted with a sorter": (lambda x, y: np.searchsorted(y, x, sorter=np.argsort(y)) * x + y.searchsorted(x[0]), (X, Y)),
    "digitize with lifted edges": (lambda x, y: np.digitize(x, np.sort(y), right=True) * x, (X, Y)),
    "digitize downwards": (lambda x: np.digitize(x, np.array([1.0, 0.0])) * x, (X,)),
    "linspace with its step": (lambda x: np.multiply(*np.linspace(x[0], x[1], 4, retstep=True)), (X,)),
    "linspace of arrays": (lambda x: np.linspace(x, 2 * x, 4) + np.linspace(0, x[0], num=3, endpoint=False), (X,)),
    "linspace along another axis": (lambda x: np.linspace(start=x, stop=1.0, num=4, axis=-1) ** 2, (X,)),
    "compress": (lambda a: a.compress([1, 0, 1], axis=1) ** 2 + np.compress(np.array([False, True]), a, axis=0)[:, :2], (A,)),
    "pad by a function": (lambda a: np.pad(a, 1, _bordered, of=a) ** 2, (A,)),
    "vectorize with a type": (lambda x: np.vectorize(math.sin, otypes=[float])(x) * x, (X,)),
    "vectorize to floats": (lambda x: np.vectorize(lambda v: float(v) ** 2, otypes=[np.float64])(x), (X,)),
    "vectorize to whole numbers": (lambda x: np.vectorize(lambda v: v > 0, otypes=[int])(x) * x, (X,)),
    "logaddexp of log 0": (lambda x: np.logaddexp(np.logaddexp(-np.inf, -np.inf), np.logaddexp(x, np.full(3, -np.inf))), (X,)),
    "forward algorithm": (forward_algorithm, (A,)),
    "einsum of lists": (lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [0, 2]) + np.einsum(a, [0, 1], b, [1, 2]), (A, B)),
    "einsum of lists with dots": (lambda a, b: EINSUM(a, [..., 1], b, [1, 2], [..., 2], optimize=True), (A, B)),
    "reshape transpose": (lambda a: a.T.reshape(-1) ** 2, (A,)),
    "swapaxes moveaxis": (lambda a: np.moveaxis(a, 0, 1).swapaxes(0, 1) * a, (A,)),
    "concatenate": (lambda x, y: np.concatenate([x, y * x]), (X, Y)),
    "stack": (lambda x, y: np.stack([x, y], axis=1) ** 2, (X, Y)),
    "hstack vstack": (lambda x, y: np.vstack([np.hstack([x, y]), np.hstack([y, x])]) ** 2, (X, Y)),
    "block": (lambda a: np.block([[a, -a], [a, a]]) ** 2, (A,)),
    "split": (lambda x: np.split(x, 3)[1] * x, (X,)),
    "tile repeat": (lambda x: np.tile(x, 2) * np.repeat(x, 2), (X,)),
    "repeat along a negative axis": (lambda a: np.repeat(a, 2, axis=-1) ** 2, (A,)),
    "roll flip": (lambda x: np.roll(x, 1) * np.flip(x), (X,)),
    "rot90": (lambda a: np.rot90(a) ** 2, (A,)),
    "pad": (lambda a: np.pad(a, 1) ** 2, (A,)),
    "pad edge": (lambda x: np.pad(x, (1, 2), mode="edge") ** 2, (X,)),
    "pad reflect": (lambda x: np.pad(x, 2, mode="reflect") ** 2, (X,)),
    "tril triu": (lambda a: np.tril(a) @ np.triu(a), (M,)),
    "diag": (lambda a, x: np.diag(a) * x + np.diag(x) @ x, (M, X)),
    "fancy indexing": (lambda x: x[[0, 2, 0]] * x[[1, 1, 2]], (X,)),
    "boolean indexing": (lambda x: x[x > 0] ** 2, (X,)),
    "take_along_axis": (lambda a: np.take_along_axis(a, np.argsort(a, axis=1), axis=1) ** 2, (A,)),
    "take": (lambda a: np.take(a, [0, 0, 1], axis=0) ** 2, (A,)),
    "broadcasting": (lambda x, y: x[:, None] * y[None, :] + x, (X, Y)),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 3)) ** 2, (X,)),
    "insert delete append": (lambda x: np.append(np.delete(np.insert(x, 1, 2.0), 0), x) ** 2, (X,)),
    "select": (lambda x: np.select([x < 0, x > 1], [x * x, 2 * x], 0.5), (X,)),
    "piecewise": (lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: v * v, lambda v: v]), (X,)),
    "filled array": (stack_filled, (X,)),
    "add.at": (accumulated, (X,)),
    "subtract.at": (lambda x: np.subtract.at(y := np.ones(3), [0, 0, 2], x * x) or y, (X,)),
    "scan": (scan, (X,)),
    "branch": (branch, (X,)),
    "in place": (in_place, (X,)),
    "with out": (with_out, (X,)),
    "out and where": (where_written, (X,)),
    "newton": (newton, (P,)),
    "python loop": (python_loop, (X,)),
    "horner": (horner, (X,)),
    "rotation of a list": (rotate, (X,)),
    "sliding windows": (convolution, (X, Y)),
    "layer norm": (layer_norm, (A, X, Y)),
    "attention": (attention, (A, W, A[:, :2])),
    "cross entropy": (cross_entropy, (A,)),
    "max pool": (max_pool, (A,)),
    "quadratic form": (quadratic, (X, M)),
    "apply_along_axis": (lambda a: np.apply_along_axis(lambda v: v / (1 + v @ v), 1, a), (A,)),
    "vectorize": (lambda x: np.vectorize(lambda v: v * v if v > 0 else -v)(x), (X,)),
    "vectorized erf": (lambda x: np.vectorize(math.erf)(x), (X,)),
    "solve": (lambda a, x: np.linalg.solve(a, x), (M, X)),
    "solve for a matrix": (lambda a, b: np.linalg.solve(a, b), (M, B)),
    "solve with a plain matrix": (lambda x: np.linalg.solve(M, x) ** 2, (X,)),
    "inv": (lambda a: np.linalg.inv(a), (M,)),
    "det": (lambda a: np.linalg.det(a), (M,)),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], (M,)),
    "slogdet of negative": (lambda a: np.linalg.slogdet(-a)[1], (M,)),
    "cholesky": (lambda a: np.linalg.cholesky(a), (SPD,)),
    "qr": (lambda b: np.linalg.qr(b)[0] @ np.linalg.qr(b)[1][:, :1], (B,)),
    "r of qr": (lambda b: np.linalg.qr(b, mode="r"), (B,)),
    "lstsq": (lambda b, x: np.linalg.lstsq(b, x, rcond=None)[0], (B, X)),
    "pinv": (lambda b: np.linalg.pinv(b @ np.eye(2)), (B,)),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, 3), (M,)),
    "solve_triangular": (lambda a, x: scipy.linalg.solve_triangular(a, x, lower=True), (M, X)),
    "upper cholesky": (lambda a: scipy.linalg.cholesky(a), (SPD,)),
    "cho_solve": (lambda a, x: scipy.linalg.cho_solve(scipy.linalg.cho_factor(a), x), (SPD, X)),
    "solve assuming symmetry": (lambda a, x: scipy.linalg.solve(a, x, assume_a="pos"), (SPD, X)),
    "lu_solve": (lambda a, x: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a[::-1]), x), (M, X)),
    "lu_solve transposed": (lambda a, b: scipy.linalg.lu_solve(scipy.linalg.lu_factor(a[::-1]), b, trans=1), (M, B)),
    "expm": (lambda a: scipy.linalg.expm(a / 8), (M,)),
    "expm of a stack": (lambda a: scipy.linalg.expm(np.stack([a / 8, -a / 4])), (M[:2, :2],)),
    "scipy eigh": (lambda a: scipy.linalg.eigh(a)[1] * scipy.linalg.eigh(a, lower=False)[0], (SPD,)),
    "scipy eigvalsh": (lambda a: scipy.linalg.eigvalsh(a), (SPD,)),
    "scipy svd": (lambda b: scipy.linalg.svd(b, full_matrices=False)[0] * scipy.linalg.svdvals(b), (B,)),
    "polyfit": (lambda x: np.polyfit(np.arange(3.0), x, 1), (X,)),
    "r_ and c_": (lambda x, y: np.c_[x, y] @ np.r_[x[:1], 0.5], (X, Y)),
    "eigvalsh": (lambda a: np.linalg.eigvalsh(a), (SPD,)),
    "eigh": (lambda a: np.linalg.eigh(a + a.T)[1] * np.linalg.eigh(a + a.T)[0], (M,)),
    "upper eigh": (lambda a: np.linalg.eigh(a, UPLO="U")[1], (M,)),
    "svd": (lambda b: np.linalg.svd(b, full_matrices=False)[0] @ np.linalg.svd(b, full_matrices=False)[2][:, ::-1], (B,)),
    "wide svd": (lambda a: np.linalg.svd(a, full_matrices=False)[2], (A,)),
    "singular values": (lambda a: np.linalg.svd(a, compute_uv=False), (A,)),
    "spectral norm": (lambda a: np.linalg.norm(a, 2) + np.linalg.norm(a, "nuc"), (A,)),
    "condition": (lambda a: np.linalg.cond(a), (M,)),
    "norm": (lambda a: np.linalg.norm(a), (A,)),
    "norm over axis": (lambda a: np.linalg.norm(a, axis=1, keepdims=True) * a, (A,)),
    "norm of order 3": (lambda x: np.linalg.norm(x, ord=3), (X,)),
    "norm of order 1": (lambda a: np.linalg.norm(a, 1), (A,)),
    "norm inf": (lambda x: np.linalg.norm(x, np.inf), (X,)),
    "unit vector": (lambda x: x / np.linalg.norm(x), (X,)),
    "erf": (lambda x: erf(x), (X,)),
    "erfc": (lambda x: scipy.special.erfc(x), (X,)),
    "expit": (lambda x: expit(x), (X,)),
    "logit": (lambda x: scipy.special.logit(x), (U,)),
    "log_expit": (lambda x: scipy.special.log_expit(x), (X,)),
    "gammaln": (lambda x: gammaln(x), (P,)),
    "gamma": (lambda x: scipy.special.gamma(x), (X,)),
    "digamma": (lambda x: scipy.special.digamma(x), (P,)),
    "polygamma": (lambda x: scipy.special.polygamma(1, x), (P,)),
    "betaln": (lambda x, y: scipy.special.betaln(x, y), (P, U)),
    "logsumexp": (lambda a: logsumexp(a, axis=1), (A,)),
    "softmax": (lambda a: softmax(a, axis=-1), (A,)),
    "log_softmax": (lambda a: scipy.special.log_softmax(a, axis=1), (A,)),
    "xlogy": (lambda x, y: xlogy(x, y), (P, U)),
    "entr": (lambda x: scipy.special.entr(x), (P,)),
    "rel_entr": (lambda x, y: scipy.special.rel_entr(x, y), (P, U)),
    "ndtr": (lambda x: scipy.special.ndtr(x), (X,)),
    "log_ndtr": (lambda x: scipy.special.log_ndtr(x), (X,)),
    "i0 i1": (lambda x: scipy.special.i0(x) + scipy.special.i1(x), (X,)),
    "jv": (lambda x: scipy.special.jv(2, x), (P,)),
    "normal": (lambda x, c: scipy.stats.norm.logpdf(x, c, 2.0) + scipy.stats.norm.pdf(x, scale=1.5) + scipy.stats.norm.logcdf(x), (X, 0.4)),
    "normal of a number": (lambda c: scipy.stats.norm.cdf(c) * c, (0.4,)),
    "normal with parameters": (lambda x, c: scipy.stats.norm(c, c).sf(x) + scipy.stats.norm(0.5).logsf(x), (X, 0.4)),
    "numpy i0": (lambda x: np.i0(x), (X,)),
    "gammainc": (lambda x: scipy.special.gammainc(1.5, x), (P,)),
    "huber": (lambda x: scipy.special.huber(0.5, x), (X,)),
    "math functions": (lambda x: math.log(x[1], 2) + math.hypot(x[0], x[1]) + math.atan2(x[0], x[2]) + math.fsum(x), (P,)),
    "python max and abs": (lambda x: max(abs(x[0]), abs(x[1])) + min(x) ** 2 + sum(x), (X,)),
    "a number": (lambda x: np.sin(x) * x, (0.7,)),
    "number and array": (lambda x, c: np.sum(x) * c + c**2, (X, 0.4)),
}


def _moved(args: tuple[Any, ...], which: int, index: Any, step: Any) -> tuple[Any, ...]:
    array = np.array([arb(float(v)) for v in np.ravel(args[which])], dtype=object).reshape(np.shape(args[which]))
    array[index] = array[index] + step
    return (*args[:which], array, *args[which + 1 :])


def derivative_errors(f: Callable[..., Any], args: tuple[Any, ...]) -> float:
    """The largest relative difference between pull_back and central differences at 400 bits, for cotangents that are all different."""
    lifted = lift(f, args, bits=BITS)
    (output,) = lifted.outputs
    assert output is not None
    cotangent = np.array([1.0 + 0.37 * k - 0.05 * k * k for k in range(output.size)]).reshape(output.shape)
    gradients = pull_back(lifted, cotangent)
    assert all(entry.is_finite() for gradient in gradients for entry in gradient.flat)

    def weighted(moved: tuple[Any, ...]) -> Any:
        (values,) = lift(f, moved, bits=BITS).values
        assert values is not None
        return sum((c * v for c, v in zip(cotangent.flat, values.flat, strict=True)), arb(0))

    worst = 0.0
    with precision(BITS):
        for which, gradient in enumerate(gradients):
            for index in np.ndindex(*gradient.shape):
                difference = (weighted(_moved(args, which, index, STEP)) - weighted(_moved(args, which, index, -STEP))) / (2 * STEP)
                worst = max(worst, float(abs((gradient[index] - difference).mid()) / (1 + abs(difference.mid()))))
    return worst


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_is_numpys_and_derivative_that_of_differences(name: str) -> None:
    f, args = FUNCTIONS[name]
    (values,) = lift(f, args).values
    assert values is not None
    expected = np.asarray(f(*args))
    assert values.shape == expected.shape
    np.testing.assert_allclose([float(v.mid()) for v in values.flat], expected.ravel(), rtol=2e-14, atol=2e-15)
    assert derivative_errors(f, args) < 1e-45


def test_there_are_at_least_130_functions() -> None:
    assert len(FUNCTIONS) >= 130


def test_the_comparison_finds_a_derivative_that_is_off_by_one_in_a_billion_billion(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(RULES["tanh"], partials=lambda v, x: ((1 - v * v) * (1 + arb(10) ** -18),))
    monkeypatch.setitem(RULES, "tanh", wrong)
    assert derivative_errors(lambda x: np.tanh(x), (X,)) > 1e-19
