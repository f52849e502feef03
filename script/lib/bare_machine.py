"""Run a command on a bare Debian machine that holds a copy of this repository.

Usage: bare_machine.py RELEASE COMMAND [ARGUMENT ...]

The machine is debootstrap's minbase with git and python3 (what the README asks for) in
`.cache/bare/RELEASE/machine`, entered by chroot. It has this machine's network and its
settings of apt and pip, and nothing else of it. Its mounts and processes live in
namespaces of their own and end with the command, however that ends. Its packages are
kept for the next one. Needs root.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import shutil
import subprocess
import sys

from pip_settings import pip_settings
from private_python import configured_mirror

REPO = Path(__file__).resolve().parents[2]
CACHE = REPO / ".cache"
STEPS = REPO / "script/lib/steps.sh"
RELEASES = {"bookworm": "Debian 12", "trixie": "Debian 13"}
PACKAGES = "git,python3"

# In the machine: the repository's copy, and this machine's files, read-only, for the
# sake of what pip's settings name.
HOME = "/srv/oceanremote"
OUTSIDE = "/mnt/outside"
UV_CACHE = "/var/cache/uv"
# What is kept lies in the machine while there is one, since uv links what it installs.
KEPT = {"uv": UV_CACHE, "archives": "/var/cache/apt/archives"}

PROXIES = ("http_proxy", "https_proxy", "no_proxy")
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
# Arguments: the machine's folder, then the command.
ENTER = f"""
set -e
root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind / "$root{OUTSIDE}"
mount -o remount,ro,bind "$root{OUTSIDE}"
exec chroot "$root" "$@"
"""


def why_not() -> str:
    """Return why no machine can be made here, or nothing."""
    if os.geteuid() != 0:
        return "only root may make a machine"
    if not shutil.which("debootstrap") or not shutil.which("apt-get"):
        return "debootstrap and apt are needed"
    allowed = subprocess.run([*NAMESPACES, "true"], check=False, capture_output=True)
    if allowed.returncode:
        return f"no namespaces here: {allowed.stderr.decode().strip()}"
    try:
        configured_mirror()
    except SystemExit as error:
        return str(error)
    return ""


def step(title: str, *command: str | Path) -> None:
    """Run a command with its output in a log; say what it does, and how it failed.

    Raises SystemExit when it fails.
    """
    text = f'source {STEPS}; run_step "$@"'
    words = ["bash", "-c", text, "bash", title, *map(str, command)]
    environment = {**os.environ, "REPO": str(REPO), "CACHE": str(CACHE)}
    if subprocess.run(
        words, check=False, env=environment, stdout=sys.stderr
    ).returncode:
        raise SystemExit(1)


class BareMachine:
    """One machine of a release."""

    def __init__(self, release: str) -> None:
        """Name its folders; nothing is made yet."""
        self.title = RELEASES[release]
        self._release = release
        self._folder = CACHE / "bare" / release
        self._base = self._folder / "base.tar"
        self._root = self._folder / "machine"

    @contextmanager
    def made(self) -> Iterator[None]:
        """Make the machine, and remove it afterwards; wait for another's to go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                if not self._base.exists():
                    self._make_base()
                self._unpack()
                self._furnish()
                yield
            finally:
                self._clear()

    def _clear(self) -> None:
        """Remove the machine, all but what is kept.

        Nothing is mounted in it outside its own namespaces; if it were, it is spared.
        """
        for kept, place in self._kept_places():
            if place.exists() and not kept.exists():
                place.rename(kept)
        subprocess.run(["rm", "-rf", "--one-file-system", self._root], check=True)

    def _make_base(self) -> None:
        self._clear()
        archives = self._folder / "archives"
        archives.mkdir(exist_ok=True)
        options = (
            "--variant=minbase",
            f"--include={PACKAGES}",
            f"--cache-dir={archives}",
        )
        source = (self._release, self._root, configured_mirror())
        step(
            f"{self.title}: debootstrap",
            *(*NAMESPACES, "--mount-proc", "debootstrap", *options, *source),
        )
        unfinished = self._base.with_suffix(".new")
        step(f"{self.title}: pack", "tar", "-cf", unfinished, "-C", self._root, ".")
        unfinished.rename(self._base)

    def _unpack(self) -> None:
        self._clear()
        self._root.mkdir()
        step(f"{self.title}: unpack", "tar", "-xf", self._base, "-C", self._root)
        for kept, place in self._kept_places():
            kept.mkdir(exist_ok=True)
            shutil.rmtree(place, ignore_errors=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            kept.rename(place)

    def _kept_places(self) -> list[tuple[Path, Path]]:
        """Return where each kept folder lies beside the machine, and where in it."""
        return [
            (self._folder / name, self._root / inside[1:])
            for name, inside in KEPT.items()
        ]

    def _furnish(self) -> None:
        """Give it this machine's network and settings, and the repository."""
        for name in ("hosts", "resolv.conf"):
            shutil.copyfile(f"/etc/{name}", self._root / "etc" / name)
        (self._root / "etc/apt/apt.conf.d/90outside").write_text(apt_settings())
        for folder in (HOME, OUTSIDE):
            (self._root / folder[1:]).mkdir(parents=True)
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=REPO, check=True, capture_output=True).stdout
        for name in names.decode().split("\0"):
            if (source := REPO / name).is_file():
                target = self._root / HOME[1:] / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)

    def run(self, *command: str) -> int:
        """Run a command in the repository's copy; return its exit code."""
        variables = [f"{name}={value}" for name, value in environment().items()]
        inside = ("env", "-i", "-C", HOME, *variables, *command)
        enter = (*NAMESPACES, "bash", "-c", ENTER, "bash", self._root)
        return subprocess.run([*enter, *inside], check=False).returncode


def apt_settings() -> str:
    """Return how this machine's apt reaches its archive: proxies, certificates."""
    listing = subprocess.run(
        ["apt-config", "dump", "--no-empty", "Acquire"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    kept = ("Acquire::http", "Acquire::Check-", "Acquire::Retries")
    return "".join(
        f"{line}\n" for line in listing.splitlines() if line.startswith(kept)
    )


def seen_from_inside(value: str) -> str:
    """Return a setting whose paths are those of this machine as the other sees them."""
    words = []
    for word in value.split():
        scheme, path = (
            ("file://", word[7:]) if word.startswith("file:///") else ("", word)
        )
        if path.startswith("/") and Path(path).exists():
            word = f"{scheme}{OUTSIDE}{path}"
        words.append(word)
    return " ".join(words)


def environment() -> dict[str, str]:
    """Return the variables of a login on the machine, and pip's settings here."""
    variables = {
        "HOME": "/root",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TERM": "dumb",
        "UV_CACHE_DIR": UV_CACHE,
    }
    for option, value in pip_settings().items():
        name = f"PIP_{option.upper().replace('-', '_')}"
        variables[name] = seen_from_inside(value)
    for name in (*PROXIES, *map(str.upper, PROXIES)):
        if name in os.environ:
            variables[name] = os.environ[name]
    return variables


def main() -> int:
    """Make the machine, run the command in it, and return its exit code."""
    if len(sys.argv) < 3 or sys.argv[1] not in RELEASES:
        print(__doc__, f"Releases: {', '.join(RELEASES)}", sep="\n", file=sys.stderr)
        return 2
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 2
    machine = BareMachine(sys.argv[1])
    with machine.made():
        return machine.run(*sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
