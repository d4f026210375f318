"""Known of rounding errors that run along: each row of the table of `running_errors`, with numbers whose errors can be
added up by hand (u = 2⁻²⁴ in float32, η = 2⁻¹⁵⁰).

>>> import math
>>> import numpy as np
>>> before = np.seterr(all="ignore")
>>> from fractions import Fraction
>>> from backproof.engine import FLOAT32, FLOAT64
>>> from backproof.verify.numbers.float_model import LIBRARY, gamma, largest_float, smallest_error
>>> from backproof.verify.numbers.running_errors import COMPOSED, Model, running_errors
>>> from backproof.verify.numbers.tangents import pair
>>> u, eta, L = 2.0**-24, smallest_error(FLOAT32), LIBRARY["float32"]
>>> S, A = running_errors(FLOAT32), running_errors(FLOAT32, all_orders=True)
>>> def of(value, error=0.0):
...     return np.atleast_1d(pair(np.asarray(value, dtype=float), error))
>>> def near(found, value, error):
...     return bool(
...         abs(found.real.item() - value) <= 1e-15 * abs(value)
...         and abs(found.imag.item() - error) <= 1e-12 * abs(error)
...     )
>>> x, y = of(3.0, 0.25), of(-5.0, 0.5)

To first order, and to all orders:

>>> near(S.add(x, y), -2, 0.75 + u * 2), near(S.subtract(x, y), 8, 0.75 + u * 8)
(True, True)
>>> near(A.add(x, y), -2, 0.75 + u * 2.75), near(A.subtract(x, y), 8, 0.75 + u * 8.75)
(True, True)
>>> near(S.add(x, of(0.0)), 3, 0.25), near(S.add(of(0.0), y), -5, 0.5), near(S.subtract(of(0.0), y), 5, 0.5)
(True, True, True)
>>> near(S.add(x, of(0.0, 0.125)), 3, 0.375 + u * 3)
True
>>> near(S.multiply(x, y), -15, 5 * 0.25 + 3 * 0.5 + u * 15 + eta)
True
>>> near(A.multiply(x, y), -15, 2.75 + 0.125 + u * (15 + 2.875) + eta)
True
>>> near(S.multiply(x, of(-1.0)), -3, 0.25), near(S.multiply(of(1.0), y), -5, 0.5), near(S.multiply(of(0.0), y), 0, 0)
(True, True, True)
>>> near(S.multiply(x, of(2.0)), 6, 0.5 + u * 6 + eta)
True
>>> near(S.multiply(of(1.0, 0.5), y), -5, 5 * 0.5 + 0.5 + u * 5 + eta)
True
>>> S.multiply(of(0.0), of(2.0, np.inf)).imag.item(), S.multiply(of(0.0, 0.5), of(2.0, np.inf)).imag.item()
(0.0, inf)
>>> S.multiply(of(2.0, np.inf), of(3.0)).imag.item()
inf
>>> near(S.divide(x, y), -0.6, (0.25 + 0.6 * 0.5) / 5 + u * 0.6 + eta)
True
>>> near(A.divide(x, y), -0.6, 0.55 / 4.5 + u * (0.6 + 0.55 / 4.5) + eta)
True
>>> near(S.divide(x, of(-1.0)), -3, 0.25), near(S.divide(of(0.0), y), 0, 0), S.divide(x, of(0.5, 0.5)).imag.item()
(True, True, inf)
>>> near(S.divide(x, of(2.0)), 1.5, 0.125 + u * 1.5 + eta)
True
>>> left, right = pair(np.array([[1.0, -2.0]]), 0.5), pair(np.array([[3.0], [4.0]]), 0.25)
>>> near(S.matmul(left, right), -5, 3 * 0.25 + 7 * 0.5 + gamma(2, u) * 11 + 2 * eta)
True
>>> near(A.matmul(left, right), -5, 4.25 + 2 * 0.125 + gamma(2, u) * (11 + 4.5) + 2 * eta)
True
>>> gamma(2, u) == 2 * u / (1 - 2 * u), gamma(0, u)
(True, 0.0)
>>> near(S.sum(pair(np.array([1.0, -2.0, 4.0]), 0.5)), 3, 1.5 + gamma(2, u) * 7)
True
>>> S.sum(pair(np.ones((2, 3)), 0.5), 1).imag.tolist() == [1.5 + gamma(2, u) * 3] * 2
True
>>> near(S.sum(of(3.0, 0.25)), 3, 0.25), S.negative(x).tolist(), S.absolute(y).tolist(), S.peak(y).tolist()
(True, [(-3+0.25j)], [(5+0.5j)], [(-5+0j)])
>>> S.zeros((2,)).tolist()
[0j, 0j]

Functions: the slope times the error, and the library's roundings; √ is rounded once, σ and softplus are composed:

>>> COMPOSED, S.exp(of(0.0)).imag.item(), S.exp(of(0.0, 0.5)).imag.item() > 0.5
({'sqrt': (0, 1), 'sigmoid': (1, 2), 'softplus': (2, 3)}, 0.0, True)
>>> e = math.exp
>>> near(S.exp(of(1.0, 0.25)), e(1), 0.25 * e(1) + L * u * e(1) + eta)
True
>>> near(S.log(of(2.0, 0.25)), math.log(2), 0.125 + L * u * math.log(2) + eta)
True
>>> near(S.sqrt(of(4.0, 0.25)), 2, 0.25 / 4 + u * 2 + eta)
True
>>> near(S.sin(of(1.0, 0.25)), math.sin(1), math.cos(1) * 0.25 + L * u * math.sin(1) + eta)
True
>>> near(S.cos(of(1.0, 0.25)), math.cos(1), math.sin(1) * 0.25 + L * u * math.cos(1) + eta)
True
>>> near(S.tanh(of(1.0)), math.tanh(1), L * u * math.tanh(1) + eta)
True
>>> s, p = 1 / (1 + e(-1)), math.log1p(e(1))
>>> near(S.sigmoid(of(1.0, 0.25)), s, 0.25 * s * (1 - s) + (L + 2) * u * s + eta)
True
>>> near(S.softplus(of(1.0, 0.25)), p, 0.25 * s + (2 * L + 3) * u * p + eta)
True
>>> near(S.power(of(2.0, 0.25), of(3.0, 0.125)), 8, 12 * 0.25 + 8 * math.log(2) * 0.125 + L * u * 8 + eta)
True
>>> near(S.power(of(2.0, 0.25), of(1.0)), 2, 0.25), near(S.power(of(2.0, 0.25), of(0.0)), 1, 0)
(True, True)
>>> A.exp(of(1.0, 0.25)).imag.item() >= e(1.25) - e(1)
True

Choices:

>>> near(S.maximum(x, of(3.3, 0.1)), 3.3, 0.25), near(S.maximum(x, of(3.6, 0.1)), 3.6, 0.1)
(True, True)
>>> near(S.minimum(x, of(3.6, 0.1)), 3, 0.25), near(S.minimum(x, of(3.25, 0.5)), 3, 0.5)
(True, True)
>>> [
...     S.select(of(c, c_error), of(2.0, 0.5), of(7.0, 0.25)).tolist()
...     for c, c_error in ((1.0, 0.5), (-1.0, 0.5), (0.0, 0.0))
... ]
[[(2+0.5j)], [(7+0.25j)], [(7+0.25j)]]
>>> S.select(of(0.5, 0.5), of(2.0), of(7.0)).imag.item(), S.select(of(0.5, 0.5), of(2.0), of(2.0)).imag.item()
(inf, 0.0)

Entering, and the end of the range:

>>> S.array([0.1, 0.5]).imag.tolist() == [u * 0.1, 0.0]
True
>>> S.array([Fraction(1, 3), Fraction(1, 4)]).imag.tolist() == [u / 3, 0.0]
True
>>> S.array(2**24 + 1).imag.item() == u * (2**24 + 1)
True
>>> S.array(x) is x, running_errors(FLOAT64).array([0.1]).imag.item(), S.array([1, 2]).dtype
(True, 0.0, dtype('complex128'))
>>> end = largest_float(FLOAT32)
>>> S.multiply(of(end / 2), of(1.5)).imag.item() < np.inf, S.multiply(of(end / 2), of(2.5)).imag.item()
(True, inf)
>>> S.add(of(end / 2, end), of(1.0)).imag.item(), S.array([1e300]).imag.item()
(inf, inf)
>>> S.matmul(pair(np.array([[end, end]]), 0.0), pair(np.array([[1.0], [1.0]]), 0.0)).imag.item()
inf
>>> S.sum(pair(np.array([end, end]), 0.0)).imag.item()
inf
>>> Model(), S.model.all_orders, A.model.all_orders, S.itemsize, S.name
(Model(u=0.0, eta=0.0, library=0, limit=inf, all_orders=False), False, True, 16, 'float32 with running errors')
>>> _ = np.seterr(**before)
"""
