"""Functional layers of a course: `out, cache = f_forward(x, w, b)` and `dx, dw, db = f_backward(dout, cache)`."""

import numpy as np
from entry import cached, normal, positive, value_and_gradient


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b  # vertex
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    # fault mean for sum | w | dw = x.reshape(x.shape[0], -1).T.dot(dout) / x.shape[0]
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    return np.maximum(0, x), x  # vertex


def relu_backward(dout, cache):
    # fault wrong mask | x | return dout * (dout > 0)
    return dout * (cache > 0)


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    # fault held constant | x | return affine_backward(dout, fc_cache)
    return affine_backward(da, fc_cache)


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    xmu = x - mu
    var = np.mean(xmu**2, axis=0)  # vertex
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / sqrtvar**2 * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    # fault missing factor | x | dxmu2 = xmu * dsq
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    return dx1 + np.ones((N, D)) / N * dmu, dgamma, dbeta


def layernorm_forward(x, gamma, beta, eps=1e-5):
    xt = x.T
    mu, var = xt.mean(axis=0), xt.var(axis=0)
    std = np.sqrt(var + eps)
    xhat = ((xt - mu) / std).T
    return gamma * xhat + beta, (xhat, gamma, std)  # vertex


def layernorm_backward(dout, cache):
    xhat, gamma, std = cache
    D = dout.shape[1]
    dbeta, dgamma = dout.sum(axis=0), np.sum(dout * xhat, axis=0)
    g = dout * gamma
    total, along = g.sum(axis=1, keepdims=True), np.sum(g * xhat, axis=1, keepdims=True)
    # fault gamma outside of sums | x | dx = gamma * (D * dout - dout.sum(1, keepdims=True) - xhat * np.sum(dout * xhat, 1, keepdims=True)) / D / std[:, None]
    dx = (D * g - total - xhat * along) / D / std[:, None]
    return dx, dgamma, dbeta


def dropout_forward(x, p=0.6, seed=7):
    mask = (np.random.RandomState(seed).rand(*x.shape) < p) / p
    return x * mask, (mask, p)  # vertex


def dropout_backward(dout, cache):
    mask, p = cache
    # fault missing factor | x | return dout * (mask > 0)
    return dout * mask


def conv_forward_naive(x, w, b, stride=1, pad=1):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    out[n, f, i, j] = np.sum(xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW] * w[f]) + b[f]  # vertex
    return out, (x, w, b, stride, pad)


def conv_backward_naive(dout, cache):
    x, w, b, stride, pad = cache
    N, F, Ho, Wo = dout.shape
    _, _, HH, WW = w.shape
    H, W = x.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for i in range(Ho):
                for j in range(Wo):
                    r, c = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
                    # fault assigned, not added | w | dw[f] = xp[n, :, r, c] * dout[n, f, i, j]
                    dw[f] += xp[n, :, r, c] * dout[n, f, i, j]
                    dxp[n, :, r, c] += w[f] * dout[n, f, i, j]
    return dxp[:, :, pad : pad + H, pad : pad + W], dw, db


def max_pool_forward_naive(x, size=2, stride=2):
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - size) // stride + 1, (W - size) // stride + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size].max(axis=(2, 3))  # vertex
    return out, (x, size, stride)


def max_pool_backward_naive(dout, cache):
    x, size, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        p, q = np.unravel_index(np.argmax(window), window.shape)
        # fault wrong slice | x | dx[n, c, i * stride + q, j * stride + p] += dout[n, c, i, j]
        dx[n, c, i * stride + p, j * stride + q] += dout[n, c, i, j]
    return dx


