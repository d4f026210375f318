"""One self-contained page from a results document; templates stand beside their readers. It works without JavaScript
and without a network.

Rooms, in reading order:

- `page.py` the page from the document
- `detailed.py` which cases are drawn in full
- `one_case.py` one case, and its view
- `templates.py` templates, filled
- `assets.py` style and script, in a page or beside it
- `fragments.py` pieces for a notebook, and a graph as an SVG file
- `graph_svg.py` the picture of a graph
- `theorem_graph.py` which theorem uses which
- `layout.py` where vertices stand
- `reading.py` whether the page says what the document counts
- `statements.py` theorems as a part of a page
- `mathematics.py` LaTeX as MathML

*Rule*: reads a results document; imports nothing of ours outside `reports`.

Layer `reports`, above both wings.
"""
