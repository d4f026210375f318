"""Strings as the page shows them: short numbers, grouped counts, matrices in columns, and hostile names made harmless.

>>> short("0.33333333333333331"), short("-12345678.0"), short("2.0"), short("nan")
('0.3333', '-1.235e7', '2', 'nan')
>>> grouped("1234567"), grouped("9" * 30)
('1,234,567', '9.999…·10²⁹')
>>> inert("\\x1b[31mred")
'␛[31mred'
>>> short("three")
Traceback (most recent call last):
    ...
ValueError: could not convert string to float: 'three'
"""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

LONGEST_NAME = 80  # letters of a name where nothing else is said; chosen: half a line of the page
LONGEST_REASON = 160  # letters of a reason in a list of them; chosen: two lines of a terminal
LONGEST_COUNT = 21  # digits of a count that are written out; chosen: seven groups of three, all 64-bit numbers
LONGEST_MAGNITUDE = 6  # digits of a count of which the size matters; chosen: beyond a million nobody compares digits
NUMBER_COLUMNS = 22  # characters of a number in a table; chosen: 17 digits with sign, point and exponent
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBERS_A_LINE = 4  # of a matrix; chosen: four float64 numbers in full fit beside each other

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def inert(text: str) -> str:
    """The text with control characters shown as symbols and direction controls by their code, so that nothing around it
    is changed.

    >>> inert("abc\\u202edef")
    'abc⟨U+202E⟩def'
    """
    return _UNSAFE.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if 0xD800 <= code <= 0xDFFF or 0x7F <= code <= 0x9F or code >= 0xFFFE:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"


def clip(text: str, longest: int = LONGEST_NAME) -> str:
    """An inert text short enough for its place; one with right-to-left letters is isolated from what stands beside it.

    >>> clip("a" * 30, 8)
    'aaaaaaa…'
    """
    shortened = text if len(text) <= longest else text[: longest - 1] + "…"
    shown = inert(shortened)
    if shown.isascii() or not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in shown):
        return shown
    return f"\u2068{shown}\u2069"


def as_float(number: str) -> float:
    """A number of the results, which may be a fraction, as a float: beyond the range inf, and nan of 1/0. ValueError if
    it is none.

    >>> as_float("1/4"), as_float("-0.5"), as_float(f"-{10**400}/3"), as_float("1/0"), as_float("inf")
    (0.25, -0.5, -inf, nan, inf)
    >>> as_float("1/x")
    Traceback (most recent call last):
        ...
    ValueError: invalid literal for int() with base 10: 'x'
    """
    above, _, below = number.partition("/")
    if not below:
        return float(number)
    try:
        return int(above) / int(below)
    except OverflowError:
        return -math.inf if (int(above) < 0) != (int(below) < 0) else math.inf
    except ZeroDivisionError:
        return math.nan


def short(number: str) -> str:
    """A number in at most about eight characters, a fraction as the float next to it.

    >>> short("0.30000000000000004"), short("6004799503160661/18014398509481984"), short("1e-300")
    ('0.3', '0.3333', '1e-300')
    """
    text = f"{as_float(number):.4g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    return text


def grouped(count: int | str) -> str:
    """A whole number with commas; above 21 digits its first four and the power of ten."""
    digits = str(count)
    if len(digits) <= LONGEST_COUNT:
        return f"{int(digits):,}"
    return f"{digits[0]}.{digits[1:4]}…·10{str(len(digits) - 1).translate(RAISED)}"


def magnitude(count: int | str) -> str:
    """A whole number of which only the size matters: up to six digits as it is, above rounded, with a power of ten.

    >>> magnitude("815"), magnitude(1234567), magnitude("9250201267328076800"), magnitude(9996 * 10**20)
    ('815', '1.23·10⁶', '9.25·10¹⁸', '1.00·10²⁴')
    """
    digits = str(count)
    if len(digits) <= LONGEST_MAGNITUDE:
        return f"{int(digits):,}"
    first = round(int(digits[:4]) / 10)
    first, power = (100, len(digits)) if first == 1000 else (first, len(digits) - 1)
    return f"{first / 100:.2f}·10{str(power).translate(RAISED)}"


def ulps_words(count: int | str) -> str:
    """So many ulps, in words.

    >>> ulps_words("1"), ulps_words(815), ulps_words("9250201267328076800")
    ('1 ulp', '815 ulps', '9.25·10¹⁸ ulps')
    """
    return f"{magnitude(count)} ulp{'' if str(count) == '1' else 's'}"


def few_digits(number: str, most: int = NUMBER_COLUMNS) -> str:
    """A number in at most `most` characters, its exponent whole; an … says that digits were left out.

    >>> few_digits("0.25"), few_digits("0.36159505490948473660123"), few_digits("-3.615950549094847366012e-17")
    ('0.25', '0.3615950549094847366…', '-3.61595054909484…e-17')
    """
    mantissa, mark, exponent = number.partition("e")
    return number if len(number) <= most else mantissa[: most - len(mark + exponent) - 1] + "…" + mark + exponent


