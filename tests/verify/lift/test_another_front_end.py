"""A second front end, for a toy array library, needs nothing of the first: the same tape and arrays lift a forward and
a backward, and the first tier and the pull-back judge them from their `Lifted` alone."""

from __future__ import annotations

import math
import operator
import subprocess
import sys
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from backproof.verify.gradient_oracle.formula import judge_formula
from backproof.verify.lift.arrays.dispatch import ARRAYS
from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.rounding.bounds import rounding_of_sweep
from backproof.verify.lift.rounding.higher_order import sampled_derivatives
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
from backproof.verify.lift.run import Inputs, adopted, run
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.lift.tape.tape import Tape
from backproof.verify.verdicts import Verdict

# the library: matrices as lists of rows, which know nothing of NumPy; what its functions do stands in a table of each class


def _each(function: Callable[..., float]) -> Callable[..., Any]:
    def kernel(a: Any, b: Any = None) -> Any:
        rows = b if isinstance(b, list) else [[b] * len(a[0])] * len(a)
        return [[function(x) if b is None else function(x, y) for x, y in zip(*two, strict=True)] for two in zip(a, rows, strict=True)]

    return kernel


class Matrix:
    """A matrix of floats."""

    kernels: ClassVar[dict[str, Callable[..., Any]]] = {
        "add": _each(operator.add),
        "subtract": _each(operator.sub),
        "multiply": _each(operator.mul),
        "greater": _each(operator.gt),
        "exp": _each(math.exp),
        "relu": _each(lambda x: max(x, 0.0)),
        "matmul": lambda a, b: [[sum(map(operator.mul, row, column)) for column in zip(*b, strict=True)] for row in a],
        "transpose": lambda a: [list(column) for column in zip(*a, strict=True)],
        "sum": lambda a: [[sum(map(sum, a))]],
        "entry": lambda a, key: a[key[0]][key[1]],
        "where": lambda c, a, b: [[y if x else z for x, y, z in zip(*rows, strict=True)] for rows in zip(c, a, b, strict=True)],
    }

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def call(self, name: str, *others: Any) -> Any:
        return type(self)(self.kernels[name](self.rows, *(x.rows if isinstance(x, Matrix) else x for x in others)))

    def __add__(self, other: Any) -> Matrix:
        return self.call("add", other)

    def __sub__(self, other: Any) -> Matrix:
        return self.call("subtract", other)

    def __mul__(self, other: Any) -> Matrix:
        return self.call("multiply", other)

    def __gt__(self, other: Any) -> Matrix:
        return self.call("greater", other)

    def __matmul__(self, other: Any) -> Matrix:
        return self.call("matmul", other)

    def __getitem__(self, key: tuple[int, int]) -> Any:
        return self.kernels["entry"](self.rows, key)

    @property
    def transposed(self) -> Matrix:
        return self.call("transpose")


def exp(x: Matrix) -> Matrix:
    return x.call("exp")


def relu(x: Matrix) -> Matrix:
    return x.call("relu")


def total(x: Matrix) -> Matrix:
    return x.call("sum")


def where(condition: Matrix, x: Matrix, y: Matrix) -> Matrix:
    return condition.call("where", x, y)


# the front end


class LiftedMatrix(Matrix):
    """A matrix whose rows are an array of lifted numbers."""

    kernels: ClassVar[dict[str, Callable[..., Any]]] = {
        "add": operator.add,
        "subtract": operator.sub,
        "multiply": operator.mul,
        "greater": operator.gt,
        "exp": np.exp,
        "relu": lambda a: np.maximum(a, 0.0),
        "matmul": np.matmul,
        "transpose": np.transpose,
        "sum": lambda a: np.sum(a, keepdims=True),
        "entry": operator.getitem,
        "where": np.where,
    }


def _plain(result: Any) -> Any:
    """What the code returned, without the library's class."""
    if isinstance(result, tuple):
        return tuple(map(_plain, result))
    return result.rows if isinstance(result, Matrix) else result


