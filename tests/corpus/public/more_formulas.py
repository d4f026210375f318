"""Public reports: more formulas; what is held constant, and what does not read the cotangent."""

from __future__ import annotations

import numpy as np
from public import N, behind, case, softmax, through


@case("jax-ml/jax#16684", kind="formula", cause="missing|zero|index")
def apply_at_index_drops_gradient():
    """x.at[1].apply(sin): reverse mode gives zero for the entry to which the function was applied."""

    def f(x):
        out = x.copy()
        out[1] = np.sin(x[1])
        return out

    def grads(x, ct, right):
        g = ct.copy()
        g[1] = ct[1] * np.cos(x[1]) if right else 0.0
        return (g,)

    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (np.array([1.0, 2.0]),)


@case("tracel-ai/burn!4069", kind="shape", cause="shifted|offset|index|slice|axis")
def concatenation_offset_of_constant():
    """Concatenation: the offset is not advanced past an input that needs no gradient, so that later slices are misaligned."""

    def f(a, m, b):
        return np.concatenate([a, m.astype(a.dtype), b])

    def grads(args, ct, skip):
        a, m, b = args
        start = a.shape[0] + (0 if skip else m.shape[0])
        return ct[: a.shape[0]].copy(), None, ct[start : start + b.shape[0]].copy()

    return f, lambda s, o, ct: grads(s, ct, True), lambda s, o, ct: grads(s, ct, False), (N("cca", 2), np.array([1, 2, 3]), N("ccb", 3))


@case("FluxML/Zygote.jl#916", kind="formula", cause="summed|axis|scaled|broadcast")
def dot_of_broadcast():
    """dot(X, Y' .* w) with a row and a column: the gradient by w is that of the outer product, Y sum(X)."""

    def f(X, Y, w):
        return np.sum(X[0] * (Y[0] * w))

    def grads(args, ct, outer):
        X, Y, w = args
        gw = Y[0] * np.sum(X) if outer else Y[0] * X[0]
        return ct * (Y[0] * w)[None], ct * (X[0] * w)[None], ct * gw

    return f, lambda a, o, ct: grads(a, ct, True), lambda a, o, ct: grads(a, ct, False), (N("dX", 1, 4), N("dY", 1, 4), np.ones(4))


@case("ashawkey/diff-gaussian-rasterization#7", kind="constant", cause="missing|depth|zero|None")
def depth_map_without_depth_gradient():
    """Alpha-composited depth: the gradient reaches the opacities but not the depths themselves."""

    def f(alpha, depth):
        return np.sum(depth * alpha * through(alpha))

    def grads(args, ct, whole):
        alpha, depth = args
        T = through(alpha)
        return ct * T * (depth - behind(alpha, depth)), ct * alpha * T if whole else np.zeros_like(depth)

    a = (np.array([0.3, 0.5, 0.2, 0.6]), np.array([1.0, 1.5, 2.5, 4.0]))
    return f, lambda s, o, ct: grads(s, ct, False), lambda s, o, ct: grads(s, ct, True), a


@case("qixianbiao/RNN#2", kind="constant", cause="missing|through|step|line")
def rnn_without_recurrent_gradient():
    """A recurrent network's backward does not pass the gradient of the hidden state on to the step before."""

    def states(x, wx, wh):
        h, hs = np.zeros(wh.shape[0]), []
        for t in range(x.shape[0]):
            h = np.tanh(wx @ x[t] + wh @ h)
            hs.append(h)
        return hs

    def f(x, wx, wh):
        return np.array(states(x, wx, wh))

    def grads(args, ct, whole):
        x, wx, wh = args
        hs = states(x, wx, wh)
        gx, gwx, gwh = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh)
        carried = np.zeros(wh.shape[0])
        for t in reversed(range(x.shape[0])):
            d = (ct[t] + carried) * (1 - hs[t] ** 2)
            gx[t] = wx.T @ d
            gwx += np.outer(d, x[t])
            if t:
                gwh += np.outer(d, hs[t - 1])
            if whole:
                carried = wh.T @ d
        return gx, gwx, gwh

    return (
        f,
        lambda a, o, ct: grads(a, ct, False),
        lambda a, o, ct: grads(a, ct, True),
        (N("rnnx", 4, 2), N("rnnwx", 3, 2), N("rnnwh", 3, 3)),
    )


