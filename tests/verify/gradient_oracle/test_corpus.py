"""The corpus itself is sound: right ones agree with differences, wrong ones differ where they say they do, and for the
reason they give."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mpmath
import numpy as np
import pytest

CORPUS: Any = sys.modules["cases"]  # loaded in conftest.py
WEIGHTS = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))


pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
ALL = CORPUS.load_cases()
INDEPENDENT = CORPUS.load_cases(folder=CORPUS.INDEPENDENT)
WRONG = [case for case in ALL if case.wrong is not None]
NASTY = [case for case in ALL if case.wrong is None]
CATEGORIES = {
    "fan_out", "signs", "transposes", "linear_algebra", "broadcasting", "axes", "missing_factors", "missing_terms", "detached", "small_errors", "down_casts",
    "below_any_atol", "one_entry", "rare_regions", "large_inputs", "near_zero", "powers", "indexing", "scans", "sorts", "graph_order", "stale_state",
    "mutation", "layouts", "shapes", "cotangents", "layers", "losses",
    "exact_kinks", "near_kinks", "ties", "scales", "oscillation", "cancellation", "overflow_edges", "ill_conditioned", "float32_only", "fan_in", "constants",
    "arguments", "special_values", "ranges", "index_patterns", "decisions", "call_conventions", "transforms",
}  # fmt: skip


def copies(args: Any) -> Any:
    return tuple(np.array(a) for a in args)


def cotangent_of(f: Callable[..., Any], args: Any, seed: int = 0) -> Any:
    out = np.asarray(f(*copies(args)))
    return np.random.default_rng(seed).normal(size=out.shape).astype(out.dtype)


def gradients(f: Callable[..., Any], vjp: Any, args: Any, cotangent: Any) -> Any:
    """What the backward pass gives after its own forward pass; a pass that raises gives its exception."""
    args = copies(args)
    with np.errstate(all="ignore"):
        try:
            return vjp(args, f(*args), np.array(cotangent))
        except (ArithmeticError, ValueError, TypeError, IndexError, AttributeError, np.linalg.LinAlgError) as error:
            return (error,)


def difference(found: Any, expected: Any) -> float:
    """The largest difference over the largest entry, argument by argument; infinite where count, type, shape, dtype or
    finiteness differ."""
    if len(found) != len(expected) or any(isinstance(g, Exception) for g in found):
        return np.inf
    worst = 0.0
    for g, e in zip(found, expected, strict=True):
        if e is None or g is None:
            worst = max(worst, 0.0 if g is e else np.inf)
        elif np.shape(g) != np.shape(e) or np.asarray(g).dtype != np.asarray(e).dtype or not np.all(np.isfinite(g)):
            return np.inf
        elif np.size(e):
            entry = np.abs(np.asarray(g, dtype=np.float64) - np.asarray(e, dtype=np.float64))
            scale = np.max(np.abs(np.asarray(e, dtype=np.float64)))
            worst = max(worst, float(entry.max() / scale) if entry.max() else 0.0) if scale else max(worst, np.inf if entry.max() else 0.0)
    return worst


def steps(size: float) -> list[float]:
    return [max(size, 1e-12) * 2.0**-k for k in range(2, 30, 2)]


def slope(f: Callable[[float], float], size: float) -> float:
    """The derivative of f at 0: six-point differences at falling steps, and of these the one that agrees best with its
    neighbours."""
    found = [sum(w * (f(k * h) - f(-k * h)) for k, w in WEIGHTS) / h for h in steps(size)]
    changes = [abs(found[i] - found[i - 1]) + abs(found[i + 1] - found[i]) for i in range(1, len(found) - 1)]
    return found[1 + int(np.argmin(changes))]


def differences(case: Any, args: Any, cotangent: Any) -> list[Any]:
    """The gradient of sum(cotangent * f) by differences, in float64; None for arguments of integers."""
    base = [np.array(a, dtype=np.float64) if np.issubdtype(np.asarray(a).dtype, np.floating) else np.array(a) for a in args]

    def moved(argument: int, index: Any, step: float) -> float:
        shifted = [a.copy() for a in base]
        shifted[argument][index] += step
        return float(np.sum(np.asarray(cotangent, dtype=np.float64) * np.asarray(case.f(*shifted), dtype=np.float64)))

    found: list[Any] = []
    for i, a in enumerate(base):
        if not np.issubdtype(a.dtype, np.floating):
            found.append(None)
            continue
        grad = np.zeros(a.shape)
        for index in np.ndindex(a.shape):
            grad[index] = slope(lambda step, i=i, index=index: moved(i, index, step), abs(float(a[index])) or 1.0)
        found.append(grad)
    return found


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_right_agrees_with_differences(case: Any) -> None:
    args = case.smooth or case.args
    cotangent = cotangent_of(case.f, args)
    with np.errstate(all="ignore"):
        expected = differences(case, args, cotangent)
    found = gradients(case.f, case.right, args, cotangent)
    assert len(found) == len(args)
    for g, e, a in zip(found, expected, args, strict=True):
        if e is None:
            assert g is None
        else:
            assert g.shape == a.shape
            assert g.dtype == a.dtype
            np.testing.assert_allclose(g, e, rtol=0, atol=case.accuracy * (np.max(np.abs(e)) if e.size else 0) + 1e-300)


WITHOUT_DIFFERENCES: dict[str, Callable[[Any], Any] | None] = {
    "sinc by the quotient rule": lambda x: mpmath.sinc(mpmath.pi * x),
    "log1p minus x": lambda x: mpmath.log(1 + x) - x,
    "a window of one hundredth": lambda x: x + 50 * (x - 2) * (mpmath.mpf(2.01) - x) if 2 < x < mpmath.mpf(2.01) else x,
    "interpolation half way": None,
    "profile between floor and ceil": None,
    "both slopes on the bound": None,
    "velocity from energy and mass": None,
    "maximum with a tie counted twice": None,
}
EXPOSED = [case for case in WRONG if case.exposes is not None]


@pytest.mark.parametrize("case", [case for case in EXPOSED if case.name not in WITHOUT_DIFFERENCES], ids=lambda case: case.name)
def test_right_agrees_with_differences_where_the_wrong_one_is_exposed(case: Any) -> None:
    cotangent = cotangent_of(case.f, case.exposes)
    with np.errstate(all="ignore"):
        expected = [
            e if e is None else e.astype(a.dtype) for e, a in zip(differences(case, case.exposes, cotangent), case.exposes, strict=True)
        ]
    assert difference(gradients(case.f, case.right, case.exposes, cotangent), expected) < case.accuracy


@pytest.mark.parametrize("name", [name for name, function in WITHOUT_DIFFERENCES.items() if function is not None])
def test_right_agrees_with_many_digits_where_differences_fail(name: str) -> None:
    case = next(case for case in EXPOSED if case.name == name)
    cotangent = cotangent_of(case.f, case.exposes)
    (found,) = gradients(case.f, case.right, case.exposes, cotangent)
    with mpmath.workdps(120):
        slopes = [mpmath.diff(WITHOUT_DIFFERENCES[name], mpmath.mpf(float(x)), h=mpmath.mpf(10) ** -40) for x in case.exposes[0]]
    np.testing.assert_allclose(found, cotangent * np.array([float(s) for s in slopes]), rtol=1e-12)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_right_gives_finite_gradients_of_the_right_shape_and_type_wherever_the_case_is_shown(case: Any) -> None:
    for args in (case.args, case.exposes or case.args):
        for g, a in zip(gradients(case.f, case.right, args, cotangent_of(case.f, args)), args, strict=True):
            assert g is None or (g.shape == a.shape and g.dtype == a.dtype and bool(np.all(np.isfinite(g))))


def largest_difference(case: Any, args: Any, cotangent: Any) -> float:
    return difference(gradients(case.f, case.wrong, args, cotangent), gradients(case.f, case.right, args, cotangent))


@pytest.mark.parametrize("case", [case for case in WRONG if case.needs != "protocol"], ids=lambda case: case.name)
def test_wrong_differs_where_it_says(case: Any) -> None:
    args = case.exposes or case.args
    shown = max(largest_difference(case, args, cotangent_of(case.f, args, seed)) for seed in range(3))
    assert shown > (1e-10 if case.needs == "tolerance" else 1e-3)


@pytest.mark.parametrize("case", [case for case in WRONG if case.needs == "point"], ids=lambda case: case.name)
def test_a_wrong_one_that_needs_another_point_agrees_at_the_natural_one(case: Any) -> None:
    room = case.accuracy if any(a.dtype == np.float32 for a in case.args) else 1e-12
    assert all(largest_difference(case, case.args, cotangent_of(case.f, case.args, seed)) < room for seed in range(3))


@pytest.mark.parametrize("case", [case for case in WRONG if case.needs == "tolerance"], ids=lambda case: case.name)
def test_a_wrong_one_that_needs_a_tight_tolerance_passes_a_usual_one(case: Any) -> None:
    cotangent = cotangent_of(case.f, case.exposes or case.args)
    found = gradients(case.f, case.wrong, case.exposes or case.args, cotangent)
    expected = gradients(case.f, case.right, case.exposes or case.args, cotangent)
    for g, e in zip(found, expected, strict=True):
        assert g is e or np.allclose(g, e, rtol=1.1e-3, atol=1e-5)


@pytest.mark.parametrize("case", [case for case in WRONG if case.needs == "cotangent"], ids=lambda case: case.name)
def test_a_wrong_one_that_needs_a_cotangent_agrees_for_the_sum(case: Any) -> None:
    assert largest_difference(case, case.args, np.ones_like(cotangent_of(case.f, case.args))) < 1e-12


@pytest.mark.parametrize("case", [case for case in WRONG if case.needs == "shape"], ids=lambda case: case.name)
def test_a_wrong_one_that_needs_a_look_at_shapes_agrees_once_broadcast(case: Any) -> None:
    cotangent = cotangent_of(case.f, case.args)
    found = gradients(case.f, case.wrong, case.args, cotangent)
    expected = gradients(case.f, case.right, case.args, cotangent)
    assert difference(found, expected) == np.inf
    for g, e, a in zip(found, expected, case.args, strict=False):
        if g is not None and e is not None:
            assert np.broadcast_shapes(np.shape(g), np.shape(a)) is not None


def probe_twice(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    out = case.f(*args)
    first = copies(vjp(args, out, cotangent))
    return difference(vjp(args, out, cotangent), first) < 1e-12


def probe_other_forward(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    out = case.f(*args)
    case.f(*(a * 2 if np.issubdtype(a.dtype, np.floating) else a for a in args))
    return difference(vjp(args, out, cotangent), expected) < 1e-12


def probe_layout(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), np.array(cotangent)))
    wide = np.zeros((*cotangent.shape[:-1], 2 * cotangent.shape[-1]), cotangent.dtype)
    wide[..., ::2] = cotangent
    layouts = [wide[..., ::2], np.array(cotangent.T, order="C").T]
    return all(difference(vjp(args, case.f(*args), layout), expected) < 1e-12 for layout in layouts)


def probe_read_only(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    cotangent.flags.writeable = False
    vjp(args, case.f(*args), cotangent)
    return True


def probe_bytes(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    out = np.asarray(case.f(*args))
    before = [a.tobytes() for a in (*args, out, cotangent)]
    vjp(args, out, cotangent)
    return before == [a.tobytes() for a in (*args, out, cotangent)]


def probe_own_buffer(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    first = vjp(args, case.f(*args), cotangent)
    kept = copies(first)
    vjp(args, case.f(*args), 3 * cotangent)
    return difference(first, kept) == 0


def probe_repeated_forward(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    vjp(args, case.f(*args), cotangent)
    return bool(np.array_equal(case.f(*args), case.f(*args)))


def probe_turned_forward(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    out = case.f(*args)
    case.f(*(a.reshape(-1)[::-1].reshape(a.shape).copy() for a in args))
    return difference(vjp(args, out, cotangent), expected) < 1e-12


def probe_other_step(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    out = case.f(*args)
    others = tuple(a * 2 if np.issubdtype(a.dtype, np.floating) else a for a in args)
    vjp(others, case.f(*others), cotangent)
    return difference(vjp(args, out, cotangent), expected) < 1e-12


def probe_read_only_arguments(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    out = case.f(*args)
    for a in args:
        a.flags.writeable = False
    vjp(args, out, cotangent)
    return True


def probe_column_order(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    return difference(vjp(tuple(np.asfortranarray(a) if a.ndim else a for a in args), case.f(*args), cotangent), expected) < 1e-12


def probe_reversed(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), np.array(cotangent)))
    return difference(vjp(args, case.f(*args), cotangent[..., ::-1].copy()[..., ::-1]), expected) < 1e-12


def probe_expanded(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), np.full_like(cotangent, 0.75)))
    return difference(vjp(args, case.f(*args), np.broadcast_to(cotangent.dtype.type(0.75), cotangent.shape)), expected) < 1e-12


def probe_scaled(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    found = vjp(args, case.f(*args), 8 * cotangent)
    return difference(tuple(None if g is None else g / 8 for g in found), expected) < 1e-12


def probe_zeros(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    return all(g is None or not np.any(g) for g in vjp(args, case.f(*args), np.zeros_like(cotangent)))


def probe_many_forwards(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    out = case.f(*args)
    for k in range(2, 10):
        case.f(*(a * k if np.issubdtype(a.dtype, np.floating) else a for a in args))
    return difference(vjp(args, out, cotangent), expected) < 1e-12


def probe_other_order(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    """A step, and one of a batch with the same entries in another order, which is compared with the right one."""
    vjp(args, case.f(*args), cotangent)
    others = tuple(a.reshape(-1)[::-1].reshape(a.shape).copy() for a in args)
    out = case.f(*others)
    return difference(vjp(others, out, cotangent), case.right(others, out, cotangent)) < 1e-12


def probe_many_calls(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    out = case.f(*args)
    expected = copies(vjp(args, out, cotangent))
    return all(difference(vjp(args, out, cotangent), expected) < 1e-12 for _ in range(1000))


def probe_threads(case: Any, vjp: Any, args: Any, cotangent: Any) -> bool:
    expected = copies(vjp(args, case.f(*args), cotangent))
    with ThreadPoolExecutor(1) as other:
        return difference(other.submit(vjp, args, case.f(*args), cotangent).result(), expected) < 1e-12


PROBES: dict[str, Callable[..., bool]] = {
    "twice": probe_twice,
    "other forward": probe_other_forward,
    "layout": probe_layout,
    "read-only": probe_read_only,
    "bytes": probe_bytes,
    "own buffer": probe_own_buffer,
    "repeated forward": probe_repeated_forward,
    "turned forward": probe_turned_forward,
    "other step": probe_other_step,
    "read-only arguments": probe_read_only_arguments,
    "column order": probe_column_order,
    "reversed": probe_reversed,
    "expanded": probe_expanded,
    "scaled": probe_scaled,
    "zeros": probe_zeros,
    "many forwards": probe_many_forwards,
    "other order": probe_other_order,
    "many calls": probe_many_calls,
    "threads": probe_threads,
}


def passes(case: Any, vjp: Any, probe: str) -> bool:
    args = copies(case.exposes or case.args)
    try:
        return PROBES[probe](case, vjp, args, cotangent_of(case.f, args))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError):
        return False


@pytest.mark.parametrize("case", [case for case in WRONG if case.needs == "protocol"], ids=lambda case: case.name)
def test_a_protocol_bug_agrees_in_one_plain_call_and_is_shown_by_its_probe(case: Any) -> None:
    fresh = next(again for again in CORPUS.load_cases(case.category) if again.name == case.name)
    assert largest_difference(fresh, fresh.args, cotangent_of(fresh.f, fresh.args)) < 1e-12
    assert not passes(fresh, fresh.wrong, fresh.probe)


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("case", [case for case in ALL if case.needs == "protocol"], ids=lambda case: case.name)
def test_the_right_one_passes_every_probe(case: Any, probe: str) -> None:
    assert passes(case, case.right, probe)


def test_there_are_enough_cases_with_names_of_their_own() -> None:
    assert len(WRONG) >= 100
    assert len(NASTY) >= 40
    assert len(INDEPENDENT) >= 340
    assert len({case.name for case in (*ALL, *INDEPENDENT)}) == len(ALL) + len(INDEPENDENT)


def test_every_category_is_there() -> None:
    assert {case.category for case in ALL} == CATEGORIES


def test_every_mechanism_and_every_probe_has_a_case() -> None:
    assert {case.needs for case in WRONG} == {None, "point", "protocol", "tolerance", "cotangent", "shape"}
    assert {case.probe for case in WRONG if case.needs == "protocol"} == set(PROBES)


@pytest.mark.parametrize("case", [*ALL, *INDEPENDENT], ids=lambda case: case.name)
def test_every_case_says_in_a_sentence_what_is_wrong_or_nasty(case: Any) -> None:
    assert case.bug.endswith(".")
    assert len(case.bug.split()) > (1 if case.make else 6)


def test_a_wrong_backward_pass_does_not_agree_with_differences() -> None:
    case = next(case for case in WRONG if case.name == "swish with a constant gate")
    cotangent = cotangent_of(case.f, case.args)
    assert difference(gradients(case.f, case.wrong, case.args, cotangent), differences(case, case.args, cotangent)) > 1e-2


AT_KINKS = {
    "float16 sigmoid", "floor", "interp at knots", "knots", "max ties last", "max ties mean", "near kink 1e 9", "one minus cos small", "relu one at zero",
    "relu slope one at zero", "sort ties", "sqrt scales", "ball projection where",
}  # fmt: skip


@pytest.mark.parametrize("case", [case for case in INDEPENDENT if case.name not in AT_KINKS], ids=lambda case: case.name)
def test_an_independent_right_one_agrees_with_differences(case: Any) -> None:
    cotangent = cotangent_of(case.f, case.args)
    with np.errstate(all="ignore"):
        expected = differences(case, case.args, cotangent)
    found = case.right(copies(case.args), case.f(*copies(case.args)), np.array(cotangent))
    assert len(found) == len(case.args)
    for g, e in zip(found, expected, strict=True):
        if e is None:
            assert g is None
        else:
            assert np.shape(g) == np.shape(e)
            size = np.max(np.abs(e), initial=0.0)
            np.testing.assert_allclose(np.asarray(g, dtype=float), e, rtol=0, atol=case.accuracy * size + 1e-300)


@pytest.mark.parametrize(
    "case", [case for case in INDEPENDENT if case.wrong is not None and case.needs != "protocol"], ids=lambda case: case.name
)
def test_an_independent_wrong_one_differs_where_it_says(case: Any) -> None:
    args = case.exposes or case.args
    assert max(largest_difference(case.anew(), args, cotangent_of(case.f, args, seed)) for seed in range(3)) > 1e-11
