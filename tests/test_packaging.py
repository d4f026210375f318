"""The wheel holds every package, and runs in a new environment outside the checkout."""

from __future__ import annotations

import json
import subprocess
import tomllib
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("engine", "theorems", "verify", "reports")
PROGRAM = "import backproof, backproof.engine; from backproof import Graph, check; print(backproof.__version__, Graph is backproof.engine.Graph, 'check' in dir(backproof))"

SHOWN = """
import numpy as np
from backproof import check, trace

result = check(np.tanh, (np.ones(1),), vjp=lambda args, out, ct: (ct * (1 - out),), effort="quick")
result.save("r.json")
result.html("r.html")
assert "<style>" in result._repr_html_() and trace(np.tanh, np.ones(1)).svg().startswith("<svg")
"""


@pytest.fixture(scope="module")
def python(dependencies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment, whose dependencies come from this one through a .pth file."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    program = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([str(home / "bin" / "python"), "-c", program], capture_output=True, text=True, check=True)
    (Path(packages.stdout.strip()) / "dependencies.pth").write_text(str(dependencies))
    return home / "bin" / "python"


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
    assert {"backproof/__init__.py", "backproof/__main__.py", "backproof/py.typed"} <= held
    for layer in LAYERS:
        for file in (ROOT / layer).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert f"backproof/{file.relative_to(ROOT).as_posix()}" in held


def test_the_wheel_verifies_in_a_new_environment(wheel: Path, python: Path, tmp_path: Path) -> None:
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    results = tmp_path / "results.json"
    command = [
        str(python.with_name("backproof")),
        "verify",
        "--cases",
        "5",
        "--json",
        str(results),
        "--html",
        str(tmp_path / "report.html"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CORRECT" in done.stdout
    assert json.loads(results.read_text())["summary"]["holds"] is True
    where = subprocess.run(
        [str(python), "-c", "import backproof.engine as e; print(e.__file__)"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert str(python.parents[1]) in where.stdout
    assert seen(python, tmp_path) == ("0.1.0", "True", "True")
    subprocess.run([str(python), "-c", SHOWN], check=True, cwd=tmp_path)
    assert {"r.json", "r.html"} <= {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("mode", [[], ["--config-settings", "editable_mode=strict"]], ids=["plain", "strict"])
def test_an_editable_install_has_the_package_itself_and_its_layers(
    mode: list[str], python: Path, copied: Callable[[Path], Path], tmp_path: Path
) -> None:
    source = copied(tmp_path)
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", *mode, "-e", str(source)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for folder in (source, source.parent):
        assert seen(python, folder) == ("0.1.0", "True", "True")


def seen(python: Path, folder: Path) -> tuple[str, ...]:
    """What an interpreter in a folder sees of the package."""
    done = subprocess.run([str(python), "-c", PROGRAM], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return tuple(done.stdout.split())
