from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from backproof.verify.results.versions import version_of, versions_of


def test_versions_are_those_that_are_installed() -> None:
    assert versions_of(("backproof", "numpy")) == {"backproof": version("backproof"), "numpy": version("numpy")}
    assert version_of("numpy") is version_of("numpy")


def test_what_is_not_installed_is_no_version_however_often_one_asks() -> None:
    for _ in range(2):
        with pytest.raises(PackageNotFoundError):
            version_of("no-such-package")
