"""A share of what is allowed is read back to the two digits in which it is written, and keeps its order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.verify.results.shares import share_size, share_words
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.theorem_1 import CLAIM_DIFFERENCES
from backproof.verify.verdicts import Evidence, Verdict


def compared(worst: float | None, claim: str = "a claim", evidence: Evidence = Evidence.ROUNDING, failed: int = 0) -> Comparison:
    return Comparison(claim, "a theorem", "float64", Verdict.CORRECT, evidence, worst=worst, failed=failed)


@given(st.floats(0, 1e300) | st.just(math.inf), st.sampled_from([CLAIM_DIFFERENCES, "a claim"]))
def test_what_is_written_is_read_to_two_digits_and_written_again_as_it_was(worst: float, claim: str) -> None:
    words = share_words(compared(worst, claim))
    size = share_size(words)
    assert size == worst or size == pytest.approx(worst, rel=0.051)
    assert share_words(compared(size, claim)) == words


@given(st.floats(min_value=0, allow_nan=False), st.floats(min_value=0, allow_nan=False))
def test_a_larger_share_is_never_read_as_a_smaller_one(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert share_size(share_words(compared(low))) <= share_size(share_words(compared(high)))


def test_every_kind_of_words_is_read() -> None:
    written = {
        share_words(compared(None)): -1.0,
        share_words(compared(None, evidence=Evidence.CERTIFIED)): -1.0,
        share_words(compared(None, failed=2)): math.inf,
        share_words(compared(math.inf)): math.inf,
        share_words(compared(math.inf, CLAIM_DIFFERENCES)): math.inf,
        share_words(compared(0.0)): 0.0,
        share_words(compared(0.25, CLAIM_DIFFERENCES)): 0.25,
    }
    assert list(written) == [
        "equal",
        "overlapping",
        "unequal",
        "beyond the bound",
        "beyond the estimate",
        "0 of the bound",
        "0.25 of the estimate",
    ]
    assert {words: share_size(words) for words in written} == written


def test_words_that_nobody_wrote_are_refused() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        share_size("nearly equal")
