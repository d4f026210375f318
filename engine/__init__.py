"""The minimal engine: a computational graph (L10), a table of local functions, and the three passes (L12, L13, L14).

>>> import numpy as np
>>> graph = trace(lambda x: x * x, 3.0)
>>> u = forward(graph, [3.0])
>>> backward(graph, jacobians(graph, u))[1].item()
6.0
>>> forward(trace(lambda x: np.log(x), 1.0), [-1.0])
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: vertex 2 ('v2'): log is not defined at x = [-1.0]; move the leaf values into its domain
"""

from backproof.engine.errors import DomainError, EdgeTooLarge, GraphError, TraceError, UnsupportedOperation
from backproof.engine.graph import Graph
from backproof.engine.number_systems import FLOAT32, FLOAT64, RATIONAL, NumberSystem, mpmath_system, number_system
from backproof.engine.passes import backward, forward, jacobians
from backproof.engine.tracing.tracer import trace
from backproof.engine.vertices import Vertex, leaf, vertex

__all__ = [
    "FLOAT32",
    "FLOAT64",
    "RATIONAL",
    "DomainError",
    "EdgeTooLarge",
    "Graph",
    "GraphError",
    "NumberSystem",
    "TraceError",
    "UnsupportedOperation",
    "Vertex",
    "backward",
    "forward",
    "jacobians",
    "leaf",
    "mpmath_system",
    "number_system",
    "trace",
    "vertex",
]
