"""Where gradients deviate from those of a call in isolation: None, shapes, entries, and what another order of sums may
change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.probes.calls import LAYOUT, Call, Probe, deviations, kept

EPS = 2.0**-52
ONE = np.ones(2)
PROBE = Probe("a probe", "in some way", lambda call, probe: [])
CALL = Call(lambda x: x, lambda args, out, ct: (ct,), (ONE,), ONE, (ONE,), (2 * ONE,), 1.0)


def sentences(*gradients: Any, exact: bool = True, call: Call = CALL) -> list[str]:
    return [found.sentence for found in deviations(PROBE, call, gradients, exact=exact)]


@pytest.mark.parametrize(
    ("gradient", "sentence"),
    [
        (None, "in some way, one gradient is None and the other is not"),
        (np.ones(3), "in some way, the gradient has shape (3,) instead of (2,)"),
        (np.array([1.0, 1 + EPS]), "in some way, entry [1] of the gradient is 1.0000000000000002 instead of 1.0"),
        (np.array([np.nan, 1.0]), "in some way, entry [0] of the gradient is nan instead of 1.0"),
    ],
)
def test_a_deviation_is_a_sentence_that_begins_with_the_words_of_its_probe(gradient: Any, sentence: str) -> None:
    (found,) = deviations(PROBE, CALL, (gradient,), exact=True)
    assert (found.probe, found.argument, found.sentence) == ("a probe", 0, sentence)


def test_another_order_of_sums_may_change_some_roundings_of_the_largest_entry() -> None:
    near, far = 1 + 0.9 * LAYOUT * EPS, 1 + 1.1 * LAYOUT * EPS
    assert sentences(np.array([1.0, near]), exact=False) == []
    assert len(sentences(np.array([1.0, far]), exact=False)) == 1
    assert sentences(np.array([1.0, far]), exact=False, call=replace(CALL, largest=2.0)) == []


def test_nan_and_infinity_are_equal_to_themselves() -> None:
    lost = np.array([np.nan, np.inf])
    assert sentences(lost.copy(), call=replace(CALL, alone=(lost,))) == []


def test_what_is_kept_does_not_change_with_a_buffer() -> None:
    buffer = np.ones(2)
    copies = kept((buffer, None))
    buffer[...] = 7.0
    assert copies[0].tolist() == [1.0, 1.0]
    assert copies[1] is None
