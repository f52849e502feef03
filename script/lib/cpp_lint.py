"""Format and lint the firmware's C++: clang-format, then clang-tidy.

Usage: cpp_lint.py [--fix]

clang-tidy needs the headers and defines of a real build: ESPHome generates a device
with every domain and option, and its tree is searched for includes. That tree counts
as the system's: its headers are not judged, which takes most of the time otherwise; the
component's own are found beside the sources. A file that passed is not read again until it, a header or a rule changes.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
import hashlib
import os
from pathlib import Path
import re
import subprocess
import sys

REPO = Path(__file__).resolve().parents[2]
CACHE = REPO / ".cache/lint"
BIN = REPO / ".venv/bin"
ESPHOME = REPO / ".cache/venv-esphome/bin/esphome"
ESPHOME_COMPONENTS = "lib/python*/site-packages/esphome/components"
DEVICE = REPO / "tests/firmware/configs/lint.yaml"
FOLDERS = ("esphome", "tests")
GENERATED = CACHE / "esphome/build/everything/src"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
FLAGS = (
    "-std=gnu++20",
    "-Wall",
    "-Wextra",
    "-DUSE_HOST",
    # With every log call compiled in, its arguments are used and judged.
    "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_VERY_VERBOSE",
    "-DUSE_OCEANREMOTE_CRASH_POINTS",
    "-isystem",
    str(GENERATED),
)


def flags() -> list[str]:
    """Return the compiler's arguments."""
    # The tests' stand-in of deep sleep includes the real header from here.
    [installed] = ESPHOME.parents[1].glob(ESPHOME_COMPONENTS)
    return [*FLAGS, "-idirafter", str(installed)]


def files(*suffixes: str) -> list[Path]:
    """Return the tracked and the new C++ files with these suffixes, sorted."""
    patterns = [f"{folder}/*{suffix}" for folder in FOLDERS for suffix in suffixes]
    listing = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard", *patterns],
        cwd=REPO,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = {REPO / name for name in listing.split("\0") if name}
    return sorted(path for path in paths if path.exists())


def format_sources(*, fix: bool) -> bool:
    """Check the layout, or mend it; return whether all is well."""
    paths = [str(path) for path in files(".h", ".cpp", ".ino")]
    if not paths:
        return True
    clang_format = str(BIN / "clang-format")
    if fix:
        return subprocess.run([clang_format, "-i", *paths], check=False).returncode == 0
    result = subprocess.run(
        [clang_format, "--dry-run", "-Werror", *paths],
        check=False,
        capture_output=True,
        text=True,
    )
    complaints = re.findall(r"^(\S+?):\d+:\d+: error:", result.stderr, re.MULTILINE)
    for name, count in Counter(complaints).items():
        print(f"  {Path(name).relative_to(REPO)}: {count} places to format")
    if result.returncode != 0 and not complaints:
        print(result.stderr)
    return result.returncode == 0


def generate_build() -> bool:
    """Let ESPHome generate the tree that gives clang-tidy its headers and defines."""
    command = [str(ESPHOME), "--quiet", "compile", "--only-generate", str(DEVICE)]
    environment = os.environ | {"ESPHOME_DATA_DIR": str(CACHE / "esphome")}
    result = subprocess.run(
        command, env=environment, check=False, capture_output=True, text=True
    )
    if result.returncode != 0:
        print(result.stdout, result.stderr, sep="\n")
    return result.returncode == 0


def rules_digest() -> bytes:
    """Hash what judges every file: the rules, the flags, the generated defines."""
    digest = hashlib.sha256("\0".join(FLAGS).encode())
    generated = GENERATED / "esphome/core/defines.h"
    for path in (REPO / ".clang-tidy", Path(__file__), generated):
        digest.update(path.read_bytes())
    return digest.digest()


def with_own_headers(source: Path) -> list[Path]:
    """Return a source and the headers of ours that it reaches, sorted."""
    found = {source}
    waiting = [source]
    while waiting:
        reading = waiting.pop()
        for name in INCLUDE.findall(reading.read_text()):
            beside, sibling = reading.parent / Path(name).name, REPO / name
            header = beside if beside.exists() else sibling
            if header.exists() and header not in found:
                found.add(header)
                waiting.append(header)
    return sorted(found)


def tidy(path: Path, rules: bytes) -> str:
    """Return clang-tidy's complaints about one source; empty if there are none."""
    digest = hashlib.sha256(rules)
    for read in with_own_headers(path):
        digest.update(read.read_bytes())
    passed = CACHE / "passed" / digest.hexdigest()
    if passed.exists():
        return ""
    result = subprocess.run(
        [str(BIN / "clang-tidy"), "--quiet", str(path), "--", *flags()],
        cwd=REPO,
        check=False,
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        return result.stdout or result.stderr
    passed.parent.mkdir(parents=True, exist_ok=True)
    passed.touch()
    return ""


def tidy_sources() -> bool:
    """Run clang-tidy over every source of the components, two at a time."""
    sources = [path for path in files(".cpp") if "components" in path.parts]
    rules = rules_digest()
    clean = True
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(lambda path: tidy(path, rules), sources)
        for path, complaints in zip(sources, results, strict=True):
            print(f"  {path.relative_to(REPO)}", flush=True)
            if complaints:
                print(complaints, flush=True)
                clean = False
    return clean


def main() -> int:
    """Format, then lint; return the exit code."""
    formatted = format_sources(fix="--fix" in sys.argv[1:])
    if not generate_build():
        return 1
    return 0 if tidy_sources() and formatted else 1


if __name__ == "__main__":
    sys.exit(main())
