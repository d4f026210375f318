"""The whole site with the gallery's reports, in one folder: `python -m builder OUT`, in `docs/`."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from builder.gallery import FOLDER, make
from builder.pages import DOCS


def main(out: Path) -> int:
    """Build it; the exit code is Sphinx's."""
    code = sphinx(["-q", "-W", "-b", "html", "-d", str(out / ".doctrees"), str(DOCS), str(out)])
    if code == 0:
        make(out.resolve() / FOLDER)
    return code


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m builder OUT")
    sys.exit(main(Path(sys.argv[1])))
