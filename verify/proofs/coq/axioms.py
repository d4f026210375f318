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
from collections.abc import Collection, Mapping, Sequence

from backproof.verify.proofs.coq.layout import LOGICAL, Part, parse_golden
from backproof.verify.proofs.coq.programs import Coq, CoqError, marker

CLOSED = "Closed under the global context"
_AXIOM = re.compile(r"^([^\s:]+)(?: :| *$)")


def axioms(coq: Coq, modules: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The axioms under each statement, by their full names; what Coq says beside axioms stands there as it is.
    CoqError if Coq does not answer for one of them.
    """
    return _asked(coq, modules, {name: [name] for name in names})


def axioms_by_file(
    coq: Coq, modules: Sequence[str], names: Sequence[str], together: Collection[str], known: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The same in fewer questions: below a library of real numbers each takes Coq a second.

    Of the files in `together`, those statements of which axioms are `known` are asked about at once, file by file. Each
    gets the axioms that are known of it, if these are the file's; if not, all that the file rests on. Of a statement
    that is said to rest on none, and of every one in another file, Coq is asked alone.
    """
    asked: dict[str, list[str]] = {}
    for name in names:
        file = name.rpartition(".")[0]
        asked.setdefault(file if file in together and name in known else name, []).append(name)
    found = _asked(coq, modules, asked)
    rests: dict[str, tuple[str, ...]] = {}
    for question, stated in asked.items():
        agrees = question in together and set(found[question]) == {axiom for name in stated for axiom in known[name]}
        rests |= {name: tuple(sorted(known[name])) if agrees else found[question] for name in stated}
    return {name: rests[name] for name in names}


def _asked(coq: Coq, modules: Sequence[str], questions: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The axioms under all statements of each question."""
    lines = [f"Require {LOGICAL}.{module}." for module in modules]
    for number, (question, names) in enumerate(questions.items()):
        full = [f"{LOGICAL}.{name}" for name in names]
        lines += [f"Definition question{number} := ({', '.join(f'@{name}' for name in full)})."] if len(names) > 1 else []
        lines += [marker(f"== {question}"), f"Print Assumptions {f'question{number}' if len(names) > 1 else full[0]}."]
    said = parse_golden(coq.compile_text("Assumptions", lines))
    names = list(questions)
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
