"""The site builds without a network, with warnings as errors, and holds what the code has: names, commands, keys."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from builder.pages import DOCS

import backproof

pytest.importorskip("sphinx", reason="the site needs pip install 'backproof[docs]'")
pytest.importorskip("myst_nb", reason="the site needs pip install 'backproof[docs]'")
pytest.importorskip("furo", reason="the site needs pip install 'backproof[docs]'")

from builder.command_help import helps

from backproof.engine.functions import TABLE

ROOT = DOCS.parent
OFFLINE = """
import socket, sys
def refused(*given, **named):
    raise OSError("the site is built without a network")
socket.getaddrinfo = socket.create_connection = socket.socket.connect = refused
from sphinx.cmd.build import main
sys.exit(main(sys.argv[1:]))
"""
"""Sphinx where every connection is refused."""


def built(source: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A build of a folder of pages by the configuration of `docs/`."""
    command = [
        sys.executable,
        "-c",
        OFFLINE,
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-c",
        str(DOCS),
        *options,
        "-d",
        str(out / "doctrees"),
    ]
    return subprocess.run([*command, str(source), str(out / "html")], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once."""
    out = tmp_path_factory.mktemp("site")
    done = built(DOCS, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"


def pages(site: Path) -> dict[str, str]:
    return {page.relative_to(site).as_posix(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}


def test_every_page_is_built(site: Path) -> None:
    sources = [page for kind in ("*.md", "*.rst", "*.ipynb") for page in DOCS.rglob(kind)]
    assert len(sources) > 20
    assert [page.name for page in sources if not (site / page.relative_to(DOCS)).with_suffix(".html").is_file()] == []


def test_a_reader_needs_no_network(site: Path) -> None:
    """No script, style, font or picture comes from elsewhere; links to elsewhere are links only."""
    foreign = r'<(?:script|img|iframe|source)[^>]+src="(?:https?:)?//|<link[^>]+rel="stylesheet"[^>]+href="(?:https?:)?//'
    assert [name for name, text in pages(site).items() if re.search(foreign, text)] == []
    assert [
        sheet.name for sheet in site.rglob("*.css") if re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8"))
    ] == []


def test_formulas_are_mathml(site: Path) -> None:
    text = (site / "explanation" / "independence.html").read_text(encoding="utf-8")
    assert text.count("<math ") >= 2
    assert [name for name, page in pages(site).items() if re.search(r"<script[^>]*mathjax", page, re.IGNORECASE)] == []


def test_every_public_name_has_its_docstring_in_the_reference(site: Path) -> None:
    text = (site / "reference" / "python.html").read_text(encoding="utf-8")
    layers = [import_module(f"backproof.{layer}") for layer in backproof.LAYERS]
    below = [info.name for layer in layers for info in walk_packages(layer.__path__, layer.__name__ + ".") if info.ispkg]
    folders = [*(layer.__name__ for layer in layers), *below]
    modules = {name: import_module(name) for name in folders}
    names = [f"{door}.{name}" for door, module in modules.items() for name in getattr(module, "__all__", ())]
    names += [f"backproof.verify.strategies.{name}" for name in ("arguments_for", "cases", "graphs")]
    names += ["backproof.verify.pytest_plugin.gradient_oracle"]
    assert len(names) > 50
    assert [name for name in names if f'id="{name}"' not in text] == []


def test_every_command_is_there_with_its_own_help(site: Path) -> None:
    text = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    assert {"backproof", "backproof verify", "backproof oracle"} <= set(helps())
    assert [name for name in helps() if f'id="{name.replace(" ", "-")}"' not in text] == []
    assert "--allow-nondeterminism" in text


def test_every_local_function_is_there(site: Path) -> None:
    text = (site / "reference" / "functions.html").read_text(encoding="utf-8")
    assert [name for name in TABLE if f">{name}</span>" not in text] == []


@pytest.mark.parametrize(("page", "schema"), [("results", "reports/results.schema.json"), ("graph", "engine/graph.schema.json")])
def test_every_key_of_a_schema_is_there(page: str, schema: str, site: Path) -> None:
    text = (site / "reference" / f"{page}.html").read_text(encoding="utf-8")
    document = json.loads((ROOT / schema).read_text(encoding="utf-8"))
    keys = {*document["properties"], *(key for one in document.get("$defs", {}).values() for key in one.get("properties", ()))}
    assert [key for key in sorted(keys) if f">{key}</span>" not in text] == []


def test_a_page_with_a_fault_is_no_site(tmp_path: Path) -> None:
    source = tmp_path / "pages"
    source.mkdir()
    (source / "index.md").write_text("# A page\n\n[nowhere](no-such-page.md)\n", encoding="utf-8")
    done = built(source, tmp_path / "out", "-D", "extensions=myst_parser,builder.mathml", "-D", "html_theme=basic")
    assert done.returncode != 0
    assert "no-such-page.md" in done.stderr
