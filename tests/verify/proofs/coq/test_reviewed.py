from __future__ import annotations

from dataclasses import replace

import pytest

from backproof.verify.proofs.coq.compiled_file import Compiled, Entry
from backproof.verify.proofs.coq.reviewed import LONGEST, kernel_problems, parse_reviewed, reviewed_text
from backproof.verify.proofs.development import FOLDER, KERNEL, modules, statements

NAT = "Coq.Init.Datatypes.nat"
ENTRIES = (
    Entry("c", "definition", NAT, f"{NAT}#1"),
    Entry("t", "proved", f"Coq.Init.Logic.eq {NAT} BackproofFormal.Mini.c BackproofFormal.Mini.M.c"),
    Entry("long", "definition", NAT, " ".join(["f.g"] * LONGEST)),
)
MINI = Compiled("BackproofFormal.Mini", (), ENTRIES, (("constant", 3),))


def problems(changed: Compiled) -> list[str]:
    return kernel_problems("Mini", changed, parse_reviewed(reviewed_text({"Mini": MINI}))["Mini"])


def with_entry(place: int, **changes: str | tuple[str, ...]) -> Compiled:
    return replace(MINI, entries=tuple(replace(entry, **changes) if k == place else entry for k, entry in enumerate(ENTRIES)))


def test_what_was_written_is_read_again_as_the_same() -> None:
    assert problems(MINI) == []
    assert "sha256 " in reviewed_text({"Mini": MINI})


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (with_entry(0, body=f"{NAT}#2"), "Mini.c: its body is not what was reviewed: …Coq.Init.Datatypes.nat#1… was reviewed"),
        (with_entry(0, type="Other.Init.Datatypes.nat"), "Mini.c: its type is not what was reviewed"),
        (with_entry(1, type=ENTRIES[1].type.replace("Mini.M.c", "Mini.c")), "Mini.t: its type is not what was reviewed"),
        (with_entry(1, kind="definition"), "Mini.t was reviewed as a statement with a proof and is a definition"),
        (with_entry(1, kind="axiom"), "Mini.t is an axiom"),
        (with_entry(1, kind="primitive"), "Mini.t is a primitive of the kernel"),
        (with_entry(2, body=f"{ENTRIES[2].body} g"), "Mini.long: its body is not what was reviewed: …sha256 "),
        (with_entry(2, doubts=("its guard was not checked",)), "Mini.long: its guard was not checked"),
        (replace(MINI, entries=ENTRIES[:2]), "Mini.long was reviewed and is gone"),
        (replace(MINI, entries=(*ENTRIES, Entry("new", "definition", NAT, ""))), "Mini.new was not reviewed: a definition"),
        (replace(MINI, entries=(*ENTRIES, ENTRIES[0])), "Mini.c stands there twice"),
        (
            replace(MINI, objects=(("constant", 3), ("notation", 1))),
            "Mini.v leaves, for those who load it, what was not reviewed: 1 notation",
        ),
        (replace(MINI, objects=()), "Mini.v leaves, for those who load it, what was not reviewed: less than before"),
    ],
)
def test_whatever_differs_is_a_problem(changed: Compiled, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems(changed)), problems(changed)


def test_of_a_file_that_nobody_reviewed_everything_is_new() -> None:
    found = kernel_problems("Mini", MINI, None)
    assert [problem.split(":")[0] for problem in found[:3]] == [f"Mini.{name} was not reviewed" for name in ("c", "t", "long")]


def test_a_short_name_that_stands_for_two_things_is_written_longer() -> None:
    entry = Entry("t", "proved", "A.B.c D.B.c E.F.c")
    text = reviewed_text({"Mini": Compiled("BackproofFormal.Mini", (), (entry,), ())})
    assert "type A.B.c D.B.c F.c" in text
    assert parse_reviewed(text)["Mini"].entries["t"] == ("proved", "A.B.c D.B.c E.F.c", "")


def test_the_list_has_every_statement_of_the_development_and_can_be_read_by_people() -> None:
    text = (FOLDER / KERNEL).read_text(encoding="utf-8")
    listed = parse_reviewed(text)
    assert list(listed) == modules(FOLDER)
    named = {one.name: one.is_proved for one in statements(FOLDER)}
    held = {f"{module}.{name}": kind == "proved" for module, file in listed.items() for name, (kind, _, _) in file.entries.items()}
    assert {name: proved for name, proved in held.items() if name in named} == named
    assert {name for name in held if name not in named} == {f"TableText.text{part}" for part in ("", "_ind", "_rec", "_rect", "_sind")}
    theorem1 = listed["Analysis"].entries["theorem1"][1]
    assert "BackproofFormal.Derivative.is_jacobian F (d j) (d k) (fun " in theorem1
    long = [f"{module}.{name}" for module, file in listed.items() for name, entry in file.entries.items() if "sha256" in " ".join(entry)]
    below = [name for name in long if not name.startswith("real.")]
    assert len(below) < 0.05 * sum(not name.startswith("real.") for name in named)
    assert len(long) < 0.1 * len(named)
