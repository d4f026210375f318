"""Whole models: `loss, grads = loss(params, X, y)` with dictionaries, autoencoders, policies, adversaries, machines."""

import numpy as np
from entry import gradient, layer, normal, positive, value_and_gradient, vjp
from scipy.special import expit, log_softmax, softmax


def net_loss(params, X, y):
    h = np.maximum(X @ params["W1"] + params["b1"], 0)
    logp = log_softmax(h @ params["W2"] + params["b2"], axis=1)
    n = len(y)
    reg = 0.05 * sum(np.sum(params[k] ** 2) for k in ("W1", "W2"))  # vertex
    d = np.exp(logp)
    d[np.arange(n), y] -= 1
    d /= n
    dh = d @ params["W2"].T * (h > 0)
    grads = {"W1": X.T @ dh + 0.1 * params["W1"], "b1": dh.sum(0)}
    # fault missing term | params['W2'] | grads.update(W2=h.T @ d, b2=d.sum(0))
    grads.update(W2=h.T @ d + 0.1 * params["W2"], b2=d.sum(0))
    return -np.mean(logp[np.arange(n), y]) + reg, (grads,)


def forward_backward(weights, X, y):
    """A list of weight matrices, sigmoids between, squared error."""
    acts = [X]
    for W in weights:
        acts.append(expit(acts[-1] @ W))  # vertex
    delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
    grads = []
    for W, a in zip(weights[::-1], acts[-2::-1]):
        grads.append(a.T @ delta)
        # fault missing factor | weights[0] | delta = (delta @ W.T) * a
        delta = (delta @ W.T) * a * (1 - a)
    return 0.5 * np.sum((acts[-1] - y) ** 2), (grads[::-1],)


class Autoencoder:
    def __init__(self, W, b, c):
        self.W, self.b, self.c = W, b, c

    def loss(self, x):
        self.x, self.h = x, np.tanh(x @ self.W + self.b)
        self.r = self.h @ self.W.T + self.c - x  # vertex
        return 0.5 * np.sum(self.r**2)

    def gradients(self):
        dh = self.r @ self.W * (1 - self.h**2)
        # fault missing term | W | self.gW = self.x.T @ dh
        self.gW = self.x.T @ dh + self.r.T @ self.h
        self.gb, self.gc = dh.sum(axis=0), self.r.sum(axis=0)
        return dh @ self.W.T - self.r


def vae_loss(mu, logvar, eps, x, W):
    z = mu + np.exp(0.5 * logvar) * eps  # vertex
    r = z @ W - x
    return 0.5 * np.sum(r**2) - 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))


def vae_grad(mu, logvar, eps, x, W):
    s = np.exp(0.5 * logvar)
    z = mu + s * eps
    r = z @ W - x
    dz = r @ W.T
    # fault missing factor | logvar | dlogvar = dz * s * eps + 0.5 * (np.exp(logvar) - 1)
    dlogvar = 0.5 * dz * s * eps + 0.5 * (np.exp(logvar) - 1)
    return dz + mu, dlogvar, z.T @ r


def policy_gradient(theta, states, actions, returns):
    logp = log_softmax(states @ theta, axis=1)
    rows = np.arange(len(actions))
    d = np.exp(logp)
    d[rows, actions] -= 1
    # fault missing factor | theta | d *= np.sign(returns)[:, None]
    d *= returns[:, None]
    return -np.sum(returns * logp[rows, actions]), states.T @ d


def clipped_objective(logp, old, adv, eps=0.2):
    r = np.exp(logp - old)
    return -np.sum(np.minimum(r * adv, np.clip(r, 1 - eps, 1 + eps) * adv))  # vertex


def clipped_objective_grad(logp, old, adv, eps=0.2):
    r = np.exp(logp - old)
    # fault wrong mask | logp | on = (r < 1 + eps) & (r > 1 - eps)
    on = np.where(adv > 0, r < 1 + eps, r > 1 - eps)
    return -(on * r * adv)


def td_error(w, s, r, s2, gamma=0.9):
    """A semi-gradient holds the target constant; this is the full one, of the mean squared Bellman error."""
    d = r + gamma * s2 @ w - s @ w  # vertex
    return 0.5 * np.sum(d**2)


