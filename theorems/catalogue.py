"""All theorems of the suite, in the order of the lecture.

>>> [theorem.label for theorem in THEOREMS][:6]
['chain-rule', 'edge-jacobians', 'log-softmax', 'matrix-jacobian', 'derivation', 'forward-pass']
>>> theorem("path-sum").source
'L15'
>>> theorem("gauss")
Traceback (most recent call last):
    ...
KeyError: "no theorem is labelled 'gauss'; known: chain-rule, edge-jacobians, log-softmax, ..."
"""

from __future__ import annotations

from backproof.theorems.adjoints import FACTS
from backproof.theorems.backward_pass import BACKWARD_PASS, LEAVES
from backproof.theorems.chain_rule import CHAIN_RULE
from backproof.theorems.expansion import EXPANSION
from backproof.theorems.forward_pass import FORWARD_PASS
from backproof.theorems.jacobians import EDGE_JACOBIANS, LOG_SOFTMAX, MATRIX_JACOBIAN
from backproof.theorems.path_sum import PATH_SUM
from backproof.theorems.theorem import Theorem

THEOREMS = (CHAIN_RULE, EDGE_JACOBIANS, LOG_SOFTMAX, MATRIX_JACOBIAN, EXPANSION, FORWARD_PASS, PATH_SUM, BACKWARD_PASS, LEAVES, *FACTS)


def theorem(label: str) -> Theorem:
    """The theorem with this label; KeyError names the known ones."""
    for candidate in THEOREMS:
        if candidate.label == label:
            return candidate
    raise KeyError(f"no theorem is labelled {label!r}; known: {', '.join(known.label for known in THEOREMS)}")
