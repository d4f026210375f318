"""Options that make no sense are refused with what was found."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.options import must_be_required, taken_options

PLAIN: dict[str, Any] = {"seed": 0, "name": None, "timeout": None}


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ({"seed": "x"}, TypeError, r"seed must be a whole number, found a str \(x\); write seed=0"),
        ({"seed": 1.5}, TypeError, "seed must be a whole number, found a float"),
        ({"seed": None}, TypeError, "found None"),
        ({"seed": True}, TypeError, "found a bool"),
        ({"seed": -1}, ValueError, "seed must not be negative, found -1"),
        ({"name": 3}, TypeError, "name must be a word, found an int"),
        ({"timeout": "10"}, TypeError, "timeout must be a number of seconds, found a str"),
        ({"timeout": True}, TypeError, "timeout must be a number of seconds"),
        ({"timeout": 0}, ValueError, "timeout must be a number of seconds above 0, found 0"),
        ({"timeout": -3.0}, ValueError, r"found -3\.0"),
        ({"timeout": math.nan}, ValueError, "found nan"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        taken_options(**{**PLAIN, **option})


def test_others_are_taken() -> None:
    assert taken_options(**PLAIN) == (0, None)
    assert taken_options(seed=np.int64(3), name="a layer", timeout=np.float32(2)) == (3, 2.0)
    assert taken_options(seed=0, name=None, timeout=math.inf) == (0, math.inf)


@pytest.mark.parametrize("require", ["proved", "", 1, True, np.ones(2), ["certified"]])
def test_an_unknown_requirement_is_refused(require: Any) -> None:
    with pytest.raises(ValueError, match="require must be 'certified' or None, found "):
        must_be_required(require)


def test_the_known_ones_are_not() -> None:
    must_be_required(None)
    must_be_required("certified")