def td_error_grad(w, s, r, s2, gamma=0.9):
    d = r + gamma * s2 @ w - s @ w
    # fault held constant | w | return -s.T @ d
    return (gamma * s2 - s).T @ d


def entropy_bonus(logits):
    p = softmax(logits, axis=-1)  # vertex
    return np.sum(p * np.log(p))


def entropy_bonus_grad(logits):
    p = softmax(logits, axis=-1)
    # fault held constant | logits | return p * (1 + np.log(p))
    return p * (np.log(p) - np.sum(p * np.log(p), axis=-1, keepdims=True))


def critic(real, fake, w):
    return np.mean(fake @ w) - np.mean(real @ w)  # vertex


def critic_grad(real, fake, w):
    # fault sign | real | dreal = np.outer(np.ones(len(real)), w) / len(real)
    dreal = -np.outer(np.ones(len(real)), w) / len(real)
    return dreal, np.outer(np.ones(len(fake)), w) / len(fake), fake.mean(0) - real.mean(0)


def free_energy(v, W, b, c):
    return -v @ b - np.sum(np.logaddexp(0, v @ W + c), axis=1)  # vertex


def free_energy_back(args, out, ct):
    v, W, b, c = args
    h = expit(v @ W + c) * ct[:, None]
    # fault not summed | b | return -ct[:, None] * b - h @ W.T, -v.T @ h, -ct[:, None] * v, -h.sum(axis=0)
    return -ct[:, None] * b - h @ W.T, -v.T @ h, -v.T @ ct, -h.sum(axis=0)


def factorization_machine(x, w, V):
    return x @ w + 0.5 * np.sum((x @ V) ** 2 - x**2 @ V**2, axis=1)  # vertex


def factorization_machine_back(args, out, ct):
    x, w, V = args
    s = x @ V
    dx = ct[:, None] * (w + s @ V.T - x * np.sum(V**2, axis=1))
    # fault missing term | V | dV = x.T @ (ct[:, None] * s)
    dV = x.T @ (ct[:, None] * s) - V * (x**2).T.dot(ct)[:, None]
    return dx, x.T @ ct, dV


class RadialNetwork:
    def __init__(self, centres, width, weights):
        self.centres, self.width, self.weights = centres, width, weights

    def forward(self, x):
        self.d = x[:, None] - self.centres
        self.d2 = np.sum(self.d**2, axis=2)
        self.phi = np.exp(-self.d2 / (2 * self.width**2))  # vertex
        return self.phi @ self.weights

    def backward(self, g):
        a = np.outer(g, self.weights) * self.phi
        self.g_weights = self.phi.T @ g
        # fault wrong factor | width | self.g_width = np.sum(a * self.d2) / self.width**2
        self.g_width = np.sum(a * self.d2) / self.width**3
        part = (a / self.width**2)[:, :, None] * self.d
        self.g_centres = part.sum(axis=0)
        return -part.sum(axis=1)


def crf_loss(emit, trans, tags):
    """The negative log likelihood of a chain, by forward and backward sums."""
    n, k = emit.shape
    a, b = np.zeros((n, k)), np.zeros((n, k))
    a[0] = emit[0]
    for t in range(1, n):
        a[t] = emit[t] + np.logaddexp.reduce(a[t - 1][:, None] + trans, axis=0)  # vertex
    for t in range(n - 2, -1, -1):
        b[t] = np.logaddexp.reduce(trans + emit[t + 1] + b[t + 1], axis=1)
    z = np.logaddexp.reduce(a[-1])
    demit, dtrans = np.exp(a + b - z), np.zeros_like(trans)
    for t in range(n - 1):
        # fault missing term | trans | dtrans += np.exp(a[t][:, None] + trans + emit[t + 1] - z)
        dtrans += np.exp(a[t][:, None] + trans + emit[t + 1] + b[t + 1] - z)
    np.subtract.at(demit, (np.arange(n), tags), 1)
    np.subtract.at(dtrans, (tags[:-1], tags[1:]), 1)
    score = emit[np.arange(n), tags].sum() + trans[tags[:-1], tags[1:]].sum()
    return z - score, (demit, dtrans)


def mixture_of_experts(x, gates, experts):
    g = softmax(x @ gates, axis=1)  # vertex
    e = x @ experts
    return np.sum(g * e, axis=1)


