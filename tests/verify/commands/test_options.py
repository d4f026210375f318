"""Every option of a command line is a field of the command's value, with the same default, and the other way round."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, fields

import pytest

from backproof.verify.commands.main import backproof
from backproof.verify.commands.options import (
    CompletionOptions,
    DerivationOptions,
    DoctorOptions,
    ExplainOptions,
    LimitsOptions,
    ListOptions,
    OracleOptions,
    Output,
    ProveOptions,
    ReplayOptions,
    SelftestOptions,
    TheoremsOptions,
    VerifyOptions,
)

OF_COMMANDS = {
    "verify": (VerifyOptions,),
    "replay": (ReplayOptions,),
    "theorems": (TheoremsOptions,),
    "theorems prove": (ProveOptions,),
    "theorems derivation": (DerivationOptions,),
    "oracle": (OracleOptions,),
    "selftest": (SelftestOptions,),
    "limits": (LimitsOptions,),
    "list": (ListOptions,),
    "explain": (ExplainOptions,),
    "doctor": (DoctorOptions,),
    "completion": (CompletionOptions,),
}
REQUIRED = {"replay": ("backproof1:line",), "oracle": ("mine:make",), "explain": ("ulps",), "completion": ("bash",)}
WITHOUT_RESULTS = ("limits", "list", "explain", "doctor", "completion")


def test_every_command_has_its_options() -> None:
    assert set(backproof.commands) - {"report"} == set(OF_COMMANDS)  # of which `documents/test_report.py` says the same


@pytest.mark.parametrize("command", OF_COMMANDS)
def test_fields_and_their_defaults_are_those_of_the_command_line(command: str) -> None:
    given = backproof.commands[command].make_context(command, list(REQUIRED.get(command, ()))).params
    shown = {field.name: field.default for field in fields(Output) if field.name in given}
    assert {"json_file", "html_file", "split_folder", "no_color"} <= set(shown) or command in WITHOUT_RESULTS
    held = {field.name: field.default for kind in OF_COMMANDS[command] for field in fields(kind) if field.name != "output"}
    defaults = held | shown
    assert set(given) == set(defaults)
    assert {name: value for name, value in given.items() if defaults[name] is not MISSING and value != defaults[name]} == {}


def test_options_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        VerifyOptions().cases = 3  # pyright: ignore[reportAttributeAccessIssue]
