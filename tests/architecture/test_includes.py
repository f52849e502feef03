"""The C++ core includes nothing of ESPHome; the checker is tested beside it."""

from .includes import violations
from .source import REPO

CORE = REPO / "esphome/components/oceanremote_core"


def core_sources() -> dict[str, str]:
    """Return the core's C++ files by name."""
    return {
        path.name: path.read_text()
        for path in CORE.iterdir()
        if path.suffix in {".h", ".cpp"}
    }


def test_the_core_includes_no_esphome() -> None:
    assert violations(core_sources()) == []


def test_there_is_a_core_to_be_judged() -> None:
    assert {"session.cpp", "handshake.cpp", "cbor.h", "backoff.h"} <= set(
        core_sources()
    )


def test_a_direct_include_is_found() -> None:
    sources = {"frames.cpp": '#include "esphome/core/log.h"\n'}
    assert violations(sources) == ["frames.cpp: esphome/core/log.h"]


def test_an_include_through_a_header_is_found() -> None:
    sources = {
        "session.cpp": '#include "session.h"\n',
        "session.h": '#include "socket.h"\n',
        "socket.h": "  #  include <sys/socket.h>\n",
    }
    assert violations(sources) == [
        "session.cpp: sys/socket.h",
        "session.h: sys/socket.h",
        "socket.h: sys/socket.h",
    ]
