"""The font of formulas, and its licence.

Rooms, in reading order:

- `math_font.py` the font as a part of a style sheet

*Rule*: `backproof-math.woff2` is a part of TeX Gyre Pagella Math, made by `python -m builder.math_font` in docs/;
`GUST-FONT-LICENSE.txt` beside it says on what terms, and `README.txt` what was changed.

Layer `reports`, above both wings.
"""
