"""How the site is built: `python -m sphinx -W -b html docs out/site`, without a network.

Sphinx with MyST: the docstrings hold doctests, which Sphinx reads as they stand; the pages and the notebooks are
Markdown; and a math renderer is one function, so that formulas are MathML and need no script of somebody else's.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

_project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "backproof"
author = "the backproof authors"
project_copyright = author
release = version = _project["version"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "builder.mathml",
    "builder.command_help",
    "builder.schema",
    "builder.door",
    "builder.function_table",
    "builder.gallery",
    "builder.docstrings",
]
exclude_patterns = ["builder"]
nitpicky = False  # docstrings name things in code font, not as cross-references

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # notebooks are stored with their outputs; tests/docs/test_notebooks.py runs them

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
smartquotes = False  # quotes in docstrings belong to code
html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"backproof {release}"
html_show_sourcelink = False
html_copy_source = False
