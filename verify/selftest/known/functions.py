"""Known of the rows of the function table: value, Jacobian, domain, kinks, degree and refusals, by hand.

>>> import math
>>> from fractions import Fraction
>>> import numpy as np
>>> from backproof.engine.functions import TABLE as T, look_up
>>> from backproof.engine.functions.row import check_numbers, distance_to_zero, entrywise_jacobian, smallest, whole
>>> from backproof.engine.number_systems import FLOAT64, RATIONAL, mpmath_system
>>> Q = lambda *values: [RATIONAL.array(value) for value in values]
>>> F = lambda *values: [FLOAT64.array(value) for value in values]
>>> def value(name, *xs, **a):
...     return np.asarray(T[name].value(RATIONAL, a, Q(*xs)), dtype=object).astype(float).tolist()
>>> def slope(name, slot, *xs, **a):
...     return T[name].jacobian(RATIONAL, a, Q(*xs), slot).astype(float).tolist()
>>> def refused(name, *shapes, **a):
...     try:
...         return T[name].shape(a, shapes)
...     except ValueError as error:
...         return str(error)

Arithmetic, with several operands, a broadcast and a repeated slot:

>>> value("add", [1, 2], [3, 4], 5), slope("add", 2, [1, 2], [3, 4], 5)
([9.0, 11.0], [[1.0], [1.0]])
>>> value("subtract", [1, 2], [3, 5]), slope("subtract", 0, 1, 2), slope("subtract", 1, 1, 2)
([-2.0, -3.0], [[1.0]], [[-1.0]])
>>> value("multiply", 2, 3, 5), [slope("multiply", slot, 2, 3, 5) for slot in range(3)]
(30.0, [[[15.0]], [[10.0]], [[6.0]]])
>>> value("divide", 3, 4), slope("divide", 0, 3, 4), slope("divide", 1, 3, 4), T["divide"].domain({}, F(0, -2))
(0.75, [[0.25]], [[-0.1875]], 2.0)
>>> value("negate", [1, -2]), slope("negate", 0, [1, -2]), value("square", [3, -2]), slope("square", 0, [3, -2])
([-1.0, 2.0], [[-1.0, 0.0], [0.0, -1.0]], [9.0, 4.0], [[6.0, 0.0], [0.0, -4.0]])
>>> value("reciprocal", -4), slope("reciprocal", 0, -4), T["reciprocal"].domain({}, F(-4)), value("identity", [7])
(-0.25, [[-0.0625]], 4.0, [7.0])
>>> slope("identity", 0, [7])
[[1.0]]
>>> value("power", 2, exponent=3), slope("power", 0, 2, exponent=3), slope("power", 0, 2, exponent=-1)
(8.0, [[12.0]], [[-0.25]])
>>> slope("power", 0, [5, 0], exponent=0)
[[0.0, 0.0], [0.0, 0.0]]
>>> [
...     abs(T["power"].jacobian(FLOAT64, {}, F(2.0, 3.0), slot).item() - right) < 1e-14
...     for slot, right in ((0, 12.0), (1, 8 * math.log(2)))
... ]
[True, True]
>>> [T["power"].algebra({"exponent": e}, 1) for e in (0, 2, -1, 0.5, 2.0)], T["power"].algebra({}, 2)
(['polynomial', 'polynomial', 'rational', 'transcendental', 'polynomial'], 'transcendental')
>>> [T["power"].domain({"exponent": e}, F([-2.0, 3.0])) for e in (0, 2, -1, 0.5)]
[inf, inf, 2.0, -2.0]
>>> T["power"].domain({}, F([1.0, -2.0], 2.0))
-2.0
>>> [T["power"].closed({"exponent": e}) for e in (0.5, 0, -0.5)], T["power"].closed({})
([True, False, False], False)
>>> T["power"].degree({"exponent": 3}, [2])
6
>>> refused("power", (2,), (3, 1)), refused("power", (2,), exponent=2), refused("power", (2,), (2,), exponent=2)
((3, 2), (2,), 'power takes either a second operand or the attribute exponent, and not both')
>>> refused("power", (2,), exponent=True), refused("power", (2,), exponent=[1, 2])
('the exponent must be a number, found True', 'the exponent must be a number, found [1, 2]')
>>> refused("power", (2,), exponent=math.nan)
'the exponent: expected finite numbers, found nan'

Elementary functions against `math`, and their derivatives against the textbook, to 4 units of roundoff, on both sides
and far out:

>>> def near(found, right, by=9e-16):
...     return bool(np.all(np.abs(np.asarray(found) - np.asarray(right)) <= by * np.abs(right)))
>>> def both(name, x, v, d):
...     return near(T[name].value(FLOAT64, {}, F([x])), [v]) and near(T[name].jacobian(FLOAT64, {}, F([x]), 0), [[d]])
>>> e = math.exp
>>> [both("exp", x, e(x), e(x)) for x in (-2.0, 0.0, 3.5)], [both("log", x, math.log(x), 1 / x) for x in (0.1, 7.0)]
([True, True, True], [True, True])
>>> [both("tanh", x, math.tanh(x), 4 / (e(x) + e(-x)) ** 2) for x in (-1.5, 0.25, 20.0)]
[True, True, True]
>>> [both("sigmoid", x, 1 / (1 + e(-x)), 1 / (e(x / 2) + e(-x / 2)) ** 2) for x in (-2.0, 0.0, 30.0)]
[True, True, True]
>>> [both("softplus", x, math.log1p(e(x)), 1 / (1 + e(-x))) for x in (-3.0, 2.0)]
[True, True]
>>> T["softplus"].value(FLOAT64, {}, F(1000.0)).item()
1000.0
>>> [both("sin", x, math.sin(x), math.cos(x)) and both("cos", x, math.cos(x), -math.sin(x)) for x in (-1.0, 2.0)]
[True, True]
>>> [both("sqrt", x, math.sqrt(x), 0.5 / math.sqrt(x)) for x in (0.04, 9.0)], T["sqrt"].closed({})
([True, True], True)
>>> T["log"].closed({})
False
>>> [T[name].domain({}, F([4.0, -0.5])) for name in ("log", "sqrt", "exp", "tanh", "add")]
[-0.5, -0.5, inf, inf, inf]

Kinks: the derivative's convention at one, and how near it is:

>>> [slope(name, 0, [-2, 0, 3]) for name in ("relu", "abs")]
[[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [[-1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]
>>> value("relu", [-2, 0, 3]), value("abs", [-2, 0, 3])
([0.0, 0.0, 3.0], [2.0, 0.0, 3.0])
>>> [T[name].kinks({}, F([-2.0, 3.0])) for name in ("relu", "abs", "tanh")]
[2.0, 2.0, inf]
>>> value("maximum", [1, 5, 4], [2, 5, 3], [0, 1, 4])
[2.0, 5.0, 4.0]
>>> [np.diag(slope("maximum", k, [1, 5, 4], [2, 5, 3], [0, 1, 4])).tolist() for k in range(3)]
[[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
>>> value("minimum", [1, 5, 4], [2, 5, 3], [0, 6, 3])
[0.0, 5.0, 3.0]
>>> [np.diag(slope("minimum", k, [1, 5, 4], [2, 5, 3], [0, 6, 3])).tolist() for k in range(3)]
[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
>>> [T[name].kinks({}, F([1.0, 9.0], [4.0, 2.0], [9.0, 5.5])) for name in ("maximum", "minimum")]
[3.5, 3.0]
>>> T["maximum"].kinks({}, F(2.0, 2.0))
0.0
>>> value("where", [1, 0, -1], [5, 6, 7], [8, 9, 10])
[5.0, 9.0, 10.0]
>>> [np.diag(slope("where", k, [1, 0, -1], [5, 6, 7], [8, 9, 10])).tolist() for k in range(3)]
[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
>>> T["where"].kinks({}, F([3.0, -0.5], [0.0, 0.0], [0.0, 0.0]))
0.5

Linear algebra (L7: a matrix is the vector of its rows):

>>> W, x, b = [[1, 2, 3], [4, 5, 6]], [1, -1, 2], [10, 20]
>>> value("affine", W, x, b), slope("affine", 1, W, x, b), slope("affine", 2, W, x, b)
([15.0, 31.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[1.0, 0.0], [0.0, 1.0]])
>>> slope("affine", 0, W, x, b)
[[1.0, -1.0, 2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, -1.0, 2.0]]
>>> value("matvec", W, x), slope("matvec", 1, W, x), value("dot", [1, 2], [3, 4]), slope("dot", 0, [1, 2], [3, 4])
([5.0, 11.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], 11.0, [[3.0, 4.0]])
>>> slope("dot", 1, [1, 2], [3, 4])
[[1.0, 2.0]]
>>> A, B = [[1, 2]], [[3, 4, 5], [6, 7, 8]]
>>> value("matmul", A, B), slope("matmul", 0, A, B), slope("matmul", 1, A, B)[1]
([[15.0, 18.0, 21.0]], [[3.0, 6.0], [4.0, 7.0], [5.0, 8.0]], [0.0, 1.0, 0.0, 0.0, 2.0, 0.0])
>>> weights = (((1, 2), (3, 4)), ((5,), (6,)))
>>> value("weighted_sum", [1, 10], 100, weights=weights), slope("weighted_sum", 1, [1, 10], 100, weights=weights)
([521.0, 643.0], [[5.0], [6.0]])
>>> value("weighted_sum", [[1, 10]], weights=weights[:1]), refused("weighted_sum", (1, 2), (), weights=weights)
([21.0, 43.0], (2,))
>>> [T[name].degree({}, [2, 3, 7]) for name in ("affine",)]
[7]
>>> [T[name].degree({}, [2, 3]) for name in ("matvec", "matmul", "dot", "multiply", "add")]
[5, 5, 5, 5, 3]
>>> T["affine"].degree({}, [2, 3, 1]), T["square"].degree({}, [3]), T["weighted_sum"].degree({}, [4, 2])
(5, 6, 4)
>>> T["constant"].degree({}, [])
0
>>> refused("matvec", (2, 3), (3,)), refused("matvec", (2, 3), (2,)), refused("matvec", (3,), (3,))
((2,), 'inner dimensions differ: (2, 3) and (2,)', 'operand 1 must be a matrix, found shape (3,)')
>>> refused("affine", (2, 3), (3,), (2,)), refused("affine", (2, 3), (3,), (3,))
((2,), 'W of shape (2, 3) needs b of shape (2,), found (3,)')
>>> refused("affine", (2, 3), (3,), (2, 1))
'operand 3 must be a vector, found shape (2, 1)'
>>> refused("matmul", (2, 3), (3, 4)), refused("matmul", (2, 3), (4, 3)), refused("dot", (3,), (3,))
((2, 4), 'inner dimensions differ: (2, 3) and (4, 3)', ())
>>> refused("dot", (3,), (4,)), refused("dot", (3,), ())
('inner dimensions differ: (3,) and (4,)', 'operand 2 must be a vector, found shape ()')
>>> refused("weighted_sum", (2,), (), weights=weights[:1]), refused("weighted_sum", (3,), weights=weights[:1])
('2 operands need as many weight matrices, found 1', 'weight 1 must be 2 × 3, found shape (2, 2)')
>>> refused("weighted_sum", (2,), (), weights=(weights[0], ((5,),))), refused("weighted_sum", (1,), weights=((1,),))
('weight 2 must be 2 × 1, found shape (1, 1)', 'weight 1 must be 1 × 1, found shape (1,)')
>>> refused("weighted_sum", (), weights=(((math.inf,),),))
'weight 1: expected finite numbers, found inf'
>>> refused("weighted_sum", (2,), weights=(((1, 2), (3,)),))
'weights must be a list of matrices, each a list of rows of equal length'

Reductions, of all entries and along each axis:

>>> M = [[1, 2, 3], [4, 6, 8]]
>>> value("sum", M), value("sum", M, axis=0), value("sum", M, axis=-1), slope("sum", 0, M, axis=1)
(24.0, [5.0, 8.0, 11.0], [6.0, 18.0], [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]])
>>> value("mean", M), value("mean", M, axis=0)
(4.0, [2.5, 4.0, 5.5])
>>> slope("mean", 0, M)
[[0.16666666666666666, 0.16666666666666666, 0.16666666666666666, 0.16666666666666666, 0.16666666666666666, 0.16666666666666666]]
>>> slope("mean", 0, M, axis=0)[1]
[0.0, 0.5, 0.0, 0.0, 0.5, 0.0]
>>> refused("sum", (2, 3), axis=0), refused("sum", (2, 3), axis=-2), refused("sum", (2, 3))
((3,), (3,), ())
>>> refused("softmax", (2, 3), axis=1)
(2, 3)
>>> [refused("sum", (2, 3), axis=axis) for axis in (2, -3, True)]
['axis 2 does not exist in an operand of shape (2, 3)', 'axis -3 does not exist in an operand of shape (2, 3)', 'axis
True does not exist in an operand of shape (2, 3)']
>>> refused("log_softmax", (2,), axis=1)
'axis 1 does not exist in an operand of shape (2,)'
>>> log2, log3 = math.log(2.0), math.log(3.0)
>>> P = [[0.0, log2], [log2, 0.0]]
>>> def reduced(name, x, **a):
...     return T[name].value(FLOAT64, a, F(x)), T[name].jacobian(FLOAT64, a, F(x), 0)
>>> near(reduced("softmax", P, axis=1)[0], [[1 / 3, 2 / 3], [2 / 3, 1 / 3]])
True
>>> near(reduced("softmax", P)[0], [[1 / 6, 1 / 3], [1 / 3, 1 / 6]])
True
>>> near(reduced("softmax", [0.0, log2])[1], [[2 / 9, -2 / 9], [-2 / 9, 2 / 9]])
True
>>> near(reduced("softmax", P, axis=0)[1][1], [0, 2 / 9, 0, -2 / 9])
True
>>> near(reduced("logsumexp", P)[0], math.log(6)), near(reduced("logsumexp", P, axis=1)[0], [log3, log3])
(True, True)
>>> near(reduced("logsumexp", [1000.0, 1000.0])[0], 1000 + log2)
True
>>> near(reduced("logsumexp", P, axis=1)[1], [[1 / 3, 2 / 3, 0, 0], [0, 0, 2 / 3, 1 / 3]])
True
>>> near(reduced("log_softmax", [0.0, log2])[0], [-log3, log2 - log3])
True
>>> near(reduced("log_softmax", [0.0, log2])[1], [[2 / 3, -2 / 3], [-1 / 3, 1 / 3]])
True
>>> near(reduced("log_softmax", P, axis=1)[0], [[-log3, log2 - log3], [log2 - log3, -log3]])
True

What the textbook's formula of a derivative may lose beyond the row's own, in units of roundoff, for a library that loses
L: 1 − v² loses (2L + 1)v² + |D|, v(1 − v) loses (L + 3)|v| + 2|D|, exp(x − v) loses |D|(L + |x| + |v| + 1), and I − exp(v)
loses |I − D|(L + |v| + 1):

>>> T["tanh"].textbook(2, np.array([0.5]), np.array([0.0]), np.array([[0.75]])).tolist(), T["exp"].textbook is None
([[2.0]], True)
>>> T["sigmoid"].textbook(2, np.array([-0.5, 0.25]), np.zeros(2), np.diag([0.25, -0.5])).tolist()
[[3.0, 0.0], [0.0, 2.25]]
>>> T["logsumexp"].textbook(2, np.array([4.0]), np.array([-3.0, 1.0]), np.array([[0.5, -2.0]])).tolist()
[[5.0, 20.0]]
>>> T["log_softmax"].textbook(2, np.array([-3.0, -1.0]), np.zeros(2), np.array([[0.75, -0.25], [-0.5, 0.5]])).tolist()
[[1.5, 1.5], [3.0, 3.0]]

Rows that move entries, pick one, or are constant:

>>> value("concatenate", [[1, 2]], [[3, 4]]), value("concatenate", [[1, 2]], [[3]], axis=1)
([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0, 3.0]])
>>> slope("concatenate", 1, [1, 2], [3])
[[0.0], [0.0], [1.0]]
>>> value("slice", [1, 2, 3, 4, 5], start=1, stop=5, step=2), value("slice", [[1, 2], [3, 4]], axis=1, start=1)
([2.0, 4.0], [[2.0], [4.0]])
>>> value("slice", [[1, 2], [3, 4]], axis=-2, stop=1)
[[1.0, 2.0]]
>>> slope("slice", 0, [1, 2, 3], step=2), value("take", [5, 6, 7], indices=(2, 0, 2))
([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [7.0, 5.0, 7.0])
>>> slope("take", 0, [5, 6, 7], indices=(2, 0, 2))
[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
>>> value("reshape", [1, 2, 3, 4], to=(2, 2)), value("transpose", [[1, 2], [3, 4]])
([[1.0, 2.0], [3.0, 4.0]], [[1.0, 3.0], [2.0, 4.0]])
>>> slope("transpose", 0, [[1, 2], [3, 4]])[1], value("broadcast", [1, 2], to=(2, 2))
([0.0, 0.0, 1.0, 0.0], [[1.0, 2.0], [1.0, 2.0]])
>>> slope("broadcast", 0, [1, 2], to=(2, 2)), slope("take", 0, [5, 6], indices=[1])
([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0]])
>>> refused("slice", (3,), start=2), refused("slice", (3,), axis=1, start=0), refused("slice", (3,), axis=-2)
((1,), 'axis 1 does not exist in an operand of shape (3,)', 'axis -2 does not exist in an operand of shape (3,)')
>>> refused("slice", (3,), start=3)
'the result would be empty (shape (0,))'
>>> refused("take", (3,), indices=(0, 3)), refused("take", (3,), indices=(0.5,))
('index 3 is out of bounds for axis 0 with size 3', 'each index must be a whole number, found 0.5')
>>> refused("take", (3,), indices=())
'the result would be empty (shape (0,))'
>>> refused("reshape", (4,), to=(2, 2)), refused("transpose", (2, 3, 4), axes=(2, 0, 1))
((2, 2), (4, 2, 3))
>>> refused("broadcast", (2,), to=(3, 2))
(3, 2)
>>> value("pick", [5, 6, 7], index=2), slope("pick", 0, [5, 6, 7], index=2), value("pick", [5, 6, 7], 1)
(7.0, [[0.0, 0.0, 1.0]], 6.0)
>>> slope("pick", 0, [5, 6, 7], 0)
[[1.0, 0.0, 0.0]]
>>> [T["pick"].domain({}, F([5, 6, 7], label)) for label in (0, 2, 3, -1, 0.5)]
[inf, inf, -1.0, -1.0, -1.0]
>>> T["pick"].domain({"index": 1}, F([5, 6])), T["pick"].degree({}, [3, 0])
(inf, 3)
>>> refused("pick", (3,), index=0), refused("pick", (3,), index=2), refused("pick", (3,), ())
((), (), ())
>>> refused("pick", (3,), index=3), refused("pick", (3,), index=-1)
('index 3 is outside 0…2', 'index -1 is outside 0…2')
>>> refused("pick", (3,))
'pick takes either a label as second operand or the attribute index, and not both'
>>> refused("pick", (3,), (), index=1)
'pick takes either a label as second operand or the attribute index, and not both'
>>> refused("pick", (3,), (1,)), refused("pick", (2, 2), index=0)
('the label must be a scalar, found shape (1,)', 'pick takes a vector, found shape (2, 2)')
>>> refused("pick", (3,), index=True)
'index must be a whole number, found True'
>>> T["constant"].value(RATIONAL, {"value": ((1, 2),)}, []).astype(int).tolist(), refused("constant", value=((1, 2),))
([[1, 2]], (1, 2))
>>> refused("constant", value=())
'the value would be empty (shape (0,))'
>>> refused("constant", value=((1, 2), ())) == refused("constant", value=(math.nan,))
False
>>> refused("constant", value=(math.nan,))
'value: expected finite numbers, found nan'

What a row says of itself:

>>> [name for name in sorted(T) if T[name].plain], [name for name in sorted(T) if T[name].product]
(['add', 'identity', 'multiply', 'square', 'sum'], ['affine', 'dot', 'matmul', 'matvec'])
>>> [name for name in sorted(T) if T[name].copies]
['broadcast', 'concatenate', 'constant', 'pick', 'reshape', 'slice', 'take', 'transpose']
>>> {name: (T[name].fewest, T[name].most) for name in sorted(T) if (T[name].fewest, T[name].most) != (1, 1)}
{'add': (2, None), 'affine': (3, 3), 'concatenate': (1, None), 'constant': (0, 0), 'divide': (2, 2), 'dot': (2, 2),
'matmul': (2, 2), 'matvec': (2, 2), 'maximum': (2, None), 'minimum': (2, None), 'multiply': (2, None), 'pick': (1, 2),
'power': (1, 2), 'subtract': (2, 2), 'weighted_sum': (1, None), 'where': (3, 3)}
>>> [name for name in sorted(T) if T[name].is_affine({"exponent": 1}, T[name].fewest)]
['abs', 'add', 'broadcast', 'concatenate', 'constant', 'identity', 'maximum', 'mean', 'minimum', 'negate', 'pick',
'power', 'relu', 'reshape', 'slice', 'subtract', 'sum', 'take', 'transpose', 'weighted_sum', 'where']
>>> T["pick"].discrete, T["power"].is_affine({"exponent": 2}, 1)
((1,), False)
>>> sorted({T[name].algebra({"exponent": 1}, 2) for name in T})
['piecewise', 'polynomial', 'rational', 'transcendental']

Parts that rows share:

>>> smallest(np.array([[3.0, -1.0]])), distance_to_zero(np.array([[3.0, -1.0, 2.0]]))
(-1.0, 1.0)
>>> smallest(np.array([Fraction(1, 2), Fraction(1, 3)], dtype=object))
Fraction(1, 3)
>>> from flint import arb
>>> float(smallest(np.array([arb(3), arb(2)]))), float(distance_to_zero(np.array([arb(-3), arb(2)])))
(2.0, 2.0)
>>> whole("n", 3), check_numbers("n", ((1, 2.5), (Fraction(1, 3), 4)))
(3, None)
>>> entrywise_jacobian(RATIONAL, RATIONAL.array([2, 3]), (2,), (2,)).astype(int).tolist()
[[2, 0], [0, 3]]
>>> entrywise_jacobian(RATIONAL, RATIONAL.array(5), (), (2, 2)).astype(int).tolist()
[[5], [5], [5], [5]]
>>> entrywise_jacobian(RATIONAL, RATIONAL.array([[2], [3]]), (2, 1), (2, 2)).astype(int).tolist()
[[2, 0], [2, 0], [0, 3], [0, 3]]
>>> [refusal for refusal in (np.inf, True, "x") if not isinstance(refusal, bool)] and whole("n", True)
Traceback (most recent call last):
    ...
ValueError: n must be a whole number, found True
>>> check_numbers("n", [1.0, -math.inf])
Traceback (most recent call last):
    ...
ValueError: n: expected finite numbers, found -inf
>>> look_up("relu") is T["relu"], look_up("Relu")  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
ValueError: unknown function 'Relu'; did you mean 'relu'? The table has ... rows: ...
"""
