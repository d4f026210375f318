"""Listeners hear of an assertion before it fails, and of none after they have left."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.verify import assert_correct
from backproof.verify.asserted import listening


def test_a_failing_assertion_is_heard_before_it_is_raised() -> None:
    heard: list[Any] = []
    with (
        listening(lambda result, require: heard.append((result.name, str(result.verdict), require))),
        pytest.raises(AssertionError, match="WRONG"),
    ):
        assert_correct(lambda x: x * x, (3.0,), lambda args, out, ct: (ct * args[0],), name="square", effort="quick")
    assert heard == [("square", "WRONG", None)]
    assert_correct(lambda x: x * x, (3.0,), lambda args, out, ct: (2 * ct * args[0],), effort="quick", require="certified")
    assert len(heard) == 1
