"""Losses of regression, classification and embedding: classes that keep what they need, functions that return both."""

import numpy as np
from entry import gradient, layer, normal, positive, value_and_gradient
from scipy.special import expit, log_softmax, softmax


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.sum(np.log(self.y[np.arange(len(t)), t])) / len(t)  # vertex

    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        # fault mean for sum | x | return dout * dx
        return dout * dx / len(self.t)


class MeanSquaredError:
    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean(self.diff**2)  # vertex

    def backward(self):
        # fault mean for sum | pred | return 2 * self.diff / len(self.diff)
        return 2 * self.diff / self.diff.size


def binary_cross_entropy(logits, t):
    loss = np.sum(np.maximum(logits, 0) - logits * t + np.log1p(np.exp(-np.abs(logits))))  # vertex
    # fault sign | logits | return loss, t - expit(logits)
    return loss, expit(logits) - t


def huber(pred, target, delta=0.8):
    r = pred - target
    small = np.abs(r) <= delta
    loss = np.where(small, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta))  # vertex
    # fault missing factor | pred | grad = np.where(small, r, np.sign(r))
    grad = np.where(small, r, delta * np.sign(r))
    return loss.sum(), grad


def log_cosh(pred, target):
    r = pred - target
    # fault wrong function | pred | return np.mean(np.log(np.cosh(r))), np.sinh(r) / r.size
    return np.mean(np.log(np.cosh(r))), np.tanh(r) / r.size


def quantile_loss(q, y, tau=0.3):
    d = y - q
    loss = np.mean(np.maximum(tau * d, (tau - 1) * d))  # vertex
    # fault wrong mask | q | return loss, np.where(d < 0, -tau, 1 - tau) / d.size
    return loss, np.where(d > 0, -tau, 1 - tau) / d.size


class FocalLoss:
    def __init__(self, gamma=2.0):
        self.gamma = gamma

    def forward(self, logits, t):
        self.t = np.where(t == 1, 1.0, -1.0)
        self.p = expit(self.t * logits)
        return -np.sum((1 - self.p) ** self.gamma * np.log(self.p))  # vertex

    def backward(self):
        p, g = self.p, self.gamma
        # fault held constant | logits | slope = (1 - p) ** (g + 1)
        slope = (1 - p) ** (g + 1) - g * (1 - p) ** g * p * np.log(p)
        return -self.t * slope


def dice(p, t):
    inter, total = np.sum(p * t), np.sum(p) + np.sum(t)
    value = 1 - 2 * inter / total  # vertex
    # fault missing term | p | grad = -2 * t / total
    grad = -2 * t / total + 2 * inter / total**2
    return value, grad


def label_smoothing_loss(logits, labels, eps=0.1):
    n, k = logits.shape
    q = np.full((n, k), eps / k)
    q[np.arange(n), labels] += 1 - eps
    logp = log_softmax(logits, axis=1)  # vertex
    onehot = np.eye(k)[labels]
    # fault wrong function | logits | return -np.sum(q * logp) / n, (softmax(logits, axis=1) - onehot) / n
    return -np.sum(q * logp) / n, (softmax(logits, axis=1) - q) / n


def distillation(student, teacher, T=2.0):
    p, q = softmax(teacher / T, axis=1), log_softmax(student / T, axis=1)  # vertex
    # fault missing factor | student | return -np.sum(p * q), np.exp(q) - p
    return -np.sum(p * q), (np.exp(q) - p) / T


def weighted_cross_entropy(logits, y, w):
    i = np.arange(len(y))
    logp = log_softmax(logits, axis=1)
    loss = -np.sum(w[y] * logp[i, y])  # vertex
    grad = np.exp(logp)
    grad[i, y] -= 1
    # fault wrong axis | logits | grad *= w[None, :]
    grad *= w[y][:, None]
    return loss, grad


def ignoring_cross_entropy(logits, y, ignore_index=-100):
    keep = y != ignore_index
    safe = np.where(keep, y, 0)
    logp = log_softmax(logits, axis=1)
    loss = -np.sum(logp[np.arange(len(y)), safe] * keep)  # vertex
    grad = np.exp(logp)
    grad[np.arange(len(y)), safe] -= 1
    # fault index ignored | logits | return loss, grad
    return loss, grad * keep[:, None]


def mean_over_kept(logits, y, keep):
    """The mean over what is kept; zero where nothing is."""
    n = max(int(keep.sum()), 1)
    logp = log_softmax(logits, axis=1)
    i = np.arange(len(y))
    grad = np.exp(logp) - np.eye(logits.shape[1])[y]
    # fault not a number | logits | return -np.sum(keep * logp[i, y]) / n, grad * keep[:, None] / keep.sum()
    return -np.sum(keep * logp[i, y]) / n, grad * keep[:, None] / n


def large_margin(z, y):
    z = z - np.eye(z.shape[1])[y] * 0.35
    m = z.max(axis=1)
    lse = m + np.log(np.sum(np.exp(z - m[:, None]), axis=1))
    # fault overflow | z | g = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    g = np.exp(z - lse[:, None])
    g[np.arange(len(y)), y] -= 1
    return np.sum(lse - z[np.arange(len(y)), y]), g


class Hinge:
    """A loss for each example, with a cotangent for each."""

    def forward(self, score, t):
        self.t, self.on = t, t * score < 1
        return np.maximum(0, 1 - t * score)

    def backward(self, dout):
        # fault overwrites cotangent | cotangent | dout *= -self.t * self.on
        dout = -dout * self.t * self.on
        return dout


