"""Public reports: zeros, ties, norms, edges of domains, magnitudes and dtypes."""

from __future__ import annotations

import numpy as np
from public import N, case, rng
from scipy import special


@case("pytorch/xla#913", "apache/mxnet#9580", "torch/nn!768", kind="setting", cause="training|setting|mode|argument")
def batch_norm_backward_in_eval_mode():
    """Batch normalisation: the backward of training is used in evaluation mode too."""

    def f(x, gamma, beta, mean, var, training):
        m, v = (np.mean(x, axis=0), np.var(x, axis=0)) if training else (mean, var)
        return gamma * (x - m) / np.sqrt(v + 1e-5) + beta

    def grads(args, ct, right):
        x, gamma, beta, mean, var, training = args
        batch = training or not right
        m, v = (np.mean(x, axis=0), np.var(x, axis=0)) if batch else (mean, var)
        r = 1 / np.sqrt(v + 1e-5)
        xh = (x - m) * r
        g = ct * gamma
        if batch:
            gx, gm, gv = r * (g - np.mean(g, axis=0) - xh * np.mean(g * xh, axis=0)), np.zeros_like(m), np.zeros_like(v)
        else:
            gx, gm, gv = r * g, -np.sum(r * g, axis=0), -0.5 * np.sum(g * xh, axis=0) * r * r
        return gx, np.sum(ct * xh, axis=0), np.sum(ct, axis=0), gm, gv, None

    r = rng("bn")
    base = (r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=3), r.uniform(0.5, 2, size=3))
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), (*base, True), (*base, False)


@case("tensorflow/tensorflow#119430", kind="special point", cause="0.0|zero|== 0")
def cumprod_zero_for_zero():
    """cumprod: the same, with nan replaced by 0: finite and wrong at [2, 3, 0]."""

    def right(args, out, ct):
        (x,) = args
        n = x.shape[0]
        tail, g = 0.0, np.zeros_like(x)
        left = np.concatenate([np.ones(1, dtype=x.dtype), np.cumprod(x)[:-1]])
        for i in reversed(range(n)):
            tail = ct[i] + (x[i + 1] * tail if i + 1 < n else 0.0)
            g[i] = left[i] * tail
        return (g,)

    def wrong(args, out, ct):
        (x,) = args
        total = np.cumsum((ct * out)[::-1])[::-1]
        return (np.where(x == 0, 0.0, total / np.where(x == 0, 1.0, x)),)

    return np.cumprod, wrong, right, (np.array([1.5, -0.4, 2.0]),), (np.array([2.0, 3.0, 0.0]),)


@case("jax-ml/jax#3058", "jax-ml/jax#4177", "jax-ml/jax#21723", kind="special point", cause="not finite|nan|norm|zero")
def squared_norm_at_zero():
    """norm(x) ** 2 through the norm: nan at x = 0, where the derivative is 0."""
    return (
        lambda x: np.linalg.norm(x) ** 2,
        lambda a, o, ct: (ct * 2 * np.linalg.norm(a[0]) * (a[0] / np.linalg.norm(a[0])),),
        lambda a, o, ct: (ct * 2 * a[0],),
        (N("sqn", 3),),
        (np.zeros(3),),
    )


@case("jax-ml/jax#1052", kind="special point", cause="not finite|nan|where|0 / 0")
def where_does_not_stop_nan():
    """where(mask, 0, arctan2(a, a)): the masked branch gives 0 * nan at a = 0, as in the report's own arguments."""

    mask = np.array([False, True, False])

    def f(a):
        return np.where(mask, 0.0, np.arctan2(a, a))

    def wrong(args, out, ct):
        (a,) = args
        return (np.where(mask, 0.0, ct) * ((a - a) / (a * a + a * a)),)

    def right(args, out, ct):
        return (np.zeros_like(args[0]),)

    return f, wrong, right, (np.array([3.0, 0.0, -5.0]),)


@case("jax-ml/jax#37635", kind="special point", cause="negative|< 0|> 0")
def digamma_gradient_left_of_zero():
    """The gradient of digamma at -16.5 is the asymptotic series of trigamma without reflection: -0.0588 for 9.81."""

    def wrong(args, out, ct):
        (x,) = args
        return (ct * np.where(x > 0, special.polygamma(1, np.abs(x)), 1 / x + 0.5 / x**2 + 1 / (6 * x**3)),)

    return (
        special.digamma,
        wrong,
        lambda a, o, ct: (ct * special.polygamma(1, a[0]),),
        (np.array([0.7, 2.5, 6.0]),),
        (np.array([-16.5, 2.5]),),
    )


