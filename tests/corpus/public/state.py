"""Public reports: layouts, buffers, mutation, state, engines."""

from __future__ import annotations

from typing import Any

import numpy as np
from public import N, case


@case("Dao-AILab/flash-attention#355", "pytorch/pytorch#194719", kind="layout", cause="layout|contiguous|stride|base|view")
def cotangent_read_from_its_base():
    """The kernel takes the pointer of the incoming gradient and assumes its own strides: a slice of a larger gradient (after a concatenation) is read from the wrong places."""

    def grads(x, ct, right):
        if not right:
            ct = np.lib.stride_tricks.as_strided(ct, x.shape, x.strides)
        return (ct * np.cos(x),)

    return np.sin, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (N("fa", 2, 3),)


@case("cornellius-gp/gpytorch#1543", kind="layout", cause="layout|contiguous|None|order|stride")
def no_gradient_for_strided_arguments():
    """Kernels of a compiled library return no gradient if the inputs are not contiguous."""

    def wrong(args, out, ct):
        (x,) = args
        if not x.flags.c_contiguous:
            return (None,)
        return (ct[:, None] * 2 * x,)

    return (
        lambda x: np.sum(x * x, axis=1),
        wrong,
        lambda a, o, ct: (ct[:, None] * 2 * a[0],),
        (N("keops", 4, 3),),
        (np.asfortranarray(N("keops", 4, 3)),),
    )


@case("happynear/caffe-windows#46", kind="mutation", cause="cotangent|chang|writ|mutat")
def covariance_changes_its_cotangent():
    """The covariance layer's backward doubles the diagonal of the incoming gradient in place."""

    def f(x):
        return np.tril(x @ x.T)

    def grads(x, ct, copy):
        g = ct.copy() if copy else ct
        n = g.shape[0]
        g[np.arange(n), np.arange(n)] *= 2
        low = np.tril(g)
        return ((np.tril(low, -1) + np.tril(low, -1).T + np.diag(np.diagonal(low))) @ x,)

    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (N("cov", 3, 2),)


@case("cornellius-gp/gpytorch#884", "meta-pytorch/botorch#279", kind="state", cause="twice|again|second|state|call")
def kernel_of_one_point_changes_its_cache():
    """Gradients of a kernel differ from call to call if one point is given: the saved distances are changed in place, since for one row no copy was made."""

    saved: dict[Any, Any] = {}
    train = N("mt", 5, 2)

    def distances(x):
        return np.sqrt(np.sum((x[:, None] - train[None]) ** 2, axis=-1))

    def key(x):
        return tuple(x.ravel().tolist()) if type(x) is np.ndarray else None

    def f(x):
        d = distances(x)
        if key(x) is not None:
            saved[key(x)] = d
        return np.exp(-d)

    def grads(x, out, ct, right):
        d = saved[key(x)] if key(x) in saved else distances(x)
        unit = (x[:, None] - train[None]) / d[..., None]
        e = d if not right and x.shape[0] == 1 else d.copy()
        e *= -1.0
        np.exp(e, out=e)
        return (-np.sum((ct * e)[..., None] * unit, axis=1),)

    return f, lambda a, o, ct: grads(a[0], o, ct, False), lambda a, o, ct: grads(a[0], o, ct, True), (N("mq", 3, 2),), (N("mq1", 1, 2),)


class _Node:
    """The smallest scalar engine: values, parents with local derivatives, gradients that accumulate."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = value, parents, 0.0

    def __add__(self, other):
        return _Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return _Node(self.value * other.value, ((self, other.value), (other, self.value)))


def _order(root):
    seen, order = set(), []

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order[::-1]


@case("TrenTorch/TrenTorch!182", kind="engine", cause="missing|first|path|line|consumer")
def engine_frees_a_shared_node():
    """backward() clears the function of a node after its first visit: the second branch's contribution is dropped (6 for 21)."""

    def right(args, out, ct):
        return (ct * (3 * 2 + 3 * 5),)

    def f(x):
        y = x * 3
        return y * 2 + y * 5

    return f, lambda a, o, ct: (ct * 3 * 2,), right, (np.array([2.0, -1.0]),)


@case("karpathy/micrograd!102", "karpathy/micrograd!8", kind="state", cause="twice|again|second|call")
def engine_backward_twice():
    """backward() a second time on the same graph: gradients of inner nodes were not zeroed (27, then 45)."""

    kept: dict[float, Any] = {}

    def build(x):
        leaf = _Node(x)
        return leaf, leaf * leaf * leaf

    def f(x):
        leaf, top = build(x)
        if type(x) in (float, np.float64) or getattr(x, "dtype", None) == float:
            kept[float(x)] = leaf, top
        return top.value

    def grads(x, ct, zero):
        known = type(x) in (float, np.float64) or getattr(x, "dtype", None) == float
        leaf, top = kept.get(float(x), build(x)) if known else build(x)
        leaf.grad = 0.0
        if zero:
            for node in _order(top):
                node.grad = 0.0
        top.grad = ct
        for node in _order(top):
            for parent, local in node.parents:
                parent.grad = parent.grad + node.grad * local
        return (leaf.grad,)

    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (np.array(3.0),)
