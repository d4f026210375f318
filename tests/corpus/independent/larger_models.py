"""State, layouts, and larger models."""

from __future__ import annotations

import numpy as np
from cases import Made, made
from numpy.random import RandomState
from scipy import special


@made("Gradient of a (n,) bias returned as (1, n).")
def gradient_keepdims_shape() -> Made:
    def f(x, b):
        _n, d = x.shape
        if b.shape != (d,):
            raise ValueError
        return np.maximum(x + b, 0.0)

    def vjp(keep):
        def back(args, out, g):
            x, b = args
            m = g * (x + b > 0)
            return m, m.sum(axis=0, keepdims=keep)

        return back

    return f, (RandomState(0).randn(3, 4), RandomState(1).randn(4)), vjp(False), vjp(True)


@made("The gradient comes back in float32.")
def float32_returned() -> Made:
    def f(x):
        return np.sqrt(1 + x * x)

    def right(a, o, g):
        return (g * a[0] / o,)

    def wrong(a, o, g):
        return ((g * a[0] / o).astype("f4"),)

    return f, (np.array([0.4, -1.3, 2.2]),), right, wrong


@made("Returns None for a float argument that matters.")
def none_for_second_argument() -> Made:
    def f(x, y):
        if x.shape != y.shape:
            raise ValueError
        return np.hypot(x, y)

    def right(a, o, g):
        r = np.where(o == 0, 1.0, o)
        return g * a[0] / r, g * a[1] / r

    def wrong(a, o, g):
        return (right(a, o, g)[0], None)

    return f, (np.array([3.0, 1.0]), np.array([4.0, -1.0])), right, wrong


@made("g.ravel('K') follows memory order: wrong for Fortran-ordered cotangents.", needs="protocol")
def ravel_K_order_cotangent() -> Made:
    def f(x):
        _n, _m = x.shape
        return x * x * x

    def wrong(args, out, g):
        (x,) = args
        flat = np.asarray(g).ravel("K")
        return ((3 * np.ascontiguousarray(x).ravel() ** 2 * flat).reshape(x.shape),)

    return f, (RandomState(0).randn(3, 2),), lambda a, o, g: (3 * a[0] ** 2 * g,), wrong


@made("Assumes g.reshape(-1) is a view and scales a copy when g is not contiguous.", needs="protocol")
def reshape_inplace_view() -> Made:
    def f(x):
        _n, _m = x.shape
        return np.exp(x)

    def wrong(args, out, g):
        gx = g.copy(order="K")
        flat = gx.reshape(-1)  # copy if gx is not C-contiguous
        flat *= np.exp(args[0]).reshape(-1)
        return (gx,)

    return f, (RandomState(0).randn(3, 2),), lambda a, o, g: (g * o,), wrong


