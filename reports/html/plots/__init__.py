"""Plots of a results document, as static SVG with the table of their numbers: no script, no library in the page.

Rooms, in reading order:

- `plot.py` what a plot is: frozen data
- `drawing.py` a plot as SVG
- `of_run.py` the plots of a run
- `of_coverage.py` what random graphs reached, as heat maps

*Rule*: facts come from the document, as data; a plot without data is left out; all plots of a page stay within 60 kB.

Layer `reports`, above both wings.
"""
