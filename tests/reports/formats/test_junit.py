"""JUnit XML: valid for Jenkins' schema, with the counts that its elements have, and no test with properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema

from backproof.reports.formats.junit import junit

Record = dict[str, Any]
SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


def elements(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_it_is_valid(everything: Record, holding: Record) -> None:
    schema = xmlschema.XMLSchema(SCHEMA)
    for document in (everything, holding):
        schema.validate(junit(document))
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(junit(holding).replace("tests=", "test=", 1).replace("testsuite name", "testsuite nam", 1))


def test_counts_are_those_of_the_elements(everything: Record) -> None:
    root = elements(junit(everything))
    for suite in (root, *root.iter("testsuite")):
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert suite.get(attribute) == str(len(list(suite.iter(tag))))
    assert root.get("failures") == "7"


def test_what_is_inconclusive_is_an_error_and_what_was_not_checked_is_skipped(everything: Record) -> None:
    root = elements(junit(everything))
    errors = [error.get("type") for error in root.iter("error")]
    assert errors == ["INCONCLUSIVE"] * 2
    assert [skipped.get("type") for skipped in root.iter("skipped")] == ["not checked"] * 2
    assert all(element.get("message") for tag in ("failure", "error", "skipped") for element in root.iter(tag))


def test_no_test_has_properties_and_the_run_has(everything: Record) -> None:
    root = elements(junit(everything))
    assert list(root.iterfind(".//testcase/properties")) == []
    assert root.find("testsuite/properties/property[@name='command']") is not None


def test_names_are_unique_and_nothing_hostile_breaks_out(everything: Record) -> None:
    root = elements(junit(everything))
    names = [(test.get("classname"), test.get("name")) for test in root.iter("testcase")]
    assert len(set(names)) == len(names)
    assert any("␛[31m" in str(name) and "⟨U+202E⟩" in str(name) for _, name in names)


def test_an_allowed_inconclusive_is_skipped_and_says_that_it_is_allowed(everything: Record) -> None:
    everything["run"]["allow_inconclusive"] = everything["summary"]["holds"] = True
    skipped = [str(element.get("message")) for element in elements(junit(everything)).iter("skipped")]
    assert sum(message.startswith("allowed by --allow-inconclusive: INCONCLUSIVE") for message in skipped) == 2
