"""Known of certified derivatives, of hulls at kinks, and of differences: closed forms, and what no enclosure may claim.

>>> import math
>>> from fractions import Fraction
>>> import numpy as np
>>> from flint import arb, ctx
>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.derivatives.certificates import certify, certify_all, local_certificate, polydisc_for
>>> from backproof.verify.derivatives.differences import differences, differences_along
>>> from backproof.verify.derivatives.directions import Direction
>>> from backproof.verify.derivatives.enclosures import Enclosure, contains
>>> from backproof.verify.derivatives.kinks import ClarkeInterval, clarke, enclosures_or_hulls, signs_along
>>> from backproof.verify.derivatives.polydiscs import (
...     NoEnclosure,
...     Polydisc,
...     Problem,
...     attempt,
...     hopeless,
...     truncation_bound,
... )
>>> from backproof.verify.numbers.written_balls import MidRad
>>> def graph_of(*inner, leaves=("x",), shapes=()):
...     given = [leaf(name, shape) for name, shape in zip(leaves, shapes or [()] * len(leaves))]
...     return Graph(
...         len(given),
...         (*given, *(vertex(f"v{k}", *one[:2], **(one[2] if len(one) > 2 else {})) for k, one in enumerate(inner))),
...     )
>>> def floats(found):
...     return [[float(entry) for entry in row] for row in found.mid]

Closed forms, each to the accuracy that is asked for, and a value that is off by twice of it is out:

>>> made = graph_of(("exp", (1,)), ("multiply", (3, 2)), ("sin", (4,)), leaves=("x", "y"))
>>> found = certify(made, [0.5, 3.0], 1)
>>> with_200 = certify(made, [0.5, 3.0], 1, bits=200)
>>> ctx.prec = 300
>>> e = arb(0.5).exp()
>>> right = {3: e, 4: 3 * e, 5: 3 * e * (3 * e).cos()}
>>> [
...     bool(one[k].balls[0, 0].contains(right[k]) and one[k].balls[0, 0].rad() <= abs(right[k]) * arb(2) ** -bits)
...     for one, bits in ((found, 64), (with_200, 200))
...     for k in right
... ]
[True, True, True, True, True, True]
>>> ctx.prec = 53
>>> sorted(certify(made, [0.5, 3.0], 2)), sorted(certify(made, [0.5, 3.0], 1, targets=[4, 5]))
([4, 5], [4, 5])
>>> sorted(certify_all(made, [0.5, 3.0])), sorted(certify_all(made, [0.5, 3.0], targets=[5]))
([(1, 3), (1, 4), (1, 5), (2, 4), (2, 5)], [(1, 5), (2, 5)])
>>> {k: one.radius for k, one in found.items()}, float(certify(made, [0.5, 3.0], 2)[4].mid[0, 0]) == math.exp(0.5)
({3: 32, 4: 32, 5: 32}, True)
>>> wide = graph_of(("square", (1,)), ("sum", (2,)), shapes=((70,),))
>>> of_70 = certify(wide, [[float(k) for k in range(70)]], 1)
>>> floats(of_70[3])[0] == [2.0 * k for k in range(70)], of_70[2].mid.shape
(True, (70, 70))
>>> [float(of_70[2].mid[k, k]) for k in (0, 63, 64, 69)], float(of_70[2].mid[63, 64])
([0.0, 126.0, 128.0, 138.0], 0.0)
>>> two = graph_of(("matvec", (1, 2)), leaves=("W", "x"), shapes=((2, 2), (2,)))
>>> both = certify_all(two, [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0]])
>>> floats(both[1, 3]), floats(both[2, 3])
([[5.0, 6.0, 0.0, 0.0], [0.0, 0.0, 5.0, 6.0]], [[1.0, 2.0], [3.0, 4.0]])
>>> floats(local_certificate(made, {3: [2.0], 2: [7.0]}, 4, 3))
[[7.0]]
>>> floats(local_certificate(made, {3: [2.0], 2: [7.0]}, 4, 2)), floats(local_certificate(made, {4: [0.0]}, 5, 4))
([[2.0]], [[1.0]])

An entry that is 0 or tiny beside a large one, and one that only many bits tell from 0:

>>> tiny = certify(graph_of(("exp", (1,))), [-30.0], 1)[2]
>>> tiny.balls[0, 0].contains(arb(-30).exp()) or tiny.balls[0, 0].overlaps(arb(-30).exp()), tiny.digits > 19
(True, True)
>>> cancels = graph_of(("sin", (1,)), ("subtract", (2, 2)), ("square", (1,)), ("add", (3, 4)))
>>> nothing = certify(cancels, [0.5], 1)
>>> nothing[3].balls[0, 0].contains(0), float(nothing[3].rad[0, 0]) < 1e-60, contains(nothing[5], [[1.0]]).item()
(True, True, True)
>>> contains(nothing[5], [[1.0 + 2**-52]]).item()
False

What no radius proves, and what a smaller one does:

>>> near = {bits: certify(graph_of(("relu", (1,))), [2.0**-bits], 1)[2] for bits in (31, 33, 79, 81, 1000)}
>>> {bits: one.radius for bits, one in near.items()}, {floats(one)[0][0] for one in near.values()}
({31: 32, 33: 80, 79: 80, 81: 200, 1000: 1250}, {1.0})
>>> print(certify(graph_of(("relu", (1,))), [Fraction(1, 2**3200)], 1)[2])
vertex 2 ('v0'): relu has a kink within 2^-3125 of the given values
>>> def refusal(found):
...     return str(found.reason), str(found), found.final
>>> refusal(certify(graph_of(("abs", (1,))), [0.0], 1)[2])
('kink', "vertex 2 ('v0'): abs is at a kink", True)
>>> refusal(certify(graph_of(("log", (1,))), [0.0], 1)[2])
('outside the domain', "vertex 2 ('v0'): log is at the edge of its domain or outside", True)
>>> refusal(certify(graph_of(("sqrt", (1,)), ("square", (2,))), [0.0], 1)[3])
('outside the domain', "vertex 2 ('v0'): sqrt is at the edge of its domain or outside", True)
>>> refusal(certify(graph_of(("maximum", (1, 2)), leaves=("x", "y")), [1.0, 1.0], 1)[3])
('kink', "vertex 3 ('v0'): maximum is at a kink", True)
>>> laundered = graph_of(
...     ("log", (1,)), ("power", (2,), {"exponent": 0}), ("constant", (), {"value": 1.0}), ("where", (4, 4, 2))
... )
>>> {k: str(one.reason) for k, one in certify(laundered, [-1.32], 1).items()}
{2: 'outside the domain', 3: 'outside the domain', 5: 'outside the domain'}
>>> passed_over = graph_of(("abs", (1,)), ("constant", (), {"value": 1.0}), ("maximum", (2, 3)))
>>> [(float(one.low[0, 0]), float(one.high[0, 0])) for one in [clarke(passed_over, [0.0], 1)[4]]]
[(0.0, 0.0)]
>>> str(certify(passed_over, [0.0], 1)[2].reason)
'kink'
>>> edge = graph_of(("constant", (), {"value": 0.0}), ("sqrt", (2,)), ("add", (1, 3)))
>>> floats(certify(edge, [5.0], 1)[4])
[[1.0]]
>>> for wrong in (
...     lambda: certify(made, [0.5, 3.0], 0),
...     lambda: certify(made, [0.5], 1),
...     lambda: local_certificate(made, {}, 5, 3),
... ):
...     try:
...         wrong()
...     except ValueError as error:
...         print(error)
a certificate is taken with respect to a leaf that is not discrete, found 0 in a graph with 2 leaves
the graph has 2 leaves, found 1 leaf values
(3, 5) is not an edge along which vertex 5 ('v2') has a derivative

The parts: Cauchy's bound M h²/(R(R² − h²)), the balls, one attempt:

>>> [float(truncation_bound(arb(M), Polydisc(R, h, 64))) for M, R, h in ((1, 0, 1), (3, 0, 1), (1, 1, 2))]
[0.3333333333333333, 1.0, 0.6666666666666666]
>>> polydisc_for(32, 200), polydisc_for(80, 72)
(Polydisc(radius=32, step=512, precision=240), Polydisc(radius=80, step=448, precision=184))
>>> problem = Problem(made, {1: [0.5], 2: [3.0]}, ((1, 0), (2, 0)))
>>> problem.needed([5]), problem.needed([3]), Problem(made, {3: [1.0], 2: [1.0]}, ()).needed([4, 5])
([3, 4, 5], [3], [4, 5])
>>> problem.needed([1])
[]
>>> row = attempt(problem, [3, 4], Polydisc(32, 256, 112)).derivatives
>>> [
...     bool(ball.contains(arb(value)) or abs(ball - arb(value)) < 1e-14)
...     for ball, value in zip(row[4][0], (3 * math.exp(0.5), math.exp(0.5)))
... ]
[True, True]
>>> row[3][0][1] == 0
True
>>> hopeless(problem, 4, 80), str(hopeless(Problem(graph_of(("abs", (1,))), {1: [0.0]}, ()), 2, 80).reason)
(None, 'kink')
>>> hopeless(Problem(graph_of(("abs", (1,))), {1: [1e-9]}, ()), 2, 80)

At a kink, the hull of the pieces, by hand:

>>> def interval(graph, leaves, k, j=1):
...     one = clarke(graph, leaves, j)[k]
...     return (
...         [
...             [(round(float(a), 9) + 0.0, round(float(b), 9) + 0.0) for a, b in zip(*rows)]
...             for rows in zip(one.low, one.high)
...         ],
...         one.attained.tolist(),
...         one.pieces,
...         one.kinks,
...     )
>>> interval(graph_of(("abs", (1,))), [0.0], 2)
([[(-1.0, 1.0)]], [[True]], 2, (2,))
>>> one = clarke(graph_of(("abs", (1,))), [0.0], 1)[2]
>>> one.left.tolist(), one.right.tolist(), contains(one.enclosure, [[1.0]]).item()
([[Fraction(-1, 1)]], [[Fraction(1, 1)]], True)
>>> contains(one.enclosure, [[-1.0]]).item(), contains(one.enclosure, [[1.001]]).item()
(True, False)
>>> interval(graph_of(("relu", (1,)), ("relu", (1,)), ("subtract", (2, 3))), [0.0], 4)
([[(-1.0, 1.0)]], [[False]], 4, (2, 3))
>>> one = clarke(graph_of(("relu", (1,)), ("relu", (1,)), ("subtract", (2, 3))), [0.0], 1)[4]
>>> one.left.tolist(), one.right.tolist()
([[Fraction(0, 1)]], [[Fraction(0, 1)]])
>>> interval(graph_of(("negate", (1,)), ("relu", (2,)), ("relu", (1,)), ("add", (3, 4))), [0.0], 5)[:2]
([[(-1.0, 1.0)]], [[True]])
>>> interval(graph_of(("maximum", (1, 2)), leaves=("x", "y")), [2.0, 2.0], 3)
([[(0.0, 1.0)]], [[True]], 2, (3,))
>>> interval(graph_of(("minimum", (1, 2)), leaves=("x", "y")), [2.0, 2.0], 3, 2)[:2]
([[(0.0, 1.0)]], [[True]])
>>> vector = graph_of(("relu", (1,)), ("sum", (2,)), shapes=((3,),))
>>> interval(vector, [[0.0, 1.0, 0.0]], 3)
([[(0.0, 1.0), (1.0, 1.0), (0.0, 1.0)]], [[True, True, True]], 4, (2,))
>>> nine = clarke(graph_of(("relu", (1,)), ("sum", (2,)), shapes=((9,),)), [[0.0] * 9], 1)[3]
>>> str(nine), clarke(graph_of(("relu", (1,)), ("sum", (2,)), shapes=((8,),)), [[0.0] * 8], 1)[3].pieces
("vertex 2 ('v0'): the kinks that meet here have more than 256 smooth pieces", 256)
>>> jump = graph_of(("constant", (), {"value": 1.0}), ("where", (1, 2, 1)))
>>> isinstance(clarke(jump, [0.0], 1)[3], NoEnclosure), sorted(enclosures_or_hulls(made, [[0.5], [3.0]]))
(True, [(1, 3), (1, 4), (1, 5), (2, 4), (2, 5)])
>>> isinstance(enclosures_or_hulls(vector, [[0.0, 1.0, 2.0]])[1, 2], ClarkeInterval)
True
>>> directions = np.array([[1.0, 0.0], [0.0, -1.0], [1.0, 1.0]])
>>> signs_along([MidRad(Fraction(2), 0.5), MidRad(Fraction(3), 4.0)], directions).tolist()
[1.0, 0.0, 1.0]
>>> signs_along(None, directions).tolist()
[0.0, 0.0, 0.0]
>>> signs_along([MidRad(Fraction(2), 0.0), MidRad(Fraction(-2), 0.0)], directions).tolist()
[1.0, 1.0, 0.0]
>>> signs_along([MidRad(Fraction(2**1001), 0.0), MidRad(Fraction(1), 0.0)], directions).tolist()
[0.0, 0.0, 0.0]

Differences: to fifty digits, with an honest estimate; a kink; no room for a step:

>>> found = differences(made, [0.5, 3.0], 1)
>>> true = [arb(0.5).exp() * k for k in (1, 3)]
>>> [
...     bool(abs(float(found[k].value[0, 0]) - value) < 1e-14)
...     for k, value in (
...         (3, math.exp(0.5)),
...         (4, 3 * math.exp(0.5)),
...         (5, 3 * math.exp(0.5) * math.cos(3 * math.exp(0.5))),
...     )
... ]
[True, True, True]
>>> [bool(0 < float(found[k].estimate[0, 0]) < 1e-48) for k in (3, 4, 5)], [found[k].kink.item() for k in (3, 4, 5)]
([True, True, True], [False, False, False])
>>> sorted(differences(made, [0.5, 3.0], 2))
[4, 5]
>>> square = differences(graph_of(("square", (1,)), shapes=((2,),)), [[3.0, 0.0]], 1)[2]
>>> square.value.astype(float).round(12).tolist(), square.kink.tolist()
([[6.0, 0.0], [0.0, 0.0]], [[False, False], [False, False]])
>>> bool((square.estimate.astype(float) < 1e-40).all())
True
>>> abs_0 = differences(graph_of(("abs", (1,)), shapes=((2,),)), [[0.0, 1.0]], 1)[2]
>>> abs_0.kink.tolist()
[[True, False], [False, False]]
>>> along = differences_along(made, [0.5, 3.0], [Direction("v", {1: [(0, 2, 0)], 2: [(0, 1, 0)]})])
>>> bool(abs(float(along[4].value[0, 0]) - (2 * 3 + 1) * math.exp(0.5)) < 1e-13), along[4].value.shape, sorted(along)
(True, (1, 1), [3, 4, 5])
>>> close = differences(graph_of(("log", (1,))), [1e-200], 1)[2]
>>> bool(abs(float(close.value[0, 0]) / 1e200 - 1) < 1e-12)
True
>>> differences(graph_of(("log", (1,))), [0.0], 1)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: ...
"""
