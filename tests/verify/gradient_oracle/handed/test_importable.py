"""What stands in a module under its own name can be imported; what is made in a function, or renamed, cannot."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.importable import attribute, where_to_import


class Model:
    """A method of each kind."""

    @staticmethod
    def f(x: Any) -> Any:
        """x."""
        return x

    @classmethod
    def g(cls, x: Any) -> Any:
        """x."""
        return x


def moved(x: Any) -> Any:
    return x


moved.__qualname__ = "elsewhere"


@pytest.mark.parametrize("value", [Model, Model.f, Model.g, np.tanh, np.sum, np.linalg.norm])
def test_what_stands_in_a_module_is_found_there(value: Any) -> None:
    module, name = where_to_import(value) or ("", "")
    found = attribute(sys.modules[module], name)
    assert found is value or found.__func__ is value.__func__


@pytest.mark.parametrize("value", [lambda x: x, moved, Model().f.__class__, 3, len, Model()])
def test_what_another_process_would_not_find_is_not(value: Any) -> None:
    assert where_to_import(value) in (None, ("types", "FunctionType"))


def test_a_module_without_a_file_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("made_here")
    exec("def f(x):\n    return x", vars(module))
    monkeypatch.setitem(sys.modules, "made_here", module)
    assert where_to_import(vars(module)["f"]) is None
