"""Values of every layer are drawn and shown by one module above them, which is loaded when it is asked for and not before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from backproof.engine.presenter import PRESENTER, presenter


def test_the_presenter_is_the_module_that_is_named() -> None:
    assert presenter().__name__ == PRESENTER


def test_nothing_of_it_is_loaded_before_it_is_asked() -> None:
    program = f"import sys, backproof.engine, backproof.verify.gradient_oracle.result; print({PRESENTER!r} in sys.modules, 'jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_what_is_none_of_ours_is_refused() -> None:
    with pytest.raises(TypeError, match="nothing is known of how a dict is shown"):
        presenter().in_a_notebook({})
