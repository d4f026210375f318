"""One chosen point counts, or is missed for a reason."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle import looking as looking_at
from backproof.verify.gradient_oracle.looking import MOST_ENTRIES, Looking, Missed, Taken
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.points import Point


def right(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


def looking(f: Any = lambda x: x * x, vjp: Any = right, **more: Any) -> Looking:
    return Looking(f, vjp, np.random.default_rng(0), base=(np.array([1.0, 2.0]),), **more)


def at(*values: float, **more: Any) -> Point:
    return Point((np.array(values),), "there", **more)


def raising(error: BaseException) -> Any:
    def f(x: Any) -> Any:
        raise error

    return f


def test_a_point_in_the_domain_counts_with_what_is_found() -> None:
    found = looking().look(at(3.0))
    assert isinstance(found, Taken)
    assert found.judged.certified
    wrong = looking(vjp=lambda args, out, ct: (ct,)).look(at(3.0))
    assert isinstance(wrong, Taken)
    assert wrong.judged.findings


@pytest.mark.parametrize(
    ("f", "more"),
    [
        (raising(ValueError("no")), {}),
        (raising(SystemExit(0)), {}),
        (lambda x: x * np.nan, {}),
        (lambda x: "x", {}),
        (lambda x: (x, x), {}),
        (lambda x: x * 1e300, {}),
        (lambda x: x * x, {"domain": lambda x: False}),
        (lambda x: x * x, {"domain": lambda x: x > 0}),
        (lambda x: x * x, {"domain": lambda x: 1 / 0}),
    ],
)
def test_where_f_is_no_use_is_outside_of_its_domain(f: Any, more: dict[str, Any]) -> None:
    assert looking(f, **more).look(at(3.0, 4.0)) == Missed(Why.DOMAIN, "there")


def test_memory_and_time_that_the_code_takes_are_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looking(raising(MemoryError())).look(at(3.0)) == Missed(Why.MEMORY, "there")
    monkeypatch.setattr(looking_at, "SECONDS", 0.1)
    late = "there, where the code takes more than 0.1 s"
    slow = looking(lambda x: time.sleep(600))
    assert slow.look(at(3.0)) == Missed(Why.ENDLESS, late)
    assert slow.look(at(3.0, resized=True)) == Missed(Why.TIME, late)
    assert [note.said for note in slow.notes] == ["not judged"]
    assert looking(vjp=lambda args, out, ct: time.sleep(600)).look(at(3.0)) == Missed(Why.TIME, late)


def test_a_point_of_many_entries_is_too_large_unless_its_sizes_were_ours() -> None:
    values = np.ones(MOST_ENTRIES + 1)
    assert looking().look(Point((values,), "there")) == Missed(Why.SIZE, "4,001 entries are more than 4,000")
    found = looking().look(Point((values,), "there", resized=True))
    assert isinstance(found, Taken)
    assert found.point.args[0].size < 300
    weights = np.ones(MOST_ENTRIES + 1)
    fixed = looking(lambda x: x * weights).look(Point((values,), "there", resized=True))
    assert fixed == Missed(Why.SIZE, "4,001 entries are more than 4,000")


def test_what_cannot_be_followed_there_is_no_point() -> None:
    found = looking(lambda x: np.frombuffer((x * x).tobytes())).look(at(3.0))
    assert isinstance(found, Missed)
    assert found.why is Why.UNSUPPORTED
    assert "there: forward: " in found.words


def test_a_shape_that_the_backward_refuses_is_noted_and_missed() -> None:
    def only_two(args: Any, out: Any, ct: Any) -> Any:
        return (ct * args[0] * np.array([2.0, 2.0]),)

    here = looking(vjp=only_two)
    found = here.look(at(1.0, 2.0, 3.0, resized=True))
    assert isinstance(found, Missed)
    assert found.why is Why.UNMEANT
    assert isinstance(here.look(at(1.0, 2.0, 3.0)), Taken)
