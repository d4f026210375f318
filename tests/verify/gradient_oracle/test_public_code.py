"""Public code, and public reports of wrong gradients: what `check` says of each, on one seed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.result import CheckResult
from backproof.verify.verdicts import Verdict

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "public"


def loaded() -> Any:
    """The loader of these cases, as the module `public`."""
    if "public" not in sys.modules:
        spec = importlib.util.spec_from_file_location("public", FOLDER / "public.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules["public"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["public"])
    return sys.modules["public"]


PUBLIC = loaded()
REPORTED = PUBLIC.load_reported()
WILD = PUBLIC.load_wild()
COMPLEX = {"complex_exponential_without_conjugate"}
"""Complex arguments are not taken yet."""
MOST_SEEDS = 3  # chosen: more have been run; these are for every day
NOTED = {"sigmoid_gradient_from_its_output": "saturated"}
"""What is passed with a word: the whole derivative is below one rounding of the largest there."""

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")


def checked(name: str, which: str, seed: int = 0, exposed: bool = False) -> CheckResult:
    case = PUBLIC.load_reported(name)[0]
    args = case.exposes if exposed else case.args
    with np.errstate(all="ignore"):
        return check(case.f, args, getattr(case, which), seed=seed, name=name)


@pytest.mark.parametrize("name", [case.name for case in REPORTED if case.name not in COMPLEX])
def test_the_right_one_of_a_report_is_correct(name: str) -> None:
    result = checked(name, "right")
    assert result.ok, result.explain()


@pytest.mark.parametrize("name", [case.name for case in REPORTED if case.buggy and case.name not in COMPLEX])
def test_the_wrong_one_of_a_report_is_flagged_at_ordinary_arguments(name: str) -> None:
    result = checked(name, "buggy")
    if name in NOTED:
        shown = checked(name, "buggy", exposed=True)
        assert result.ok
        assert any(NOTED[name] in note for note in shown.notes), shown.explain()
    else:
        assert result.verdict in (Verdict.WRONG, Verdict.INACCURATE), result.explain()


@pytest.mark.parametrize("name", sorted(COMPLEX & {case.name for case in REPORTED}))
def test_complex_arguments_are_not_taken_yet_and_that_is_said(name: str) -> None:
    with pytest.raises(TypeError, match="complex arguments are not taken yet"):
        checked(name, "right")


@pytest.mark.parametrize("case", WILD, ids=[case.name for case in WILD])
def test_public_code_is_judged_as_wanted(case: Any) -> None:
    for seed in range(min(case.seeds, MOST_SEEDS)):
        args = case.args
        if case.kind.startswith("D"):
            args = tuple(np.random.default_rng(1000 * seed + k).normal(size=np.shape(a)) for k, a in enumerate(case.args))
        with np.errstate(all="ignore"):
            result = check(case.f, args, case.vjp, seed=seed, **case.options)
        said = result.explain()
        if case.expect == "certified":
            assert result.ok, said
            assert "certified" in result.evidence, said
            assert result.points > 1, said
        elif case.expect in ("correct", "not-wrong"):
            assert result.ok, said
        elif case.expect.startswith("names:"):
            assert result.verdict is Verdict.WRONG, said
            assert case.expect.removeprefix("names:") in said
        else:
            assert case.expect in ("wrong", "wrong-or-note")
            assert not result.ok or (case.expect == "wrong-or-note" and any("captured" in note for note in result.notes)), said
