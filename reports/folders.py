"""Folders of pages: written whole or not at all, and never over what is not ours.

A folder of ours has a list of its files, `pages.json`. One that holds anything else is refused; an earlier one of ours
is replaced when the new one is complete.

>>> why_no_folder("no/such/place")
"the folder 'no/such' does not exist"
>>> why_no_folder(__file__)
'it is a file, and pages need a folder'
>>> write_folder("no/such/place", {"index.html": ""})
Traceback (most recent call last):
    ...
NotADirectoryError: [Errno 20] The folder 'no/such' does not exist: 'no/such/place'
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from backproof.reports.outputs import Name, naming, why_unwritable

LIST = "pages.json"
FORMAT = "backproof-pages"


def write_folder(path: Name, texts: Mapping[str, str]) -> None:
    """Write text files, by their names below the folder, with a list of them; OSError names `path` if it cannot be
    written, or holds what is not ours, and then nothing was changed.

    A link to a folder stays a link.
    """
    with naming(path):
        if why := why_no_folder(path):
            raise OSError(errno.ENOTEMPTY if os.path.isdir(path) else errno.ENOTDIR, why[:1].upper() + why[1:])
        target = os.path.realpath(path)
        beside = tempfile.mkdtemp(prefix=".backproof-", dir=os.path.dirname(target))
        try:
            new = os.path.join(beside, "new")
            _fill(new, {**texts, LIST: json.dumps({"format": FORMAT, "version": 1, "pages": sorted(texts)}, indent=1) + "\n"})
            _put(new, target, os.path.join(beside, "old"))
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def why_no_folder(path: Name) -> str | None:
    """Why pages cannot be written into this folder; None if they can: there is none yet, it is empty, or it holds pages
    of ours alone.
    """
    try:
        target = os.path.realpath(path)
        if os.path.isdir(target):
            foreign = _foreign(target)
            if foreign is not None:
                return f"it holds {foreign!r}, which is no page of ours; give a new or an empty folder"
            beside = os.path.join(os.path.dirname(target), ".backproof-pages")
        elif os.path.lexists(target):
            return "it is a file, and pages need a folder"
        else:
            beside = os.path.join(os.path.dirname(os.fspath(path)), ".backproof-pages")
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return why_unwritable(beside)


def _foreign(folder: str) -> str | None:
    """The first thing in a folder that is not on its list of pages; None if there is nothing."""
    listed = _listed(folder)
    for parent, folders, names in os.walk(folder):
        for name in sorted((*names, *(inner for inner in folders if os.path.islink(os.path.join(parent, inner))))):
            whole = os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")
            if whole not in listed:
                return whole
        if parent != folder and not folders and not names:
            return os.path.relpath(parent, folder).replace(os.sep, "/")
    return None


def _listed(folder: str) -> set[str]:
    with suppress(OSError, ValueError, RecursionError):
        found: Any = json.loads(Path(folder, LIST).read_text(encoding="utf-8"))
        if isinstance(found, dict) and found.get("format") == FORMAT and isinstance(found.get("pages"), list):
            return {LIST, *(name for name in found["pages"] if isinstance(name, str))}
    return set()


def _fill(folder: str, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = Path(folder, *name.split("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))


def _put(new: str, target: str, old: str) -> None:
    """The new folder in the place of the old one, which is back there if that fails."""
    had = os.path.lexists(target)
    if had:
        shutil.copymode(target, new)
        os.rename(target, old)
    else:
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(new, 0o777 & ~umask)
    try:
        os.rename(new, target)
    except BaseException:
        if had:
            os.rename(old, target)
        raise
