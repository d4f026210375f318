"""Layers and networks, checked by their own protocol: `check_layer(make, x)` builds a fresh object for every call, and
runs forward and then backward on it.

Rooms, in reading order:

- `objects.py` what an object holds, by paths
- `form.py` how a layer is used: its methods, parameters, gradients, modes
- `gradients.py` where people keep gradients
- `finding.py` the form of a layer, seen by running it once
- `running.py` forward and backward of a fresh object, as functions
- `protocol.py` two layers alive, forward twice, backward twice, eval between
- `check_layer.py` the public function

*Rule*: knows objects by attributes and keys only, so that what runs in floats runs on lifted numbers; judges nothing
but the protocol.

Wing of code; a graph has no state.
"""
