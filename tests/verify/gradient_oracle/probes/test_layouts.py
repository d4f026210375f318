"""Every layout holds the same entries, in another order of memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.probes.calls import Call
from backproof.verify.gradient_oracle.probes.layouts import column_order, layout, read_only, reversed_memory, strided
from backproof.verify.gradient_oracle.probes.probes import PROBES

A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        (column_order, lambda a: a.flags.f_contiguous and not a.flags.c_contiguous),
        (strided, lambda a: a.strides == (48, 16)),
        (reversed_memory, lambda a: a.strides[-1] == -8),
        (read_only, lambda a: not a.flags.writeable),
    ],
)
def test_a_layout_changes_the_memory_and_no_entry(change: Callable[[Any], Any], holds: Callable[[Any], bool]) -> None:
    changed = change(A.copy())
    assert holds(changed)
    assert np.array_equal(changed, A)


def test_a_cotangent_without_axes_has_no_other_layout() -> None:
    def never(args: Any, out: Any, ct: Any) -> Any:
        raise AssertionError("called")

    call = Call(np.sum, never, (A,), np.asarray(1.0), (np.ones_like(A),), (A,), 1.0)
    assert layout(strided)(call, PROBES[0]) == []
    with pytest.raises(AssertionError, match="called"):
        layout(strided)(replace(call, cotangent=np.ones(1)), PROBES[0])


@pytest.mark.parametrize("name", ["column order", "strided cotangent", "reversed cotangent", "read-only cotangent"])
def test_every_layout_of_the_cotangent_is_a_probe(name: str) -> None:
    assert name in [row.name for row in PROBES]
