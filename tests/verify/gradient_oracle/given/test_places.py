"""Where a function stands, whatever it is wrapped in; nothing where that is not known."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.places import Place, place_of, place_of_error


class Model:
    """A method, and a call."""

    def backward(self) -> None:
        """Nothing."""

    def __call__(self) -> None:
        """Nothing."""


class Rude:
    """Whose attributes raise."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)  # as `__code__`, `__wrapped__`


@functools.wraps(Model.backward)
def wrapped() -> None:
    """Stands for another."""


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (Model().backward, Model.backward.__code__),
        (Model(), Model.__call__.__code__),
        (wrapped, Model.backward.__code__),
        (functools.partial(functools.partial(place_of), 1), place_of.__code__),
    ],
)
def test_a_function_is_found_behind_its_wrappings(function: Any, code: Any) -> None:
    assert place_of(function) == Place(code.co_filename, code.co_firstlineno, code.co_name)


@pytest.mark.parametrize("function", [np.tanh, len, Model, 3, None])
def test_compiled_code_and_what_is_none_have_no_place(function: Any) -> None:
    assert place_of(function) is None


def test_an_error_is_placed_at_the_innermost_line_of_somebodys_code() -> None:
    def raises() -> None:
        np.zeros(2).reshape(3)

    with pytest.raises(ValueError, match="cannot reshape") as caught:
        raises()
    place = place_of_error(caught.value)
    assert place is not None
    assert (Path(place.file).name, place.line, place.function) == ("test_places.py", raises.__code__.co_firstlineno + 1, "raises")


def test_an_object_whose_attributes_raise_has_no_place() -> None:
    assert place_of(Rude()) is None
