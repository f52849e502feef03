"""The deepest stack that the compiler's own call graph allows, without running a thing."""

from collections.abc import Iterator
from pathlib import Path
import re
import subprocess

from .toolchains import Target

_NODE = re.compile(r'node: { title: "([^"]+)" label: "([^"]*)"')
_EDGE = re.compile(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"')
_BYTES = re.compile(r"(\d+) bytes")
# Calls through a library's tables of implementations, and through pointers.
_INDIRECT = (
    ("x25519", "api_mul"),
    ("tag_key_only", "br_chacha20_ct_run"),
    ("br_poly1305_ctmul32_run", "tag_key_only"),
    ("crypto_scalarmult_curve25519", "crypto_scalarmult_curve25519_ref10"),
    ("crypto_scalarmult_curve25519_base", "crypto_scalarmult_curve25519_ref10_base"),
    ("crypto_onetimeauth_poly1305_update", "crypto_onetimeauth_poly1305_donna_update"),
    ("crypto_onetimeauth_poly1305_final", "crypto_onetimeauth_poly1305_donna_final"),
    ("crypto_stream_chacha20_ietf_xor_ic", "stream_ietf_ext_ref_xor_ic"),
)


class CallGraph:
    """Frames and calls, of the files that -fcallgraph-info=su has written."""

    def __init__(self, folders: list[Path]) -> None:
        """Read every file below folders of objects."""
        self.frames: dict[str, int] = {}
        self.calls: dict[str, set[str]] = {}
        for folder in folders:
            for file in folder.rglob("*.ci"):
                self._read(file.read_text(errors="replace"))
        for caller, called in _INDIRECT:
            for start in self._named(caller):
                self.calls.setdefault(start, set()).update(self._named(called))
        self._depths: dict[str, tuple[int, tuple[str, ...]]] = {}

    def _read(self, text: str) -> None:
        for title, label in _NODE.findall(text):
            size = _BYTES.search(label)
            if size is not None or title not in self.frames:
                self.frames[title] = int(size[1]) if size else 0
        for caller, called in _EDGE.findall(text):
            self.calls.setdefault(caller, set()).add(called)

    def _named(self, name: str) -> Iterator[str]:
        for title in list(self.frames):
            symbol = title.rsplit(":", 1)[-1].split(".")[0]
            if symbol == name or re.search(rf"\d{name}E", symbol):
                yield title

    def deepest(
        self, title: str, above: tuple[str, ...] = ()
    ) -> tuple[int, tuple[str, ...]]:
        """Return the bytes of the deepest path from a function, and the path."""
        if title in self._depths:
            return self._depths[title]
        if title in above:
            return 0, ()  # recursion is bounded by what it reads, and shallow
        below = [
            self.deepest(called, (*above, title))
            for called in sorted(self.calls.get(title, ()))
        ]
        size, path = max(below, default=(0, ()))
        found = (size + self.frames.get(title, 0), (title, *path))
        self._depths[title] = found
        return found


def deepest_call(folder: Path, target: Target) -> tuple[int, tuple[str, ...]]:
    """Return the deepest stack of any of the core's functions, and its path by name."""
    folders = [
        folder / "CMakeFiles" / f"{name}.dir" for name in ("core", target.library)
    ]
    graph = CallGraph(folders)
    own = {
        title
        for file in folders[0].rglob("*.ci")
        for title, _ in _NODE.findall(file.read_text(errors="replace"))
    }
    size, path = max(graph.deepest(title) for title in own)
    return size, tuple(_readable(title) for title in path)


def _readable(title: str) -> str:
    symbol = title.rsplit(":", 1)[-1]
    text = subprocess.run(
        ["c++filt", symbol], check=True, capture_output=True, text=True
    ).stdout
    return text.strip().partition("(")[0].removeprefix("esphome::oceanremote::")
