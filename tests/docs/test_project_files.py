"""What the project says of itself comes from one setting; what a pipeline takes from it fits its schema, and runs."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email import message_from_string
from email.message import Message
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from builder.pages import DOCS, blocks, commands
from builder.project_files import ROOT, files

yaml = pytest.importorskip("yaml", reason="the files of a pipeline need pip install 'backproof[docs]'")
pytest.importorskip("check_jsonschema", reason="the files of a pipeline need pip install 'backproof[docs]'")
clientlib = pytest.importorskip("pre_commit.clientlib", reason="the hook needs pip install 'backproof[docs]'")

Run = Callable[[str, Path], "subprocess.CompletedProcess[str]"]
EXAMPLE = "https://example.org/backproof"
CONTACT = "security@example.org"
PAGE = blocks((DOCS / "tutorials" / "ci.md").read_text(encoding="utf-8"))
GATE = "python -m pytest -m backproof --backproof-html checks.html"


def of_page(name: str) -> str:
    """A file of the tutorial."""
    return next(block.text for block in PAGE if block.name == name)


def loaded(text: str) -> Any:
    return yaml.safe_load(text)


def steps(document: Any) -> list[dict[str, Any]]:
    """The steps of a workflow's only job."""
    (job,) = document["jobs"].values()
    return job["steps"]


def metadata(text: str) -> Message:
    return message_from_string(text)


