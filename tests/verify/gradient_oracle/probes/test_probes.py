"""Every probe finds the defect planted for it, and correct backward passes of many kinds are never flagged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.probes import probes as probing
from backproof.verify.gradient_oracle.probes.calls import Call, Probe, ProtocolFinding, first_difference
from backproof.verify.gradient_oracle.probes.probes import PROBES, probe, shuffled

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
CT = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])


def square(x: Any) -> Any:
    return x * x


def right(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


def names(f: Callable[..., Any], vjp: Callable[..., Any], args: Any = (X,)) -> set[str]:
    return {found.probe for found in probe(f, args, vjp, CT)}


def remembering() -> Any:
    last: dict[str, Any] = {}

    def f(x: Any) -> Any:
        last["x"] = x
        return x * x

    return f, lambda args, out, ct: (2 * ct * last["x"],)


def own_buffer() -> Any:
    buffer = np.empty_like(X)

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        np.multiply(2 * ct, args[0], out=buffer)
        return (buffer,)

    return square, vjp


def noisy() -> Any:
    rng = np.random.default_rng(0)
    return (lambda x: x * x + 1e-9 * rng.normal(size=x.shape)), right


def spoiling_output(args: Any, out: Any, ct: Any) -> Any:
    out *= 0.0
    return (2 * ct * args[0],)


def spoiling_cotangent(args: Any, out: Any, ct: Any) -> Any:
    answer = 2 * ct * args[0]
    ct[0, 0] = 7.0
    return (answer,)


def spoiling_argument(args: Any, out: Any, ct: Any) -> Any:
    answer = 2 * ct * args[0]
    args[0][0, 0] = 7.0
    return (answer,)


def flat_memory(args: Any, out: Any, ct: Any) -> Any:
    flat = np.lib.stride_tricks.as_strided(ct, shape=(ct.size,), strides=(ct.itemsize,))
    return (2 * flat.reshape(ct.shape) * args[0],)


def forgetting_cotangent(args: Any, out: Any, ct: Any) -> Any:
    return (2 * CT * args[0],)


DEFECTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "deterministic forward": noisy(),
    "interleaved calls": remembering(),
    "many forwards in between": remembering(),
    "own buffer": own_buffer(),
    "arguments unchanged": (square, spoiling_argument),
    "output unchanged": (square, spoiling_output),
    "cotangent unchanged": (square, spoiling_cotangent),
    "strided cotangent": (square, flat_memory),
    "twice the cotangent": (square, forgetting_cotangent),
    "zero cotangent": (square, forgetting_cotangent),
    "read-only cotangent": (square, spoiling_cotangent),
    "read-only arguments": (square, spoiling_argument),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found_by_its_probe(name: str) -> None:
    assert name in names(*DEFECTS[name])


RIGHT: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "square": (square, right),
    "identity returns its cotangent": (lambda x: x.copy(), lambda args, out, ct: (ct,)),
    "view of the cotangent": (lambda x: x.copy(), lambda args, out, ct: (ct[...],)),
    "transpose": (lambda x: x.T.T * 1.0, lambda args, out, ct: (ct.T.T,)),
    "exp from its output": (np.exp, lambda args, out, ct: (ct * out,)),
    "softmax": (
        lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
        lambda args, out, ct: (out * (ct - (ct * out).sum(axis=1, keepdims=True)),),
    ),
    "constant": (lambda x: 0 * x + 1.0, lambda args, out, ct: (np.zeros_like(ct),)),
    "cumulative sum": (lambda x: np.cumsum(x, axis=1), lambda args, out, ct: (np.cumsum(ct[:, ::-1], axis=1)[:, ::-1],)),
    "relu": (lambda x: np.maximum(x, 0), lambda args, out, ct: (ct * (args[0] > 0),)),
    "list instead of a tuple": (square, lambda args, out, ct: [2 * ct * args[0]]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_backward_has_no_finding(name: str) -> None:
    f, vjp = RIGHT[name]
    assert probe(f, (X,), vjp, CT) == ()


def test_a_backward_of_two_arguments_is_probed_in_both() -> None:
    def f(x: Any, w: Any) -> Any:
        return x @ w

    w = np.arange(12.0).reshape(3, 4) / 7
    ct = np.ones((2, 4))
    assert probe(f, (X, w), lambda args, out, ct: (ct @ args[1].T, args[0].T @ ct), ct) == ()


def test_findings_are_sentences_that_name_the_entry() -> None:
    (found,) = [found for found in probe(square, (X,), spoiling_cotangent, CT) if found.probe == "cotangent unchanged"]
    assert found.sentence == "the backward changes its cotangent in place: entry [0, 0] was 1.0 and is 7.0 afterwards"


def test_every_probe_has_words_for_an_exception() -> None:
    assert len({row.name for row in PROBES}) == len(PROBES) == 19
    assert all(row.words for row in PROBES)


def test_a_probe_that_is_added_to_the_table_is_run_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def backwards(call: Call, probe: Probe) -> list[ProtocolFinding]:
        if call.args[0].flat[0] < 0:
            raise OverflowError("too far back")
        return [ProtocolFinding(probe.name, 0, f"{probe.words}, it does not move")]

    monkeypatch.setattr(probing, "PROBES", (*PROBES, Probe("backwards", "when run backwards", backwards)))
    (found,) = probe(square, (X,), right, CT)
    assert (found.probe, found.argument, found.sentence) == ("backwards", 0, "when run backwards, it does not move")
    result = check(square, (-X,), right)
    assert result.verdict == "WRONG"
    assert result.findings[0].kind == "protocol"
    assert (
        "at the given arguments, when run backwards, the backward raises OverflowError: too far back (test_probes.py:" in result.explain()
    )


def test_a_derivative_remembered_by_the_identity_of_the_argument_is_found_by_changing_it_in_place() -> None:
    memo: dict[int, Any] = {}

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        held, slope = memo.setdefault(id(x), (x, 2 * x))
        return (ct * slope + 0 * held,)

    found = probe(lambda x: x * x, (np.array([1.0, 2.0]),), vjp, np.array([1.0, -1.0]))
    assert [finding.probe for finding in found] == ["same memory"]


@pytest.mark.parametrize("key", [lambda x: float(x.sum()), lambda x: (x[0], x[-1]), lambda x: x.shape])
def test_a_cache_that_takes_other_arguments_for_the_same_is_found(key: Any) -> None:
    cache: dict[Any, Any] = {}

    def f(x: Any) -> Any:
        cache[key(x)] = 2 * x
        return x * x

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct * cache[key(args[0])],)

    found = probe(f, (np.array([1.0, 2.0, 4.0]),), vjp, np.array([1.0, -1.0, 0.5]))
    assert "interleaved calls" in [finding.probe for finding in found]


def test_the_same_infinity_twice_is_no_difference() -> None:
    """That an entry is not finite is said elsewhere; a finite entry beside it that changes is still seen."""
    calls = [0]

    def drifting(args: Any, out: Any, ct: Any) -> Any:
        calls[0] += 1
        return (np.where(X > 1, np.inf, 1.0 + calls[0]),)

    assert "interleaved calls" not in names(square, lambda args, out, ct: (np.where(X > 1, np.inf, 1.0),))
    assert "interleaved calls" in names(square, drifting)


def test_other_arguments_have_the_same_shape_and_dtype_and_other_entries() -> None:
    assert shuffled(np.array([[1.0, 2.0]], dtype=np.float32)).tolist() == [[2.5, 1.25]]
    assert shuffled(np.array([1, 2])).tolist() == [1, 2]
    assert shuffled("mode") == "mode"
    assert shuffled(np.ones(1, dtype=ml_dtypes.bfloat16)).dtype == ml_dtypes.bfloat16


def test_the_first_difference_passes_over_what_is_nan_in_both() -> None:
    assert first_difference(np.array([[np.nan, 1.0]]), np.array([[np.nan, 2.0]])) == (0, 1)
    assert first_difference(np.array([-0.0]), np.array([0.0])) == (0,)
