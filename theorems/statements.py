"""The statements that the suite checks, each with its source in the lecture.

>>> [statement.label for statement in STATEMENTS]
['path-sum', 'backward-pass']
>>> statement("path-sum").source
'L15'
>>> statement("gauss")
Traceback (most recent call last):
    ...
KeyError: "no theorem is labelled 'gauss'; known: path-sum, backward-pass"
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One theorem of the lecture: its label, title, source, and what it says in words and in LaTeX."""

    label: str
    title: str
    source: str
    words: str
    latex: str

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.title} ({self.source})"


PATH_SUM = Statement(
    label="path-sum",
    title="Theorem 1: sum over paths",
    source="L15",
    words="For every leaf j and every non-leaf k, the derivative of u_k with respect to u_j under the global function of k is the sum, over all "
    "directed paths from j to k, of the product of the edge Jacobians along the path, later edges on the left.",
    latex=r"\left.\frac{\partial u_k}{\partial u_j}\right|^{\bar f^k} = \sum_{p \in P(j,k)} \prod_{(a,b) \in p} D_{a \to b}",
)

BACKWARD_PASS = Statement(
    label="backward-pass",
    title="Theorem 2: the backward pass is correct",
    source="L16",
    words="The backward pass leaves in p_i, for every vertex i, the sum over all directed paths from i to the output n of the product of the edge "
    "Jacobians along the path. Hence for every leaf i, p_i is the derivative of the output with respect to u_i.",
    latex=r"p_i = \sum_{p \in P(i,n)} \prod_{(a,b) \in p} D_{a \to b}",
)

STATEMENTS = (PATH_SUM, BACKWARD_PASS)


def statement(label: str) -> Statement:
    """The statement with this label; KeyError names the known ones."""
    for candidate in STATEMENTS:
        if candidate.label == label:
            return candidate
    raise KeyError(f"no theorem is labelled {label!r}; known: {', '.join(s.label for s in STATEMENTS)}")
