"""Theorems, their evidence and a worked graph in LaTeX, for articles: amsmath and the classes of LaTeX itself are enough.

Rooms, in reading order:

- `words.py` words and numbers, with everything escaped
- `theorem.py` one theorem with its steps: a part of an article
- `worked.py` one graph, worked out: values, Jacobians, paths, the backward pass
- `article.py` a whole article that compiles

*Rule*: imports nothing of ours but `reports`; what is printed is ASCII, and a function of the records.

Layer `reports`, above both wings.
"""
