"""docutils nodes: a paragraph, a link to a place on the same page, a table."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes


def plain(text: str) -> nodes.paragraph:
    """A paragraph of text without markup."""
    return nodes.paragraph(text=text)


def link(text: str, anchor: str) -> nodes.reference:
    """A link to a place on the same page.

    >>> link("case", "results-case").astext()
    'case'
    """
    return nodes.reference("", "", nodes.literal(text=text), internal=True, refid=anchor)


def table(head: Sequence[str], rows: Sequence[Sequence[Sequence[nodes.Node]]]) -> nodes.table:
    """A table with a line of heads; a cell is a list of nodes, inline ones or paragraphs.

    >>> table(("key", "holds"), [([nodes.Text("n")], [nodes.Text("integer")])]).astext().split()
    ['key', 'holds', 'n', 'integer']
    """
    group = nodes.tgroup(cols=len(head))
    for _ in head:
        group += nodes.colspec(colwidth=1)
    top, body = nodes.thead(), nodes.tbody()
    top += _row([[nodes.Text(text)] for text in head])
    for cells in rows:
        body += _row(cells)
    group += [top, body]
    found = nodes.table()
    found += group
    return found


def _row(cells: Sequence[Sequence[nodes.Node]]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        entry = nodes.entry()
        if all(isinstance(node, nodes.paragraph) for node in cell):
            entry += list(cell)
        else:
            entry += nodes.paragraph("", "", *cell)
        row += entry
    return row
