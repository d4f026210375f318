"""How a value of ours is drawn, saved, or shown in a notebook, though its layer knows no page and no picture.

Who knows all layers stands above them: `verify/presentation.py`. It is found by its name when it is first asked; no
layer imports it, and where nobody asks nothing of it is loaded. This is the one arrow against the order of the layers,
and it carries finished values up, and nothing that is computed down.

>>> from backproof.engine import Graph, leaf, vertex
>>> presenter().graph_svg(Graph(1, (leaf("x"), vertex("y", "exp", (1,))))).startswith("<svg")
True
>>> presenter().in_a_notebook(3)
Traceback (most recent call last):
    ...
TypeError: nothing is known of how an int is shown
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

PRESENTER = "backproof.verify.presentation"


def presenter() -> Any:
    """The module that shows values of ours."""
    return import_module(PRESENTER)
