"""Objectives of boosted trees and of second-order optimisers: gradient and Hessian by rows, and what is minimised."""

import numpy as np
from entry import gradient, normal, positive, value_and_gradient, vjp
from scipy.special import expit, softmax

Y01 = np.array([1, 0, 0, 1, 1])
CLASSES = np.array([2, 0, 1, 2])


def logloss(score, y):
    return np.sum(np.logaddexp(0, score) - y * score)  # vertex


def logloss_grad(score, y):
    p = expit(score)
    # fault wrong cache | score | grad = score - y
    grad = p - y
    return grad


def logloss_grad_rows(score, y):
    return expit(score) - y  # vertex


def logloss_hess(args, out, ct):
    """The Hessian is diagonal: the derivative of the gradient, row by row."""
    p = expit(args[0])
    # fault missing factor | score | hess = p
    hess = p * (1 - p)
    return ct * hess


def softmax_objective(score, y):
    p = softmax(score, axis=1)
    rows = np.arange(len(y))
    loss = -np.sum(np.log(p[rows, y]))  # vertex
    grad = p.copy()
    # fault index ignored | score | grad[rows, 0] -= 1
    grad[rows, y] -= 1
    return loss, grad


def tweedie(score, y, rho=1.5):
    return np.sum(-y * np.exp((1 - rho) * score) / (1 - rho) + np.exp((2 - rho) * score) / (2 - rho))  # vertex


def tweedie_grad(score, y, rho=1.5):
    # fault wrong factor | score | return -y * np.exp((1 - rho) * score) + (2 - rho) * np.exp((2 - rho) * score)
    return -y * np.exp((1 - rho) * score) + np.exp((2 - rho) * score)


def tweedie_hess(args, out, ct):
    score, y = args
    rho = 1.5
    # fault sign | score | return ct * (-y * (rho - 1) * np.exp((1 - rho) * score) + (2 - rho) * np.exp((2 - rho) * score))
    return ct * (-y * (1 - rho) * np.exp((1 - rho) * score) + (2 - rho) * np.exp((2 - rho) * score))


def poisson_objective(score, y):
    grad = np.exp(score) - y
    # fault sign | score | return np.sum(np.exp(score) - y * score), -grad
    return np.sum(np.exp(score) - y * score), grad


def focal_objective(x, y, gamma=2.0):
    p = expit(x)
    pt = np.where(y == 1, p, 1 - p)
    return -np.sum((1 - pt) ** gamma * np.log(pt))  # vertex


def focal_objective_grad(x, y, gamma=2.0):
    p = expit(x)
    pt, s = np.where(y == 1, p, 1 - p), np.where(y == 1, 1.0, -1.0)
    # fault wrong factor | x | return s * (1 - pt) ** gamma * (gamma * np.log(pt) + pt - 1)
    return s * (1 - pt) ** gamma * (gamma * pt * np.log(pt) + pt - 1)


def expectile(score, y, tau=0.7):
    d = y - score
    w = np.where(d > 0, tau, 1 - tau)
    return np.sum(w * d**2)  # vertex


def expectile_grad(score, y, tau=0.7):
    d = y - score
    # fault wrong mask | score | w = np.where(d < 0, tau, 1 - tau)
    w = np.where(d > 0, tau, 1 - tau)
    return -2 * w * d


def fair_loss(pred, y, c=1.3):
    r = np.abs(pred - y)
    return np.sum(c**2 * (r / c - np.log1p(r / c)))  # vertex


def fair_grad(pred, y, c=1.3):
    d = pred - y
    # fault missing factor | pred | return d / (np.abs(d) + c)
    return c * d / (np.abs(d) + c)


def pairwise_rank(s, i, j):
    """The i-th document of a pair is to stand above the j-th."""
    d = s[i] - s[j]  # vertex
    lam = -expit(-d)
    grad = np.zeros_like(s)
    np.add.at(grad, i, lam)
    # fault repeated ids | s | grad[j] -= lam
    np.subtract.at(grad, j, lam)
    return np.sum(np.logaddexp(0, -d)), grad


def gain(g, h, lam):
    return np.sum(g) ** 2 / (np.sum(h) + lam)  # vertex


def gain_grad(g, h, lam):
    w = np.sum(g) / (np.sum(h) + lam)
    # fault missing factor | h | return 2 * w * np.ones_like(g), -w * np.ones_like(h), -(w**2)
    return 2 * w * np.ones_like(g), -(w**2) * np.ones_like(h), -(w**2)


def msle(pred, y):
    d = np.log1p(pred) - np.log1p(y)  # vertex
    # fault missing factor | pred | return 0.5 * np.sum(d**2), d
    return 0.5 * np.sum(d**2), d / (pred + 1)


def weighted_squares(pred, y, w):
    return np.sum(w * (pred - y) ** 2) / np.sum(w)  # vertex


def weighted_squares_grad(pred, y, w):
    # fault wrong constant | pred | return 2 * w * (pred - y) / len(w)
    return 2 * w * (pred - y) / np.sum(w)


def accelerated_failure(score, t, died):
    z = np.log(t) - score
    return np.sum(np.exp(z) - died * z)  # vertex


