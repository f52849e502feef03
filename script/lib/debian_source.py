"""Unpack the source of a Debian package; nothing of the system changes.

Usage: debian_source.py PACKAGE DIRECTORY

The source comes from the mirror that the machine's own apt is configured for, in the
machine's own release; apt checks it. Runs on the system's Python 3.11.
"""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
import sys

from private_python import PrivateApt
from tls_packages import own_release


def main() -> int:
    """Download beside the final place, unpack, and move the source there."""
    package, directory = sys.argv[1], Path(sys.argv[2])
    workdir = directory.with_name(f"{directory.name}-download")
    apt = PrivateApt(workdir, own_release(), kind="deb-src")
    apt.run("apt-get", "-q", "update")
    apt.run("apt-get", "-q", "source", "--download-only", package)
    (archive,) = (apt.directory / "debs").glob("*.orig.tar.*")
    unpacked = workdir / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", unpacked], check=True)
    (root,) = unpacked.iterdir()
    shutil.rmtree(directory, ignore_errors=True)
    root.rename(directory)
    shutil.rmtree(workdir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
