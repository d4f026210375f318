"""The files that reports are written to: whole or not at all, and found unwritable before the work.

>>> why_unwritable("no/such/folder/r.json")
"the folder 'no/such/folder' does not exist"
>>> why_unwritable("/dev/null")
'it is no file but a device or a pipe'
>>> with naming("r.json"):
...     raise OSError(28, "No space left on device")
Traceback (most recent call last):
    ...
OSError: [Errno 28] No space left on device: 'r.json'
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

Name: TypeAlias = "str | os.PathLike[str]"

NO_FILE = "it is no file but a device or a pipe"
PROBE = bytes(4096)  # a block of most file systems: a full one has no room for it


@contextmanager
def naming(path: Name) -> Generator[None]:
    """An OSError that leaves this block names the file, also where the system does not (a full disk)."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error


def write_whole(path: Name, text: str) -> None:
    """Write a text file whole or not at all; OSError names `path` if it cannot be written.

    What is there is replaced at once at the end: a link stays a link, and a file keeps its permissions.
    """
    with naming(path):
        target = os.path.realpath(path)
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(os.stat(target).st_mode):
                raise OSError(errno.EINVAL, "It is no file")
        data = text.encode("utf-8")
        if not _through_a_nameless_file(target, data):
            _through_a_neighbour(target, data)


def why_unwritable(path: Name) -> str | None:
    """Why a file cannot be written there; None if it can, as far as can be known before (it is tried with a block)."""
    try:
        target = os.path.realpath(path)
        with suppress(FileNotFoundError):
            mode = os.stat(target).st_mode
            if stat.S_ISDIR(mode):
                return "it is a folder"
            if not stat.S_ISREG(mode):
                return NO_FILE
            if not os.access(target, os.W_OK):
                return os.strerror(errno.EACCES)
        folder = os.path.dirname(target)
        if not os.path.isdir(folder):
            typed = os.path.dirname(os.fspath(path))
            missing = folder if os.path.isdir(typed or ".") else typed
            return f"the folder {missing!r} does not exist"
        _probe(folder)
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return str(error)
    return None


def same_file(one: Name, other: Name) -> bool:
    """Whether two names are of one file, which need not exist: also through links, and where letters of both cases are
    the same.

    >>> same_file("r.json", "./x/../r.json"), same_file("r.json", "r.html")
    (True, False)
    """
    first, second = os.path.realpath(one), os.path.realpath(other)
    if first == second:
        return True
    with suppress(OSError):
        return os.path.samefile(first, second)
    folders = os.path.dirname(first), os.path.dirname(second)
    return first.casefold() == second.casefold() and (folders[0] == folders[1] or same_file(*folders)) and _ignores_case(folders[0])


def _ignores_case(folder: str) -> bool:
    """Whether this folder takes `A` and `a` for one name."""
    with suppress(OSError):
        name = os.path.join(folder, _temporary_name())
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            return os.path.exists(os.path.join(folder, os.path.basename(name).upper()))
        finally:
            os.unlink(name)
    return False


def _temporary_name() -> str:
    return f".backproof-{secrets.token_hex(4)}"


def _probe(folder: str) -> None:
    handle = _nameless(folder)
    if handle is not None:
        try:
            _write(handle, PROBE)
        finally:
            os.close(handle)
        return
    name = os.path.join(folder, _temporary_name())
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(handle, PROBE)
    finally:
        os.close(handle)
        os.unlink(name)


def _nameless(folder: str) -> int | None:
    """A file without a name, of which nothing is left if this process is killed; None where there are none."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return os.open(folder, flag | os.O_WRONLY, 0o666)
    except OSError as error:
        if error.errno in (errno.EISDIR, errno.EOPNOTSUPP, errno.ENOENT, errno.EINVAL):
            return None
        raise


def _through_a_nameless_file(target: str, data: bytes) -> bool:
    """Write it without a name, then give it the name; False where the file system cannot, and nothing was done."""
    handle = _nameless(os.path.dirname(target))
    if handle is None:
        return False
    try:
        _write(handle, data)
        _keep_mode(handle, target)
        source = f"/proc/self/fd/{handle}"
        if not os.path.lexists(target) and _link(source, target, handle):
            return True
        name = os.path.join(os.path.dirname(target), _temporary_name())
        if not _link(source, name, handle):
            return False
        _replace(name, target)
    finally:
        os.close(handle)
    return True


def _link(source: str, name: str, handle: int) -> bool:
    with suppress(OSError):
        os.link(source, name, src_dir_fd=handle)  # with a folder's descriptor, whichever, the link to the open file is followed
        return True
    return False


def _through_a_neighbour(target: str, data: bytes) -> None:
    """Write it under another name beside the target, then rename it."""
    name = os.path.join(os.path.dirname(target), _temporary_name())
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        try:
            _write(handle, data)
            _keep_mode(handle, target)
        finally:
            os.close(handle)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _replace(name, target)


def _replace(name: str, target: str) -> None:
    try:
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _keep_mode(handle: int, target: str) -> None:
    """The permissions of the file that is replaced; those of a new file are the umask's."""
    with suppress(FileNotFoundError, AttributeError):  # Windows has no fchmod
        os.fchmod(handle, stat.S_IMODE(os.stat(target).st_mode))
