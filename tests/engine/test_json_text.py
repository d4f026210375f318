"""JSON is read strictly, and messages show a place and a value in one short line."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.engine import GraphError
from backproof.engine.json_text import found, json_path, one_line, parse_json


def test_json_is_read() -> None:
    assert parse_json(' {"a": [1, -2.5, "x", true, null]} ') == {"a": [1, -2.5, "x", True, None]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": {"b": 1, "c": 2, "b": 1}}', '$.a: the key "b" stands twice in one object'),
        ("[0, NaN]", "$[1]: found NaN, expected a finite number"),
        ("[-Infinity]", "$[0]: found -Infinity, expected a finite number"),
        ("[-1e400]", "$[0]: found -Infinity, expected a finite number"),
        ('{"a b": "\\udc00"}', '$["a b"]: found "\\udc00", which holds half a character (a lone surrogate)'),
        ('{"\\udc00": 1}', "$: every key must be a text of whole characters"),
        ("[" * 51 + "]" * 51, "$" + "[0]" * 50 + ": nested more than 50 deep"),
        ("[" * 10**5, "$: nested more than 50 deep"),
        ("1" * 4001, "$: found a whole number of 4,001 digits; at most 4,000 are read"),
    ],
    ids=lambda value: value[:20],
)
def test_text_that_is_not_strict_json_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(GraphError) as caught:
        parse_json(text)
    assert str(caught.value) == message


def test_what_is_just_inside_the_limits_is_read() -> None:
    assert parse_json("9" * 4000) == 10**4000 - 1
    parse_json("[" * 50 + "]" * 50)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (2, "2"),
        (2.0, "2.0"),
        ("θ", '"θ"'),
        ("a\u2028b", '"a\\u2028b"'),
        ("x" * 90, '"' + "x" * 80 + '…"'),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object"),
        (10**200, "a very large whole number"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_value_is_shown_short(value: Any, shown: str) -> None:
    assert found(value) == shown


def test_a_place_is_a_json_path() -> None:
    assert json_path(()) == "$"
    assert json_path(("vertices", 2, "attributes", "two words")) == '$.vertices[2].attributes["two words"]'


def test_a_long_message_loses_its_middle() -> None:
    message = one_line("begin\n" + "x" * 5000 + "\nend")
    assert message.startswith("begin xxx")
    assert message.endswith("xxx end")
    assert len(message) < 600
