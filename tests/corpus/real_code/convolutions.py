"""Convolutions of four designs: loops, im2col, windows with einsum, scipy; dilated, strided, grouped, transposed."""

import numpy as np
from entry import cached, layer, normal, vjp
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal


def im2col(x, fh, fw, stride=1, pad=0):
    N, C, H, W = x.shape
    oh, ow = (H + 2 * pad - fh) // stride + 1, (W + 2 * pad - fw) // stride + 1
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    col = np.zeros((N, C, fh, fw, oh, ow))
    for y in range(fh):
        for z in range(fw):
            col[:, :, y, z] = img[:, :, y : y + stride * oh : stride, z : z + stride * ow : stride]  # vertex
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, -1)


def col2im(col, shape, fh, fw, stride=1, pad=0):
    N, C, H, W = shape
    oh, ow = (H + 2 * pad - fh) // stride + 1, (W + 2 * pad - fw) // stride + 1
    col = col.reshape(N, oh, ow, C, fh, fw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * pad + stride - 1, W + 2 * pad + stride - 1))
    for y in range(fh):
        for z in range(fw):
            # fault assigned, not added | x | img[:, :, y : y + stride * oh : stride, z : z + stride * ow : stride] = col[:, :, y, z]
            img[:, :, y : y + stride * oh : stride, z : z + stride * ow : stride] += col[:, :, y, z]
    return img[:, :, pad : H + pad, pad : W + pad]


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
        self.dW = self.db = None

    def forward(self, x):
        FN, C, FH, FW = self.W.shape
        N, C, H, W = x.shape
        out_h, out_w = 1 + (H + 2 * self.pad - FH) // self.stride, 1 + (W + 2 * self.pad - FW) // self.stride
        self.x, self.col = x, im2col(x, FH, FW, self.stride, self.pad)
        self.col_W = self.W.reshape(FN, -1).T
        out = self.col @ self.col_W + self.b
        return out.reshape(N, out_h, out_w, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = (self.col.T @ dout).T.reshape(FN, C, FH, FW)
        return col2im(dout @ self.col_W.T, self.x.shape, FH, FW, self.stride, self.pad)


class StridedConvolution(Convolution):
    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        flat = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.db = np.sum(flat, axis=0)
        # fault not transposed | W | self.dW = (self.col.T @ flat).reshape(FN, C, FH, FW)
        self.dW = (self.col.T @ flat).T.reshape(FN, C, FH, FW)
        return col2im(flat @ self.col_W.T, self.x.shape, FH, FW, self.stride, self.pad)


def conv2d_windows(x, w):
    return np.einsum("nchwij,fcij->nfhw", sliding_window_view(x, w.shape[2:], axis=(2, 3)), w)  # vertex


def conv2d_windows_back(args, out, ct):
    x, w = args
    i, j = w.shape[2:]
    dw = np.einsum("nchwij,nfhw->fcij", sliding_window_view(x, (i, j), axis=(2, 3)), ct)
    padded = np.pad(ct, ((0, 0), (0, 0), (i - 1, i - 1), (j - 1, j - 1)))
    # fault not transposed | x | flipped = w
    flipped = w[:, :, ::-1, ::-1]
    dx = np.einsum("nfhwij,fcij->nchw", sliding_window_view(padded, (i, j), axis=(2, 3)), flipped)
    return dx, dw


class ConvScipy:
    """One image at a time, by scipy."""

    def __init__(self, kernels):
        self.kernels = kernels

    def forward(self, image):
        self.image = image
        return np.stack([signal.correlate2d(image, k, mode="valid") for k in self.kernels])  # vertex

    def backward(self, d):
        self.dkernels = np.stack([signal.correlate2d(self.image, part, mode="valid") for part in d])
        # fault wrong function | image | return sum(signal.correlate2d(part, k, mode="full") for part, k in zip(d, self.kernels))
        return sum(signal.convolve2d(part, k, mode="full") for part, k in zip(d, self.kernels))


def conv1d_causal(x, w):
    k = len(w)
    padded = np.concatenate([np.zeros(k - 1), x])  # vertex
    return np.array([padded[t : t + k] @ w for t in range(len(x))]), (x, w, padded)


def conv1d_causal_back(dy, cache):
    x, w, padded = cache
    k = len(w)
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for t in range(len(x)):
        dpadded[t : t + k] += dy[t] * w
        dw += dy[t] * padded[t : t + k]
    # fault window | x | return dpadded[: len(x)], dw
    return dpadded[k - 1 :], dw


def conv1d_dilated(x, w, dilation=2):
    span = dilation * (len(w) - 1)
    return sum(w[i] * x[i * dilation : len(x) - span + i * dilation] for i in range(len(w)))  # vertex


def conv1d_dilated_back(args, out, ct):
    x, w = args
    dilation, n = 2, len(ct)
    dx = np.zeros_like(x)
    for i in range(len(w)):
        # fault window | x | dx[i : i + n] += w[i] * ct
        dx[i * dilation : i * dilation + n] += w[i] * ct
    return dx, np.array([x[i * dilation : i * dilation + n] @ ct for i in range(len(w))])


def strided_conv(x, w, stride=2):
    n = (len(x) - len(w)) // stride + 1
    idx = np.arange(n)[:, None] * stride + np.arange(len(w))
    return x[idx] @ w, (x, w, idx)  # vertex


def strided_conv_back(dout, cache):
    x, w, idx = cache
    # fault remainder | x | dx = np.zeros(idx.max() + 1)
    dx = np.zeros(x.shape[0])
    np.add.at(dx, idx, dout[:, None] * w)
    return dx, x[idx].T @ dout


def depthwise(x, w):
    win = sliding_window_view(x, w.shape[1:], axis=(1, 2))
    return np.einsum("chwij,cij->chw", win, w)  # vertex


def depthwise_back(args, out, ct):
    x, w = args
    dx = np.zeros_like(x)
    for i in range(w.shape[1]):
        for j in range(w.shape[2]):
            # fault wrong slice | x | dx[:, i : i + ct.shape[1], j : j + ct.shape[2]] += w[0, i, j] * ct
            dx[:, i : i + ct.shape[1], j : j + ct.shape[2]] += w[:, i, j][:, None, None] * ct
    return dx, np.einsum("chwij,chw->cij", sliding_window_view(x, w.shape[1:], axis=(1, 2)), ct)


class Deconvolution:
    """Transposed convolution with stride two."""

    def __init__(self, k):
        self.k = k

    def forward(self, x):
        self.x = x
        out = np.zeros((2 * (x.shape[0] - 1) + self.k.shape[0], 2 * (x.shape[1] - 1) + self.k.shape[1]))
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[2 * i : 2 * i + self.k.shape[0], 2 * j : 2 * j + self.k.shape[1]] += x[i, j] * self.k  # vertex
        return out

    def backward(self, d):
        h, w = self.k.shape
        dx, self.dk = np.zeros_like(self.x), np.zeros_like(self.k)
        for i in range(self.x.shape[0]):
            for j in range(self.x.shape[1]):
                patch = d[2 * i : 2 * i + h, 2 * j : 2 * j + w]
                dx[i, j] = np.sum(patch * self.k)
                # fault wrong cache | k | self.dk += dx[i, j] * patch
                self.dk += self.x[i, j] * patch
        return dx


def pointwise_forward(x, w, b):
    return np.tensordot(w, x, axes=(1, 0)) + b[:, None, None], (x, w)  # vertex


def pointwise_backward(dy, cache):
    x, w = cache
    # fault wrong axis | b | return np.tensordot(w.T, dy, axes=(1, 0)), np.tensordot(dy, x, axes=((1, 2), (1, 2))), dy.sum(axis=(0, 2))
    return np.tensordot(w.T, dy, axes=(1, 0)), np.tensordot(dy, x, axes=((1, 2), (1, 2))), dy.sum(axis=(1, 2))


def blur(image):
    return ndimage.correlate1d(image, [0.2, 0.5, 0.3], axis=0, mode="constant")  # vertex


def blur_back(args, out, ct):
    # fault not transposed | image | return (ndimage.correlate1d(ct, [0.2, 0.5, 0.3], axis=0, mode="constant"),)
    return (ndimage.correlate1d(ct, [0.3, 0.5, 0.2], axis=0, mode="constant"),)


def full_convolution(x, w):
    return np.convolve(x, w)  # vertex


def full_convolution_back(args, out, ct):
    x, w = args
    # fault arguments exchanged | x | return np.correlate(ct, x, "valid"), np.correlate(ct, w, "valid")
    return np.correlate(ct, w, "valid"), np.correlate(ct, x, "valid")


def grouped(x, w, groups=2):
    pairs = zip(np.split(x, groups), w)
    rows = [np.einsum("clk,ck->l", sliding_window_view(p, v.shape[1], axis=1), v)[None] for p, v in pairs]  # vertex
    return np.concatenate(rows), (x, w, groups)


def grouped_back(dout, cache):
    x, w, groups = cache
    dx, k, size = np.zeros_like(x), w.shape[2], len(x) // groups
    for g in range(groups):
        for i in range(k):
            # fault wrong slice | x | dx[g * size : (g + 1) * size, i : i + dout.shape[1]] += w[0, :, i][:, None] * dout[g]
            dx[g * size : (g + 1) * size, i : i + dout.shape[1]] += w[g, :, i][:, None] * dout[g]
    dw = np.stack([np.einsum("clk,l->ck", sliding_window_view(p, k, axis=1), d) for p, d in zip(np.split(x, groups), dout)])
    return dx, dw


W = {"W": "dW", "b": "db"}

ENTRIES = [
    layer("convolution by im2col", lambda: Convolution(normal(0, 2, 1, 2, 2), normal(1, 2), pad=1), normal(2, 1, 1, 3, 3), parameters=W),
    layer("strided convolution by im2col", lambda: StridedConvolution(normal(3, 2, 2, 2, 2), normal(4, 2), stride=2), normal(5, 1, 2, 4,
        4), parameters=W),
    vjp("convolution by windows", conv2d_windows, conv2d_windows_back, normal(6, 1, 2, 4, 4), normal(7, 2, 2, 2, 2)),
    layer("convolution by scipy", lambda: ConvScipy(normal(8, 2, 2, 3)), normal(9, 4, 5), parameters={"kernels": "dkernels"}),
    cached("causal convolution", conv1d_causal, conv1d_causal_back, normal(10, 6), normal(11, 3)),
    vjp("dilated convolution", conv1d_dilated, conv1d_dilated_back, normal(12, 8), normal(13, 3)),
    cached("strided convolution by an index", strided_conv, strided_conv_back, normal(14, 7), normal(15, 3), exposes=(normal(14, 8),
        normal(15, 3))),
    vjp("depthwise convolution", depthwise, depthwise_back, normal(16, 2, 4, 4), normal(17, 2, 2, 2)),
    layer("transposed convolution", lambda: Deconvolution(normal(18, 3, 3)), normal(19, 2, 3), parameters={"k": "dk"}),
    cached("convolution of one pixel", pointwise_forward, pointwise_backward, normal(20, 2, 3, 3), normal(21, 3, 2), normal(22, 3)),
    vjp("blur along one axis", blur, blur_back, normal(23, 4, 3)),
    vjp("full convolution of numpy", full_convolution, full_convolution_back, normal(24, 5), normal(25, 5)),
    cached("grouped convolution", grouped, grouped_back, normal(26, 4, 5), normal(27, 2, 2, 2)),
]  # fmt: skip
