"""The challenge component on lwIP's sockets, which no host program has.

The component's C++ is compiled against a model of them (`cpp/lwip/`): a response that
is not sent before the connection ends is lost there.
"""

from pathlib import Path

from .builds import LIBRARY, REPOSITORY, build, run

SOURCES = Path(__file__).parent / "cpp"
COMPONENT = REPOSITORY / "esphome" / "components" / "oceanremote_challenge"
COMPILER = (
    "g++",
    "-std=gnu++20",
    "-g",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    f"-I{SOURCES / 'lwip'}",
    f"-I{COMPONENT}",
    f"-I{LIBRARY}",
)


def test_what_a_device_says_leaves_it_before_the_connection_ends() -> None:
    program = build(
        "lwip_device_test",
        *COMPILER,
        SOURCES / "lwip_device_test.cpp",
        libraries=("-lgtest", "-lgtest_main", "-lpthread"),
    )
    assert "[  PASSED  ] 8 tests." in run(program)
