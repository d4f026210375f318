"""Every limit in one frozen value: how large a document may be, how much work it may ask for, how long anything may
take. `backproof limits` prints it.

>>> LIMITS.engine_seconds, LIMITS.engine_bytes == 2 * GIBIBYTE
(10.0, True)
>>> LIMITS.engine_seconds = 60.0
Traceback (most recent call last):
    ...
dataclasses.FrozenInstanceError: cannot assign to field 'engine_seconds'
"""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE, GIBIBYTE = 2**20, 2**30


@dataclass(frozen=True)
class Limits:
    """The limits, each with its reason."""

    engine_seconds: float = 10.0  # wall clock of one call of an engine on trial; chosen: a thousand times what a call takes
    engine_loading_seconds: float = 60.0  # wall clock of loading it; chosen: frameworks import in ten seconds on a slow disk
    engine_bytes: int = 2 * GIBIBYTE  # memory of an engine on trial; chosen: any framework fits, and a runner survives it


LIMITS = Limits()
