"""The metadata that depend on where the project lives: its addresses, and the long description with absolute links.

Both come from one setting, `[tool.backproof]` in pyproject.toml. Where that is empty there are no addresses, and the
long description has no pictures and no links to files, since they would lead nowhere.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<to>(?!https?:|#|mailto:)[^)\s]+)\)")


def setting(project: Path = HERE) -> dict[str, str]:
    """`repository` and `contact`; both may be empty."""
    return dict(tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["backproof"])


def urls(repository: str) -> dict[str, str]:
    """The addresses that a package index shows; none where there is no repository.

    >>> urls(""), sorted(urls("https://example.org/backproof"))
    ({}, ['Changelog', 'Issues', 'Repository'])
    """
    if not repository:
        return {}
    return {"Repository": repository, "Issues": f"{repository}/issues", "Changelog": f"{repository}/blob/HEAD/CHANGELOG.md"}


def long_description(readme: str, repository: str) -> str:
    """README with absolute links; without a repository, without pictures, and with the text of a link alone.

    >>> long_description("![A page](page.png)\\n\\nSee [docs](docs/a.md).", "")
    'See docs.'
    >>> long_description("![A page](page.png)", "https://example.org/backproof")
    '![A page](https://example.org/backproof/raw/HEAD/page.png)'
    """

    def absolute(match: re.Match[str]) -> str:
        picture, text, to = match["picture"], match["text"], match["to"]
        if repository:
            return f"{picture}[{text}]({repository}/{'raw' if picture else 'blob'}/HEAD/{to})"
        return "" if picture else text

    prose_and_code = CODE.split(readme)
    text = "".join(part if part.startswith("```") else LINK.sub(absolute, part) for part in prose_and_code)
    return text if repository else re.sub(r"\n{3,}", "\n\n", text).strip("\n")


if __name__ == "__main__":
    from setuptools import setup

    where = setting()["repository"]
    setup(
        long_description=long_description((HERE / "README.md").read_text(encoding="utf-8"), where),
        long_description_content_type="text/markdown",
        project_urls=urls(where),
    )