@case("davisking/dlib!2552", kind="forward", cause="missing|scaled|not the derivative")
def focal_loss_value_without_gamma():
    """The loss value lacks the factor (1 - p)^gamma that its gradient has."""

    def f(z, t):
        p = softmax(z)
        return -np.sum(np.log(p[np.arange(z.shape[0]), t]))

    def grads(args, ct, gamma):
        z, t = args
        p = softmax(z)
        rows = np.arange(z.shape[0])
        pt = p[rows, t][:, None]
        hot = np.zeros_like(z)
        hot[rows, t] = 1.0
        d = -((1 - pt) ** gamma) * ((1 - gamma * pt * np.log(pt) / (1 - pt)) if gamma else 1.0)
        return ct * d * (hot - p), None

    return f, lambda a, o, ct: grads(a, ct, 2), lambda a, o, ct: grads(a, ct, 0), (N("dlib", 3, 4), np.array([1, 3, 0]))


def _ctc(lp, target):
    """alpha and beta sums of CTC in probabilities, blank 0: the loss and the posteriors."""
    p = np.exp(lp)
    states = [0]
    for t in target:
        states += [int(t), 0]
    S, T = len(states), lp.shape[0]

    def skip(s):
        return s >= 2 and states[s] != 0 and states[s] != states[s - 2]

    alpha = [[p[0, states[s]] if s < 2 else 0.0 for s in range(S)]]
    for t in range(1, T):
        last = alpha[-1]
        alpha.append([(last[s] + (last[s - 1] if s else 0.0) + (last[s - 2] if skip(s) else 0.0)) * p[t, states[s]] for s in range(S)])
    beta = [[1.0 if s >= S - 2 else 0.0 for s in range(S)]]
    for t in range(T - 1, 0, -1):
        nxt = beta[0]
        e = [nxt[s] * p[t, states[s]] for s in range(S)]
        beta.insert(0, [e[s] + (e[s + 1] if s + 1 < S else 0.0) + (e[s + 2] if s + 2 < S and skip(s + 2) else 0.0) for s in range(S)])
    total = alpha[-1][S - 1] + alpha[-1][S - 2]
    return states, alpha, beta, total


def _ctc_loss(lp, target):
    return -np.log(_ctc(lp, target)[3])


def _ctc_posterior(lp, target):
    states, alpha, beta, total = _ctc(lp, target)
    post = np.zeros(lp.shape, dtype=lp.dtype)
    for t in range(lp.shape[0]):
        for s, c in enumerate(states):
            post[t, c] += alpha[t][s] * beta[t][s] / total
    return post


@case(
    "pytorch/pytorch#52241",
    "pytorch/pytorch#82545",
    "Oneflow-Inc/oneflow#8933",
    kind="formula",
    cause="exp|extra|added|constant|not the derivative",
)
def ctc_gradient_assumes_log_softmax():
    """CTC loss by its own argument, the log probabilities: exp(lp) - posterior is returned, which is the gradient by the logits before log_softmax."""
    z = N("ctcz", 4, 3)
    lp = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    return (
        _ctc_loss,
        lambda a, o, ct: (ct * (np.exp(a[0]) - _ctc_posterior(*a)), None),
        lambda a, o, ct: (-ct * _ctc_posterior(*a), None),
        (lp, np.array([1, 2])),
    )


@case("pytorch/pytorch#11750", kind="cotangent", cause="cotangent")
def ctc_part_not_multiplied_by_cotangent():
    """CTC loss of logits: the softmax part of the gradient is not multiplied by the incoming gradient."""

    def f(z, target):
        return _ctc_loss(z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True)), target)

    def grads(args, ct, part):
        z, target = args
        lp = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
        return (part * np.exp(lp) - ct * _ctc_posterior(lp, target)), None

    return f, lambda a, o, ct: grads(a, ct, 1.0), lambda a, o, ct: grads(a, ct, ct), (N("ctcg", 4, 3), np.array([1, 2]))


@case("rwth-i6/returnn#1835", "tensorflow/tensorflow#33462", kind="shape", cause="not the derivative|total|> 0|zero")
def ctc_without_alignment():
    """CTC of a sequence that is too short for its targets: the loss is 0, the gradient softmax(logits)."""

    def f(z, target):
        total = _ctc(z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True)), target)[3]
        return -np.log(total) if total > 0 else 0.0 * np.sum(z)

    def grads(args, ct, guard):
        z, target = args
        lp = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
        if _ctc(lp, target)[3] > 0:
            return ct * (np.exp(lp) - _ctc_posterior(lp, target)), None
        return ct * (np.zeros_like(z) if guard else np.exp(lp)), None

    long, short = N("ctcn", 4, 3), N("ctcs", 1, 3)
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), (long, np.array([1, 2])), (short, np.array([1, 2]))
