"""Log likelihoods of generalised linear models and other distributions, with the scores that people write for them."""

import numpy as np
from entry import gradient, layer, normal, positive, value_and_gradient
from scipy.special import digamma, erf, expit, gammaln, log_expit, logsumexp, ndtr, softmax

X = normal(0, 5, 2)
ONES = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
COUNTS = np.array([0, 3, 1, 2, 5])


def logistic_nll(beta, X, y):
    z = X @ beta
    return -np.sum(y * z - np.logaddexp(0, z))  # vertex


def logistic_score(beta, X, y):
    # fault sign | beta | return X.T @ (y - expit(X @ beta))
    return X.T @ (expit(X @ beta) - y)


def poisson_nll(beta, X, y):
    eta = X @ beta
    return np.sum(np.exp(eta) - y * eta + gammaln(y + 1))  # vertex


def poisson_score(beta, X, y):
    # fault wrong cache | beta | return X.T @ (X @ beta - y)
    return X.T @ (np.exp(X @ beta) - y)


def gaussian_nll(mu, log_sigma, y):
    return np.sum(log_sigma + 0.5 * ((y - mu) / np.exp(log_sigma)) ** 2)  # vertex


def gaussian_grad(mu, log_sigma, y):
    z = (y - mu) / np.exp(log_sigma)
    # fault missing term | log_sigma | return -z / np.exp(log_sigma), -(z**2)
    return -z / np.exp(log_sigma), 1 - z**2


def gamma_nll(beta, shape, X, y):
    mu = np.exp(X @ beta)
    return np.sum(gammaln(shape) - shape * np.log(shape / mu) - (shape - 1) * np.log(y) + shape * y / mu)  # vertex


def gamma_score(beta, shape, X, y):
    mu = np.exp(X @ beta)
    # fault missing term | shape | ds = digamma(shape) - np.log(shape / mu) - np.log(y) + y / mu
    ds = digamma(shape) - np.log(shape / mu) - 1 - np.log(y) + y / mu
    return X.T @ (shape - shape * y / mu), np.sum(ds)


def negative_binomial(beta, r, X, y):
    mu = np.exp(X @ beta)
    return -np.sum(gammaln(y + r) - gammaln(r) - gammaln(y + 1) + r * np.log(r / (r + mu)) + y * np.log(mu / (r + mu)))  # vertex


def negative_binomial_score(beta, r, X, y):
    mu = np.exp(X @ beta)
    # fault missing factor | beta | dbeta = -X.T @ (y - mu)
    dbeta = -X.T @ (r * (y - mu) / (r + mu))
    dr = -np.sum(digamma(y + r) - digamma(r) + np.log(r / (r + mu)) + 1 - (r + y) / (r + mu))
    return dbeta, dr


def probit_nll(beta, X, y):
    s = 2 * y - 1
    return -np.sum(np.log(ndtr(s * (X @ beta))))  # vertex


def probit_score(beta, X, y):
    s = 2 * y - 1
    z = s * (X @ beta)
    phi = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    # fault missing factor | beta | return -X.T @ (phi / ndtr(z))
    return -X.T @ (s * phi / ndtr(z))


def multinomial_nll(B, X, y):
    Z = X @ B  # vertex
    logp = Z - logsumexp(Z, axis=1, keepdims=True)
    P = np.exp(logp)
    P[np.arange(len(y)), y] -= 1
    # fault not transposed | B | return -np.sum(logp[np.arange(len(y)), y]), (P.T @ X).reshape(B.shape)
    return -np.sum(logp[np.arange(len(y)), y]), X.T @ P


def ordinal_nll(beta, cuts, x, y):
    eta = x * beta
    edges = np.concatenate([[-50.0], cuts, [50.0]])
    upper, lower = expit(edges[y + 1] - eta), expit(edges[y] - eta)  # vertex
    return -np.sum(np.log(upper - lower))


