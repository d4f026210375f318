from __future__ import annotations

from backproof.verify.proofs.coq.layout import file_of, golden_text, module_of, parse_golden


def test_a_file_in_a_folder_has_the_name_that_coq_gives_it() -> None:
    for module, file in (("Link", "Link.v"), ("real.Exp", "real/Exp.v")):
        assert (file_of(module), module_of(file)) == (file, module)


def test_sections_are_read_as_they_were_written() -> None:
    sections = {"A.b": "b : nat\n  = 1", "A.c": ""}
    assert parse_golden(golden_text(sections)) == sections
