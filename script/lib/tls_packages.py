"""Unpack what only the tests of TLS need into a private prefix.

Usage: tls_packages.py PREFIX WORKDIR

BearSSL, and the web servers that stand in front of Home Assistant: unpacked and not
installed, because Debian starts a web server as soon as it is installed. mbedTLS comes
from the release whose API is that of ESP-IDF's. Runs on the system's Python 3.11.
"""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
import sys

from private_python import PrivateApt

# Of this machine's own release. The libraries are those that haproxy wants beside what
# every machine has.
OWN = (
    "libbearssl-dev",
    "libbearssl0",
    "nginx",
    "haproxy",
    "caddy",
    "liblua5.3-0",
    "libopentracing-c-wrapper0",
    "libopentracing1",
)
# Of later releases, where haproxy wants another set.
OPTIONAL = ("liblua5.4-0", "libopentracing-c-wrapper0t64", "libopentracing1t64")
MBEDTLS = "libmbedtls-dev"
MBEDTLS_RELEASE = "trixie"


def own_release() -> str:
    """Return the code name of this machine's Debian."""
    for line in Path("/etc/os-release").read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    raise SystemExit("this is no Debian: /etc/os-release has no VERSION_CODENAME")


def known(apt: PrivateApt, names: tuple[str, ...]) -> list[str]:
    """Return those of the packages that the release has."""
    listed = apt.run("apt-cache", "pkgnames").split()
    return sorted(set(names) & set(listed))


def download(workdir: Path, release: str, names: tuple[str, ...]) -> list[Path]:
    """Download packages of a release; return the files."""
    apt = PrivateApt(workdir, release)
    apt.run("apt-get", "-q", "update")
    apt.run("apt-get", "-q", "download", *known(apt, names))
    return sorted((apt.directory / "debs").glob("*.deb"))


def main() -> int:
    """Unpack all into a folder beside PREFIX, and move it there when it is whole."""
    prefix, workdir = Path(sys.argv[1]), Path(sys.argv[2])
    packages = download(workdir / "own", own_release(), OWN + OPTIONAL)
    packages += download(workdir / "mbedtls", MBEDTLS_RELEASE, (MBEDTLS,))
    unfinished = prefix.with_name(f"{prefix.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for package in packages:
        subprocess.run(["dpkg", "-x", str(package), str(unfinished)], check=True)
    shutil.rmtree(prefix, ignore_errors=True)
    unfinished.rename(prefix)
    shutil.rmtree(workdir, ignore_errors=True)
    print(f"{len(packages)} packages in {prefix}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
