"""Somebody's code run on balls that remember how they were made. A front end turns code of its kind into a `Lifted`, and
everything that judges sees only that.

Rooms, in reading order:

- `tape` the core: scalars, rules, decisions; knows no front end
- `arrays` arrays of scalars, and what functions of arrays become; knows no front end
- `lifted.py` what a lifted run leaves, whatever the front end
- `run.py` how a front end runs code
- `numpy_code` the front end for plain NumPy code
- `rounding` how far floats may be off, on a tape

*Rule*: `tape`, `arrays`, `lifted.py`, `run.py` and `rounding` know no front end; what they ask of one is handed in with
the tape (`tape/front.py`) and with the run (`Lifted.again`). A front end gives `lift(f, args) → Lifted`; another one
stands in `tests/verify/lift/test_another_front_end.py`.

Wing of code: no import to or from the wing of graphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed

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
__dir__ = listed(__all__)
