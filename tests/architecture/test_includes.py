"""The C++ core includes nothing of ESPHome; the checker is tested beside it."""

from .includes import CORE, violations
from .source import REPO

COMPONENT = REPO / "esphome/components/oceanremote"


def component_sources() -> dict[str, str]:
    """Return the component's C++ files by name."""
    return {
        path.name: path.read_text()
        for path in COMPONENT.iterdir()
        if path.suffix in {".h", ".cpp"}
    }


def test_the_core_includes_no_esphome() -> None:
    assert violations(component_sources()) == []


def test_every_unit_of_the_core_exists() -> None:
    headers = {name.removesuffix(".h") for name in component_sources()}
    assert headers >= CORE


def test_a_direct_include_is_found() -> None:
    sources = {"frames.cpp": '#include "esphome/core/log.h"\n'}
    assert violations(sources) == ["frames.cpp: esphome/core/log.h"]


def test_an_include_through_a_header_is_found() -> None:
    sources = {
        "session.cpp": '#include "session.h"\n',
        "session.h": '#include "client.h"\n',
        "client.h": "  #  include <sys/socket.h>\n",
    }
    assert violations(sources) == [
        "session.cpp: sys/socket.h",
        "session.h: sys/socket.h",
    ]


def test_a_shell_may_include_esphome() -> None:
    assert violations({"client.cpp": '#include "esphome/core/component.h"\n'}) == []
