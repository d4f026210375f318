"""A page taken apart, and its numbers counted and derived again.

Rooms, in reading order:

- `elements.py` elements, tables and the words with a digit
- `second_copy.py` the copy of every number, compared
- `cases.py` the cases of the page, as cells
- `view.py` all that is looked at, read once
- `case_tables.py` graph tables, counts and the picture of a case
- `rows.py` the table of all cases, groups, figures
- `claims.py` claims, histograms, the comparisons of a case
- `coverage.py` what the random graphs reached
- `failures.py` unequal entries
- `others.py` wrong engines, graded faults, checks of code, theorems
- `prose.py` sentences, and what is given
- `places.py` where a number stands, in words

*Rule*: reads the text of the page by the marks of the contract (`reports/audit/`), and asks nothing of what made it.

Layer `reports`, above both wings.
"""
