"""What is changed in a source, and what is not."""

from __future__ import annotations

import ast

import pytest

from benchmarks.mutants.places import changed, places
from benchmarks.mutants.sample import MUTATED, ROOT


def afters(source: str) -> list[str]:
    """The source after each change, in one line."""
    return [changed(source, place) for place in places(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["(a <= b)"]),
        ("a < b == c", ["(a <= b == c)", "(a < b != c)"]),
        ("a is not None", ["(a is None)"]),
        ("x * (a + b)", ["(x + (a + b))", "x * ((a - b))"]),
        ("A @ B", ["(B @ A)"]),
        ("a and b or c", ["((a and b) and c)", "(a or b) or c"]),
        ("not a", ["(a)"]),
        ("[2, 0.5, True, 'two', None]", ["[3, 0.5, True, 'two', None]", "[2, 1.0, True, 'two', None]", "[2, 0.5, False, 'two', None]"]),
        ("min(a, key=len)", ["max(a, key=len)"]),
        ("[x for x in a if x]", ["[x for x in a if True]"]),
        ("ball.mid()", ["ball.upper()"]),
        ("a if b else c", ["a if True else c", "a if False else c"]),
        ("while a:\n    b()", ["while False:\n    b()"]),
        (
            "def f(x: int | None = 1) -> int | str:\n    '''1 < 2'''\n    raise E(1 < 2)",
            ["def f(x: int | None = 2) -> int | str:\n    '''1 < 2'''\n    raise E(1 < 2)"],
        ),
        (
            "x: int | None = 1\nY: TypeAlias = int | str\nf'{1 < 2}'\nimport a.b",
            ["x: int | None = 2\nY: TypeAlias = int | str\nf'{1 < 2}'\nimport a.b"],
        ),
        ("'é' + a * b", ["('é' - a * b)", "'é' + (a + b)"]),
    ],
)
def test_every_decision_is_changed_and_no_word(source: str, expected: list[str]) -> None:
    assert sorted(afters(source)) == sorted(expected)


@pytest.mark.parametrize("path", MUTATED[::6])
def test_every_change_of_the_judge_is_python_and_another_program(path: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    before = ast.dump(ast.parse(source))
    found = places(source)
    assert len(found) > 10
    for place in found[::7]:
        assert ast.dump(ast.parse(changed(source, place))) != before
