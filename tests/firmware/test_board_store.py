"""Where boards keep the handshake counter: over deep sleep, not over a power cut."""

import subprocess

import pytest

from .core_build import BUILD, REPOSITORY, SOURCES

COMPONENT = REPOSITORY / "esphome" / "components" / "oceanremote"
KEPT = 0x123456789A


@pytest.mark.parametrize(
    ("board", "after_restart"),
    [
        (("USE_ESP8266",), KEPT),
        (("USE_ESP32", "USE_ESP32_RTC_PREFERENCES_STORAGE"), KEPT),
        # Variants without such memory, where it would go to the flash each time.
        (("USE_ESP32",), 0),
        (("USE_RP2",), 0),
    ],
    ids=["esp8266", "esp32", "esp32-c2", "rp2"],
)
def test_the_counter_is_kept_where_it_costs_no_write(
    board: tuple[str, ...], after_restart: int
) -> None:
    program = BUILD / f"board_store-{'-'.join(board)}"
    program.parent.mkdir(parents=True, exist_ok=True)
    command = ["g++", "-std=gnu++20", "-Wall", "-Wextra", "-Werror"]
    command += [f"-D{define}" for define in board]
    command += [f"-I{SOURCES / 'board'}", f"-I{COMPONENT}", "-o", str(program)]
    command += [str(SOURCES / "board_store.cpp")]
    command += [str(COMPONENT / "identity_store_preferences.cpp"), "-lsodium"]
    subprocess.run(command, check=True, timeout=60)
    output = subprocess.run([program], check=True, capture_output=True, text=True)
    assert output.stdout.split() == [str(after_restart), "0", "0"]
