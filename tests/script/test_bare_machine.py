"""When bare machines are made, and what they are told of this one."""

import os
from pathlib import Path

import bare_machine
import pytest
import test_parts


def test_bare_machines_are_made_only_when_asked_for() -> None:
    everything, _ = test_parts.parse_arguments([])
    named, extra = test_parts.parse_arguments(["bare", "--", "-k", "not trixie"])
    assert "bare" not in [part.name for part in everything]
    assert "e2e" in [part.name for part in everything]
    assert [part.name for part in named] == ["bare"]
    assert extra == ["-k", "not trixie"]


def test_who_is_not_root_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert bare_machine.why_not() == "only root may make a machine"


def test_a_system_without_debootstrap_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bare_machine.why_not() == "debootstrap and apt are needed"


def test_a_part_that_cannot_run_here_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("sys.argv", ["test_parts.py", "bare"])
    assert test_parts.main() == 0
    assert "skipped: bare: only root may make a machine" in capsys.readouterr().out


def test_settings_that_name_files_find_them(tmp_path: Path) -> None:
    index = tmp_path / "simple"
    index.mkdir()
    value = f"https://example.invalid/simple file://{index} {index} /nowhere/at-all"
    assert bare_machine.seen_from_inside(value).split() == [
        "https://example.invalid/simple",
        f"file:///mnt/outside{index}",
        f"/mnt/outside{index}",
        "/nowhere/at-all",
    ]
