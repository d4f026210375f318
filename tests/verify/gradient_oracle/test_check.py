"""`check` on both corpora of backward passes: wrong ones are flagged, or a note says what is wrong; their correct twins
and correct but nasty ones never are."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import scipy.fft

from backproof.verify import Verdict, assert_correct, check
from backproof.verify.gradient_oracle.exploration import MORE_POINTS
from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.points import Point
from backproof.verify.gradient_oracle.probes.calls import ProtocolFinding
from backproof.verify.gradient_oracle.probes.probes import PROBES
from backproof.verify.gradient_oracle.result import CheckResult

CORPUS: Any = sys.modules["cases"]  # loaded in conftest.py


FOLDERS = (CORPUS.FOLDER, CORPUS.INDEPENDENT)
ALL = [case for folder in FOLDERS for case in CORPUS.load_cases(folder=folder)]
WRONG = [case for case in ALL if case.wrong is not None]
SEEN = [case for case in WRONG if case.note is None and case.unseen is None]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def result_of(case: Any, **options: Any) -> CheckResult:
    """What `check` says of the wrong one, if there is one, without state of earlier calls."""
    folder = FOLDERS[case.make is not None]
    fresh = case.anew() if case.make else next(again for again in CORPUS.load_cases(case.category, folder) if again.name == case.name)
    return check(fresh.f, fresh.args, fresh.wrong or fresh.right, **options)


@pytest.mark.parametrize("case", SEEN, ids=lambda case: case.name)
def test_a_wrong_backward_is_flagged(case: Any) -> None:
    result = result_of(case)
    assert result.verdict in (Verdict.WRONG, Verdict.INACCURATE), result.explain()


@pytest.mark.parametrize("case", [case for folder in FOLDERS for case in CORPUS.load_cases(folder=folder)], ids=lambda case: case.name)
def test_a_right_backward_is_correct(case: Any) -> None:
    fresh = case.anew()
    result = check(fresh.f, fresh.args, fresh.right)
    assert result.ok, result.explain()


@pytest.mark.parametrize("case", [case for case in WRONG if case.note is not None], ids=lambda case: case.name)
def test_what_many_right_ones_do_as_well_is_said_in_a_note(case: Any) -> None:
    result = result_of(case)
    assert result.verdict is Verdict.CORRECT, f"{case.name} is flagged now: its note can go"
    assert any(case.note in note for note in result.notes), result.notes


@pytest.mark.parametrize("case", [case for case in WRONG if case.unseen is not None], ids=lambda case: case.name)
def test_what_is_not_seen_is_known(case: Any) -> None:
    assert result_of(case).ok, f"{case.name} is flagged now: its reason can go"


def test_few_are_not_flagged() -> None:
    assert len(WRONG) >= 470
    assert sum(case.note is not None for case in WRONG) <= 12
    assert sum(case.unseen is not None for case in WRONG) <= 4


def test_the_verdict_does_not_depend_on_the_seed() -> None:
    assert all(not result_of(case, seed=seed).ok for case in SEEN[::16] for seed in (1, 2))


def one(x: float) -> Any:
    return np.array([x])


@pytest.mark.parametrize("edge", [3.7, -11.0, 250.0])
def test_a_branch_of_the_backward_that_no_sampling_reaches_is_found_by_reading_the_code(edge: float) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x))

    def with_a_rare_branch(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        inside = (x > edge) & (x < edge + 0.001)
        return (np.where(inside, 2.0, 1.0) * ct * np.cos(x),)

    result = check(f, (np.array([0.4, -0.3, 1.1]),), with_a_rare_branch)
    assert result.verdict is Verdict.WRONG
    assert "across the decision x" in result.explain()
    assert "at test_check.py:" in result.explain()


def relu(x: Any) -> Any:
    return np.maximum(x, 0.0)


def test_any_slope_between_zero_and_one_is_right_for_relu_at_zero() -> None:
    for slope, right in ((0.0, True), (1.0, True), (0.4, True), (-0.1, False), (1.2, False)):
        result = check(relu, (one(0.0),), lambda args, out, ct, s=slope: (np.where(args[0] > 0, ct, np.where(args[0] == 0, s * ct, 0.0)),))
        assert result.ok is right, result.explain()


def test_the_explanation_names_argument_entry_both_values_and_what_was_not_reached() -> None:
    def f(x: Any, w: Any) -> Any:
        return np.where(x > 1e6, 0.0, x * w)

    result = check(
        f, (np.array([0.5, 2.0]), np.array([3.0, 4.0])), lambda args, out, ct: (ct * args[1], ct * args[0] * 1.001), name="product"
    )
    text = result.explain()
    assert text.startswith("product is WRONG: at the given arguments, the gradient of argument 1 is not the derivative")
    assert "relative error 0.001" in text
    assert "argument 1[0]" in text
    assert result.reason == result.findings[0].line()


def test_an_evidence_is_certified_only_where_the_formula_was_lifted() -> None:
    def through_floats(args: Any, out: Any, ct: Any) -> Any:
        return (np.frombuffer((2 * ct * args[0]).tobytes()).reshape(ct.shape),)

    assert check(lambda x: x * x, (one(3.0),), lambda args, out, ct: (2 * ct * args[0],)).evidence.startswith("certified on")
    opaque = check(lambda x: x * x, (one(3.0),), through_floats)
    assert opaque.ok
    assert opaque.evidence.startswith("within rounding bound on")


def test_an_opaque_forward_is_compared_with_differences_and_says_so() -> None:
    def f(x: Any) -> Any:
        return scipy.fft.idct(scipy.fft.dct(x) * 0.5)

    right = check(f, (np.array([0.3, -0.7, 1.1, 0.2]),), lambda args, out, ct: (0.5 * ct,))
    wrong = check(f, (np.array([0.3, -0.7, 1.1, 0.2]),), lambda args, out, ct: (0.501 * ct,))
    assert right.ok
    assert right.evidence.startswith("to 6 digits on")
    assert wrong.verdict is Verdict.WRONG
    assert wrong.findings[0].kind is Kind.DIFFERENCES


def test_a_reference_forward_certifies_what_the_opaque_one_cannot() -> None:
    def kernel(x: Any) -> Any:
        return np.frombuffer((x**3).tobytes())

    found = check(kernel, (one(2.0),), lambda args, out, ct: (3 * ct * args[0] ** 2,), reference=lambda x: x**3)
    assert found.evidence.startswith("certified on")


def test_a_gradient_of_a_scalar_function_may_be_given() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x) ** 2)

    x = np.array([0.3, 1.2])
    assert check(f, (x,), gradient=lambda x: np.sin(2 * x)).ok
    assert not check(f, (x,), gradient=lambda x: np.cos(2 * x)).ok


def test_the_domain_keeps_points_away() -> None:
    def f(x: Any) -> Any:
        return np.sqrt(x * x) * 1.0

    def positive_only(args: Any, out: Any, ct: Any) -> Any:
        return (ct * np.ones_like(args[0]),)

    assert not check(f, (one(2.0),), positive_only).ok
    assert check(f, (one(2.0),), positive_only, domain=lambda x: bool(np.all(x > 0))).ok


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda args, out, ct: (None,), "returns None for argument 0"),
        (lambda args, out, ct: (np.zeros(3),), "shape (3,), the argument has shape (2,)"),
        (lambda args, out, ct: (ct * np.nan,), "the entry [0] is nan"),
        (lambda args, out, ct: (ct, ct), "2 gradients returned for 1 arguments"),
        (lambda args, out, ct: (args[1],), "the backward raises IndexError: tuple index out of range"),
    ],
)
def test_a_malformed_gradient_is_named_before_anything_is_compared(returned: Callable[..., Any], words: str) -> None:
    result = check(lambda x: x.copy(), (np.array([1.0, 2.0]),), returned)
    assert result.verdict is Verdict.WRONG
    assert words in result.explain()


def test_a_forward_that_raises_at_the_given_arguments_is_the_users_error() -> None:
    def f(x: Any) -> Any:
        raise KeyError("no such weight")

    with pytest.raises(KeyError, match="no such weight"):
        check(f, (one(1.0),), lambda args, out, ct: (ct,))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "nothing to check"),
        ({"vjp": lambda *_: (), "gradient": lambda *_: ()}, "and one of them only"),
        ({"vjp": lambda *_: (), "effort": "huge"}, "effort must be one of quick, default, thorough"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(relu, (one(1.0),), **options)


def test_arguments_without_a_float_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to differentiate: none of the 1 arguments is a float"):
        check(lambda n: np.zeros(n), (3,), lambda args, out, ct: (None,))


def test_assert_correct_raises_with_the_explanation_and_passes_in_silence() -> None:
    assert_correct(relu, (one(1.5),), lambda args, out, ct: (ct * (args[0] > 0),))
    with pytest.raises(AssertionError, match=r"relative error 0\.5"):
        assert_correct(relu, (one(1.5),), lambda args, out, ct: (ct * (args[0] > 0) * 0.5,))


def test_more_effort_looks_at_more_points() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct * (args[0] > 0),)

    quick, default = (check(relu, (np.array([1.5, -2.0, 0.3]),), vjp, effort=effort) for effort in ("quick", "default"))
    assert quick.points < default.points


def test_every_probe_has_words_and_points_have_arguments() -> None:
    assert len(PROBES) >= 15
    assert all(probe.words for probe in PROBES)
    assert ProtocolFinding("x", None, "y").argument is None
    assert isinstance(Point((1.0,), "here").args, Sequence)


def test_large_arguments_are_compared_along_directions_and_that_is_said() -> None:
    rng = np.random.default_rng(0)
    args = (rng.normal(size=(120, 120)), rng.normal(size=(120, 120)) / 120)

    def backward(scale: float) -> Any:
        def vjp(args: Any, out: Any, ct: Any) -> Any:
            inner = ct * (1 - out * out)
            return inner @ args[1].T, scale * (args[0].T @ inner)

        return vjp

    def f(x: Any, w: Any) -> Any:
        return np.tanh(x @ w)

    right = check(f, args, vjp=backward(1.0))
    assert right.ok
    assert right.evidence.startswith("to 6 digits")
    assert any("compared with differences along 3 random directions" in note for note in right.notes)
    wrong = check(f, args, vjp=backward(1.001))
    assert wrong.verdict is Verdict.WRONG
    assert wrong.findings[0].argument == 1
    assert "along 3 random directions" in wrong.explain()


def test_code_that_reads_many_numbers_is_judged_at_fewer_points_and_that_is_said() -> None:
    n = 24

    def f(x: Any, w: Any) -> Any:
        return x @ w

    rng = np.random.default_rng(0)
    result = check(
        f, (rng.normal(size=(n, n)), rng.normal(size=(n, n))), vjp=lambda args, out, ct: (ct @ args[1].T, args[0].T @ ct), effort="quick"
    )
    assert result.ok
    assert any("stopped after" in note and "reads" in note for note in result.notes)


def square(x: Any) -> Any:
    return x * x


def right_square(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


def through_bytes(args: Any, out: Any, ct: Any) -> Any:
    return (np.frombuffer((2 * ct * args[0]).tobytes()).reshape(ct.shape),)


def test_certified_is_told_from_not_certified_by_program_and_in_the_first_line() -> None:
    certified, floats = check(square, (one(3.0),), right_square), check(square, (one(3.0),), through_bytes)
    opaque = check(lambda x: np.frombuffer((x * x).tobytes()), (one(3.0),), right_square, name="square")
    assert (certified.certified, certified.proved, certified.shortfall, certified.worth) == (True, certified.points, "", "")
    assert (floats.ok, floats.certified, floats.proved) == (True, False, 0)
    assert floats.shortfall == f"the formula is certified at 0 of {floats.points} points"
    assert ", not certified: the backward could not be followed at test_check.py:" in floats.explain().splitlines()[0]
    assert f"its floats were compared at {floats.points} points" in floats.explain().splitlines()[0]
    assert opaque.ok
    assert opaque.explain().startswith("square is CORRECT, not certified: the forward could not be followed at test_check.py:")
    others = f"; compared along 3 directions at 1 point, and along one at {opaque.compared} others; "
    assert others in opaque.explain().splitlines()[0]
    assert opaque.left_out >= 10


def test_a_test_may_require_that_all_is_certified() -> None:
    assert_correct(square, (one(3.0),), right_square, require="certified")
    assert_correct(square, (one(3.0),), through_bytes)
    with pytest.raises(AssertionError, match="through_bytes is not certified, as is required: the formula is certified at 0 of "):
        assert_correct(square, (one(3.0),), through_bytes, require="certified")
    weights = np.ones(4001)
    large = (np.linspace(0.0, 1.0, 4001),)
    assert_correct(lambda x: square(x) * weights, large, lambda args, out, ct: right_square(args, out, ct * weights))
    with pytest.raises(AssertionError, match="planned points were not judged: too large"):
        assert_correct(
            lambda x: square(x) * weights, large, lambda args, out, ct: right_square(args, out, ct * weights), require="certified"
        )
    with pytest.raises(AssertionError, match="is WRONG: "):
        assert_correct(square, (one(3.0),), lambda args, out, ct: (ct,), require="certified")
    with pytest.raises(ValueError, match=r"require must be 'certified' or None, found a str \(proved\)"):
        assert_correct(square, (one(3.0),), right_square, require="proved")  # type: ignore[arg-type]


def test_the_fault_is_certified_and_not_the_backward() -> None:
    wrong = check(square, (one(3.0),), lambda args, out, ct: (ct * args[0],))
    assert (wrong.evidence, wrong.certified, wrong.proved, wrong.shortfall) == ("the fault: certified on 1 point", False, 0, "it is WRONG")


MISTAKES: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "a cotangent of another shape": ({"cotangent": np.ones(3)}, ValueError, r"cotangent has shape \(3,\), and f returns shape \(2,\)"),
    "one number for a cotangent": ({"cotangent": 1.0}, ValueError, "cotangent has shape"),
    "a complex cotangent": ({"cotangent": np.ones(2) * 1j}, TypeError, "cotangent is .* dtype complex128"),
    "a cotangent of NaN": ({"cotangent": np.full(2, np.nan)}, ValueError, r"cotangent is nan at \[0\]"),
    "no float": ({"args": (np.array([1, 2]),)}, ValueError, "nothing to differentiate"),
    "complex arguments": ({"args": (np.array([1j, 2]),)}, TypeError, "complex arguments are not taken yet"),
    "a dictionary for args": ({"args": {"x": 1.0}}, TypeError, "args must be a tuple"),
    "a list of floats": ({"args": [0.5, 2.0]}, TypeError, r"f is called with the 2 arguments of args, and square\(x\) cannot be"),
    "two parameters": ({"vjp": lambda x, ct: (ct,)}, TypeError, r"<lambda>\(x, ct\) cannot be: too many positional arguments; write vjp="),
    "no function": ({"f": np.ones(2)}, TypeError, "f must be a function, found an ndarray"),
    "the result of a call": ({"vjp": np.ones(2)}, TypeError, "vjp must be a function, found an ndarray"),
    "no domain": ({"domain": (0, 1)}, TypeError, "domain must be a function, found a tuple of 2"),
    "a domain of arrays": ({"domain": lambda x: x > 0}, TypeError, "domain must return True or False, found an ndarray"),
    "outside": ({"domain": lambda x: bool(np.all(x < 0))}, ValueError, "the given arguments are outside of it"),
    "another reference": ({"reference": lambda x: x * x + 1.0}, ValueError, "they must be the same function"),
    "a reference of another shape": ({"reference": np.sum}, ValueError, r"reference returns shape \(\), and f shape \(2,\)"),
    "a set": ({"f": lambda x: {1.0, 2.0}}, TypeError, "f returns a set .*, which has no order"),
    "words and whole numbers": ({"f": lambda x: (1, "two")}, ValueError, "f returns a tuple of 2, and no float is among them"),
    "no output": ({"f": lambda x: None}, TypeError, "f returns None"),
    "a complex output": ({"f": lambda x: x * 1j}, ValueError, "complex outputs are not taken yet"),
    "an exit": ({"f": lambda x: sys.exit(0)}, ValueError, "f raises SystemExit: 0"),
    "gradient of several outputs": (
        {"vjp": None, "gradient": lambda x: 2 * x},
        ValueError,
        "gradient=… is for an f that returns one number",
    ),
    "an effort of another kind": ({"effort": ["quick"]}, ValueError, "effort must be one of quick, default, thorough, found a list of 1"),
    "a seed in words": ({"seed": "zero"}, TypeError, "seed must be a whole number"),
    "a name that is none": ({"name": 3}, TypeError, "name must be a word"),
    "no time": ({"timeout": 0}, ValueError, "timeout must be a number of seconds above 0"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_the_caller_is_never_held_against_the_backward(name: str) -> None:
    changed, error, message = MISTAKES[name]
    given: dict[str, Any] = {"f": square, "args": (np.array([0.5, 2.0]),), "vjp": right_square, **changed}
    with pytest.raises(error, match=message) as found:
        check(**given)
    assert len(str(found.value)) < 1000
    assert str(found.value).isprintable()


def test_what_does_not_end_at_a_probe_is_counted_and_leaves_the_check_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def unended(*_: Any) -> tuple[ProtocolFinding, ...]:
        return (ProtocolFinding("called twice", None, "called a second time, the code takes more than 5 s", unended=True),)

    monkeypatch.setattr("backproof.verify.gradient_oracle.check.probe", unended)
    result = check(square, (one(3.0),), right_square, effort="quick")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.left_out == 1
    assert result.reason == "time: called a second time, the code takes more than 5 s"
    assert "for time (called a second time" in result.explain()


def test_memory_that_we_use_up_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise MemoryError("no room for a tape")

    line = 'raise MemoryError("no room for a tape")'

    monkeypatch.setattr("backproof.verify.gradient_oracle.looking.judge", full)
    result = check(square, (one(3.0),), right_square)
    assert (result.verdict, result.reason) == (
        Verdict.INCONCLUSIVE,
        f"memory: no room for a tape, in test_check.py:{full.__code__.co_firstlineno + 1}: {line}",
    )
    assert result.left_out >= 1


def test_in_a_thread_where_nothing_is_stopped_the_time_is_looked_at_between_points() -> None:
    def slow(x: Any) -> Any:
        time.sleep(0.02)
        return x * x

    found: list[CheckResult] = []
    thread = threading.Thread(target=lambda: found.append(check(slow, (one(3.0),), right_square, timeout=0.3)))
    thread.start()
    thread.join(60)
    assert found[0].verdict is Verdict.INCONCLUSIVE, found[0].explain()
    assert found[0].reason == "time: it took longer than it may"
    assert found[0].left_out >= 1


def test_a_forward_that_ends_the_process_when_it_is_called_again_is_the_callers_mistake() -> None:
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return x * x if len(calls) < 2 else sys.exit(0)

    with pytest.raises(ValueError, match=r"f raises SystemExit: 0 \(test_check.py:.* when it is called again"):
        check(f, (one(3.0),), right_square)


def test_a_forward_that_raises_in_a_probe_is_not_held_against_the_backward() -> None:
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        if type(x) is np.ndarray and len(calls) > 4:
            raise RuntimeError("used up")
        return x * x

    text = check(f, (one(3.0),), right_square).explain()
    assert "the forward raises RuntimeError: used up (test_check.py:" in text


def test_an_opaque_forward_that_raises_beside_the_given_arguments_is_undecided() -> None:
    def f(x: Any) -> Any:
        if np.any(x != 3.0):
            raise ValueError("only at 3")
        return np.frombuffer((x * x).tobytes())

    result = check(f, (one(3.0),), right_square)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.evidence == "not checked"


def test_names_and_messages_of_others_stay_in_a_line() -> None:
    def backward(args: Any, out: Any, ct: Any) -> Any:
        if memoryview(args[0]).format != "d":
            raise RuntimeError("two\nlines \x1b[31m and " + "more " * 10_000)
        return right_square(args, out, ct)

    text = check(square, (one(3.0),), backward, name="my\nlayer\x1b[2J").explain()
    assert text.startswith("my layer\\x1b[2J is CORRECT, not certified: the backward could not be followed")
    assert all(line.isprintable() for line in text.splitlines())
    assert len(text) < 3000


def through_text(x: Any) -> Any:
    return np.array([float(repr(float(v))) for v in x])


@pytest.mark.parametrize("f", [lambda x: 2.0 * np.ones_like(x), lambda x: 0.0 * np.sum(x), lambda x: np.array(float(x.size))])
def test_a_constant_function_has_the_gradient_zero_and_no_other(f: Any) -> None:
    x = np.array([1.0, -2.0])
    result = check(f, (x,), lambda args, out, ct: (np.zeros_like(args[0]),), effort="quick")
    assert result.ok
    assert result.proved == result.points > 1
    assert check(f, (x,), lambda args, out, ct: (1e-12 * np.sum(ct) * np.ones_like(args[0]),), effort="quick").verdict is Verdict.WRONG


def test_what_only_cannot_be_followed_is_not_constant() -> None:
    assert not check(through_text, (np.ones(2),), lambda args, out, ct: (0 * ct,), effort="quick").ok


def test_a_backward_that_is_not_implemented_is_inconclusive_with_its_words() -> None:
    def missing(args: Any, out: Any, ct: Any) -> Any:
        raise NotImplementedError("no backward yet")

    result = check(np.sin, (np.ones(2),), missing, effort="quick")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "the backward raises NotImplementedError: no backward yet" in (result.reason or "")


def test_a_mode_that_is_not_implemented_is_left_out() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        if args[1]:
            raise NotImplementedError
        return 2 * ct, None

    result = check(lambda x, mean: x if mean else 2 * x, (np.ones(2), False), vjp, effort="quick")
    assert result.ok, result.explain()


@pytest.mark.parametrize("f", [np.sin, lambda x: np.sin(x.astype(np.float32)), lambda x: np.maximum(x, 0)])
def test_code_in_float32_for_float64_is_inaccurate_and_wrong_only_where_it_is(f: Any) -> None:
    x = np.array([0.5, -2.0, 0.0])
    slope = (lambda x: x > 0) if np.shape(f(-np.ones(1))) and f(-np.ones(1))[0] == 0 else np.cos
    result = check(f, (x,), lambda args, out, ct: ((ct * slope(args[0])).astype(np.float32),), effort="quick")
    assert result.verdict is Verdict.INACCURATE, result.explain()
    assert "digits are lost" in result.findings[0].words
    wrong = check(f, (x,), lambda args, out, ct: ((2 * ct * slope(args[0])).astype(np.float32),), effort="quick")
    assert wrong.verdict is Verdict.WRONG


@pytest.mark.parametrize("c", [np.array(2.0), 2.0, np.float64(2.0), np.array([2.0])], ids=["0-d", "float", "float64", "one entry"])
def test_seven_ties_of_one_number(c: Any) -> None:
    y = np.array([1.0] + [2.0] * 7 + [3.0])
    signs = lambda c: np.sum(np.sign(y - c)).reshape(np.shape(c))  # noqa: E731
    assert check(lambda c: np.sum(np.abs(y - c)), (c,), lambda args, out, ct: (-ct * signs(args[0]),), effort="quick").ok
    wrong = check(lambda c: np.sum(np.abs(y - c)), (c,), lambda args, out, ct: (-8 * ct * np.ones(np.shape(args[0])),), effort="quick")
    assert "in every mixture" in wrong.explain()


def test_the_first_clear_point_is_reported() -> None:
    """At a tiny argument the missing factor exp(x) is 1 + 10⁻⁹; elsewhere it is seen for what it is. What fails at a tiny
    argument alone is reported there."""
    y = np.array([0.5, -1.0, 2.0])
    result = check(
        lambda x: -0.5 * np.sum((y - np.exp(x)) ** 2), (np.array(0.0),), lambda args, out, ct: (ct * np.sum(y - np.exp(args[0])),)
    )
    assert result.findings[0].point == "generic values"
    tiny = lambda args, out, ct: (ct * (1 + 1e-6 * ((args[0] != 0) & (abs(args[0]) < 1e-6))),)  # noqa: E731
    result = check(lambda x: 1.0 * x, (np.array([0.5]),), tiny)
    assert "1e-06" in result.findings[0].point
    assert result.points <= 2 + MORE_POINTS


def test_an_argument_without_source_is_named_in_the_lines_to_paste() -> None:
    result = check(lambda x, g: np.sin(x), (np.ones(2), object()), lambda args, out, ct: (ct, None))
    assert "arg1 = ...  # supply: an object, as the check was given" in result.reproduction
    assert "args = (np.array([1.0, 1.0]), arg1)" in result.reproduction


def test_to_import_it_imports_nothing_of_scipy() -> None:
    program = (
        "import sys; import backproof.verify.gradient_oracle.check, backproof.verify.commands.verify; "
        "sys.exit(str([name for name in sys.modules if name.startswith('scipy.')][:5]) if 'scipy' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
