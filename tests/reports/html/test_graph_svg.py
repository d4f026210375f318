"""The picture of a graph: shapes by kind, numbers in place, nothing drawn over anything else."""

from __future__ import annotations

import itertools
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports.html.graph_svg import HEIGHT, MOST_VERTICES, WIDTH, graph_svg, omission

Box = tuple[float, float]


def vertex(number: int, operands: list[int], **more: Any) -> dict[str, Any]:
    function = "add" if operands else None
    return {"number": number, "name": f"v{number}", "shape": [], "function": function, "formula": "x + y" if operands else None, "operands": operands,
            "attributes": {}, "discrete": False, **more}  # fmt: skip


def detail(vertices: list[dict[str, Any]], jacobian: Any = None) -> dict[str, Any]:
    edges = [{"from": j, "to": v["number"], "uses": v["operands"].count(j)} for v in vertices for j in sorted(set(v["operands"]))]
    return {
        "graph": {"l": 1, "vertices": vertices, "edges": edges},
        "values": {str(v["number"]): ["2.0"] for v in vertices},
        "adjoints": {str(v["number"]): None if v["discrete"] else [["3.0"]] for v in vertices},
        "jacobians": {f"{e['from']}->{e['to']}": jacobian or [["1.5"]] for e in edges},
        "paths": [],
        "backward": [
            {"step": k, "vertex": v["number"], "contributions": [], "adjoint": [["3.0"]]} for k, v in enumerate(reversed(vertices), 1)
        ],
        "table": [],
    }


def boxes(svg: str) -> list[Box]:
    groups = [g for g in ET.fromstring(svg).iter() if g.tag == "g" and "transform" in g.attrib]
    return [(float(x), float(y)) for x, y in (g.attrib["transform"][10:-1].split() for g in groups)]


def overlaps(corners: list[Box]) -> int:
    return sum(abs(a[0] - b[0]) < WIDTH and abs(a[1] - b[1]) < HEIGHT for a, b in itertools.combinations(corners, 2))


def texts(svg: str, name: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.get("class") == name]


def random_detail(seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    vertices = [vertex(1, [])]
    for number in range(2, rng.randint(3, 30)):
        vertices.append(vertex(number, [rng.randint(max(1, number - 6), number - 1) for _ in range(rng.randint(1, 3))]))
    return detail(vertices)


@pytest.mark.parametrize("seed", range(60))
def test_boxes_of_random_graphs_do_not_overlap_and_lie_inside_the_picture(seed: int) -> None:
    drawn = random_detail(seed)
    svg = graph_svg(drawn, "random")
    corners = boxes(svg)
    assert len(corners) == len(drawn["graph"]["vertices"])
    assert overlaps(corners) == 0
    width, height = (float(ET.fromstring(svg).attrib[side]) for side in ("width", "height"))
    assert all(x >= 0 and y >= 0 and x + WIDTH <= width and y + HEIGHT <= height for x, y in corners)


def test_the_overlap_count_counts_an_overlap() -> None:
    assert overlaps([(0, 0), (WIDTH - 1, HEIGHT - 1)]) == 1


def test_every_kind_of_vertex_has_its_own_shape() -> None:
    svg = ET.fromstring(graph_svg(detail([vertex(1, []), vertex(2, [], discrete=True), vertex(3, [1, 2]), vertex(4, [3])]), "kinds"))
    groups = {g.attrib["class"]: g for g in svg.iter() if g.tag == "g" and "class" in g.attrib}
    assert sorted(groups) == ["discrete", "inner", "leaf", "output"]
    assert groups["leaf"][0].get("rx") != groups["inner"][0].get("rx")
    assert [element.get("class") for element in groups["output"]][:2] == ["box", "inside"]


def test_names_functions_values_adjoints_and_order_stand_in_the_boxes() -> None:
    svg = graph_svg(detail([vertex(1, []), vertex(2, [1])]), "two")
    assert texts(svg, "name") == ["v1", "v2"]
    assert texts(svg, "function") == ["leaf", "x + y"]
    assert texts(svg, "value") == ["u = 2", "u = 2"]
    assert texts(svg, "adjoint") == ["p = 3", "p = 3"]
    assert texts(svg, "order") == ["2", "1"]


def test_a_discrete_leaf_has_no_adjoint() -> None:
    assert texts(graph_svg(detail([vertex(1, [], discrete=True), vertex(2, [1])]), "label"), "adjoint") == ["p not defined", "p = 3"]


def test_a_parent_used_twice_has_one_edge_that_says_so() -> None:
    svg = graph_svg(detail([vertex(1, []), vertex(2, [1, 1])], [["6.0"]]), "x · x")
    assert texts(svg, "jacobian") == ["6"]
    assert texts(svg, "uses") == ["used twice"]


@pytest.mark.parametrize(
    ("matrix", "label"),
    [([["1.0", "0.0"], ["0.0", "-2.5"]], "[1 0; 0 -2.5]"), ([["1.0"] * 3] * 2, "2 × 3"), ({"omitted": "9 × 9 numbers"}, "9 × 9")],
)
def test_small_matrices_are_written_out_and_large_ones_by_size(matrix: Any, label: str) -> None:
    assert texts(graph_svg(detail([vertex(1, []), vertex(2, [1])], matrix), "matrix"), "jacobian") == [label]


def test_forty_vertices_are_drawn_completely_and_more_are_named_as_left_out() -> None:
    chain = [vertex(1, []), *(vertex(i, [i - 1]) for i in range(2, MOST_VERTICES + 1))]
    assert len(boxes(graph_svg(detail(chain), "forty"))) == MOST_VERTICES
    assert omission(detail(chain)) == ""
    longer = detail([*chain, *(vertex(i, [i - 1]) for i in range(MOST_VERTICES + 1, MOST_VERTICES + 4))])
    svg = graph_svg(longer, "forty-three")
    assert len(boxes(svg)) == MOST_VERTICES
    assert omission(longer) == "The first 3 vertices are not drawn, nor 3 edges at them."
    assert omission(longer) in svg


def test_labels_on_the_sample_do_not_cover_each_other(make: Callable[..., dict[str, Any]]) -> None:
    """Two labels with the same place would be one unreadable label."""
    for case in make(["CORRECT"] * 30)["cases"]:
        svg = ET.fromstring(graph_svg(case["detail"], "labels"))
        places = [(t.get("x"), t.get("y")) for t in svg.iter() if t.get("class") in ("jacobian", "uses")]
        assert len(set(places)) == len(places)


def test_an_edge_to_nowhere_is_refused() -> None:
    broken = detail([vertex(1, []), vertex(2, [1])])
    broken["graph"]["edges"].append({"from": 1, "to": 9, "uses": 1})
    with pytest.raises(ValueError, match=r"edge \(1, 9\) names a vertex that the graph does not have"):
        graph_svg(broken, "broken")
