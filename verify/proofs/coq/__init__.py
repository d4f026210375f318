"""What stands between a Coq file and the word *proved*: the commands that it uses, what the kernel holds of it, and what
its statements rest on.

Rooms, in reading order:

- `layout.py` what its files are called, and which may rest on axioms
- `sentences.py` a source, sentence by sentence, and which must be reviewed
- `programs.py` coqc and coqchk, with a deadline
- `ocaml_values.py` values as OCaml writes them
- `terms.py` a term of the kernel as text
- `compiled_file.py` what a compiled file holds
- `reviewed.py` the list of all that was reviewed, and the differences
- `axioms.py` what each statement rests on, and what it may
- `dependencies.py` which proof uses which statement

*Rule*: nothing that a file of the development says can change how it is read here: no printer, no import of it, no
option that it sets.

Wing of graphs; code has no theorems.
"""
