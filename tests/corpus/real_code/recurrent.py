"""Recurrent cells and networks over time: plain, LSTM, GRU, in both directions, with masks, and what resembles them."""

import numpy as np
from entry import cached, layer, normal, vjp
from scipy.special import expit as sigmoid


class RNNCell:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(p) for p in self.params]

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        h_next = np.tanh(h_prev @ Wh + x @ Wx + b)  # vertex
        self.cache = (x, h_prev, h_next)
        return h_next

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        x, h_prev, h_next = self.cache
        dt = dh_next * (1 - h_next**2)
        # fault arguments exchanged | params[1] | self.grads[0][...], self.grads[1][...] = h_prev.T @ dt, x.T @ dt
        self.grads[0][...], self.grads[1][...] = x.T @ dt, h_prev.T @ dt
        self.grads[2][...] = dt.sum(axis=0)
        return dt @ Wx.T, dt @ Wh.T


class SimpleRNN:
    """All steps, and the gradient through time."""

    def __init__(self, W, U):
        self.W, self.U = W, U

    def forward(self, xs):
        self.xs, h = xs, np.zeros(len(self.U))
        self.hs = [h]
        for x in xs:
            h = np.tanh(self.W @ x + self.U @ h)  # vertex
            self.hs.append(h)
        return np.stack(self.hs[1:])

    def backward(self, dhs):
        self.dW, self.dU = np.zeros_like(self.W), np.zeros_like(self.U)
        dxs, carry = np.zeros_like(self.xs), np.zeros(len(self.U))
        for t in reversed(range(len(self.xs))):
            # fault missing term | xs | da = dhs[t] * (1 - self.hs[t + 1] ** 2)
            da = (dhs[t] + carry) * (1 - self.hs[t + 1] ** 2)
            self.dW += np.outer(da, self.xs[t])
            self.dU += np.outer(da, self.hs[t])
            dxs[t] = self.W.T @ da
            carry = self.U.T @ da
        return dxs


def lstm_step_forward(x, h, c, Wx, Wh, b):
    a = x @ Wx + h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    nc = f * c + i * g  # vertex
    nh = o * np.tanh(nc)
    return (nh, nc), (x, h, c, Wx, Wh, i, f, o, g, nc)


