"""The picture of a graph: shapes by kind, numbers in place, nothing drawn over anything else, as wide as its screen."""

from __future__ import annotations

import itertools
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest

from backproof.reports.html.graph_svg import MOST_LABELS, graph_pictures, graph_svg, omission
from backproof.reports.html.pictures.drawn import MOST_EDGES, MOST_VERTICES

Box = tuple[float, float, float, float]
ROOM = {"": 358, "wide": 1120, "narrow": 358}  # pixels that a drawing has on a screen of 1280 and of 390
MATRICES: list[Any] = [
    [["1.5"]],
    [["-0.123456"]],
    [["1.0", "0.0"], ["0.0", "1.0"]],
    [["1.0", "-2.0", "0.0"]] * 4,
    [["0.5"] * 18] * 2,
    {"omitted": "9 × 9 numbers"},
]


def vertex(number: int, operands: list[int], **more: Any) -> dict[str, Any]:
    function = "add" if operands else None
    return {"number": number, "name": f"v{number}", "shape": [], "function": function, "formula": "x + y" if operands else None, "operands": operands,
            "attributes": {}, "discrete": False, **more}  # fmt: skip


def detail(vertices: list[dict[str, Any]], *jacobians: Any) -> dict[str, Any]:
    edges = [{"from": j, "to": v["number"], "uses": v["operands"].count(j)} for v in vertices for j in sorted(set(v["operands"]))]
    given = jacobians or ([["1.5"]],)
    return {
        "graph": {"l": 1, "vertices": vertices, "edges": edges},
        "values": {str(v["number"]): ["2.0"] for v in vertices},
        "adjoints": {str(v["number"]): None if v["discrete"] else [["3.0"]] for v in vertices},
        "jacobians": {f"{e['from']}->{e['to']}": given[k % len(given)] for k, e in enumerate(edges)},
        "paths": [],
        "backward": [
            {"step": k, "vertex": v["number"], "contributions": [], "adjoint": [["3.0"]]} for k, v in enumerate(reversed(vertices), 1)
        ],
        "table": [],
    }


def random_detail(seed: int, most: int = MOST_VERTICES) -> dict[str, Any]:
    """Chains, fans and what is between, with numbers and matrices on their edges."""
    rng = random.Random(seed)
    n, reach, fan = rng.randint(2, most), rng.choice((1, 3, 8, most)), rng.choice((1, 2, 3))
    vertices = [vertex(1, [])]
    for number in range(2, n + 1):
        operands = [rng.randint(max(1, number - reach), number - 1) for _ in range(rng.randint(1, fan))] if rng.random() < 0.85 else []
        vertices.append(vertex(number, operands, name=f"v{number}" * rng.choice((1, 1, 1, 4))))
    if rng.random() < 0.3:
        vertices[-1]["operands"] = list(range(1, n))
        vertices[-1]["function"] = "add"
    return detail(vertices, *rng.sample(MATRICES, 4))


def drawings(svg: str) -> list[ET.Element]:
    return [drawing for drawing in ET.fromstring(f"<all>{svg}</all>") if drawing.tag == "svg"]


def corner(element: ET.Element) -> tuple[float, float]:
    x, y = element.get("transform", "")[10:-1].split()
    return float(x), float(y)


def boxes(drawing: ET.Element) -> list[Box]:
    found: list[Box] = []
    for group in drawing.iter():
        rect = next((child for child in group if child.get("class") == "box"), None)
        if rect is not None:
            found.append((*corner(group), float(rect.get("width", "")), float(rect.get("height", ""))))
    return found


def labels(drawing: ET.Element) -> list[Box]:
    """What stands on edges, text by text and pattern by pattern; a letter is half as wide as high, or less."""
    found: list[Box] = []
    moved = next(group for group in drawing if group.tag == "g")
    for element in moved:
        if element.get("class") == "pattern":
            width, height = map(float, re.findall(r"[HV]([0-9.]+)", next(p for p in element if p.get("class") == "frame").get("d", ""))[:2])
            found.append((*corner(element), width, height))
        elif element.tag == "text":
            wide = len(element.text or "") * 5.5
            found.append((float(element.get("x", "")) - wide / 2, float(element.get("y", "")) - 9, wide, 10))
    return found


