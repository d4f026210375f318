"""The protocol of a backward pass: nineteen ways to call it, besides the plain one. Each probe is one row.

Rooms, in reading order:

- `probes.py` the protocol: nineteen ways to call
- `calls.py` a call in isolation
- `layouts.py` cotangents of every layout
- `batches.py` other arguments for a second call
- `interleavings.py` two calls at once, in every order
- `between.py` a forward at each judged point before the backward
- `sizes.py` the backward twice, at arguments of other sizes
- `threads.py` each of two calls in a thread of its own
- `remembered.py` what code holds from one call to the next
- `counts.py` many calls, where it holds something that changes

*Rule*: calls the code on trial in plain floats; judges only against the plain call.

Wing of code; engines are probed in `engine_oracle/trial.py`.
"""
