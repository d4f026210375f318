"""A JSON Schema as tables: what a document may hold, from the file that the program itself reads.

```{schema} backproof.engine graph.schema.json
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from builder.tables import link, plain, table

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One key of an object: whether it must be there, what it holds, and what it means."""

    name: str
    required: bool
    holds: str
    means: str
    refers: tuple[str, ...] = ()


def holds(schema: Schema) -> str:
    """What a value may be, in a few words.

    >>> holds({"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 0}})
    'array (at least 1) of: integer (at least 0)'
    >>> holds({"anyOf": [{"$ref": "#/$defs/number"}, {"type": "null"}]})
    'number, or null'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for key, between in (("anyOf", ", or "), ("oneOf", ", or "), ("allOf", ", and ")):
        if key in schema:
            return between.join(holds(one) for one in schema[key])
    kind: Any = schema.get("type", "any value")
    words = kind if isinstance(kind, str) else " or ".join(kind)
    limits = ", ".join(_limits(schema))
    words += f" ({limits})" if limits else ""
    if isinstance(schema.get("prefixItems"), list):
        return words + " of: " + "; ".join(holds(one) for one in schema["prefixItems"])
    if isinstance(schema.get("items"), Mapping):
        return words + " of: " + holds(schema["items"])
    if isinstance(schema.get("additionalProperties"), Mapping) and not schema.get("properties"):
        return words + ", each value: " + holds(schema["additionalProperties"])
    return words


def _limits(schema: Schema) -> Iterator[str]:
    for key, words in (("minimum", "at least"), ("exclusiveMinimum", "more than"), ("minItems", "at least"), ("minLength", "at least")):
        if key in schema:
            yield f"{words} {schema[key]:,}"
    for key, words in (("maximum", "at most"), ("maxItems", "at most"), ("maxLength", "at most")):
        if key in schema:
            yield f"{words} {schema[key]:,}"
    if "pattern" in schema:
        yield f"matches {schema['pattern']}"


def references(schema: Any) -> tuple[str, ...]:
    """The definitions that a schema names, each once.

    >>> references({"items": {"$ref": "#/$defs/case"}})
    ('case',)
    """
    if isinstance(schema, Mapping):
        own = (str(schema["$ref"]).rpartition("/")[2],) if isinstance(schema.get("$ref"), str) else ()
        return tuple(dict.fromkeys(own + tuple(name for value in schema.values() for name in references(value))))
    return tuple(dict.fromkeys(name for value in schema for name in references(value))) if isinstance(schema, list) else ()


def objects(schema: Schema, title: str) -> Iterator[tuple[str, Schema]]:
    """An object with keys, and every object with keys inside it, by a title that says where it stands."""
    if schema.get("properties"):
        yield title, schema
        for name, below in schema["properties"].items():
            yield from objects(below, f"{title}.{name}")
    elif isinstance(schema.get("items"), Mapping):
        yield from objects(schema["items"], f"{title}[]")
    elif isinstance(schema.get("additionalProperties"), Mapping):
        yield from objects(schema["additionalProperties"], f"{title}{{}}")
    for key in ("anyOf", "oneOf", "allOf"):
        for number, one in enumerate(schema.get(key, ()), start=1):
            yield from objects(one, f"{title} ({number})")


def fields(schema: Schema) -> list[Field]:
    """The keys of an object, in the order of its schema."""
    required = schema.get("required", ())
    return [
        Field(name, name in required, holds(one), str(one.get("description", "")), references(one))
        for name, one in schema["properties"].items()
    ]


class SchemaTables(Directive):
    """A table for each object of a schema, and its definitions below."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """What the document is, and the tables."""
        package, name = self.arguments
        schema = json.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
        found: list[nodes.Node] = [plain(schema.get("description", ""))]
        prefix = nodes.make_id(name)
        for title, one in objects(schema, "$"):
            found += [_section(title, one, prefix)]
        for definition, one in schema.get("$defs", {}).items():
            inside = list(objects(one, definition))
            if not inside:
                section = _titled(definition, prefix)
                section += plain(holds(one))
                section += plain(one.get("description", ""))
                found.append(section)
            for title, below in inside:
                found.append(_section(title, below, prefix))
        return found


def _titled(title: str, prefix: str) -> nodes.section:
    section = nodes.section(ids=[f"{prefix}-{nodes.make_id(title) or 'document'}"], names=[])
    section += nodes.title("", "", nodes.literal(text=title))
    return section


def _section(title: str, schema: Schema, prefix: str) -> nodes.section:
    section = _titled(title, prefix)
    if schema.get("description") and title != "$":
        section += plain(schema["description"])
    rows: list[tuple[list[nodes.Node], ...]] = []
    for field in fields(schema):
        refers = [link(name, f"{prefix}-{nodes.make_id(name)}") for name in field.refers]
        means = [nodes.paragraph(text=field.means)] if field.means else []
        named = [nodes.paragraph("", "see ", *_between(refers))] if refers else []
        need = "required" if field.required else "may be left out"
        rows.append(([nodes.literal(text=field.name)], [nodes.Text(need)], [nodes.literal(text=field.holds)], [*means, *named]))
    section += table(("key", "", "holds", "means"), rows)
    return section


def _between(parts: list[nodes.reference]) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    for part in parts:
        found += [nodes.Text(", "), part] if found else [part]
    return found


def setup(app: Any) -> dict[str, bool]:
    """The directive `schema`."""
    app.add_directive("schema", SchemaTables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
