"""Recurrent cells, dynamic programs, filters."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from cases import Made, made, vector
from scipy import special


@made(
    "Truncated backpropagation through time: only the last three steps.",
    exposes=(np.sin(np.arange(6.0)), np.array(0.7), np.array(1.1), np.array(0.2)),
)
def rnn_truncated() -> Made:
    def f(xs, w, u, h0):
        (_T,) = xs.shape
        h = h0
        for x in xs:
            h = np.tanh(w * h + u * x)
        return h

    def bptt(limit, args, out, ct):
        xs, w, u, h0 = args
        if any(np.ndim(v) for v in (w, u, h0)):
            raise ValueError("scalars only")
        hs = [h0]
        for x in xs:
            hs.append(np.tanh(w * hs[-1] + u * x))
        gx, gw, gu, gh = np.zeros(len(xs)), 0.0, 0.0, ct
        for back, t in enumerate(reversed(range(len(xs)))):
            if limit is not None and back >= limit:
                break
            ga = gh * (1 - hs[t + 1] ** 2)
            gw, gu, gx[t], gh = gw + ga * hs[t], gu + ga * xs[t], ga * u, ga * w
        return gx, np.asarray(gw), np.asarray(gu), np.asarray(gh)

    def guarded(xs, w, u, h0):
        if any(np.ndim(v) for v in (w, u, h0)):
            raise ValueError("scalars only")
        return f(xs, w, u, h0)

    return (
        guarded,
        (vector(0.3, -0.4, 0.8), np.array(0.7), np.array(1.1), np.array(0.2)),
        functools.partial(bptt, None),
        functools.partial(bptt, 3),
    )


@made(
    "LSTM cell chain: the cell gradient from the next step is overwritten, unseen with one step.",
    exposes=(vector(0.3, -0.8, 0.5), vector(0.1, 0.4, -0.3, 0.9)),
)
def lstm_cell_carry() -> Made:
    def sig(z):
        return 1 / (1 + np.exp(-z))

    def cells(x, w):
        c = h = 0.0
        tape = []
        for v in x:
            i, o, fg, g = sig(w[0] * v + h), sig(w[1] * v - h), sig(w[2] * v + 0.5 * h), np.tanh(w[3] * v + h)
            c_new = fg * c + i * g
            tape.append((v, c, h, i, o, fg, g, c_new))
            c, h = c_new, o * np.tanh(c_new)
        return h, tape

    def f(x, w):
        (T,), (four,) = x.shape, w.shape
        if T == 0 or four != 4:
            raise ValueError
        return cells(x, w)[0]

    def backward(carry):
        def vjp(args, out, ct):
            x, w = args
            _, tape = cells(x, w)
            gx, gw = np.zeros(len(x)), np.zeros(4)
            dh, dc = ct, 0.0
            for t in range(len(x) - 1, -1, -1):
                v, c, _h, i, o, fg, g, c_new = tape[t]
                tc = np.tanh(c_new)
                dc = (dc if carry else 0.0) + dh * o * (1 - tc * tc)
                di, do, df, dg = dc * g * i * (1 - i), dh * tc * o * (1 - o), dc * c * fg * (1 - fg), dc * i * (1 - g * g)
                gw += v * np.array([di, do, df, dg])
                gx[t] = w[0] * di + w[1] * do + w[2] * df + w[3] * dg
                dh = di - do + 0.5 * df + dg
                dc = dc * fg
            return gx, gw

        return vjp

    return f, (vector(0.3), vector(0.1, 0.4, -0.3, 0.9)), backward(True), backward(False)


@made(
    "GRU: the update gate gradient misses the old state, unseen at h = 0.",
    exposes=(vector(0.3, -0.8), vector(0.5, 0.2), np.array([[0.4, 0.1], [0.3, 0.2]])),
)
def gru_update_without_state() -> Made:
    def f(x, h, W):
        (n,), (m,), (r, s) = x.shape, h.shape, W.shape
        if not n == m == r == s:
            raise ValueError("sizes")
        z = special.expit(W @ x + h)
        return (1 - z) * h + z * np.tanh(W @ h + x)

    def vjp(args, out, ct, keep):
        x, h, W = args
        z, q = special.expit(W @ x + h), np.tanh(W @ h + x)
        dz = ct * (q - (h if keep else 0.0)) * z * (1 - z)
        dq = ct * z * (1 - q * q)
        return W.T @ dz + dq, ct * (1 - z) + dz + W.T @ dq, np.outer(dz, x) + np.outer(dq, h)

    return (
        f,
        (vector(0.3, -0.8), vector(0.0, 0.0), np.array([[0.4, 0.1], [0.3, 0.2]])),
        functools.partial(vjp, keep=True),
        functools.partial(vjp, keep=False),
    )


@made("CRF partition function: transitions are collected from the second step on only.")
def crf_forward() -> Made:
    def lse(a, axis):
        m = a.max(axis=axis, keepdims=True)
        return (m + np.log(np.exp(a - m).sum(axis=axis, keepdims=True))).squeeze(axis)

    def alphas(E, M):
        rows = [E[0]]
        for e in E[1:]:
            rows.append(lse(rows[-1][:, None] + M, 0) + e)
        return rows

    def f(E, M):
        (_T, K), (K1, K2) = E.shape, M.shape
        if not K == K1 == K2:
            raise ValueError("sizes")
        return lse(alphas(E, M)[-1], 0)

    def vjp(first, args, out, ct):
        E, M = args
        al = alphas(E, M)
        gE, gM = np.zeros(E.shape), np.zeros(M.shape)
        g = ct * np.exp(al[-1] - lse(al[-1], 0))
        for t in range(len(E) - 1, 0, -1):
            gE[t] = g
            joint = np.exp(al[t - 1][:, None] + M - (al[t] - E[t])[None, :]) * g[None, :]
            if t >= first:
                gM += joint
            g = joint.sum(axis=1)
        gE[0] = g
        return gE, gM

    return (
        f,
        (np.array([[0.1, 0.9], [-0.4, 0.3], [0.8, 0.2]]), np.array([[0.5, -0.1], [0.2, 0.7]])),
        functools.partial(vjp, 1),
        functools.partial(vjp, 2),
    )


@made("soft-DTW: gamma of the soft minimum is taken as 1 in the backward pass.")
def soft_dtw_gamma() -> Made:
    def table(x, y, gamma):
        R = {}
        for i, j in itertools.product(range(len(x)), range(len(y))):
            prev = [R[p] for p in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if p in R]
            best = 0.0
            if prev:
                m = min(prev)
                best = m - gamma * np.log(sum(np.exp(-(p - m) / gamma) for p in prev))
            R[i, j] = (x[i] - y[j]) ** 2 + best
        return R

    def soft(gamma_back):
        def f(x, y):
            (n,), (m,) = x.shape, y.shape
            return table(x, y, 0.5)[n - 1, m - 1]

        def vjp(args, out, ct):
            x, y = args
            R = table(x, y, 0.5)
            G = dict.fromkeys(R, 0.0)
            G[len(x) - 1, len(y) - 1] = ct
            gx, gy = np.zeros(len(x)), np.zeros(len(y))
            for i, j in sorted(R, reverse=True):
                d = 2 * (x[i] - y[j]) * G[i, j]
                gx[i] += d
                gy[j] -= d
                parents = [p for p in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if p in R]
                if parents:
                    m = min(R[p] for p in parents)
                    w = [np.exp(-(R[p] - m) / gamma_back) for p in parents]
                    for p, v in zip(parents, w, strict=False):
                        G[p] += G[i, j] * v / sum(w)
            return gx, gy

        return f, vjp

    f, right = soft(0.5)
    _, wrong = soft(1.0)
    return f, (vector(0.1, 0.9, 0.4), vector(0.3, 0.5)), right, wrong


@made("Sinkhorn with three sweeps, differentiated as if it had converged.")
def sinkhorn_implicit() -> Made:
    def plan(C, sweeps=3):
        K = np.exp(-C / 0.4)
        u, v = np.ones(len(K)), np.ones(K.shape[1])
        hist = []
        for _ in range(sweeps):
            u0, v0 = u, v
            u = 1 / (K @ v)
            v = 1 / (K.T @ u)
            hist.append((u0, v0, u, v))
        return K, u, v, hist

    def f(C):
        _n, _m = C.shape
        K, u, v, _ = plan(C)
        return np.sum(u[:, None] * K * C * v[None, :])

    def right(args, out, ct):
        (C,) = args
        K, u, v, hist = plan(C)
        gC = ct * u[:, None] * K * v[None, :]
        gK = ct * u[:, None] * C * v[None, :]
        gu = ct * (K * C) @ v
        gv = ct * (K * C).T @ u
        for _u0, v0, u1, v1 in reversed(hist):
            s = -gv * v1**2  # v1 = 1 / (K.T u1)
            gK += np.outer(u1, s)
            gu = gu + K @ s
            r = -gu * u1**2  # u1 = 1 / (K v0)
            gK += np.outer(r, v0)
            gv = K.T @ r
            gu = np.zeros(len(u1))
        return (gC - gK * K / 0.4,)

    def wrong(args, out, ct):
        (C,) = args
        K, u, v, _ = plan(C)
        return (ct * u[:, None] * K * v[None, :],)

    return f, (np.array([[0.1, 0.7, 0.4], [0.9, 0.2, 0.5]]),), right, wrong


@made("Kalman filter of one state: the gain depends on the variance, the backward pass holds it fixed for r.")
def kalman_gain() -> Made:
    def f(ys, q, r):
        (_T,) = ys.shape
        if np.ndim(q) or np.ndim(r):
            raise ValueError("scalars")
        m, p = 0.0, 1.0
        for y in ys:
            p = p + q
            k = p / (p + r)
            m, p = m + k * (y - m), (1 - k) * p
        return m * np.ones(1)[0]

    def vjp(full, args, out, ct):
        ys, q, r = args
        steps, m, p = [], 0.0, 1.0
        for y in ys:
            p = p + q
            k = p / (p + r)
            steps.append((m, p, k, y))
            m, p = m + k * (y - m), (1 - k) * p
        gm, gp, gq, gr, gy = ct, 0.0, 0.0, 0.0, np.zeros(len(ys))
        for t, (m, p, k, y) in reversed(list(enumerate(steps))):
            gk = gm * (y - m) - gp * p
            gy[t] = gm * k
            gm = gm * (1 - k)
            gp = gp * (1 - k) + gk * r / (p + r) ** 2
            if full:
                gr = gr - gk * p / (p + r) ** 2
            gq = gq + gp
        return gy, np.asarray(gq), np.asarray(gr)

    return f, (vector(0.5, 0.9, -0.2), np.array(0.1), np.array(0.4)), functools.partial(vjp, True), functools.partial(vjp, False)
