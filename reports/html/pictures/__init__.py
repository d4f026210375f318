"""What pictures of graphs are made of: which part is drawn, what stands in a box and on an edge, where all of it stands,
and how lines run. The pictures themselves are `html/graph_svg.py` and `html/theorem_graph.py`.

Rooms, in reading order:

- `drawn.py` which part of a large graph
- `boxes.py` a vertex as a box
- `formulas.py` its local function in its own words
- `labels.py` what stands on an edge
- `pattern.py` a matrix as a small drawing
- `letters.py` how wide a text is, and its lines
- `layout.py` where everything stands
- `rows.py` which boxes stand beside each other
- `order.py` in which order, and how far apart
- `wires.py` lines as paths
- `screens.py` which drawing on which screen

*Rule*: reads plain data and returns places and elements; knows no page and no template.

Layer `reports`, above both wings.
"""
