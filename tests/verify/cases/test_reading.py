"""What a user names becomes a case: a line, a file with a case, a file with a graph; anything else is refused with its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backproof.engine import Graph, forward, leaf, vertex
from backproof.engine.documents import to_document
from backproof.verify.cases.case import CaseError, to_case_document
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.cases.replay import replay_id


def written(folder: Path, document: object) -> str:
    file = folder / "mine.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("number", range(6))
def test_a_line_and_a_file_are_the_case(number: int, tmp_path: Path) -> None:
    case = lecture_cases()[number]
    assert read_case(replay_id(case), 0) == case
    assert read_case(written(tmp_path, to_case_document(case)), 0) == case


def test_a_bare_graph_is_given_leaf_values_at_which_it_is_defined(tmp_path: Path) -> None:
    difference = (leaf("x"), leaf("y"), leaf("k", discrete=True), vertex("d", "subtract", (1, 2)), vertex("z", "log", (4,)))
    file = written(tmp_path, to_document(Graph(3, difference)))
    case = read_case(file, 0)
    assert (case.name, case.group, case.leaves[2]) == ("mine", "replay", (0.0,))
    assert case.leaves[0][0] > case.leaves[1][0]
    assert len(forward(case.graph, case.leaves)) == 5
    assert read_case(file, 0) == case != read_case(file, 1)


def test_a_graph_that_is_defined_nowhere_is_refused(tmp_path: Path) -> None:
    nowhere = (leaf("x"), vertex("a", "abs", (1,)), vertex("m", "negate", (2,)), vertex("z", "log", (3,)))
    with pytest.raises(
        CaseError, match=r"no leaf values found at which the graph is defined; .* Last: vertex 4 \('z'\): log is not defined"
    ):
        read_case(written(tmp_path, to_document(Graph(1, nowhere))), 0)


@pytest.mark.parametrize(
    ("document", "message"),
    [([1], r"\$: expected an object"), ({"format": "backproof-graph", "version": 2}, r"\$\.version: found 2, expected 1")],
)
def test_a_file_that_holds_neither_is_refused_by_its_name(document: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=f"mine.json: {message}"):
        read_case(written(tmp_path, document), 0)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "picture.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match=r"picture\.json': it is not a text file; give a line that starts with backproof1: or a JSON file"):
        read_case(str(tmp_path / "picture.json"), 0)
    with pytest.raises(CaseError, match="No such file or directory"):
        read_case(str(tmp_path / "missing.json"), 0)
