"""Which Debian packages the set-up installs, and what it says where it may not."""

from pathlib import Path
import re
import shutil
import subprocess

import pytest

from .shell import REPO, run_shell

DEMO = {"build-essential", "libsodium-dev", "python3-pip"}
TESTS_ONLY = {"clang", "gcc-avr", "chromium", "debootstrap"}
BOARDS_ONLY = {"gcc-xtensa-lx106", "qemu-system-misc"}
VERSIONED = re.compile(r"-\d+(\.\d+)*(-|$)")
NEEDED_BY_THE_SHELL = ("bash", "awk", "cat")


def run_packages(
    text: str, repo: Path = REPO, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a text with the library; only the programs in `path` exist if it is given."""
    environment = {"REPO": str(repo), "CACHE": str(repo / ".cache")}
    if path is not None:
        environment["PATH"] = str(path)
    libraries = ("steps", "python314", "system_packages")
    return run_shell(text, *libraries, environment=environment)


def listed(groups: str = "") -> set[str]:
    """Return the packages of the list's groups."""
    return set(run_packages(f"listed_packages {groups}").stdout.split())


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    """Return a repository whose list has one package that every Debian has."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "debian.txt").write_text(
        "# [none]\n[demo]\ndpkg\noceanremote-absent # said\n\n[test]\noceanremote-lost\n"
    )
    return tmp_path


def machine_with(folder: Path, **programs: str) -> Path:
    """Make a folder of programs: those of a shell, and scripts that are given."""
    folder.mkdir()
    for name in NEEDED_BY_THE_SHELL:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    for name, text in programs.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{text}\n")
        program.chmod(0o755)
    return folder


def test_the_demo_needs_no_tools_of_the_tests() -> None:
    assert listed("demo") >= DEMO
    assert listed("test") >= TESTS_ONLY
    assert listed("boards") >= BOARDS_ONLY
    assert not listed("demo") & listed("test boards")
    assert listed() == listed("demo test boards")
    assert listed("demo test") == listed("demo") | listed("test")


def test_no_package_is_of_one_release_only() -> None:
    """`script/test bare` asks each release for all of them."""
    assert [name for name in listed() if VERSIONED.search(name)] == []
    assert VERSIONED.search("clang-14")
    assert VERSIONED.search("libclang-rt-14-dev")


def test_what_is_installed_is_not_missing(invented: Path) -> None:
    demo = run_packages("missing_packages demo", invented)
    everything = run_packages("missing_packages", invented)
    assert demo.stdout.split() == ["oceanremote-absent"]
    assert everything.stdout.split() == ["oceanremote-absent", "oceanremote-lost"]


def test_a_system_without_apt_is_told_what_to_install(tmp_path: Path) -> None:
    path = machine_with(tmp_path / "bin")
    result = run_packages("install_system_packages demo", path=path)
    assert result.returncode == 0, result.stderr
    assert "Debian 12 and 13" in result.stdout
    assert "Python 3.14" in result.stdout
    for package in listed("demo"):
        assert f"  {package}\n" in result.stdout
    assert "chromium" not in result.stdout


def test_who_is_not_root_is_told_the_command(invented: Path) -> None:
    nobody = {"id": "echo 1000", "sudo": "exit 1", "apt_get": "echo apt >&2"}
    path = machine_with(invented / "bin", **nobody)
    for name in ("dpkg-query", "sed", "comm", "sort"):
        (path / name).symlink_to(shutil.which(name) or "")
    result = run_packages("install_system_packages", invented, path)
    assert result.returncode == 0
    assert result.stderr == ""
    command = "apt-get install --no-install-recommends"
    assert f"{command} oceanremote-absent oceanremote-lost\n" in result.stdout
