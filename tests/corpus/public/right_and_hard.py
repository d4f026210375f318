"""Public reports: right code that checkers flag, and more of the kinds that are hard to see."""

from __future__ import annotations

import numpy as np
from public import N, case, rng, sigmoid


@case("pytorch/pytorch#184574", kind="right: kink", expected="right")
def clamp_at_its_bounds():
    """clamp(x, 0, 6) with the derivative 1 on the bounds, reported since relu6 has 0 there: both lie between the one-sided derivatives."""
    return lambda x: np.clip(x, 0.0, 6.0), None, lambda a, o, ct: (ct * ((a[0] >= 0) & (a[0] <= 6)),), (np.array([0.0, 3.0, 6.0]),)


@case("BVLC/caffe#1334", kind="right: kink", expected="right")
def hinge_loss_on_the_margin():
    """Hinge loss with a sample exactly on the margin: the gradient checker skips or flags it; 0 is a subgradient."""
    y = np.array([1.0, -1.0, 1.0])
    return (
        lambda s: np.sum(np.maximum(1 - y * s, 0.0)),
        None,
        lambda a, o, ct: (-ct * y * (1 - y * a[0] > 0),),
        (np.array([1.0, 0.3, -0.5]),),
    )


@case("pytorch/pytorch#137284", "pytorch/pytorch#30578", kind="right: convention", expected="right", cause="scaled|2|symmetric|times")
def cholesky_symmetric_gradient():
    """Cholesky of a symmetric matrix, gradient symmetrised as (S + S^T) / 2: reported as wrong; the S + S^T - diag(S) asked for counts the off-diagonal entries twice."""

    def f(A):
        return np.linalg.cholesky((A + A.T) / 2)

    def grads(A, L, ct, doubled):
        M = np.tril(L.T @ ct)
        M = M - 0.5 * np.diag(np.diagonal(M))
        inv = np.linalg.inv(L)
        S = inv.T @ M @ inv
        return (S + S.T - np.diag(np.diagonal(S)) if doubled else (S + S.T) / 2,)

    B = N("chol", 3, 3)
    return f, lambda a, o, ct: grads(a[0], o, ct, True), lambda a, o, ct: grads(a[0], o, ct, False), (B @ B.T + np.eye(3),)


@case("pytorch/pytorch#41508", "pytorch/pytorch!189045", "pytorch/pytorch#160064", kind="setting", cause="not finite|nan|mask|argument 2")
def attention_mask_with_an_empty_row():
    """Attention with a boolean mask: a query that may see no key has the weights 0 in the value and 0 * nan in the gradient."""

    def parts(q, k, mask):
        e = np.exp(q @ k.T) * mask
        return e, np.sum(e, axis=1, keepdims=True)

    def f(q, k, mask):
        e, total = parts(q, k, mask)
        return (e / np.where(total > 0, total, 1.0)) @ k

    def grads(args, ct, safe):
        q, k, mask = args
        e, total = parts(q, k, mask)
        P = e / (np.where(total > 0, total, 1.0) if safe else total)
        dP = ct @ k.T
        dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
        return dS @ k, dS.T @ q + P.T @ ct, None

    q, k = N("emq", 3, 2), N("emk", 3, 2)
    some = np.array([[True, False, False], [True, True, False], [False, True, True]])
    none = np.array([[True, False, False], [False, False, False], [False, True, True]])
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), (q, k, some), (q, k, none)


@case("keras-team/keras#23075", "keras-team/keras!23093", kind="special point", cause="not finite|nan|zero|decision")
def normalize_a_zero_vector():
    """x * min(rsqrt(sum x^2), 1 / eps): linear around 0 and yet nan there, since the unselected branch is 0 * inf."""

    eps = 1e-3

    def f(x):
        return x / np.sqrt(np.maximum(np.sum(x * x), eps**2))

    def grads(x, ct, safe):
        s = np.sum(x * x)
        big = s > eps**2
        r = 1 / np.sqrt(np.maximum(s, eps**2))
        third = (np.maximum(s, eps**2) if safe else s) ** -1.5
        return (ct * r - big * 1.0 * third * x * np.sum(ct * x),)

    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (N("nz", 3),), (np.zeros(3),)


@case("pytorch/pytorch#80804", kind="special point", cause="zero|tie|decision|kink|not the derivative")
def renorm_to_zero():
    """renorm with a maximal norm of 0 maps everything to 0, and a zero column has the gradient 1 (the report's arguments)."""

    def f(x):
        n = np.sqrt(np.sum(x * x, axis=0))
        return x * np.where(n > 0.0, 0.0 / (n + 1e-7), 1.0)

    def wrong(args, out, ct):
        (x,) = args
        return (ct * np.where(np.sum(x * x, axis=0) > 0, 0.0, 1.0),)

    return f, wrong, lambda a, o, ct: (np.zeros_like(ct),), (np.array([[0.1, 0.0], [0.2, 0.0]]),)


@case("lightgbm-org/LightGBM#2156", kind="right: convention", expected="right")
def smape_objective():
    """SMAPE objective of a booster: suspected derivatives which are right (the second derivative is negative, which is what stops the training)."""

    label, eps = np.array([1.0, 4.0, 2.5, 3.0]), 1e-4

    def f(p):
        return np.sum(np.abs(p - label) / (p + label + eps))

    def right(args, out, ct):
        (p,) = args
        return (ct * np.where(p - label >= 0, 1, -1) * (2 * label + eps) / (p + label + eps) ** 2,)

    return f, None, right, (np.array([2.0, 3.5, 2.0, 5.0]),)


