"""Known of enclosures and of exact derivatives: which values lie in, how many digits are certified, which method is
exact.

>>> import math
>>> from fractions import Fraction
>>> import mpmath
>>> import numpy as np
>>> import pickle
>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.derivatives.enclosures import Enclosure, contains, lies_within
>>> from backproof.verify.derivatives.exact import (
...     DUAL,
...     LARGEST_DEGREE,
...     STENCIL,
...     exact_derivatives,
...     steps,
...     stencil_weights,
... )
>>> half = Enclosure.of([[Fraction(1, 2), 0]], [[0.25, 0.0]])
>>> half.mid.tolist(), bool(0.25 <= half.rad[0, 0] < 0.2500001), half.rad[0, 1], half.radius
([[Fraction(1, 2), Fraction(0, 1)]], True, np.float64(0.0), 32)
>>> Enclosure.of([[1]], [[0]], 7).radius
7
>>> contains(half, [[0.75, 0.0]]).tolist(), contains(half, [[0.25, 0.0]]).tolist()
([[True, True]], [[True, True]])
>>> contains(half, [[0.750001, 5e-324]]).tolist()
[[False, False]]
>>> contains(half, [[1.0, 0.5]], allowed=[[0.25, 0.5]]).tolist()
[[True, True]]
>>> contains(half, [[1.0, 0.5]], allowed=0.2499).tolist(), contains(half, [0.5, 0]).shape
([[False, False]], (1, 2))
>>> lies_within(1, (0, 1)), lies_within(Fraction(1000001, 1000000), (0, 1)), lies_within(-1, (0, 1))
(True, False, True)
>>> lies_within(math.nan, (0, 1)), lies_within(0, (0, math.inf))
(False, True)
>>> lies_within(5, (math.nan, 1)), lies_within(5, (0, 1), allowed=math.inf)
(False, True)
>>> lies_within(mpmath.mpf("0.5"), (Fraction(1, 2), 0)), lies_within(mpmath.mpf("-0.5"), (Fraction(-1, 2), 0))
(True, True)
>>> lies_within(mpmath.inf, (0, 1)), lies_within(np.float32(0.1), (Fraction(13421773, 134217728), 0))
(False, True)
>>> lies_within(mpmath.mpf(0), (0, 0))
True
>>> round(Enclosure.of([[0.001, 1000]], [[0.0, 1e-9]]).digits, 6), Enclosure.of([[0]], [[1e-9]]).digits
(12.0, 0.0)
>>> Enclosure.of([[5]], [[0]]).digits, Enclosure.of([[1]], [[10.0]]).digits
(inf, 0.0)
>>> again = pickle.loads(pickle.dumps(half))
>>> again.mid.tolist() == half.mid.tolist(), np.all(half.rad <= again.rad), again.radius
(True, np.True_, 32)
>>> contains(
...     Enclosure.of([[Fraction(10) ** 400]], [[Fraction(10) ** 399]]), [[Fraction(109, 100) * Fraction(10) ** 400]]
... ).tolist()
[[True]]
>>> contains(
...     Enclosure.of([[Fraction(10) ** 400]], [[Fraction(10) ** 399]]), [[Fraction(111, 100) * Fraction(10) ** 400]]
... ).tolist()
[[False]]

Exact derivatives over the rationals, by hand:

>>> inner = (
...     vertex("a", "power", (1,), exponent=4),
...     vertex("b", "divide", (2, 1)),
...     vertex("c", "multiply", (1, 3)),
...     vertex("d", "relu", (3,)),
... )
>>> more = (
...     vertex("e", "relu", (2,)),
...     vertex("t", "sin", (1,)),
...     vertex("g", "add", (4, 8)),
...     vertex("h", "multiply", (3, 1)),
... )
>>> graph = Graph(2, (leaf("x"), leaf("y"), *inner, *more))
>>> graph.name(3), graph.name(4), [graph.name(i) for i in range(3, 11)]
('a', 'b', ['a', 'b', 'c', 'd', 'e', 't', 'g', 'h'])
>>> def told(graph, leaves, j):
...     return {
...         graph.name(k): one
...         if isinstance(one, str)
...         else (one.method == STENCIL, one.degree, [[str(v) for v in row] for row in one.value])
...         for k, one in exact_derivatives(graph, leaves, j).items()
...     }
>>> told(graph, [Fraction(2), Fraction(0)], 1)
{'t': 't is transcendental', 'g': 't is transcendental', 'a': (True, 4, [['32']]), 'c': (True, 5, [['80']]), 'h':
(True, 5, [['80']]), 'b': (False, None, [['0']]), 'd': (False, None, [['32']])}
>>> told(graph, [Fraction(2), Fraction(4)], 2)
{'g': 'g is transcendental', 'b': (False, None, [['1/2']]), 'e': (False, None, [['1']])}
>>> told(graph, [Fraction(2), Fraction(0)], 2)["e"], told(graph, [Fraction(2), Fraction(-1)], 2)["e"]
('e is at a kink', (False, None, [['0']]))
>>> vector = Graph(
...     1,
...     (
...         leaf("x", (2,)),
...         vertex("a", "multiply", (1, 1)),
...         vertex("b", "sum", (2,)),
...         vertex("k", "constant", value=3.0),
...         vertex("c", "reciprocal", (3,)),
...     ),
... )
>>> told(vector, [[Fraction(1), Fraction(3)]], 1)
{'a': (True, 2, [['2', '0'], ['0', '6']]), 'b': (True, 2, [['2', '6']]), 'c': (False, None, [['-1/50', '-3/50']])}
>>> high = Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=LARGEST_DEGREE + 1)))
>>> found = exact_derivatives(high, [Fraction(1)], 1)[2]
>>> found.method == DUAL, found.value.item() == LARGEST_DEGREE + 1, LARGEST_DEGREE
(True, True, 1024)
>>> steps(1), steps(6), stencil_weights(1), stencil_weights(2)
([0], [0, 1, -1, 2, -2, 3], ((0, Fraction(0, 1)),), ((0, Fraction(-1, 1)), (1, Fraction(1, 1))))
>>> [str(w) for _, w in stencil_weights(5)]
['0', '2/3', '-2/3', '-1/12', '1/12']
>>> all(sum(w * Fraction(t) ** d for t, w in stencil_weights(6)) == (d == 1) for d in range(6))
True
"""
