"""Somebody's code run on balls that remember how they were made. A front end turns code of its kind into a `Lifted`, and
everything that judges sees only that.

Rooms, in reading order:

- `tape` the core: scalars, rules, decisions; knows no front end
- `arrays` arrays of scalars, and what functions of arrays become; knows no front end
- `lifted.py` what a lifted run leaves, whatever the front end
- `numpy_code` the front end for plain NumPy code
- `rounding` how far floats may be off, on a tape

*Rule*: `tape` and `arrays` know no front end; what they ask of one is handed in with the tape.

Wing of code: no import to or from the wing of graphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door

if TYPE_CHECKING:
    from backproof.verify.lift.lifted import Lifted, pull_back
    from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
    from backproof.verify.lift.tape.reads import NotLifted, Read, Undecided

__all__ = ["Lifted", "NotLifted", "Read", "Undecided", "lift", "lift_backward", "pull_back"]

__getattr__ = door(
    __name__,
    {
        "Lifted": "lifted",
        "NotLifted": "tape.reads",
        "Read": "tape.reads",
        "Undecided": "tape.reads",
        "lift": "numpy_code.lifting",
        "lift_backward": "numpy_code.lifting",
        "pull_back": "lifted",
    },
)