@made(
    "The input gradient correlates where it must convolve: right for symmetric kernels.",
    exposes=(np.array([1.0, 2.0, -1.0, 0.5, 3.0]), np.array([0.2, 1.0, -0.7])),
)
def conv1d_kernel_not_flipped() -> Made:
    def f(x, k):
        (n,), (m,) = x.shape, k.shape
        if m > n:
            raise ValueError
        return np.array([x[i : i + m] @ k for i in range(n - m + 1)])

    def back(args, out, g, flip):
        x, k = args
        gx, gk = np.zeros_like(x), np.zeros_like(k)
        kk = k if flip else k[::-1]
        for i, gi in enumerate(g):
            gx[i : i + len(k)] += gi * kk
            gk += gi * x[i : i + len(k)]
        return gx, gk

    return (
        f,
        (np.array([1.0, 2.0, -1.0, 0.5, 3.0]), np.array([0.2, 1.0, 0.2])),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("Overlapping windows overwrite each other: right for stride >= kernel.")
def conv2d_overlap_overwritten() -> Made:
    def f(x, k):
        (H, W), (a, b) = x.shape, k.shape
        if a > H or b > W:
            raise ValueError
        win = np.lib.stride_tricks.sliding_window_view(x, (a, b))
        return np.einsum("ijab,ab->ij", win, k)

    def back(args, out, g, add):
        x, k = args
        a, b = k.shape
        gx, gk = np.zeros_like(x), np.zeros_like(k)
        for i in range(g.shape[0]):
            for j in range(g.shape[1]):
                if add:
                    gx[i : i + a, j : j + b] += g[i, j] * k
                else:
                    gx[i : i + a, j : j + b] = g[i, j] * k
                gk += g[i, j] * x[i : i + a, j : j + b]
        return gx, gk

    return (
        f,
        (RandomState(2).randn(4, 4), RandomState(3).randn(2, 2)),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("The path of the reset gate into the candidate is detached.")
def gru_update_gate() -> Made:
    sig = special.expit

    def f(h, z_in, r_in, c_in, u):
        if not h.shape == z_in.shape == r_in.shape == c_in.shape == u.shape:
            raise ValueError
        z, r = sig(z_in), sig(r_in)
        return (1 - z) * h + z * np.tanh(c_in + r * u * h)

    def back(args, out, g, reset):
        h, zi, ri, ci, u = args
        z, r = sig(zi), sig(ri)
        c = np.tanh(ci + r * u * h)
        gc = g * z * (1 - c * c)
        gr = gc * u * h * r * sig(-ri)
        return g * (1 - z) + gc * r * u, g * (c - h) * z * sig(-zi), gr if reset else 0 * gr, gc, gc * r * h

    r = RandomState(4)
    return f, tuple(r.randn(3) for _ in range(5)), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("The gain is treated as constant in the variance's gradient.")
def kalman_gain_detached() -> Made:
    Q, S = 0.1, 0.5

    def f(m, P, y):
        if not m.shape == P.shape == y.shape:
            raise ValueError
        Pp = P + Q
        K = Pp / (Pp + S)
        return m + K * (y - m)

    def back(args, out, g, full):
        m, P, y = args
        Pp = P + Q
        K = Pp / (Pp + S)
        gP = g * (y - m) * S / (Pp + S) ** 2 if full else g * 0.0
        return g * (1 - K), gP, g * K

    return (
        f,
        (np.array([0.3, 1.0]), np.array([1.0, 0.4]), np.array([0.5, -0.2])),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )


@made("k4's dependence on k3 is dropped from the state's gradient.")
def rk4_last_stage() -> Made:
    def rhs(y, a):
        return -a * y * y

    def f(y, a):
        if np.ndim(a):
            raise ValueError
        h = 0.1
        k1 = rhs(y, a)
        k2 = rhs(y + h / 2 * k1, a)
        k3 = rhs(y + h / 2 * k2, a)
        k4 = rhs(y + h * k3, a)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def back(args, out, g, link):
        y, a = args
        h = 0.1
        k1 = rhs(y, a)
        k2 = rhs(y + h / 2 * k1, a)
        k3 = rhs(y + h / 2 * k2, a)
        pts = [y, y + h / 2 * k1, y + h / 2 * k2, y + h * k3]
        gk = [h / 6 * g, h / 3 * g, h / 3 * g, h / 6 * g]
        step = [0.0, h / 2, h / 2, h]
        gy, ga = np.array(g, dtype=float), 0.0
        for i in (3, 2, 1, 0):
            gp = gk[i] * (-2 * a * pts[i])
            ga = ga + np.sum(gk[i] * -(pts[i] ** 2))
            gy = gy + gp
            if i and (i != 3 or link):
                gk[i - 1] = gk[i - 1] + step[i] * gp
        return gy, np.asarray(ga)

    return f, (np.array([0.5, 1.0]), np.array(0.7)), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("psi(nu/2) is used for both digammas of the degrees of freedom.")
def student_t_dof_digamma() -> Made:
    def f(x, nu):
        if np.ndim(nu):
            raise ValueError
        return np.sum(
            special.gammaln(nu / 2) - special.gammaln((nu + 1) / 2) + 0.5 * np.log(nu * np.pi) + (nu + 1) / 2 * np.log1p(x * x / nu)
        )

    def back(args, out, g, half):
        x, nu = args
        q = x * x / nu
        d = 0.5 * special.digamma(nu / 2) - 0.5 * special.digamma((nu + half) / 2) + 0.5 / nu
        gn = np.sum(d + 0.5 * np.log1p(q) - (nu + 1) / 2 * q / (nu * (1 + q)))
        return g * (nu + 1) * x / (nu + x * x), np.asarray(g * gn)

    return f, (np.array([0.3, -2.0, 1.0]), np.array(4.0)), lambda a, o, g: back(a, o, g, 1.0), lambda a, o, g: back(a, o, g, 0.0)


@made("The modulating factor (1-p)^2 is detached.")
def focal_loss_modulator() -> Made:
    def f(z):
        p = special.expit(z)
        return (1 - p) ** 2 * np.logaddexp(0, -z)

    def back(args, out, g, full):
        (z,) = args
        q = special.expit(-z)
        d = -(q**3)
        if full:
            d = d - 2 * q * q * special.expit(z) * np.logaddexp(0, -z)
        return (g * d,)

    return f, (np.array([0.3, -1.0, 2.0]),), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("Tau and 1 - tau exchanged: equal at tau = 0.5.", exposes=(np.array([0.2, 1.0]), np.array([0.5, 0.1]), np.array(0.9)))
def quantile_loss_underprediction() -> Made:
    def f(q, y, tau):
        if q.shape != y.shape or np.ndim(tau):
            raise ValueError
        e = y - q
        return np.sum(np.maximum(tau * e, (tau - 1) * e))

    def back(args, out, g, swap):
        q, y, tau = args
        e = y - q
        hi, lo = (1 - tau, -tau) if swap else (tau, tau - 1)
        s = np.where(e > 0, hi, lo)
        return -g * s, g * s, g * np.sum(e)

    return (
        f,
        (np.array([0.2, 1.0]), np.array([0.5, 0.1]), np.array(0.5)),
        lambda a, o, g: back(a, o, g, False),
        lambda a, o, g: back(a, o, g, True),
    )


@made("The cotangent is rotated forward instead of back.")
def rotary_same_rotation() -> Made:
    def rotate(x, sign):
        n, d = x.shape
        if d % 2:
            raise ValueError
        half = d // 2
        th = np.arange(n)[:, None] / 10.0 ** np.arange(half)
        c, s = np.cos(th), sign * np.sin(th)
        a, b = x[:, :half], x[:, half:]
        return np.concatenate([a * c - b * s, a * s + b * c], axis=1)

    def f(x):
        return rotate(x, 1.0)

    return f, (RandomState(5).randn(3, 4),), lambda a, o, g: (rotate(g, -1.0),), lambda a, o, g: (rotate(g, 1.0),)


@made("The projection term is not divided by d: invisible for d = 1.", exposes=(RandomState(6).randn(2, 3), np.ones(3)))
def rmsnorm_dim_factor() -> Made:
    def f(x, w):
        _n, d = x.shape
        if w.shape != (d,):
            raise ValueError
        return w * x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6)

    def back(args, out, g, mean):
        x, w = args
        r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6)
        xh = x * r
        gh = g * w
        return r * (gh - xh * mean(gh * xh, axis=-1, keepdims=True)), np.sum(g * xh, axis=0)

    return f, (RandomState(6).randn(2, 1), np.ones(1)), lambda a, o, g: back(a, o, g, np.mean), lambda a, o, g: back(a, o, g, np.sum)


