"""Other values for arguments that are no arrays: which are tried, and that a fault behind one of them is found."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle import exploration as exploring
from backproof.verify.gradient_oracle.settings import settings

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7], [0.2, 0.9, 1.1]])


def values(a: Any, *functions: Callable[..., Any]) -> list[Any]:
    return [point.args[1] for point in settings((X, a), functions)]


def reducing(x: Any, how: str) -> Any:
    """Reduce in some way."""
    if how == "sum":
        return x.sum()
    if how in ("mean", "average"):
        return x.mean()
    return x * 1.0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, [False]),
        (np.bool_(False), [True]),
        (3, [2, 4, 0, 1]),
        (0, [-1, 1, 2]),
        (-2, [-3, -1, 0, 1, 2]),
        (1000, []),
        (None, []),
        (2.5, []),
    ],
)
def test_the_neighbours_of_a_setting_are_tried(given: Any, expected: list[Any]) -> None:
    assert values(given) == expected
    assert all(type(value) is type(given) for value in values(given))


@pytest.mark.parametrize("wrap", [lambda f: f, lambda f: functools.partial(f), lambda f: type("Loss", (), {"__call__": staticmethod(f)})()])
def test_words_that_the_code_compares_with_are_tried_and_its_docstring_is_not(wrap: Callable[..., Any]) -> None:
    assert values("sum", wrap(reducing)) == ["mean", "average"]


def test_a_point_names_the_argument_and_its_value() -> None:
    (point,) = settings((X, True), ())
    assert (point.words, point.setting) == ("argument 1 set to False", True)


@pytest.mark.parametrize(
    ("f", "setting", "vjp"),
    [
        (reducing, "sum", lambda args, out, ct: (ct * np.ones_like(args[0]) if args[1] != "none" else ct, None)),
        (lambda x, k: np.triu(x, k), 0, lambda args, out, ct: (np.triu(ct, max(args[1], 0)), None)),
        (lambda x, pad: np.pad(x, pad), 1, lambda args, out, ct: (ct[args[1] : -args[1], args[1] : -args[1]], None)),
        (lambda x, centred: x - x.mean() if centred else x * 1.0, True, lambda args, out, ct: (ct - ct.mean(), None)),
    ],
)
def test_a_fault_behind_another_setting_is_found_and_not_without_this_rule(
    f: Callable[..., Any], setting: Any, vjp: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = check(f, (X, setting), vjp)
    assert not result.ok
    assert "argument 1 set to" in result.explain()
    monkeypatch.setattr(exploring, "settings", lambda *_: iter(()))
    monkeypatch.setattr(exploring.Exploration, "_look_plainly", lambda *_: None)
    assert check(f, (X, setting), vjp).ok


def test_a_setting_that_the_backward_refuses_is_not_held_against_it_and_is_said() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        if args[1] < 0:
            raise ValueError("k must not be negative")
        return np.triu(ct, args[1]), None

    result = check(lambda x, k: np.triu(x, k), (X, 0), vjp)
    assert result.ok
    assert any("k must not be negative" in note for note in result.notes)
