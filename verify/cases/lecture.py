"""The lecture's examples as cases: the chain rule (L2), log-softmax (L4), the network (L6), the four-vertex graph
(L11).

>>> [case.name for case in lecture_cases()]
['L11 four vertices', 'L2(a) scalar chain, 192', 'L2(b) several inner functions', 'L2(c) vectors', 'L4 log-softmax', 'L6 the network']
>>> from backproof.engine import backward, forward, jacobians
>>> case = lecture_cases()[1]
>>> backward(case.graph, jacobians(case.graph, forward(case.graph, case.leaves)))[1].item()
192.0
>>> from backproof.verify.three_way.check import check_case
>>> from backproof.verify.three_way.routes import Routes
>>> check_case(case, Routes(jacobians=lambda graph, u, system: {edge: system.array([[1]]) for edge in graph.edges})).verdict.value
'WRONG'
"""

from __future__ import annotations

from fractions import Fraction

from backproof.engine import Graph, leaf, vertex
from backproof.engine.network import network
from backproof.verify.cases.case import Case, make_case


def lecture_cases() -> tuple[Case, ...]:
    """Every worked example of the lecture that is a graph."""
    return (_four_vertices(), _scalar_chain(), _several_inner_functions(), _vectors(), _log_softmax(), _network())


def _four_vertices() -> Case:
    """n = 4, l = 2, f³(u₁,u₂) = u₁ + u₂, f⁴(u₂,u₃) = u₂·u₃, at u₁ = 3, u₂ = 4: the adjoints are 4 and 11."""
    vertices = (leaf("u₁"), leaf("u₂"), vertex("u₃", "add", (1, 2)), vertex("u₄", "multiply", (2, 3)))
    return make_case("L11 four vertices", "lecture", Graph(2, vertices, ((1, 3), (2, 3), (2, 4), (3, 4))), [3, 4])


def _scalar_chain() -> Case:
    """f(z) = z², g(x) = x³, x = 2: dg/dx = 12, df/dz = 16, product 192."""
    graph = Graph(1, (leaf("x"), vertex("z", "power", (1,), exponent=3), vertex("y", "square", (2,))))
    return make_case("L2(a) scalar chain, 192", "lecture", graph, [2])


def _several_inner_functions() -> Case:
    """y = f(z₁, z₂, z₃) = (z₁ + z₂) / z₃ of g₁ = x·x, g₂ = 1/x and g₃ = 3x, at x = 5/2: one derivative, a sum over
    three inner functions."""
    inner = (vertex("z₁", "multiply", (1, 1)), vertex("z₂", "reciprocal", (1,)), vertex("z₃", "weighted_sum", (1,), weights=[[[3]]]))
    graph = Graph(1, (leaf("x"), *inner, vertex("z₁ + z₂", "add", (2, 3)), vertex("y", "divide", (5, 4))))
    return make_case("L2(b) several inner functions", "lecture", graph, [Fraction(5, 2)])


def _vectors() -> Case:
    """y = f(z₁, z₂) with vectors everywhere: z₁ = Ax, z₂ = x∘x, y = z₁ + B z₂; the output has two entries."""
    graph = Graph(
        1,
        (
            leaf("x", (3,)),
            vertex("z₁", "weighted_sum", (1,), weights=[[[1, 2, 3], [4, 5, 6]]]),
            vertex("z₂", "square", (1,)),
            vertex("y", "weighted_sum", (2, 3), weights=[[[1, 0], [0, 1]], [[1, -1, 2], [0, 3, 1]]]),
        ),
    )
    return make_case("L2(c) vectors", "lecture", graph, [[Fraction(1, 2), -2, 3]])


def _log_softmax() -> Case:
    """LS(l) for four entries: the adjoint of l is the whole Jacobian."""
    graph = Graph(1, (leaf("l", (4,)), vertex("LS(l)", "log_softmax", (1,))))
    return make_case("L4 log-softmax", "lecture", graph, [[0.5, -1.0, 2.0, 0.0]])


def _network() -> Case:
    """The network with d = 3, m = 2, K = 3 at whole and half numbers."""
    W, b = [[0.5, -1.0, 0.25], [1.0, 0.5, -0.5]], [0.125, -0.25]
    V, gamma = [[1.0, -0.5], [0.25, 0.75], [-1.0, 0.5]], [0.0, 0.5, -0.25]
    return make_case("L6 the network", "lecture", network(3, 2, 3), [W, [1.0, -0.5, 2.0], b, V, gamma, 2])
