"""A page as elements, tables and numbers: `read_page(text)`.

Nothing of what made the page is asked: the standard library's parser takes it apart. A *word* is what stands between
white space and has a digit; words are counted in the order of the page, piece of text by piece of text, and an element
knows the range of its words.

>>> page = read_page("<body><section id='a'><p>On <b>3</b> of 4</p></section></body>")
>>> page.words, [page.home_of(k) for k in range(2)]
(['3', '4'], ['a', 'a'])
>>> page.root.find("p").text
'On 3 of 4'
>>> read_page("<p>1</b>")
Traceback (most recent call last):
    ...
backproof.reports.audit.page.elements.PageError: </b> ends what did not begin; expected </p>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

INLINE = frozenset(("a", "abbr", "b", "code", "em", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "tspan", "u"))
"""Tags within a piece of text; every other one ends it."""

EMPTY = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
"""Tags of HTML that have no end."""

SPACE = re.compile("[ \t\n\r\f]+")
DIGIT = re.compile("[0-9²³¹⁰⁴-⁹₀-₉]")
REPLAY = "backproof1:"


class PageError(ValueError):
    """The text is no page that can be taken apart."""


@dataclass(eq=False, slots=True)
class Element:
    """An element, its attributes, and the range of its words among those of the page."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element | str] = field(default_factory=list["Element | str"])
    first: int = 0
    last: int = 0

    @property
    def text(self) -> str:
        """All text in it, white space as it stands."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def line(self) -> str:
        """Its text on one line."""
        return SPACE.sub(" ", self.text).strip()

    def has(self, name: str) -> bool:
        """Whether it has this class."""
        return name in self.attributes.get("class", "").split()

    def every(self, wanted: Callable[[Element], bool]) -> Iterator[Element]:
        """The elements within it that are wanted, in order; what lies in one that is wanted is not searched."""
        for child in self.children:
            if isinstance(child, Element):
                if wanted(child):
                    yield child
                else:
                    yield from child.every(wanted)

    def find(self, tag: str, **attributes: str) -> Element | None:
        """The first element within it with this tag and these attributes (`kind` is the class)."""
        kind = attributes.pop("kind", None)
        for child in self.children:
            if isinstance(child, Element):
                same = child.tag == tag and all(child.attributes.get(name) == value for name, value in attributes.items())
                if same and (kind is None or child.has(kind)):
                    return child
                if (found := child.find(tag, **attributes, **({} if kind is None else {"kind": kind}))) is not None:
                    return found
        return None

    def parts(self, tag: str) -> list[Element]:
        """Its children with this tag."""
        return [child for child in self.children if isinstance(child, Element) and child.tag == tag]


@dataclass(eq=False, slots=True)
class Page:
    """A page taken apart: its elements, words, the element and the home (the last id of a section or an article) of each
    word, the lines of the words for the second copy, and that copy as it stands.
    """

    root: Element
    words: list[str]
    owners: list[Element]
    lines: list[str]
    line_words: list[int]
    homes: list[str]
    held: str | None

    def home_of(self, word: int) -> str:
        """The id of the section or the article in which a word stands."""
        return self.homes[word]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {}, None)
        self.open = [self.root]
        self.page = Page(self.root, [], [], [], [], [], None)
        self.buffer: list[str] = []
        self.home = ""
        self.entered = False
        self.packed: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE:
            self._end_of_text()
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, self.open[-1], first=len(self.page.words))
        self.open[-1].children.append(element)
        if tag in ("section", "article") and "id" in attributes:
            self.home, self.entered = attributes["id"], True
        if tag == "script" and attributes.get("id") == "held":
            self.packed = []
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self._end_of_text()
        if tag in EMPTY:
            return
        if self.open[-1].tag != tag or len(self.open) == 1:
            raise PageError(f"</{tag}> ends what did not begin; expected </{self.open[-1].tag or 'html'}>")
        element = self.open.pop()
        element.last = len(self.page.words)
        if tag == "script" and element.attributes.get("id") == "held" and self.packed is not None:
            self.page.held = "".join(self.packed)

    def handle_data(self, data: str) -> None:
        if self.open[-1].tag == "script" and self.open[-1].attributes.get("id") == "held" and self.packed is not None:
            self.packed.append(data)
        if self.open[-1].tag in ("script", "style"):
            return
        self.buffer.append(data)
        self.open[-1].children.append(data)

    def _end_of_text(self) -> None:
        if not self.buffer:
            return
        text = "".join(self.buffer)
        self.buffer.clear()
        if not DIGIT.search(text):
            return
        owner = next((element for element in reversed(self.open) if element.tag not in INLINE), self.root)
        words = [word for word in SPACE.split(text) if DIGIT.search(word)]
        plain = [word for word in words if REPLAY not in word]
        if plain:
            if self.entered:
                self.page.lines.append(f"§{self.home}")
                self.page.line_words.append(len(self.page.words))
                self.entered = False
            self.page.lines.append(" ".join(plain))
            self.page.line_words.append(len(self.page.words))
        for word in words:
            self.page.words.append(word)
            self.page.owners.append(owner)
            self.page.homes.append(self.home)

    def finished(self) -> Page:
        self.close()
        self._end_of_text()
        if len(self.open) > 1:
            raise PageError(f"the page is cut off within <{self.open[-1].tag}>")
        self.root.last = len(self.page.words)
        return self.page


def read_page(text: str) -> Page:
    """The page taken apart. PageError if its elements do not lie in each other."""
    reader = _Reader()
    reader.feed(text)
    return reader.finished()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its element, where it stands (thead, tbody, tfoot), and its cells by column, spans filled in."""

    element: Element
    part: str
    cells: tuple[Element | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its role, the keys of its columns, and the rows below the head."""

    element: Element
    role: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]

    def cell(self, row: Row, key: str) -> Element | None:
        """The cell of a row in the column with this key."""
        place = self.keys.index(key) if key in self.keys else -1
        return row.cells[place] if 0 <= place < len(row.cells) else None

    @property
    def caption(self) -> Element | None:
        """Its caption."""
        return self.element.find("caption")


def tables(root: Element) -> list[Table]:
    """The tables with a role, in order."""
    return [_table(element) for element in root.every(lambda element: element.tag == "table" and "data-t" in element.attributes)]


def _table(element: Element) -> Table:
    keys: tuple[str, ...] = ()
    rows: list[Row] = []
    for part in element.children:
        if not isinstance(part, Element) or part.tag not in ("thead", "tbody", "tfoot"):
            continue
        waiting: dict[int, tuple[int, Element]] = {}
        for tr in part.parts("tr"):
            cells: list[Element | None] = []
            for cell in tr.children:
                if not isinstance(cell, Element) or cell.tag not in ("td", "th"):
                    continue
                _fill(cells, waiting)
                down = int(cell.attributes.get("rowspan", "1"))
                for _ in range(int(cell.attributes.get("colspan", "1"))):
                    if down > 1:
                        waiting[len(cells)] = (down - 1, cell)
                    cells.append(cell)
            _fill(cells, waiting)
            if part.tag == "thead":
                keys = tuple("" if cell is None else cell.attributes.get("data-c", "") for cell in cells)
            else:
                rows.append(Row(tr, part.tag, tuple(cells)))
    return Table(element, element.attributes["data-t"], keys, tuple(rows))


def _fill(cells: list[Element | None], waiting: dict[int, tuple[int, Element]]) -> None:
    """The cells of rows above that reach down to this place."""
    while (place := len(cells)) in waiting:
        left, cell = waiting[place]
        if left > 1:
            waiting[place] = (left - 1, cell)
        else:
            del waiting[place]
        cells.append(cell)
