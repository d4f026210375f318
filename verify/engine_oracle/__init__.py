"""Somebody else's engine on trial: asked for adjoints on a case, and judged like floats. The engine is a function; how
it is reached is `target.py`'s business.

Rooms, in reading order:

- `foreign.py` what is said of somebody else's objects
- `left_behind.py` what somebody else's code leaves behind in this process; Ctrl-C while it runs
- `target.py` package.module:factory, as an engine
- `contract.py` what an engine may return
- `answers.py` one call of an engine: adjoints, or how it ended
- `repeated.py` two calls with the same arguments
- `trial.py` an engine on one case
- `wire.py` what goes over the wire to an engine in a process of its own
- `printed.py` what an engine prints, bounded
- `supervisor.py` who watches over an engine's process, and ends it
- `patches.py` whether an engine has changed the verifier
- `worker.py` the engine's process, which holds no judge
- `child.py` that process as its parent holds it: started, ended, how it ended
- `process.py` one such process, and how its calls end
- `crew.py` the engine as a run over many cases reaches it

*Rule*: the engine's answer is data; nothing of ours is handed to it but a graph, leaf values and a cotangent.

Wing of graphs; in the wing of code the one on trial is a `vjp` (`gradient_oracle/`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed

if TYPE_CHECKING:
    from backproof.verify.engine_oracle.target import Engine, TargetError, load_engine
    from backproof.verify.engine_oracle.trial import check_engine, diagnose_engine

__all__ = ["Engine", "TargetError", "check_engine", "diagnose_engine", "load_engine"]

__getattr__ = door(
    __name__, {"Engine": "target", "TargetError": "target", "check_engine": "trial", "diagnose_engine": "trial", "load_engine": "target"}
)
__dir__ = listed(__all__)
