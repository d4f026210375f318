"""Whatever the names in the results are, they stay text: no element, no attribute and no command comes out of them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

from backproof.reports import render_html

Make = Callable[..., dict[str, Any]]


class Elements(HTMLParser):
    """The elements of a page with their attributes, and those that are never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_hostile_names_are_inert(make: Make, hostile_name: str) -> None:
    name, results = hostile_name, make(["CORRECT", "WRONG", "INCONCLUSIVE"])
    clean = Elements(render_html(results))
    for case in results["cases"]:
        case["name"] = case["family"] = case["reason"] = case["replay"] = name
        for vertex in case["detail"]["graph"]["vertices"]:
            vertex["name"] = name
            vertex["formula"] = name if vertex["function"] else None
            vertex["attributes"] = {name: [name]}
        for check in case["checks"]:
            check["reason"] = name
            for failure in check["failures"]:
                failure.update(where=name, left=name)
    results["summary"]["sentence"] = results["summary"]["not_checked"][0] = results["theorems"][0]["title"] = name
    text = render_html(results)
    reader = Elements(text)
    assert reader.open == []
    assert {tag for tag, _ in reader.elements} | {"mark"} == {tag for tag, _ in clean.elements}, "an empty number has no wrong digit"
    assert [attrs for tag, attrs in reader.elements if tag == "script"] == [{}, {"type": "text/plain", "id": "held"}]
    assert not [key for _, attrs in reader.elements for key in attrs if key.startswith("on")]
    assert not re.search("[\x00-\x08\x0b\x1b\u202e\ud800]", text)
    text.encode("utf-8")
    assert "x" * 1001 not in re.sub(r"backproof replay[^<]*", "", text)


def test_a_replay_line_with_a_quote_stays_one_shell_word(make: Make) -> None:
    results = make(["CORRECT"])
    results["cases"][0]["replay"] = "a'; echo gotcha; '"
    line = unescape(re.findall(r"<code>(backproof replay &#39;[^<]*)</code>", render_html(results))[0])
    command = line.replace("backproof replay", "printf %s", 1)
    assert subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout == "a'; echo gotcha; '"
