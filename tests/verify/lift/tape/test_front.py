"""What a front end hands in is what scalars and arrays answer with, during a run and for the numbers that it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.lift.arrays.arrays import leaves
from backproof.verify.lift.arrays.dispatch import ARRAYS
from backproof.verify.lift.numpy_code.lifting import NUMPY, lift
from backproof.verify.lift.tape.operators import OPERATORS
from backproof.verify.lift.tape.tape import NOW, Scalar, Tape, apply, running


def told(what: str) -> Any:
    return lambda *asked: (what, asked[0])


def test_each_of_the_five_functions_is_asked_of_the_front_end_of_the_tape() -> None:
    front = replace(
        ARRAYS, ufunc=told("ufunc"), function=told("function"), shown=lambda kind: str, attribute=told("attribute"), index=told("index")
    )
    with running(Tape(100, front=front)) as tape:
        x: Any = tape.leaf(arb(2))
        array = leaves(np.array([1.0]), tape)
        assert np.add(x, 1.0) == ("ufunc", np.add)
        assert np.exp(array) == ("ufunc", np.exp)
        assert np.sort(array) == ("function", np.sort)
        assert x.__class__ is str
        assert x.no_such_name[0] == "attribute"
        assert x[0][0] == "index"
        assert isinstance(x, str)


def test_without_a_front_end_a_scalar_is_what_it_is() -> None:
    with running(Tape(100)) as tape:
        x: Any = tape.leaf(arb(2))
        assert x.__class__ is Scalar
        assert float(x.exp().value.mid()) == pytest.approx(np.exp(2.0))
        with pytest.raises(AttributeError, match="no attribute 'nonzero'"):
            x.nonzero()
        with pytest.raises(TypeError, match="no parts"):
            x[0]
        with pytest.raises(TypeError):
            np.add(x, 1.0)


def test_numbers_of_a_finished_run_have_the_front_end_of_that_run() -> None:
    lifted = lift(lambda x: np.exp(x), (np.array([0.0, 1.0]),))
    assert NOW.tape.front is NUMPY
    assert repr(lifted.result) == "lifted(array([1.0, 2.718281828459045], dtype=object))"
    assert f"{lifted.result[0]}" == "1.0"
    assert np.shape(lifted.result[:1]) == (1,)
    assert not isinstance(lifted.result[0], np.floating)
    assert lifted.result[0].dtype == np.float64


def test_a_tape_that_continues_another_has_its_front_end() -> None:
    assert Tape(100, front=ARRAYS).fork(frozenset(), 0.0).front is ARRAYS


def test_the_class_of_scalars_has_every_operator_of_the_table() -> None:
    assert all(getattr(Scalar, name) is method for name, method in OPERATORS.items())
    with running(Tape(100)) as tape:
        x: Any = tape.leaf(arb(2))
        assert (x + 1 - x).value == 1
        assert apply("add", x, x).value == 4
