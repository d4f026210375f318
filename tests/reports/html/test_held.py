"""The second copy of every number of a page."""

from __future__ import annotations

import base64
import re
import zlib

import pytest

from backproof.reports.html.held import held_lines, with_held


def unpacked(page: str) -> list[str]:
    packed = re.search(r'<script type="text/plain" id="held">([A-Za-z0-9+/=]*)</script></body>', page)
    assert packed is not None
    return zlib.decompress(base64.b64decode(packed[1])).decode("utf-8").split("\n")


def test_a_piece_of_text_ends_at_every_tag_that_is_not_within_a_line() -> None:
    assert held_lines("<p>u<sub>1</sub> = <b>-2</b>.5</p><td>3</td>4<svg><text>5<tspan>6</tspan></text></svg>") == [
        "u1 -2.5",
        "3",
        "4",
        "56",
    ]


def test_entities_are_read_and_white_space_is_that_of_html() -> None:
    assert held_lines("<p>1 &lt; 2\n3&nbsp;4 x&#39;5</p>") == ["1 2 3\u00a04 x'5"]


def test_raised_and_lowered_digits_are_digits_and_other_words_are_not() -> None:
    assert held_lines("<p>10⁷ u₁ x² ten ± 0.5</p>") == ["10⁷ u₁ x² 0.5"]


def test_what_is_no_text_is_not_held() -> None:
    assert held_lines('<style>a{top:1px}</style><script>2</script><!-- 3 --><!DOCTYPE 4><p title="5>6">7</p>') == ["7"]


def test_a_replay_line_proves_itself() -> None:
    assert held_lines("<code>backproof replay 'backproof1:eJ1' 8</code>") == ["8"]


def test_a_home_is_named_before_the_first_numbers_in_it() -> None:
    page = '<h1>1</h1><section id="a"><p>none</p></section><section id="b&amp;c"><p>2</p></section><article class="x" id=\'d\'>3<p>4</p></article>'
    assert held_lines(page) == ["1", "§b&c", "2", "§d", "3", "4"]


def test_the_copy_is_the_last_of_the_page() -> None:
    assert unpacked(with_held("<body><p>one 1</p></body></html>").removesuffix("</html>")) == ["1"]


def test_what_has_no_end_is_refused() -> None:
    with pytest.raises(ValueError, match="ends in </body>"):
        with_held("<p>1</p>")
