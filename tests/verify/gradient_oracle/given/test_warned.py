"""A check is quiet about arguments that it chose itself, and works where every warning is an exception."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.given.warned import without_warnings
from backproof.verify.verdicts import Verdict

GIVEN = (np.array([[0.5, -1.5], [2.0, 1.0]]),)


def centred(x: Any) -> Any:
    return x - x.mean(axis=0)


def right(args: Any, out: Any, ct: Any) -> Any:
    return (ct - ct.mean(axis=0),)


def wrong(args: Any, out: Any, ct: Any) -> Any:
    return (ct - ct.mean(axis=1, keepdims=True),)


def test_numpy_warns_of_an_empty_batch_where_nothing_is_quiet() -> None:
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="empty slice"):
        centred(np.zeros((0, 2)))


@pytest.mark.parametrize(("backward", "verdict"), [(right, Verdict.CORRECT), (wrong, Verdict.WRONG)])
def test_a_check_shows_no_warning_of_its_own_arguments_and_raises_none(backward: Any, verdict: Verdict) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert check(centred, GIVEN, backward).verdict is verdict
    assert said == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check(centred, GIVEN, backward).verdict is verdict


def test_the_filters_and_the_state_of_floating_point_are_as_they_were() -> None:
    before, state = list(warnings.filters), np.geterr()
    with np.errstate(over="raise"), without_warnings(), pytest.raises(FloatingPointError):
        _ = np.float64(1e300) * np.float64(1e300)
    assert (list(warnings.filters), np.geterr()) == (before, state)


def test_another_thread_leaves_the_filters_of_the_process_alone() -> None:
    inside: list[bool] = []
    before = list(warnings.filters)

    def there() -> None:
        with without_warnings():
            inside.append(list(warnings.filters) == before)
            inside.append(bool(np.isinf(np.float64(1e300) * np.float64(1e300))))

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()
    assert inside == [True, True]
