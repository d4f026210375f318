"""What each statement rests on: `Print Assumptions`, asked in a file that loads the development and imports nothing of
it, so that no notation, option or scope of it has a say.

A part of the development may rest on the axioms of a library, and on exactly those that `axioms.json` lists for it;
everything else on none.

>>> real = Part("ℝ", ("real.Exp",), "Coq.Reals.Reals", "libcoq-stdlib", ("Coq.Logic.Classical_Prop.classic",))
>>> axiom_problems({"real.Exp.a": ("Coq.Logic.Classical_Prop.classic",), "Link.b": ("Coq.Logic.Classical_Prop.classic",)}, (real,))
['Link.b rests on: Coq.Logic.Classical_Prop.classic']
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from backproof.verify.proofs.coq.layout import LOGICAL, Part, parse_golden
from backproof.verify.proofs.coq.programs import Coq, CoqError, marker

CLOSED = "Closed under the global context"
_AXIOM = re.compile(r"^([^\s:]+)(?: :| *$)")


def axioms(coq: Coq, modules: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The axioms under each statement, by their full names; what Coq says beside axioms stands there as it is.
    CoqError if Coq does not answer for one of them.
    """
    lines = [f"Require {LOGICAL}.{module}." for module in modules]
    for name in names:
        lines += [marker(f"== {name}"), f"Print Assumptions {LOGICAL}.{name}."]
    said = parse_golden(coq.compile_text("Assumptions", lines))
    missing = [name for name in names if name not in said or not said[name].strip()]
    if missing:
        raise CoqError(f"Coq does not say what {missing[0]} rests on")
    rests = {name: _listed(said[name]) for name in names}
    full = _full_names(coq, modules, sorted({axiom for listed in rests.values() for axiom in listed}))
    return {name: tuple(sorted({full.get(axiom, axiom) for axiom in listed})) for name, listed in rests.items()}


def _listed(said: str) -> tuple[str, ...]:
    """The axioms of one answer. What is no name of an axiom, such as a check that was turned off, is kept as it stands."""
    text = said.strip()
    if text == CLOSED:
        return ()
    lines = [line for line in text.splitlines() if line and not line[0].isspace()]
    if lines[0].strip() != "Axioms:":
        return (" ".join(text.split()),)
    return tuple(found.group(1) if (found := _AXIOM.match(line)) else " ".join(line.split()) for line in lines[1:])


def _full_names(coq: Coq, modules: Sequence[str], axioms: Sequence[str]) -> dict[str, str]:
    """The full name of each axiom that Coq knows by a shorter one."""
    names = [axiom for axiom in axioms if " " not in axiom]
    if not names:
        return {}
    lines = [f"Require {LOGICAL}.{module}." for module in modules]
    for name in names:
        lines += [marker(f"== {name}"), f"Locate {name}."]
    said = parse_golden(coq.compile_text("Axioms", lines))
    found = {name: re.match(r"Constant (\S+)", said.get(name, "")) for name in names}
    return {name: match.group(1) for name, match in found.items() if match}


def axiom_problems(rests: Mapping[str, Sequence[str]], parts: Sequence[Part]) -> list[str]:
    """The statements that rest on more than their file may, and the axioms that are allowed and not used."""
    allowed = {module: part for part in parts for module in part.modules}
    problems: list[str] = []
    used: dict[str, set[str]] = {part.label: set() for part in parts}
    for name, listed in rests.items():
        part = allowed.get(name.rpartition(".")[0])
        beyond = [axiom for axiom in listed if part is None or axiom not in part.axioms]
        if part is not None:
            used[part.label] |= set(listed)
        if beyond:
            problems.append(f"{name} rests on: {', '.join(beyond)}")
    here = {name.rpartition(".")[0] for name in rests}
    for part in parts:
        unused = sorted(set(part.axioms) - used[part.label]) if here & set(part.modules) else []
        problems += [f"{axiom} is allowed over {part.label} and nothing rests on it" for axiom in unused]
    return problems