@made("silu'(x) taken as sigmoid(x).")
def swiglu_gate_derivative() -> Made:
    def f(x, y):
        if x.shape != y.shape:
            raise ValueError
        return x * special.expit(x) * y

    def back(args, out, g, full):
        x, y = args
        s = special.expit(x)
        d = s + x * s * special.expit(-x) if full else s
        return g * y * d, g * x * s

    return f, (np.array([0.5, -1.0]), np.array([1.0, 2.0])), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("Only the last of the scalings is differentiated.")
def sinkhorn_last_scaling() -> Made:
    T = 2

    def steps(C):
        K = np.exp(-C)
        ks = [K]
        for _ in range(T):
            for ax in (1, 0):
                K = K / K.sum(axis=ax, keepdims=True)
                ks.append(K)
        return ks

    def f(C):
        _n, _m = C.shape
        return steps(C)[-1]

    def back(args, out, g, depth):
        ks = steps(args[0])
        axes = [1, 0] * T
        for i in range(2 * T - 1, 2 * T - 1 - depth, -1):
            g = (g - np.sum(g * ks[i + 1], axis=axes[i], keepdims=True)) / ks[i].sum(axis=axes[i], keepdims=True)
        return (-g * ks[0],)

    return f, (RandomState(7).rand(3, 3),), lambda a, o, g: back(a, o, g, 2 * T), lambda a, o, g: back(a, o, g, 1)


@made(
    "Responsibilities without the mixture weights: right for equal weights.",
    exposes=(np.array([0.2, -1.0]), np.array([0.5, -0.5]), np.array([2.0, -1.0])),
)
def mixture_responsibilities() -> Made:
    def logp(x, mu, logits):
        lw = logits - special.logsumexp(logits)
        return lw - 0.5 * (x[:, None] - mu) ** 2

    def f(x, mu, logits):
        (_n,), (k,) = x.shape, mu.shape
        if logits.shape != (k,):
            raise ValueError
        return special.logsumexp(logp(x, mu, logits), axis=1)

    def back(args, out, g, weighted):
        x, mu, logits = args
        z = logp(x, mu, logits) if weighted else -0.5 * (x[:, None] - mu) ** 2
        r = np.exp(z - z.max(1, keepdims=True))
        r /= r.sum(1, keepdims=True)
        d = g[:, None] * r * (x[:, None] - mu)
        p = np.exp(logits - special.logsumexp(logits))
        return -d.sum(1), d.sum(0), (g[:, None] * r).sum(0) - g.sum() * p

    return (
        f,
        (np.array([0.2, -1.0]), np.array([0.5, -0.5]), np.array([0.0, 0.0])),
        lambda a, o, g: back(a, o, g, True),
        lambda a, o, g: back(a, o, g, False),
    )
