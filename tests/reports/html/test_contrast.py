"""Contrast of text and of lines, computed from the colours of the style sheet in both schemes (WCAG 2.2: 4.5 for text,
3 for lines).
"""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = files("backproof.reports.html").joinpath("report.css").read_text(encoding="utf-8")
Colours = dict[str, str]


def schemes() -> dict[str, Colours]:
    """The colours by scheme; "dark" is what the system asks for, "chosen" what the switch of the page gives."""
    blocks = re.findall(r"(?:^|\s):root[^,{}]*(?:, :root[^,{}]*)? \{(.*?)\}", CSS, re.DOTALL)
    found = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", block)) for block in blocks]
    light, dark, chosen, printed = (colours for colours in found if colours)
    return {"light": light, "dark": {**light, **dark}, "chosen": {**light, **chosen}, "print": {**light, **printed}}


def test_the_switch_gives_the_colours_that_the_system_gives() -> None:
    assert schemes()["chosen"] == schemes()["dark"] != schemes()["light"]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def property_of(selector: str, name: str) -> str:
    """The variable that the last rule for exactly this selector gives to a property."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"@media[^{]*\{", "", CSS))
    found = [
        value
        for selectors, body in rules
        if selector in [s.strip() for s in selectors.split(",")]
        for value in re.findall(rf"(?<![a-z-]){name}: var\(--([a-z]+)\)", body)
    ]
    assert found, f"{selector} has no {name}"
    return found[0]


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("text", ["ink", "soft", "accent", "right", "wrong", "unsure"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert ratio(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("name", ["name", "function", "value", "adjoint", "order"])
@pytest.mark.parametrize("box", ["box", "leaf"])
def test_text_in_the_boxes_of_a_graph_can_be_read(scheme: str, name: str, box: str) -> None:
    colours = schemes()[scheme]
    assert ratio(colours[property_of(f".graph .{name}", "fill")], colours[box]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("name", ["jacobian", "uses"])
def test_labels_on_the_edges_of_a_graph_can_be_read(scheme: str, name: str) -> None:
    colours = schemes()[scheme]
    assert ratio(colours[property_of(f".graph .{name}", "fill")], colours["paper"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(
    ("selector", "name"),
    [
        (".graph .wire", "stroke"),
        (".graph .tip", "fill"),
        (".graph .box", "stroke"),
        (".graph .inside", "stroke"),
        (".graph .leaf .box", "stroke"),
        (".graph .discrete .box", "stroke"),
    ],
)
def test_lines_of_a_graph_can_be_seen(scheme: str, selector: str, name: str) -> None:
    colours = schemes()[scheme]
    assert ratio(colours[property_of(selector, name)], colours["paper"]) >= 3


def test_the_ratio_is_the_known_one() -> None:
    assert ratio("#000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