def points(drawing: ET.Element) -> Iterator[tuple[float, float]]:
    """Points along all lines."""
    for path in drawing.iter("path"):
        if "wire" not in path.get("class", ""):
            continue
        x, y = 0.0, 0.0
        for command, numbers in re.findall(r"([MHVC])([-0-9. ]+)", path.get("d", "")):
            given = [float(number) for number in numbers.split()]
            ends = {"M": given[:2], "C": given[-2:], "H": [given[0], y], "V": [x, given[0]]}[command]
            if command != "M":
                x1, y1, x2, y2 = given[:4] if command == "C" else [x, y, *ends]
                for t in (0.1, 0.3, 0.5, 0.7, 0.9):
                    a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
                    yield a * x + b * x1 + c * x2 + d * ends[0], a * y + b * y1 + c * y2 + d * ends[1]
            x, y = ends


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def clashes(drawing: ET.Element) -> list[tuple[Box, Box]]:
    """Pairs of boxes and labels that cover each other, and lines that run through one."""
    solid = [*boxes(drawing), *labels(drawing)]
    covered = [(a, b) for a, b in itertools.combinations(solid, 2) if overlap(a, b)]
    return covered + [(box, (x, y, 0, 0)) for x, y in points(drawing) for box in solid if overlap(box, (x, y, 0, 0))]


def texts(svg: str, name: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.get("class") == name]


@pytest.mark.parametrize("seed", range(40))
def test_in_both_drawings_of_random_graphs_nothing_covers_anything_and_all_fits_the_screen(seed: int) -> None:
    drawn = random_detail(seed, 12 if seed % 2 else MOST_VERTICES)
    small = len(drawn["graph"]["vertices"]) <= 12
    both = drawings(graph_pictures(drawn, "random", anchor="0"))
    for drawing in both:
        kind = drawing.get("class", "").split()[1:2]
        width, height = float(drawing.get("width", "")), float(drawing.get("height", ""))
        assert width <= ROOM[kind[0] if kind else "" if small else "wide"]
        if len(drawn["graph"]["edges"]) <= MOST_EDGES:
            assert len(boxes(drawing)) == len(drawn["graph"]["vertices"])
        assert clashes(drawing) == []
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in (*boxes(drawing), *labels(drawing)))


def test_a_label_on_another_and_a_line_through_a_box_are_seen() -> None:
    (drawing,) = drawings(graph_pictures(detail([vertex(1, []), vertex(2, [1])]), "two"))
    moved = next(group for group in drawing if group.tag == "g")
    text = next(element for element in moved if element.tag == "text")
    moved.append(ET.Element("text", {**text.attrib, "y": str(float(text.get("y", "")) + 4)}))
    assert len(clashes(drawing)) >= 1
    (drawing,) = drawings(graph_pictures(detail([vertex(1, []), vertex(2, [1])]), "two"))
    x, y, width, height = boxes(drawing)[0]
    moved = next(group for group in drawing if group.tag == "g")
    moved.append(ET.Element("path", {"class": "wire", "d": f"M{x:g} {y + height / 2:g}H{x + width:g}"}))
    assert len(clashes(drawing)) >= 1


def test_the_same_detail_is_the_same_picture_in_every_process() -> None:
    script = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from test_graph_svg import random_detail; from backproof.reports.html.graph_svg import graph_pictures\n"
        "print([hashlib.sha256(graph_pictures(random_detail(seed), 'random').encode()).hexdigest() for seed in range(12)])"
    )
    command = [sys.executable, "-c", script, os.path.dirname(__file__)]
    runs = [
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "random"}, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    assert len(set(runs[0].stdout.split(","))) == 12


def test_a_small_graph_runs_from_left_to_right_on_a_screen_and_down_on_a_telephone() -> None:
    wide, narrow = drawings(graph_pictures(detail([vertex(1, []), *(vertex(i, [i - 1]) for i in range(2, 7))]), "chain"))
    assert [drawing.get("class") for drawing in (wide, narrow)] == ["graph wide above-840", "graph narrow below-840"]
    assert len({y for _, y, _, _ in boxes(wide)}) == 1
    assert len({x for x, _, _, _ in boxes(narrow)}) == 1