@pytest.fixture(scope="module")
def setup() -> ModuleType:
    """setup.py as a module: nothing is built when it is imported."""
    spec = importlib.util.spec_from_file_location("setup_of_backproof", ROOT / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def filled(copied: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A copy of the project that has an address and a contact."""
    source = copied(tmp_path / "source")
    project = source / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    text = re.sub(r'^repository = ".*"$', f'repository = "{EXAMPLE}"', text, flags=re.MULTILINE)
    text = re.sub(r'^contact = ".*"$', f'contact = "{CONTACT}"', text, flags=re.MULTILINE)
    project.write_text(text, encoding="utf-8")
    return source


def valid(kind: str, file: Path) -> subprocess.CompletedProcess[str]:
    """A file against the schema of its kind, which comes with the checker."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_generated_files_are_what_the_setting_makes() -> None:
    for name, text in files().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text


def test_the_wheel_has_the_addresses_of_the_setting_and_no_others(wheel: Path, setup: ModuleType) -> None:
    repository = setup.setting()["repository"]
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        held = metadata(archive.read(name).decode("utf-8"))
    shown = str(held.get_payload())
    assert "# backproof" in shown
    assert "backproof verify --html report.html" in shown
    assert len(held.get_all("Project-URL") or ()) == (3 if repository else 0)
    assert shown.count("![") == shown.count(f"]({repository}/raw/HEAD/") if repository else "![" not in shown
    told = "".join(files().values())
    assert ("no public address yet" in told) == (not repository)
    assert repository or re.findall(r"https?://|@", told) == []


def test_with_an_address_everything_is_absolute(filled: Path, tmp_path: Path) -> None:
    program = "from setuptools.build_meta import prepare_metadata_for_build_wheel as p; import sys; p(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=filled, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob("*.dist-info/METADATA")
    held = metadata(file.read_text(encoding="utf-8"))
    assert sorted(held.get_all("Project-URL", [])) == [
        f"Changelog, {EXAMPLE}/blob/HEAD/CHANGELOG.md",
        f"Issues, {EXAMPLE}/issues",
        f"Repository, {EXAMPLE}",
    ]
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", str(held.get_payload()))
    assert len(pictures) >= 2
    assert [picture for picture in pictures if not (ROOT / picture.removeprefix(f"{EXAMPLE}/raw/HEAD/")).is_file()] == []
    made = files(filled)
    assert f"<mailto:{CONTACT}>" in made["SECURITY.md"]
    assert "no public address" not in made["SECURITY.md"]
    assert loaded(made["CITATION.cff"])["repository-code"] == EXAMPLE


def test_code_in_the_readme_is_left_alone(setup: ModuleType) -> None:
    code = "```python\n>>> table[name](row)\n```"
    assert setup.long_description(code, "") == code


def test_the_citation_fits_its_schema_and_one_that_does_not_is_refused(tmp_path: Path) -> None:
    assert valid("citation-file-format", ROOT / "CITATION.cff").returncode == 0
    assert loaded((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["authors"] == [{"name": "the backproof authors"}]
    wrong = tmp_path / "CITATION.cff"
    wrong.write_text(files()["CITATION.cff"].replace("title:", "name:"), encoding="utf-8")
    assert "title" in valid("citation-file-format", wrong).stdout


def test_the_action_and_the_workflow_fit_their_schemas(tmp_path: Path) -> None:
    done = valid("github-actions", ROOT / "action.yml")
    assert done.returncode == 0, done.stdout
    workflow = tmp_path / "gradients.yml"
    workflow.write_text(of_page(".github/workflows/gradients.yml"), encoding="utf-8")
    done = valid("github-workflows", workflow)
    assert done.returncode == 0, done.stdout


def test_the_hook_is_one_for_pre_commit_and_the_page_has_the_same(tmp_path: Path) -> None:
    (hook,) = clientlib.load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    own = tmp_path / "config.yaml"
    own.write_text(of_page(".pre-commit-config.yaml"), encoding="utf-8")
    (repository,) = clientlib.load_config(str(own))["repos"]
    (local,) = repository["hooks"]
    keys = ("id", "name", "entry", "language", "pass_filenames", "types")
    assert {key: hook[key] for key in keys} == {key: local[key] for key in keys}


def test_the_workflow_runs_what_the_page_runs(typed: Run, wheel: Path, tmp_path: Path) -> None:
    install, gate = (step["run"] for step in steps(loaded(of_page(".github/workflows/gradients.yml"))) if "run" in step)
    assert gate in [command.line for block in PAGE if block.kind == "console" for command in commands(block)]
    assert gate == GATE
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / wheel.name).write_bytes(wheel.read_bytes())
    done = typed(install, tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_action_checks_and_keeps_a_report(typed: Run, wheel: Path, tmp_path: Path) -> None:
    action = loaded((ROOT / "action.yml").read_text(encoding="utf-8"))
    install, check, keep = action["runs"]["steps"]
    assert check["run"].replace('"$REPORT" $TESTS', action["inputs"]["report"]["default"]) == GATE
    assert {word for step in (install, check) for word in re.findall(r"\$([A-Z]+)", step["run"])} == {*install["env"], *check["env"]}
    assert keep["with"]["path"] == check["env"]["REPORT"]
    (tmp_path / "test_gradients.py").write_text(of_page("test_gradients.py"), encoding="utf-8")
    done = typed(f"INSTALL={wheel} && {install['run']} && REPORT=kept.html TESTS= && {check['run']}", tmp_path)
    assert done.returncode == 0, done.stdout
    assert "CORRECT" in (tmp_path / "kept.html").read_text(encoding="utf-8")


def test_the_hook_stops_a_wrong_gradient_and_no_other_test(typed: Run, tmp_path: Path) -> None:
    (hook,) = loaded((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    marked = "import pytest\n\n\n@pytest.mark.backproof\ndef test_gradient():\n    assert {}\n\n\ndef test_other():\n    assert False\n"
    for holds, code in ((True, 0), (False, 1)):
        (tmp_path / "test_it.py").write_text(marked.format(holds), encoding="utf-8")
        done = typed(hook["entry"], tmp_path)
        assert done.returncode == code, done.stdout


def test_what_contributing_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r"pytest (tests/\S+)", text) + [".ci/run"]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [name for name in re.findall(r"-m (builder[.\w]*)", text) if importlib.util.find_spec(name) is None] == []