def ordinal_grad(beta, cuts, x, y):
    eta = x * beta
    edges = np.concatenate([[-50.0], cuts, [50.0]])
    upper, lower = expit(edges[y + 1] - eta), expit(edges[y] - eta)
    du, dl = upper * (1 - upper) / (upper - lower), lower * (1 - lower) / (upper - lower)
    dedges = np.zeros(len(edges))
    np.add.at(dedges, y + 1, -du)
    # fault missing term | cuts | pass
    np.add.at(dedges, y, dl)
    return np.sum(x * (du - dl)), dedges[1:-1]


def cox_nll(beta, X, event):
    """Rows are in order of time."""
    eta = X @ beta
    risk = np.cumsum(np.exp(eta)[::-1])[::-1]  # vertex
    w = np.exp(eta)
    # fault wrong slice | beta | mean = np.cumsum(w[:, None] * X, axis=0) / np.cumsum(w)[:, None]
    mean = np.cumsum((w[:, None] * X)[::-1], axis=0)[::-1] / risk[:, None]
    return -np.sum(event * (eta - np.log(risk))), -event @ (X - mean)


def beta_nll(a, b, y):
    return -np.sum(gammaln(a + b) - gammaln(a) - gammaln(b) + (a - 1) * np.log(y) + (b - 1) * np.log1p(-y))  # vertex


def beta_score(a, b, y):
    n = len(y)
    common = digamma(a + b)
    # fault arguments exchanged | a | return -(n * (common - digamma(a)) + np.sum(np.log1p(-y))), -(n * (common - digamma(b)) + np.sum(np.log(y)))
    return -(n * (common - digamma(a)) + np.sum(np.log(y))), -(n * (common - digamma(b)) + np.sum(np.log1p(-y)))


def zero_inflated(logit, lam, y):
    zero = np.logaddexp(log_expit(logit), log_expit(-logit) - lam)  # vertex
    rest = log_expit(-logit) - lam + y * np.log(lam) - gammaln(y + 1)
    return -np.sum(np.where(y == 0, zero, rest))


def zero_inflated_grad(logit, lam, y):
    p = expit(logit)
    q = p + (1 - p) * np.exp(-lam)
    dlogit = np.where(y == 0, p * (1 - p) * (1 - np.exp(-lam)) / q, -p)
    # fault wrong mask | lam | dlam = y / lam - 1
    dlam = np.where(y == 0, -(1 - p) * np.exp(-lam) / q, y / lam - 1)
    return -dlogit.sum(), -dlam.sum()


class Mixture:
    """The log likelihood of a mixture of normals with unit variance."""

    def __init__(self, logits, means):
        self.logits, self.means = logits, means

    def forward(self, y):
        self.d = y[:, None] - self.means
        self.logp = self.logits - logsumexp(self.logits) - 0.5 * self.d**2  # vertex
        self.total = logsumexp(self.logp, axis=1)
        return self.total

    def backward(self, g):
        r = np.exp(self.logp - self.total[:, None]) * g[:, None]
        # fault missing term | logits | self.dlogits = r.sum(axis=0)
        self.dlogits = r.sum(axis=0) - g.sum() * softmax(self.logits)
        self.dmeans = np.sum(r * self.d, axis=0)
        return -np.sum(r * self.d, axis=1)


def student_nll(mu, sigma, nu, y):
    z = (y - mu) / sigma
    return np.sum(np.log(sigma) + 0.5 * (nu + 1) * np.log1p(z**2 / nu))  # vertex


def student_grad(mu, sigma, nu, y):
    z = (y - mu) / sigma
    w = (nu + 1) / (nu + z**2)
    # fault held constant | nu | dnu = np.sum(0.5 * np.log1p(z**2 / nu))
    dnu = np.sum(0.5 * np.log1p(z**2 / nu) - 0.5 * w * z**2 / nu)
    return np.sum(-w * z / sigma), np.sum((1 - w * z**2) / sigma), dnu


def survival(z, died):
    """Logistic times: the log of a density, or of what is left of it."""
    return np.sum(np.where(died == 1, -log_expit(z) - log_expit(-z), -log_expit(-z)))  # vertex


def survival_grad(z, died):
    # fault index ignored | z | return np.tanh(z / 2)
    return np.where(died == 1, np.tanh(z / 2), expit(z))


def bernoulli_log_odds(z, y):
    return np.sum(np.logaddexp(0, (1 - 2 * y) * z))  # vertex


