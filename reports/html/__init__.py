"""One self-contained page from a results document; templates stand beside their readers. It works without JavaScript
and without a network.

Rooms, in reading order:

- `page.py` the page from the document
- `split.py` a folder of pages
- `overview.py` what the overview shows
- `detailed.py` which cases are drawn in full
- `one_case.py` one case, and its view
- `shortened.py` tables of a case, until they fit
- `templates.py` templates, filled
- `assets.py` style and script, in a page or beside it
- `held.py` the second copy of every number of a page
- `letters.py` the comparisons of a case in one letter a claim
- `fragments.py` pieces for a notebook, and a graph as an SVG file
- `audit_script.py` the script that checks a page again in the browser
- `graph_svg.py` the picture of a graph
- `plots` plots as static SVG, with tables
- `theorem_graph.py` which theorem uses which
- `pictures` what pictures are made of: boxes, labels, lines, and where they stand
- `reading.py` whether the page says what the document counts
- `statements.py` theorems as a part of a page
- `mathematics.py` LaTeX as MathML
- `fonts` the font of formulas
- `chips.py` what the chips of the filter know of each case

*Rule*: reads a results document; imports nothing of ours outside `reports`.

Layer `reports`, above both wings.
"""