def short_matrix(matrix: Any, most: int = 4, longest: int = 40) -> str:
    """A vector or matrix on one line: its numbers where there are at most `most` and they fit into `longest`
    characters, else its size.

    >>> short_matrix([["1.0", "0.0"], ["0.0", "1.0"]]), short_matrix(["0.5"] * 9), short_matrix([["0.5"] * 3] * 2)
    ('[1 0; 0 1]', '9 numbers', '2 × 3')
    >>> short_matrix({"omitted": "4 × 64 numbers"}), short_matrix({"omitted": "1 × 64 numbers"})
    ('4 × 64', '64 numbers')
    """
    if isinstance(matrix, dict):
        words = _left_out(matrix)
        return re.sub(r"^1 × ", "", words) if words.startswith("1 ×") else re.sub(r"^(\d+ × \d+) numbers$", r"\1", words)
    rows = _rows(matrix)
    size = len(rows) * len(rows[0])
    text = "; ".join(" ".join(short(number) for number in row) for row in rows) if size <= most else ""
    if size == 1:
        return text
    if text and len(text) + 2 <= longest:
        return f"[{text}]"
    return f"{len(rows)} × {len(rows[0])}" if len(rows) > 1 else f"{size} numbers"


def matrix_text(matrix: Any) -> str:
    """Every number of a vector or matrix as it stands in the results, in columns, four to a line; or what was left out.

    >>> print(matrix_text([["1.0", "-2.25"], ["3.0", "4.0"]]))
    1.0  -2.25
    3.0    4.0
    >>> matrix_text({"omitted": "32 × 64 numbers"}), matrix_text(None)
    ('32 × 64 numbers, not listed', 'not defined')
    """
    if matrix is None:
        return "not defined"
    if isinstance(matrix, dict):
        return f"{_left_out(matrix)}, not listed"
    rows = _rows(matrix)
    lines = [[row[k : k + NUMBERS_A_LINE] for k in range(0, len(row), NUMBERS_A_LINE)] for row in rows]
    widths = [max((len(line[k]) for row in lines for line in row if k < len(line)), default=0) for k in range(NUMBERS_A_LINE)]
    texts = [
        "\n".join("  ".join(number.rjust(width) for number, width in zip(line, widths, strict=False)) for line in row) for row in lines
    ]
    return ("\n\n" if any(len(row) > 1 for row in lines) else "\n").join(texts)


def _rows(matrix: list[Any]) -> list[list[str]]:
    """The rows of a matrix; a vector is one row."""
    return matrix if matrix and isinstance(matrix[0], list) else [matrix]


def _left_out(matrix: Any) -> str:
    return inert(str(cast("dict[str, Any]", matrix)["omitted"]))


def comparison(left: Any, right: Any) -> str:
    """How two matrices of float64 numbers compare, in words.

    >>> comparison([["0.1"]], [["0.1"]]), comparison([["1.0"]], [["1.5"]])
    ('equal to the last bit', 'at most 0.5 apart')
    """
    if right is None:
        return "the adjoint is not defined"
    if isinstance(left, dict) or isinstance(right, dict):
        return "not listed here"
    pairs = [(as_float(a), as_float(b)) for p, q in zip(left, right, strict=True) for a, b in zip(p, q, strict=True)]
    if not all(math.isfinite(a) and math.isfinite(b) for a, b in pairs):
        return "not finite"
    apart = max((abs(a - b) for a, b in pairs), default=0.0)
    return f"at most {apart:.2g} apart" if apart else "equal to the last bit"


def entry_name(row: dict[str, Any]) -> str:
    """The name of one entry of a leaf: `W[0, 2]`.

    >>> entry_name({"name": "W", "index": [0, 2]}), entry_name({"name": "x", "index": []})
    ('W[0, 2]', 'x')
    """
    index = f"[{', '.join(map(str, row['index']))}]" if row["index"] else ""
    return clip(row["name"], 40) + index


def path_names(vertices: Sequence[dict[str, Any]], numbers: Sequence[int]) -> str:
    """The names of the vertices that a path visits."""
    return " → ".join(clip(vertices[number - 1]["name"], 40) for number in numbers)


def replay_command(case: Mapping[str, Any]) -> str:
    """The command that runs a case again, quoted for a shell; on the engine `target` where the case was one of its
    trial.

    >>> replay_command({"replay": "backproof1:abc"}), replay_command({"replay": "backproof1:abc", "target": "mine:make"})
    ("backproof replay 'backproof1:abc'", "backproof oracle mine:make --case 'backproof1:abc'")
    >>> replay_command({"replay": "x'y"})
    'backproof replay \\'x\\'"\\'"\\'y\\''
    """
    target = case.get("target")
    start = "backproof replay" if target is None else f"backproof oracle {shlex.quote(inert(target))} --case"
    quoted = inert(case["replay"]).replace("'", "'\"'\"'")
    return f"{start} '{quoted}'"


