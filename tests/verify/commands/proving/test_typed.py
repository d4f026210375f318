"""`theorems`, `theorems prove` and `theorems derivation` as a user types them: three helps, three sets of options."""

from __future__ import annotations

import pytest

from backproof.verify.commands.main import run_command


@pytest.mark.parametrize(
    ("words", "has", "has_not"),
    [
        (["theorems"], "--exhaustive", "--mutants"),
        (["theorems", "prove"], "--mutants", "--leaf"),
        (["theorems", "derivation"], "--leaf", "--exhaustive"),
    ],
)
def test_each_has_a_help_of_its_own_with_examples(words: list[str], has: str, has_not: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([*words, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Usage: backproof {' '.join(words)} [OPTIONS]" in said
    assert has in said
    assert has_not not in said
    assert f"\n    backproof {' '.join(words)}" in said, "an example"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["theorems", "prove", "--leaf", "W"], "Usage: backproof theorems prove [OPTIONS]\nTry 'backproof theorems prove --help'"),
        (["theorems", "prove", "--mutants", "--deep"], "leave out --deep, --record, --json and --html"),
        (["theorems", "prove", "--jobs", "2"], "--jobs belongs to --mutants"),
        (["theorems", "--deep", "prove"], "No such option '--deep'"),
        (["theorems", "--seed", "1", "prove"], "`theorems prove` is a command of its own"),
        (["theorems", "prove", "path-sum"], "unexpected extra argument (path-sum)"),
        (["theorems", "derivation", "--format", "latx"], "'latx' is not one of 'text', 'latex', 'mathml'"),
    ],
)
def test_what_belongs_elsewhere_is_refused_with_where_it_belongs(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(words) == 4
    assert message in capsys.readouterr().err


def test_derivation_says_why_each_line_holds_where_all_there_is_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["theorems", "derivation", "--leaf", "W", "-v"]) == 0
    shown = capsys.readouterr().out
    assert "\n    chain rule at " in shown
    assert run_command(["theorems", "derivation", "--leaf", "W", "-q"]) == 0
    assert capsys.readouterr().out == "CORRECT  every line has the value of its left side\n"


@pytest.mark.parametrize(("label", "begins"), [(["path-sum"], b"% A part"), ([], b"\\documentclass")])
def test_latex_stands_alone_on_standard_output_and_words_on_standard_error(
    label: list[str], begins: bytes, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    arguments = ["theorems", *label, "--cases", "0", "--exhaustive", "0", "--format", "latex", "--no-progress"]
    assert run_command(arguments) == 0
    data, told = capsysbinary.readouterr()
    assert data.startswith(begins)
    assert b"\\subsection*{Theorem 1: sum over paths (L15)}" in data
    assert b"CORRECT  " in told
    assert b"CORRECT  " not in data


def test_mathml_too_and_never_two_things_on_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_command(["theorems", "path-sum", "--cases", "0", "--format", "mathml", "-q"]) == 0
    assert capsysbinary.readouterr().out.startswith(b'<section id="path-sum">')
    for words in (["theorems"], ["theorems", "derivation"]):
        assert run_command([*words, "--format", "latex", "--json", "-"]) == 4
        assert b"cannot both be standard output" in capsysbinary.readouterr().err