@case("lightgbm-org/LightGBM#2156", "dmlc/xgboost#15", kind="right: second order", expected="right", cause="2|scaled|times|sign")
def smape_hessian():
    """The second derivative of the same objective, checked as the derivative of its gradient; without its sign, as asked for to make the training go on, it is wrong."""

    label, eps = np.array([1.0, 4.0, 2.5, 3.0]), 1e-4

    def gradient(p):
        return np.where(p - label >= 0, 1, -1) * (2 * label + eps) / (p + label + eps) ** 2

    def hessian(p):
        return np.where(p - label >= 0, 1, -1) * (-4 * label - 2 * eps) / (p + label + eps) ** 3

    return (
        gradient,
        lambda a, o, ct: (ct * np.abs(hessian(a[0])),),
        lambda a, o, ct: (ct * hessian(a[0]),),
        (np.array([2.0, 3.5, 2.0, 5.0]),),
    )


@case("BVLC/caffe#1334", kind="right: kink", expected="right")
def absolute_error_of_a_constant():
    """Sum of |y - c| by the number c, where several y equal c (c is a median): sign(0) = 0 is a subgradient."""
    y = np.array([1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0])
    return lambda c: np.sum(np.abs(y - c)), None, lambda a, o, ct: (-ct * np.sum(np.sign(y - a[0])),), (np.array(2.0),)


@case("google/jaxopt#141", "patrick-kidger/optimistix#54", kind="solver", cause="zero|missing|argument")
def implicit_root_by_bracketing():
    """The same by a library's bracketing solver (a forward that ends at a tolerance): zero for the equation's parameters; the implicit gradient is right."""

    def f(y, a, b):
        from scipy.optimize import brentq

        return np.array([brentq(lambda x: (a * x * x + b * x) / (a + b) - v, 0.0, 1.0) for v in y])

    def grads(args, x, ct, whole):
        y, a, b = args
        s = (2 * a * x + b) / (a + b)
        ga = -((x * x) / (a + b) - (a * x * x + b * x) / (a + b) ** 2) / s
        gb = -(x / (a + b) - (a * x * x + b * x) / (a + b) ** 2) / s
        return ct / s, np.sum(ct * ga) * whole, np.sum(ct * gb) * whole

    args = (np.array([0.2, 0.5, 0.7]), np.array(2.0), np.array(3.0))
    return f, lambda s, o, ct: grads(s, o, ct, 0.0), lambda s, o, ct: grads(s, o, ct, 1.0), args


@case("patrick-kidger/optimistix#54", kind="right: solver", expected="right")
def implicit_root_of_a_cubic():
    """The root of u^3 + u = v by a bracketing solver with its default tolerance of 2e-12, implicit gradient 1 / (3 u^2 + 1): right to what the forward is."""

    def f(v):
        from scipy.optimize import brentq

        return np.array([brentq(lambda u: u**3 + u - each, -5.0, 5.0) for each in v])

    return f, None, lambda a, o, ct: (ct / (3 * o**2 + 1),), (np.linspace(-1, 2, 6),)


@case(
    "CaptainE/RNN-LSTM-in-numpy#1",
    "nicklashansen/rnn_lstm_from_scratch#1",
    kind="interface: several outputs",
    cause="cotangent|output|missing",
)
def lstm_step_with_two_outputs():
    """One LSTM step that returns the hidden and the cell state: the gradient that comes in by the cell state is not used."""

    def gates(z, wf, wi, wg):
        return sigmoid(wf @ z), sigmoid(wi @ z), np.tanh(wg @ z)

    def f(z, c, wf, wi, wg):
        fg, ig, g = gates(z, wf, wi, wg)
        cn = fg * c + ig * g
        return np.tanh(cn), cn

    def grads(args, ct, whole):
        z, c, wf, wi, wg = args
        fg, ig, g = gates(z, wf, wi, wg)
        cn = fg * c + ig * g
        d = ct[0] * (1 - np.tanh(cn) ** 2) + (ct[1] if whole else 0.0)
        df, di, dg = d * c * fg * (1 - fg), d * g * ig * (1 - ig), d * ig * (1 - g * g)
        return wf.T @ df + wi.T @ di + wg.T @ dg, d * fg, np.outer(df, z), np.outer(di, z), np.outer(dg, z)

    r = rng("lstm2")
    args = (r.normal(size=3), r.normal(size=2), *(r.normal(size=(2, 3)) for _ in range(3)))
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), args


@case("FluxML/Zygote.jl#961", "jax-ml/jax#15872", kind="interface: complex", cause="conj")
def complex_exponential_without_conjugate():
    """sum(real(exp(z))): the rule lacks the conjugate (the gradient is the one by which a real loss grows, d/dRe + i d/dIm)."""
    z = N("cxr", 3) + 1j * N("cxi", 3)
    return lambda z: np.sum(np.real(np.exp(z))), lambda a, o, ct: (ct * np.exp(a[0]),), lambda a, o, ct: (ct * np.conj(np.exp(a[0])),), (z,)
