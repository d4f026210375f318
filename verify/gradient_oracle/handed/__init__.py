"""What people hand over: trees of arrays, several outputs, data beside what is differentiated, functions that return a
value with its gradients, accumulate into buffers, draw random numbers or solve an equation. All of it becomes a flat
forward and a flat backward, in front of everything.

Rooms, in reading order:

- `trees.py` leaves with their paths
- `arguments.py` the arguments as flat ones: differentiated, or data
- `sizes.py` sizes that go together
- `outputs.py` several outputs as one vector
- `functions.py` f and its backward as flat functions
- `randomness.py` random forwards: seen, and seeded before every call
- `equations.py` solvers, by the equation that their result satisfies
- `accumulating.py` backwards that add into buffers
- `trial.py` what is on trial: all of that together
- `otherwise.py` a backward that is right when it is called in another way
- `written.py` values as source
- `definitions.py` the text of a function or a class
- `importable.py` what another process can import
- `carried.py` functions and values in a program of its own
- `reproduction.py` the call written down again, as lines to paste

*Rule*: nothing behind this folder knows a tree; what it makes runs in floats and on lifted numbers alike.

Wing of code; graphs have one leaf for each number.
"""
