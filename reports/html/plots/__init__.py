"""Plots of a results document, as static SVG with the table of their numbers: no script, no library in the page.

Rooms, in reading order:

- `plot.py` what a plot is: frozen data
- `marks.py` text, and a picture
- `grids.py` tables of shaded cells as SVG
- `drawing.py` a plot as SVG
- `of_run.py` the plots of a run
- `of_coverage.py` what random graphs reached, as heat maps
- `of_checks.py` where in an argument the gradient is wrong
- `of_page.py` the plots of one page

*Rule*: facts come from the document, as data; a plot without data is left out; all plots of a page stay within 60 kB.

Layer `reports`, above both wings.
"""