def test_where_there_is_no_room_for_two_drawings_there_is_one_or_none() -> None:
    chain = detail([vertex(1, []), *(vertex(i, [i - 1]) for i in range(2, 7))])
    whole = graph_pictures(chain, "chain")
    one = graph_pictures(chain, "chain", room=len(whole.encode()) - 1)
    assert (len(drawings(whole)), len(drawings(one))) == (2, 1)
    assert '<p class="pan below-840">' in one
    assert graph_pictures(chain, "chain", room=100) == ""


def test_a_drawing_that_fits_everywhere_is_drawn_once() -> None:
    once = graph_pictures(detail([vertex(1, []), vertex(2, [1]), vertex(3, [2])]), "chain")
    assert len(drawings(once)) == 1
    assert "pan" not in once


def test_what_is_wider_than_a_telephone_says_that_it_moves() -> None:
    fan = [vertex(1, []), *(vertex(i, [1]) for i in range(2, 20)), vertex(20, list(range(2, 20)))]
    assert '<p class="pan below-' in graph_pictures(detail(fan), "fan")


def test_every_kind_of_vertex_has_its_own_shape() -> None:
    svg = ET.fromstring(graph_svg(detail([vertex(1, []), vertex(2, [], discrete=True), vertex(3, [1, 2]), vertex(4, [3])]), "kinds"))
    groups = {g.attrib["class"]: g for g in svg.iter() if g.tag == "g" and "class" in g.attrib}
    assert sorted(groups) == ["discrete", "inner", "leaf", "output"]
    assert groups["leaf"][0].get("rx") != groups["inner"][0].get("rx")
    assert [element.get("class") for element in groups["output"]][:2] == ["box", "inside"]


def test_names_own_formulas_values_adjoints_and_order_stand_in_the_boxes() -> None:
    svg = graph_svg(detail([vertex(1, []), vertex(2, [], name="u₂"), vertex(3, [1, 2])]), "three")
    assert texts(svg, "name") == ["v1", "u₂", "v3"]
    assert texts(svg, "function") == ["leaf", "leaf", "v1 + u₂"]
    assert texts(svg, "value") == ["u = 2"] * 3
    assert texts(svg, "adjoint") == ["p = 3"] * 3
    assert texts(svg, "order") == ["3", "2", "1"]


def test_every_number_says_which_quantity_it_is() -> None:
    svg = ET.fromstring(graph_svg(detail([vertex(1, []), vertex(2, [1, 1])], [["6.0"]]), "marked"))
    marked = {element.get("data-n"): element.text for element in svg.iter("text") if element.get("data-n")}
    assert marked == {"v1": "v1", "u1": "u = 2", "p1": "p = 3", "o1": "2", "v2": "v2", "f2": "v1 + v1", "u2": "u = 2", "p2": "p = 3", "o2": "1",
                      "d1-2": "6", "k1-2": "used twice"}  # fmt: skip


def test_a_discrete_leaf_has_no_adjoint() -> None:
    assert texts(graph_svg(detail([vertex(1, [], discrete=True), vertex(2, [1])]), "label"), "adjoint") == ["p not defined", "p = 3"]


def test_a_parent_used_twice_has_one_edge_that_says_so() -> None:
    svg = graph_svg(detail([vertex(1, []), vertex(2, [1, 1])], [["6.0"]]), "x · x")
    assert texts(svg, "jacobian") == ["6"]
    assert texts(svg, "uses") == ["used twice"]


def test_boxes_and_matrices_lead_to_their_rows_on_a_page_and_nowhere_in_a_file() -> None:
    drawn = detail([vertex(1, []), vertex(2, [1]), vertex(3, [2])], [["1.0", "2.0"]], [["1.0"]])
    (drawing,) = drawings(graph_pictures(drawn, "three", anchor="ab12"))
    assert sorted(link.get("href", "") for link in drawing.iter("a")) == ["#ab12-e1-2", "#ab12-v1", "#ab12-v2", "#ab12-v3"]
    assert drawing.get("role") == "group", "links in an image are not reached"
    cut = graph_pictures(drawn, "three", anchor="ab12", left={"vertices": 1, "edges": 2})
    assert re.findall(r'href="([^"]+)"', cut) == ["#ab12-v1", "#ab12-v2"], "rows that are left out are no places to go to"
    assert "<a" not in graph_svg(drawn, "three")


