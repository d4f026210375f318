"""What the caller of `check` gives: functions, arguments and options are taken, or refused with what was found and what
to write; and how the caller's code is called.

Rooms, in reading order:

- `floats.py` which arguments have a derivative
- `words.py` a foreign value, or an error of foreign code, in a line
- `places.py` where a function stands, as data
- `names.py` what an argument is called in a sentence
- `contained.py` calling foreign code, whatever it raises
- `warned.py` what foreign code warns of at arguments that nobody gave
- `functions.py` f, vjp, gradient, reference, domain
- `arguments.py` the arguments of f
- `outputs.py` what f returned, and the cotangent for it
- `options.py` seed, name, timeout, require, constants that are ignored

*Rule*: knows nothing of points and verdicts: a mistake of the caller is a ValueError or a TypeError here, and never
held against a backward pass.

Wing of code; what is asked of engines is in `engine_oracle/`.
"""