def word_embedding_forward(x, W):
    return W[x], (x, W)  # vertex


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    # fault repeated ids | W | dW[x] += dout
    np.add.at(dW, x, dout)
    return dW


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)  # vertex
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    # fault wrong cache | prev_h | return da.dot(Wx.T), da.dot(Wx.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    flat, labels, m = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)
    p = np.exp(flat - flat.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.sum(m * np.log(p[np.arange(N * T), labels])) / N  # vertex
    p[np.arange(N * T), labels] -= 1
    p /= N
    # fault wrong mask | x | pass
    p *= m[:, None]
    return loss, p.reshape(N, T, V)


def svm_loss(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y]  # vertex
    margins = np.maximum(0, x - correct[:, None] + 1.0)
    margins[np.arange(N), y] = 0
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    # fault wrong constant | x | dx[np.arange(N), y] -= 1
    dx[np.arange(N), y] -= np.sum(margins > 0, axis=1)
    return margins.sum() / N, dx / N


def softmax_loss(x, y):
    N = x.shape[0]
    z = x - x.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))  # vertex
    dx = np.exp(logp)
    dx[np.arange(N), y] -= 1
    # fault mean for sum | x | pass
    dx /= N
    return -np.sum(logp[np.arange(N), y]) / N, dx


def spatial_groupnorm_forward(x, gamma, beta, G=2, eps=1e-5):
    N, C, H, W = x.shape
    g = x.reshape(N, G, -1)
    std = np.sqrt(g.var(axis=2, keepdims=True) + eps)
    xhat = ((g - g.mean(axis=2, keepdims=True)) / std).reshape(x.shape)
    return gamma * xhat + beta, (xhat, gamma, std, G)  # vertex


def spatial_groupnorm_backward(dout, cache):
    xhat, gamma, std, G = cache
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    # fault not summed | gamma | dgamma = np.sum(dout * xhat, axis=(2, 3), keepdims=True)
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3), keepdims=True)
    d, h = (dout * gamma).reshape(N, G, -1), xhat.reshape(N, G, -1)
    dx = (d - d.mean(axis=2, keepdims=True) - h * (d * h).mean(axis=2, keepdims=True)) / std
    return dx.reshape(dout.shape), dgamma, dbeta


LABELS = np.array([0, 2, 1, 1])
MASK = np.array([[True, True, False], [True, False, True]])
CONV = normal(9, 1, 2, 3, 3), normal(10, 2, 2, 3, 3), normal(11, 2)

ENTRIES = [
    cached("affine of a course", affine_forward, affine_backward, normal(0, 2, 2, 3), normal(1, 6, 3), normal(2, 3)),
    cached("relu of a course", relu_forward, relu_backward, 0.4 * normal(3, 3, 4)),
    cached("affine, then relu", affine_relu_forward, affine_relu_backward, normal(4, 3, 4), normal(5, 4, 3), normal(6, 3)),
    cached("batch norm step by step", batchnorm_forward, batchnorm_backward, normal(7, 4, 3), positive(8, 3), normal(9, 3)),
    cached("layer norm by transposing", layernorm_forward, layernorm_backward, normal(7, 2, 5), positive(8, 5), normal(9, 5)),
    cached("inverted dropout with a seed", dropout_forward, dropout_backward, normal(8, 4, 4)),
    cached("convolution by four loops", conv_forward_naive, conv_backward_naive, *CONV),
    cached("max pooling by loops", max_pool_forward_naive, max_pool_backward_naive, normal(12, 1, 2, 4, 4)),
    cached("word embedding", word_embedding_forward, word_embedding_backward, np.array([[0, 3, 1], [2, 1, 1]]), normal(13, 4, 3)),
    cached("recurrent step", rnn_step_forward, rnn_step_backward, normal(14, 2, 3), normal(15, 2, 3), normal(16, 3, 3), normal(17, 3, 3),
        normal(18, 3)),
    value_and_gradient("masked softmax over time", temporal_softmax_loss, normal(19, 2, 3, 4), np.array([[0, 1, 3], [2, 2, 1]]), MASK),
    value_and_gradient("svm loss", svm_loss, normal(20, 4, 3), LABELS),
    value_and_gradient("softmax loss", softmax_loss, normal(21, 4, 3), LABELS),
    cached("group norm of images", spatial_groupnorm_forward, spatial_groupnorm_backward, normal(22, 2, 4, 2, 2), positive(23, 1, 4, 1,
        1), normal(24, 1, 4, 1, 1)),
]  # fmt: skip