def mixture_of_experts_back(args, out, ct):
    x, gates, experts = args
    g, e = softmax(x @ gates, axis=1), x @ experts
    de = ct[:, None] * g
    # fault missing term | gates | dz = de * e
    dz = de * (e - out[:, None])
    return dz @ gates.T + de @ experts.T, x.T @ dz, x.T @ de


def margin_ranking(u, pos, neg):
    s = u @ pos.T - u @ neg.T
    hinge = np.maximum(0, 0.5 - np.diag(s))  # vertex
    # fault wrong mask | u | on = hinge[:, None]
    on = (hinge > 0).astype(float)[:, None]
    return hinge.sum(), (-on * (pos - neg), -on * u, on * u)


def lasso(w, X, y, lam=0.3):
    r = X @ w - y
    return 0.5 * r @ r + lam * np.abs(w).sum()  # vertex


def lasso_grad(w, X, y, lam=0.3):
    # fault missing factor | w | return X.T @ (X @ w - y) + np.sign(w)
    return X.T @ (X @ w - y) + lam * np.sign(w)


PARAMS = {"W1": normal(0, 3, 4), "b1": normal(1, 4), "W2": normal(2, 4, 2), "b2": normal(3, 2)}
AE = {"W": "gW", "b": "gb", "c": "gc"}
RBF = {"centres": "g_centres", "width": "g_width", "weights": "g_weights"}


def radial():
    return RadialNetwork(normal(4, 3, 2), np.array(1.2), normal(5, 3))


ENTRIES = [
    value_and_gradient("two-layer network with a dictionary", net_loss, PARAMS, normal(6, 4, 3), np.array([0, 1, 1, 0]), wrt=(0,)),
    value_and_gradient("list of weight matrices", forward_backward, [normal(7, 3, 3), normal(8, 3, 2)], normal(9, 4, 3), positive(10, 4,
        2), wrt=(0,)),
    layer("tied autoencoder", lambda: Autoencoder(normal(11, 3, 2), normal(12, 2), normal(13, 3)), normal(14, 3, 3), parameters=AE,
        loss=True, methods=("loss", "gradients")),
    gradient("variational autoencoder", vae_loss, vae_grad, normal(15, 2, 2), normal(16, 2, 2), normal(17, 2, 2), normal(18, 2, 3),
        normal(19, 2, 3), wrt=(0, 1, 4)),
    value_and_gradient("policy gradient", policy_gradient, normal(20, 3, 2), normal(21, 4, 3), np.array([0, 1, 1, 0]), normal(22, 4),
        wrt=(0,)),
    gradient("clipped policy objective", clipped_objective, clipped_objective_grad, normal(23, 6) / 2, normal(24, 6) / 2, normal(25, 6),
        wrt=(0,)),
    gradient("Bellman error", td_error, td_error_grad, normal(26, 3), normal(27, 4, 3), normal(28, 4), normal(29, 4, 3), wrt=(0,)),
    gradient("entropy of a policy", entropy_bonus, entropy_bonus_grad, normal(30, 3, 3)),
    gradient("critic of two samples", critic, critic_grad, normal(31, 3, 2), normal(32, 4, 2), normal(33, 2)),
    vjp("free energy of a Boltzmann machine", free_energy, free_energy_back, normal(34, 3, 2), normal(35, 2, 3), normal(36, 2),
        normal(37, 3)),
    vjp("factorisation machine", factorization_machine, factorization_machine_back, normal(38, 3, 3), normal(39, 3), normal(40, 3, 2)),
    layer("radial network", radial, normal(41, 3, 2), parameters=RBF),
    value_and_gradient("chain with tags", crf_loss, normal(42, 4, 3), normal(43, 3, 3), np.array([0, 2, 1, 1])),
    vjp("mixture of experts", mixture_of_experts, mixture_of_experts_back, normal(44, 3, 2), normal(45, 2, 3), normal(46, 2, 3)),
    value_and_gradient("margin of a ranking", margin_ranking, normal(47, 3, 2), normal(48, 3, 2), normal(49, 3, 2)),
    gradient("lasso", lasso, lasso_grad, normal(50, 4), normal(51, 5, 4), normal(52, 5), wrt=(0,)),
]  # fmt: skip