def test_the_first_wrong_vertex_and_the_contribution_at_fault_are_marked_in_words_of_their_own() -> None:
    drawn = detail([vertex(1, []), vertex(2, [1]), vertex(3, [1, 2])])
    fault = {"vertex": 1, "quantity": "adjoint", "certified": {"1": [["4.5"]]}}
    mark = {"edges": [{"from": 1, "to": 3, "what": "overwrites what was there before"}]}
    for drawing in drawings(graph_pictures(drawn, "wrong", fault, mark, "0")):
        assert clashes(drawing) == []
        assert sum(element.get("class") == "flag" for element in drawing.iter()) == 1
        assert sum(element.get("class") == "fault-wire" for element in drawing.iter()) == 1
        (group,) = (element for element in drawing.iter("a") if element.get("class") == "leaf fault")
        said = [(text.get("class"), text.text) for text in group.iter("text")]
        assert said[2:6] == [
            ("fault-word", "✕ first wrong"),
            ("value", "u = 2"),
            ("adjoint", "found p = 3"),
            ("fault-word", "certified p = 4.5"),
        ]
        words = [text.text for text in drawing.iter("text") if text.get("class") == "fault-word middle"]
        assert " ".join(map(str, words)) == "✕ overwrites what was there before"
        assert "The contribution along the edge from v1 to v3 overwrites what was there before." in (drawing.findtext("desc") or "")


def test_forty_vertices_are_drawn_completely_and_of_more_the_nearest_with_counts() -> None:
    chain = [vertex(1, []), *(vertex(i, [i - 1]) for i in range(2, MOST_VERTICES + 1))]
    (drawing,) = drawings(graph_svg(detail(chain), "forty"))
    assert len(boxes(drawing)) == MOST_VERTICES
    assert omission(detail(chain)) == ""
    longer = detail([*chain, *(vertex(i, [i - 1]) for i in range(MOST_VERTICES + 1, MOST_VERTICES + 4))])
    svg = graph_svg(longer, "forty-three")
    assert len(boxes(ET.fromstring(svg))) == MOST_VERTICES
    assert omission(longer) == "3 of 43 vertices are not drawn, nor 3 of 42 edges: the picture shows what is nearest to v43."
    assert omission(longer) in svg
    assert texts(svg, "more") == ["+ 1 operand"]


@pytest.mark.parametrize("kind", ["a chain", "a fan", "dense"])
def test_a_graph_of_1024_vertices_is_a_neighbourhood_within_a_budget(kind: str) -> None:
    operands = {
        "a chain": lambda i: [i - 1],
        "a fan": lambda i: [1] if i < 1024 else list(range(2, 1024)),
        "dense": lambda i: list(range(max(1, i - 20), i)),
    }[kind]
    large = detail([vertex(1, []), *(vertex(i, operands(i)) for i in range(2, 1025))])
    pictures = graph_pictures(large, kind, {"vertex": 700, "quantity": "adjoint"}, None, "0")
    assert len(pictures) < 120_000
    assert "first wrong" in pictures
    assert "nearest to v700" in omission(large, {"vertex": 700})
    assert texts(graph_svg(large, kind), "more")


def test_more_labels_than_one_can_read_stand_in_the_table_and_the_picture_says_so() -> None:
    many = detail([vertex(1, []), *(vertex(i, list(range(1, i))) for i in range(2, 18))])
    assert MOST_LABELS < len(many["graph"]["edges"]) <= MOST_EDGES
    assert texts(graph_svg(many, "dense"), "jacobian") == []
    assert omission(many) == "The Jacobians of 136 edges stand in the table, not in the picture."


def test_an_edge_to_nowhere_is_refused() -> None:
    broken = detail([vertex(1, []), vertex(2, [1])])
    broken["graph"]["edges"].append({"from": 1, "to": 9, "uses": 1})
    with pytest.raises(ValueError, match=r"edge \(1, 9\) names a vertex that the graph does not have"):
        graph_svg(broken, "broken")