def lstm_step_backward(ds, cache):
    dnh, dnc = ds
    x, h, c, Wx, Wh, i, f, o, g, nc = cache
    t = np.tanh(nc)
    # fault missing term | c | dc = dnh * o * (1 - t**2)
    dc = dnc + dnh * o * (1 - t**2)
    da = np.hstack([dc * g * i * (1 - i), dc * c * f * (1 - f), dnh * t * o * (1 - o), dc * i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, da.sum(axis=0)


class LSTM:
    """A cell that keeps its gates in a dictionary."""

    def __init__(self, W):
        self.W, self.grads = W, {}

    def forward(self, x, h, c):
        z = np.concatenate([x, h], axis=1)
        f, g, i, o = np.split(z @ self.W, 4, axis=1)
        f, g, i, o = sigmoid(f), np.tanh(g), sigmoid(i), sigmoid(o)  # vertex
        c_next = f * c + g * i
        self.cache = dict(z=z, f=f, g=g, i=i, o=o, c=c, tc=np.tanh(c_next), n=x.shape[1])
        return o * self.cache["tc"]

    def backward(self, dh):
        k = self.cache
        do = dh * k["tc"] * k["o"] * (1 - k["o"])
        dc = dh * k["o"] * (1 - k["tc"] ** 2)
        df, dg, di = dc * k["c"] * k["f"] * (1 - k["f"]), dc * k["i"] * (1 - k["g"] ** 2), dc * k["g"] * k["i"] * (1 - k["i"])
        # fault gates exchanged | W | da = np.hstack([df, di, dg, do])
        da = np.hstack([df, dg, di, do])
        self.grads["W"] = k["z"].T @ da
        dz = da @ self.W.T
        return dz[:, : k["n"]], dz[:, k["n"] :], dc * k["f"]


class GRU:
    def __init__(self, Wr, Wz, Wh):
        self.Wr, self.Wz, self.Wh = Wr, Wz, Wh

    def forward(self, x, h):
        self.xh = np.concatenate([x, h])
        self.x, self.h = x, h
        self.r, self.z = sigmoid(self.Wr @ self.xh), sigmoid(self.Wz @ self.xh)
        self.xrh = np.concatenate([x, self.r * h])  # vertex
        self.n = np.tanh(self.Wh @ self.xrh)
        return (1 - self.z) * self.n + self.z * h

    def backward(self, d):
        da = d * (1 - self.z) * (1 - self.n**2)
        dz = d * (self.h - self.n) * self.z * (1 - self.z)
        dxrh = self.Wh.T @ da
        dx, drh = dxrh[: len(self.x)], dxrh[len(self.x) :]
        dr = drh * self.h * self.r * (1 - self.r)
        dxh = self.Wr.T @ dr + self.Wz.T @ dz
        self.dWr, self.dWz, self.dWh = np.outer(dr, self.xh), np.outer(dz, self.xh), np.outer(da, self.xrh)
        # fault missing term | h | dh = d * self.z + dxh[len(self.x) :]
        dh = d * self.z + dxh[len(self.x) :] + drh * self.r
        return dx + dxh[: len(self.x)], dh


def bidirectional(xs, a, b):
    n = len(xs)
    f, g = np.zeros(n + 1), np.zeros(n + 1)
    for t in range(n):
        f[t + 1] = np.tanh(a * f[t] + xs[t])
        g[n - 1 - t] = np.tanh(b * g[n - t] + xs[n - 1 - t])  # vertex
    return np.stack([f[1:], g[:n]]), (xs, a, b, f, g)


def bidirectional_back(dout, cache):
    xs, a, b, f, g = cache
    n, dx, da, db = len(xs), np.zeros(len(xs)), 0.0, 0.0
    cf = cg = 0.0
    for t in range(n):
        u = n - 1 - t
        df, dg = (dout[0, u] + cf) * (1 - f[u + 1] ** 2), (dout[1, t] + cg) * (1 - g[t] ** 2)
        dx[u] += df
        # fault wrong slice | xs | dx[u] += dg
        dx[t] += dg
        da, db = da + df * f[u], db + dg * g[t + 1]
        cf, cg = a * df, b * dg
    return dx, da, db


def masked_rnn(xs, w, lengths):
    h = np.zeros((xs.shape[0], xs.shape[2]))
    hs = [h]
    for t in range(xs.shape[1]):
        new = np.tanh(xs[:, t] + h @ w)
        h = np.where((t < lengths)[:, None], new, h)  # vertex
        hs.append(h)
    return h, (xs, w, lengths, hs)


def masked_rnn_back(dh, cache):
    xs, w, lengths, hs = cache
    dxs, dw = np.zeros_like(xs), np.zeros_like(w)
    for t in reversed(range(xs.shape[1])):
        on = (t < lengths)[:, None]
        da = np.where(on, dh * (1 - hs[t + 1] ** 2), 0)
        dxs[:, t], dw = da, dw + hs[t].T @ da
        # fault wrong mask | xs | dh = da @ w.T
        dh = np.where(on, da @ w.T, dh)
    return dxs, dw


class TruncatedTime:
    """A stateful layer: the last state is kept for the next call, its gradient is not."""

    def __init__(self, U):
        self.U, self.h = U, np.zeros(len(U))

    def forward(self, xs):
        hs = []
        for x in xs:
            hs.append(np.tanh(self.U @ (hs[-1] if hs else self.h) + x))  # vertex
        self.hs = np.stack(hs)
        return self.hs

    def backward(self, d):
        out, carry = np.zeros_like(d), 0
        for t in range(len(d) - 1, -1, -1):
            out[t] = (d[t] + carry) * (1 - self.hs[t] ** 2)
            # fault not transposed | xs | carry = self.U @ out[t]
            carry = self.U.T @ out[t]
        return out


def moving_average(x, alpha):
    y, s = np.zeros_like(x), 0.0
    for t in range(len(x)):
        s = alpha * x[t] + (1 - alpha) * s  # vertex
        y[t] = s
    return y


def moving_average_back(args, y, dy):
    x, alpha = args
    dx, dalpha, ds = np.zeros_like(x), 0.0, 0.0
    for t in reversed(range(len(x))):
        ds = dy[t] + ds
        dx[t] = alpha * ds
        # fault missing term | alpha | dalpha += ds * x[t]
        dalpha += ds * (x[t] - (y[t - 1] if t else 0.0))
        ds = (1 - alpha) * ds
    return dx, dalpha


class Minimal:
    """A minimal gated unit that multiplies by what it forgets."""

    def __init__(self, w):
        self.w = w

    def forward(self, x, h):
        self.x, self.h, self.f = x, h, sigmoid(self.w * x)  # vertex
        return self.f * h + (1 - self.f) * x

    def backward(self, d):
        df = d * (self.h - self.x) * self.f * (1 - self.f)
        self.dw = np.sum(df * self.x, axis=0)
        # fault missing term | x | return d * (1 - self.f), d * self.f
        return d * (1 - self.f) + df * self.w, d * self.f


def echo_state(u, w_in, w_out):
    W = np.array([[0.2, -0.4], [0.5, 0.1]])
    states = [np.zeros(2)]
    for value in u:
        states.append(np.tanh(W @ states[-1] + w_in * value))  # vertex
    S = np.stack(states[1:])
    return S @ w_out, (u, w_in, w_out, W, S)


def echo_state_back(dy, cache):
    u, w_in, w_out, W, S = cache
    du, dw, carry = np.zeros_like(u), np.zeros_like(w_in), np.zeros(2)
    for t in reversed(range(len(u))):
        da = (dy[t] * w_out + carry) * (1 - S[t] ** 2)
        # fault zero gradient | w_in | du[t], carry = da @ w_in, W.T @ da
        du[t], dw, carry = da @ w_in, dw + da * u[t], W.T @ da
    return du, dw, S.T @ dy


def make_cell():
    return RNNCell(normal(0, 3, 3), normal(1, 3, 3), normal(2, 3))


STEP = normal(3, 2, 2), normal(4, 2, 2), normal(5, 2, 2), normal(6, 2, 8), normal(7, 2, 8), normal(8, 8)
G = normal(9, 2, 4), normal(10, 2, 4), normal(11, 2, 4)
CELL = {"params[0]": "grads[0]", "params[1]": "grads[1]", "params[2]": "grads[2]"}

ENTRIES = [
    layer("recurrent cell with lists", make_cell, normal(12, 2, 3), normal(13, 2, 3), parameters=CELL),
    layer("recurrent network over time", lambda: SimpleRNN(normal(14, 3, 2), normal(15, 3, 3)), normal(16, 4, 2), parameters={"W": "dW",
        "U": "dU"}),
    cached("lstm step with two outputs", lstm_step_forward, lstm_step_backward, *STEP),
    layer("lstm cell", lambda: LSTM(normal(17, 4, 8)), normal(18, 2, 2), normal(19, 2, 2), normal(20, 2, 2),
        parameters={"W": "grads['W']"}),
    layer("gated recurrent unit", lambda: GRU(*G), normal(21, 2), normal(22, 2), parameters={"Wr": "dWr", "Wz": "dWz", "Wh": "dWh"}),
    cached("both directions", bidirectional, bidirectional_back, normal(23, 5), np.array(0.7), np.array(-0.4)),
    cached("sequences of two lengths", masked_rnn, masked_rnn_back, normal(24, 2, 4, 2), normal(25, 2, 2), np.array([2, 4])),
    layer("state kept between calls", lambda: TruncatedTime(normal(26, 2, 2)), normal(27, 4, 2)),
    vjp("exponential moving average", moving_average, moving_average_back, normal(28, 6), np.array(0.3)),
    layer("minimal gated unit", lambda: Minimal(normal(29, 3)), normal(30, 2, 3), normal(31, 2, 3), parameters={"w": "dw"}),
    cached("echo state network", echo_state, echo_state_back, normal(32, 5), normal(33, 2), normal(34, 2)),
]  # fmt: skip
