"""Two threads, each with a forward and its backward: frameworks run the backward in threads of their own, and a layer
must not keep what it needs where only one thread finds it.

The steps of an interleaving run one after the other, each in the thread of its call, so that nothing depends on time.
Where the forward does not run in another thread, nothing is asked of its backward.

>>> import threading
>>> from dataclasses import replace
>>> kept = threading.local()
>>> kept.slope = 2.0  # in this thread only
>>> call = Call(lambda x: 2 * x, lambda args, out, ct: (kept.slope * ct,), (np.ones(2),), np.ones(2), (2 * np.ones(2),), (), 2.0)
>>> for found in two_threads(call, Probe("two threads", "in two threads", two_threads)):
...     print(found.sentence)  # doctest: +ELLIPSIS
in two threads, the backward of the first call raises AttributeError: ... when another forward, of the same arguments, ran before its backward (F1 F2 B1)
>>> kept = 2.0
>>> two_threads(replace(call, vjp=lambda args, out, ct: (kept * ct,)), Probe("two threads", "in two threads", two_threads))
[]
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import is_the_codes
from backproof.verify.gradient_oracle.probes.calls import Call, Probe, ProtocolFinding, Second
from backproof.verify.gradient_oracle.probes.interleavings import in_order
from backproof.verify.time_limits import TookTooLong

STEPS = "F1 F2 B1 B2"  # both forwards before both backwards
SECONDS = 10.0  # chosen, of wall clock: of one step; a thread that does not come back is left behind


class ForwardRefuses(Exception):
    """The forward does not run in another thread."""


class Thread:
    """A thread that runs steps for another one, which waits for each."""

    def __init__(self, number: int) -> None:
        self.steps: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self.results: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        context = contextvars.copy_context()
        threading.Thread(target=lambda: context.run(self._work), name=f"call {number}", daemon=True).start()

    def run(self, step: Callable[[], Any]) -> Any:
        """What a step returns or raises. TookTooLong if it does not come back."""
        self.steps.put(step)
        try:
            value, error = self.results.get(timeout=SECONDS)
        except Empty:
            raise TookTooLong(f"more than {SECONDS:g} s") from None
        if error is not None:
            raise error
        return value

    def end(self) -> None:
        """No more steps."""
        self.steps.put(None)

    def _work(self) -> None:
        while (step := self.steps.get()) is not None:
            try:
                with np.errstate(all="ignore"):
                    result = step(), None
            except BaseException as error:
                result = None, error
            self.results.put(result)
            del result


def two_threads(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """What changes where each of two calls has a thread of its own."""
    beside = (second for second in call.seconds if second.backward and not second.daring and second.call.args is not call.args)
    second = next(beside, Second("of the same arguments", call, backward=True))
    threads: dict[str, Thread] = {}
    try:
        for number in ("1", "2"):
            threads[number] = Thread(int(number))
        return in_order(call, second, probe, STEPS, lambda number, step: _run(threads[number], step), "in two threads, ")
    except ForwardRefuses:
        return []
    except RuntimeError as error:  # of `start`; what the code raises is a finding already
        if len(threads) == 2:
            raise
        return [ProtocolFinding(probe.name, None, f"{probe.words}, none could be started: {error}", unended=True)]
    finally:
        for thread in threads.values():
            thread.end()


def _run(thread: Thread, step: Callable[[], Any]) -> Any:
    try:
        return thread.run(step)
    except Exception as error:
        if not is_the_codes(error) or getattr(step, "__name__", "") != "forward":
            raise
        raise ForwardRefuses from error