def _returning(code: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: _plain(code(*args))


def _taken(matrix: Matrix, inputs: Inputs, position: int) -> LiftedMatrix:
    return LiftedMatrix(inputs.take(np.array(matrix.rows, dtype=np.float64), position, np.dtype(np.float64)))


def lift(
    f: Callable[..., Any],
    args: Sequence[Any],
    *,
    bits: int = 200,
    flips: Set[int] = frozenset(),
    widen_constants: float = 0.0,
    shake: Any = None,
    at: Any = None,
) -> Lifted:
    """Run `f(*args)` on lifted matrices; other arguments stay as they are."""
    tape = Tape(bits, flips, widen_constants, ARRAYS)
    tape.shake = shake
    inputs = Inputs(tape, at=at)

    def prepared() -> tuple[Callable[..., Any], Sequence[Any]]:
        return _returning(f), [_taken(a, inputs, k) if isinstance(a, Matrix) else a for k, a in enumerate(args)]

    return run(inputs, prepared, lambda **options: lift(f, args, **options))


def lift_backward(
    vjp: Callable[..., Any],
    args: Sequence[Any],
    cotangent: Matrix,
    forward: Lifted,
    *,
    flips: Set[int] = frozenset(),
    widen_constants: float = 0.0,
) -> Lifted:
    """Run `vjp(args, out, cotangent)` on the numbers of a forward run, whose run it continues."""
    tape = forward.tape.fork(flips, widen_constants)
    inputs = Inputs(tape, forward)

    def prepared() -> tuple[Callable[..., Any], Sequence[Any]]:
        known = iter(forward.inputs)
        lifted = [LiftedMatrix(adopted(next(known), tape)) if isinstance(a, Matrix) else a for a in args]
        return _returning(vjp), (lifted, LiftedMatrix(adopted(forward.result, tape)), _taken(cotangent, inputs, len(args) + 1))

    same: dict[str, Any] = {"forward": forward}
    return run(inputs, prepared, lambda **options: lift_backward(vjp, args, cotangent, **{**same, **options}))


# the end of the front end; code of its users


def layer(w: Matrix, x: Matrix, scale: float) -> Matrix:
    """Σ exp(relu(w x) · scale), or twice that where the first entry of w is large."""
    out = total(exp(relu(w @ x) * scale))
    return out * 2.0 if w[0, 0] > 10.0 else out


def layer_backward(args: Sequence[Any], out: Matrix, ct: Matrix, slope: float = 1.0) -> tuple[Any, ...]:
    w, x, scale = args
    h = w @ x
    zero, one = h * 0.0, h * 0.0 + slope
    flowing = exp(relu(h) * scale) * scale * where(h > 0.0, one, zero) * ct[0, 0] * (2.0 if w[0, 0] > 10.0 else 1.0)
    return flowing @ x.transposed, w.transposed @ flowing, None


def wrong_backward(args: Sequence[Any], out: Matrix, ct: Matrix) -> tuple[Any, ...]:
    return layer_backward(args, out, ct, slope=1.0 + 2.0**-20)


W, X = Matrix([[1.5, -0.5], [0.25, 2.0]]), Matrix([[1.0], [0.5]])
CT = Matrix([[2.0]])
COTANGENT = np.array(CT.rows)
ARGS = (W, X, 0.75)


def middles(array: Any) -> list[float]:
    return [float(ball.mid()) for ball in np.ravel(array)]


def test_the_library_runs_on_its_own() -> None:
    assert layer(*ARGS)[0, 0] == pytest.approx(math.exp(1.25 * 0.75) + math.exp(1.25 * 0.75))
    assert layer_backward(ARGS, layer(*ARGS), CT)[0].rows[0][0] == pytest.approx(2.0 * 0.75 * math.exp(1.25 * 0.75))


def test_the_pull_back_is_certified_from_the_lifted_run_alone() -> None:
    forward = lift(layer, ARGS)
    assert forward.positions == (0, 1)
    assert [read.what for read in forward.reads] == ["maximum", "maximum", "x > 10"]
    by_w, by_x = pull_back(forward, COTANGENT)
    grown = 2.0 * 0.75 * math.exp(1.25 * 0.75)
    assert middles(by_w) == pytest.approx([grown, grown * 0.5, grown, grown * 0.5], rel=1e-15)
    assert middles(by_x) == pytest.approx([grown * 1.75, grown * 1.5], rel=1e-15)
    assert all(ball.rad() < 1e-50 for ball in by_w.flat)


def test_the_first_tier_finds_a_right_formula_right_and_a_wrong_one_wrong() -> None:
    forward = lift(layer, ARGS)
    truth = pull_back(forward, COTANGENT)
    right = lift_backward(layer_backward, ARGS, CT, forward)
    assert judge_formula(forward, right, truth, COTANGENT, "here") == ([], False)
    wrong = lift_backward(wrong_backward, ARGS, CT, forward)
    findings, _ = judge_formula(forward, wrong, truth, COTANGENT, "here")
    assert {finding.verdict for finding in findings} == {Verdict.WRONG}
    assert {(finding.argument, finding.index) for finding in findings} == {
        (0, (0, 0)),
        (0, (0, 1)),
        (0, (1, 0)),
        (0, (1, 1)),
        (1, (0, 0)),
        (1, (1, 0)),
    }
    assert "relative error 9.54e-07" in findings[0].words


def test_a_kink_is_a_tie_with_a_derivative_on_either_side() -> None:
    args = (Matrix([[1.0, -2.0]]), Matrix([[1.0], [0.5]]), 1.0)
    forward = lift(layer, args)
    assert [(read.what, read.tie) for read in forward.reads] == [("maximum", True), ("x > 10", False)]
    sides = [pull_back(run, COTANGENT)[1] for run in (forward, forward.again(flips={0}))]
    assert [middles(side) for side in sides] == [[2.0, -4.0], [0.0, 0.0]]
    backward = lift_backward(layer_backward, args, CT, forward)
    assert judge_formula(forward, backward, pull_back(forward, COTANGENT), COTANGENT, "here")[0] != []
    assert judge_formula(forward, backward, pull_back(forward.again(flips={0}), COTANGENT), COTANGENT, "here")[0] == []


def test_the_other_side_of_a_decision_is_found_along_the_gradient_of_its_margin() -> None:
    read = lift(layer, ARGS).reads[-1]
    assert middles(read.gradient()[0]) == [1.0, 0.0, 0.0, 0.0]
    assert (read.outcome, float(read.margin.mid())) == (False, -8.5)
    assert read.place.startswith("test_another_front_end.py:")


def test_bounds_of_rounding_follow_from_it_too() -> None:
    forward = lift(layer, ARGS)
    sweep = reverse_sweep(forward, COTANGENT)
    bound = rounding_of_sweep(sweep, 0, (0, 0))
    assert 0.0 < bound.lost < 1e-13
    samples = sampled_derivatives(sweep, COTANGENT)
    assert samples is not None
    exact = pull_back(forward, COTANGENT)[0][0, 0]
    assert all(abs(float((sample[0][0, 0] - exact).mid())) <= bound.lost for sample in samples)


def test_a_run_at_other_values_is_the_same_code_there() -> None:
    moved = [array * 2 for array in lift(layer, ARGS).inputs]
    values = [np.vectorize(lambda x: x.value, otypes=[object])(array) for array in moved]
    assert middles(lift(layer, ARGS).again(at=values).values[0]) == pytest.approx([2 * math.exp(5.0 * 0.75)])


def test_what_the_arrays_cannot_do_is_refused_with_the_line() -> None:
    with pytest.raises(NotLifted, match=r"float\(…\).*test_another_front_end\.py"):
        lift(lambda w: w * math.exp(w[0, 0]), (W,))


def test_the_front_end_is_short_and_imports_nothing_of_the_other() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    front = source[source.index("# the front end\n") : source.index("# the end of the front end")]
    assert 40 < len(front.splitlines()) <= 150
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('front', {__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "assert module.lift(module.layer, module.ARGS).depends\n"
        "print([name for name in sys.modules if name.startswith('backproof.verify.lift.numpy_code')])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
