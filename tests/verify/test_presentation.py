"""A result is saved as a results document and as a page, or not at all; graphs, cases, theorems and results show themselves as HTML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.reports import load_results, render_checks
from backproof.theorems.catalogue import THEOREMS
from backproof.verify import CheckResult, check
from backproof.verify.cases import make_case
from backproof.verify.results.check_record import check_record
from backproof.verify.three_way import check_case

GRAPH = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))


def halved(args: tuple[Any, ...], out: Any, ct: Any) -> tuple[Any, ...]:
    return ({"w": ct * args[0]["w"]},)


class Layer:
    """A backward that raises."""

    def backward(self, d: Any) -> Any:
        """Raises."""
        raise KeyError(d.shape)


@pytest.fixture(scope="module")
def wrong() -> CheckResult:
    args = ({"w": np.array([0.5, -2.0])},)
    return check(lambda params: params["w"] ** 2, args, vjp=halved, name="<square>", effort="quick", seed=7)


def test_what_is_saved_is_a_results_document_with_its_findings_as_data(wrong: CheckResult, tmp_path: Path) -> None:
    wrong.save(tmp_path / "r.json")
    document = load_results(tmp_path / "r.json")
    assert (document["run"]["seed"], document["summary"]["verdict"], document["environment"]["numpy"]) == (7, "WRONG", np.__version__)
    (record,) = document["gradient_checks"]
    first = record["findings"][0]
    assert (first["where"], first["index"], first["kind"], first["bound"]) == ("params['w']", [0], "formula", None)
    assert float(first["expected"]) == pytest.approx(2 * float(first["found"]))
    assert Path(record["source"]["file"]).name == Path(__file__).name
    assert record["source"]["line"] == halved.__code__.co_firstlineno
    assert record["seed"] == 7
    assert [cause["fault"] for cause in record["causes"]] == ["a factor"]
    assert record["reproduction"].endswith("seed=7)")


def test_a_backward_that_raises_is_saved_with_its_own_line(tmp_path: Path) -> None:
    result = check(np.square, (np.ones(2),), vjp=lambda args, out, ct: Layer().backward(ct), effort="quick")
    result.save(tmp_path / "r.json")
    (record,) = load_results(tmp_path / "r.json")["gradient_checks"]
    source = record["findings"][0]["source"]
    assert (Path(source["file"]).name, source["function"]) == (Path(__file__).name, "backward")
    assert source["line"] == Layer.backward.__code__.co_firstlineno + 2


def test_the_bound_of_a_float_is_saved_and_outcomes_of_decisions_are() -> None:
    def cancels(args: tuple[Any, ...], out: Any, ct: Any) -> tuple[Any, ...]:
        return (ct * np.where(args[0] > 7, 3.0, 2 * ((1e6 + args[0]) - 1e6)),)

    record = check_record(check(lambda x: np.where(x > 7, 3 * x, x * x), (np.array([0.1, 0.3]),), vjp=cancels, effort="quick"))
    first = record["findings"][0]
    assert first["kind"] == "floats"
    assert 0 < float(first["bound"]) < abs(float(first["found"]) - float(first["expected"]))
    assert {"True", "False"} & set(record["branches"][0]["seen"])
    assert json.loads(json.dumps(record)) == record


def test_the_page_names_the_version_the_seed_and_the_place(wrong: CheckResult, tmp_path: Path) -> None:
    wrong.html(tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "with seed 7, backproof " in page
    assert f"test_presentation.py:{halved.__code__.co_firstlineno}" in page
    assert "&lt;square&gt;" in page
    assert "<square>" not in page
    wrong.save(tmp_path / "r.json")
    assert render_checks(load_results(tmp_path / "r.json")) == page


@pytest.mark.parametrize("name", ["missing/r.json", ".", "/dev/null", "n" * 300, "", "nul\0"])
def test_a_file_that_cannot_be_written_is_said_and_nothing_is_left(name: str, wrong: CheckResult, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for write in (wrong.save, wrong.html):
        with pytest.raises(OSError, match="cannot write "):
            write(name)
    assert list(tmp_path.iterdir()) == []


def test_what_names_no_file_is_a_type_error(wrong: CheckResult) -> None:
    with pytest.raises(TypeError, match="a file is named by a text or a path, found a list"):
        wrong.save([])  # pyright: ignore[reportArgumentType]


def test_a_graph_is_drawn_alone_and_with_what_the_passes_left() -> None:
    u = forward(GRAPH, [3.0, 4.0])
    D = jacobians(GRAPH, u)
    assert "u = 28" not in GRAPH.svg()
    drawn = GRAPH.svg(u, D, backward(GRAPH, D))
    assert "u = 28" in drawn
    assert "p = 11" in drawn
    assert GRAPH.svg(u={1: 3.0}) == GRAPH.svg(u={1: np.array(3.0)})


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"u": [3.0]}, TypeError, "u is a dictionary from vertex to array, as `forward` returns it; found a list"),
        ({"u": {9: 3.0}}, ValueError, "u has 9, which is no vertex of this graph; it has 1, 2, 3, 4"),
        ({"D": {(4, 1): 3.0}}, ValueError, r"D has \(4, 1\), which is no edge of this graph"),
        ({"p": {"x": 3.0}}, ValueError, "p has 'x', which is no vertex"),
    ],
)
def test_what_belongs_to_no_part_of_a_graph_is_not_drawn(given: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        GRAPH.svg(**given)


@pytest.mark.parametrize(
    ("value", "words"),
    [(GRAPH, "u4"), (check_case(make_case("L11", "lecture", GRAPH, [3, 4])), "path sum = certified derivative"), (THEOREMS[6], "<math")],
    ids=["graph", "case", "theorem"],
)
def test_a_notebook_shows_them(value: Any, words: str) -> None:
    assert words in value._repr_html_()


def test_a_notebook_shows_a_result(wrong: CheckResult) -> None:
    assert "&lt;square&gt;" in wrong._repr_html_()  # pyright: ignore[reportPrivateUsage]
