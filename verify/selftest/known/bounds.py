"""Known of rounding bounds: S of a square, of a square of a square and of a product, added up by hand; when nothing can
be said; what second derivatives and higher orders come to.

>>> import math
>>> import numpy as np
>>> from backproof.engine import FLOAT32, FLOAT64, Graph, forward, jacobians, leaf, vertex
>>> from backproof.engine.number_systems import FLOAT16
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.numbers.float_model import LIBRARY, gamma, smallest_error
>>> from backproof.verify.numbers.tangents import pair
>>> from backproof.verify.rounding.bounds import SLACK, bounds_in_each, rounding_bounds
>>> from backproof.verify.rounding.higher_order import inherited_errors, keeps_bits, nearly_linear, second_order
>>> from backproof.verify.rounding.second_derivatives import adjoints, answers, local_jacobians, tangents
>>> def graph_of(*inner, leaves=("x",), shapes=()):
...     given = [leaf(name, shape) for name, shape in zip(leaves, shapes or [()] * len(leaves))]
...     return Graph(
...         len(given),
...         (*given, *(vertex(f"v{k}", *one[:2], **(one[2] if len(one) > 2 else {})) for k, one in enumerate(inner))),
...     )
>>> def near(found, right):
...     return bool(np.all(np.abs(np.asarray(found) - right) <= 1e-12 * np.abs(right)))
>>> square, fourth = graph_of(("square", (1,))), graph_of(("square", (1,)), ("square", (2,)))

At x = 3, D = 2x loses 6u, and the backward pass γ₁·6 + η; of x⁴ also p at y = 9 answers with 12 to what y loses (9u + η):

>>> def by_hand(s):
...     u, eta = float(s.unit_roundoff), smallest_error(s)
...     return SLACK * (6 * u + 6 * gamma(1, u) + eta), SLACK * (
...         12 * (9 * u + eta) + 2 * 108 * u + 2 * (108 * gamma(1, u)) + 7 * eta
...     )
>>> [
...     near(rounding_bounds(square, [[3.0]], None, s).allowed[1], by_hand(s)[0])
...     and near(rounding_bounds(fourth, [[3.0]], None, s).allowed[1], by_hand(s)[1])
...     for s in (FLOAT64, FLOAT32)
... ]
[True, True]
>>> SLACK
1.000001
>>> near(
...     rounding_bounds(square, [[3.0]], [[-2.0], [5.0]], FLOAT64).allowed[1][:, 0],
...     np.array([2, 5]) * SLACK * 12 * 2.0**-53,
... )
True
>>> xy = graph_of(("multiply", (1, 2)), leaves=("x", "y"))
>>> u = 2.0**-53
>>> bounds = rounding_bounds(xy, [[3.0], [5.0]], None, FLOAT64)
>>> near(bounds.allowed[1], SLACK * 5 * gamma(1, u)), near(bounds.allowed[2], SLACK * 3 * gamma(1, u))
(True, True)
>>> sorted(rounding_bounds(fourth, [[3.0]], None, FLOAT64, vertices=[2]).allowed)
[2]
>>> near(
...     rounding_bounds(fourth, [[3.0]], None, FLOAT64, vertices=[2]).allowed[2],
...     SLACK * (2 * (9 * u) + 18 * u + 18 * gamma(1, u)),
... )
True
>>> fan = graph_of(("negate", (1,)), ("identity", (1,)), ("add", (2, 3)))
>>> near(rounding_bounds(fan, [[3.0]], None, FLOAT64).allowed[1], SLACK * (2 * gamma(2, u) + 2 * gamma(1, u)))
True
>>> L = LIBRARY["float64"]
>>> tanh = graph_of(("tanh", (1,)))
>>> plain, usual = (
...     rounding_bounds(tanh, [[1.0]], None, FLOAT64, textbook=textbook).allowed[1].item()
...     for textbook in (False, True)
... )
>>> v = math.tanh(1.0)
>>> near(usual - plain, SLACK * u * ((2 * L + 1) * v * v + (1 - v * v)))
True

One entry of 70, and several sweeps:

>>> wide = graph_of(("square", (1,)), ("sum", (2,)), shapes=((70,),))
>>> allowed = rounding_bounds(wide, [[float(k) for k in range(1, 71)]], None, FLOAT64).allowed[1]
>>> allowed.shape, near(allowed[0] / allowed[0, 0], np.arange(1, 71))
((1, 70), True)

When nothing can be said, and why:

>>> def told(graph, leaves, s):
...     found = rounding_bounds(graph, leaves, None, s)
...     return found.undecidable, str(found.reason), found.first_order
>>> told(square, [[3.0]], FLOAT64)
(None, 'undecidable in this dtype', True)
>>> told(graph_of(("sin", (1,)), ("subtract", (2, 2)), ("abs", (3,))), [[0.5]], FLOAT64)
("vertex 4 ('v2'): abs has a kink within the rounding errors of float64", 'kink', True)
>>> told(graph_of(("sin", (1,)), ("subtract", (2, 2)), ("log", (3,))), [[0.5]], FLOAT64)[0]
"vertex 4 ('v2'): log comes to the edge of its domain within the rounding errors of float64"
>>> told(graph_of(("exp", (1,))), [[12.0]], FLOAT16)[0]
"vertex 2 ('v0'): exp leaves the range of float16"
>>> told(graph_of(("sin", (1,)), ("subtract", (2, 2)), ("square", (3,))), [[0.5]], FLOAT16)[0]
'rounding in float16 may change a derivative by more than a quarter of the largest'
>>> told(graph_of(("multiply", (1, 2)), leaves=("x", "y")), [[60000.0], [1.0]], FLOAT16)[0]
>>> told(graph_of(("add", (1, 1)), ("add", (2, 2))), [[1.0]], FLOAT16)[0]
>>> many = graph_of(*[("add", (k, k)) for k in range(1, 19)])
>>> told(many, [[2.0**-10]], FLOAT16)[0]
'an adjoint leaves the range of float16'

The bound of a coarser system serves a finer one where both hold the same:

>>> case = make_case("x", "replay", fourth, [[3.0]])
>>> each = bounds_in_each([(FLOAT64, case), (FLOAT32, case)])
>>> near(each["float64"].allowed[1] * 2.0**29, each["float32"].allowed[1]), each["float64"].undecidable is None
(True, True)
>>> list(each)
['float32', 'float64']
>>> other = make_case("x", "replay", fourth, [[0.1]])
>>> near(
...     bounds_in_each([(FLOAT64, other), (FLOAT32, case)])["float64"].allowed[1],
...     rounding_bounds(fourth, [[0.1]], None, FLOAT64).allowed[1],
... )
True

Second derivatives, by hand: of x²·y, of softmax against its own closed form, of a product of matrices:

>>> cubic = graph_of(("multiply", (1, 1, 2)), leaves=("x", "y"))
>>> def second(graph, leaves, entries, cotangent=None):
...     u = forward(graph, leaves)
...     D = jacobians(graph, u)
...     U = tangents(graph, D, entries)
...     return U, answers(graph, u, D, adjoints(graph, D, cotangent), U)
>>> U, moved = second(cubic, [3.0, 5.0], [(1, 0), (2, 0)])
>>> U[1].tolist(), U[2].tolist(), U[3].tolist(), moved[1].tolist(), moved[2].tolist(), 3 in moved
([[1.0, 0.0]], [[0.0, 1.0]], [[30.0, 9.0]], [[[10.0, 6.0]]], [[[6.0, 0.0]]], False)
>>> soft = graph_of(("softmax", (1,)), shapes=((2,),))
>>> _, moved = second(soft, [[0.0, math.log(3.0)]], [(1, 0)], [[1.0, 0.0]])
>>> bool(np.allclose(moved[1][0, :, 0], [0.25 * 0.75 * (1 - 0.5), -0.25 * 0.75 * (1 - 0.5)], rtol=1e-12))
True
>>> product = graph_of(("matmul", (1, 2)), leaves=("A", "B"), shapes=((1, 2), (2, 1)))
>>> U, moved = second(product, [[[1.0, 2.0]], [[3.0], [4.0]]], [(1, 1), (2, 0)])
>>> U[3].tolist(), moved[1].tolist(), moved[2].tolist()
([[4.0, 1.0]], [[[0.0, 1.0], [0.0, 0.0]]], [[[0.0, 0.0], [1.0, 0.0]]])
>>> broad = graph_of(("multiply", (1, 2)), ("square", (3,)), leaves=("x", "y"), shapes=((2,), ()))
>>> U, moved = second(broad, [[1.0, 2.0], 3.0], [(2, 0)], [[1.0, 10.0]])
>>> U[3].tolist(), U[4].tolist(), moved[1].tolist(), moved[2].tolist()
([[1.0], [2.0]], [[6.0], [24.0]], [[[12.0], [240.0]]], [[[82.0]]])
>>> D = jacobians(fourth, forward(fourth, [3.0]))
>>> {j: p.tolist() for j, p in adjoints(fourth, D, None).items()}
{3: [[1.0]], 2: [[18.0]], 1: [[108.0]]}
>>> {j: p.tolist() for j, p in adjoints(fourth, D, [[2.0], [-1.0]]).items()}
{3: [[2.0], [-1.0]], 2: [[36.0], [-18.0]], 1: [[216.0], [-108.0]]}
>>> unread = Graph(2, (leaf("x"), leaf("z", (2,)), vertex("y", "square", (1,))))
>>> adjoints(unread, jacobians(unread, forward(unread, [3.0, [1.0, 1.0]])), None)[2].tolist()
[[0.0, 0.0]]
>>> {
...     j: b.tolist()
...     for j, b in local_jacobians(cubic, 3, [np.array(3.0), np.array(3.0), np.array(5.0)], FLOAT64).items()
... }
{1: [[30.0]], 2: [[9.0]]}

Beyond first order:

>>> share = 2.0**-12
>>> [keeps_bits([pair(2.0, e)], False) for e in (2 * share, 2.1 * share)]
[True, False]
>>> [keeps_bits([pair(2.0, e)], True) for e in (share, 1.1 * share)], keeps_bits([np.array([5])], True)
([True, False], True)
>>> far = second_order(fourth, [[3.0]], None, FLOAT32)
>>> u = 2.0**-24
>>> bool(0 < far[1].item() < 1000 * u * u * 108), far[3].item(), bool(far[1].item() > u * u * 108)
(True, 0.0, True)
>>> quiet = ({2: np.zeros((1,)), 3: np.zeros((1,))}, {(1, 2): np.zeros((1, 1)), (2, 3): np.zeros((1, 1))})
>>> room = {1: (np.array([[108.0]]), np.array([[1e-9]]))}
>>> nearly_linear(fourth, [[3.0]], None, quiet, room)
True
>>> nearly_linear(fourth, [[3.0]], None, quiet, {1: (np.array([[108.1]]), np.array([[0.01]]))})
False
>>> loud = ({2: np.full(1, 0.01), 3: np.zeros((1,))}, quiet[1])
>>> nearly_linear(fourth, [[3.0]], None, loud, room)
False
>>> nearly_linear(fourth, [[3.0]], None, loud, {1: (np.array([[108.0]]), np.array([[0.13]]))})
True
>>> near(inherited_errors(square, [[3.0]], FLOAT32)[1, 2], 6 * u)
True
>>> near(inherited_errors(fourth, [[3.0]], FLOAT32)[2, 3], 2 * (9 * u + smallest_error(FLOAT32)) + 18 * u)
True
"""
