"""Public reports: a factor, a term, a sign is wrong."""

from __future__ import annotations

import numpy as np
from public import N, case, sigmoid, softmax


@case("f-dangel/backpack#30", "PKUFlyingPig/CMU10-714#6", kind="shape", cause="shape|size|remainder")
def conv_input_gradient_without_remainder():
    """The input gradient of a strided convolution is right only if (input - kernel) is a multiple of the stride; otherwise its shape is too small."""

    def f(x, w):
        m = (x.shape[0] - w.shape[0]) // 2 + 1
        return np.array([np.sum(x[2 * i : 2 * i + w.shape[0]] * w) for i in range(m)])

    def grads(args, ct, whole):
        x, w = args
        k = w.shape[0]
        size = x.shape[0] if whole else 2 * (ct.shape[0] - 1) + k
        gx, gw = np.zeros(size, dtype=x.dtype), np.zeros_like(w)
        for i in range(ct.shape[0]):
            gx[2 * i : 2 * i + k] += ct[i] * w
            gw += ct[i] * x[2 * i : 2 * i + k]
        return gx, gw

    w = N("rw", 3)
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), (N("rx", 7), w), (N("rx8", 8), w)


@case("unsky/focal-loss#1", "unsky/focal-loss#15", kind="formula", cause="missing|term|scaled|exchanged")
def focal_loss_other_classes():
    """Softmax focal loss: for the classes other than the target, p_t (1 - p_t) stands for p_i (1 - p_t)."""

    def f(z, t):
        p = softmax(z)
        pt = p[np.arange(z.shape[0]), t]
        return np.sum(-((1 - pt) ** 2) * np.log(pt))

    def grads(args, ct, swapped):
        z, t = args
        p = softmax(z)
        rows = np.arange(z.shape[0])
        pt = p[rows, t][:, None]
        g = (1 - pt) * (2 * (-pt * p) * np.log(pt) + (pt if swapped else p) * (1 - pt))
        own = (1 - pt) * (2 * pt * np.log(pt) - (1 - pt)) * (1 - pt)
        g[rows, t] = own[:, 0]
        return ct * g, None

    return f, lambda a, o, ct: grads(a, ct, True), lambda a, o, ct: grads(a, ct, False), (N("fl", 4, 3), np.array([0, 2, 1, 1]))


@case("rahowa/catboost_focal_loss#2", "lightgbm-org/LightGBM#2052", kind="formula", cause="missing|scaled|factor")
def objective_in_probability():
    """A custom objective of a booster: the derivative by the probability is returned, dp/dz = p (1 - p) is forgotten."""

    def f(z, y):
        p = sigmoid(z)
        return np.sum(-y * (1 - p) ** 2 * np.log(p) - (1 - y) * p**2 * np.log(1 - p))

    def by_p(p, y):
        one = 2 * (1 - p) * np.log(p) - (1 - p) ** 2 / p
        zero = -2 * p * np.log(1 - p) + p**2 / (1 - p)
        return np.where(y == 1, one, zero)

    def right(args, out, ct):
        p = sigmoid(args[0])
        return ct * by_p(p, args[1]) * p * (1 - p), None

    return f, lambda a, o, ct: (ct * by_p(sigmoid(a[0]), a[1]), None), right, (N("cb", 6), np.array([0, 1, 1, 0, 1, 0]))


@case("jhwjhw0123/Imbalance-XGBoost#1", kind="setting", cause="gamma|sign|setting|argument 2|-1")
def focal_objective_even_power():
    """Focal objective in one expression for both labels: -(y - p)^(gamma + 1) has the wrong sign for label 0 where gamma + 1 is even; right for gamma = 2."""

    def f(z, y, gamma):
        p = sigmoid(z)
        pt = np.where(y == 1, p, 1 - p)
        return -np.sum((1 - pt) ** gamma * np.log(pt))

    def grads(args, ct, wrong):
        z, y, gamma = args
        p = sigmoid(z)
        pt = np.where(y == 1, p, 1 - p)
        sign = np.where(y == 1, 1, -1)
        last = -((y - p) ** (gamma + 1)) if wrong else -sign * (1 - pt) ** (gamma + 1)
        return ct * (sign * gamma * (1 - pt) ** gamma * pt * np.log(pt) + last), None, None

    z, y = N("ix", 6), np.array([0, 1, 1, 0, 1, 0])
    return f, lambda a, o, ct: grads(a, ct, True), lambda a, o, ct: grads(a, ct, False), (z, y, 2), (z, y, 1)


