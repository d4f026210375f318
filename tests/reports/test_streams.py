"""Standard streams of a real process: closed, full, without a reader, of an encoding that cannot hold the letters."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backproof.reports.streams import Kept, put

PROGRAM = """
import sys
from backproof.reports.streams import data_on_stdout, for_people, put, put_data, ready_streams, stdout_failure
ready_streams()
for _ in range(3):
    put(for_people(), {line})
print("a library prints")
failure = stdout_failure()
put(sys.stderr, f"failure: {failure.strerror if failure else None}")
{more}
sys.exit(7)
"""
LINE = "∂o/∂W ⟨x⟩ u₃"


def run(redirection: str = "", more: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = f'exec "$0" -c "$1" {redirection}'
    if "|" in redirection:
        command = f'set -o pipefail; "$0" -c "$1" {redirection}'
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    program = PROGRAM.replace("{more}", more).replace("{line}", ascii(LINE))
    return subprocess.run(["bash", "-c", command, sys.executable, program], capture_output=True, check=False, timeout=60, env=variables)


def test_an_open_stream_is_written() -> None:
    done = run()
    assert done.stdout.decode().splitlines() == [LINE] * 3 + ["a library prints"]
    assert done.stderr == b"failure: None\n"
    assert done.returncode == 7


@pytest.mark.parametrize(
    ("redirection", "stderr"),
    [
        (">&-", b"failure: None\n"),
        ("2>&-", b""),
        (">&- 2>&-", b""),
        ("<&- >&- 2>&-", b""),
        ("> /dev/full", b"failure: No space left on device\n"),
        ("> /dev/full 2> /dev/full", b""),
        ("| true", b"failure: None\n"),
    ],
)
def test_a_stream_that_fails_changes_no_exit_code_and_is_no_traceback(redirection: str, stderr: bytes) -> None:
    done = run(redirection)
    assert done.returncode == 7
    assert done.stderr == stderr


def test_a_closed_stream_does_not_get_the_lines_of_the_next_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    run(">&- 2>&-", f"file = open({str(file)!r}, 'w'); print('x'); put(sys.stderr, 'y'); file.write('mine'); file.close()")
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii", "utf-16", "ascii:strict", "shift-jis", "utf-8"])
def test_every_encoding_takes_every_line(encoding: str) -> None:
    done = run(PYTHONIOENCODING=encoding)
    assert done.returncode == 7
    name = encoding.partition(":")[0]
    shown = done.stdout.decode(name).replace("\ufeff", "").splitlines()
    assert shown == [LINE.encode(name, "backslashreplace").decode(name).replace("\ufeff", "")] * 3 + ["a library prints"]


def test_the_c_locale_takes_every_line() -> None:
    done = run(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 7
    assert rb"\u2202o/\u2202W" in done.stdout


def test_a_document_has_standard_output_for_itself() -> None:
    done = run(more="with data_on_stdout():\n    put(for_people(), 'words')\n    put_data('{\\u2202}')\n", PYTHONIOENCODING="latin-1")
    assert done.stdout.endswith("{∂}".encode())
    assert done.stderr.endswith(b"words\n")


def test_a_document_that_standard_output_does_not_take_is_an_error_with_its_name() -> None:
    more = "try:\n    put_data('{}')\nexcept OSError as error:\n    put(sys.stderr, str(error))\n"
    assert b"No space left on device: 'standard output'" in run("> /dev/full", more).stderr


def test_a_stream_of_a_test_takes_lines_as_well() -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    put(narrow, LINE)
    put(None, LINE)
    assert narrow.buffer.getvalue().startswith(rb"\u2202o")  # pyright: ignore[reportAttributeAccessIssue]


def test_nothing_is_written_after_a_failure(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    kept = Kept(descriptor)
    os.close(descriptor)
    assert kept.write(b"one") == 3
    assert kept.failure is not None
    other = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    assert kept.write(b"two") == 3
    os.close(other)
    assert (tmp_path / "file").read_bytes() == b""