def bernoulli_log_odds_grad(z, y):
    s = 1 - 2 * y
    # fault overflow | z | return s * np.exp(s * z) / (1 + np.exp(s * z))
    return s * expit(s * z)


def von_mises(mu, y):
    return -np.sum(np.cos(y - mu))  # vertex


def von_mises_grad(mu, y):
    # fault wrong function | mu | return np.cos(y - mu).sum()
    return -np.sin(y - mu).sum()


def censored_exponential(log_rate, t, died):
    return np.sum(np.exp(log_rate) * t - died * log_rate)  # vertex


def censored_exponential_grad(log_rate, t, died):
    # fault wrong mask | log_rate | return died * (np.exp(log_rate) * t - 1)
    return np.exp(log_rate) * t - died


def skew_normal(alpha, y):
    return -np.sum(np.log1p(erf(alpha * y / np.sqrt(2))))  # vertex


def skew_normal_grad(alpha, y):
    t = alpha * y / np.sqrt(2)
    # fault missing factor | alpha | return -np.sum(y / np.sqrt(2) * np.exp(-(t**2)) / (1 + erf(t)))
    return -np.sum(y / np.sqrt(2) * 2 / np.sqrt(np.pi) * np.exp(-(t**2)) / (1 + erf(t)))


B, Y = normal(1, 2), positive(2, 5)
R = np.array(1.7)

ENTRIES = [
    gradient("logistic regression", logistic_nll, logistic_score, B, X, ONES, wrt=(0,)),
    gradient("Poisson regression", poisson_nll, poisson_score, B, X, COUNTS, wrt=(0,)),
    gradient("normal with log scale", gaussian_nll, gaussian_grad, normal(3, 5), normal(4, 5), Y, wrt=(0, 1)),
    gradient("gamma regression with its shape", gamma_nll, gamma_score, B, R, X, Y, wrt=(0, 1)),
    gradient("negative binomial", negative_binomial, negative_binomial_score, B, R, X, COUNTS, wrt=(0, 1)),
    gradient("probit", probit_nll, probit_score, B, X, ONES, wrt=(0,)),
    value_and_gradient("multinomial logit", multinomial_nll, normal(5, 2, 3), X, np.array([0, 2, 1, 1, 0]), wrt=(0,)),
    gradient("ordered logit", ordinal_nll, ordinal_grad, np.array(0.6), np.array([-0.8, 0.9]), normal(6, 5), np.array([0, 2, 1, 1, 2]),
        wrt=(0, 1)),
    value_and_gradient("partial likelihood of hazards", cox_nll, B, X, ONES, wrt=(0,)),
    gradient("beta", beta_nll, beta_score, np.array(2.2), np.array(1.4), Y / 3, wrt=(0, 1)),
    gradient("zero-inflated Poisson", zero_inflated, zero_inflated_grad, np.array(0.3), R, COUNTS),
    layer("mixture of normals", lambda: Mixture(normal(7, 3), normal(8, 3)), normal(9, 4), parameters={"logits": "dlogits",
        "means": "dmeans"}),
    gradient("Student's t with all parameters", student_nll, student_grad, np.array(0.2), np.array(0.9), np.array(4.0), normal(10, 5),
        wrt=(0, 1, 2)),
    gradient("logistic times with censoring", survival, survival_grad, normal(14, 4), np.array([1, 1, 1, 1]), exposes=(normal(14, 4),
        np.array([1, 0, 1, 0]))),
    gradient("Bernoulli in log odds", bernoulli_log_odds, bernoulli_log_odds_grad, normal(15, 4), np.array([0, 1, 1, 0]),
        exposes=(np.array([900.0, 1.0, -800.0, 2.0]), np.array([0, 1, 1, 0]))),
    gradient("von Mises", von_mises, von_mises_grad, np.array(0.4), normal(11, 5), wrt=(0,)),
    gradient("exponential with censoring", censored_exponential, censored_exponential_grad, normal(12, 5), Y, ONES, wrt=(0,)),
    gradient("skew normal", skew_normal, skew_normal_grad, np.array(0.8), normal(13, 5), wrt=(0,)),
]  # fmt: skip
