"""The errors of the engine. Each message says where, what was found, what was expected and what to do next."""

from __future__ import annotations


class GraphError(ValueError):
    """A graph that violates the definition of L10; the message names the vertex, the edge or the path in the document."""


class DomainError(ArithmeticError):
    """A local function was evaluated outside its domain; the message names the vertex and its operands."""


class UnsupportedOperation(TypeError):
    """A number system does not have this operation (exp over the rationals, say)."""


class EdgeTooLarge(MemoryError):
    """An edge Jacobian would exceed the memory limit of `jacobians`."""


class TraceError(RuntimeError):
    """`trace` met something that it cannot turn into a vertex; the message names the function and the line."""
