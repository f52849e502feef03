"""The manifest, HACS and the pinned requirements agree."""

import json
import re

from .source import INTEGRATION, REPO

MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())
HACS = json.loads((REPO / "hacs.json").read_text())


def test_keys_are_sorted_after_domain_and_name() -> None:
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])


def test_requirements_are_those_that_the_tests_installed() -> None:
    lines = (REPO / "requirements/integration.txt").read_text().splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert pinned == MANIFEST["requirements"]


def test_the_version_is_the_changelogs() -> None:
    changelog = (REPO / "CHANGELOG.md").read_text()
    assert re.search(rf"\b{re.escape(MANIFEST['version'])}\b", changelog)


def test_hacs_asks_for_no_newer_home_assistant_than_the_tests_run() -> None:
    lines = (REPO / "requirements/ha.txt").read_text()
    match = re.search(r"^homeassistant==(\d+)\.(\d+)\.(\d+)$", lines, re.MULTILINE)
    assert match is not None
    tested = tuple(int(part) for part in match.groups())
    asked = tuple(int(part) for part in HACS["homeassistant"].split("."))
    assert asked <= tested
