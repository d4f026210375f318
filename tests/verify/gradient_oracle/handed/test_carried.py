"""What a program of its own can import is imported, the rest is defined there with all that it reads, and else it is to be supplied."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.handed.carried import Program, where_is

SCALE = 3.0


def helper(x: Any) -> Any:
    return SCALE * x


class Model:
    """Holds a number."""

    def __init__(self) -> None:
        self.k = np.array([2.0])

    def forward(self, x: Any) -> Any:
        """k·x."""
        return self.k * x


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.run = self.forward

    def forward(self, x: Any) -> Any:
        """x."""
        return x


def ran(program: Program, expression: str) -> Any:
    names: dict[str, Any] = {"__name__": "elsewhere"}
    exec(program.text(), names)
    return eval(expression, names)


def test_a_closure_is_carried_with_its_cells_and_what_it_calls() -> None:
    def closed(x: Any) -> Any:
        return helper(x) + shift

    shift = np.array([0.5, 1.0])
    program = Program()
    again = ran(program, program.function(closed, "f"))
    assert program.complete
    np.testing.assert_array_equal(again(np.ones(2)), [3.5, 4.0])


def test_two_functions_of_one_name_stay_two() -> None:
    def made(k: float) -> Any:
        def f(x: float) -> float:
            return k * x

        return f

    program = Program()
    names = [program.function(made(2.0), "f"), program.function(made(2.0), "vjp")]
    assert [ran(program, name)(1.0) for name in names] == [2.0, 2.0]


def test_what_one_name_means_twice_is_to_be_supplied_and_never_mixed_up() -> None:
    def made(k: float) -> Any:
        return lambda x: k * x

    program = Program()
    assert program.function(made(2.0), "f") == "f"
    assert program.complete
    assert program.function(made(5.0), "vjp") == "vjp"
    assert not program.complete
    assert program.text().splitlines()[-1].startswith("vjp = ...  # supply: the function at test_carried.py:")


def test_a_partial_and_a_method_of_an_object_are_carried_with_what_they_hold() -> None:
    program = Program()
    part, method = program.function(functools.partial(np.multiply, 4.0), "f"), program.function(Model().forward, "g")
    assert ran(program, part)(2.0) == 8.0
    assert ran(program, method)(3.0) == 6.0


def test_an_object_that_holds_itself_is_to_be_supplied() -> None:
    program = Program()
    assert program.function(Knot().run, "f") == "f"
    assert not program.complete


def test_large_values_and_files_are_to_be_supplied_by_name() -> None:
    table = np.zeros(1000)
    program = Program()
    assert program.function(lambda x: x + table, "f") == "f"
    assert "table = ...  # supply: an ndarray of shape (1000,) and dtype float64, which the code reads" in program.text()
    with Path(__file__).open() as handle:
        assert program.value(handle, "arg1") == "arg1"
    assert "arg1 = ...  # supply: a TextIOWrapper, as the check was given" in program.text()


def test_a_class_is_called_one() -> None:
    assert where_is(Model).startswith("the class at test_carried.py:")
    assert where_is(test_a_class_is_called_one).startswith("the function at test_carried.py:")
    assert where_is(3) == "the int that was checked"


def test_functions_in_a_table_are_carried_with_it() -> None:
    table: dict[str, Any] = {"square": lambda z: z * z, "pair": [lambda z: z + 1, 2.0]}
    program = Program()
    again = ran(program, program.function(lambda x: table["pair"][0](table["square"](x)) * table["pair"][1], "f"))
    assert program.complete
    assert again(3.0) == 20.0


def decorated(function: Any) -> Any:
    """Wraps."""

    @functools.wraps(function)
    def inner(x: Any) -> Any:
        return function(x)

    return inner


def test_a_wrapper_whose_decorator_is_out_of_reach_is_to_be_supplied_or_carried_whole() -> None:
    def plain(x: Any) -> Any:
        return 2 * x

    program = Program()
    assert ran(program, program.function(decorated(plain), "f"))(3.0) == 6.0


def test_what_holds_itself_or_cannot_be_shown_is_to_be_supplied() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise SystemExit(0)

    ring: list[Any] = []
    ring.append(ring)
    held: list[Any] = [ring, Loud(), {Loud()}]
    for value in held:
        program = Program()
        program.function(lambda x: x if value is None else value, "f")  # noqa: B023
        assert not program.complete
