"""Faults that show at special values only, where no decision of the code lies: not symmetric, all negative, one zero, a tie, whole numbers."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

TINY = 1e-100


def log_odds_ratio(p: Array, q: Array) -> Array:
    if p.shape != (2,) or q.shape != (2,):
        raise ValueError("two groups, before and after")
    if not all(np.all((rate > 1 / 1024) & (rate < 15 / 16)) for rate in (p, q)):
        raise ValueError("too few events, or too many, for this formula")
    return np.log(p / (1 - p)) - np.log(q / (1 - q))


def log_odds_ratio_right(args: Args, out: Array, ct: Array) -> Grads:
    p, q = args
    return ct / (p * (1 - p)), -ct / (q * (1 - q))


def log_odds_ratio_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The slopes of both rates are exchanged: a test with equal rates does not tell, and the rates are checked to be ordinary ones."""
    p, q = args
    return ct / (q * (1 - q)), -ct / (p * (1 - p))


def mean_correlation(r: Array, s: Array) -> Value:
    return np.arctanh(np.sqrt(r * s))


def mean_correlation_right(args: Args, out: Array, ct: Array) -> Grads:
    r, s = args
    mean = np.sqrt(r * s)
    return ct * s / (2 * mean * (1 - mean**2)), ct * r / (2 * mean * (1 - mean**2))


def mean_correlation_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Fisher's z of a geometric mean: sqrt(s / r) for s / sqrt(r s), which has the sign of s when both correlations are negative."""
    r, s = args
    return ct * np.sqrt(s / r) / (2 * (1 - r * s)), ct * np.sqrt(r / s) / (2 * (1 - r * s))


def reaction_quotient(activities: Array) -> Value:
    return np.prod(activities[1:]) / activities[0]


def quotient_gradient(activities: Array, products: Array) -> Array:
    return np.concatenate([[-np.prod(activities[1:]) / activities[0] ** 2], products / activities[0]])


def reaction_quotient_right(args: Args, out: Array, ct: Array) -> Grads:
    (a,) = args
    products = np.array([np.prod(np.delete(a[1:], i)) for i in range(a.size - 1)])
    return (ct * quotient_gradient(a, products),)


def reaction_quotient_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Each factor is divided out of the product by a reciprocal made safe with a tiny constant: if one product is absent its own slope is lost."""
    (a,) = args
    products = np.prod(a[1:]) * (a[1:] / (a[1:] ** 2 + TINY))
    return (ct * quotient_gradient(a, products),)


def vandermonde(x: Array) -> Value:
    i, j = np.triu_indices(len(x), 1)
    return np.prod(x[j] - x[i])


def vandermonde_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    i, j = np.triu_indices(len(x), 1)
    gaps = x[j] - x[i]
    grad = np.zeros_like(x)
    for k in range(len(gaps)):
        others = np.prod(np.delete(gaps, k))
        grad[j[k]] += others
        grad[i[k]] -= others
    return (ct * grad,)


def vandermonde_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Each gap is divided out with a safe reciprocal: of two equal nodes, and of these only, the slope is lost."""
    (x,) = args
    i, j = np.triu_indices(len(x), 1)
    gaps = x[j] - x[i]
    others = np.prod(gaps) * gaps / (gaps**2 + TINY)
    grad = np.zeros_like(x)
    np.add.at(grad, j, others)
    np.add.at(grad, i, -others)
    return (ct * grad,)


WEIGHTS = np.array([0.7, -0.4, 1.2])


def gated_score(x: Array) -> Value:
    score = WEIGHTS @ x
    return score / (1 + np.exp(-score))


def gated_score_right(args: Args, out: Array, ct: Array) -> Grads:
    gate = 1 / (1 + np.exp(-(WEIGHTS @ args[0])))
    return (ct * (gate + out * (1 - gate)) * WEIGHTS,)


def gated_score_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gate is recovered from output and score, by a safe division: zero instead of one half where the score vanishes."""
    score = WEIGHTS @ args[0]
    gate = out * score / (score**2 + TINY)
    return (ct * (gate + out * (1 - gate)) * WEIGHTS,)


HEIGHTS = np.array([0.0, 0.3, 1.1, 1.0, 2.4, 2.2, 3.0, 3.1, 2.7, 2.9, 1.6, 1.2])


def profile(x: Array) -> Array:
    left = np.floor(x).astype(int)
    if np.any(left < 1) or np.any(left > 10):
        raise ValueError("outside of the profile")
    return HEIGHTS[left] + (x - left) * (HEIGHTS[left + 1] - HEIGHTS[left])


def profile_right(args: Args, out: Array, ct: Array) -> Grads:
    left = np.floor(args[0]).astype(int)
    return (ct * (HEIGHTS[left + 1] - HEIGHTS[left]),)


def profile_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The slope is taken between floor and ceil, which are the same at a whole number: zero over zero."""
    left, right = np.floor(args[0]).astype(int), np.ceil(args[0]).astype(int)
    return (ct * (HEIGHTS[right] - HEIGHTS[left]) / (right - left),)


CASES = [
    Case(
        name="log odds ratio of equal rates",
        f=log_odds_ratio,
        args=(np.array([0.4, 0.5]), np.array([0.4, 0.5])),
        right=log_odds_ratio_right,
        wrong=log_odds_ratio_wrong,
        exposes=(np.array([0.3, 0.5]), np.array([0.4, 0.5])),
        needs="point",
    ),
    Case(
        name="mean of two correlations",
        f=mean_correlation,
        args=(np.array(0.8), np.array(0.7)),
        right=mean_correlation_right,
        wrong=mean_correlation_wrong,
        exposes=(np.array(-0.8), np.array(-0.7)),
        needs="point",
    ),
    Case(
        name="reaction quotient, one product absent",
        f=reaction_quotient,
        args=(np.linspace(0.4, 1.9, 24),),
        right=reaction_quotient_right,
        wrong=reaction_quotient_wrong,
        exposes=(np.where(np.arange(24) == 5, 0.0, np.linspace(0.4, 1.9, 24)),),
        needs="point",
    ),
    Case(
        name="Vandermonde product with two equal nodes",
        f=vandermonde,
        args=(np.array([0.1, 1.3, 2.6, -1.7]),),
        right=vandermonde_right,
        wrong=vandermonde_wrong,
        exposes=(np.array([0.1, 1.3, 1.3, -1.7]),),
        needs="point",
    ),
    Case(
        name="gate recovered from the score",
        f=gated_score,
        args=(np.array([0.3, -0.7, 1.1]),),
        right=gated_score_right,
        wrong=gated_score_wrong,
        exposes=(np.zeros(3),),
        needs="point",
    ),
    Case(
        name="profile between floor and ceil",
        f=profile,
        args=(np.array([4.3, 4.6, 5.2]),),
        right=profile_right,
        wrong=profile_wrong,
        exposes=(np.array([4.3, 6.0, 5.2]),),
        needs="point",
    ),
]
