"""The results as Markdown tables: `render` takes the document that `python -m benchmarks --out FILE.json` writes.

>>> time_text(0.00123456), time_text(12.5e-6), time_text(75.0)
('1.23 ms', '12.5 µs', '75.0 s')
>>> table(["side", "time"], [["ours", "1 ms"], ["theirs", "3 ms"]], "lr").splitlines()[1]
'| :----- | ---: |'
>>> render({"format": "backproof-results"})
Traceback (most recent call last):
    ...
ValueError: $.format: found 'backproof-results', expected 'backproof-benchmarks'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

FORMAT = "backproof-benchmarks"
Document: TypeAlias = Mapping[str, Any]


def render(document: Document) -> str:
    """All tables, under what was run where. ValueError if it is not a document of benchmarks."""
    if document.get("format") != FORMAT:
        raise ValueError(f"$.format: found {document.get('format')!r}, expected {FORMAT!r}")
    facts = document["machine"]
    text = ["# Benchmarks", "", f"`{document['command']}`: " + ", ".join(f"{name} {fact}" for name, fact in facts.items()) + "."]
    text += [
        "",
        "Times are medians over rounds in which all lines of a table took turns; ± is the median deviation from the median. A ratio is formed within",
    ]
    text += [
        "each round: its median, and in brackets the lowest and the highest. Lines are timed only after their values were found to agree."
    ]
    for result in document["results"]:
        text += ["", f"## {result['title']}", "", result["about"]]
        for found in result["tables"]:
            text += ["", KINDS[found["kind"]](found)]
        text += [line for reason in result["missing"] for line in ("", f"{reason[0].upper()}{reason[1:]}.")]
    return "\n".join(text) + "\n"


def comparison(found: Document) -> str:
    """Time and ratio of every side."""
    first = found["lines"][0]["name"]
    rows = [
        [
            line["name"],
            time_text(line["median"]),
            deviation(line),
            "1" if line["name"] == first else range_text(line["ratio"]) if line["ratio"] else "",
        ]
        for line in found["lines"]
    ]
    digits = found["digits"]
    agree = "" if digits is None else " The values are equal in float64." if digits == 17 else f" The values agree to {int(digits)} digits."
    rest = "".join(f" {reason[0].upper()}{reason[1:]}." for reason in found["missing"])
    return f"**{found['workload']}.**{agree}{rest}\n\n" + table(["", "time", "±", "times the first"], rows, "lrrr")


def growth(found: Document) -> str:
    """Time at every size, and the exponents."""
    rows = [[f"{line['size']:,}", time_text(line["median"]), deviation(line)] for line in found["lines"]]
    exponents = f"α = {range_text(found['exponent'])}, in the last step {range_text(found['last'])}; expected {found['expected']}."
    return f"**{found['what']}, against {found['against']}.** {exponents}\n\n" + table([found["against"], "time", "±"], rows, "rrr")


def parts(found: Document) -> str:
    """Time and share of every part, and the whole."""
    rows = [[line["name"], time_text(line["median"]), deviation(line), f"{100 * line['share']:.1f} %"] for line in found["lines"]]
    rows.append(["**all**", time_text(sum(line["median"] for line in found["lines"])), "", "100 %"])
    return f"**{found['workload']}.**\n\n" + table(["part", "time for a case", "±", "share"], rows, "lrrr")


KINDS = {"comparison": comparison, "growth": growth, "parts": parts}


def table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """A Markdown table with columns of even width; `align` has l or r for each."""
    widths = [max(2, *(len(cell) for cell in column)) for column in zip(head, *rows, strict=True)]

    def written(cells: Sequence[str]) -> str:
        placed = (cell.ljust(width) if side == "l" else cell.rjust(width) for cell, width, side in zip(cells, widths, align, strict=True))
        return "| " + " | ".join(placed) + " |"

    rule = [":" + "-" * (width - 1) if side == "l" else "-" * (width - 1) + ":" for width, side in zip(widths, align, strict=True)]
    return "\n".join([written(head), written(rule), *(written(row) for row in rows)])


def time_text(seconds: float) -> str:
    """Three significant digits with a fitting unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.9995 * size:
            return f"{three_digits(seconds / size)} {unit}"
    return f"{three_digits(seconds / 1e-9)} ns"


def three_digits(number: float) -> str:
    """Three significant digits, more before the point where there are more.

    >>> three_digits(1234.5), three_digits(100.4), three_digits(0.0123456), three_digits(9.999)
    ('1,234', '100', '0.0123', '10.0')
    """
    return f"{number:,.0f}" if number >= 999.5 else f"{number:#.3g}".rstrip(".")


def range_text(found: Mapping[str, float]) -> str:
    """Median, with the lowest and the highest in brackets."""
    return f"{found['median']:z.2f} ({found['lowest']:z.2f} … {found['highest']:z.2f})"


def deviation(line: Document) -> str:
    """The spread in percent of the median."""
    return f"{100 * line['spread'] / line['median']:.1f} %" if line["median"] else ""
