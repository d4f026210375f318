"""The minimal engine: a computational graph (L10), a table of local functions, and the three passes (L12, L13, L14).
NumPy code becomes a graph by tracing it; a graph holds no code, and runs in any number system.

Rooms, in reading order:

- `errors.py` what can be wrong, with its place
- `limits.py` every limit in one frozen value
- `number_systems.py` floats, fractions, mpmath: one row each
- `functions` the table of local functions
- `vertices.py` what a graph is made of
- `graph.py` the graph of L10, and every violation of it
- `local_functions.py` fⁱ and its Jacobian at a vertex
- `passes.py` forward, Jacobians, backward: the lecture's three loops
- `free_algebra.py` Jacobians as symbols: passes that hold for all values
- `network.py` the network of the lecture, and SGD
- `json_text.py` JSON read strictly, and places in it
- `documents.py` a graph as JSON, and back
- `in_words.py` a value of ours in a line, and on a screen
- `listing.py` a graph as lines of text
- `presenter.py` who draws, saves and shows, found by name
- `callers.py` whose line it is: the user's frame
- `tracing` NumPy code as a graph

*Rule*: imports no other layer of ours; the value of a row and its Jacobian are two facts, and no route shares both.

Layer `engine`, below `theorems`, `verify` and `reports`.

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
