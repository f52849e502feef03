"""What people expect of a public repository is there, and in form."""

import json
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from .source import REPO

FORMS = sorted((REPO / ".github/ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOWS = sorted((REPO / ".github/workflows").glob("*.yaml"))
PAPERS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}
# Relative targets of Markdown links, without their anchors.
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def load(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text())


def steps_of(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", [*PAPERS, "LICENSE"])
def test_the_papers_are_there(name: str) -> None:
    assert (REPO / name).read_text().strip()


@pytest.mark.parametrize(
    "path",
    [REPO / name for name in PAPERS] + sorted((REPO / "docs").rglob("*.md")),
    ids=lambda path: str(path.relative_to(REPO)),
)
def test_links_lead_somewhere(path: Path) -> None:
    targets = LINK.findall(path.read_text())
    assert [name for name in targets if not (path.parent / name).exists()] == []


def test_the_forms_are_judged() -> None:
    assert {path.stem for path in FORMS} == {"bug", "config", "idea"}


@pytest.mark.parametrize(
    "path", [path for path in FORMS if path.stem != "config"], ids=lambda p: p.stem
)
def test_a_form_asks_well_formed_questions(path: Path) -> None:
    form = load(path)
    assert form["name"] and form["description"]
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in form["body"]} <= KINDS
    assert len({part["id"] for part in asked}) == len(asked)
    assert all(part["attributes"]["label"] for part in asked)
    dropdowns = [part for part in asked if part["type"] == "dropdown"]
    for part in dropdowns:
        options = part["attributes"]["options"]
        assert len(set(options)) == len(options) > 1


def test_a_bug_report_asks_for_diagnostics() -> None:
    body = load(REPO / ".github/ISSUE_TEMPLATE/bug.yml")["body"]
    (part,) = [part for part in body if part.get("id") == "diagnostics"]
    assert part["validations"]["required"] is True


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_in_form(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    # YAML 1.1 reads the key `on` as true.
    assert "pull_request" in workflow[True]
    assert all("uses" in step or "run" in step for step in steps_of(workflow))


def test_what_must_pass_here_is_what_runs_there() -> None:
    runs = {step.get("run") for path in WORKFLOWS for step in steps_of(load(path))}
    uses = {step.get("uses", "") for path in WORKFLOWS for step in steps_of(load(path))}
    assert ".ci/run" in runs
    assert any(name.startswith("home-assistant/actions/hassfest@") for name in uses)
    assert any(name.startswith("hacs/action@") for name in uses)


def test_the_development_container_sets_itself_up() -> None:
    container = json.loads((REPO / ".devcontainer/devcontainer.json").read_text())
    assert container["image"].startswith("debian:")
    assert "script/setup" in container["postCreateCommand"]