class Triplet:
    def __init__(self, margin=1.0):
        self.margin = margin

    def forward(self, a, p, n):
        self.saved = a, p, n
        d = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + self.margin  # vertex
        self.active = d > 0
        return np.sum(np.maximum(d, 0))

    def backward(self):
        a, p, n = self.saved
        m = 2 * self.active[:, None]
        # fault sign | n | return m * (n - p), m * (p - a), m * (n - a)
        return m * (n - p), m * (p - a), m * (a - n)


def contrastive(x1, x2, same, margin=2.0):
    d = x1 - x2
    dist = np.sqrt(np.sum(d**2, axis=1))  # vertex
    gap = np.maximum(margin - dist, 0)
    loss = 0.5 * np.sum(np.where(same, dist**2, gap**2))
    # fault missing factor | x1 | c = np.where(same, 1.0, -gap)[:, None]
    c = np.where(same, 1.0, -gap / dist)[:, None]
    return loss, (c * d, -c * d)


def cosine_loss(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)  # vertex
    return 1 - a @ b / (na * nb)


def cosine_loss_grad(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    c = a @ b / (na * nb)
    # fault held constant | a | return -b / (na * nb), -(a / (na * nb) - c * b / nb**2)
    return -(b / (na * nb) - c * a / na**2), -(a / (na * nb) - c * b / nb**2)


def info_nce(z1, z2, tau=0.5):
    n = len(z1)
    s = z1 @ z2.T / tau  # vertex
    logp = log_softmax(s, axis=1)
    ds = (np.exp(logp) - np.eye(n)) / (n * tau)
    # fault not transposed | z2 | return -np.mean(np.diag(logp)), (ds @ z2, ds @ z1)
    return -np.mean(np.diag(logp)), (ds @ z2, ds.T @ z1)


def kl_normal(mu, logvar):
    return -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))  # vertex


def kl_normal_grad(mu, logvar):
    # fault wrong constant | logvar | return mu, np.exp(logvar) - 1
    return mu, 0.5 * (np.exp(logvar) - 1)


def jensen_shannon(p, q):
    m = 0.5 * (p + q)
    return 0.5 * np.sum(p * np.log(p / m)) + 0.5 * np.sum(q * np.log(q / m))  # vertex


def jensen_shannon_grad(p, q):
    m = 0.5 * (p + q)
    # fault arguments exchanged | p | return 0.5 * np.log(q / m), 0.5 * np.log(p / m)
    return 0.5 * np.log(p / m), 0.5 * np.log(q / m)


Y = np.array([1, 0, 2, 2])
T = np.array([1, 0, 1, 1, 0])
KEEP = np.array([True, False, True, True])

ENTRIES = [
    layer("softmax with loss", SoftmaxWithLoss, normal(0, 4, 3), Y),
    layer("mean squared error", MeanSquaredError, normal(1, 3, 4), normal(2, 3, 4), wrt=(0,), loss=True),
    value_and_gradient("binary cross entropy with logits", binary_cross_entropy, 2 * normal(3, 5), T),
    value_and_gradient("huber", huber, normal(4, 7), normal(5, 7), wrt=(0,)),
    value_and_gradient("log cosh", log_cosh, normal(6, 6), normal(7, 6), wrt=(0,)),
    value_and_gradient("pinball", quantile_loss, normal(8, 6), normal(9, 6), wrt=(0,)),
    layer("focal loss", FocalLoss, normal(10, 5), T, loss=True),
    value_and_gradient("dice", dice, positive(11, 2, 3) / 2, np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]), wrt=(0,)),
    value_and_gradient("label smoothing", label_smoothing_loss, normal(12, 4, 3), Y),
    value_and_gradient("distillation", distillation, normal(13, 3, 4), normal(14, 3, 4), wrt=(0,)),
    value_and_gradient("class weights", weighted_cross_entropy, normal(15, 4, 3), Y, positive(16, 3), wrt=(0,)),
    value_and_gradient("ignored labels", ignoring_cross_entropy, normal(17, 4, 3), Y, exposes=(normal(17, 4, 3), np.array([1, -100, 2,
        0]))),
    value_and_gradient("mean over what is kept", mean_over_kept, normal(31, 4, 3), Y, KEEP, exposes=(normal(31, 4, 3), Y, KEEP & False)),
    value_and_gradient("softmax with a margin", large_margin, normal(32, 3, 3), Y[:3], exposes=(np.array([[800.0, 1.0, 0.0], [1.0,
        -900.0, 2.0], [0.1, 0.2, 0.3]]), Y[:3])),
    layer("hinge for each example", Hinge, normal(33, 5), 2 * T - 1, shows="cotangent"),
    layer("triplet", Triplet, normal(18, 3, 2), normal(19, 3, 2), normal(20, 3, 2), loss=True),
    value_and_gradient("contrastive pairs", contrastive, normal(21, 4, 2), normal(22, 4, 2), np.array([True, False, False, True])),
    gradient("cosine distance", cosine_loss, cosine_loss_grad, normal(23, 4), normal(24, 4)),
    value_and_gradient("noise contrastive estimate", info_nce, normal(25, 3, 2), normal(26, 3, 2)),
    gradient("divergence of normals", kl_normal, kl_normal_grad, normal(27, 5), normal(28, 5)),
    gradient("Jensen-Shannon", jensen_shannon, jensen_shannon_grad, positive(29, 5), positive(30, 5)),
]  # fmt: skip