@case("pytorch/pytorch#23925", kind="special point", cause="n - 1|boundary|index|decision|floor|clip")
def sampling_at_the_border():
    """grid_sample with border padding: a point exactly on the last pixel gets the gradient of zero padding."""

    def f(img, t):
        n = img.shape[0]
        u = np.clip(t, 0, n - 1)
        i = np.minimum(np.floor(u).astype(int), n - 2)
        w = u - i
        return img[i] * (1 - w) + img[i + 1] * w

    def grads(args, ct, right):
        img, t = args
        n = img.shape[0]
        u = np.clip(t, 0, n - 1)
        inside = (t >= 0) & (t <= n - 1)
        i = np.floor(u).astype(int)
        if right:
            i = np.minimum(i, n - 2)
        w = u - i
        padded = np.concatenate([img, np.zeros(1)])
        gi = np.zeros(n + 1)
        np.add.at(gi, i, ct * (1 - w))
        np.add.at(gi, i + 1, ct * w)
        return gi[:n], ct * np.where(inside, padded[i + 1] - padded[i], 0.0)

    img = np.arange(1.0, 6.0)
    return (
        f,
        lambda a, o, ct: grads(a, ct, False),
        lambda a, o, ct: grads(a, ct, True),
        (img, np.array([0.3, 1.7, 3.4])),
        (img, np.arange(5.0)),
    )


@case("jax-ml/jax#40141", "pytorch/pytorch#49886", kind="special point", cause="not finite|nan|equal|eigenvalue|zero")
def matrix_root_with_equal_eigenvalues():
    """A matrix function through eigh: 1 / (l_i - l_j) of the eigenvectors' gradient is not finite where eigenvalues are equal, though the function is smooth there."""

    def f(A):
        w, V = np.linalg.eigh((A + A.T) / 2)
        return (V * np.sqrt(w)) @ V.T

    def grads(A, ct, right):
        w, V = np.linalg.eigh((A + A.T) / 2)
        s = np.sqrt(w)
        C = V.T @ ((ct + ct.T) / 2) @ V
        if right:
            K = C / (s[:, None] + s[None])
        else:
            gap = w[:, None] - w[None] + np.eye(w.shape[0])
            K = np.where(np.eye(w.shape[0]) == 1, C / (2 * s[:, None]), C * (s[:, None] - s[None]) / gap)
        return (V @ K @ V.T,)

    B = N("root", 3, 3)
    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (B @ B.T + np.eye(3),), (np.eye(3) * 2.0,)


@case("tracel-ai/burn#5373", kind="overflow", cause="not finite|nan|overflow|exp")
def softplus_exp_over_exp():
    """softplus with beta = 5: exp(5 x) / (1 + exp(5 x)) is nan for large x."""

    def wrong(args, out, ct):
        e = np.exp(5 * args[0])
        return (ct * e / (1 + e),)

    return (
        lambda x: np.logaddexp(0.0, 5 * x) / 5,
        wrong,
        lambda a, o, ct: (ct * special.expit(5 * a[0]),),
        (N("sp", 4),),
        (np.array([200.0, 1.0]),),
    )


@case("tensorflow/tensorflow#126060", "tenstorrent/tt-metal!56358", kind="cancellation", cause="floats|cancel|digits|1 -|lose")
def sigmoid_gradient_from_its_output():
    """sigmoid: y (1 - y) is exactly 0 from x = 37 on, where the derivative is 1e-16 and representable down to 1e-308."""
    return (
        lambda x: special.expit(x),
        lambda a, o, ct: (ct * o * (1 - o),),
        lambda a, o, ct: (ct * o * special.expit(-a[0]),),
        (N("sg", 4),),
        (np.array([40.0, 1.0]),),
    )


@case("JuliaDiff/ChainRulesTestUtils.jl#285", "CharlesShang/DCNv2#13", "jax-ml/jax#7742", kind="right: float32", expected="right")
def sine_in_float32():
    """sin in float32: finite differences at the tolerances of float64 report a right rule."""
    return np.sin, None, lambda a, o, ct: (ct * np.cos(a[0]),), (N("s32", 4, dtype=np.float32),)