def short_replay(case: Mapping[str, Any]) -> str:
    """The command that runs a case of a results file again, by its id.

    >>> short_replay({"id": "0123456789ab"}), short_replay({"id": "0123456789ab", "target": "mine:make"})
    ('backproof replay 0123456789ab --from r.json', 'backproof oracle mine:make --case 0123456789ab --from r.json')
    """
    target = case.get("target")
    start = "backproof replay" if target is None else f"backproof oracle {shlex.quote(inert(target))} --case"
    return f"{start} {inert(case['id'])} --from r.json"


def with_subscripts(text: str) -> Any:
    """Words in which `p_i` reads as p with the subscript i; everything else is escaped.

    >>> print(with_subscripts("p_i < u_k"), with_subscripts("D_{j→i}"))
    <i>p</i><sub>i</sub> &lt; <i>u</i><sub>k</sub> <i>D</i><sub>j→i</sub>
    """
    from markupsafe import Markup, escape

    shown = re.sub(r"\b([A-Za-zγ])_\{([^{}]*)\}", r"<i>\1</i><sub>\2</sub>", str(escape(inert(text))))
    return Markup(re.sub(r"\b([A-Za-zγ])_([A-Za-z0-9])\b", r"<i>\1</i><sub>\2</sub>", shown))


def route_words(summary: Mapping[str, Any]) -> list[str]:
    """On how many cases differences were taken, and path sums compared with their definition.

    >>> of = {"counts": {"CORRECT": 211}, "differences": {"cases": 211, "directions": 5, "left_open": 1}, "definition": {"cases": 40, "disagree": 0}}
    >>> route_words(of)
    ['differences: on 211 of 211 cases, along directions on 5; they decide nothing on 1', 'path sums by definition: on 40 of 211 cases']
    >>> route_words({"counts": {"CORRECT": 211}})
    []
    """
    total, lines = sum(summary["counts"].values()), list[str]()
    if (taken := summary.get("differences")) is not None:
        line = f"differences: on {taken['cases']:,} of {counted(total, 'case')}"
        line += f", along directions on {taken['directions']:,}" if taken["directions"] else ""
        lines.append(line + (f"; they decide nothing on {taken['left_open']:,}" if taken["left_open"] else ""))
    if (tried := summary.get("definition")) is not None:
        line = f"path sums by definition: on {tried['cases']:,} of {counted(total, 'case')}"
        lines.append(line + (f"; internal disagreement on {tried['disagree']:,}" if tried["disagree"] else ""))
    return lines


def not_run_words(cases: Mapping[str, Any]) -> str:
    """How many of the planned cases were run, and why the others were not.

    >>> not_run_words({"planned": 30, "run": 27, "not_run": [{"why": "the run was interrupted", "cases": 2, "excused": False}], "unexplained": 1})
    '27 of 30 planned cases were run; not run: 2 (the run was interrupted), 1 (nothing says why)'
    """
    reasons = [(rest["cases"], rest["why"]) for rest in cases["not_run"]]
    reasons += [(cases["unexplained"], "nothing says why")] if cases["unexplained"] else []
    words = ", ".join(f"{count:,} ({clip(why, LONGEST_REASON)})" for count, why in reasons)
    return f"{cases['run']:,} of {counted(cases['planned'], 'planned case')} {'was' if cases['planned'] == 1 else 'were'} run; not run: {words}"


def counted(number: int, word: str, many: str | None = None) -> str:
    """A number with its word in the singular or the plural: `1 step`, `2 steps`.

    >>> counted(1, "step"), counted(1200, "case"), counted(2, "entry", "entries"), counted(0, "vertex", "vertices")
    ('1 step', '1,200 cases', '2 entries', '0 vertices')
    """
    return f"{number:,} {word if number == 1 else many or f'{word}s'}"


def looked_words(looked: Mapping[str, int]) -> str:
    """Up to how many consumers, entries, vertices and levels a run looked for faults that begin at the k-th of them.

    >>> looked_words({"consumers": 1024, "entries": 1024, "vertices": 1024, "levels": 1024})
    'looked up to 1,024 consumers, entries, vertices, levels'
    >>> looked_words({"consumers": 11, "entries": 1, "vertices": 33, "levels": 9})
    'looked up to 11 consumers, 1 entry, 33 vertices, 9 levels'
    """
    sizes = [(looked[axis], axis) for axis in ("consumers", "entries", "vertices", "levels")]
    if len({size for size, _ in sizes}) == 1 and sizes[0][0] > 1:
        return f"looked up to {sizes[0][0]:,} {', '.join(axis for _, axis in sizes)}"
    return f"looked up to {', '.join(f'{size:,} {_of_one(axis) if size == 1 else axis}' for size, axis in sizes)}"


def _of_one(axis: str) -> str:
    return {"entries": "entry", "vertices": "vertex"}.get(axis, axis.removesuffix("s"))