def accelerated_failure_grad(score, t, died):
    z = np.log(t) - score
    # fault wrong cache | score | return died - np.exp(score)
    return died - np.exp(z)


def smooth_hinge(score, y):
    m = (2 * y - 1) * score
    return np.sum(np.where(m >= 1, 0.0, np.where(m <= 0, 0.5 - m, 0.5 * (1 - m) ** 2)))  # vertex


def smooth_hinge_grad(score, y):
    s = 2 * y - 1
    m = s * score
    # fault sign | score | g = np.where(m >= 1, 0.0, np.where(m <= 0, -1.0, 1 - m))
    g = np.where(m >= 1, 0.0, np.where(m <= 0, -1.0, m - 1))
    return s * g


def huber_rows(pred, y, delta=1.0):
    r = pred - y
    return np.sum(np.where(np.abs(r) < delta, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta)))  # vertex


def huber_rows_grad(pred, y, delta=1.0):
    r = pred - y
    # fault wrong mask | pred | return r
    return np.clip(r, -delta, delta)


def balanced(score, y, scale):
    """Positive rows count `scale` times."""
    w = np.where(y == 1, scale, 1)
    return np.sum(w * (np.logaddexp(0, score) - y * score))  # vertex


def balanced_grad(score, y, scale):
    # fault index ignored | score | return expit(score) - y
    return np.where(y == 1, scale, 1) * (expit(score) - y)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)  # vertex


def rosenbrock_grad(x):
    g = np.zeros_like(x)
    r = x[1:] - x[:-1] ** 2
    g[:-1] = -400 * x[:-1] * r - 2 * (1 - x[:-1])
    # fault assigned, not added | x | g[1:] = 200 * r
    g[1:] += 200 * r
    return g


def rosenbrock_hess_vec(args, out, ct):
    """The product of the Hessian with the cotangent."""
    (x,) = args
    d = np.zeros_like(x)
    d[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    d[1:] += 200
    off = -400 * x[:-1]
    out = d * ct
    out[:-1] += off * ct[1:]
    # fault missing term | x | pass
    out[1:] += off * ct[:-1]
    return out


def himmelblau(p):
    x, y = p
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2  # vertex


def himmelblau_grad(p):
    x, y = p
    a, b = x**2 + y - 11, x + y**2 - 7
    # fault missing factor | p | return np.array([4 * x * a + 2 * b, 2 * a + 2 * y * b])
    return np.array([4 * x * a + 2 * b, 2 * a + 4 * y * b])


PRED, TARGET = positive(0, 5), positive(1, 5)

ENTRIES = [
    gradient("log loss of scores", logloss, logloss_grad, normal(2, 5), Y01),
    vjp("Hessian of the log loss", logloss_grad_rows, logloss_hess, normal(3, 5), Y01),
    value_and_gradient("softmax objective", softmax_objective, normal(4, 4, 3), CLASSES),
    gradient("Tweedie", tweedie, tweedie_grad, normal(5, 5), TARGET, wrt=(0,)),
    vjp("Hessian of Tweedie", tweedie_grad, tweedie_hess, normal(6, 5), TARGET, wrt=(0,)),
    value_and_gradient("Poisson objective", poisson_objective, normal(7, 5), np.array([0, 2, 1, 4, 3])),
    gradient("focal objective", focal_objective, focal_objective_grad, normal(8, 5), Y01),
    gradient("expectile", expectile, expectile_grad, normal(9, 5), normal(10, 5), wrt=(0,)),
    gradient("fair loss", fair_loss, fair_grad, normal(11, 5), normal(12, 5), wrt=(0,)),
    value_and_gradient("pairs of a ranking", pairwise_rank, normal(13, 4), np.array([0, 2, 3, 1]), np.array([1, 1, 0, 0])),
    gradient("gain of a split", gain, gain_grad, normal(14, 4), positive(15, 4), np.array(1.0)),
    value_and_gradient("squared log error", msle, PRED, TARGET, wrt=(0,)),
    gradient("weighted squares", weighted_squares, weighted_squares_grad, PRED, TARGET, positive(16, 5), wrt=(0,)),
    gradient("accelerated failure time", accelerated_failure, accelerated_failure_grad, normal(17, 5), TARGET, Y01, wrt=(0,)),
    gradient("smooth hinge", smooth_hinge, smooth_hinge_grad, np.array([0.4, -0.7, 1.2, 2.0, -0.3, -1.6]), np.array([1, 0, 0, 1, 1, 0])),
    gradient("Huber, near and far", huber_rows, huber_rows_grad, normal(23, 5) / 4, normal(24, 5) / 4, wrt=(0,), exposes=(3 * PRED,
        TARGET)),
    gradient("positive rows count more", balanced, balanced_grad, normal(22, 5), Y01, 1, exposes=(normal(22, 5), Y01, 3)),
    gradient("Rosenbrock", rosenbrock, rosenbrock_grad, normal(19, 5)),
    vjp("Rosenbrock's Hessian times a vector", rosenbrock_grad, rosenbrock_hess_vec, normal(20, 5)),
    gradient("Himmelblau", himmelblau, himmelblau_grad, normal(21, 2)),
]  # fmt: skip