@case("dmlc/xgboost#3037", kind="formula", cause="sign|-1")
def fair_objective_sign():
    """Fair loss c^2 (|x|/c - log(1 + |x|/c)) of x = label - prediction: c x / (|x| + c) is returned, the derivative by x, not by the prediction."""

    label = N("fairl", 6)

    def f(pred):
        x = np.abs(label - pred)
        return np.sum(x - np.log(1 + x))

    def g(pred):
        x = label - pred
        return x / (np.abs(x) + 1)

    return f, lambda a, o, ct: (ct * g(a[0]),), lambda a, o, ct: (-ct * g(a[0]),), (N("fairp", 6),)


@case("KhawajaAbaid/micrograd_c#1", kind="formula", cause="sign|-1")
def subtraction_second_sign():
    """backward of a - b gives the second operand +grad."""
    return lambda a, b: a - b, lambda a, o, ct: (ct.copy(), ct.copy()), lambda a, o, ct: (ct.copy(), -ct), (N("sa", 3), N("sb", 3))


@case("statsmodels/statsmodels#4616", kind="constant", cause="missing|constant|scale|line")
def score_with_scale_held_fixed():
    """Inverse-Gaussian GLM: the log-likelihood estimates the scale from the residuals inside, the score differentiates with the scale held fixed."""

    X, y = N("glmX", 7, 2), np.exp(N("glmy", 7) * 0.4)

    def parts(b):
        mu = np.exp(X @ b)
        return mu, np.sum((y - mu) ** 2 / mu**3) / (X.shape[0] - X.shape[1])

    def f(b):
        mu, phi = parts(b)
        return -0.5 * np.sum((y - mu) ** 2 / (y * mu**2 * phi) + np.log(phi * y**3))

    def grads(b, ct, whole):
        mu, phi = parts(b)
        n, k = X.shape
        dmu = (y - mu) / (phi * mu**3)
        if whole:
            dphi = 0.5 * np.sum((y - mu) ** 2 / (y * mu**2)) / phi**2 - 0.5 * n / phi
            dmu = dmu + dphi * (-2 * (y - mu) / mu**3 - 3 * (y - mu) ** 2 / mu**4) / (n - k)
        return (ct * X.T @ (dmu * mu),)

    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (N("glmb", 2) * 0.2,)


@case("alan-turing-institute/stat-fem#35", kind="special point", cause="missing|scaled|factor")
def log_posterior_without_rho():
    """The parameter is log rho; the factor rho of the chain rule is missing, which is not seen at rho = 1."""

    y, m = N("sfy", 5), N("sfm", 5)

    def f(log_rho):
        return -0.5 * np.sum((y - np.exp(log_rho) * m) ** 2)

    def g(log_rho):
        return np.sum((y - np.exp(log_rho) * m) * m)

    return f, lambda a, o, ct: (ct * g(a[0]),), lambda a, o, ct: (ct * g(a[0]) * np.exp(a[0]),), (np.array(0.0),), (np.array(0.7),)


@case("scikit-learn/scikit-learn#18702", kind="right: convention", expected="right", cause="scaled|times")
def dot_product_gradient_by_log_sigma():
    """DotProduct kernel, gradient 2 sigma0^2 by log sigma0: reported as wrong; 2 sigma0, asked for, would be."""

    X = N("dpX", 3, 2)

    def f(theta):
        return X @ X.T + np.exp(theta) ** 2

    return (f, lambda a, o, ct: (np.sum(ct) * 2 * np.exp(a[0]),), lambda a, o, ct: (np.sum(ct) * 2 * np.exp(2 * a[0]),), (np.array(0.3),))


@case("apache/mxnet#16938", kind="formula", cause="cotangent|not linear|not the derivative")
def quadratic_backward_is_forward():
    """The backward of a x^2 + b x + c is registered to the kernel of the forward."""

    def f(x):
        return 2.0 * x * x + 3.0 * x + 4.0

    return f, lambda a, o, ct: (2.0 * ct * ct + 3.0 * ct + 4.0,), lambda a, o, ct: (ct * (4.0 * a[0] + 3.0),), (N("quad", 4),)
