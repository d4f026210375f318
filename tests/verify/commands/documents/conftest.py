"""Results files as commands write them: a run of named cases that holds, one with a wrong engine, and checks of code."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64
from backproof.reports import save_results
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.gradient_oracle.check import check
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.check_record import check_record
from backproof.verify.results.document import gradient_checks_document, results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness

Record = dict[str, Any]


@functools.cache
def run_of(wrong: str | None) -> Record:
    """The document of a run over two cases of the lecture, the first with a wrong engine."""
    routes = (None if wrong is None else by_name(wrong).routes, None)
    results = [check_case(case, route, witness=Witness.NONE) for case, route in zip(lecture_cases()[:2], routes, strict=True)]
    records = [case_record(result, with_detail=True, dtypes=(FLOAT64.name,)) for result in results]
    settings = Settings("backproof verify --cases 0 --seed 0", 0, 0, LISTED_PATHS, DIGITS, dtypes=(FLOAT64.name,))
    return results_document(settings, tally_of(records), (), False)


@functools.cache
def checks_of(factors: tuple[float, ...]) -> Record:
    """The document of checks of x² whose backward pass is right, but for a factor."""
    x = (np.array([0.5, -2.0]),)
    checks = [check(lambda x: x * x, x, lambda args, out, ct, k=k: (2 * k * ct * args[0],), effort="quick", name=f"square {place}")
              for place, k in enumerate(factors)]  # fmt: skip
    return gradient_checks_document("pytest", [check_record(found) for found in checks])


@pytest.fixture
def run() -> Record:
    """A run that holds."""
    return copy.deepcopy(run_of(None))


@pytest.fixture
def wrong_run() -> Record:
    """The same with one planted fault, on the first case."""
    return copy.deepcopy(run_of("last consumer only"))


@pytest.fixture
def checks() -> Record:
    """A right check and a wrong one."""
    return copy.deepcopy(checks_of((1.0, 3.0)))


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Record], Path]:
    """Saves a document in the current folder, which is empty before."""
    monkeypatch.chdir(tmp_path)

    def save(name: str, document: Record) -> Path:
        save_results(document, name)
        return Path(name)

    return save
