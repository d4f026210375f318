"""What builds the site beyond Sphinx, and what a page is to somebody who runs it.

Rooms, in reading order:

- `mathml.py` formulas as MathML
- `docstrings.py` docstrings as they stand in the code
- `door.py` the public names of a module
- `command_help.py` the help of every command
- `function_table.py` the table of local functions
- `schema.py` a JSON Schema as tables
- `tables.py` tables and links as docutils nodes
- `pages.py` a page as files, commands and Python to run
- `notebooks.py` notebooks run again, and compared
- `gallery.py` a report for each class of faults
- `math_font.py` the font of formulas in reports
- `project_files.py` SECURITY.md and CITATION.cff, from one setting
- `__main__.py` the site and the gallery in one folder
"""
