"""The table of local functions, from the rows that the engine computes with: what a vertex of a graph may name.

```{function-table}
```
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row
from builder.tables import table


def operands(row: Row) -> str:
    """How many operands a row takes.

    >>> operands(TABLE["tanh"]), operands(TABLE["add"]), operands(TABLE["power"])
    ('1', '2 or more', '1 or 2')
    """
    if row.most is None:
        return f"{row.fewest} or more"
    return str(row.fewest) if row.fewest == row.most else " or ".join(str(count) for count in range(row.fewest, row.most + 1))


def attributes(row: Row) -> str:
    """The names of its attributes; those in brackets may be left out.

    >>> attributes(TABLE["take"]), attributes(TABLE["sum"]), attributes(TABLE["exp"])
    ('indices', '[axis]', '')
    """
    return ", ".join([*row.required, *(f"[{name}]" for name in row.optional)])


class FunctionTable(Directive):
    """A row for each function."""

    def run(self) -> list[nodes.Node]:
        """The table, in the order of the engine."""
        rows = [
            [[nodes.literal(text=row.name)], [nodes.Text(row.formula)], [nodes.Text(operands(row))], [nodes.Text(attributes(row))]]
            for row in TABLE.values()
        ]
        return [table(("function", "value", "operands", "attributes"), rows)]


def setup(app: Any) -> dict[str, bool]:
    """The directive `function-table`."""
    app.add_directive("function-table", FunctionTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
