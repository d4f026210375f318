"""The wheel holds every package, and runs in a new environment outside the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("engine", "theorems", "verify", "reports")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the tracked sources."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for layer in LAYERS:
        for file in (ROOT / layer).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                target = source / file.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(source)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def unnamed(project: str) -> set[str]:
    """The folders with an `__init__.py` that the text of a pyproject.toml does not name as packages, each with its place."""
    tool = tomllib.loads(project)["tool"]["setuptools"]
    folders = {file.parent.relative_to(ROOT).as_posix() for layer in LAYERS for file in (ROOT / layer).rglob("__init__.py")}
    packages = {folder: "backproof." + folder.replace("/", ".") for folder in folders}
    return {folder for folder, package in packages.items() if package not in tool["packages"] or tool["package-dir"].get(package) != folder}


def test_every_folder_is_named_as_a_package() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert unnamed(project) == set()
    assert unnamed(project.replace('    "backproof.verify.lift.tape",\n', "")) == {"verify/lift/tape"}
    assert unnamed(project.replace('= "verify/paths"', '= "verify/path"')) == {"verify/paths"}


def test_the_wheel_holds_every_module_and_data_file(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for layer in LAYERS:
        for file in (ROOT / layer).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert f"backproof/{file.relative_to(ROOT).as_posix()}" in held


def test_the_wheel_verifies_in_a_new_environment(wheel: Path, tmp_path: Path) -> None:
    """A new environment with the wheel itself; its dependencies come from this one, through a .pth file."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    packages = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    others = tmp_path / "dependencies"
    others.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "backproof" not in entry.name and not entry.name.endswith(".pth"):
            (others / entry.name).symlink_to(entry)
    (Path(packages.stdout.strip()) / "dependencies.pth").write_text(str(others))
    results = tmp_path / "results.json"
    command = [str(home / "bin" / "backproof"), "verify", "--cases", "5", "--json", str(results), "--html", str(tmp_path / "report.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CORRECT" in done.stdout
    assert json.loads(results.read_text())["summary"]["holds"] is True
    where = subprocess.run(
        [str(python), "-c", "import backproof.engine as e; print(e.__file__)"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert str(home) in where.stdout
