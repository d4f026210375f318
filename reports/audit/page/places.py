"""Where a number stands, in words: section or case, table, row, column.

>>> from backproof.reports.audit.page.elements import read_page
>>> table = "<table><caption>Sums</caption><thead><tr><th>Row</th><th>Sum</th></tr></thead><tbody><tr><th>a</th><td>2</td></tr></tbody></table>"
>>> place_of(read_page(f"<section id='s'>{table}</section>"), 0)
's, Sums, row a, Sum'
"""

from __future__ import annotations

from backproof.reports.audit.page.elements import Element, Page

LONGEST = 60  # letters of each part; chosen: a place stays on two lines


def place_of(page: Page, number: int) -> str:
    """The place of a number of the page."""
    if not page.owners:
        return "the page"
    owner = page.owners[number]
    parts = [page.homes[number] or "the top"]
    cell = _within(owner, ("td", "th"))
    row, table = _within(owner, ("tr",)), _within(owner, ("table",))
    if cell is None or row is None or table is None:
        parts.append(f"{owner.tag}: {owner.line}" if owner.line else owner.tag)
        return ", ".join(part[:LONGEST] for part in parts)
    caption, above = table.find("caption"), table.parent
    label = caption.line if caption is not None else "" if above is None else above.attributes.get("aria-label", "")
    parts += [label] if label else []
    parts += [f"row {_row_name(row)}"] if _row_name(row) else []
    parts += [column] if (column := _column(table, row, cell)) else []
    return ", ".join(part[:LONGEST] for part in parts)


def _within(element: Element, tags: tuple[str, ...]) -> Element | None:
    place: Element | None = element
    while place is not None and place.tag not in tags:
        place = place.parent
    return place


def _row_name(row: Element) -> str:
    cells = [child for child in row.children if isinstance(child, Element)]
    body = row.parent
    while cells and body is not None and not cells[0].line:
        rows = body.parts("tr")
        place = rows.index(row)
        if not place:
            return ""
        row = rows[place - 1]
        cells = [child for child in row.children if isinstance(child, Element)]
    return cells[0].line if cells else ""


def _column(table: Element, row: Element, cell: Element) -> str:
    head = table.find("thead")
    heads = [] if head is None else [child.line for child in head.parts("tr")[0].children if isinstance(child, Element)]
    place, width = 0, 0
    for child in row.children:
        if isinstance(child, Element):
            if child is cell:
                place = width
            width += int(child.attributes.get("colspan", "1"))
    place += max(0, len(heads) - width)  # what reaches down from rows above stands before
    return heads[place] if place < len(heads) else ""
