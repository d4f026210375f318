"""Known of the passes and of the graph's doors: shapes that are taken, what is refused, what is in a message.

>>> import numpy as np
>>> from fractions import Fraction
>>> from backproof.engine import FLOAT32, FLOAT64, RATIONAL, Graph, backward, forward, jacobians, leaf, vertex
>>> from backproof.engine.local_functions import local_jacobian, local_value, operands_of

A product of a matrix and a vector with two outputs. The cotangent is one row (flat, or in the output's shape) or
several:

>>> graph = Graph(2, (leaf("W", (2, 3)), leaf("x", (3,)), vertex("y", "matvec", (1, 2))))
>>> u = forward(graph, [[[1, 2, 3], [4, 5, 6]], [1, 0, -1]], RATIONAL)
>>> u[3].tolist()
[Fraction(-2, 1), Fraction(-2, 1)]
>>> D = jacobians(graph, u, RATIONAL)
>>> backward(graph, D, [1, 10], RATIONAL)[2].astype(int).tolist()
[[41, 52, 63]]
>>> backward(graph, D, [[1, 10], [0, 1]], RATIONAL)[2].astype(int).tolist()
[[41, 52, 63], [4, 5, 6]]
>>> backward(graph, D, None, RATIONAL)[1].astype(int).tolist()
[[1, 0, -1, 0, 0, 0], [0, 0, 0, 1, 0, -1]]
>>> square = Graph(1, (leaf("x", (2, 2)), vertex("y", "square", (1,))))
>>> E = jacobians(square, forward(square, [[[1.0, 2.0], [3.0, 4.0]]]))
>>> backward(square, E, [[1.0, 1.0], [1.0, 1.0]])[1].tolist()
[[2.0, 4.0, 6.0, 8.0]]
>>> backward(square, E, [[1.0, 0.0, 0.0, 0.0]])[1].tolist()
[[2.0, 0.0, 0.0, 0.0]]
>>> backward(graph, D, [1, 2, 3], RATIONAL)
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: the cotangent must be a row vector of d_n = 2 entries (or several such rows), found shape (3,)
>>> backward(graph, D, [[1, 2, 3]], RATIONAL)
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: the cotangent must be a row vector of d_n = 2 entries (or several such rows), found shape (1, 3)
>>> backward(graph, D, [[[1, 2]]], RATIONAL)
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: the cotangent must be a row vector of d_n = 2 entries (or several such rows), found shape (1, 1, 2)

A leaf value is taken in its shape or flat, and nothing else; it must be finite:

>>> forward(graph, [[1, 2, 3, 4, 5, 6], [1, 0, -1]])[3].tolist()
[-2.0, -2.0]
>>> forward(graph, [[[1, 2], [3, 4], [5, 6]], [1, 0, -1]])
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: vertex 1 ('W') needs a value of shape (2, 3), found shape (3, 2)
>>> forward(graph, [[1, 2, 3, 4, 5], [1, 0, -1]])
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: vertex 1 ('W') needs a value of shape (2, 3), found shape (5,)
>>> forward(graph, [[1, 2, 3, 4, 5, 6], [1, float("inf"), -1]])
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: vertex 2 ('x') has a value that is not finite: [1.0, inf, -1.0]; every leaf value must be a finite number

A label has no adjoint and no edge Jacobian; a leaf that nothing reads has a zero adjoint; a parent that is read twice
has one edge, whose Jacobian is the sum over both uses:

>>> picked = Graph(3, (leaf("l", (3,)), leaf("y", (), discrete=True), leaf("z"), vertex("p", "pick", (1, 2))))
>>> v = forward(picked, [[5.0, 6.0, 7.0], 1, 2.0])
>>> v[4].tolist(), sorted(jacobians(picked, v))
([6.0], [(1, 4)])
>>> {j: p.tolist() for j, p in sorted(backward(picked, jacobians(picked, v)).items())}
{1: [[0.0, 1.0, 0.0]], 3: [[0.0]], 4: [[1.0]]}
>>> cube = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1, 1))))
>>> local_jacobian(cube, 1, 2, {1: RATIONAL.array([2])}, RATIONAL).item()
Fraction(12, 1)
>>> twice = Graph(2, (leaf("x"), leaf("y"), vertex("z", "subtract", (2, 1))))
>>> [local_jacobian(twice, j, 3, {1: FLOAT64.array([1.0]), 2: FLOAT64.array([1.0])}, FLOAT64).item() for j in (1, 2)]
[-1.0, 1.0]
>>> local_jacobian(cube, 2, 2, {1: RATIONAL.array([2])}, RATIONAL)
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: (2, 2) is not an edge: vertex 2 ('y') does not read vertex 2 ('y')

On the edge of a domain a value may exist, a derivative never; outside there is neither. The message has the three
entries that decide:

>>> root = Graph(1, (leaf("x", (2,)), vertex("y", "sqrt", (1,))))
>>> local_value(root, 2, {1: FLOAT64.array([0.0, 4.0])}, FLOAT64).tolist()
[0.0, 2.0]
>>> local_jacobian(root, 1, 2, {1: FLOAT64.array([0.0, 4.0])}, FLOAT64)
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: vertex 2 ('y'): sqrt has no derivative at x = [0.0, 4.0]; move the leaf values into its domain
>>> log = Graph(1, (leaf("x", (5,)), vertex("y", "log", (1,))))
>>> local_value(log, 2, {1: FLOAT64.array([9.0, 8.0, 7.0, -0.5, -3.0])}, FLOAT64)
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: vertex 2 ('y'): log is not defined at x = [9.0, 8.0, 7.0, …]
(5 entries from -3.0 to 9.0, nearest to zero -0.5); move the leaf values into its domain
>>> log4 = Graph(1, (leaf("x", (4,)), vertex("y", "log", (1,))))
>>> local_value(log4, 2, {1: FLOAT64.array([1.0, 1.0, 1.0, 0.0])}, FLOAT64)
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: vertex 2 ('y'): log is not defined at x = [1.0, 1.0, 1.0, 0.0]; move the leaf values into its domain
>>> one = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
>>> local_value(one, 2, {1: RATIONAL.array([-(10**400)])}, RATIONAL)
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: vertex 2 ('y'): log is not defined at x = [−(above 10^308)]; move the leaf values into its domain

An edge of 256 MB is taken, one above it is refused, in the system's own bytes; an exact number of more digits than the
limit is refused:

>>> wide = Graph(1, (leaf("x", (8000,)), vertex("y", "exp", (1,))))
>>> local_jacobian(wide, 1, 2, {1: FLOAT32.zeros((8000,))}, FLOAT32).shape
(8000, 8000)
>>> grown = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
>>> from backproof.engine.limits import LIMITS
>>> local_value(
...     grown, 2, {1: RATIONAL.array([10 ** (LIMITS.exact_digits // 2 + 10)])}, RATIONAL
... )  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
backproof.engine.errors.TooManyDigits: vertex 2 ('y'): its value in rational has ... digits; the limit is ...
>>> local_value(grown, 2, {1: RATIONAL.array([10 ** (LIMITS.exact_digits // 2 - 10)])}, RATIONAL).shape
(1,)
>>> operands_of(graph, 3, u)[0].shape, operands_of(graph, 3, u)[1].shape
((2, 3), (3,))
"""
