"""Unpack Debian's Python 3.14 into a private prefix; nothing of the system changes.

Usage: private_python.py PREFIX WORKDIR PATCHELF

For machines whose release ships an older Python. The packages come from the
mirror that the machine's own apt configuration names, from the suite `testing`
(then `unstable`). Runs on the system's Python 3.11.
"""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
import sys

ROOTS = ("python3.14", "python3.14-venv", "libpython3.14-dev")
SUITES = ("testing", "unstable")
APT_TRUSTED = Path("/etc/apt/trusted.gpg.d")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# Headers that belong to the compiler of the system, and maintenance tools.
SKIPPED = (
    "libc6-dev",
    "linux-libc-dev",
    "libc-dev-bin",
    "expat1-dev",
    "zlib1g-dev",
    "debconf",
    "debian-installer",
)


def configured_mirror() -> str:
    """Return the URI of the Debian archive that apt is configured for.

    `apt-get indextargets` reads both deb822 and one-line sources, so no format is
    parsed here. Raises SystemExit when no Debian archive is configured.
    """
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format",
         "$(CREATED_BY)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for line in listing.splitlines():
        kind, uri, release, component = line.split("\t")
        if kind != "Packages" or component != "main":
            continue
        if "-" in release or "/" in release or "debian" not in uri:
            continue
        return uri
    raise SystemExit("apt knows no Debian archive to take Python 3.14 from")


def source_options() -> str:
    """Return the keyring option of the source line, where apt trusts none by itself."""
    if any(APT_TRUSTED.glob("debian-archive-*")) or not KEYRING.exists():
        return ""
    return f"[signed-by={KEYRING}] "


class PrivateApt:
    """An apt whose sources, lists and cache lie in a directory of our own."""

    def __init__(self, workdir: Path, suite: str, kind: str = "deb") -> None:
        """Write the one source line for `suite` below `workdir`."""
        self.directory = workdir / suite
        for name in ("lists/partial", "cache/archives/partial", "debs"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        source = self.directory / "sources.list"
        source.write_text(
            f"{kind} {source_options()}{configured_mirror()} {suite} main\n"
        )
        self.options = [
            "-o", f"Dir::Etc::sourcelist={source}",
            "-o", "Dir::Etc::sourceparts=/dev/null",
            "-o", "Dir::Etc::preferences=/dev/null",
            "-o", "Dir::Etc::preferencesparts=/dev/null",
            "-o", f"Dir::State::Lists={self.directory}/lists",
            "-o", f"Dir::Cache={self.directory}/cache",
            "-o", "Dir::State::status=/dev/null",
            "-o", "APT::Sandbox::User=",
            "-o", "APT::Update::Post-Invoke=",
        ]  # fmt: skip

    def run(self, tool: str, *arguments: str) -> str:
        """Run an apt tool with the private options and return what it printed."""
        return subprocess.run(
            [tool, *self.options, *arguments],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.directory / "debs",
        ).stdout

    def download_closure(self) -> list[Path]:
        """Download the packages and all they depend on; return the files."""
        self.run("apt-get", "-q", "update")
        depends = self.run(
            "apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests",
            "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances", *ROOTS,
        )  # fmt: skip
        names = sorted(
            {
                line
                for line in depends.splitlines()
                if line and not line.startswith((" ", "<", "|"))
            }
        )
        wanted = [name for name in names if not any(s in name for s in SKIPPED)]
        print(f"downloading {len(wanted)} packages", flush=True)
        self.run("apt-get", "-q", "download", *wanted)
        return sorted((self.directory / "debs").glob("*.deb"))


def unpack(packages: list[Path], prefix: Path) -> None:
    """Unpack the packages below `prefix`, with a merged /usr as Debian has it."""
    for name in ("bin", "lib", "lib64", "sbin"):
        (prefix / "usr" / name).mkdir(parents=True)
        (prefix / name).symlink_to(f"usr/{name}")
    for package in packages:
        subprocess.run(["dpkg", "-x", str(package), str(prefix)], check=True)


def bind_interpreter(prefix: Path, patchelf: str) -> Path:
    """Make the interpreter use the loader and libraries of the prefix alone."""
    python = prefix / "usr/bin/python3.14"
    loaders = sorted(prefix.glob("usr/lib/*/ld-linux-*.so*"))
    if not loaders:
        raise SystemExit("the unpacked C library has no dynamic loader")
    loader = loaders[0]
    subprocess.run(
        [patchelf, "--set-interpreter", str(loader), str(python)], check=True
    )
    subprocess.run(
        [patchelf, "--force-rpath", "--set-rpath", str(loader.parent), str(python)],
        check=True,
    )
    return python


def main() -> int:
    """Build the prefix beside its final place and move it there when it works."""
    prefix, workdir, patchelf = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    for suite in SUITES:
        try:
            packages = PrivateApt(workdir, suite).download_closure()
        except subprocess.CalledProcessError as error:
            print(f"{suite}: apt failed with exit code {error.returncode}", flush=True)
            continue
        shutil.rmtree(prefix, ignore_errors=True)
        unpack(packages, prefix)
        python = bind_interpreter(prefix, patchelf)
        check = (
            "import sys, ssl, sqlite3, ctypes; assert sys.version_info >= (3, 14, 2)"
        )
        if subprocess.run([str(python), "-c", check], check=False).returncode == 0:
            shutil.rmtree(workdir, ignore_errors=True)
            print(f"Python 3.14 from Debian {suite} is in {prefix}")
            return 0
        print(f"{suite}: the unpacked interpreter does not run", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
